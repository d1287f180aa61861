//! Programs that a search starts. Each is a group of processes of its own, which ends with the search, and when it takes
//! longer than it may.

use super::super::exit::{Exit, Failure};
use cosim_core::Span;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Children {
    state: Arc<State>,
    /// How long each may take.
    patience: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the search was asked to end.
    asked: AtomicBool,
    /// The group that runs.
    running: Mutex<Option<Pid>>,
}

/// How a program ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// Of its own accord, or by a signal of somebody else.
    Itself(Output),
    /// It took longer than it may.
    TooLong,
}

impl Children {
    /// Minds signals from now on.
    pub(super) fn new(patience: Span) -> Result<Children, Failure> {
        let state = Arc::new(State::default());
        let heard = Arc::clone(&state);
        let handler = move || {
            if heard.asked.swap(true, Ordering::SeqCst) {
                std::process::exit(Exit::INTERRUPTED.into());
            }
            heard.kill();
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure(format!("error: cannot handle signals: {error}")))?;
        Ok(Children { state, patience: Duration::from_micros(patience.as_us()) })
    }

    /// Whether the search was asked to end.
    pub(super) fn is_over(&self) -> bool {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// Runs a program to its end, and gives what it prints.
    pub(super) fn run(&self, command: &mut Command) -> io::Result<Ended> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let child = command.spawn()?;
        *self.state.running() = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        // It may have been asked just before.
        if self.is_over() {
            self.state.kill();
        }
        let (over, waiting) = mpsc::channel::<()>();
        let (state, patience) = (Arc::clone(&self.state), self.patience);
        let watch = std::thread::spawn(move || {
            let is_late = waiting.recv_timeout(patience) == Err(mpsc::RecvTimeoutError::Timeout);
            if is_late {
                state.kill();
            }
            is_late
        });
        let output = child.wait_with_output();
        *self.state.running() = None;
        drop(over);
        let is_late = watch.join().unwrap_or_default();
        Ok(if is_late { Ended::TooLong } else { Ended::Itself(output?) })
    }
}

impl State {
    fn running(&self) -> std::sync::MutexGuard<'_, Option<Pid>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kill(&self) {
        if let Some(group) = *self.running() {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
