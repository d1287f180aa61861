//! That something takes its time: on stderr, where that is a terminal, and never where it would stand between lines that are
//! read there.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Duration;

/// How often what is drawn is drawn anew.
const TICK: Duration = Duration::from_secs(1);

/// Drawn as long as it is there.
#[derive(Debug)]
pub(super) struct Waiting(ProgressBar);

impl Waiting {
    /// For a single run: how long it takes, from its first second on.
    pub(super) fn for_one() -> Waiting {
        let bar = ProgressBar::with_draw_target(None, target(true));
        bar.set_style(style("playing for {elapsed}"));
        bar.enable_steady_tick(TICK);
        Waiting(bar)
    }

    /// For so many seeds. Where each is printed to the terminal as it is played, that is enough.
    pub(super) fn for_seeds(seeds: u64, are_silent: bool) -> Waiting {
        let is_seen = are_silent || !std::io::stdout().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(seeds), target(is_seen));
        bar.set_style(style("{wide_bar} {human_pos}/{human_len}  {rate}, {eta} left"));
        Waiting(bar)
    }

    /// One more seed was played.
    pub(super) fn one_more(&self) {
        self.0.inc(1);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn target(is_wanted: bool) -> ProgressDrawTarget {
    let is_drawn = is_wanted && std::io::stderr().is_terminal();
    if is_drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// A style in which `{rate}` is a whole number a second: `1,331/s`.
pub(super) fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the template is well formed");
    style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{}/s", HumanCount(state.per_sec().round() as u64));
    })
}
