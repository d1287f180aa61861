//! `cosim explain`: what a name stands for that cosim prints.

use super::exit::{Exit, Failure};
use super::print::{columns, out, outln};
use cosim_core::node::Mutation;
use cosim_testbed::oracles::{self, About, Blames, Property};
use cosim_testbed::report::wrapped;
use cosim_testbed::scenario::closest;
use serde_json::Value;

/// The protocol, whose rules have numbers.
const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

/// Say what an oracle, the key of a failure, a rule of the protocol, a planted fault or a field of a scenario is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cosim explain no_lost_write
  cosim explain 'timely client>server deadline'
  cosim explain rule 6
  cosim explain never-retransmit
  cosim explain expect.views")]
pub(super) struct Args {
    /// An oracle, a failure's key, `rule` and a number, a planted fault, or a word of a scenario file.
    #[arg(required = true, value_name = "NAME")]
    words: Vec<String>,
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let asked = args.words.join(" ");
    let words: Vec<&str> = asked.split_whitespace().collect();
    let oracle = words.first().and_then(|name| oracles::named(name));
    let fault = Mutation::ALL.iter().find(|fault| [fault.name()] == words[..]);
    let rule = match words[..] {
        [number] | ["rule", number] => number.parse().ok().and_then(rule),
        _ => None,
    };
    if let Some(about) = oracle {
        if words.get(1).is_some_and(|between| !BETWEEN.contains(between)) {
            return Err(Failure(format!(
                "error: `{asked}` is no key\nhint: behind its oracle a key says between whom, {}, and about what: {} client>server \
                 content",
                BETWEEN.join(", "),
                about.name
            )));
        }
        tell_oracle(about, &words[1..]);
    } else if let Some(fault) = fault {
        out!("{}: a fault that can be planted\n{}", fault.name(), paragraph(fault.sentence()));
        out!("\n");
        outln!("plant it in a node of a scenario: \"mutations\": [\"{}\"]", fault.name());
    } else if let Some(text) = rule {
        out!("rule {}", wrapped(columns(), "", "", text));
    } else if let Some((key, text)) = KEYS.iter().find(|(key, _)| words.first() == Some(key)) {
        outln!("{key}: the key of a failure");
        out!("{}", paragraph(text));
    } else if let Some((word, text)) = WORDS.iter().find(|(word, _)| words.first() == Some(word)) {
        outln!("{word}: a word of cosim");
        out!("{}", paragraph(text));
    } else if let [word] = words[..]
        && let found = fields(word)
        && !found.is_empty()
    {
        outln!("{word}: in a scenario file");
        found.iter().for_each(|text| out!("{}", paragraph(text)));
        out!("\n");
        outln!("docs/fields.md has all fields, with examples");
    } else {
        return Err(unknown(&asked));
    }
    Ok(Exit::Held)
}

/// Who has something to do with whom, as keys say it.
const BETWEEN: [&str; 4] = ["client>server", "server>client", "peer>peer", "node"];

/// Words of this testbed.
const WORDS: [(&str, &str); 11] = [
    (
        "event",
        "One thing that the world handles: an operation, a message that arrives, a deadline, a write, a notice. Events are numbered, and a run's figures count them.",
    ),
    (
        "entry",
        "A line of the log. One event may have several, such as an operation and the message that is lost in it, and some have none.",
    ),
    (
        "operation",
        "What the timeline, a workload, faults or a recording ask the world to do, and that the links of the start open. In a file, an act says which.",
    ),
    (
        "decision",
        "What chance decides of one message, write, connection or crash: whether it is lost, how long it takes. It is called by what it is about, as in `lost: alice>server content notes edit-1`, so that a file can say it in place of the seed.",
    ),
    (
        "deviation",
        "A decision that is not harmless, or a cut or a crash that is put in: what a schedule may have a few of.",
    ),
    (
        "schedule",
        "A run in which all that chance decides is harmless, but for a few deviations. `cosim explore` plays all of them.",
    ),
    (
        "failure",
        "A run in which an oracle finds something, or an expectation is not met. It is known by its key: the oracle, what the nodes are to each other, and what it is about, without names, times and numbers.",
    ),
    (
        "key",
        "Of a failure: the oracle, what the nodes are to each other, and what it is about, as in `timely client>server deadline`. `cosim explain KEY` says more.",
    ),
    (
        "shape",
        "Of a finding: which operations and decisions are left when a run is cut down, without names and numbers. One key may come about in several shapes.",
    ),
    (
        "snapshot",
        "What a scenario comes to with its own seed: summary, final states and log. `cosim test` compares it, `--update` writes it.",
    ),
    ("looks", "How often an oracle had something to judge. One that never looked has proved nothing."),
];

/// Keys that are of no oracle.
const KEYS: [(&str, &str); 3] = [
    (
        "expectation",
        "Something that the file expects is not so: what an app was to see, what a node was to hold, how a load was to end, or \
         how many messages there may be. No oracle has found anything.",
    ),
    (
        "endless",
        "A run has no end: it reached the bound of events, or a node wanted more in one event than it may.",
    ),
    (
        "guest",
        "A guest has failed: it did not answer, or not as it has to. That says nothing about the protocol.",
    ),
];

fn paragraph(text: &str) -> String {
    wrapped(columns(), "  ", "  ", text)
}

/// Tells of an oracle, and of a key of its failures, if that is asked.
fn tell_oracle(about: &About, key: &[&str]) {
    outln!("{}: an oracle", about.name);
    let row = |label: &str, text: &str| {
        out!("{}", wrapped(columns(), &format!("  {label:<11}"), "             ", text));
    };
    row("must hold", about.sentence);
    row("looks at", about.when);
    let (kind, code) = match about.property {
        Property::Safety => ("something bad has happened (safety)", 1),
        Property::Liveness => ("something good has not happened in time (liveness)", 3),
    };
    row("violated", &format!("{kind}: exit code {code}"));
    let blamed = match about.blames {
        Blames::Honest => "nodes that are not hostile",
        Blames::Anybody => "any node",
    };
    row("blames", blamed);
    if !key.is_empty() {
        out!("\n");
        outln!("{} {}: the key of a failure", about.name, key.join(" "));
        let blamed = match key[0] {
            "client>server" => "a client, for what it does or leaves undone towards a server",
            "server>client" => "a server, for what it does or leaves undone towards a client",
            "peer>peer" => "a node, for what it does or leaves undone towards an equal",
            _ => "a node, whoever its peers are",
        };
        row("blamed is", blamed);
        let kind = key.last().expect("it is not empty");
        row(
            "about",
            &format!(
                "{kind}: {}",
                kind_in_words(kind).unwrap_or("nothing that is explained here; is it written so?")
            ),
        );
        out!(
            "{}",
            paragraph(
                "Names, times and numbers are no part of a key, so that one mistake has one key in every seed. `cosim run \
                 FILE --seed N` shows what is wrong and what led to it, `cosim shrink` what it takes, and `cosim why` \
                 when it became likely."
            )
        );
    }
    out!("\n");
    outln!("judge by it alone: \"expect\": {{ \"oracles\": [\"{}\"] }}", about.name);
}

/// What the last word of a key stands for.
fn kind_in_words(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "load" | "known" | "content" | "done" | "message" => "a message of this kind",
        "log" => "what a node holds of a session",
        "header" => "the header of a CoValue",
        "state" => "what a node holds of a CoValue",
        "write" | "edit" => "a transaction that an app writes",
        "view" | "shown" => "what an app sees",
        "hidden" => "what an app ought to see, and does not",
        "confirmed" => "what a node takes for granted that its peer holds, since that has said so",
        "deadline" => "an answer that was awaited until a deadline, which has passed without a repetition",
        "verdict" => "what an app is told of its load: that it was found, or was not",
        "answer" => "what is said to somebody who asks",
        "closed" => "a member who may read, and lacks the present key",
        "open" => "somebody who may not read, and has the present key",
        "written" => "a key that was handed to whom it is not for",
        "raised" => "a count that a node has raised over what it was told",
        "events" => "how many events a run has",
        "outputs" => "how much a node wants in one event",
        "report" => "an app that was told that something is written",
        "signature" => "the signature of what is on a disk",
        "dependency" => "what something on a disk needs, and is not there",
        "disk" => "what a disk has",
        "sent" | "held" | "safe" | "lost" | "synced" => {
            "how far a write has got at a server, as its app was told"
        }
        "handed-on" => "what a node holds and does not pass on",
        _ => return None,
    })
}

/// What the fields and values of a scenario file are that are called so: `views`, or `expect.views` for those of `expect` alone.
fn fields(asked: &str) -> Vec<String> {
    let (of_what, word) = asked.rsplit_once('.').unwrap_or(("", asked));
    let schema = serde_json::to_value(cosim_testbed::scenario::schema()).unwrap_or_default();
    let said = |schema: &Value| schema["description"].as_str().unwrap_or_default().to_owned();
    let defined = schema["$defs"].as_object().into_iter().flatten().map(|(name, of)| (name.as_str(), of));
    let mut found = Vec::new();
    let all = [("the file", &schema)].into_iter().chain(defined);
    let owners = owners(&schema, of_what);
    let is_meant = |name: &str| word.len() == asked.len() || owners.iter().any(|owner| owner == name);
    for (name, of) in all.filter(|(name, _)| is_meant(name)) {
        if let Some(field) = of["properties"].get(word) {
            let place = if name == "Entry" {
                "what may happen, in `timeline`".to_owned()
            } else {
                format!("a field of {name}")
            };
            found.push(format!("{place}. {}", said(field)));
        }
        let values = of["oneOf"].as_array().into_iter().flatten();
        for value in values.filter(|value| value["const"].as_str() == Some(word)) {
            found.push(format!("a value of {name}. {}", said(value)));
        }
    }
    found
}

/// The types that a place stands for: those that have this name, and those that the fields of this name take, each inside what
/// comes before it. None where there is no such place.
fn owners(schema: &Value, place: &str) -> Vec<String> {
    let defined = |name: &str| &schema["$defs"][name];
    let names = || schema["$defs"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let mut owners: Option<Vec<String>> = None;
    for part in place.split('.') {
        let inside: Vec<&Value> = match &owners {
            None => [schema].into_iter().chain(names().map(|name| &schema["$defs"][name])).collect(),
            Some(owners) => owners.iter().map(|name| defined(name)).collect(),
        };
        let mut next: Vec<String> = inside.iter().flat_map(|of| referred(&of["properties"][part])).collect();
        if owners.is_none() {
            next.extend(names().filter(|name| name.eq_ignore_ascii_case(part)));
        }
        next.sort();
        next.dedup();
        owners = Some(next);
    }
    owners.unwrap_or_default()
}

/// The types that a part of a schema refers to.
fn referred(part: &Value) -> Vec<String> {
    match part {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value.as_str().filter(|_| key == "$ref") {
                Some(to) => to.rsplit('/').next().map(str::to_owned).into_iter().collect(),
                None => referred(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(referred).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The text of a rule, from its number on.
fn rule(number: u32) -> Option<&'static str> {
    let rules = PROTOCOL.split_once("\n## Rules\n")?.1;
    let start = rules.find(&format!("\n{number}. "))? + 1;
    let rest = &rules[start..];
    let next = rest.find(&format!("\n{}. ", number + 1)).or_else(|| rest.find("\n\n"));
    Some(&rest[..next.unwrap_or(rest.len())])
}

fn unknown(asked: &str) -> Failure {
    let first = asked.split_whitespace().next().unwrap_or_default();
    let names = oracles::ALL.iter().map(|entry| entry.about.name);
    let names = names.chain(Mutation::ALL.iter().map(|fault| fault.name()));
    let hint = match closest(first, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            "`cosim list oracles` and `cosim list mutations` have the names; rules are `rule 1` to `rule 15`"
                .to_owned()
        }
    };
    Failure(format!(
        "error: `{asked}` is no oracle, key, rule, planted fault or word of a scenario file\nhint: {hint}"
    ))
}
