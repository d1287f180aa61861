//! Which lengths of time and which numbers are simpler than others.

use crate::scenario::file::Duration;
use cosim_core::Span;

/// Spans that are simpler than this one, the simplest first: shorter ones that are as round or rounder than people say,
/// then longer ones that are rounder.
pub(crate) fn simpler(span: Span) -> Vec<Span> {
    let usual = [Span::ZERO, Span::from_s(1), Span::from_ms(100)];
    let rounder = UNITS.into_iter().map(|unit| round(span, unit));
    let finest = UNITS.into_iter().find(|unit| round(span, *unit) == span).unwrap_or(Span::from_us(1));
    let half = round(Span::from_us(span.as_us() / 2), finest);
    let less = Span::from_us(span.as_us().saturating_sub(finest.as_us()));
    let shorter = usual.into_iter().chain(rounder).chain([half, less]).filter(|other| *other < span);
    let longer =
        UNITS.into_iter().filter(|unit| round(span, *unit) != span && *unit <= span.max(Span::from_ms(1)));
    let mut simpler = Vec::new();
    for other in shorter.chain(longer.map(|unit| round(span, unit) + unit)) {
        if !simpler.contains(&other) {
            simpler.push(other);
        }
    }
    simpler
}

const UNITS: [Span; 4] = [Span::from_s(1), Span::from_ms(100), Span::from_ms(10), Span::from_ms(1)];

/// The largest multiple of `unit` that is no longer than `span`.
pub(crate) fn round(span: Span, unit: Span) -> Span {
    Span::from_us(span.as_us() / unit.as_us() * unit.as_us())
}

/// Simpler lengths of something that must have one.
pub(super) fn lengths(Duration(span): Duration) -> impl Iterator<Item = Duration> {
    simpler(span).into_iter().filter(|simpler| *simpler != Span::ZERO).map(Duration)
}

/// Fewer of something of which there must be one, the fewest first.
pub(super) fn fewer(count: u32) -> impl Iterator<Item = u32> {
    let fewer = [1, count / 2, count.saturating_sub(1)].into_iter();
    fewer.filter(move |fewer| (1..count).contains(fewer))
}
