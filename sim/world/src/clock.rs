//! Wall clocks: what a node's app believes the time to be. Nothing but the date that it writes on what it makes comes
//! from there; deadlines, links and the order of events know virtual time only.
//!
//! All integers. Readings count from 1970, and a run begins on a fixed day, so that a clock may be years behind.

use cosim_base::{Span, Time};
use std::fmt;

/// What a wall clock shows: microseconds since the start of 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallTime(u64);

impl WallTime {
    /// When every run begins, by a clock that is right: the first moment of 2025, UTC.
    pub const START: WallTime = WallTime(1_735_689_600_000_000);

    /// Microseconds since the start of 1970.
    pub const fn as_us(self) -> u64 {
        self.0
    }

    /// The reading this much later; the first or last reading there is where a clock would have to show more.
    const fn plus(self, us: i128) -> WallTime {
        let sum = self.0 as i128 + us;
        if sum < 0 {
            WallTime(0)
        } else if sum > u64::MAX as i128 {
            WallTime(u64::MAX)
        } else {
            WallTime(sum as u64)
        }
    }
}

/// A length of time, forwards or back, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift(i64);

impl Shift {
    /// So many microseconds forwards, or back where negative.
    pub const fn from_us(us: i64) -> Shift {
        Shift(us)
    }

    /// Microseconds forwards, or back where negative.
    pub const fn as_us(self) -> i64 {
        self.0
    }

    /// How far, either way.
    pub const fn span(self) -> Span {
        Span::from_us(self.0.unsigned_abs())
    }
}

/// `+3d`, `-250ms`, as scenario files write it.
impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.0 < 0 { '-' } else { '+' }, self.span())
    }
}

/// How much too fast a clock goes, in parts per million; too slow where negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift(i32);

impl Drift {
    /// The most, either way: a clock that goes half as fast again, or half as fast.
    pub const LIMIT_PPM: i32 = 500_000;

    /// So many parts per million; `None` beyond [`LIMIT_PPM`](Self::LIMIT_PPM) either way.
    pub const fn new(ppm: i32) -> Option<Drift> {
        if -Self::LIMIT_PPM <= ppm && ppm <= Self::LIMIT_PPM { Some(Drift(ppm)) } else { None }
    }

    /// Parts per million.
    pub const fn ppm(self) -> i32 {
        self.0
    }
}

/// What happens to a wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// It is set forwards or back.
    Jump(Shift),
    /// It stands still.
    Stop,
    /// It goes on from where it stood.
    Go,
    /// It goes too fast, or too slow, from now on.
    Drift(Drift),
}

/// The wall clock of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it showed at `since`.
    shown: WallTime,
    since: Time,
    drift: Drift,
    stands: bool,
    resolution: Span,
}

impl Default for Clock {
    fn default() -> Self {
        Clock::new(Shift::default(), Drift::default())
    }
}

impl Clock {
    /// A clock that is `skew` off at the start of the run, and goes wrong by `drift` from then on.
    pub const fn new(skew: Shift, drift: Drift) -> Clock {
        let (shown, since) = (WallTime::START.plus(skew.0 as i128), Time::ZERO);
        Clock { shown, since, drift, stands: false, resolution: Span::from_us(1) }
    }

    /// The same clock, but that it goes on in steps of so much; zero counts as a microsecond.
    #[must_use]
    pub const fn with_resolution(self, resolution: Span) -> Clock {
        Clock { resolution, ..self }
    }

    /// In what steps it goes on.
    pub const fn resolution(&self) -> Span {
        self.resolution
    }

    /// What it shows at `now`: the last step that it has come to.
    pub fn reading(&self, now: Time) -> WallTime {
        let exact = self.exact(now);
        WallTime(exact.0 - exact.0.checked_rem(self.resolution.as_us()).unwrap_or(0))
    }

    /// What it would show if it had no steps.
    fn exact(&self, now: Time) -> WallTime {
        if self.stands {
            return self.shown;
        }
        let elapsed = i128::from(now.since(self.since).as_us());
        let pace = 1_000_000 + i128::from(self.drift.0);
        self.shown.plus(elapsed * pace / 1_000_000)
    }

    /// Whether `change` would change anything.
    pub(crate) const fn is_changed_by(&self, change: ClockChange) -> bool {
        match change {
            ClockChange::Jump(_) => true,
            ClockChange::Stop => !self.stands,
            ClockChange::Go => self.stands,
            ClockChange::Drift(drift) => self.drift.0 != drift.0,
        }
    }

    /// Changes it at `now`.
    pub fn change(&mut self, now: Time, change: ClockChange) {
        (self.shown, self.since) = (self.exact(now), now);
        match change {
            ClockChange::Jump(shift) => self.shown = self.shown.plus(i128::from(shift.0)),
            ClockChange::Stop => self.stands = true,
            ClockChange::Go => self.stands = false,
            ClockChange::Drift(drift) => self.drift = drift,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(clock: &Clock, s: u64) -> i128 {
        let shown = clock.reading(Time::ZERO + Span::from_s(s));
        i128::from(shown.as_us()) - i128::from(WallTime::START.as_us())
    }

    #[test]
    fn a_clock_may_be_wrong_and_go_wrong() {
        let right = Clock::default();
        assert_eq!((after(&right, 0), after(&right, 10)), (0, 10_000_000));
        let behind = Clock::new(Shift::from_us(-3_600_000_000), Drift::default());
        assert_eq!(after(&behind, 10), -3_590_000_000);
        let fast = Clock::new(Shift::default(), Drift(50));
        assert_eq!(after(&fast, 10), 10_000_500);
        let slow = Clock::new(Shift::default(), Drift(-Drift::LIMIT_PPM));
        assert_eq!(after(&slow, 10), 5_000_000);
    }

    #[test]
    fn a_clock_jumps_stands_and_goes_on() {
        let mut clock = Clock::default();
        let at = |s| Time::ZERO + Span::from_s(s);
        clock.change(at(5), ClockChange::Jump(Shift::from_us(-7_000_000)));
        assert_eq!(after(&clock, 6), -1_000_000);
        assert!(clock.is_changed_by(ClockChange::Stop) && !clock.is_changed_by(ClockChange::Go));
        clock.change(at(6), ClockChange::Stop);
        assert_eq!((after(&clock, 6), after(&clock, 60)), (-1_000_000, -1_000_000));
        clock.change(at(60), ClockChange::Jump(Shift::from_us(3)));
        assert_eq!(after(&clock, 61), -999_997, "a clock that stands can be set");
        clock.change(at(70), ClockChange::Go);
        assert_eq!(after(&clock, 72), 1_000_003);
        assert!(clock.is_changed_by(ClockChange::Drift(Drift(-500_000))));
        clock.change(at(72), ClockChange::Drift(Drift(-500_000)));
        assert_eq!(
            (after(&clock, 72), after(&clock, 76)),
            (1_000_003, 3_000_003),
            "it never goes back by itself"
        );
        assert!(!clock.is_changed_by(ClockChange::Drift(Drift(-500_000))));
    }

    #[test]
    fn a_coarse_clock_goes_on_in_steps_and_loses_nothing() {
        let mut clock = Clock::default().with_resolution(Span::from_s(10));
        let at = |s| Time::ZERO + Span::from_s(s);
        assert_eq!((after(&clock, 9), after(&clock, 10), after(&clock, 19)), (0, 10_000_000, 10_000_000));
        clock.change(at(19), ClockChange::Jump(Shift::from_us(500_000)));
        clock.change(at(19), ClockChange::Stop);
        assert_eq!((after(&clock, 19), after(&clock, 60)), (10_000_000, 10_000_000));
        clock.change(at(60), ClockChange::Go);
        assert_eq!((after(&clock, 60), after(&clock, 61)), (10_000_000, 20_000_000), "19.5 s, and 20.5 s");
        let behind = Clock::new(Shift::from_us(-1), Drift::default()).with_resolution(Span::from_s(1));
        assert_eq!(after(&behind, 0), -1_000_000, "the step before");
        assert_eq!(
            Clock::default().with_resolution(Span::ZERO).reading(at(3)),
            Clock::default().reading(at(3))
        );
    }

    #[test]
    fn a_clock_shows_no_more_than_it_can() {
        let mut clock = Clock::default();
        for _ in 0..4 {
            clock.change(Time::ZERO, ClockChange::Jump(Shift::from_us(i64::MIN)));
        }
        assert_eq!(clock.reading(Time::ZERO), WallTime(0));
        for _ in 0..4 {
            clock.change(Time::ZERO, ClockChange::Jump(Shift::from_us(i64::MAX)));
        }
        assert_eq!(clock.reading(Time::from_us(u64::MAX)), WallTime(u64::MAX));
    }
}
