//! Who inserted at one place before they saw each other's: there is no right order then, and each kind of text has its own.

use super::{AuthorLog, Play, Text, Version, elements};
use cosim_core::real::Transaction;
use cosim_core::view::{LiveView, View};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many are named.
const NAMED_MAX: usize = 3;

/// An operation: the log, the transaction there, and the change.
type Op = (usize, u64, u64);

/// An item of the text, deleted or not.
struct Item {
    /// The transaction of the recording that inserted it, and those that deleted it.
    by: u32,
    deleted_by: Vec<u32>,
}

/// Pairs of transactions that inserted at one place, and neither had seen the other.
pub(super) fn together(play: &Play) -> Vec<[u32; 2]> {
    let mut items = items(play);
    let mut pairs = Vec::new();
    for _ in 0..2 {
        for place in 0..items.len() {
            if pairs.len() < NAMED_MAX
                && let Some([a, b]) = met(play, &items[place..])
                && !pairs.contains(&[a.min(b), a.max(b)])
            {
                pairs.push([a.min(b), a.max(b)]);
            }
        }
        items.reverse();
    }
    pairs
}

/// The first of these and another one, if that was inserted at the same place by somebody who had not seen it. What is
/// between them did not show where the first was inserted.
fn met(play: &Play, items: &[Item]) -> Option<[u32; 2]> {
    let (first, rest) = items.split_first()?;
    if rest.first().is_some_and(|next| goes_on(play, first.by, next.by)) {
        // What the next one meets, this one meets, too.
        return None;
    }
    for item in rest.iter().filter(|item| item.by != first.by) {
        if sees(play, first.by, item.by) {
            let is_gone = item.deleted_by.iter().any(|by| sees(play, first.by, *by));
            if !is_gone {
                return None;
            }
        } else if !sees(play, item.by, first.by) {
            return Some([first.by, item.by]);
        }
    }
    None
}

/// Whether the author of one transaction had seen another one.
fn sees(play: &Play, one: u32, other: u32) -> bool {
    let seen = play.versions.get(one as usize);
    seen.is_some_and(|seen| {
        play.logs
            .iter()
            .zip(seen)
            .any(|(log, seen)| log.numbers[..*seen as usize].binary_search(&other).is_ok())
    })
}

/// Whether one transaction was done right after another one, by the same author and with nothing new seen.
fn goes_on(play: &Play, one: u32, next: u32) -> bool {
    let seen = |number: u32| play.versions.get(number as usize).map(|version| version.iter().copied());
    let (Some(one), Some(next)) = (seen(one), seen(next)) else { return false };
    let nothing = std::iter::repeat(0);
    let pairs = play.logs.iter().zip(one.chain(nothing.clone()).zip(next.chain(nothing)));
    let mut new = pairs.map(|(_, pair)| pair).filter(|(one, next)| one != next);
    new.next().is_some_and(|(one, next)| one < next) && new.next().is_none()
}

/// All that was ever inserted, in the order in which the text has it: a text in which nothing is deleted.
fn items(play: &Play) -> Vec<Item> {
    let mut deleted = BTreeMap::<Op, Vec<u32>>::new();
    let log_named = |name: &str| play.logs.iter().position(|log| log.name == name);
    let mut op = |change: &Value, by: u32| {
        let insertion = change.get("insertion")?;
        let log = log_named(insertion.get("sessionID")?.as_str()?)?;
        let (tx, change) = (insertion.get("txIndex")?.as_u64()?, insertion.get("changeIdx")?.as_u64()?);
        deleted.entry((log, tx, change)).or_default().push(by);
        Some(())
    };
    let logs = play.logs.iter().map(|log| {
        let transactions = log.transactions.iter().zip(&log.numbers).map(|(transaction, by)| {
            let changes = transaction.changes().ok().flatten().and_then(elements).unwrap_or_default();
            let kept =
                changes.into_iter().map(|change| if op(&change, *by).is_some() { json!({}) } else { change });
            Transaction::trusting(transaction.made_at.clone(), &Value::Array(kept.collect()))
        });
        let transactions = transactions.collect();
        AuthorLog { agent: log.agent, name: log.name.clone(), transactions, numbers: log.numbers.clone() }
    });
    let logs: Vec<AuthorLog> = logs.collect();
    let mut text = Text { version: Version::new(), view: LiveView::new(), used: 0 };
    let all = logs.iter().map(|log| log.numbers.len() as u32).collect();
    text.bring_to(&all, &play.header, &logs);
    let View::Text(list) = text.view.view() else { return Vec::new() };
    let items = list.items.into_iter().filter_map(|item| {
        let log = log_named(&item.op.session)?;
        let by = *logs[log].numbers.get(item.op.tx_index as usize)?;
        let deleted_by = deleted.remove(&(log, item.op.tx_index, item.op.change_index)).unwrap_or_default();
        Some(Item { by, deleted_by })
    });
    items.collect()
}
