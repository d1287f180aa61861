//! What the acts have in common by which an app writes something word for word.

use super::{Act, Reference, Resolving, To};
use super::{AddMember, DeleteKey, InsertItems, PushItem, RemoveItems, RemoveMember, SetKey, Splice};
use crate::cojson::{Change, Kind, MemberRole, What};
use crate::host::NodeId;
use crate::scenario::MAX_TRANSACTION_BYTES;
use crate::scenario::file::quoted;
use crate::scenario::operation::Action;
use crate::scenario::problems::Problem;
use crate::scenario::resolve::co_values::without_kind;
use cosim_core::real::{canonical, stable_stringify};
use serde_json::{Value, json};
use std::slice;

/// What `everyone` is called as a member.
pub(super) const EVERYONE: &str = "everyone";

/// Who writes to what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    node: &'a str,
    pub(super) id: &'a str,
    /// The member of which it speaks.
    member: Option<&'a str>,
    /// What the CoValue must be.
    kind: Kind,
    private: Option<bool>,
}

impl<'a> Said<'a> {
    pub(super) fn refs(self) -> Vec<Reference<'a>> {
        let to = [Reference::new(To::App, "node", self.node), Reference::new(To::CoValue, "id", self.id)];
        let member = self.member.filter(|member| *member != EVERYONE);
        to.into_iter().chain(member.map(|member| Reference::new(To::Member, "member", member))).collect()
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all of it is about the few acts that write word for word"
)]
impl Act {
    /// What is written to what, where it says so word for word.
    pub(super) fn change(&self) -> Option<Said<'_>> {
        let (node, id, member, kind, private) = match self {
            Act::Set(it) => (&it.node, &it.id, None, Kind::Map, it.private),
            Act::Delete(it) => (&it.node, &it.id, None, Kind::Map, it.private),
            Act::Insert(it) => (&it.node, &it.id, None, Kind::List, it.private),
            Act::Remove(it) => (&it.node, &it.id, None, Kind::List, it.private),
            Act::Push(it) => (&it.node, &it.id, None, Kind::Stream, it.private),
            Act::Splice(it) => (&it.node, &it.id, None, Kind::Text, it.private),
            Act::AddMember(it) => (&it.node, &it.id, Some(it.member.as_str()), Kind::Group, None),
            Act::RemoveMember(it) => (&it.node, &it.id, Some(it.member.as_str()), Kind::Group, None),
            _ => return None,
        };
        Some(Said { node, id, member, kind, private })
    }

    /// The node whose app writes, and the field that says whether that is encrypted.
    fn writer(&mut self) -> Option<(&mut String, Option<&mut Option<bool>>)> {
        match self {
            Act::Set(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::Delete(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::Insert(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::Remove(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::Push(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::Splice(it) => Some((&mut it.node, Some(&mut it.private))),
            Act::AddMember(it) => Some((&mut it.node, None)),
            Act::RemoveMember(it) => Some((&mut it.node, None)),
            _ => None,
        }
    }

    /// The node whose app writes word for word.
    pub(super) fn changing_mut(&mut self) -> Option<&mut String> {
        self.writer().map(|(node, _)| node)
    }

    /// The field that says whether what is written is encrypted.
    pub(crate) fn private_mut(&mut self) -> Option<&mut Option<bool>> {
        self.writer().and_then(|(_, private)| private)
    }

    /// What is written, with members by number.
    fn what(&self, by: &mut Resolving<'_, '_>) -> Option<What> {
        Some(match self {
            Act::Set(it) => What::Set { key: it.key.clone(), value: it.value.clone() },
            Act::Delete(it) => What::Delete { key: it.key.clone() },
            Act::Insert(it) => {
                check_not_empty(it.values.is_empty(), "values", "an insertion of nothing", by);
                What::Insert { index: it.index.unwrap_or(u32::MAX), values: it.values.clone() }
            }
            Act::Remove(it) => {
                let count = it.count.unwrap_or(1);
                check_not_empty(count == 0, "count", "a removal of nothing", by);
                What::Remove { index: it.index, count }
            }
            Act::Push(it) => What::Push { value: it.value.clone() },
            Act::Splice(it) => {
                let (delete, insert) = (it.delete.unwrap_or(0), it.insert.clone().unwrap_or_default());
                check_not_empty(
                    delete == 0 && insert.is_empty(),
                    "index",
                    "a splice that changes nothing",
                    by,
                );
                What::Splice { index: it.index, delete, insert }
            }
            Act::AddMember(it) => {
                let member = member(&it.member, by)?;
                if member.is_none() && it.role == MemberRole::Admin {
                    let problem = Problem::new(by.at.key("role").value(), "everyone cannot be an admin");
                    by.report.add(
                        problem.expected("`reader` or `writer`").help("name those who are to be admins"),
                    );
                }
                What::AddMember { member, role: it.role }
            }
            Act::RemoveMember(it) => What::RemoveMember { member: member(&it.member, by)? },
            _ => return None,
        })
    }

    pub(super) fn resolve_change(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let Said { node, id, member: _, kind: wanted, private } = self.change()?;
        let what = self.what(by)?;
        check_written(&what, by);
        let node = by.node(node, "node");
        let co_value = by.names.co_value(id)?;
        match by.names.kind(co_value) {
            None => by.report.add(without_kind(id, by.at.key("id").value())),
            Some(kind) if kind != wanted => {
                let wanted = wanted.name();
                let message = format!("`{}` changes a {wanted}, but `{id}` is a {}", by.kind, kind.name());
                let problem = Problem::new(by.at.key("id").value(), message);
                by.report.add(problem.help(format!("name a {wanted}, or {}", usual(kind))));
            }
            Some(_) => {}
        }
        if private == Some(true) && !by.names.is_owned(co_value) {
            let problem = Problem::new(
                by.at.key("private").value(),
                format!("`{id}` has no owner, so nobody has a key for what is private in it"),
            );
            by.report.add(problem.help(format!("give it one: `\"{id}\": {{ \"owner\": … }}`")));
        }
        let private = private.unwrap_or_else(|| by.names.is_private(co_value));
        let change = u32::try_from(by.changes.len()).ok()?;
        by.changes.push(Change { what, private });
        Some(Action::Change { node: node?, co_value, change })
    }

    /// What an app writes, said by names. Whether it is encrypted is always said.
    pub(super) fn of_change(
        node: String,
        id: String,
        change: &Change,
        name: impl Fn(NodeId) -> String,
    ) -> Act {
        let private = Some(change.private);
        let name = |member: &Option<NodeId>| member.map_or_else(|| EVERYONE.to_owned(), &name);
        match change.what.clone() {
            What::Set { key, value } => Act::Set(SetKey { node, id, key, value, private }),
            What::Delete { key } => Act::Delete(DeleteKey { node, id, key, private }),
            What::Insert { index, values } => {
                let index = Some(index).filter(|index| *index != u32::MAX);
                Act::Insert(InsertItems { node, id, index, values, private })
            }
            What::Remove { index, count } => {
                let count = Some(count).filter(|count| *count != 1);
                Act::Remove(RemoveItems { node, id, index, count, private })
            }
            What::Push { value } => Act::Push(PushItem { node, id, value, private }),
            What::Splice { index, delete, insert } => {
                let delete = Some(delete).filter(|delete| *delete != 0);
                let insert = Some(insert).filter(|insert| !insert.is_empty());
                Act::Splice(Splice { node, id, index, delete, insert, private })
            }
            What::AddMember { member, role } => {
                Act::AddMember(AddMember { node, id, member: name(&member), role })
            }
            What::RemoveMember { member } => {
                Act::RemoveMember(RemoveMember { node, id, member: name(&member) })
            }
        }
    }

    pub(super) fn change_in_words(&self) -> String {
        let Some(Said { node, id, private, .. }) = self.change() else { return String::new() };
        let end = |index: u32| if index == u32::MAX { "the end".to_owned() } else { index.to_string() };
        let does = match self {
            Act::Set(SetKey { key, value, .. }) => format!("sets {key} of {id} to {value}"),
            Act::Delete(DeleteKey { key, .. }) => format!("deletes {key} of {id}"),
            Act::Insert(InsertItems { index, values, .. }) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                format!("inserts {} at {} of {id}", values.join(", "), end(index.unwrap_or(u32::MAX)))
            }
            Act::Remove(RemoveItems { index, count: None | Some(1), .. }) => {
                format!("removes item {index} of {id}")
            }
            Act::Remove(RemoveItems { index, count: Some(count), .. }) => {
                format!("removes {count} items at {index} of {id}")
            }
            Act::Push(PushItem { value, .. }) => format!("pushes {value} to {id}"),
            Act::Splice(Splice { index, delete, insert, .. }) => {
                let insert = insert.as_deref().unwrap_or_default();
                match delete.unwrap_or(0) {
                    0 => format!("types {insert:?} at {} of {id}", end(*index)),
                    delete if insert.is_empty() => format!("deletes {delete} at {index} of {id}"),
                    delete => format!("types {insert:?} in place of {delete} at {index} of {id}"),
                }
            }
            Act::AddMember(AddMember { member, role, .. }) => {
                format!("makes {member} a {} of {id}", role.name())
            }
            Act::RemoveMember(RemoveMember { member, .. }) => format!("removes {member} from {id}"),
            _ => return String::new(),
        };
        let private = if private == Some(true) { ", in private" } else { "" };
        format!("{node} {does}{private}")
    }
}

fn check_not_empty(is_empty: bool, key: &str, message: &str, by: &mut Resolving<'_, '_>) {
    if is_empty {
        let problem = Problem::new(by.at.key(key).value(), message);
        by.report.add(problem.help("say what changes, or leave the entry out"));
    }
}

/// The member called so: `None` for everyone.
fn member(name: &str, by: &mut Resolving<'_, '_>) -> Option<Option<NodeId>> {
    if name == EVERYONE {
        return Some(None);
    }
    by.node(name, "member").map(|node| Some(NodeId(node)))
}

/// What is written is not too much, and can be read back.
fn check_written(what: &What, by: &mut Resolving<'_, '_>) {
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
        let problem = Problem::new(by.at.key(field).value(), message);
        by.report
            .add(problem.expected(format!("at most {MAX_TRANSACTION_BYTES}")).help("make several changes"));
        return;
    }
    if let What::Set { key, .. } | What::Delete { key } = what
        && !is_readable(&Value::from(key.as_str()))
    {
        unreadable(key, "key", by);
    }
    if let Some(value) = values.iter().find(|value| !is_readable(value)) {
        unreadable(&value.to_string(), field, by);
    }
}

fn unreadable(text: &str, field: &str, by: &mut Resolving<'_, '_>) {
    let message = format!("{} cannot be read back", quoted(text));
    let problem = Problem::new(by.at.key(field).value(), message);
    by.report.add(problem.expected("what CoJSON writes so that it can be read").help(
        "texts that begin with `encrypted_U` or `binary_U` are written as they stand, without escapes; and nothing may be nested too deeply",
    ));
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
