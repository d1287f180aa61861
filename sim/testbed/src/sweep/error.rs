//! What makes a sweep or a merge impossible.

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
    /// Another process writes the file.
    Locked {
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
    /// Two parts are not of one sweep.
    Mixed {
        /// One part.
        here: PathBuf,
        /// The other.
        there: PathBuf,
        /// The first difference.
        what: String,
    },
    /// No part has these seeds.
    Gap {
        /// The first seed that is missing.
        from: u64,
        /// The next that is there.
        until: u64,
    },
    /// Two parts have the same seeds.
    Overlap {
        /// One part.
        here: PathBuf,
        /// The other.
        there: PathBuf,
        /// The first seed that both have.
        seed: u64,
    },
    /// A file ends before its sweep does.
    Short {
        /// The file.
        path: PathBuf,
        /// The scenario of the first run that is missing.
        scenario: String,
        /// Its seed.
        seed: u64,
    },
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
            Error::Locked { path } => {
                write!(
                    f,
                    "another sweep is writing {}\nhint: give each sweep an --out of its own",
                    path.display()
                )
            }
            Error::Different { path, what } => write!(
                f,
                "{} is of another sweep: {what}\nhint: go on with what it was begun with, or remove it",
                path.display()
            ),
            Error::Mixed { here, there, what } => write!(
                f,
                "{} and {} are not parts of one sweep: {what}\nhint: play all parts with the same command but for --shard",
                there.display(),
                here.display()
            ),
            Error::Gap { from, until } => {
                write!(f, "no part has the seeds {from}..{until}\nhint: give all parts, --shard 1/N to N/N")
            }
            Error::Overlap { here, there, seed } => {
                write!(
                    f,
                    "{} and {} both have seed {seed}\nhint: give every part once",
                    here.display(),
                    there.display()
                )
            }
            Error::Short { path, scenario, seed } => write!(
                f,
                "{} ends before seed {seed} of {scenario}\nhint: finish that sweep with --resume",
                path.display()
            ),
            Error::NoParts => write!(f, "there is nothing to merge"),
        }
    }
}

impl std::error::Error for Error {}
