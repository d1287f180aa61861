//! Entries that say word for word what an app writes.

use super::super::co_values::without_kind;
use super::super::{Problem, file};
use super::action::{Chooser, Chosen};
use crate::cojson::{Change, Kind, What};
use crate::host::NodeId;
use crate::scenario::{Action, MAX_TRANSACTION_BYTES};

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

    fn said(&mut self, said: Said<'_>) -> Option<Chosen> {
        let Said { node: by, id, kinds, what, private } = said;
        let size = what.size();
        if size > MAX_TRANSACTION_BYTES as usize {
            let problem = Problem::new(self.at.value(), format!("{size} bytes in one change are too many"));
            self.report.add(
                problem.expected(format!("at most {MAX_TRANSACTION_BYTES}")).help("make several changes"),
            );
        }
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
