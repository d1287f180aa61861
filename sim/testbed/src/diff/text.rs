//! What a person reads of a difference: one block a side, in the arrow notation, then the causes of either side.

use super::{Difference, Field, Side};
use crate::log::Entry;
use std::fmt::{self, Display, Formatter};

/// How many entries are shown before the one that differs, and after it.
const CONTEXT: usize = 3;
/// How many causes of a side are shown: the last.
const CAUSES_MAX: usize = 12;
/// How many decisions of a side are shown: the last.
const DECISIONS_MAX: usize = 12;
/// How many fields are shown.
const FIELDS_MAX: usize = 8;
/// How much is shown of the value of a field.
const VALUE_CHARS_MAX: usize = 60;

pub(super) const LABELS: [&str; 2] = ["A", "B"];

impl Display for Difference<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write_names(f)?;
        writeln!(f, "\n{}", self.heading())?;
        self.write_fields(f)?;
        for (label, side) in LABELS.iter().zip(self.sides) {
            writeln!(f, "\n{label}")?;
            self.write_context(f, side)?;
        }
        for (i, label) in LABELS.iter().enumerate() {
            let causes = self.causes(i);
            if !causes.is_empty() {
                writeln!(f, "\nwhat led to it in {label}")?;
                let lines = causes.into_iter().map(|entry| entry.display(self.sides[i].log.cast()));
                write_last(f, lines, CAUSES_MAX)?;
            }
        }
        for (i, label) in LABELS.iter().enumerate() {
            if let Some(decisions) = self.decisions(i).filter(|decisions| !decisions.is_empty()) {
                writeln!(f, "\ndecided in {label} only")?;
                write_last(f, decisions.into_iter(), DECISIONS_MAX)?;
            }
        }
        Ok(())
    }
}

impl Difference<'_> {
    /// Where the two part, in a sentence.
    pub fn heading(&self) -> String {
        let ended = LABELS.iter().enumerate().find(|(side, _)| self.entry(*side).is_none());
        match (self.at, ended) {
            (0, None) => "The first entries differ.".to_owned(),
            (0, Some((_, ended))) => format!("{ended} has no entries."),
            (at, None) => format!("The first {at} entries are the same, the next is not."),
            (at, Some((_, ended))) => format!("The first {at} entries are the same, then {ended} ends."),
        }
    }

    /// What the two are, and what they came to.
    pub(super) fn write_names(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let [a, b] = self.sides;
        for (label, side) in LABELS.iter().zip(self.sides) {
            let cosim = if a.cosim == b.cosim { String::new() } else { format!(", by cosim {}", side.cosim) };
            let verdict = side.verdict.as_ref().map(|verdict| format!(": {verdict}")).unwrap_or_default();
            writeln!(f, "{label}: {}{cosim}{verdict}", side.name)?;
        }
        Ok(())
    }

    fn write_fields(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for it in self.fields.iter().take(FIELDS_MAX) {
            writeln!(f, "  {}", field(it))?;
        }
        match self.fields.len().saturating_sub(FIELDS_MAX) {
            0 => Ok(()),
            more => writeln!(f, "  … and {more} fields more"),
        }
    }

    /// The entries of a side around the one that differs, which is marked.
    fn write_context(&self, f: &mut Formatter<'_>, side: &Side) -> fmt::Result {
        let first = self.at.saturating_sub(CONTEXT);
        let entries = side.entries().enumerate().skip(first).take(self.at + 1 + CONTEXT - first);
        for (number, entry) in entries {
            let mark = if number == self.at { ">" } else { " " };
            writeln!(f, "{mark} {}", line(side, entry))?;
        }
        if side.len() <= self.at {
            writeln!(f, "> the log ends here")?;
        }
        Ok(())
    }
}

/// A field on both sides.
pub(super) fn field(Field { path, values }: &Field) -> String {
    let [a, b] = values.each_ref().map(|value| value.as_ref().map_or("nothing".to_owned(), short));
    format!("{path}: {a} in A, {b} in B")
}

pub(super) fn line<'a>(side: &'a Side, entry: &'a Entry) -> impl Display + 'a {
    entry.display(side.log.cast())
}

/// The last of some lines, and how many came before them.
fn write_last<T: Display>(
    f: &mut Formatter<'_>,
    lines: impl ExactSizeIterator<Item = T>,
    max: usize,
) -> fmt::Result {
    let earlier = lines.len().saturating_sub(max);
    if earlier > 0 {
        writeln!(f, "  … {earlier} before …")?;
    }
    lines.skip(earlier).try_for_each(|line| writeln!(f, "  {line}"))
}

/// A value, cut where it is long.
fn short(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
