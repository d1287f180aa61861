//! Durations, percentages and ranges: strings with units, held as integers. No float is ever involved.

use super::super::MAX_DURATION;
use crate::network::{Ppm, SpanRange};
use cosim_core::Span;
use std::fmt;
use std::str::FromStr;

/// A duration: `"80ms"`, `"1.5s"`, `"150us"`, `"2m"`, `"3d"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub Span);

/// A duration, or a range of durations, both ends included: `"50ms"`, `"10ms..100ms"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DurationRange(pub SpanRange);

/// A probability: `"2.5%"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub Ppm);

/// A number, or a range of numbers, both ends included: `3`, `"1..3"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberRange {
    /// The lower bound.
    pub min: u32,
    /// The upper bound, at least the lower one.
    pub max: u32,
}

/// Why a string is not what it should be, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// The message, a line break, the help.
impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.message, self.help)
    }
}

pub(super) fn error(message: String, help: impl Into<String>) -> UnitError {
    UnitError { message, help: help.into() }
}

/// `text` in backticks, on one line and not too long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let end = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    match end {
        Some(end) => format!("`{}…`", text[..end].escape_debug()),
        None if text.contains(|c: char| c.is_control()) => format!("`{}`", text.escape_debug()),
        None => format!("`{text}`"),
    }
}

const UNITS: [(&str, u64); 6] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("m", 60_000_000),
    ("h", 3_600_000_000),
    ("d", 86_400_000_000),
];

impl FromStr for Duration {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Duration, UnitError> {
        Duration::at_most(MAX_DURATION, text)
    }
}

impl Duration {
    /// Reads a duration that is no longer than that.
    pub(super) fn at_most(longest: Span, text: &str) -> Result<Duration, UnitError> {
        let (number, unit) =
            text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
        if unit.is_empty() && decimal(number, 1_000_000).is_ok() {
            return Err(error(
                format!("duration {} has no unit", quoted(text)),
                format!("write `{number}ms` or `{number}s`; the units are us, ms, s, m, h and d"),
            ));
        }
        let Some(&(_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(error(
                format!("{} is no duration", quoted(text)),
                "write a number and a unit (us, ms, s, m, h or d), such as `80ms` or `1.5s`",
            ));
        };
        match decimal(number, scale) {
            Ok(us) if us <= longest.as_us() => Ok(Duration(Span::from_us(us))),
            Ok(_) | Err(DecimalError::TooLarge) => Err(error(
                format!("duration {} is too long", quoted(text)),
                format!("the longest is {longest}"),
            )),
            Err(DecimalError::TooFine) => Err(error(
                format!("duration {} is no whole number of microseconds", quoted(text)),
                "time is counted in whole microseconds: leave out the smallest digits",
            )),
            Err(DecimalError::NotDecimal) => Err(error(
                format!("{} is no duration", quoted(text)),
                "write a number and a unit (us, ms, s, m, h or d), such as `80ms` or `1.5s`",
            )),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DurationRange {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<DurationRange, UnitError> {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let (Duration(min), Duration(max)) = (min.parse()?, max.parse()?);
        if min > max {
            return Err(error(
                format!("range {} is the wrong way round", quoted(text)),
                format!("write the smaller bound first: `{max}..{min}`"),
            ));
        }
        let too_long = || {
            error(
                format!("duration {} is too long for a network", quoted(text)),
                format!("the longest is about 71m, exactly {}", SpanRange::LIMIT),
            )
        };
        SpanRange::new(min, max).map(DurationRange).ok_or_else(too_long)
    }
}

impl fmt::Display for DurationRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (self.0.min(), self.0.max());
        if min == max { min.fmt(f) } else { write!(f, "{min}..{max}") }
    }
}

impl FromStr for Percent {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Percent, UnitError> {
        let Some(number) = text.strip_suffix('%') else {
            return Err(error(
                format!("probability {} has no percent sign", quoted(text)),
                "write a percentage, such as `5%` or `0.25%`",
            ));
        };
        match decimal(number, 10_000) {
            Ok(ppm) => u32::try_from(ppm).ok().and_then(Ppm::new).map(Percent).ok_or(DecimalError::TooLarge),
            Err(other) => Err(other),
        }
        .map_err(|problem| match problem {
            DecimalError::TooLarge => {
                error(format!("probability {} is over 100%", quoted(text)), "write at most `100%`")
            }
            DecimalError::TooFine => {
                error(format!("probability {} is too fine", quoted(text)), "write at most four decimals")
            }
            DecimalError::NotDecimal => error(
                format!("{} is no percentage", quoted(text)),
                "write a percentage, such as `5%` or `0.25%`",
            ),
        })
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0.get() / 10_000, self.0.get() % 10_000);
        if fraction == 0 {
            return write!(f, "{whole}%");
        }
        let digits = format!("{fraction:04}");
        write!(f, "{whole}.{}%", digits.trim_end_matches('0'))
    }
}

impl FromStr for NumberRange {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<NumberRange, UnitError> {
        let (min, max) = text.split_once("..").unwrap_or((text, text));
        let number = |text: &str| if text.starts_with('+') { None } else { text.parse::<u32>().ok() };
        let (Some(min), Some(max)) = (number(min), number(max)) else {
            return Err(error(
                format!("{} is no number and no range of numbers", quoted(text)),
                "write a number, such as `3`, or a range, such as `1..3`",
            ));
        };
        if min > max {
            return Err(error(
                format!("range {} is the wrong way round", quoted(text)),
                format!("write the smaller bound first: `{max}..{min}`"),
            ));
        }
        Ok(NumberRange { min, max })
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NumberRange { min, max } = self;
        if min == max { min.fmt(f) } else { write!(f, "{min}..{max}") }
    }
}

pub(super) enum DecimalError {
    NotDecimal,
    TooLarge,
    TooFine,
}

/// The decimal number `text` times `scale`, exactly.
pub(super) fn decimal(text: &str, scale: u64) -> Result<u64, DecimalError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(DecimalError::NotDecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 12 {
        return Err(DecimalError::TooFine);
    }
    let whole: u64 = whole.parse().map_err(|_| DecimalError::TooLarge)?;
    let whole = whole.checked_mul(scale).ok_or(DecimalError::TooLarge)?;
    // At most 12 digits: neither the numerator nor the power of ten can overflow 128 bits.
    let numerator =
        fraction.bytes().fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0')) * u128::from(scale);
    let denominator = fraction.bytes().fold(1_u128, |power, _| power * 10);
    if numerator % denominator != 0 {
        return Err(DecimalError::TooFine);
    }
    let fraction = u64::try_from(numerator / denominator).map_err(|_| DecimalError::TooLarge)?;
    whole.checked_add(fraction).ok_or(DecimalError::TooLarge)
}
