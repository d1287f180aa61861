//! What differs by meaning: the messages, operations and verdicts that are in one run only, come in another order, or say
//! something else. Chance moves nearly everything in time, and that is counted apart.

use super::align::{How, Row, align};
use super::{Field, Side, differing, is_time};
use crate::log::{Entry, Event};
use std::collections::BTreeMap;

/// An entry of A and its partner in B.
pub(super) type Pair<'a> = [&'a Entry; 2];

/// All that differs, each in the order in which it happened.
#[derive(Debug, Default)]
pub(super) struct Differences<'a> {
    /// What is in A only, and in B only.
    pub(super) only: [Vec<&'a Entry>; 2],
    /// What is in both, at another place in the order.
    pub(super) moved: Vec<Pair<'a>>,
    /// What is in both, and says something else.
    pub(super) says: Vec<Pair<'a>>,
    /// What is in both at another time, and else the same.
    pub(super) times: Vec<Pair<'a>>,
    /// The first of all but the last, of what others than its node can see.
    pub(super) first: Option<First<'a>>,
}

/// The first difference by meaning.
#[derive(Clone, Copy, Debug)]
pub(super) struct First<'a> {
    /// The entry of each side that is part of it.
    pub(super) entries: [Option<&'a Entry>; 2],
    /// How many entries of each side come before.
    pub(super) places: [usize; 2],
    pub(super) what: What,
}

/// See [`Differences`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It is on this side only.
    Only(usize),
    /// It comes on this side where the other has it at another place.
    Moved(usize),
    Says,
}

impl<'a> Differences<'a> {
    pub(super) fn of([a, b]: [&'a Side; 2]) -> Differences<'a> {
        let alignment = align(a, b);
        let entries = [a, b].map(|side| side.entries().collect::<Vec<_>>());
        let moved: BTreeMap<usize, usize> = alignment.moved.iter().copied().collect();
        let moved_back: BTreeMap<usize, usize> = moved.iter().map(|(a, b)| (*b, *a)).collect();
        let mut found = Differences::default();
        let mut places = [0; 2];
        for row in &alignment.rows {
            let [at_a, at_b] = places;
            let (what, of) = match row {
                Row::Both(how) => {
                    let pair = [entries[0][at_a], entries[1][at_b]];
                    places = [at_a + 1, at_b + 1];
                    match how {
                        How::Same => continue,
                        How::Time => {
                            // Else it has another number alone.
                            if pair[0].at != pair[1].at {
                                found.times.push(pair);
                            }
                            continue;
                        }
                        How::Other => found.says.push(pair),
                    }
                    (What::Says, pair.map(Some))
                }
                Row::A => {
                    places[0] += 1;
                    match moved.get(&at_a) {
                        Some(at_b) => {
                            let pair = [entries[0][at_a], entries[1][*at_b]];
                            found.moved.push(pair);
                            (What::Moved(0), pair.map(Some))
                        }
                        None => {
                            found.only[0].push(entries[0][at_a]);
                            (What::Only(0), [Some(entries[0][at_a]), None])
                        }
                    }
                }
                Row::B => {
                    places[1] += 1;
                    match moved_back.get(&at_b) {
                        // It is told where it is in A.
                        Some(at_a) => (What::Moved(1), [Some(entries[0][*at_a]), Some(entries[1][at_b])]),
                        None => {
                            found.only[1].push(entries[1][at_b]);
                            (What::Only(1), [None, Some(entries[1][at_b])])
                        }
                    }
                }
            };
            if found.first.is_none() && of.iter().flatten().all(|entry| is_seen(entry)) {
                found.first = Some(First { entries: of, places: [at_a, at_b], what });
            }
        }
        found
    }
}

/// In which fields two partners differ, times and numbers aside.
pub(super) fn fields([a, b]: [&Side; 2], [left, right]: Pair<'_>) -> Vec<Field> {
    let mut fields = differing(&a.json(left), &b.json(right));
    fields.retain(|field| !is_time(&field.path));
    fields
}

/// Whether anybody but its node sees that it happened. When a connection is noticed is a matter of time alone.
fn is_seen(entry: &Entry) -> bool {
    !matches!(kind(entry), "deadline" | "write" | "notice of a connection")
}

/// What kind of thing an entry tells of.
fn kind(entry: &Entry) -> &'static str {
    match &entry.what {
        Event::Sent { .. } | Event::Delivered { .. } => "message",
        Event::Operation { .. } | Event::Skipped { .. } => "operation",
        Event::LoadEnded { .. } | Event::Uploaded { .. } | Event::GuestFailed { .. } => "verdict",
        Event::Timer { .. } => "deadline",
        Event::Disk { .. }
        | Event::Committed { .. }
        | Event::WriteFailed { .. }
        | Event::Cut { .. }
        | Event::Recovered { .. } => "write",
        Event::Connected(_)
        | Event::Disconnected(_)
        | Event::Closed(_)
        | Event::Blocked(_)
        | Event::Writable(_) => "notice of a connection",
        Event::Down { .. }
        | Event::Up { .. }
        | Event::Asleep { .. }
        | Event::Awake { .. }
        | Event::Offline { .. }
        | Event::Online { .. } => "state of a node",
        Event::Liveness {} | Event::State { .. } | Event::Looks(_) => "other",
    }
}

/// How many of each kind there are: `8 messages, 1 deadline`.
pub(super) fn counted<'a>(entries: impl Iterator<Item = &'a Entry>) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries {
        *counts.entry(kind(entry)).or_default() += 1;
    }
    let words = counts.into_iter().map(|(kind, count)| match (kind, count) {
        (kind, 1) => format!("1 {kind}"),
        ("notice of a connection", count) => format!("{count} notices of connections"),
        ("state of a node", count) => format!("{count} states of nodes"),
        (kind, count) => format!("{count} {kind}s"),
    });
    words.collect::<Vec<_>>().join(", ")
}
