//! Operations by small names, and their place in the total order.

use super::digest;
use crate::real::MadeAt;
use crate::view::OpId;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use serde_json::Value;

/// A change of a transaction of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Op {
    pub(super) session: u32,
    pub(super) tx: u32,
    pub(super) change: u32,
}

/// An operation, and when its author made it.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub(super) made_at: MadeAt,
    pub(super) op: Op,
}

/// Sessions by number: those that have logs, and those that an operation names.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    numbers: BTreeMap<String, u32>,
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name {
    name: String,
    hash: u64,
}

impl Sessions {
    /// The number of a session; a new one, if it was not known.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("memory ends before");
        self.numbers.insert(name.into(), number);
        self.names.push(Name { name: name.into(), hash: digest::text(0, name) });
        number
    }

    /// The name of the session with this number.
    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize].name
    }

    /// The hash of its name.
    pub(super) fn hash(&self, number: u32) -> u64 {
        self.names[number as usize].hash
    }

    /// Which of two operations comes first in the total order.
    pub(super) fn compare(&self, a: &Stamp, b: &Stamp) -> Ordering {
        a.made_at.cmp(&b.made_at).then_with(|| {
            if a.op.session == b.op.session {
                return a.op.cmp(&b.op);
            }
            self.name(a.op.session).encode_utf16().cmp(self.name(b.op.session).encode_utf16())
        })
    }

    /// The operation that a change names. There is none behind the largest that a log has.
    pub(super) fn op(&mut self, value: &Value) -> Option<Op> {
        let session = value.get("sessionID")?.as_str()?;
        let tx = u32::try_from(value.get("txIndex")?.as_u64()?).ok()?;
        let change = u32::try_from(value.get("changeIdx")?.as_u64()?).ok()?;
        Some(Op { session: self.number(session), tx, change })
    }

    /// An operation by its full name.
    pub(super) fn op_id(&self, op: Op) -> OpId {
        OpId { session: self.name(op.session).into(), tx_index: op.tx.into(), change_index: op.change.into() }
    }
}
