//! What becomes of nodes that sleep, are offline, leave, join, claim a name or have a wrong clock.

use crate::counter::{Counter, Fates, link, ms, send, world};
use cosim_core::{CoId, Span, Time};
use cosim_testbed::clock::WallTime;
use cosim_testbed::host::{Connections, NodeId, Operation};
use cosim_testbed::network::{Network, SpanRange};
use cosim_testbed::observer::{Happening, Observer, Skipped};
use cosim_testbed::report;
use cosim_testbed::run::{Options, Outcome, Verdict, run};
use cosim_testbed::scenario::{self, Scenario};
use cosim_testbed::world::{Stop, View, World};

const NEVER: Time = Time::from_us(u64::MAX);

fn fast() -> Network {
    let latency = SpanRange::constant(Span::from_ms(1)).expect("short");
    Network { latency, ..Network::default() }
}

/// Why operations had no effect, by number.
#[derive(Clone, Debug, Default)]
struct Why(Vec<(u32, &'static str)>);

impl Observer<Counter> for Why {
    fn observe(&mut self, _: &View<'_, Counter>, happening: &Happening<'_, Counter>) {
        if let Happening::Skipped { number, why } = happening {
            let why = match why {
                Skipped::Refused(_) => "refused",
                Skipped::Down => "down",
                Skipped::Absent => "absent",
                Skipped::Gone => "gone",
                Skipped::Offline => "offline",
                Skipped::Asleep => "asleep",
                Skipped::AlreadySo => "so already",
                Skipped::NoDisk | Skipped::NoBackup | Skipped::EmptyDisk => "nothing on disk",
                Skipped::LastCopy => "the last copy",
            };
            self.0.push((*number, why));
        }
    }
}

fn three() -> World<Counter, Why, Fates> {
    world(3, vec![link(0, 1, fast()), link(1, 2, fast())], 1, Why::default())
}

fn heard(world: &World<Counter, Why, Fates>, node: u32) -> Vec<(u64, u32, u32)> {
    let heard = &world.host(NodeId(node)).node.heard;
    heard.iter().map(|(at, from, number)| (at.as_us() / 1_000, from.0, *number)).collect()
}

fn pause(node: u32, for_ms: u64, connections: Connections) -> Operation<Counter> {
    Operation::Pause { node: NodeId(node), span: Span::from_ms(for_ms), connections }
}

/// From both neighbours, in the order in which it came, before anything that comes later.
#[test]
fn what_comes_while_a_node_sleeps_waits_in_order() {
    let mut world = three();
    world.schedule(ms(10), pause(1, 100, Connections::Kept));
    for (at, from, number) in [(20, 2, 1), (30, 0, 2), (40, 2, 3), (109, 0, 4), (120, 0, 5)] {
        send(&mut world, ms(at), [from, 1], number);
    }
    send(&mut world, ms(50), [1, 0], 9);
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(heard(&world, 1), [(110, 2, 1), (110, 0, 2), (110, 2, 3), (110, 0, 4), (121, 0, 5)]);
    assert_eq!(heard(&world, 0), [(111, 1, 9)], "its app's wish waits too");
    assert_eq!(world.observer.0, []);
}

/// Its peers cannot reach it, and it notices when it wakes; then the links are open again.
#[test]
fn dropped_connections_open_again_on_waking() {
    let mut world = three();
    world.schedule(ms(10), pause(1, 100, Connections::Dropped));
    send(&mut world, ms(20), [0, 1], 1);
    send(&mut world, ms(120), [0, 1], 2);
    world.schedule(ms(30), Operation::Connect { link: 0 });
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(heard(&world, 1), [(121, 0, 2)]);
    assert_eq!(world.observer.0, [(5, "asleep")]);
}

#[test]
fn a_restart_ends_sleep_and_what_waited_for_it() {
    let mut world = three();
    world.schedule(ms(10), pause(1, 1_000, Connections::Kept));
    world.schedule(ms(15), pause(1, 10, Connections::Kept));
    send(&mut world, ms(20), [0, 1], 1);
    send(&mut world, ms(25), [1, 0], 9);
    let storage = cosim_testbed::host::Storage::Kept;
    world.schedule(ms(30), Operation::Restart { node: NodeId(1), down_for: Span::from_ms(5), storage });
    send(&mut world, ms(50), [0, 1], 2);
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(heard(&world, 1), [(51, 0, 2)]);
    assert_eq!(heard(&world, 0), []);
    assert_eq!(world.observer.0, [(3, "so already"), (5, "down")]);
}

#[test]
fn who_is_offline_has_no_connection_until_it_is_back() {
    let mut world = three();
    let offline = || Operation::Offline { node: NodeId(1), span: Span::from_ms(100) };
    world.schedule(ms(10), offline());
    world.schedule(ms(20), offline());
    world.schedule(ms(30), Operation::Connect { link: 1 });
    world.schedule(ms(40), Operation::Disconnect { link: 0 });
    send(&mut world, ms(120), [1, 0], 1);
    send(&mut world, ms(120), [1, 2], 2);
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(heard(&world, 2), [(121, 1, 2)]);
    assert_eq!(heard(&world, 0), [], "that link was closed meanwhile");
    assert_eq!(world.observer.0, [(3, "so already"), (4, "offline"), (5, "so already")]);
}

#[test]
fn who_has_left_is_gone_and_who_has_not_joined_is_not_there() {
    let mut world = three();
    world.set_absent(NodeId(2));
    send(&mut world, ms(5), [2, 1], 1);
    world.schedule(ms(10), Operation::Leave { node: NodeId(2) });
    world.schedule(ms(20), Operation::Join { node: NodeId(2), links: vec![1] });
    world.schedule(ms(21), Operation::Join { node: NodeId(2), links: vec![1] });
    send(&mut world, ms(30), [2, 1], 2);
    let storage = cosim_testbed::host::Storage::Kept;
    world.schedule(ms(40), Operation::Restart { node: NodeId(0), down_for: Span::from_ms(50), storage });
    world.schedule(ms(50), Operation::Leave { node: NodeId(0) });
    world.schedule(ms(60), Operation::Leave { node: NodeId(0) });
    send(&mut world, ms(70), [0, 1], 3);
    world.schedule(ms(80), Operation::Connect { link: 0 });
    assert_eq!(world.run_until(NEVER), Stop::Silent);
    assert_eq!(heard(&world, 1), [(31, 2, 2)]);
    assert!(!world.host(NodeId(0)).up, "it does not come back from its restart");
    let vain = [(1, "absent"), (2, "absent"), (3, "absent"), (5, "so already"), (9, "so already")];
    assert_eq!(world.observer.0[..5], vain);
    assert_eq!(world.observer.0[5..], [(10, "gone"), (11, "gone")]);
}

fn story(nodes: &str, timeline: &str) -> Scenario {
    let text = format!(
        r#"{{ "version": 1, "about": "A story.", "nodes": {{ {nodes}, "server": {{}} }}, "network": {{ "latency": "10ms" }},
             "links": [{{ "between": ["alice", "server"], "relationship": "syncAllOurs/syncTheirs" }},
                       {{ "between": ["bob", "server"], "relationship": "syncAllOurs/syncTheirs" }}],
             "timeline": [{{ "at": "0ms", "create": {{ "node": "alice", "id": "notes" }} }}, {timeline}] }}"#
    );
    scenario::parse(&text, "story.json").unwrap_or_else(|problems| panic!("{problems}"))
}

fn held(scenario: &Scenario) -> Outcome {
    let outcome = run(scenario, scenario.seed, Options::judged());
    assert_eq!(outcome.verdict(), Verdict::Held, "{}", report::summary(scenario, &outcome));
    outcome
}

/// The dates of what alice wrote, as the server holds it, in microseconds after the start.
fn dates(outcome: &Outcome) -> Vec<i128> {
    let co_value = &outcome.states[2].co_values[&CoId(0)];
    let logs = co_value.sessions.values().flat_map(|log| &log.transactions);
    logs.map(|tx| i128::from(tx.made_at) - i128::from(WallTime::START.as_us())).collect()
}

#[test]
fn what_is_written_is_dated_by_the_clock_of_its_author() {
    let edit = |at: &str| format!(r#"{{ "at": "{at}", "edit": {{ "node": "alice", "id": "notes" }} }}"#);
    let clock =
        |at: &str, change: &str| format!(r#"{{ "at": "{at}", "clock": {{ "node": "alice", {change} }} }}"#);
    let timeline = [
        edit("10s"),
        clock("11s", r#""jump": "+1h""#),
        edit("12s"),
        clock("13s", r#""stop": true"#),
        edit("14s"),
        edit("15s"),
        clock("20s", r#""go": true"#),
        edit("21s"),
    ];
    let nodes = r#""alice": { "clock": { "skew": "-1d", "drift": 100 } }, "bob": {}"#;
    let outcome = held(&story(nodes, &timeline.join(",")));
    let (day, hour, s) = (86_400_000_000, 3_600_000_000, 1_000_000);
    let stood = hour - day + 13 * s + 1_300;
    assert_eq!(
        dates(&outcome),
        [10 * s + 1_000 - day, hour - day + 12 * s + 1_200, stood, stood, stood + s + 100]
    );
}

/// Time asleep is no part of the time that a load may take.
#[test]
fn a_load_may_sleep() {
    let timeline = r#"{ "at": "1s", "partition": { "between": ["bob", "server"] } },
        { "at": "2s", "load": { "node": "bob", "id": "notes" } },
        { "at": "3s", "pause": { "node": "bob", "for": "2h" } },
        { "at": "4s", "edit": { "node": "alice", "id": "notes" } },
        { "at": "5s", "heal": { "between": ["bob", "server"] } },
        { "at": "1h", "pause": { "node": "alice", "for": "3d", "connections": "dropped" } }"#;
    let outcome = held(&story(r#""alice": {}, "bob": {}"#, timeline));
    assert_eq!(outcome.states[1].co_values[&CoId(0)].sessions.len(), 1, "bob has what alice wrote");
}

/// However long what came before it takes.
#[test]
fn a_chapter_waits_for_the_end_of_a_long_spell() {
    let timeline = r#"{ "at": "1s", "offline": { "node": "alice", "for": "20d" } },
        { "at": "2s", "edit": { "node": "alice", "id": "notes" } },
        { "after": "quiet", "edit": { "node": "alice", "id": "notes" } }"#;
    let outcome = held(&story(r#""alice": {}, "bob": {}"#, timeline));
    assert_eq!(dates(&outcome).len(), 2);
    assert!(outcome.chapters[1] > Time::ZERO + Span::from_s(20 * 86_400));
}
