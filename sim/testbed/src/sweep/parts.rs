//! The parts of a divided sweep: of what they are, as their headers and end marks say and nothing else, and what is wrong
//! with them. All that is wrong is told at once.

use super::error::Error;
use super::file::read;
use super::header::Header;
use super::mark::{End, Mark};
use super::reader::{Paused, Reader};
use super::shard::Shard;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is wrong with the parts of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nobody holds these shards.
    Missing {
        /// Their numbers, in order.
        numbers: Vec<u32>,
        /// How many shards there should be.
        of: NonZeroU32,
    },
    /// Nobody holds these seeds.
    Gap {
        /// The first seed that is missing.
        from: u64,
        /// The next that is there.
        until: u64,
    },
    /// A file is not there, or cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A file is not complete, or was changed.
    Torn {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Two files hold the same.
    Double {
        /// One of them.
        here: PathBuf,
        /// The other.
        there: PathBuf,
        /// What both hold.
        what: String,
    },
    /// A file belongs to something else.
    Foreign {
        /// The file.
        path: PathBuf,
        /// How it differs.
        what: String,
    },
    /// A file is from another version of cosim.
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// How it differs.
        what: String,
    },
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Missing { numbers, of } => write!(f, "missing: {} (there are {of} parts)", ranges(numbers)),
            Flaw::Gap { from, until } => write!(f, "missing: no part has the seeds {from}..{until}"),
            Flaw::Unreadable { path, why } => write!(f, "unreadable: {}: {why}", path.display()),
            Flaw::Torn { path, why } => write!(f, "torn: {}: {why}", path.display()),
            Flaw::Double { here, there, what } => {
                write!(f, "double: {} and {} both have {what}", here.display(), there.display())
            }
            Flaw::Foreign { path, what } => write!(f, "foreign: {}: {what}", path.display()),
            Flaw::OtherVersion { path, what } => write!(f, "of another version: {}: {what}", path.display()),
        }
    }
}

impl Flaw {
    /// The one file that is wrong.
    fn of_one(self) -> Option<PathBuf> {
        match self {
            Flaw::Missing { .. } | Flaw::Gap { .. } | Flaw::Double { .. } => None,
            Flaw::Unreadable { path, .. }
            | Flaw::Torn { path, .. }
            | Flaw::Foreign { path, .. }
            | Flaw::OtherVersion { path, .. } => Some(path),
        }
    }
}

/// Numbers as engines take them: `1-3,7`.
fn ranges(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let words = runs.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    words.collect::<Vec<_>>().join(",")
}

/// A part that is marked as complete, ready to be read after its header.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) reader: Paused,
    pub(super) shard: Option<Shard>,
    pub(super) seeds: Range<u64>,
}

impl Part {
    fn path(&self) -> &Path {
        self.reader.path()
    }
}

/// The parts in the order of their seeds, which hold every seed once, and the header of the whole. Where it is said how
/// many shards there should be, every one of these must be there.
pub(super) fn examine(paths: &[PathBuf], shards: Option<NonZeroU32>) -> Result<(Header, Vec<Part>), Error> {
    let (mut flaws, mut parts) = (Vec::new(), Vec::new());
    let mut sweeps: BTreeMap<String, Sweep> = BTreeMap::new();
    for path in paths {
        match open(path) {
            Ok((header, part)) => {
                let sweep = header.sweep();
                let first = sweeps.len();
                sweeps
                    .entry(sweep.clone())
                    .or_insert_with(|| Sweep { first, parts: 0, header: header.undivided() })
                    .parts += 1;
                parts.push((sweep, part));
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    // What most are parts of is meant; of equally many, the first.
    let whole = sweeps.iter().max_by_key(|(_, sweep)| (sweep.parts, std::cmp::Reverse(sweep.first)));
    let mut own = Vec::new();
    if let Some((meant, whole)) = whole {
        for (sweep, part) in parts {
            if sweep == *meant {
                own.push(part);
            } else {
                flaws.push(foreign(&whole.header, &sweeps[&sweep].header, part.path()));
            }
        }
    }
    own.sort_by_key(|part| (part.seeds.start, part.seeds.end));
    match (shards, whole) {
        (Some(of), _) => number(of, &own, &mut flaws),
        (None, Some((_, whole))) => tile(&whole.header, &own, &mut flaws),
        (None, None) => {}
    }
    match whole {
        Some((_, whole)) if flaws.is_empty() => Ok((whole.header.clone(), own)),
        None if flaws.is_empty() => Err(Error::NoParts),
        Some(_) | None => Err(Error::Parts(flaws)),
    }
}

/// All that is wrong, where something is: every part is read to its end, and what is not whole holds nothing.
pub(super) fn all_flaws(paths: &[PathBuf], shards: Option<NonZeroU32>) -> Vec<Flaw> {
    let flaws = |paths: &[PathBuf]| match examine(paths, shards) {
        Err(Error::Parts(flaws)) => flaws,
        Ok(_) | Err(_) => Vec::new(),
    };
    // Of what its own first and last line give away no more is to be known.
    let told: Vec<PathBuf> = flaws(paths).into_iter().filter_map(Flaw::of_one).collect();
    let (mut sound, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        match read(path) {
            Err(error) if !told.contains(path) => broken.push(flaw(path, error)),
            Ok(_) | Err(_) => sound.push(path.clone()),
        }
    }
    let mut all = flaws(&sound);
    all.extend(broken);
    all
}

/// A sweep of which there are parts.
struct Sweep {
    /// How many others were met before.
    first: usize,
    parts: usize,
    header: Header,
}

fn open(path: &Path) -> Result<(Header, Part), Flaw> {
    let torn = |why: &str| Flaw::Torn { path: path.to_owned(), why: why.to_owned() };
    let flaw = |error| flaw(path, error);
    let mut reader = Reader::open(path).map_err(flaw)?;
    let Some(header) = reader.header().map_err(flaw)? else {
        return Err(torn("it ends before its first line does"));
    };
    let mark = File::open(path).and_then(|mut file| Mark::last(&mut file));
    let mark = mark.map_err(|error| Flaw::Unreadable { path: path.to_owned(), why: error.to_string() })?;
    let Some(Mark { end: End { runs, sweep, seeds, .. } }) = mark else {
        return Err(torn("it has no end mark"));
    };
    let range = header.range();
    let is_enough = header.max_failures.is_some() || Some(runs) == header.runs();
    if sweep != header.sweep() || (seeds.from..seeds.until) != range || !is_enough {
        return Err(torn("its end mark is not that of its first line"));
    }
    Ok((header.clone(), Part { reader: reader.pause(), shard: header.shard, seeds: range }))
}

/// What an error says of the part that was read.
pub(super) fn flaw(path: &Path, error: Error) -> Flaw {
    let path = path.to_owned();
    match error {
        Error::File { error, .. } => Flaw::Unreadable { path, why: error.to_string() },
        Error::OtherFormat { what, .. } => Flaw::OtherVersion { path, what },
        Error::NotOutcomes { why, .. } => Flaw::Foreign { path, what: why },
        Error::Damaged { line, why, .. } => Flaw::Torn { path, why: format!("line {line}: {why}") },
        Error::Torn { .. } => Flaw::Torn { path, why: "it ends before its end mark".to_owned() },
        error @ (Error::TooManyRuns
        | Error::Begun { .. }
        | Error::Different { .. }
        | Error::Parts(_)
        | Error::NoParts) => Flaw::Torn { path, why: error.to_string() },
    }
}

fn foreign(whole: &Header, other: &Header, path: &Path) -> Flaw {
    let what = whole.difference(other).expect("headers that differ differ in something that is compared");
    let path = path.to_owned();
    let is_same = (&whole.cosim, &whole.build) == (&other.cosim, &other.build);
    if is_same { Flaw::Foreign { path, what } } else { Flaw::OtherVersion { path, what } }
}

/// Makes sure that every one of so many shards is there, and once.
fn number(of: NonZeroU32, parts: &[Part], flaws: &mut Vec<Flaw>) {
    let mut found: BTreeMap<u32, &Part> = BTreeMap::new();
    for part in parts {
        let Some(shard) = part.shard.filter(|shard| shard.count() == of.get()) else {
            let what = match part.shard {
                None => format!("it is no part, and so not one of {of}"),
                Some(shard) => format!("it is part {shard}, and not one of {of}"),
            };
            flaws.push(Flaw::Foreign { path: part.path().to_owned(), what });
            continue;
        };
        match found.get(&shard.number()) {
            None => drop(found.insert(shard.number(), part)),
            Some(before) => flaws.push(double(before, part, format!("part {shard}"))),
        }
    }
    let numbers: Vec<u32> = (1..=of.get()).filter(|number| !found.contains_key(number)).collect();
    if !numbers.is_empty() {
        flaws.insert(0, Flaw::Missing { numbers, of });
    }
}

/// Makes sure that the parts, which come in order, hold every seed once.
fn tile(header: &Header, parts: &[Part], flaws: &mut Vec<Flaw>) {
    let mut next = header.seeds.from;
    let mut before: Option<&Part> = None;
    for part in parts.iter().filter(|part| !part.seeds.is_empty()) {
        let seed = part.seeds.start;
        if let Some(before) = before.filter(|_| seed < next) {
            flaws.push(double(before, part, format!("seed {seed}")));
        }
        if seed > next {
            flaws.push(Flaw::Gap { from: next, until: seed });
        }
        if part.seeds.end > next {
            next = part.seeds.end;
            before = Some(part);
        }
    }
    if next < header.seeds.until {
        flaws.push(Flaw::Gap { from: next, until: header.seeds.until });
    }
}

fn double(before: &Part, part: &Part, what: String) -> Flaw {
    let [here, there] = [before, part].map(|part| part.path().to_owned());
    Flaw::Double { here, there, what }
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_are_told_as_engines_take_them() {
        let cases: [(&[u32], &str); 4] =
            [(&[], ""), (&[3], "3"), (&[3, 7], "3,7"), (&[1, 2, 3, 7, 9, 10], "1-3,7,9-10")];
        for (numbers, told) in cases {
            assert_eq!(ranges(numbers), told);
        }
    }
}
