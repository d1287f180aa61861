//! How long a command may take, by the clock of the machine. It says when to begin no more, and nothing else: what was
//! played until then is the beginning of one order, and comes out as it does without a clock.
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a bound for who waits")]

use cosim_core::Span;
use std::time::{Duration, Instant};

/// When to begin no more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Until(Option<Instant>);

impl Until {
    /// So long from here on; `None` is for ever.
    pub(super) fn after(span: Option<Span>) -> Until {
        Until(span.and_then(|span| Instant::now().checked_add(Duration::from_micros(span.as_us()))))
    }

    pub(super) fn is_over(self) -> bool {
        self.0.is_some_and(|until| Instant::now() >= until)
    }
}

/// `10m`.
pub(super) fn span(text: &str) -> Result<Span, String> {
    text.parse::<cosim_testbed::scenario::file::Duration>()
        .map(|span| span.0)
        .map_err(|error| error.to_string())
}
