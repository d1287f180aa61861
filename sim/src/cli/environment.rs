//! What the environment says of where a command runs. It decides what is told beside the results, and where: never what is
//! played, nor what comes to stdout.

use std::env;
use std::path::PathBuf;

/// Whether this is a job of GitHub Actions.
pub(super) fn is_github() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// The file that GitHub shows as the summary of a step: what is added to it, is shown.
pub(super) fn step_summary() -> Option<PathBuf> {
    env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}
