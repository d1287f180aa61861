//! What is printed of a difference unless more is asked for: where two runs part, where they part by meaning, and how much
//! differs in which way. It never has more than 30 lines.

use super::meaning::{Differences, First, Pair, What, counted, fields};
use super::text::{LABELS, field, line};
use super::{Difference, Side};
use crate::log::Entry;
use std::fmt::{self, Formatter};

/// How many fields are shown of an entry.
const FIELDS_MAX: usize = 3;
/// How many causes are shown of the first difference by meaning, the last ones; where it is in fields, how many of those.
const CAUSES_MAX: usize = 2;
/// How many are shown of what is in one run only; of what is in both, half as many.
const EXAMPLES_MAX: usize = 2;
/// How many decisions of a side are named.
const DECISIONS_MAX: usize = 3;

impl Difference<'_> {
    /// What differs, in thirty lines at most.
    pub fn brief(&self) -> String {
        format!("{}", fmt::from_fn(|f| self.write_brief(f)))
    }

    /// Everything that is to be said: where the two part with what is around it and what led to it, and all that differs.
    pub fn whole(&self) -> String {
        let all = Differences::of(self.sides);
        format!("{self}\n{}", fmt::from_fn(|f| self.write_kinds(f, &all, usize::MAX)))
    }

    fn write_brief(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let all = Differences::of(self.sides);
        self.write_names(f)?;
        writeln!(f, "\n{}", self.heading())?;
        for (side, label) in LABELS.iter().enumerate() {
            match self.entry(side) {
                Some(entry) => self.write_entry(f, label, side, entry)?,
                None => writeln!(f, "  {label}  nothing more")?,
            }
        }
        let more = self.fields.len().saturating_sub(FIELDS_MAX);
        for (number, it) in (1..).zip(self.fields.iter().take(FIELDS_MAX)) {
            let more =
                if number == FIELDS_MAX && more > 0 { format!("; {more} more") } else { String::new() };
            writeln!(f, "  {}{more}", field(it))?;
        }
        writeln!(f)?;
        match &all.first {
            None => writeln!(
                f,
                "By meaning they are the same: only times, deadlines, writes and notices of connections differ."
            )?,
            Some(first) if first.places.contains(&self.at) => {
                writeln!(f, "By meaning they part there, too: {}.", first.words())?;
            }
            Some(first) => self.write_first(f, first)?,
        }
        writeln!(f)?;
        self.write_kinds(f, &all, EXAMPLES_MAX)?;
        for (label, side) in LABELS.iter().zip(self.sides) {
            let (_, left_out) = side.log.dropped();
            if left_out > 0 {
                writeln!(f, "The log of {label} leaves out {left_out} entries, which count as missing.")?;
            }
        }
        for (side, label) in LABELS.iter().enumerate() {
            let decided = self.decisions(side).unwrap_or_default();
            let more = decided.len().saturating_sub(DECISIONS_MAX);
            let named: Vec<String> = decided.iter().take(DECISIONS_MAX).map(ToString::to_string).collect();
            let more = if more > 0 { format!("; {more} more") } else { String::new() };
            if !named.is_empty() {
                writeln!(f, "decided in {label} only, before they part: {}{more}", named.join("; "))?;
            }
        }
        Ok(())
    }

    /// The first difference by meaning, with what led to it.
    fn write_first(&self, f: &mut Formatter<'_>, first: &First<'_>) -> fmt::Result {
        let [a, b] = first.places.map(|place| place + 1);
        writeln!(f, "By meaning they part at entry {a} of A and {b} of B: {}.", first.words())?;
        for (side, entry) in first.entries.iter().enumerate() {
            let Some(entry) = entry else { continue };
            self.write_entry(f, LABELS[side], side, entry)?;
        }
        if let (What::Says, [Some(left), Some(right)]) = (first.what, first.entries) {
            for it in fields(self.sides, [left, right]).iter().take(CAUSES_MAX) {
                writeln!(f, "  {}", field(it))?;
            }
            return Ok(());
        }
        let (What::Only(side) | What::Moved(side)) = first.what else { return Ok(()) };
        let Some(entry) = first.entries[side] else { return Ok(()) };
        let mut causes = self.sides[side].log.chain(entry.event);
        causes.retain(|cause| *cause != entry);
        for cause in &causes[causes.len().saturating_sub(CAUSES_MAX)..] {
            writeln!(f, "  led to by  {}", line(self.sides[side], cause).to_string().trim_start())?;
        }
        Ok(())
    }

    /// How much differs in which way, with so many of each.
    fn write_kinds(&self, f: &mut Formatter<'_>, all: &Differences<'_>, examples: usize) -> fmt::Result {
        for (side, label) in LABELS.iter().enumerate() {
            let only = &all.only[side];
            if !only.is_empty() {
                writeln!(f, "only in {label}: {}", counted(only.iter().copied()))?;
            }
            for entry in only.iter().take(examples) {
                self.write_entry(f, label, side, entry)?;
            }
        }
        // Of what is in another place both entries are shown, and of what says something else one.
        let pairs: [(&str, &[Pair<'_>], usize, usize); 3] = [
            ("in another order", &all.moved, 2, examples.div_ceil(2)),
            ("says something else", &all.says, 1, examples.div_ceil(2)),
            ("at another time", &all.times, 0, 0),
        ];
        for (what, pairs, sides, examples) in pairs {
            if !pairs.is_empty() {
                writeln!(f, "{what}: {}", counted(pairs.iter().map(|[a, _]| *a)))?;
            }
            for pair in pairs.iter().take(examples) {
                for (side, entry) in pair.iter().enumerate().take(sides) {
                    self.write_entry(f, LABELS[side], side, entry)?;
                }
            }
        }
        Ok(())
    }

    fn write_entry(&self, f: &mut Formatter<'_>, label: &str, side: usize, entry: &Entry) -> fmt::Result {
        let side: &Side = self.sides[side];
        writeln!(f, "  {label}  {}", line(side, entry).to_string().trim_start())
    }
}

impl First<'_> {
    fn words(&self) -> String {
        match self.what {
            What::Only(side) => format!("what {0} has is in {0} only", LABELS[side]),
            What::Moved(side) => {
                format!("what {} has comes in another order in {}", LABELS[side], LABELS[1 - side])
            }
            What::Says => "it says something else".to_owned(),
        }
    }
}
