//! What ends a sweep from outside: Ctrl-C, and the signals by which engines and shells ask a process to end.

use super::super::exit::{Exit, Failure};
use super::super::print::say;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// So long may what was begun take to its end. Engines send SIGKILL some ten seconds or more after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether a sweep was asked to end, and whether it has.
#[derive(Debug, Default)]
pub(super) struct Stop {
    /// Set by the first signal. The second ends the process at once, and so does a run that goes on for too long: that loses
    /// nothing that was written.
    pub(super) asked: AtomicBool,
    /// Set when no run is played any more: what is left to write is written.
    pub(super) played: AtomicBool,
}

/// Minds signals from now on.
pub(super) fn stop() -> Result<Arc<Stop>, Failure> {
    let stop = Arc::new(Stop::default());
    let heard = Arc::clone(&stop);
    let handler = move || {
        if heard.asked.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::INTERRUPTED.into());
        }
        let heard = Arc::clone(&heard);
        std::thread::spawn(move || wait_and_end(&heard));
    };
    ctrlc::set_handler(handler).map_err(|error| Failure(format!("error: cannot handle signals: {error}")))?;
    Ok(stop)
}

fn wait_and_end(stop: &Stop) {
    // Nobody sends anything.
    let (_open, never) = mpsc::channel::<()>();
    let _ = never.recv_timeout(PATIENCE);
    if stop.played.load(Ordering::Relaxed) {
        return;
    }
    say!("interrupted in the middle of a run\nhint: go on with the same command and --resume");
    std::process::exit(Exit::INTERRUPTED.into());
}
