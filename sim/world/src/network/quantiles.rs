//! A distribution as a table of quantiles, drawn from in integers: so that most messages are quick, and one in a thousand
//! takes very long.

use super::{Ppm, SpanRange};
use cosim_base::Span;

/// A distribution of spans: below which of them how much of it lies. Between two quantiles every span is equally likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles {
    /// How much lies below, and which span, ascending; as many as count.
    points: [(Ppm, u32); Quantiles::MAX],
    count: u8,
}

impl Quantiles {
    /// The most quantiles of a table.
    pub const MAX: usize = 12;

    /// The distribution with these quantiles. `None` unless they begin with none of it and end with all of it, ascend, are
    /// from two to [`MAX`](Self::MAX), and none is above [`SpanRange::LIMIT`].
    pub fn new(quantiles: &[(Ppm, Span)]) -> Option<Quantiles> {
        let (first, last) = (quantiles.first()?, quantiles.last()?);
        let ascends = |two: &[(Ppm, Span)]| two[0].0 < two[1].0 && two[0].1 <= two[1].1;
        let is_whole = first.0 == Ppm::NEVER && last.0 == Ppm::ALWAYS;
        if !is_whole || !quantiles.windows(2).all(ascends) || last.1 > SpanRange::LIMIT {
            return None;
        }
        let mut points = [(Ppm::NEVER, 0); Quantiles::MAX];
        for (place, (level, span)) in quantiles.iter().enumerate() {
            *points.get_mut(place)? = (*level, u32::try_from(span.as_us()).ok()?);
        }
        Some(Quantiles { points, count: u8::try_from(quantiles.len()).ok()? })
    }

    fn points(&self) -> &[(Ppm, u32)] {
        &self.points[..usize::from(self.count)]
    }

    /// The quantiles: how much lies below, and which span.
    pub fn iter(&self) -> impl Iterator<Item = (Ppm, Span)> + '_ {
        self.points().iter().map(|(level, us)| (*level, Span::from_us(u64::from(*us))))
    }

    /// From the shortest span to the longest.
    pub fn range(&self) -> SpanRange {
        let [min_us, max_us] = [0, usize::from(self.count) - 1].map(|place| self.points[place].1);
        SpanRange { min_us, max_us }
    }

    /// The span that 32 random bits stand for.
    pub fn pick(&self, bits: u32) -> Span {
        let at = |level: Ppm| (u64::from(level.get()) << 32) / 1_000_000;
        let drawn = u64::from(bits);
        let points = self.points();
        let above = points.partition_point(|(level, _)| at(*level) <= drawn).min(points.len() - 1);
        let [(low, from), (high, to)] = [points[above - 1], points[above]];
        let (into, width) = (drawn - at(low), at(high) - at(low));
        Span::from_us(u64::from(from) + u64::from(to - from) * into / width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(points: &[(u32, u64)]) -> Option<Quantiles> {
        let points: Vec<(Ppm, Span)> = points
            .iter()
            .map(|(ppm, ms)| (Ppm::new(*ppm).expect("at most a million"), Span::from_ms(*ms)))
            .collect();
        Quantiles::new(&points)
    }

    const TAIL: &[(u32, u64)] = &[(0, 10), (500_000, 20), (990_000, 100), (1_000_000, 5_000)];

    #[test]
    fn as_many_draws_lie_below_each_quantile_as_it_says() {
        let tail = table(TAIL).expect("a table");
        assert_eq!(tail.range(), SpanRange::new(Span::from_ms(10), Span::from_ms(5_000)).expect("a range"));
        const DRAWS: u32 = 100_000;
        let draws: Vec<Span> = (0..DRAWS).map(|i| tail.pick(i * (u32::MAX / DRAWS))).collect();
        assert!(draws.is_sorted(), "the inverse of a distribution ascends");
        for (ppm, ms) in TAIL {
            let below = draws.iter().filter(|span| **span < Span::from_ms(*ms)).count() as u32;
            assert!((below * 10).abs_diff(*ppm) <= 20, "{below} of {DRAWS} are below {ms}ms");
        }
        assert_eq!((tail.pick(0), tail.pick(1 << 31)), (Span::from_ms(10), Span::from_ms(20)));
        assert!(tail.pick(u32::MAX) <= Span::from_ms(5_000));
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for points in [
            &[][..],
            &[(0, 1)],
            &[(1, 1), (1_000_000, 2)],
            &[(0, 1), (999_999, 2)],
            &[(0, 1), (500_000, 0), (1_000_000, 2)],
            &[(0, 1), (0, 2), (1_000_000, 3)],
            &[(0, 1), (1_000_000, 1 << 40)],
        ] {
            assert_eq!(table(points), None, "{points:?}");
        }
        let many: Vec<(u32, u64)> = (0..=12).map(|i| (i * 1_000_000 / 12, u64::from(i))).collect();
        assert_eq!(table(&many), None, "more than there may be");
        assert!(table(&[(0, 3), (1_000_000, 3)]).is_some_and(|all| all.pick(7) == Span::from_ms(3)));
    }
}
