//! How many threads a command uses, where what it prints does not depend on that.

use super::exit::Failure;
use std::num::NonZeroUsize;

/// See the module.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub(super) struct Threads {
    /// How many threads to use. Default one for each core.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

impl Threads {
    /// From now on no more are used.
    pub(super) fn set(self) -> Result<(), Failure> {
        let Some(jobs) = self.jobs else { return Ok(()) };
        let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs.get());
        threads.build_global().map_err(|error| Failure(format!("error: --jobs {jobs}: {error}")))
    }
}
