//! Entries that say word for word what an app writes.

use super::super::co_values::without_kind;
use super::super::{Problem, file};
use super::action::{Chooser, Chosen};
use crate::cojson::{Change, Kind, MemberRole, What};
use crate::host::NodeId;
use crate::scenario::{Action, MAX_TRANSACTION_BYTES};
use cosim_core::real::{canonical, stable_stringify};
use serde_json::{Value, json};
use std::slice;

/// What `everyone` is called as a member.
const EVERYONE: &str = "everyone";

/// Who writes what to what.
struct Said<'a> {
    node: &'a str,
    id: &'a str,
    kinds: &'a [Kind],
    what: What,
    private: Option<bool>,
}

impl Chooser<'_, '_> {
    /// The change that an entry makes, if it makes one.
    pub(super) fn change(&mut self, entry: &file::Entry) -> Option<Option<Chosen>> {
        let said = if let Some(it) = &entry.set {
            let what = What::Set { key: it.key.clone(), value: it.value.clone() };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Map], what, private: it.private }
        } else if let Some(it) = &entry.delete {
            let what = What::Delete { key: it.key.clone() };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Map], what, private: it.private }
        } else if let Some(it) = &entry.insert {
            self.check_not_empty(it.values.is_empty(), "values", "an insertion of nothing");
            let what = What::Insert { index: it.index.unwrap_or(u32::MAX), values: it.values.clone() };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::List], what, private: it.private }
        } else if let Some(it) = &entry.remove {
            let count = it.count.unwrap_or(1);
            self.check_not_empty(count == 0, "count", "a removal of nothing");
            let what = What::Remove { index: it.index, count };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::List], what, private: it.private }
        } else if let Some(it) = &entry.push {
            let what = What::Push { value: it.value.clone() };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Stream], what, private: it.private }
        } else if let Some(it) = &entry.splice {
            let (delete, insert) = (it.delete.unwrap_or(0), it.insert.clone().unwrap_or_default());
            self.check_not_empty(delete == 0 && insert.is_empty(), "index", "a splice that changes nothing");
            let what = What::Splice { index: it.index, delete, insert };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Text], what, private: it.private }
        } else if let Some(it) = &entry.add_member {
            let Some(member) = self.member(&it.member) else { return Some(None) };
            if member.is_none() && it.role == MemberRole::Admin {
                let problem = Problem::new(self.at.key("role").value(), "everyone cannot be an admin");
                self.report
                    .add(problem.expected("`reader` or `writer`").help("name those who are to be admins"));
            }
            let what = What::AddMember { member, role: it.role };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Group], what, private: None }
        } else if let Some(it) = &entry.remove_member {
            let Some(member) = self.member(&it.member) else { return Some(None) };
            let what = What::RemoveMember { member };
            Said { node: &it.node, id: &it.id, kinds: &[Kind::Group], what, private: None }
        } else {
            return None;
        };
        Some(self.said(said))
    }

    fn check_not_empty(&mut self, is_empty: bool, key: &str, message: &str) {
        if is_empty {
            let problem = Problem::new(self.at.key(key).value(), message);
            self.report.add(problem.help("say what changes, or leave the entry out"));
        }
    }

    /// The member called so: `None` for everyone.
    fn member(&mut self, name: &str) -> Option<Option<NodeId>> {
        if name == EVERYONE {
            return Some(None);
        }
        let node = self.names.node(name, &self.at.key("member"), self.report)?;
        Some(Some(NodeId(node)))
    }

    /// What is written is not too much, and can be read back.
    fn check_written(&mut self, what: &What) {
        let (field, values): (_, &[Value]) = match what {
            What::Set { value, .. } | What::Push { value } => ("value", slice::from_ref(value)),
            What::Insert { values, .. } => ("values", values),
            What::Splice { .. } => ("insert", &[]),
            What::Delete { .. } => ("key", &[]),
            What::Remove { .. } | What::AddMember { .. } | What::RemoveMember { .. } => return,
        };
        let size = what.size();
        if size > MAX_TRANSACTION_BYTES as usize {
            let message = format!("{size} bytes in one change are too many");
            let problem = Problem::new(self.at.key(field).value(), message);
            self.report.add(
                problem.expected(format!("at most {MAX_TRANSACTION_BYTES}")).help("make several changes"),
            );
            return;
        }
        let key = match what {
            What::Set { key, .. } | What::Delete { key } => Some(key),
            _ => None,
        };
        if let Some(key) = key.filter(|key| !is_readable(&Value::from(key.as_str()))) {
            self.unreadable(key, "key");
        }
        if let Some(value) = values.iter().find(|value| !is_readable(value)) {
            self.unreadable(&value.to_string(), field);
        }
    }

    fn unreadable(&mut self, text: &str, field: &str) {
        let message = format!("{} cannot be read back", file::quoted(text));
        let problem = Problem::new(self.at.key(field).value(), message);
        self.report.add(problem.expected("what CoJSON writes so that it can be read").help(
            "texts that begin with `encrypted_U` or `binary_U` are written as they stand, without escapes; and nothing may be nested too deeply",
        ));
    }

    fn said(&mut self, said: Said<'_>) -> Option<Chosen> {
        let Said { node: by, id, kinds, what, private } = said;
        self.check_written(&what);
        let node = self.names.node(by, &self.at.key("node"), self.report);
        let co_value = self.names.co_value(id)?;
        let kind = self.names.kind(co_value);
        match kind {
            None => self.report.add(without_kind(id, self.at.key("id").value())),
            Some(kind) if !kinds.contains(&kind) => {
                let wanted = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
                let message = format!("`{}` changes a {wanted}, but `{id}` is a {}", self.kind, kind.name());
                let problem = Problem::new(self.at.key("id").value(), message);
                self.report.add(problem.help(format!("name a {wanted}, or {}", usual(kind))));
            }
            Some(_) => {}
        }
        if private == Some(true) && !self.names.is_owned(co_value) {
            let problem = Problem::new(
                self.at.key("private").value(),
                format!("`{id}` has no owner, so nobody has a key for what is private in it"),
            );
            self.report.add(problem.help(format!("give it one: `\"{id}\": {{ \"owner\": … }}`")));
        }
        let private = private.unwrap_or_else(|| self.names.is_private(co_value));
        let change = u32::try_from(self.changes.len()).ok()?;
        self.changes.push(Change { what, private });
        let action = Action::Change { node: node?, co_value, change };
        Some(Chosen { action, usual_name: format!("{}-{id}-{by}", self.kind.replace('_', "-")) })
    }
}

/// How one changes a CoValue of a kind.
fn usual(kind: Kind) -> &'static str {
    match kind {
        Kind::Map => "change a map with `set` and `delete`",
        Kind::List => "change a list with `insert` and `remove`",
        Kind::Text => "change a text with `splice`",
        Kind::Stream => "add to a stream with `push`",
        Kind::Group => "change a group with `add_member` and `remove_member`",
    }
}

/// Whether a value in a transaction is read as it was written.
fn is_readable(value: &Value) -> bool {
    // As deep in the transaction as any operation has it.
    let written = json!([{ "value": value }]);
    let read = serde_json::from_str::<Value>(&stable_stringify(&written));
    read.is_ok_and(|read| canonical(read) == canonical(written))
}
