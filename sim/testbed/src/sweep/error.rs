//! What makes a sweep or a merge impossible.

use super::parts::Flaw;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// What makes a sweep or a merge impossible: what was found, what was expected, and what to do.
#[derive(Debug)]
pub enum Error {
    /// 64 bits cannot count the runs.
    TooManyRuns,
    /// A file could not be read or written.
    File {
        /// What was to be done: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file does not begin as a file of outcomes does.
    NotOutcomes {
        /// The file.
        path: PathBuf,
        /// Why it is none.
        why: String,
    },
    /// A file of outcomes is of another version of the format.
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// What is found, and what was expected.
        what: String,
    },
    /// A line of a file of outcomes is not what it must be.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// There is a part of a sweep, and it was not asked to go on with it.
    Begun {
        /// The partial file.
        path: PathBuf,
    },
    /// What is to be gone on with was begun by a sweep of something else.
    Different {
        /// The file.
        path: PathBuf,
        /// The first difference.
        what: String,
    },
    /// A file ends before its end mark.
    Torn {
        /// The file.
        path: PathBuf,
    },
    /// Parts are not what a whole sweep needs.
    Parts(Vec<Flaw>),
    /// There are no parts to merge.
    NoParts,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::TooManyRuns => write!(f, "more runs than 2^64\nhint: sweep fewer seeds"),
            Error::File { doing, path, error } => write!(f, "cannot {doing} {}: {error}", path.display()),
            Error::NotOutcomes { path, why } => {
                write!(f, "{} is no file of outcomes of this version of cosim: {why}", path.display())
            }
            Error::OtherFormat { path, what } => write!(
                f,
                "{} is from another version of cosim: {what}\nhint: read it with that version, or sweep again",
                path.display()
            ),
            Error::Damaged { path, line, why } => write!(
                f,
                "{}:{line}: {why}\nhint: the file was changed or damaged; remove it and sweep again",
                path.display()
            ),
            Error::Begun { path } => write!(
                f,
                "{} holds a part of a sweep\nhint: --resume goes on with it; to begin anew, remove it",
                path.display()
            ),
            Error::Different { path, what } => write!(
                f,
                "{} is of another sweep: {what}\nhint: go on with what it was begun with, or remove it",
                path.display()
            ),
            Error::Torn { path } => write!(
                f,
                "{} has no end mark: it was cut off, or its sweep is not finished\nhint: finish that sweep with --resume",
                path.display()
            ),
            Error::Parts(flaws) => {
                writeln!(f, "the parts are not one whole sweep")?;
                for flaw in flaws {
                    writeln!(f, "  {flaw}")?;
                }
                let is_unplayed =
                    |flaw: &Flaw| matches!(flaw, Flaw::Missing { .. } | Flaw::Gap { .. } | Flaw::Torn { .. });
                f.write_str(if flaws.iter().any(is_unplayed) {
                    "hint: play what is missing or torn again, each by the command that has its --shard, and --resume; then merge again"
                } else {
                    "hint: name the parts of one sweep, each once"
                })
            }
            Error::NoParts => write!(f, "there is nothing to merge"),
        }
    }
}

impl std::error::Error for Error {}
