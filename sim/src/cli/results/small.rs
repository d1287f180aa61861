//! What is left of a failing run when all is taken away that can go.

use cosim_testbed::export::{self, export};
use cosim_testbed::freeze::freeze;
use cosim_testbed::log::{Limit, With};
use cosim_testbed::report;
use cosim_testbed::run::{Options, run};
use cosim_testbed::scenario::{Scenario, resolve};
use cosim_testbed::shrink::shrink;

/// The lines of its log that are told: a shrunk run has a few dozen.
const LINES_MAX: usize = 200;

/// See the module.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Small {
    /// How much is left.
    pub(super) size: String,
    /// What was found, and what happened.
    pub(super) log: String,
    /// The same drawn.
    pub(super) mermaid: String,
}

impl Small {
    /// One with this log.
    #[cfg(test)]
    pub(super) fn sample(log: String) -> Small {
        Small { size: "1 node".to_owned(), log, mermaid: "sequenceDiagram".to_owned() }
    }

    /// Shrinks a failing run; `None` where that cannot be done, and where guests take part: that takes minutes.
    pub(super) fn of(scenario: &Scenario, seed: u64, name: &str) -> Option<Small> {
        if scenario.has_guests() {
            return None;
        }
        let frozen = freeze(scenario, seed, name);
        let shrunk = shrink(&frozen.file, &scenario.guests, &mut |_, _| {}).ok()?;
        let small = resolve(shrunk.file).ok()?;
        // What oracles find is drawn, too.
        let with = With { looks: true, ..With::NOTHING };
        let outcome = run(&small, small.seed, Options::logged(Limit::All).with(with));
        let log = outcome.log.as_ref()?;
        let found = outcome.violations.first().map(|violation| format!("{}\n\n", report::finding(violation)));
        let mermaid = export(log, export::Format::Mermaid).text;
        let text = log.to_string();
        let mut lines: Vec<&str> = text.lines().take(LINES_MAX).collect();
        if text.lines().count() > LINES_MAX {
            lines.push("…");
        }
        let log = format!("{}{}", found.unwrap_or_default(), lines.join("\n"));
        Some(Small { size: shrunk.after.to_string(), log, mermaid })
    }
}
