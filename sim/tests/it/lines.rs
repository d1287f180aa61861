//! The laws of thin lines: what must pass one takes the time that its bytes take, at least, and all of it passes.

use cosim_core::Span;
use cosim_testbed::freeze::freeze;
use cosim_testbed::run::{End, Options, Outcome, run};
use cosim_testbed::scenario::{Scenario, parse, resolve};
use proptest::prelude::*;

/// Alice and Bob both write pages at once, at either side of a server, and want each other's.
#[derive(Clone, Copy, Debug)]
struct Story {
    pages: u64,
    size: u64,
    bandwidth: u64,
    queue: u64,
}

fn story() -> impl Strategy<Value = Story> {
    (1..9_u64, 100..60_000_u64, 2..60_u64, 1..300_u64).prop_map(|(pages, size, bandwidth, queue)| Story {
        pages,
        size,
        bandwidth: bandwidth * 1_000,
        queue: queue * 1_000,
    })
}

fn text(story: Story) -> String {
    let Story { pages, size, bandwidth, queue } = story;
    let edits = ["alice", "bob"].map(|node| {
        let edit =
            format!(r#"{{ "at": "1s", "edit": {{ "node": "{node}", "id": "{node}s", "size": {size} }} }},"#);
        edit.repeat(usize::try_from(pages).expect("few"))
    });
    format!(
        r#"{{
        "version": 1,
        "about": "Pages over thin lines.",
        "nodes": {{ "alice": {{}}, "bob": {{}}, "server": {{}} }},
        "network": {{ "latency": "30ms", "bandwidth": "{bandwidth}B/s", "queue": "{queue}B" }},
        "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
          {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
        "timeline": [{{ "at": "0ms", "create": {{ "node": "alice", "id": "alices" }} }},
          {{ "at": "0ms", "create": {{ "node": "bob", "id": "bobs" }} }},
          {} {}
          {{ "at": "2s", "load": {{ "node": "alice", "id": "bobs" }} }},
          {{ "at": "2s", "load": {{ "node": "bob", "id": "alices" }} }}],
        "expect": {{ "content": [{{ "node": "alice", "id": "bobs", "transactions": {pages} }},
          {{ "node": "bob", "id": "alices", "transactions": {pages} }}] }}
    }}"#,
        edits[0], edits[1]
    )
}

fn scenario(story: Story) -> Scenario {
    parse(&text(story), "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn played(scenario: &Scenario) -> Outcome {
    run(scenario, 1, Options::judged())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_thin_line_stays_thin_and_carries_everything(story in story()) {
        let outcome = played(&scenario(story));
        prop_assert_eq!(outcome.end, End::Silent, "{:?}", outcome.violations);
        prop_assert_eq!(&outcome.violations, &[]);
        prop_assert!(outcome.unmet.is_empty(), "{:?}", outcome.unmet);
        let least = Span::from_us(story.pages * story.size * 1_000_000 / story.bandwidth);
        prop_assert!(outcome.tally.last_change.as_us() >= 1_000_000 + least.as_us(), "{}", outcome.tally.last_change);
    }

    /// The bound for silence is written into a frozen run without what its lines add, which comes out the same.
    #[test]
    fn a_frozen_run_over_thin_lines_is_the_same(story in story()) {
        let frozen = freeze(&scenario(story), 1, "story.json");
        let again = resolve(frozen.file).map(|scenario| played(&scenario));
        let again = again.unwrap_or_else(|problems| panic!("{problems}"));
        prop_assert_eq!((again.fingerprint, again.end), (frozen.outcome.fingerprint, frozen.outcome.end));
    }
}
