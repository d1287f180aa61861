//! What its author had the right to write and does not show all the same, by today's rules: a change whose name an earlier
//! one has (`fww`), a deletion from a list that only admins and managers delete from, and all of what was deleted for good.

use crate::cojson::is_deletion;
use crate::oracles::holdings::Stored;
use crate::oracles::logs::{Logs, header};
use crate::oracles::rights::{Rights, author};
use cosim_core::SessionId;
use cosim_core::real::{Privacy, Transaction, stable_stringify};
use cosim_core::view::Dialect;
use serde_json::Value;

/// A transaction, with CoJSON's name of its session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    pub(super) session: SessionId,
    pub(super) name: &'a str,
    pub(super) index: u32,
    pub(super) said: &'a Transaction,
}

/// See the module.
pub(super) struct KeptOut<'a> {
    stored: &'a dyn Stored,
    logs: &'a Logs,
    rights: &'a Rights,
    is_todays: bool,
    restricts_deletion: bool,
    is_deleted: bool,
}

impl<'a> KeptOut<'a> {
    /// What is held of a CoValue that is no group, and who may do what with it.
    pub(super) fn of(
        (id, stored): (&str, &'a dyn Stored),
        logs: &'a Logs,
        rights: &'a Rights,
        dialect: Dialect,
    ) -> KeptOut<'a> {
        let is_todays = dialect == Dialect::V0_20;
        let says_so = |header: &Value| {
            let is_list = ["colist", "coplaintext"].iter().any(|kind| header["type"] == **kind);
            is_list && header["ruleset"]["restrictDeletion"] == true
        };
        let restricts_deletion = is_todays && header(stored).is_some_and(says_so);
        let mut kept_out = KeptOut { stored, logs, rights, is_todays, restricts_deletion, is_deleted: false };
        kept_out.is_deleted = is_todays && kept_out.finds_deletion(id);
        kept_out
    }

    /// Whether an admin has deleted the CoValue with this id: by the first transaction of a session that is there for that.
    fn finds_deletion(&self, id: &str) -> bool {
        self.stored.logs().filter(|(session, _)| is_deletion(*session)).any(|(session, log)| {
            let name = self.logs.name(session);
            let first = log.transactions.first().and_then(|first| first.said.as_deref());
            let Some(first) = first.filter(|_| name.ends_with('$')) else { return false };
            let says_so = first.meta().ok().flatten().is_some_and(|meta| meta["deleted"] == id);
            says_so && first.made_at.as_ms().is_some_and(|at| self.rights.was_admin(author(name), at))
        })
    }

    /// Whether a transaction is kept out; `None` where only who has its key can tell.
    pub(super) fn has(&self, it: Placed<'_>) -> Option<bool> {
        if self.is_deleted || (self.is_todays && it.name.ends_with('$')) {
            return Some(true);
        }
        if !self.is_todays || !(self.restricts_deletion || it.said.has_meta()) {
            return Some(false);
        }
        let made_at = it.said.made_at.as_ms()?;
        let is_merged =
            |said: &Transaction| said.meta().ok().flatten().is_some_and(|meta| meta.get("mi").is_some());
        let (name, made_at) = match self.restricts_deletion && !it.said.is_private() && is_merged(it.said) {
            true => self.made(it)?,
            false => (it.name.to_owned(), made_at),
        };
        let may_delete = !self.restricts_deletion || self.rights.managed(author(&name), made_at);
        if it.said.is_private() {
            return (may_delete && !it.said.has_meta()).then_some(false);
        }
        if !may_delete && deletes(it.said) {
            return Some(true);
        }
        match first_of(it.said) {
            Some(called) => self.is_beaten(it, &called),
            None => Some(false),
        }
    }

    /// In which session and when a transaction was made that was merged: what its meta leaves out, those before it say. `None`
    /// where one of them is private.
    fn made(&self, it: Placed<'_>) -> Option<(String, u64)> {
        let log = self.stored.log(it.session)?;
        let (mut session, mut made_at) = (None, None);
        for transaction in log.transactions.iter().take(it.index as usize + 1).rev() {
            let said = transaction.said.as_deref().filter(|said| !said.is_private())?;
            let own = said.made_at.as_ms()?;
            let meta = said.meta().ok().flatten().filter(|meta| meta.get("mi").is_some());
            let Some(meta) = meta else {
                let here = || it.name.to_owned();
                return Some((session.unwrap_or_else(here), made_at.unwrap_or(own)));
            };
            let ago = meta["t"].as_u64().filter(|ago| *ago != 0);
            made_at = made_at.or_else(|| own.checked_sub(ago?));
            session = session.or_else(|| meta["s"].as_str().map(str::to_owned));
            if let (Some(session), Some(made_at)) = (&session, made_at) {
                return Some((session.clone(), made_at));
            }
        }
        None
    }

    /// Whether an earlier transaction that counts has the same name.
    fn is_beaten(&self, it: Placed<'_>, called: &str) -> Option<bool> {
        let moment = moment(it)?;
        let mut is_sure = true;
        for (session, log) in self.stored.logs() {
            let name = self.logs.name(session);
            for (index, transaction) in (0..).zip(log.transactions) {
                let Some(said) = transaction.said.as_deref().filter(|said| said.has_meta()) else { continue };
                let other = Placed { session, name, index, said };
                let Some(at) = self::moment(other).filter(|at| *at < moment) else { continue };
                if !self.rights.may_write(author(name), at.0) {
                    continue;
                }
                if said.is_private() {
                    is_sure = false;
                } else if first_of(said).as_deref() == Some(called) {
                    return Some(true);
                }
            }
        }
        is_sure.then_some(false)
    }
}

/// When it was made, in the total order.
fn moment(it: Placed<'_>) -> Option<(u64, Vec<u16>, u32)> {
    Some((it.said.made_at.as_ms()?, it.name.encode_utf16().collect(), it.index))
}

/// The name that a transaction gives itself for all to read: only what is no array and no object is the same twice.
fn first_of(said: &Transaction) -> Option<String> {
    let meta = said.meta().ok()??;
    let called = meta.get("fww").filter(|called| !called.is_array() && !called.is_object())?;
    Some(stable_stringify(called))
}

/// Whether any of its changes deletes.
fn deletes(said: &Transaction) -> bool {
    let Privacy::Trusting { changes } = &said.privacy else { return false };
    let changes: Option<Value> = serde_json::from_str(changes).ok();
    let changes = changes.as_ref().and_then(Value::as_array);
    changes.is_some_and(|changes| changes.iter().any(|change| change["op"] == "del"))
}
