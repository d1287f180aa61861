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
        match microseconds(text) {
            Ok(us) if us <= longest.as_us() => Ok(Duration(Span::from_us(us))),
            Ok(_) | Err(NoDuration::TooLong) => Err(error(
                format!("duration {} is too long", quoted(text)),
                format!("the longest is {longest}"),
            )),
            Err(NoDuration::TooFine) => Err(error(
                format!("duration {} is no whole number of microseconds", quoted(text)),
                "time is counted in whole microseconds: leave out the smallest digits",
            )),
            Err(NoDuration::NoUnit) => Err(error(
                format!("duration {} has no unit", quoted(text)),
                format!("write `{text}ms` or `{text}s`; the units are us, ms, s, m, h and d"),
            )),
            Err(NoDuration::Other) => Err(error(format!("{} is no duration", quoted(text)), meant(text))),
        }
    }
}

/// Why a text is no duration.
enum NoDuration {
    TooLong,
    TooFine,
    NoUnit,
    Other,
}

/// The microseconds of `80ms`, or of several such parts, each of a smaller unit than the one before: `1h30m`.
fn microseconds(text: &str) -> Result<u64, NoDuration> {
    let (mut sum, mut larger, mut rest) = (0_u64, u64::MAX, text);
    while !rest.is_empty() || larger == u64::MAX {
        let (number, after) =
            rest.split_at(rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(rest.len()));
        let (unit, after) =
            after.split_at(after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len()));
        if unit.is_empty() {
            let is_alone = larger == u64::MAX && decimal(number, 1_000_000).is_ok();
            return Err(if is_alone { NoDuration::NoUnit } else { NoDuration::Other });
        }
        let known = UNITS.iter().find(|(name, scale)| *name == unit && *scale < larger);
        let &(_, scale) = known.ok_or(NoDuration::Other)?;
        let part = decimal(number, scale).map_err(|error| match error {
            DecimalError::TooLarge => NoDuration::TooLong,
            DecimalError::TooFine => NoDuration::TooFine,
            DecimalError::NotDecimal => NoDuration::Other,
        })?;
        sum = sum.checked_add(part).ok_or(NoDuration::TooLong)?;
        (larger, rest) = (scale, after);
    }
    Ok(sum)
}

/// What to write in place of something that is no duration: where it is meant for one, how that is written here.
fn meant(text: &str) -> String {
    const OTHERS: [(&str, &str); 12] = [
        ("min", "m"),
        ("mins", "m"),
        ("minute", "m"),
        ("minutes", "m"),
        ("sec", "s"),
        ("secs", "s"),
        ("second", "s"),
        ("seconds", "s"),
        ("hour", "h"),
        ("hours", "h"),
        ("day", "d"),
        ("days", "d"),
    ];
    let squeezed: String = text.split_whitespace().collect();
    if squeezed != text && microseconds(&squeezed).is_ok() {
        return format!("write it without a space: `{squeezed}`");
    }
    let (number, unit) =
        squeezed.split_at(squeezed.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(squeezed.len()));
    let unit = unit.to_lowercase();
    if let Some((_, ours)) = OTHERS.iter().find(|(theirs, _)| *theirs == unit)
        && decimal(number, 1_000_000).is_ok()
    {
        return format!("write `{number}{ours}`; the units are us, ms, s, m, h and d");
    }
    if matches!(unit.as_str(), "w" | "week" | "weeks")
        && let Some(days) = number.parse::<u64>().ok().and_then(|weeks| weeks.checked_mul(7))
    {
        return format!("write `{days}d`; the largest unit is the day");
    }
    if let Some((min, max)) = text.split_once('-')
        && microseconds(min.trim()).is_ok()
        && microseconds(max.trim()).is_ok()
    {
        return format!("write a range with two dots, where one is taken: `{}..{}`", min.trim(), max.trim());
    }
    "write a number and a unit (us, ms, s, m, h or d), such as `80ms`, `1.5s` or `1h30m`".to_owned()
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
                format!("duration {} is too long for a network or a disk", quoted(text)),
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
        let is_too_large = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && number(text).is_none()
        };
        if let Some(large) = [min, max].into_iter().find(|text| is_too_large(text)) {
            return Err(error(
                format!("{} is too large", quoted(large)),
                format!("write a number of at most {}", u32::MAX),
            ));
        }
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
