//! `cosim watch`: a scenario is played again whenever its file changes.

use super::exit::{Exit, Failure};
use super::print::say;
use super::run;
use notify::{RecursiveMode, Watcher};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// An editor may write a file in several steps. It has done so when nothing more happens for so long.
const SETTLED: Duration = Duration::from_millis(50);

pub(super) fn main(args: &run::Args) -> Result<Exit, Failure> {
    let path = args.file();
    let cannot = |error: &dyn std::fmt::Display| {
        Failure(format!("error: {} cannot be watched: {error}\nhint: it must be a file", path.display()))
    };
    let path = path.canonicalize().map_err(|error| cannot(&error))?;
    if path.is_dir() {
        return Err(cannot(&"it is a folder"));
    }
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Who has stopped listening has ended.
        let _ = sender.send(event);
    })
    .map_err(|error| cannot(&error))?;
    // Many editors put a new file in the place of the old one, so that only the folder tells.
    let folder = path.parent().unwrap_or(Path::new("/"));
    watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| cannot(&error))?;
    loop {
        if let Err(failure) = run::main(args) {
            say!("{failure}");
        }
        say!("\nwaiting for {} to change; Ctrl-C ends", args.file().display());
        wait(&changes, &path).map_err(|error| cannot(&error))?;
    }
}

/// Waits until the file has changed, and nothing more happens to it.
fn wait(changes: &Receiver<notify::Result<notify::Event>>, path: &Path) -> Result<(), String> {
    let mut has_changed = false;
    loop {
        let event = match has_changed {
            false => changes.recv().map_err(|_| RecvTimeoutError::Disconnected),
            true => changes.recv_timeout(SETTLED),
        };
        match event {
            Ok(Ok(event)) => {
                let is_read = event.kind.is_access();
                has_changed |= !is_read && event.paths.iter().any(|changed| changed == path);
            }
            Ok(Err(error)) => return Err(error.to_string()),
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err("nothing is told any more".to_owned()),
        }
    }
}
