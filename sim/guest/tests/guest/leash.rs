//! Tells when the last process of a guest is gone, whichever of them started it: each holds a socket open, and what the
//! system closes is closed.

use crate::python;
use cosim_guest::Launch;
use std::io::Read;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Leash {
    listener: UnixListener,
    folder: TempDir,
}

impl Leash {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let listener = UnixListener::bind(folder.path().join("leash")).expect("a socket");
        Self { listener, folder }
    }

    /// The guest that does this wrong.
    pub(crate) fn odd(&self, mode: &str) -> Launch {
        python::guest("sim/guest/tests/guests/odd.py", &[&self.path().to_string_lossy(), mode])
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("leash")
    }

    /// Waits until nothing is left of the guest, neither a process nor its folder.
    #[track_caller]
    pub(crate) fn wait_until_gone(self) {
        let home = self.wait_until_dead();
        assert!(!Path::new(&home).exists(), "the guest's folder is still there");
    }

    /// Waits until none of its processes lives, and says in which folder it ran.
    #[track_caller]
    pub(crate) fn wait_until_dead(&self) -> String {
        self.listener.set_nonblocking(true).expect("it can");
        let (mut socket, _) = self.listener.accept().expect("the guest has taken the leash");
        socket.set_nonblocking(false).expect("it can");
        socket.set_read_timeout(Some(PATIENCE)).expect("it can");
        let mut home = String::new();
        socket.read_to_string(&mut home).expect("nothing of the guest lives");
        assert!(!home.is_empty());
        home
    }
}
