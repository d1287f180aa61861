//! The distributions of `tc-netem`, as iproute2 keeps them: a file has the inverse of a distribution as whole numbers, of
//! which 8192 are one standard deviation from the mean.

use super::file::{Duration, Percent, Quantiles};
use crate::network::{Ppm, SpanRange};
use cosim_core::Span;
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use std::collections::BTreeMap;
use std::fmt;

/// What is one standard deviation.
const SCALE: i64 = 8192;

/// The most numbers of a file: `netem` takes no more.
const NUMBERS_MAX: usize = 16_384;

/// At which levels quantiles are taken, in parts per million: closer together where the tail is.
const LEVELS: [u32; 12] =
    [0, 10_000, 100_000, 250_000, 500_000, 750_000, 900_000, 950_000, 990_000, 995_000, 999_000, 1_000_000];

/// A distribution that was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Netem {
    /// Ascending, and at least one.
    numbers: Vec<i16>,
}

/// Why a text is no distribution of `netem`, or none of latencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetemError {
    /// A word is no number that one may have.
    Word {
        /// The line, from 1.
        line: usize,
        /// The word.
        word: String,
    },
    /// There are no numbers, or too many.
    Count(usize),
    /// A latency is longer than a network takes.
    Long(Span),
}

impl fmt::Display for NetemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NetemError::Word { line, word } => write!(
                f,
                "line {line}: {} is no whole number from -32768 to 32767\nhint: a distribution of tc-netem is a list of them; \
                 lines that begin with # are left out",
                super::file::quoted(word)
            ),
            NetemError::Count(0) => {
                f.write_str("there is no number in it\nhint: a distribution of tc-netem is a list of them")
            }
            NetemError::Count(count) => {
                write!(f, "{count} numbers are too many\nhint: tc-netem takes at most {NUMBERS_MAX}")
            }
            NetemError::Long(span) => write!(
                f,
                "the longest latency would be {span}, and the longest that there is is {}\nhint: a smaller --delay or --jitter",
                SpanRange::LIMIT
            ),
        }
    }
}

impl std::error::Error for NetemError {}

impl Netem {
    /// Reads a file of iproute2, such as its `pareto.dist`.
    ///
    /// # Errors
    /// See [`NetemError`].
    pub fn read(text: &str) -> Result<Netem, NetemError> {
        let mut numbers = Vec::new();
        for (line, content) in
            (1..).zip(text.lines()).filter(|(_, content)| !content.trim_start().starts_with('#'))
        {
            for word in content.split_whitespace() {
                let number = word.parse().map_err(|_| NetemError::Word { line, word: word.to_owned() })?;
                numbers.push(number);
            }
        }
        if numbers.is_empty() || numbers.len() > NUMBERS_MAX {
            return Err(NetemError::Count(numbers.len()));
        }
        numbers.sort_unstable();
        Ok(Netem { numbers })
    }

    /// The latencies that are this much, give or take that much, as `tc qdisc … netem delay 100ms 20ms distribution …` has
    /// them. None is below zero.
    ///
    /// # Errors
    /// [`NetemError::Long`].
    pub fn latencies(&self, delay: Span, jitter: Span) -> Result<Quantiles, NetemError> {
        let last = self.numbers.len() as u64 - 1;
        let at = |ppm: u32| {
            let place = (u64::from(ppm) * last + 500_000) / 1_000_000;
            let number = i64::from(self.numbers[place as usize]);
            let off = i128::from(jitter.as_us()) * i128::from(number) / i128::from(SCALE);
            let us = (i128::from(delay.as_us()) + off).max(0);
            Span::from_us(u64::try_from(us).unwrap_or(u64::MAX))
        };
        let longest = at(1_000_000);
        if longest > SpanRange::LIMIT {
            return Err(NetemError::Long(longest));
        }
        let level = |ppm| super::file::Percent(Ppm::new(ppm).expect("at most a million"));
        let table: BTreeMap<_, _> = LEVELS.into_iter().map(|ppm| (level(ppm), Duration(at(ppm)))).collect();
        Ok(Quantiles::try_from(table).expect("sorted numbers, at levels from none to all, within the limit"))
    }
}
/// The text of a scenario with these latencies in its network, in place of those that are there. All else stays as it is
/// written. `None` for what is no JSON object, or has a network that is none.
pub fn with_latencies(text: &str, latencies: &Quantiles) -> Option<String> {
    let root = CstRootNode::parse(text, &ParseOptions::default()).ok()?;
    let scenario = root.object_value()?;
    let network = match scenario.get("network") {
        Some(network) => network.object_value()?,
        None => {
            scenario.append("network", CstInputValue::Object(Vec::new()));
            scenario.object_value("network")?
        }
    };
    for before in ["latency", "latency_quantiles"] {
        if let Some(said) = network.get(before) {
            said.remove();
        }
    }
    let level =
        |(level, span)| (Percent(level).to_string(), CstInputValue::String(Duration(span).to_string()));
    let levels = latencies.0.iter().map(level).collect();
    network.append("latency_quantiles", CstInputValue::Object(levels));
    Some(root.to_string())
}
