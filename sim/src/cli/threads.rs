//! How many threads a command uses, where what it prints does not depend on that.

use super::exit::Failure;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

/// More threads than this only cost memory and time to start.
const JOBS_MAX: usize = 256;

/// Whether the number of threads was set.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// A number of threads.
pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse::<NonZeroUsize>().ok().filter(|jobs| jobs.get() <= JOBS_MAX);
    jobs.ok_or_else(|| format!("expected a number from 1 to {JOBS_MAX}"))
}

/// See the module.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub(super) struct Threads {
    /// How many threads to use. Default one for each core.
    #[arg(long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
}

impl Threads {
    /// From now on no more are used.
    pub(super) fn set(self) -> Result<(), Failure> {
        let Some(jobs) = self.jobs else { return Ok(()) };
        // Whoever plays again and again sets it once.
        if IS_SET.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs.get());
        threads.build_global().map_err(|error| Failure(format!("error: --jobs {jobs}: {error}")))
    }
}
