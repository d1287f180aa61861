//! What makes a branch, and merges one, by the rules of 0.20. A branch is a CoValue of its own: its header names its
//! source, its first transaction says where it begins there, and one in the source says that it was made. To merge it is
//! to write its transactions again, in the source.

use crate::real::{Header, MadeAt, canonical};
use crate::view::layers::{Layer, Layers, source};
use crate::view::order::Logged;
use crate::view::origin::{Name, Origin};
use crate::view::{CoValue, KeyRing, Resolver, owner};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

/// The last moment that JavaScript has a date for. What says to be made later is not merged.
const LAST_MS: i64 = 8_640_000_000_000_000;

/// The header of the branch `name` of a CoValue. Nothing else plays a part, so two who make it make one. `group` owns it;
/// without one, the group that owns its source. `None` where there is no group: such a CoValue has no branches.
pub fn header(of: &CoValue<'_>, name: &str, group: Option<&str>) -> Option<Header> {
    let group = group.or_else(|| owner(of.header))?;
    let mut members = Map::new();
    members.insert("type".into(), of.header.get("type")?.clone());
    members.insert("meta".into(), json!({ "branch": name, "source": of.id }));
    members.insert("ruleset".into(), json!({ "type": "ownedByGroup", "group": group }));
    members.insert("uniqueness".into(), "".into());
    Some(Header::new(members))
}

/// The meta of a branch's first transaction, which is private and changes nothing: what of its source it shows.
pub fn start(of: &CoValue<'_>) -> Value {
    json!({ "from": counts(of) })
}

/// The meta of the transaction of the source which says that there is a branch of this name. It changes nothing, and is
/// private. Who may only read the source writes it for all to read, with the group that owns the branch.
pub fn pointer(name: &str, group: Option<&str>) -> Value {
    let mut meta = json!({ "branch": name });
    if let Some(group) = group {
        meta["ownerId"] = group.into();
    }
    meta
}

/// What merges a branch: transactions of its source, that stand one behind the other in one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// When they are made: after all that is merged, or it would not show.
    pub made_at: MadeAt,
    /// The transactions.
    pub transactions: Vec<Merged>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What it changes.
    pub changes: Value,
    /// Where it was made; the last says what was merged.
    pub meta: Value,
    /// Whether it is private.
    pub is_private: bool,
}

/// What merges `branch` at `now`, as far as `keys` can read it and it does not show in the source yet; where something there
/// cannot be read, what is said to be merged is left out, too. `None` where there is nothing to merge, and where it is no
/// branch or its source is not there.
///
/// Two who merge a branch at once merge it twice. In a map or list that is the same; a stream has the items twice.
pub fn merge<R: Resolver + ?Sized>(
    branch: &CoValue<'_>,
    resolver: &R,
    keys: &KeyRing,
    now: u64,
) -> Option<Merge> {
    let target = resolver.co_value(source(branch.header, resolver.dialect())?)?;
    let target = Layers::seen_by(&target, resolver, keys);
    let known = merged_from(branch.id, target.own());
    let layers = Layers::seen_by(branch, resolver, keys);
    // What says how much was merged is private, and maybe not for this reader; what was, shows all the same.
    let there = target.own().metas.origins.values().filter(|origin| !origin.is_late);
    let there: BTreeSet<&Name> = there.map(|origin| &origin.name).collect();
    // It also counts what was passed over since it did not count then, and does now. So it is asked only where something
    // that was merged might not be readable.
    let is_readable =
        |(logged, meta): (Logged<'_>, Option<Value>)| meta.is_some() || !logged.transaction.has_meta();
    let asked = if target.own().said().all(is_readable) { &BTreeMap::new() } else { &known };
    let mut found = due(layers.own(), asked);
    found.retain(|(origin, ..)| !there.contains(&origin.name));
    let last = found.iter().map(|(_, ms, _)| *ms).max()?;
    let at = u64::try_from(last).map_or(now, |last| now.max(last + 1));
    let made = i64::try_from(at).ok()?;
    let mut transactions = Vec::new();
    let mut before = None;
    for (Origin { name: (session, branch, index), .. }, ms, (changes, is_private)) in found {
        let mut meta = json!({ "mi": index });
        let here = (ms, session, branch, is_private);
        // What is as before is left out; but who reads private ones later must not miss what was said in them.
        let prior = before.as_ref().filter(|(_, _, _, prior_is_private)| *prior_is_private == is_private);
        if prior.is_none_or(|(prior, ..)| *prior != ms) {
            meta["t"] = (made - ms).into();
        }
        if prior.is_none_or(|(_, prior, ..)| *prior != here.1) {
            meta["s"] = here.1.as_str().into();
        }
        if prior.is_none_or(|(_, _, prior, _)| *prior != here.2) {
            meta["b"] = here.2.as_deref().unwrap_or_default().into();
        }
        before = Some(here);
        transactions.push(Merged { changes: Value::Array(changes), meta, is_private });
    }
    let is_new = |(session, count): &(&str, usize)| known.get(*session).is_none_or(|known| known < count);
    let merged: Map<String, Value> = lengths(branch)
        .filter(|of| is_new(&(of.0, of.1)))
        .map(|(session, count)| (session.into(), count.into()))
        .collect();
    let meta = json!({ "merged": merged, "branch": branch.id });
    transactions.push(Merged { changes: json!([]), meta, is_private: true });
    Some(Merge { made_at: MadeAt::from_ms(at), transactions })
}

/// A transaction to be merged: where it was made, when, and what it changes, privately or not.
type Due = (Origin, i64, (Vec<Value>, bool));

/// What is to be merged of a branch, of which so much of each session was merged before.
fn due(branch: &Layer<'_>, known: &BTreeMap<String, usize>) -> Vec<Due> {
    let new = branch.said().filter(|(logged, _)| {
        let from = known.get(logged.session).copied().unwrap_or_default();
        logged.index as usize >= from && branch.shows(logged)
    });
    let due = new.filter_map(|(logged, _)| {
        let origin = branch.origin(&logged);
        let ms = origin.made_at.as_number().as_i64().filter(|ms| *ms < LAST_MS)?;
        let changes = branch.read(logged).map(|read| read.changes).filter(|changes| !changes.is_empty())?;
        Some((origin, ms, (changes, logged.transaction.is_private())))
    });
    due.collect()
}

/// How much of each session of the branch `id` was merged, by what merges say.
fn merged_from(id: &str, target: &Layer<'_>) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for meta in target.said().filter_map(|(_, meta)| meta) {
        let of_branch = meta.get("branch").and_then(Value::as_str) == Some(id);
        let merged = meta.get("merged").and_then(Value::as_object).filter(|_| of_branch);
        for (session, count) in merged.into_iter().flatten() {
            let Some(count) = count.as_u64().and_then(|count| usize::try_from(count).ok()) else { continue };
            let known = counts.entry(session.clone()).or_default();
            *known = count.max(*known);
        }
    }
    counts
}

fn counts(of: &CoValue<'_>) -> Value {
    canonical(lengths(of).map(|(session, count)| (String::from(session), Value::from(count))).collect())
}

fn lengths<'a>(of: &CoValue<'a>) -> impl Iterator<Item = (&'a str, usize)> {
    of.sessions.iter().map(|(session, log)| (*session, log.len()))
}
