//! What is told of a failure holds its causes: in more than twenty failures of planted faults, every decision that the shrinker
//! keeps, how long messages take aside, is among what led to the violation in the run as it was.

use crate::planted::{FAULTS, first_failure, storm};
use crate::shrinking::check;
use cosim_core::Names;
use cosim_testbed::cojson::Cast;
use cosim_testbed::log::{Entry, Event, Limit};
use cosim_testbed::report;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::file::{Decision, DecisionKind};

/// More faults than the ten that are cut down elsewhere.
const MORE: [(&str, &str); 13] = [
    ("never-retransmit", "core"),
    ("never-retransmit", "bob"),
    ("announce-once", "core"),
    ("ignore-gap", "edge"),
    ("content-confirms-nothing", "edge"),
    ("pull-at-once", "alice"),
    ("ignore-announcements", "alice"),
    ("interest-by-arrival", "edge"),
    ("echo-to-sender", "edge"),
    ("ack-without-applying", "edge"),
    ("repeat-unanswered", "alice"),
    ("keep-assumed-across-connections", "edge"),
    ("ignore-epochs", "core"),
];

/// Whether an entry is of the message or the notice that an address names.
#[expect(clippy::wildcard_enum_match_arm, reason = "only messages and notices are at addresses in a storm")]
fn is_of(entry: &Entry, address: &str, cast: &Cast) -> bool {
    let said = match &entry.what {
        Event::Sent { mail, .. } | Event::Delivered { mail, .. } => {
            let (kind, id) = (mail.message.kind(), cast.co_value(mail.message.id()));
            format!("{}>{} {kind} {id}", cast.node(mail.from), cast.node(mail.to))
        }
        Event::Connected(end) => format!("{} hears-open {}", cast.node(end.node), cast.node(end.peer)),
        Event::Disconnected(end) => format!("{} hears-close {}", cast.node(end.node), cast.node(end.peer)),
        _ => return false,
    };
    address.starts_with(&said)
}

#[test]
fn what_led_to_a_failure_holds_what_it_takes() {
    let (mut missing, mut decisions) = (Vec::new(), 0);
    for (fault, node) in FAULTS.into_iter().chain(MORE) {
        let (seed, frozen, key) = first_failure(fault, node);
        let shrunk = check(&frozen, &key);
        let scenario = storm(fault, node);
        let outcome = run(&scenario, seed, Options::logged(Limit::All));
        let (violation, log) = (&outcome.violations[0], outcome.log.as_ref().expect("it was asked for"));
        let causes = log.causes(violation.event, |id| violation.subject.id.is_none_or(|about| about == id));
        let all = log.entries().count();
        println!("{fault} at {node}, seed {seed}: {key}: {} of {all} entries", causes.len());
        assert!(causes.len() * 3 < all, "most of what happened is no cause");
        let told = report::causes(log, violation, &scenario);
        assert!(!told.contains("before that"), "all of them are told");
        for Decision { kind, address } in shrunk.file.decisions.iter().flat_map(|decisions| decisions.iter())
        {
            decisions += 1;
            println!("  {kind}: {address}");
            // That a message simply took its time is no oddity: which of them mattered, the shrinker alone says.
            let is_odd = kind != DecisionKind::Latency;
            if is_odd && !causes.iter().any(|entry| is_of(entry, &address, log.cast())) {
                missing.push(format!("{fault} at {node}, seed {seed}: {kind}: {address}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(decisions > 10, "there was something to miss: {decisions}");
}
