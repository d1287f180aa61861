//! The two ends of a link, as a file writes them: `syncAllOurs/syncTheirs`.

use super::json::string_in_json;
use super::units::{UnitError, quoted};
use cosim_core::Relationship;
use std::fmt;
use std::str::FromStr;

/// What the second node of a link is to the first, and the first to the second. Which pairs are legal is checked when
/// the file is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends(pub [Relationship; 2]);

/// Every pair that is legal, as files write it.
pub(crate) const LEGAL: [&str; 4] =
    ["syncAllOurs/syncTheirs", "syncTheirs/syncAllOurs", "syncCommon/syncCommon", "syncAllOurs/syncAllOurs"];

const NAMES: [(&str, Relationship); 3] = [
    ("syncAllOurs", Relationship::SyncAllOurs),
    ("syncTheirs", Relationship::SyncTheirs),
    ("syncCommon", Relationship::SyncCommon),
];

impl FromStr for Ends {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Ends, UnitError> {
        let end = |text: &str| NAMES.iter().find(|(name, _)| *name == text).map(|&(_, end)| end);
        let ends = text.split_once('/').and_then(|(first, second)| Some(Ends([end(first)?, end(second)?])));
        ends.ok_or_else(|| UnitError {
            message: format!("{} is no pair of relationships", quoted(text)),
            help: format!("write one of {}", LEGAL.map(quoted).join(", ")),
        })
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            |end: Relationship| NAMES.iter().find(|&&(_, other)| other == end).map_or("", |(name, _)| name);
        write!(f, "{}/{}", name(self.0[0]), name(self.0[1]))
    }
}

string_in_json!(Ends, "a pair of relationships, such as \"syncAllOurs/syncTheirs\"", {
    "type": "string",
    "enum": LEGAL,
    "description": "What the second node is to the first, and what the first is to the second."
});
