//! What apps write: the changes of new transactions, as arrays to be signed.
//!
//! Nothing here makes a transaction or asks who may write: a change that its author may not make is left out of
//! everybody's view.

pub mod branch;
pub mod group;

use super::Dialect;
use super::co_list::{CoList, OpId};
use super::file::BINARY;
use crate::real::{stable_stringify, to_base64url};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

/// A list to be changed: which operation inserted the item at each place.
pub trait Positions {
    /// How many items there are.
    fn len(&self) -> usize;

    /// The operation that inserted the item at `index`; `None` behind the last.
    fn op(&self, index: usize) -> Option<OpId>;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Positions for CoList {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn op(&self, index: usize) -> Option<OpId> {
        Some(self.items.get(index)?.op.clone())
    }
}

/// Why a list cannot be changed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    /// Which place was meant.
    pub index: usize,
    /// How many items there are.
    pub len: usize,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no place {} in a list of {} items: look at the list again", self.index, self.len)
    }
}

impl core::error::Error for OutOfRange {}

/// How many bytes of JSON the changes of one transaction may be by the rules of 0.20.
pub const CHANGES_BYTES_MAX: usize = 1024 * 1024;

/// Why nobody writes that in one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// How many bytes of JSON it is.
    pub bytes: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooLarge { bytes } = self;
        write!(f, "{bytes} bytes in one transaction, above {CHANGES_BYTES_MAX}: write it in several")
    }
}

impl core::error::Error for TooLarge {}

/// Whether `changes` may be written in one transaction. Their text counts before it is encrypted, and a meta does not.
/// Only who writes looks at that: what is larger counts as always, whoever has written it.
///
/// # Errors
/// [`TooLarge`], which the rules of 0.7 know nothing of.
pub fn check_size(changes: &Value, dialect: Dialect) -> Result<(), TooLarge> {
    let bytes = stable_stringify(changes).len();
    if dialect.bounds_changes() && bytes > CHANGES_BYTES_MAX { Err(TooLarge { bytes }) } else { Ok(()) }
}

/// Sets `key` of a map.
pub fn set(key: &str, value: &Value) -> Value {
    json!([{ "op": "set", "key": key, "value": value }])
}

/// Deletes `key` of a map.
pub fn delete(key: &str) -> Value {
    json!([{ "op": "del", "key": key }])
}

/// The meta of a transaction that counts only if it is the first with this name.
pub fn first_writer(name: &str) -> Value {
    json!({ "fww": name })
}

/// The meta of the transaction that deletes the CoValue `id`: the first of a [session of its
/// own](crate::real::Owner::delete_session), without changes.
pub fn deletion(id: &str) -> Value {
    json!({ "deleted": id })
}

/// Pushes `item` to a stream.
pub fn push(item: &Value) -> Value {
    json!([item])
}

/// Starts a file.
pub fn start_file(mime_type: &str, file_name: Option<&str>, total_size_bytes: Option<u64>) -> Value {
    let mut start = json!({ "type": "start", "mimeType": mime_type });
    if let Some(name) = file_name {
        start["fileName"] = name.into();
    }
    if let Some(size) = total_size_bytes {
        start["totalSizeBytes"] = size.into();
    }
    json!([start])
}

/// Goes on with a file.
pub fn file_chunk(bytes: &[u8]) -> Value {
    json!([{ "type": "chunk", "chunk": to_base64url(BINARY, bytes) }])
}

/// Ends a file.
pub fn end_file() -> Value {
    json!([{ "type": "end" }])
}

/// Inserts `values` into `list`, so that the first of them is at `index`.
///
/// # Errors
/// [`OutOfRange`] where `index` is behind the end.
pub fn insert<L: Positions + ?Sized>(list: &L, index: usize, values: &[Value]) -> Result<Value, OutOfRange> {
    let out_of_range = OutOfRange { index, len: list.len() };
    let changes: Vec<Value> = match (index.checked_sub(1), list.op(0)) {
        (None, None) => {
            values.iter().map(|value| json!({ "op": "app", "value": value, "after": "start" })).collect()
        }
        // Of several beside one item, the last is the nearest to the front.
        (None, Some(first)) => {
            let before = first.to_json();
            values
                .iter()
                .rev()
                .map(|value| json!({ "op": "pre", "value": value, "before": before }))
                .collect()
        }
        (Some(left), _) => {
            let after = list.op(left).ok_or(out_of_range)?.to_json();
            values.iter().rev().map(|value| json!({ "op": "app", "value": value, "after": after })).collect()
        }
    };
    Ok(Value::Array(changes))
}

/// Puts `values` behind the last item.
pub fn append<L: Positions + ?Sized>(list: &L, values: &[Value]) -> Value {
    insert(list, list.len(), values).expect("the place behind the last item is there")
}

/// Puts `values` before the first item.
pub fn prepend<L: Positions + ?Sized>(list: &L, values: &[Value]) -> Value {
    insert(list, 0, values).expect("the place before the first item is there")
}

/// Deletes a range of items.
///
/// # Errors
/// [`OutOfRange`] where it is not all there.
pub fn remove<L: Positions + ?Sized>(list: &L, range: Range<usize>) -> Result<Value, OutOfRange> {
    let out_of_range = OutOfRange { index: range.end, len: list.len() };
    if range.start > range.end || range.end > list.len() {
        return Err(out_of_range);
    }
    range.map(|index| list.op(index).as_ref().map(removal).ok_or(out_of_range)).collect()
}

/// Puts `value` into the place of the item at `index`.
///
/// # Errors
/// [`OutOfRange`].
pub fn replace<L: Positions + ?Sized>(list: &L, index: usize, value: &Value) -> Result<Value, OutOfRange> {
    let op = list.op(index).ok_or(OutOfRange { index, len: list.len() })?;
    Ok(json!([{ "op": "app", "value": value, "after": op.to_json() }, removal(&op)]))
}

fn removal(op: &OpId) -> Value {
    json!({ "op": "del", "insertion": op.to_json() })
}

/// Inserts `text` into a text, before the grapheme at `index`. Every grapheme becomes an item.
///
/// # Errors
/// [`OutOfRange`] where `index` is behind the end.
pub fn insert_text<L: Positions + ?Sized>(list: &L, index: usize, text: &str) -> Result<Value, OutOfRange> {
    let items: Vec<Value> = graphemes(text).map(Value::from).collect();
    insert(list, index, &items)
}

/// The items of which a text consists: its graphemes.
pub fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true)
}
