//! Words that are safe in one line.

use crate::cojson::Cast;
use crate::log::Entry;

/// What an entry says, in one line.
pub(super) fn words(entry: &Entry, cast: &Cast) -> String {
    one_line(&entry.words(cast).to_string())
}

/// A text in one line: what would break it, or print nothing, is a blank. It is never empty.
pub(super) fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c) { ' ' } else { c };
    let line: String = text.chars().map(plain).collect();
    if line.trim().is_empty() { "(nothing)".to_owned() } else { line.trim().to_owned() }
}

/// The first so many characters of a text; an ellipsis in place of the last says that there were more.
pub(super) fn at_most(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{kept}…")
}
