//! Numbers of bytes, and of bytes a second: strings with units, held as integers.

use super::json::string_in_json;
use super::units::{DecimalError, UnitError, decimal, error, quoted};
use crate::network::{BANDWIDTH_MAX, QUEUE_MAX};
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// A number of bytes: `"256KB"`, `"64KiB"`, `"1.5MB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub NonZeroU64);

/// How many bytes a second, or no bound: `"64KB/s"`, `"0B/s"`, `"unlimited"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub Option<u64>);

const UNITS: [(&str, u64); 6] =
    [("B", 1), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20)];

const UNLIMITED: &str = "unlimited";

const NOTHING: &str = "0B";

const WRITE_BYTES: &str = "write a number and a unit (B, KB, MB, GB, KiB or MiB), such as `256KB`";
const WRITE_RATE: &str =
    "write a number of bytes a second, such as `64KB/s`, `0B/s` where nothing passes, or `unlimited`";

/// What is wrong with `text`, of which `number` was to be a number of bytes.
fn bytes(text: &str, number: &str, what: &str, max: u64, help: &str) -> Result<NonZeroU64, UnitError> {
    let (digits, unit) =
        number.split_at(number.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(number.len()));
    let mistake = || error(format!("{} is no {what}", quoted(text)), help);
    let &(_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(mistake)?;
    let most = || {
        let max = fmt::from_fn(|f| write_bytes(f, max));
        error(format!("{what} {} is too large", quoted(text)), format!("the largest is {max}"))
    };
    match decimal(digits, scale) {
        Ok(0) => Err(error(format!("{what} {} is nothing at all", quoted(text)), help)),
        Ok(bytes) if bytes <= max => NonZeroU64::new(bytes).ok_or_else(mistake),
        Ok(_) | Err(DecimalError::TooLarge) => Err(most()),
        Err(DecimalError::TooFine) => Err(error(
            format!("{what} {} is no whole number of bytes", quoted(text)),
            "leave out the smallest digits",
        )),
        Err(DecimalError::NotDecimal) => Err(mistake()),
    }
}

/// The largest unit of a thousand that gives a whole number.
fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: u64) -> fmt::Result {
    let thousands = UNITS[..4].iter().rev();
    let (name, scale) =
        thousands.copied().find(|(_, scale)| bytes.is_multiple_of(*scale)).unwrap_or(UNITS[0]);
    write!(f, "{}{name}", bytes / scale)
}

impl Bytes {
    /// Reads a number of bytes that is no larger than that.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn at_most(largest: u64, text: &str) -> Result<Bytes, UnitError> {
        bytes(text, text, "number of bytes", largest, WRITE_BYTES).map(Bytes)
    }
}

impl FromStr for Bytes {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Bytes, UnitError> {
        Bytes::at_most(QUEUE_MAX, text)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bytes(f, self.0.get())
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Rate, UnitError> {
        if text == UNLIMITED {
            return Ok(Rate(None));
        }
        let Some(number) = text.strip_suffix("/s") else {
            return Err(error(format!("{} is no bandwidth", quoted(text)), WRITE_RATE));
        };
        if number == NOTHING {
            return Ok(Rate(Some(0)));
        }
        bytes(text, number, "bandwidth", BANDWIDTH_MAX, WRITE_RATE).map(|rate| Rate(Some(rate.get())))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(rate) = self.0 else { return f.write_str(UNLIMITED) };
        if rate == 0 {
            f.write_str(NOTHING)?;
        } else {
            write_bytes(f, rate)?;
        }
        f.write_str("/s")
    }
}

string_in_json!(Bytes, "a number of bytes, such as \"256KB\"", {
    "type": "string",
    "pattern": "^[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB)$",
    "description": "A number of bytes: 256KB, 64KiB."
});

string_in_json!(Rate, "a bandwidth, such as \"64KB/s\"", {
    "type": "string",
    "pattern": "^(unlimited|[0-9]+(\\.[0-9]+)?(B|KB|MB|GB|KiB|MiB)/s)$",
    "description": "Bytes a second: 64KB/s, 0B/s, unlimited."
});
