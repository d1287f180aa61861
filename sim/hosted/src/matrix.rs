//! What each crate survives, as tables: every condition on every shape, for a range of seeds.

use crate::cell::{Cell, Crate, Question, name};
use crate::story::{Condition, Shape};
use clap::ValueEnum;
use cosim_world::trial::{ENDLESS, RESTLESS};
use rayon::prelude::*;

/// With how many seeds the documented tables are measured.
pub const SEEDS: u64 = 50;

/// The table of a question, as Markdown: in how many of the seeds which oracle was violated.
pub fn table(question: Question, seeds: u64) -> String {
    let columns: Vec<(Crate, Shape)> = Crate::value_variants()
        .iter()
        .flat_map(|hosted| Shape::value_variants().iter().map(|shape| (*hosted, *shape)))
        .collect();
    let rows = Condition::value_variants();
    let cell = |condition, (hosted, shape)| Cell { hosted, shape, condition, question };
    let cells: Vec<Cell> =
        rows.iter().flat_map(|row| columns.iter().map(|column| cell(*row, *column))).collect();
    let marks: Vec<String> = cells.into_par_iter().map(|cell| mark(cell, seeds)).collect();

    let head = columns.iter().map(|(hosted, shape)| format!(" {}, {} |", name(*hosted), name(*shape)));
    let head = head.collect::<String>();
    let rule = "---|".repeat(columns.len() + 1);
    let lines = rows.iter().zip(marks.chunks(columns.len()));
    let lines = lines.map(|(condition, marks)| format!("| {} | {} |\n", name(*condition), marks.join(" | ")));
    format!("| |{head}\n|{rule}\n{}", lines.collect::<String>())
}

/// How often what was violated in a cell.
fn mark(cell: Cell, seeds: u64) -> String {
    if !cell.can_be_played() {
        return "not played".to_owned();
    }
    let played = cell.play(0..seeds);
    let times = |what: &str| played.iter().filter(|played| played.failure.as_deref() == Some(what)).count();
    let mut counts: Vec<(&str, usize)> =
        cell.question.oracles().iter().map(|oracle| (oracle.name(), times(oracle.violation()))).collect();
    if cell.question == Question::Agreement {
        counts.push(("silence", times(RESTLESS) + times(ENDLESS)));
    }
    let violated = counts.iter().filter(|(_, times)| *times > 0);
    let marks: Vec<String> = violated.map(|(oracle, times)| format!("{oracle} {times}")).collect();
    if marks.is_empty() { "holds".to_owned() } else { marks.join(", ") }
}
