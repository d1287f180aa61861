//! Guests that are kept from one run to the next, since most take longer to start than to play a run. A run takes one for
//! itself and gives it back; two runs at a time have two. Which one a run gets makes no difference: they have forgotten
//! everything.

use crate::failure::Failure;
use crate::process::{Launch, Process};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// After how many runs a guest is let go: what it may have leaked goes with it. `cojson` 0.7.35 leaks some 80 KiB a run.
const RUNS_MAX: u32 = 2_000;

/// Guests that wait for a run.
#[derive(Debug, Default)]
pub struct Pool {
    idle: Mutex<BTreeMap<Launch, Vec<Process>>>,
}

impl Pool {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// A guest that knows nothing of earlier runs: one that waits, or a new one.
    ///
    /// # Errors
    /// A new one cannot be started, or does not answer as it should.
    pub fn take(&self, launch: &Launch) -> Result<Process, Failure> {
        let waiting =
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).get_mut(launch).and_then(Vec::pop);
        waiting.map_or_else(|| Process::start(launch), Ok)
    }

    /// Takes a guest back after a run. One that cannot forget it has failed and is let go; so is one that failed before.
    ///
    /// # Errors
    /// It does not answer as it should when it is reset.
    pub fn give_back(&self, mut process: Process) -> Result<(), Failure> {
        if process.failure().is_some() {
            return Ok(());
        }
        process.reset()?;
        if process.runs() < RUNS_MAX {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(process.launch().clone()).or_default().push(process);
        }
        Ok(())
    }
}
