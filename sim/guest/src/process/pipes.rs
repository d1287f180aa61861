//! The process of a guest, and its three pipes. No thread reads or writes them: none of our ends ever blocks, and one loop
//! waits for whichever has something to do. So nothing that a guest does, or fails to do, can hold us up.
//!
//! **This is the only file in which time is the machine's.** It is asked for the watchdog alone, which ends a run with an
//! error or not at all: no answer depends on it.
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the watchdog")]

use super::Launch;
use crate::failure::Trouble;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::env;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::time::Instant;
use tempfile::TempDir;

/// How long an answer may be.
const ANSWER_MAX: usize = 64 << 20;
/// How much of standard error is kept, and how many lines of that are shown.
const WORDS_KEPT: usize = 8 << 10;
const WORDS_SHOWN: usize = 20;
/// How much is read at once.
const CHUNK: usize = 64 << 10;
/// How long a guest may take to end when it should, or when it seems to.
const GRACE: Duration = Duration::from_secs(2);
/// How often we look whether the process has ended, which no pipe tells if a child of it holds them open.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The same while we wait for nothing else.
const LOOK_CLOSELY_EVERY: Duration = Duration::from_millis(2);

/// A process and what joins us with it.
#[derive(Debug)]
pub(crate) struct Pipes {
    child: Child,
    /// None as soon as the guest is to end.
    input: Option<ChildStdin>,
    /// None as soon as it is closed at the other end.
    output: Option<ChildStdout>,
    error: Option<ChildStderr>,
    /// What was read and not yet handed out.
    pub(crate) said: Vec<u8>,
    /// The end of what it wrote to standard error.
    words: Vec<u8>,
    /// Room for what is read at once.
    chunk: Box<[u8]>,
    /// How it ended, once it was waited for.
    exit: Option<String>,
    /// The folder in which it runs, which goes with it.
    home: TempDir,
}

/// When to wait no longer.
#[derive(Clone, Copy)]
struct Deadline(Instant);

impl Deadline {
    fn after(span: Duration) -> Self {
        Self(Instant::now() + span)
    }

    fn is_over(self) -> bool {
        Instant::now() >= self.0
    }

    fn not_after(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl Pipes {
    /// Starts the program in a folder, an environment and a process group of its own.
    pub(crate) fn open(launch: &Launch) -> io::Result<Self> {
        let home = TempDir::with_prefix("cosim-guest-")?;
        let mut command = Command::new(&launch.program);
        command.args(&launch.args).current_dir(home.path()).env_clear();
        // Not `var`: what stands in it is handed on, and nothing of it reaches a run.
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", home.path()).env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn()?;
        let pipes = Self {
            input: child.stdin.take(),
            output: child.stdout.take(),
            error: child.stderr.take(),
            child,
            said: Vec::new(),
            words: Vec::new(),
            chunk: vec![0; CHUNK].into(),
            exit: None,
            home,
        };
        // From here on whatever fails drops the pipes, which ends the process.
        pipes.input.as_ref().map_or(Ok(()), |pipe| rustix::io::ioctl_fionbio(pipe, true))?;
        pipes.output.as_ref().map_or(Ok(()), |pipe| rustix::io::ioctl_fionbio(pipe, true))?;
        pipes.error.as_ref().map_or(Ok(()), |pipe| rustix::io::ioctl_fionbio(pipe, true))?;
        Ok(pipes)
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The folder in which it runs.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// How it ended, if it has.
    pub(crate) fn exit(&self) -> Option<&str> {
        self.exit.as_deref()
    }

    /// The last lines that it wrote to standard error.
    pub(crate) fn words(&self) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.words);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(WORDS_SHOWN)..].iter().map(|&line| line.to_owned()).collect()
    }

    /// Writes a line and waits for the one that answers it. In an error, what came instead is in `said`.
    pub(crate) fn exchange(&mut self, line: &[u8], timeout: Duration) -> Result<Vec<u8>, Trouble> {
        self.said.clear();
        self.read_output().map_err(machine)?;
        if !self.said.is_empty() {
            return Err(Trouble::Unasked);
        }
        let late = Trouble::Late(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX));
        let mut waiting = Waiting { unsent: line, deadline: Deadline::after(timeout), if_over: late };
        loop {
            self.write(&mut waiting).map_err(machine)?;
            // Nothing to write is asked for, too: that the other end is closed is told all the same.
            let to_input = if waiting.unsent.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
            let input = self.input.as_ref().filter(|_| !waiting.is_closing()).map(|pipe| (pipe, to_input));
            let woken = self.wait(input).map_err(machine)?;
            if woken == Woken::NobodyListens {
                waiting.close(Trouble::ClosedInput);
            }
            // Whether it has ended is looked at first: then what is read afterwards is all that it has ever said.
            let ended =
                (woken == Woken::ByTime || waiting.is_closing()) && self.has_ended().map_err(machine)?;
            let searched = self.said.len();
            self.read_output().map_err(machine)?;
            self.read_error().map_err(machine)?;
            if let Some(at) = self.said[searched..].iter().position(|byte| *byte == b'\n') {
                let is_all = searched + at + 1 == self.said.len();
                if !waiting.unsent.is_empty() || !is_all {
                    return Err(Trouble::Unasked);
                }
                self.said.pop();
                return Ok(std::mem::take(&mut self.said));
            }
            if self.said.len() > ANSWER_MAX {
                return Err(Trouble::TooLong);
            }
            if ended && self.said.len() == searched {
                return Err(Trouble::Ended);
            }
            if self.output.is_none() {
                waiting.close(Trouble::ClosedOutput);
            }
            if waiting.deadline.is_over() {
                return Err(waiting.if_over);
            }
        }
    }

    /// Ends the process with all that it has started. With `grace`, it may first do so by itself, and the answer says
    /// whether it did. Does nothing the second time.
    pub(crate) fn end(&mut self, grace: Grace) -> Result<(), Trouble> {
        self.input = None;
        if self.exit.is_some() {
            return Ok(());
        }
        let ended = match grace {
            Grace::Given => self.wait_for_end().map_err(machine)?,
            Grace::None => false,
        };
        let left_open = self.output.is_some();
        // It was not waited for yet, so that its number and that of its group are still its own.
        if let Some(group) = Pid::from_raw(self.id().cast_signed()) {
            // The error is that there is nobody left, or that what is left is no longer ours.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let status = self.child.wait().map_err(machine)?;
        self.exit = Some(status.to_string());
        self.hear_last_words().map_err(machine)?;
        match (grace, ended) {
            (Grace::Given, false) => Err(Trouble::DoesNotEnd),
            (Grace::Given, true) if left_open => Err(Trouble::LeavesBehind),
            (Grace::Given, true) | (Grace::None, _) => Ok(()),
        }
    }

    /// Whether it ends within the grace; reads on, so that it is not held up by a full pipe.
    fn wait_for_end(&mut self) -> io::Result<bool> {
        let deadline = Deadline::after(GRACE);
        loop {
            let ended = self.has_ended()?;
            self.read_output()?;
            self.read_error()?;
            self.said.clear();
            if ended || deadline.is_over() {
                return Ok(ended);
            }
            self.wait(None)?;
        }
    }

    /// Reads standard error until all who could write to it are gone.
    fn hear_last_words(&mut self) -> io::Result<()> {
        let deadline = Deadline::after(GRACE);
        self.output = None;
        while self.error.is_some() && !deadline.is_over() {
            self.wait(None)?;
            self.read_error()?;
        }
        Ok(())
    }

    /// Waits until there is something to read, or something of its input to see; but not long.
    fn wait(&self, input: Option<(&ChildStdin, PollFlags)>) -> io::Result<Woken> {
        let closing = input.is_none() || self.output.is_none();
        let span = if closing { LOOK_CLOSELY_EVERY } else { LOOK_EVERY };
        let span = Timespec::try_from(span).map_err(|_| ErrorKind::InvalidInput)?;
        let mut fds = Vec::with_capacity(3);
        fds.extend(input.map(|(pipe, flags)| PollFd::new(pipe, flags)));
        fds.extend(self.output.iter().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        fds.extend(self.error.iter().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        match poll(&mut fds, Some(&span)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(Woken::ByTime),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let closed = PollFlags::ERR | PollFlags::HUP;
        let nobody_listens = input.is_some() && fds[0].revents().intersects(closed);
        Ok(if nobody_listens { Woken::NobodyListens } else { Woken::ByPipe })
    }

    /// Whether the process has ended. It stays a zombie, and its number its own, until it is waited for.
    fn has_ended(&self) -> io::Result<bool> {
        let Some(pid) = Pid::from_raw(self.id().cast_signed()) else { return Ok(true) };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        Ok(waitid(WaitId::Pid(pid), options)?.is_some())
    }

    fn write(&self, waiting: &mut Waiting<'_>) -> io::Result<()> {
        let Some(mut input) = self.input.as_ref() else { return Ok(()) };
        while !waiting.unsent.is_empty() {
            match input.write(waiting.unsent) {
                Ok(count) => waiting.unsent = &waiting.unsent[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                    waiting.close(Trouble::ClosedInput);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read_output(&mut self) -> io::Result<()> {
        if let Some(pipe) = &mut self.output
            && read_some(pipe, &mut self.chunk, &mut self.said)?.is_none()
        {
            self.output = None;
        }
        Ok(())
    }

    fn read_error(&mut self) -> io::Result<()> {
        let Some(pipe) = &mut self.error else { return Ok(()) };
        if read_some(pipe, &mut self.chunk, &mut self.words)?.is_none() {
            self.error = None;
        }
        let surplus = self.words.len().saturating_sub(WORDS_KEPT);
        self.words.drain(..surplus);
        Ok(())
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        // Whatever the matter is, nobody is left to hear of it.
        let _ = self.end(Grace::Given);
    }
}

/// Whether a process may end by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grace {
    /// It has a moment for that.
    Given,
    /// It has failed, and is killed.
    None,
}

/// Why we wait no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Woken {
    /// It was long enough.
    ByTime,
    /// A pipe has something to do.
    ByPipe,
    /// The guest's standard input is closed at its end.
    NobodyListens,
}

/// What a request still waits for.
struct Waiting<'a> {
    /// What the guest has not taken yet.
    unsent: &'a [u8],
    deadline: Deadline,
    /// What is the matter when that is over.
    if_over: Trouble,
}

impl Waiting<'_> {
    /// One of the pipes is closed. Most often the process is just ending: if it does, that is what is told.
    fn close(&mut self, trouble: Trouble) {
        if !self.is_closing() {
            self.deadline = self.deadline.not_after(Deadline::after(GRACE));
            self.if_over = trouble;
        }
    }

    fn is_closing(&self) -> bool {
        matches!(self.if_over, Trouble::ClosedInput | Trouble::ClosedOutput)
    }
}

/// Reads one piece of what is there; `None` at the end.
fn read_some(pipe: &mut impl Read, chunk: &mut [u8], into: &mut Vec<u8>) -> io::Result<Option<()>> {
    match pipe.read(chunk) {
        Ok(0) => Ok(None),
        Ok(count) => {
            into.extend_from_slice(&chunk[..count]);
            Ok(Some(()))
        }
        Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => Ok(Some(())),
        Err(error) => Err(error),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn machine(error: io::Error) -> Trouble {
    Trouble::Machine(error.to_string())
}
