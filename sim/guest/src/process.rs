//! One guest: a process that is asked and answers, in strict alternation, under a watchdog. After a failure it is dead,
//! and whatever it is asked then has the same failure.

mod pipes;

use crate::failure::{Failure, Trouble};
use crate::protocol::{Hello, PROTOCOL, Queried, Request, Step, Verb};
use pipes::{Grace, Pipes};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::time::Duration;

/// How long an answer may take, unless somebody says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The number of the first request after a reset: as if there had been nothing but `hello`.
const FIRST_ID: u64 = 2;

/// How a guest is started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Launch {
    /// The program: a path, or a name that is looked for in `PATH`.
    pub program: String,
    /// Its arguments, word for word. It runs in an empty folder: paths in them must be whole.
    pub args: Vec<String>,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl Launch {
    /// The usual way to start this program.
    pub fn new(program: impl Into<String>, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { program: program.into(), args: args.into_iter().map(Into::into).collect(), timeout: TIMEOUT }
    }

    /// The same, where the program and the arguments that name a file as seen from this folder name it with its whole
    /// path. So a command works as it does on a command line.
    #[must_use]
    pub fn seen_from(mut self, folder: &Path) -> Self {
        if self.program.contains('/') {
            self.program = whole(folder, &self.program);
        }
        for arg in &mut self.args {
            *arg = whole(folder, arg);
        }
        self
    }
}

fn whole(folder: &Path, word: &str) -> String {
    let path = folder.join(word);
    if path.is_file() { path.to_string_lossy().into_owned() } else { word.to_owned() }
}

/// A guest that runs. It ends when this is dropped, with all that it has started.
#[derive(Debug)]
pub struct Process {
    launch: Launch,
    hello: Hello,
    line: Line,
    runs: u32,
}

impl Process {
    /// Starts a guest and says hello.
    ///
    /// # Errors
    /// It cannot be started, or does not answer as it should.
    pub fn start(launch: &Launch) -> Result<Self, Failure> {
        let pipes = Pipes::open(launch)
            .map_err(|error| Failure::new(Trouble::NotStarted(format!("{}: {error}", launch.program))))?;
        let mut line = Line {
            pipes,
            timeout: launch.timeout,
            next_id: 1,
            postscript: "",
            last: Default::default(),
            failed: None,
        };
        let hello: Hello = line.ask(Verb::Hello { protocol: PROTOCOL })?;
        if hello.protocol != PROTOCOL {
            return Err(line.fail(Failure::new(Trouble::OtherProtocol(hello.protocol))));
        }
        Ok(Self { launch: launch.clone(), hello, line, runs: 0 })
    }

    /// How it has introduced itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// How it was started.
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// How many runs it has played and forgotten.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// The number that the system has given to the process.
    pub fn id(&self) -> u32 {
        self.line.pipes.id()
    }

    /// From now on an answer may take so long: starting may take longer than all that follows.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.line.timeout = timeout;
    }

    /// Asks for a step: anything but `hello`, `query` and `reset`, which have answers of their own.
    ///
    /// # Errors
    /// It does not answer as it should, or not at all, or has failed before.
    pub fn ask(&mut self, verb: Verb<'_>) -> Result<Step, Failure> {
        self.line.ask(verb)
    }

    /// Asks what a node holds and shows of these subjects, or of all.
    ///
    /// # Errors
    /// As with [`ask`](Self::ask).
    pub fn query(&mut self, node: &str, subjects: Option<&[String]>) -> Result<Queried, Failure> {
        self.line.ask(Verb::Query { node, subjects })
    }

    /// Has it forget everything.
    ///
    /// # Errors
    /// As with [`ask`](Self::ask).
    pub fn reset(&mut self) -> Result<(), Failure> {
        let Nothing {} = self.line.ask(Verb::Reset)?;
        self.line.next_id = FIRST_ID;
        self.runs += 1;
        Ok(())
    }

    /// The last request that it has answered, and the answer, to the letter.
    pub fn last(&self) -> (&str, &str) {
        let (request, answer) = &self.line.last;
        (request, answer)
    }

    /// Asks for something that no guest can: its error, if it has answered with one.
    pub(crate) fn ask_for_the_impossible(&mut self) -> Result<Option<String>, Failure> {
        let id = self.line.next_id;
        let answer = self.line.exchange(id, &format!(r#"{{"id":{id},"verb":"no_such_verb"}}"#))?;
        Ok(answer.error)
    }

    /// From now on every request has this after its own members.
    pub(crate) fn set_postscript(&mut self, postscript: &'static str) {
        self.line.postscript = postscript;
    }

    /// Fails it for its last answer, which had the right form and cannot be all the same: a message on a connection that
    /// is not there.
    pub fn reject(&mut self, why: impl Into<String>) -> Failure {
        if let Some(failure) = &self.line.failed {
            return failure.clone();
        }
        let (request, answer) = std::mem::take(&mut self.line.last);
        self.line.fail(Failure::new(Trouble::Unfit(why.into())).asked(&request).came(answer.as_bytes()))
    }

    /// Why it is dead, if it is.
    pub fn failure(&self) -> Option<&Failure> {
        self.line.failed.as_ref()
    }

    /// Ends its standard input, and waits until it has ended by itself.
    ///
    /// # Errors
    /// It lives on, or something that it has started does; both are ended all the same.
    pub fn close(mut self) -> Result<(), Failure> {
        match self.line.failed.clone() {
            Some(failure) => Err(failure),
            None => {
                self.line.pipes.end(Grace::Given).map_err(|trouble| self.line.fail(Failure::new(trouble)))
            }
        }
    }
}

/// The line to a process.
#[derive(Debug)]
struct Line {
    pipes: Pipes,
    timeout: Duration,
    next_id: u64,
    /// What every request has after its own members.
    postscript: &'static str,
    /// The last request that was answered, and the answer.
    last: (String, String),
    failed: Option<Failure>,
}

/// What every answer has.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    id: serde_json::Value,
    #[serde(default)]
    error: Option<String>,
}

/// An answer that says nothing.
#[derive(Deserialize)]
struct Nothing {}

impl Line {
    fn ask<T: DeserializeOwned>(&mut self, verb: Verb<'_>) -> Result<T, Failure> {
        let id = self.next_id;
        let mut request = serde_json::to_string(&Request { id, verb }).expect("a request is plain data");
        // Before the brace that closes it.
        request.insert_str(request.len() - 1, self.postscript);
        let answer = self.exchange(id, &request)?;
        if let Some(error) = answer.error {
            return Err(self.fail(Failure::new(Trouble::Refused(error)).asked(&request)));
        }
        let read = serde_json::from_str(&answer.text);
        self.last = (request, answer.text);
        read.map_err(|error| {
            let failure = Failure::new(Trouble::Unfit(error.to_string()));
            self.fail(failure.asked(&self.last.0).came(self.last.1.as_bytes()))
        })
    }

    /// Asks this, and takes the answer as it is, but for what every answer has.
    fn exchange(&mut self, id: u64, request: &str) -> Result<Answer, Failure> {
        if let Some(failure) = &self.failed {
            return Err(failure.clone());
        }
        self.next_id = id + 1;
        let bytes = match self.pipes.exchange(format!("{request}\n").as_bytes(), self.timeout) {
            Ok(bytes) => bytes,
            Err(trouble) => {
                let came = std::mem::take(&mut self.pipes.said);
                return Err(self.fail(Failure::new(trouble).asked(request).came(&came)));
            }
        };
        read(id, bytes)
            .map_err(|(trouble, bytes)| self.fail(Failure::new(trouble).asked(request).came(&bytes)))
    }

    /// Kills the process; from now on this is the answer to everything.
    fn fail(&mut self, failure: Failure) -> Failure {
        // That it must be killed is no other matter than the one that is told.
        let _ = self.pipes.end(Grace::None);
        // How it ended tells something only where it was not we who killed it.
        let ended = *failure.trouble() == Trouble::Ended;
        let exit = self.pipes.exit().filter(|_| ended).map(str::to_owned);
        let home = self.pipes.home().to_string_lossy().into_owned();
        let failure = failure.exit(exit).stderr(&self.pipes.words()).without(&home);
        self.failed = Some(failure.clone());
        failure
    }
}

/// An answer that has the right number.
#[derive(Debug)]
struct Answer {
    text: String,
    error: Option<String>,
}

/// Reads what every answer has.
fn read(id: u64, bytes: Vec<u8>) -> Result<Answer, (Trouble, Vec<u8>)> {
    let text = String::from_utf8(bytes)
        .map_err(|error| (Trouble::NotJson("it is not in UTF-8".to_owned()), error.into_bytes()))?;
    match serde_json::from_str::<Envelope>(&text) {
        Ok(envelope) if envelope.id == id => Ok(Answer { text, error: envelope.error }),
        Ok(_) => Err((Trouble::WrongId(id), text.into_bytes())),
        Err(error) if error.is_data() => Err((Trouble::Unfit(error.to_string()), text.into_bytes())),
        Err(error) => Err((Trouble::NotJson(error.to_string()), text.into_bytes())),
    }
}
