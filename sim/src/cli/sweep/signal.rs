//! What ends a sweep from outside: Ctrl-C, and the signals by which engines and shells ask a process to end.

use super::super::exit::{Exit, Failure};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// So long may what was begun take to its end. Engines send SIGKILL some ten seconds or more after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(3);

/// Set by the first signal. The second ends the process at once, and so does a run that goes on for too long: that loses
/// nothing that was written.
pub(super) fn stop() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let handler = move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::INTERRUPTED.into());
        }
        std::thread::spawn(wait_and_end);
    };
    ctrlc::set_handler(handler).map_err(|error| Failure(format!("error: cannot handle signals: {error}")))?;
    Ok(stop)
}

fn wait_and_end() {
    // Nobody sends anything.
    let (_open, never) = mpsc::channel::<()>();
    let _ = never.recv_timeout(PATIENCE);
    anstream::eprintln!("interrupted in the middle of a run\nhint: go on with the same command and --resume");
    std::process::exit(Exit::INTERRUPTED.into());
}
