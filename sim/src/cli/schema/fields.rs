//! The reference of all fields, as a page of Markdown: what the schema says of each, and an example from scenarios that
//! there are.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

/// The type of a whole file, in the order of the page.
const SCENARIO: &str = "Scenario";

/// Examples longer than this are none: they would be read for their own sake.
const EXAMPLE_MAX: usize = 90;

/// The page for a schema, with examples from these scenarios.
pub(super) fn page(schema: &Value, scenarios: &[Value]) -> String {
    let fields = Fields::new(schema, scenarios);
    let mut out = String::from(HEAD);
    for name in fields.reachable() {
        fields.section(name, &mut out);
    }
    out
}

const HEAD: &str = "# All fields

Every field of a scenario file, in the order in which one meets them, from the file down. **Bold** ones are needed. The examples are
from the scenarios of the repository, each the shortest that there is. [Scenarios](scenarios.md) says what the fields mean
together, `cosim schema` prints the same for an editor, and `cosim schema --markdown scenarios/*/*.json` this page.
";

/// The types of a schema, and for each field of each type its shortest example; and one for whatever takes the same.
struct Fields<'a> {
    types: BTreeMap<&'a str, &'a Value>,
    examples: BTreeMap<(&'a str, String), String>,
    alike: BTreeMap<String, String>,
}

impl<'a> Fields<'a> {
    fn new(schema: &'a Value, scenarios: &[Value]) -> Fields<'a> {
        let defined = schema["$defs"].as_object().into_iter().flatten();
        let mut types: BTreeMap<&str, &Value> = defined.map(|(name, of)| (name.as_str(), of)).collect();
        types.insert(SCENARIO, schema);
        let mut fields = Fields { types, examples: BTreeMap::new(), alike: BTreeMap::new() };
        for scenario in scenarios {
            fields.learn(SCENARIO, scenario);
        }
        fields
    }

    /// Takes examples of the fields of a type, and of all within.
    fn learn(&mut self, name: &'a str, value: &Value) {
        let (Some(of), Some(object)) = (self.types.get(name).copied(), value.as_object()) else { return };
        let Some(properties) = of["properties"].as_object() else { return };
        for (field, value) in object {
            let Some(schema) = properties.get(field) else { continue };
            let text = spaced(value);
            keep_shorter(&mut self.examples, (name, field.clone()), &text);
            keep_shorter(&mut self.alike, takes(schema), &text);
            self.learn_within(schema, value);
        }
    }

    fn learn_within(&mut self, schema: &'a Value, value: &Value) {
        for name in named(schema) {
            self.learn(name, value);
        }
        for value in value.as_array().into_iter().flatten() {
            self.learn_within(&schema["items"], value);
        }
        for value in value.as_object().into_iter().flat_map(Map::values) {
            self.learn_within(&schema["additionalProperties"], value);
        }
        // Of lists, the choices have something to say; what they name was learned above.
        for list in choices(schema).filter(|_| value.is_array()) {
            self.learn_within(list, value);
        }
    }

    /// The types, from the file down: nearer ones first.
    fn reachable(&self) -> Vec<&'a str> {
        let (mut seen, mut order) = (BTreeSet::from([SCENARIO]), Vec::new());
        let mut waiting = VecDeque::from([SCENARIO]);
        while let Some(name) = waiting.pop_front() {
            order.push(name);
            let of = self.types[name];
            let mut all = Vec::new();
            for schema in of["properties"].as_object().into_iter().flat_map(Map::values) {
                all.extend(named(schema));
                all.extend(named(&schema["items"]));
                all.extend(named(&schema["additionalProperties"]));
            }
            waiting.extend(all.into_iter().filter(|name| self.types.contains_key(name) && seen.insert(name)));
        }
        order
    }

    fn section(&self, name: &'a str, out: &mut String) {
        let of = self.types[name];
        let title = if name == SCENARIO { "The file" } else { name };
        let _ = writeln!(out, "\n## {title}\n\n{}\n", said(of));
        if let Some(properties) = of["properties"].as_object() {
            let needed: BTreeSet<&str> =
                of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let _ = writeln!(out, "| field | takes | what it is | example |\n|---|---|---|---|");
            for (field, schema) in properties {
                let mark = if needed.contains(field.as_str()) { "**" } else { "" };
                let takes = takes(schema);
                // What no scenario says is shown by something that is written alike, unless that is any name.
                let alike = || self.alike.get(&takes).filter(|_| !takes.ends_with("text"));
                let example = self.examples.get(&(name, field.clone())).or_else(alike);
                let example = example.filter(|text| text.len() <= EXAMPLE_MAX);
                let example =
                    example.map(|text| format!("`{}`", text.replace('|', "\\|"))).unwrap_or_default();
                let _ = writeln!(out, "| {mark}`{field}`{mark} | {takes} | {} | {example} |", said(schema));
            }
        } else if let Some(words) = of["oneOf"].as_array() {
            let _ = writeln!(out, "| value | what it is |\n|---|---|");
            for word in words {
                let _ = writeln!(out, "| {} | {} |", takes(word), said(word));
            }
        }
    }
}

/// Keeps the shorter of two examples, and of two that are as long the first in byte order.
fn keep_shorter<K: Ord>(examples: &mut BTreeMap<K, String>, key: K, text: &str) {
    let best = examples.entry(key).or_insert_with(|| text.to_owned());
    if (text.len(), text) < (best.len(), best.as_str()) {
        text.clone_into(best);
    }
}

/// What a schema says of itself, on one line.
fn said(schema: &Value) -> String {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// What a schema lets one choose from.
fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|kind| schema[kind].as_array()).flatten()
}

/// The types that a schema names itself.
fn named(schema: &Value) -> Vec<&str> {
    let own = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"));
    own.into_iter().chain(choices(schema).flat_map(named)).collect()
}

/// What a field takes, in words.
fn takes(schema: &Value) -> String {
    if let Some(constant) = schema.get("const") {
        return format!("`{constant}`");
    }
    let choices = ["anyOf", "oneOf"].into_iter().find_map(|kind| schema[kind].as_array());
    if let Some(choices) = choices {
        let words: Vec<String> = choices.iter().map(takes).filter(|word| word != "nothing").collect();
        return words.join(" or ");
    }
    let named = named(schema);
    let links = named.iter().map(|name| format!("[{name}](#{})", name.to_lowercase()));
    let links: Vec<String> = links.collect();
    if !links.is_empty() {
        return links.join(" or ");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return "anything".to_owned(),
    };
    let words = kinds.into_iter().map(|kind| match kind {
        "array" => format!("list of {}", takes(&schema["items"])),
        "object" if schema.get("additionalProperties").is_some() => {
            format!("by name, {}", takes(&schema["additionalProperties"]))
        }
        "string" => "text".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "null" => "nothing".to_owned(),
        other => other.to_owned(),
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// A value on one line, with spaces as people write them.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if !fields.is_empty() => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), spaced(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            value.to_string()
        }
    }
}
