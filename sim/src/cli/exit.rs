//! Exit codes, and what ends a command before it has one.

use cosim_testbed::run::Verdict;
use std::fmt;
use std::process::ExitCode;

/// How a command ended. Documented in the long help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    Held,
    NothingRan,
    /// All that was played held, and that was not everything.
    NotWhole,
    /// Parts of a sweep are missing, or not what they should be.
    Parts,
    Liveness,
    Violated,
    Nondeterminism,
    Guest,
    Usage,
    /// By Ctrl-C, or a signal like it.
    Interrupted,
}

impl Exit {
    /// The code of [`Exit::Interrupted`]: what shells report of a process that SIGINT ended.
    pub(super) const INTERRUPTED: u8 = 130;
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Held => 0,
            Exit::Violated => 1,
            Exit::Usage => 2,
            Exit::Liveness => 3,
            Exit::Nondeterminism => 4,
            Exit::NothingRan => 5,
            Exit::Guest => 6,
            Exit::NotWhole => 7,
            Exit::Parts => 8,
            Exit::Interrupted => Exit::INTERRUPTED,
        })
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Held => Exit::Held,
            Verdict::Liveness => Exit::Liveness,
            Verdict::Violated => Exit::Violated,
            Verdict::Guest => Exit::Guest,
        }
    }
}

/// What made a command impossible: it says what, where, what was expected and what to do.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl Failure {
    /// A file that could not be read or written.
    pub(super) fn file(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
        #[expect(clippy::wildcard_enum_match_arm, reason = "foreign, and every other kind has one hint")]
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => "hint: is the path right? It is taken from the folder you are in",
            std::io::ErrorKind::PermissionDenied => "hint: may you read and write there?",
            std::io::ErrorKind::InvalidData => "hint: it must be text in UTF-8",
            std::io::ErrorKind::IsADirectory => "hint: it is a folder: name a file",
            std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
                "hint: a file is there where a folder is needed"
            }
            std::io::ErrorKind::StorageFull => "hint: the disk is full",
            _ => "hint: can this path be read and written at all?",
        };
        Failure(format!("error: cannot {doing} {}: {error}\n{hint}", path.display()))
    }
}
