//! Text in lines that are not too long.

use std::fmt::{self, Write};

/// How long a line is where nobody says otherwise, as in snapshots.
pub const COLUMNS: usize = 100;

/// The fewest columns that anything is wrapped to.
const COLUMNS_MIN: usize = 40;

/// Lines that are being written.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) text: String,
    pub(super) columns: usize,
}

impl Lines {
    pub(super) fn of(columns: usize) -> Lines {
        Lines { text: String::new(), columns: columns.clamp(COLUMNS_MIN, COLUMNS) }
    }

    /// A line with a label, wrapped under its text.
    pub(super) fn row(&mut self, label: &str, text: &str) -> fmt::Result {
        self.wrap(&format!("  {label:<12}"), &" ".repeat(14), text)
    }

    /// Words in lines, the first after `first`, the others after `rest`.
    pub(super) fn wrap(&mut self, first: &str, rest: &str, text: &str) -> fmt::Result {
        let mut line = first.to_owned();
        let mut has_word = false;
        for word in text.split_whitespace() {
            if has_word && line.chars().count() + 1 + word.chars().count() > self.columns {
                writeln!(self, "{line}")?;
                line = rest.to_owned();
                has_word = false;
            }
            if has_word {
                line.push(' ');
            }
            line.push_str(word);
            has_word = true;
        }
        writeln!(self, "{}", line.trim_end())
    }
}

impl Write for Lines {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.write_str(text)
    }
}

/// Words in lines of at most so many columns, the first line after `first`, the others after `rest`.
pub fn wrapped(columns: usize, first: &str, rest: &str, text: &str) -> String {
    let mut lines = Lines::of(columns);
    lines.wrap(first, rest, text).expect("a string takes everything");
    lines.text
}
