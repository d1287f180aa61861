//! What the environment says of where a command runs. It decides what is told beside the results, and where, what a file is
//! called while it is written, and, where the user asks for that, which part of a sweep is played: nothing else, and never
//! what comes to stdout.

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

/// The number that an engine has given to this process, in this variable.
pub(super) fn engine(variable: &str) -> Option<String> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

/// What engines call a job, and how often it was begun again.
const JOBS: [&str; 6] = [
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_JOB_ID",
    "SLURM_RESTART_COUNT",
    "CI_JOB_ID",
    "BUILDKITE_JOB_ID",
];

/// What no other process is called that may write the same file: job, restart, host and process id, as far as there are
/// such, in characters that a file name may have.
pub(super) fn writer() -> String {
    let host = rustix::system::uname();
    let mut words: Vec<String> = JOBS.iter().filter_map(|variable| engine(variable)).collect();
    words.push(host.nodename().to_string_lossy().into_owned());
    words.push(std::process::id().to_string());
    words.join("-").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
