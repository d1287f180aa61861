//! The table of kinds, for the documents.

use super::row::Words;
use super::{FaultKind, Row};

/// A table in Markdown, with a line for each kind of fault: its field, what it happens to, its stream, what is drawn and
/// in how many words, and how many a seed of a swarm may take, as a rule and now and then.
pub fn table() -> String {
    let head = "| field | happens to | stream | drawn | words | in a swarm |\n|---|---|---|---|---|---|\n";
    FaultKind::ALL.into_iter().map(FaultKind::row).fold(head.to_owned(), |out, row| out + &line(row))
}

fn line(row: &Row) -> String {
    let Row { field, happens_to, stream, drawn, swarm, .. } = row;
    let words = match row.words {
        Words::Each(words) => words.to_string(),
        Words::EachAndNodes(words) => format!("{words}, and 1 for every node"),
        Words::EveryNode(words) => format!("{words} for every node"),
    };
    let swarm = format!("up to {}, now and then {}", swarm.usual, swarm.extreme);
    format!("| `{field}` | {} | `faults`, `{stream}` | {drawn} | {words} | {swarm} |\n", happens_to.name())
}
