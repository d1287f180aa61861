//! How far a sweep is: a bar on a terminal, a line now and then where there is none. It goes to stderr only.

use super::super::print::say;
use crate::cli::print::{count, grouped};
use crate::cli::progress::style;
use cosim_testbed::sweep::Summary;
use indicatif::{ProgressBar, ProgressDrawTarget};
use std::io::IsTerminal;

/// Without a terminal, about so many lines are written in a sweep.
const LINES: u64 = 20;

/// Without a terminal, no fewer runs than these lie between two lines.
const RUNS_BETWEEN_LINES: u64 = 1000;

const WITHOUT_END: &str = "{human_pos} runs in {elapsed}, {rate}, {msg}";

const TEMPLATE: &str = "{wide_bar} {human_pos}/{human_len}  {rate}, {eta} left, {msg}";

/// How far a sweep is.
#[derive(Debug)]
pub(super) struct Progress {
    /// Measures time also where it is not drawn.
    bar: ProgressBar,
    /// `None` where time says when it ends.
    total: Option<u64>,
    /// Runs that were played before.
    before: u64,
    /// Runs between two lines; `None` where there is a bar.
    every: Option<u64>,
    failures: u64,
}

impl Progress {
    /// Of a sweep with this many runs in all, of which `done` were played before.
    pub(super) fn new(total: Option<u64>, done: &Summary) -> Progress {
        let is_drawn = std::io::stderr().is_terminal();
        let target = if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target).with_position(done.runs());
        bar.set_style(style(if total.is_some() { TEMPLATE } else { WITHOUT_END }));
        bar.set_message(failed(done.failures()));
        bar.reset_eta();
        let every = (!is_drawn).then_some(total.map_or(0, |total| total / LINES).max(RUNS_BETWEEN_LINES));
        Progress { bar, total, before: done.runs(), every, failures: done.failures() }
    }

    /// One more run was played.
    pub(super) fn passed(&mut self, summary: &Summary) {
        self.bar.inc(1);
        if self.failures != summary.failures() {
            self.failures = summary.failures();
            self.bar.set_message(failed(self.failures));
        }
        let runs = summary.runs();
        if let Some(total) = self.total.filter(|total| runs < *total)
            && self.every.is_some_and(|every| runs.is_multiple_of(every))
        {
            say!("{runs} of {total} runs, {}", failed(self.failures));
        }
    }

    /// No more runs are played.
    pub(super) fn finish(self, summary: &Summary) {
        let elapsed_ms = self.bar.elapsed().as_millis().max(1);
        self.bar.finish_and_clear();
        let played = summary.runs() - self.before;
        let rate = played.saturating_mul(1000) / u64::try_from(elapsed_ms).unwrap_or(u64::MAX);
        say!(
            "{} in {}.{} s, {}/s",
            count(played, "run"),
            elapsed_ms / 1000,
            elapsed_ms % 1000 / 100,
            grouped(rate)
        );
    }
}

fn failed(failures: u64) -> String {
    match failures {
        0 => "none failed".to_owned(),
        n => format!("{n} failed"),
    }
}
