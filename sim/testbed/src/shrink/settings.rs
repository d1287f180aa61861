//! What a scenario sets beside what happens: clocks, disks, planted faults, conditions of links.

use crate::scenario::file::{CoValue, Link, Node, Scenario};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One setting of a scenario.
pub(super) struct Setting {
    /// Whose it is, and which: `bob's clock`.
    pub(super) name: String,
    /// The same, with what it is set to: `bob's clock (skew +3d)`.
    pub(super) words: String,
    /// The scenario with what is usual in its place; `None` where it has to be said.
    pub(super) without: Option<Scenario>,
}

/// All settings of a scenario: clocks, then the rest of the nodes, CoValues, links, and what holds everywhere.
pub(super) fn all(file: &Scenario) -> Vec<Setting> {
    let of_node = |(name, node): (&String, &Node)| {
        settings(node, &format!("{name}'s "), |changed| {
            let mut without = file.clone();
            without.nodes.insert(name.clone(), changed);
            without
        })
    };
    let of_co_value = |(id, co_value): (&String, &CoValue)| {
        settings(co_value, &format!("{id}'s "), |changed| {
            let mut without = file.clone();
            without.co_values.insert(id.clone(), changed);
            without
        })
    };
    let of_link = |(index, link): (usize, &Link)| {
        let [a, b] = &link.between;
        settings(link, &format!("{a} and {b}: "), |changed| {
            let mut without = file.clone();
            without.links[index] = changed;
            without
        })
    };
    let (mut clocks, others): (Vec<Setting>, Vec<Setting>) =
        file.nodes.iter().flat_map(of_node).partition(|setting| setting.name.ends_with("'s clock"));
    clocks.extend(others);
    clocks.extend(file.co_values.iter().flat_map(of_co_value));
    clocks.extend(file.links.iter().enumerate().flat_map(of_link));
    clocks.extend(file.network.iter().flat_map(|network| {
        settings(network, "every link: ", |changed| Scenario { network: Some(changed), ..file.clone() })
    }));
    let everywhere =
        Scenario { format: file.format, crypto: file.crypto, heal: file.heal, ..Scenario::default() };
    clocks.extend(settings(&everywhere, "everywhere: ", |Scenario { format, crypto, heal, .. }| Scenario {
        format,
        crypto,
        heal,
        ..file.clone()
    }));
    clocks
}

/// What is set otherwise than it was, and what was set and is not any more, of whatever is still there.
pub(super) fn differences(before: &Scenario, after: &Scenario) -> Vec<String> {
    let [mut was, is] = [before, after].map(|file| {
        let settings = all(file).into_iter();
        settings.map(|setting| (setting.name, setting.words)).collect::<BTreeMap<_, _>>()
    });
    was.retain(|name, words| {
        let whose = name.split_once("'s ").map(|(whose, _)| whose);
        let is_there = whose.is_none_or(|whose| {
            after.nodes.contains_key(whose)
                || after.timeline.iter().any(|entry| entry.act.refs().iter().any(|it| it.name == whose))
        });
        is_there && is.get(name) != Some(words)
    });
    let told = was.into_iter().map(|(name, words)| match is.get(&name) {
        Some(now) => format!("{now}; it was {words}"),
        None => format!("{words} is left out"),
    });
    told.collect()
}

/// The settings of one thing; `put` makes the scenario with that thing changed.
fn settings<T: Serialize + DeserializeOwned>(
    it: &T,
    whose: &str,
    put: impl Fn(T) -> Scenario,
) -> Vec<Setting> {
    let Ok(Value::Object(fields)) = serde_json::to_value(it) else { return Vec::new() };
    let one = |(field, value): (&String, &Value)| {
        let mut left = fields.clone();
        left.remove(field);
        let name = format!("{whose}{}", field.replace('_', " "));
        let without = serde_json::from_value(Value::Object(left)).ok().map(&put);
        Setting { words: format!("{name}{}", in_brackets(value)), name, without }
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
