//! Latencies by a table of quantiles: what is read, what overrides what, what is refused, and that runs draw from it.

use cosim_core::Span;
use cosim_testbed::freeze::freeze;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Scenario, parse};

const TAIL: &str = r#"{ "0%": "20ms", "50%": "40ms", "99%": "300ms", "100%": "5s" }"#;

fn story(network: &str, link: &str) -> String {
    format!(
        r#"{{ "version": 1, "about": "A tail.", "nodes": {{ "alice": {{}}, "server": {{}} }}, "network": {{ {network} }},
        "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs", "network": {{ {link} }} }}],
        "timeline": [{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }}],
        "workload": {{ "operations": 200, "until": "1h", "nodes": ["alice"], "co_values": ["notes"] }} }}"#
    )
}

fn read(text: &str) -> Scenario {
    parse(text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn a_link_goes_before_all_be_it_by_range_or_by_quantiles() {
    let network = |network: &str, link: &str| read(&story(network, link)).links[0].network;
    let tail = format!("\"latency_quantiles\": {TAIL}");
    let both = network("\"latency\": \"1ms..2ms\"", &tail);
    assert!(both.latency_quantiles.is_some());
    assert_eq!((both.latency.min(), both.latency.max()), (Span::from_ms(20), Span::from_s(5)));
    let range = network(&tail, "\"latency\": \"1ms..2ms\"");
    assert_eq!((range.latency_quantiles, range.latency.max()), (None, Span::from_ms(2)));
    assert!(network(&tail, "\"loss\": \"1%\"").latency_quantiles.is_some());
}

/// Frozen, it is the same run, and has no distribution any more: neither from the start nor later.
#[test]
fn runs_draw_from_it_and_freeze() {
    let later = r#""notes" } },
        { "at": "1m", "network": { "latency_quantiles": { "0%": "3ms", "90%": "9ms", "100%": "2s" } } },
        { "at": "2m", "network": { "latency": "30ms..31ms" } },
        { "at": "3m", "network": { "latency_quantiles": { "0%": "5ms", "100%": "9ms" }, "loss": "2%" } }]"#;
    let story_of_changes = story(&format!("\"latency_quantiles\": {TAIL}"), "");
    let scenario = read(&story_of_changes.replace("\"notes\" } }]", later));
    let frozen = freeze(&scenario, 3, "story.json");
    let latencies = frozen.file.decisions.iter().flat_map(|listed| listed.iter()).count();
    assert!(latencies > 300, "most messages take longer than the shortest: {latencies}");
    let text = frozen.file.to_json_pretty();
    assert!(text.contains("30ms") && text.contains("3ms"), "the changes are still there: {text}");
    assert!(!text.contains("latency_quantiles"));
    assert_eq!(run(&read(&text), 9, Options::judged()).fingerprint, frozen.outcome.fingerprint);
    let [range, tail] = [r#""latency": "20ms..5s""#.to_owned(), format!("\"latency_quantiles\": {TAIL}")]
        .map(|network| run(&read(&story(&network, "")), 3, Options::judged()).ended_at);
    assert!(tail < range, "half of all take no longer than 40ms: {tail} {range}");
}

/// The mark is under the key, and under each that is wrong.
#[test]
fn a_level_that_is_wrong_is_marked_itself() {
    let text = story(r#""latency_quantiles": { "0%": "1ms", "half": "2ms", "2": "2ms", "100%": "2ms" }"#, "");
    let said = parse(&text, "story.json").expect_err("two mistakes").to_string();
    for key in ["half", "2"] {
        let column = text.lines().next().unwrap().find(&format!("\"{key}\":")).unwrap() + 1;
        assert!(said.contains(&format!("story.json:1:{column}\n")), "{key}: {said}");
    }
}

#[test]
fn what_is_no_distribution_is_refused() {
    for (quantiles, what) in [
        (r#"{ "0%": "1ms" }"#, "from 2 to 12 quantiles"),
        (r#"{ "1%": "1ms", "100%": "2ms" }"#, "do not go from 0% to 100%"),
        (r#"{ "0%": "1ms", "50%": "9ms", "100%": "2ms" }"#, "do not ascend"),
        (r#"{ "0%": "1ms", "100%": "2d" }"#, "too long for a network"),
        (r#"{ "0%": "1ms", "half": "2ms", "100%": "2d" }"#, "half"),
        (r#"{ "0%": "1ms", "100%": 3 }"#, "found the number 3"),
        (r#"{ "0%": "1ms", "50%": "2ms", "50.0%": "3s", "100%": "3s" }"#, "what 50% lie below is said twice"),
        (r#"[1, 2]"#, "found an array"),
    ] {
        let text = story(&format!("\"latency_quantiles\": {quantiles}"), "");
        let said = parse(&text, "story.json").expect_err("a mistake").to_string();
        assert!(said.contains(what) && said.contains("story.json:1:"), "{quantiles}: {said}");
    }
    let both = story(&format!("\"latency\": \"1ms\", \"latency_quantiles\": {TAIL}"), "");
    let said = parse(&both, "story.json").expect_err("a mistake").to_string();
    assert!(said.contains("both `latency` and `latency_quantiles`"), "{said}");
}
