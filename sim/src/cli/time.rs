//! How long a command may take, by the clock of the machine. It says when to begin no more, and nothing else: what was
//! played until then is the beginning of one order, and comes out as it does without a clock.
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a bound for who waits")]

use super::exit::Exit;
use cosim_core::Span;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// When to begin no more: by the clock, or when whoever waits has had enough.
#[derive(Clone, Debug)]
pub(super) struct Until {
    at: Option<Instant>,
    interrupted: Arc<AtomicBool>,
}

impl Until {
    /// So long from here on; `None` is for ever.
    pub(super) fn after(span: Option<Span>) -> Until {
        let at = span.and_then(|span| Instant::now().checked_add(Duration::from_micros(span.as_us())));
        Until { at, interrupted: Arc::default() }
    }

    /// Also when Ctrl-C or a signal like it comes. The second one ends the process.
    pub(super) fn or_interrupted(self) -> Until {
        let heard = Arc::clone(&self.interrupted);
        let handler = move || {
            if heard.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::INTERRUPTED.into());
            }
        };
        // Where signals cannot be minded, they end the process as ever.
        let _ = ctrlc::set_handler(handler);
        self
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_interrupted() || self.at.is_some_and(|until| Instant::now() >= until)
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

/// `10m`.
pub(super) fn span(text: &str) -> Result<Span, String> {
    text.parse::<cosim_testbed::scenario::file::Duration>()
        .map(|span| span.0)
        .map_err(|error| error.to_string())
}
