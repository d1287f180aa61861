//! Why a guest could not be played. It is never a verdict on a protocol: the guest or its machine is at fault.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// How many characters of a request, an answer or a line are shown.
const SHOWN: usize = 200;

/// What went wrong, with what helps to find out why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(Box<Evidence>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Evidence {
    trouble: Trouble,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    came: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stderr: Vec<String>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", content = "why", rename_all = "snake_case")]
pub enum Trouble {
    /// It could not be started.
    NotStarted(String),
    /// It speaks another version of the guest protocol.
    OtherProtocol(u32),
    /// It ended before it had answered.
    Ended,
    /// It has not answered within so many milliseconds.
    Late(u64),
    /// It has closed its standard output, and lives on.
    ClosedOutput,
    /// It has closed its standard input, and lives on.
    ClosedInput,
    /// Its answer is longer than an answer may be.
    TooLong,
    /// Its answer is no JSON.
    NotJson(String),
    /// Its answer has another `id` than the request, which was this.
    WrongId(u64),
    /// Its answer lacks what it must have, or has it in another form.
    Unfit(String),
    /// It is not what it is to play: why not, in words.
    Miscast(String),
    /// It has said something that it was not asked for, or before it had heard all of what it was asked.
    Unasked,
    /// It has answered that it could not do it.
    Refused(String),
    /// It lives on although its standard input has ended.
    DoesNotEnd,
    /// It has ended, but something that it has started lives on.
    LeavesBehind,
    /// The machine failed, and not the guest.
    Machine(String),
}

impl Failure {
    /// This, and nothing that helps to find out why.
    pub fn new(trouble: Trouble) -> Self {
        Self(Box::new(Evidence { trouble, asked: None, came: None, exit: None, stderr: Vec::new() }))
    }

    pub(crate) fn asked(mut self, line: &str) -> Self {
        self.0.asked = Some(abridged(line));
        self
    }

    pub(crate) fn came(mut self, bytes: &[u8]) -> Self {
        self.0.came = (!bytes.is_empty()).then(|| abridged(&shown_of(bytes)));
        self
    }

    pub(crate) fn exit(mut self, exit: Option<String>) -> Self {
        self.0.exit = exit;
        self
    }

    pub(crate) fn stderr(mut self, lines: &[String]) -> Self {
        self.0.stderr = lines.iter().map(|line| abridged(line)).collect();
        self
    }

    /// The same, with every mention of the folder in which the guest ran taken out: it differs from run to run.
    pub(crate) fn without(mut self, folder: &str) -> Self {
        let Evidence { asked, came, stderr, .. } = &mut *self.0;
        for text in asked.iter_mut().chain(came).chain(stderr) {
            *text = text.replace(folder, "~");
        }
        self
    }

    /// What went wrong.
    pub fn trouble(&self) -> &Trouble {
        &self.0.trouble
    }

    /// The last lines that the guest wrote to its standard error.
    pub fn last_words(&self) -> &[String] {
        &self.0.stderr
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(why) => write!(f, "the guest could not be started: {why}"),
            Self::OtherProtocol(version) => {
                write!(f, "the guest speaks version {version} of the guest protocol, not 1")
            }
            Self::Ended => write!(f, "the guest ended before it had answered"),
            Self::Late(ms) => {
                write!(f, "the guest has not answered within {:?}", Duration::from_millis(*ms))
            }
            Self::ClosedOutput => write!(f, "the guest has closed its standard output, and lives on"),
            Self::ClosedInput => write!(f, "the guest has closed its standard input, and lives on"),
            Self::TooLong => write!(f, "the guest's answer is longer than 64 MiB"),
            Self::NotJson(why) => write!(f, "the guest's answer is no JSON: {why}"),
            Self::WrongId(id) => write!(f, "the guest's answer has another id than {id}"),
            Self::Unfit(why) => write!(f, "the guest's answer is not what it must be: {why}"),
            Self::Miscast(why) => write!(f, "the guest cannot play this: {why}"),
            Self::Unasked => write!(f, "the guest has said something that it was not asked for"),
            Self::Refused(why) => write!(f, "the guest could not do it: {why}"),
            Self::DoesNotEnd => write!(f, "the guest lives on although its standard input has ended"),
            Self::LeavesBehind => {
                write!(f, "the guest has ended, but something that it has started lives on")
            }
            Self::Machine(why) => write!(f, "the machine did not let the guest be played: {why}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Evidence { trouble, asked, came, exit, stderr } = &*self.0;
        write!(f, "{trouble}")?;
        let lines = [("asked", asked), ("came", came), ("ended with", exit)];
        for (name, text) in lines.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
            write!(f, "\n  {name}: {text}")?;
        }
        if !stderr.is_empty() {
            write!(f, "\n  standard error ended with:")?;
        }
        stderr.iter().try_for_each(|line| write!(f, "\n    {line}"))
    }
}

impl std::error::Error for Failure {}

/// The beginning of a text, and how much there was of it.
pub(crate) fn abridged(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

/// Bytes as a text of one line.
fn shown_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\n').replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_kept_and_read_again() {
        let failure = Failure::new(Trouble::Refused("no such node".to_owned())).asked("{}").exit(None);
        let text = serde_json::to_string(&failure).unwrap();
        assert_eq!(text, r#"{"trouble":{"trouble":"refused","why":"no such node"},"asked":"{}"}"#);
        assert_eq!(serde_json::from_str::<Failure>(&text).unwrap(), failure);
    }

    #[test]
    fn people_see_what_was_asked_and_what_came() {
        let failure =
            Failure::new(Trouble::WrongId(3)).asked(&"x".repeat(300)).came(b"{\"id\":4}\n{\"id\":5}\n");
        let shown = format!(
            "the guest's answer has another id than 3\n  asked: {}… (300 bytes)\n  came: {}",
            "x".repeat(200),
            r#"{"id":4}\n{"id":5}"#
        );
        assert_eq!(failure.to_string(), shown);
    }
}
