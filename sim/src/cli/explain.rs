//! `cosim explain`: what a name stands for that cosim prints.

use super::exit::{Exit, Failure};
use super::print::{columns, out, outln};
use cosim_core::node::Mutation;
use cosim_testbed::oracles::{self, About, Blames, Property};
use cosim_testbed::report::wrapped;
use cosim_testbed::scenario::closest;

/// The protocol, whose rules have numbers.
const PROTOCOL: &str = include_str!("../../../docs/protocol.md");

/// Say what an oracle, the key of a failure, a rule of the protocol or a planted fault is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cosim explain no_lost_write
  cosim explain 'timely client>server deadline'
  cosim explain rule 6
  cosim explain never-retransmit")]
pub(super) struct Args {
    /// An oracle, a failure's key, `rule` and a number, or a planted fault.
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
        tell_oracle(about, &words[1..]);
    } else if let Some(fault) = fault {
        out!("{}: a fault that can be planted\n{}", fault.name(), paragraph(fault.sentence()));
        out!("\n");
        outln!("plant it in a node of a scenario: \"mutations\": [\"{}\"]", fault.name());
    } else if let Some(text) = rule {
        out!("rule {}", wrapped(columns(), "", "", text));
    } else {
        return Err(unknown(&asked));
    }
    Ok(Exit::Held)
}

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
        row("about", key.last().expect("it is not empty"));
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
    Failure(format!("error: `{asked}` is no oracle, key, rule or planted fault\nhint: {hint}"))
}
