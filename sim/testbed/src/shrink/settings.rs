//! What a scenario sets beside what happens: clocks, disks, planted faults, conditions of links.

use crate::scenario::file::Scenario;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// One setting of a scenario.
pub(super) struct Setting {
    whose: Whose,
    /// Which it is.
    field: String,
    /// What it is set to, in words: `bob's clock (skew +3d)`.
    pub(super) words: String,
    /// The scenario with what is usual in its place; `None` where it has to be said.
    pub(super) without: Option<Scenario>,
}

/// Whose a setting is. Settings are told in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Node(String),
    CoValue(String),
    Link([String; 2]),
    EveryLink,
    All,
}

impl Whose {
    /// Whether a scenario still has it.
    fn is_in(&self, file: &Scenario) -> bool {
        match self {
            Whose::Node(name) => file.nodes.contains_key(name),
            Whose::CoValue(id) => {
                let mut refs = file.timeline.iter().flat_map(|entry| entry.act.refs());
                refs.any(|reference| reference.name == id)
            }
            Whose::Link(between) => file.links.iter().any(|link| link.between == *between),
            Whose::EveryLink | Whose::All => true,
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whose::Node(name) | Whose::CoValue(name) => write!(f, "{name}'s"),
            Whose::Link([a, b]) => write!(f, "{a} and {b}:"),
            Whose::EveryLink => f.write_str("every link:"),
            Whose::All => f.write_str("everywhere:"),
        }
    }
}

/// All settings of a scenario: wrong clocks first, then what else nodes have, CoValues, links, and what holds everywhere.
pub(super) fn all(file: &Scenario) -> Vec<Setting> {
    let nodes = file.nodes.iter().flat_map(|(name, node)| {
        settings(node, &Whose::Node(name.clone()), |node| {
            let mut file = file.clone();
            file.nodes.insert(name.clone(), node);
            file
        })
    });
    let co_values = file.co_values.iter().flat_map(|(id, co_value)| {
        settings(co_value, &Whose::CoValue(id.clone()), |co_value| {
            let mut file = file.clone();
            file.co_values.insert(id.clone(), co_value);
            file
        })
    });
    let links = file.links.iter().enumerate().flat_map(|(index, link)| {
        settings(link, &Whose::Link(link.between.clone()), |link| {
            let mut file = file.clone();
            file.links[index] = link;
            file
        })
    });
    let network = file.network.iter().flat_map(|network| {
        let put = |network| Scenario { network: Some(network), ..file.clone() };
        settings(network, &Whose::EveryLink, put)
    });
    let (format, crypto, heal) = (file.format, file.crypto, file.heal);
    let everywhere = Scenario { format, crypto, heal, ..Scenario::default() };
    let everywhere = settings(&everywhere, &Whose::All, |Scenario { format, crypto, heal, .. }| Scenario {
        format,
        crypto,
        heal,
        ..file.clone()
    });
    let mut all: Vec<Setting> =
        nodes.chain(co_values).chain(links).chain(network).chain(everywhere).collect();
    all.sort_by_key(|setting| setting.field != "clock");
    all
}

/// What is set otherwise than it was, or not any more, or anew, of whatever is still there.
pub(super) fn differences(before: &Scenario, after: &Scenario) -> Vec<String> {
    let [was, is] = [before, after].map(|file| {
        let settings = all(file).into_iter().filter(|setting| setting.whose.is_in(after));
        settings.map(|setting| ((setting.whose, setting.field), setting.words)).collect::<BTreeMap<_, _>>()
    });
    let gone = was.iter().filter_map(|(setting, words)| match is.get(setting) {
        Some(now) if now == words => None,
        Some(now) => Some(format!("{now}; it was {words}")),
        None => Some(format!("{words} is left out")),
    });
    let new = is.iter().filter(|(setting, _)| !was.contains_key(*setting));
    gone.chain(new.map(|(_, words)| format!("{words} is new"))).collect()
}

/// The settings of one thing; `put` makes the scenario with that thing changed.
fn settings<T: Serialize + DeserializeOwned>(
    it: &T,
    whose: &Whose,
    put: impl Fn(T) -> Scenario,
) -> Vec<Setting> {
    let Ok(Value::Object(fields)) = serde_json::to_value(it) else { return Vec::new() };
    let one = |(field, value): (&String, &Value)| {
        let mut left = fields.clone();
        left.remove(field);
        let without = serde_json::from_value(Value::Object(left)).ok().map(&put);
        let words = format!("{whose} {}{}", field.replace('_', " "), in_brackets(value));
        Setting { whose: whose.clone(), field: field.clone(), words, without }
    };
    fields.iter().map(one).collect()
}

/// What something is set to. That it is set says it all of what is only set or not.
fn in_brackets(value: &Value) -> String {
    match value {
        Value::Bool(true) => String::new(),
        Value::Object(fields) if fields.is_empty() => String::new(),
        Value::Object(fields) => format!(" ({})", listed(fields)),
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            format!(" ({})", plain(value))
        }
    }
}

fn listed(fields: &Map<String, Value>) -> String {
    let fields = fields.iter().map(|(field, value)| format!("{} {}", field.replace('_', " "), plain(value)));
    fields.collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => listed(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
