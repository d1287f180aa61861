//! What holds of every act there is, drawn at random: beside the laws of whatever can happen, the log tells of it, freezing
//! gives it back, and whoever shrinks a scenario knows what it refers to.

use crate::laws;
use cosim_testbed::log::Event;
use cosim_testbed::scenario::file::{Act, Scenario};
use cosim_testbed::scenario::resolve;
use cosim_testbed::shrink::{Reduction, single_removals};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// What an act is drawn from.
#[derive(Clone, Debug)]
struct Draw {
    number: u32,
    ms: u64,
    choice: usize,
    flag: bool,
    text: String,
}

fn draw() -> impl Strategy<Value = Draw> {
    (2..9_u32, 1..5_000_u64, 0..8_usize, any::<bool>(), "[a-z]{1,8}")
        .prop_map(|(number, ms, choice, flag, text)| Draw { number, ms, choice, flag, text })
}

/// Fields with which an act is not told apart from what it is by default: what is usual is left out.
fn fields(key: &str, draw: &Draw) -> Value {
    let Draw { number, ms, choice, flag, text } = draw;
    let length = format!("{ms}ms");
    let node = ["ann", "ben"][choice % 2];
    let node_of = |id: &str| json!({ "node": node, "id": id });
    let with = |mut object: Value, field: &str, value: Value| {
        object[field] = value;
        object
    };
    let maybe =
        |object: Value, field: &str, value: Value| if *flag { with(object, field, value) } else { object };
    let way = match choice % 3 {
        0 => json!({ "between": ["ann", "ben"] }),
        1 => json!({ "from": "ann", "to": "ben" }),
        _ => json!({ "from": "ben", "to": "ann" }),
    };
    let value =
        [json!(text), json!({ text: number }), json!([number, null]), json!(number)][choice % 4].clone();
    match key {
        "create" | "load" | "done" => node_of("plain"),
        "edit" => with(maybe(node_of("plain"), "transactions", json!(number)), "size", json!(10 * number)),
        "set" => {
            let set = maybe(maybe(node_of("map"), "private", json!(true)), "fww", json!(text));
            with(with(set, "key", json!(text)), "value", value)
        }
        "delete" => with(maybe(node_of("map"), "private", json!(true)), "key", json!(text)),
        "insert" => with(maybe(node_of("list"), "index", json!(number)), "values", json!([value, text])),
        "remove" => with(maybe(node_of("list"), "count", json!(number)), "index", json!(number)),
        "push" => with(node_of("stream"), "value", value),
        "splice" => {
            let splice = maybe(with(node_of("text"), "index", json!(number)), "delete", json!(number));
            with(splice, "insert", json!(text))
        }
        "add_member" => {
            let role = ["reader", "writer"][choice % 2];
            let member = ["ben", "cat", "everyone"][choice % 3];
            json!({ "node": "ann", "id": "group", "member": member, "role": role })
        }
        "remove_member" => {
            json!({ "node": "ann", "id": "group", "member": (["ben", "everyone"][choice % 2]) })
        }
        "extend" => {
            let extend = json!({ "node": node, "id": "group", "parent": "club" });
            maybe(extend, "role", json!((["reader", "writer", "admin"][choice % 3])))
        }
        "revoke_extend" => json!({ "node": node, "id": "group", "parent": "club" }),
        "delete_value" => node_of("map"),
        "branch" | "merge" => node_of("draft"),
        "invite" => {
            let role = ["reader", "writer", "admin"][choice % 3];
            json!({ "node": node, "id": "group", "role": role, "secret": text })
        }
        "accept" => json!({ "node": node, "id": "group", "secret": text }),
        "connect" | "disconnect" => json!({ "between": ["ann", "ben"] }),
        "partition" | "heal" | "release" => way,
        "half_open" => json!({ "node": node, "peer": if node == "ann" { "ben" } else { "ann" } }),
        "hold" => with(maybe(way, "kinds", json!(["content"])), "ids", json!(["plain"])),
        "drop" => with(maybe(way, "count", json!(number)), "ids", json!(["map"])),
        "restart" => maybe(json!({ "node": node }), "down_for", json!(length)),
        "wipe" | "restore" => {
            let outage = maybe(json!({ "node": node, "down_for": length }), "spare_last_copy", json!(true));
            if key == "wipe" { outage } else { with(outage, "backup", json!("copy")) }
        }
        "crash" => {
            let point = ["writing", "written", "sending"][choice % 3];
            maybe(json!({ "node": node, "down_for": length }), "point", json!(point))
        }
        "back_up" => json!({ "node": node, "backup": text }),
        "stall" | "reorder_writes" | "offline" => json!({ "node": node, "for": length }),
        "pause" => maybe(json!({ "node": node, "for": length }), "connections", json!("dropped")),
        "disk_full" | "disk_room" | "join" => json!({ "node": node }),
        "fail_writes" => maybe(json!({ "node": node }), "count", json!(number)),
        "rot" => {
            let rot = maybe(json!({ "node": node, "place": "25%" }), "spare_last_copy", json!(true));
            with(rot, "bit", json!(number % 7 + 1))
        }
        "leave" => maybe(json!({ "node": node }), "spare_last_copy", json!(true)),
        "clock" => match choice % 4 {
            0 => json!({ "node": node, "jump": format!("-{length}") }),
            1 => json!({ "node": node, "stop": true }),
            2 => json!({ "node": node, "go": true }),
            _ => json!({ "node": node, "drift": number }),
        },
        "attack" => {
            let how = ["forged", "flood", "fork"][choice % 3];
            let attack = json!({ "node": "cat", "on": "ben", "how": how, "id": "map" });
            maybe(attack, "count", json!(number))
        }
        "network" => {
            let network = json!({ "latency": length, "slow_by": format!("{number}ms"), "queue": "64KB" });
            maybe(network, "between", json!(["ben", "cat"]))
        }
        other => panic!("nothing is drawn for the act `{other}`"),
    }
}

/// A scenario in which anything can happen. It says that it was frozen: nothing is asked about sense.
fn scenario(key: &str, fields: &Value) -> Value {
    let disk = json!({ "disk": {} });
    json!({
        "version": 1,
        "about": "One act of every kind.",
        "format": "0.20",
        "nodes": { "ann": disk, "ben": disk, "cat": { "hostile": true } },
        "co_values": {
            "club": { "kind": "group", "admin": "ben" },
            "draft": { "branch_of": "map" },
            "group": { "kind": "group", "admin": "ann" },
            "list": { "kind": "list" },
            "map": { "kind": "map", "owner": "group" },
            "stream": { "kind": "stream" },
            "text": { "kind": "text" },
        },
        "links": [
            { "between": ["ann", "ben"], "relationship": "syncAllOurs/syncTheirs" },
            { "between": ["ben", "cat"], "relationship": "syncCommon/syncCommon" },
        ],
        "timeline": [
            { "at": "0ms", "name": "first", "create": { "node": "ann", "id": "plain" } },
            { "at": "1ms", "name": "second", "back_up": { "node": "ben", "backup": "copy" } },
            { "at": "1s", "name": "it", key: fields },
        ],
        "origin": { "scenario": "acts.json", "seed": 1, "cosim": "0.1.0" },
    })
}

/// Whether a text stands somewhere in a value, as a whole.
fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found == text,
        Value::Array(values) => values.iter().any(|value| mentions(value, text)),
        Value::Object(fields) => fields.values().any(|value| mentions(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn has_it(file: &Scenario) -> bool {
    file.timeline.iter().any(|entry| entry.name.as_deref() == Some("it"))
}

/// All acts but those of guests alone: in `scenario` there is none.
fn of_ours() -> Vec<&'static str> {
    Act::KEYS.iter().copied().filter(|key| *key != "ask").collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_act_keeps_the_laws(key in select(of_ours()), draw in draw()) {
        let fields = fields(key, &draw);
        let text = scenario(key, &fields).to_string();
        let scenario = laws::read(&text);
        let act = &scenario.file.timeline[2].act;
        prop_assert_eq!(act.key(), key);
        let (outcome, frozen) = laws::check(&text, 1);
        let log = outcome.log.as_ref().expect("it was asked for");
        let is_it = |event: &Event| matches!(event, Event::Operation { name, .. } if name == "it");
        prop_assert!(log.entries().any(|entry| is_it(&entry.what)));

        let frozen = frozen.file;
        let back = frozen.timeline.iter().find(|entry| entry.name.as_deref() == Some("it"));
        prop_assert_eq!(&back.expect("it happens").act, act);
        prop_assert!(resolve(frozen.clone()).is_ok());

        let on_link = ["between", "from", "peer", "on"].iter().any(|field| !fields[*field].is_null());
        let mut taken = Vec::new();
        for (reduction, left) in single_removals(&frozen) {
            let goes = match &reduction {
                Reduction::Node(name) | Reduction::CoValue(name) => {
                    taken.push(name.clone());
                    // What nobody owns, or is not there, has no branches.
                    let is_for_branches = name == "map" || name == "group";
                    mentions(&fields, name) || (is_for_branches && mentions(&fields, "draft"))
                }
                Reduction::Link(ends) => on_link && ends.iter().all(|end| mentions(&fields, end)),
                Reduction::Entry(index) => *index == 2,
                Reduction::Fold { .. } | Reduction::Pair(_) | Reduction::Decision(_) => continue,
            };
            prop_assert_eq!(!has_it(&left), goes, "without {}: {}", reduction, left.to_json_pretty());
            if !matches!(reduction, Reduction::CoValue(_)) {
                prop_assert_eq!(&left.co_values, &frozen.co_values, "without {}", reduction);
            }
        }
        let known = ["ann", "ben", "cat", "plain", "club", "draft", "group", "list", "map", "stream", "text"];
        let of = |field: &str| fields[field].as_str().filter(|name| known.contains(name));
        for name in ["node", "id", "peer", "on", "from", "to", "member", "parent"].into_iter().filter_map(of) {
            prop_assert!(taken.iter().any(|taken| taken == name), "{} cannot be taken away", name);
        }
    }
}

/// Around a failure every act goes that is no cause of it, and none that is one.
#[test]
fn of_every_act_shrinking_leaves_what_is_a_cause() {
    let mut failed = 0;
    for (number, key) in (2..).zip(of_ours()) {
        let (ms, flag, text) = (u64::from(7 * number), number % 2 == 0, "word".to_owned());
        let draw = Draw { number: number % 7 + 2, ms, choice: number as usize % 8, flag, text };
        let text = scenario(key, &fields(key, &draw)).to_string();
        failed += usize::from((0..8).any(|seed| laws::check_shrunk(&text, seed)));
    }
    assert!(failed * 3 > of_ours().len() * 2, "{failed} of {} stories failed", of_ours().len());
}
