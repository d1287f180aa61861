//! Operations by small names, and their place in the total order.

use super::digest;
use crate::real::MadeAt;
use crate::view::{Dialect, OpId};
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

/// Sessions by number: those that have logs, and those that an operation names; in each branch they are others.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    numbers: BTreeMap<String, u32>,
    in_branches: BTreeMap<String, BTreeMap<String, u32>>,
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name {
    name: String,
    branch: Option<String>,
    hash: u64,
}

impl Sessions {
    /// The number of a session, in a branch or in none; a new one, if it was not known.
    pub(super) fn number(&mut self, name: &str, branch: Option<&str>) -> u32 {
        let known = match branch {
            None => self.numbers.get(name),
            Some(branch) => self.in_branches.get(branch).and_then(|numbers| numbers.get(name)),
        };
        if let Some(number) = known {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("memory ends before");
        let numbers = match branch {
            None => &mut self.numbers,
            Some(branch) => self.in_branches.entry(branch.into()).or_default(),
        };
        numbers.insert(name.into(), number);
        let hash = branch.iter().fold(digest::text(0, name), |hash, branch| digest::text(hash, branch));
        self.names.push(Name { name: name.into(), branch: branch.map(String::from), hash });
        number
    }

    /// The name of the session with this number.
    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize].name
    }

    /// The branch that it is in.
    pub(super) fn branch(&self, number: u32) -> Option<&str> {
        self.names[number as usize].branch.as_deref()
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
            let names = self.name(a.op.session).encode_utf16().cmp(self.name(b.op.session).encode_utf16());
            let branches = || self.branch(a.op.session).cmp(&self.branch(b.op.session));
            names.then(a.op.tx.cmp(&b.op.tx)).then_with(branches)
        })
    }

    /// The operation that a change names. There is none behind the largest that a log has.
    pub(super) fn op(&mut self, value: &Value, dialect: Dialect) -> Option<Op> {
        let session = value.get("sessionID")?.as_str()?;
        let branch = value.get("branch").filter(|_| dialect.has_branches()).and_then(Value::as_str);
        let tx = u32::try_from(value.get("txIndex")?.as_u64()?).ok()?;
        let change = u32::try_from(value.get("changeIdx")?.as_u64()?).ok()?;
        let session = self.number(session, branch.filter(|branch| !branch.is_empty()));
        Some(Op { session, tx, change })
    }

    /// An operation by its full name.
    pub(super) fn op_id(&self, op: Op) -> OpId {
        OpId {
            session: self.name(op.session).into(),
            branch: self.branch(op.session).map(String::from),
            tx_index: op.tx.into(),
            change_index: op.change.into(),
        }
    }
}
