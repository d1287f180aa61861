//! What the acts have in common by which an app writes something word for word.

use super::refs::{EVERYONE, Named, Numbered, Refs};
use super::{Accept, AddMember, DeleteKey, Extend, Invite, PushItem, RemoveMember, RevokeExtend, SetKey};
use super::{Act, Resolving};
use crate::cojson::{Change, Kind, MemberRole, What, is_of_the_rules};
use crate::host::NodeId;
use crate::scenario::MAX_TRANSACTION_BYTES;
use crate::scenario::file::quoted;
use crate::scenario::problems::Problem;
use crate::scenario::resolve::co_values::{group_help, without_kind};
use crate::scenario::resolve::names::check_name;
use cosim_core::CoId;
use cosim_core::real::{canonical, stable_stringify};
use cosim_core::view::edit::{self, CHANGES_BYTES_MAX, TooLarge};
use cosim_core::view::{CoList, Dialect};
use serde_json::{Value, json};
use std::slice;

/// Who writes to what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a, R: Refs = Named> {
    node: &'a R::Node,
    pub(super) id: &'a R::CoValue,
    /// What the CoValue must be.
    kind: Kind,
    private: Option<bool>,
}

/// The same, to be changed: the node, the CoValue, and the field that says whether what is written is encrypted.
type Writer<'a, R> = (&'a mut <R as Refs>::Node, &'a <R as Refs>::CoValue, Option<&'a mut Option<bool>>);

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all of it is about the few acts that write word for word"
)]
impl<R: Refs> Act<R> {
    /// What is written to what, where it says so word for word.
    pub(super) fn change(&self) -> Option<Said<'_, R>> {
        let (node, id, kind, private) = match self {
            Act::Set(it) => (&it.node, &it.id, Kind::Map, it.private),
            Act::Delete(it) => (&it.node, &it.id, Kind::Map, it.private),
            Act::Insert(it) => (&it.node, &it.id, Kind::List, it.private),
            Act::Remove(it) => (&it.node, &it.id, Kind::List, it.private),
            Act::Push(it) => (&it.node, &it.id, Kind::Stream, it.private),
            Act::Splice(it) => (&it.node, &it.id, Kind::Text, it.private),
            Act::AddMember(it) => (&it.node, &it.id, Kind::Group, None),
            Act::RemoveMember(it) => (&it.node, &it.id, Kind::Group, None),
            Act::Invite(it) => (&it.node, &it.id, Kind::Group, None),
            Act::Accept(it) => (&it.node, &it.id, Kind::Group, None),
            Act::Extend(it) => (&it.node, &it.id, Kind::Group, None),
            Act::RevokeExtend(it) => (&it.node, &it.id, Kind::Group, None),
            _ => return None,
        };
        Some(Said { node, id, kind, private })
    }

    fn writer(&mut self) -> Option<Writer<'_, R>> {
        match self {
            Act::Set(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::Delete(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::Insert(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::Remove(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::Push(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::Splice(it) => Some((&mut it.node, &it.id, Some(&mut it.private))),
            Act::AddMember(it) => Some((&mut it.node, &it.id, None)),
            Act::RemoveMember(it) => Some((&mut it.node, &it.id, None)),
            Act::Invite(it) => Some((&mut it.node, &it.id, None)),
            Act::Accept(it) => Some((&mut it.node, &it.id, None)),
            Act::Extend(it) => Some((&mut it.node, &it.id, None)),
            Act::RevokeExtend(it) => Some((&mut it.node, &it.id, None)),
            _ => None,
        }
    }

    /// The node whose app writes word for word.
    pub(super) fn changing_mut(&mut self) -> Option<&mut R::Node> {
        self.writer().map(|(node, ..)| node)
    }

    /// The CoValue that is written, and the field that says whether that is encrypted.
    pub(crate) fn private_mut(&mut self) -> Option<(&R::CoValue, &mut Option<bool>)> {
        self.writer().and_then(|(_, id, private)| Some((id, private?)))
    }

    /// What is written, with members by number and numbers as they are read, where it says so word for word.
    fn what(
        &self,
        number: impl FnOnce(&R::Member) -> Option<NodeId>,
        group: impl FnOnce(&R::CoValue) -> CoId,
    ) -> Option<What> {
        Some(match self {
            Act::Set(it) => {
                What::Set { key: it.key.clone(), value: canonical(it.value.clone()), fww: it.fww.clone() }
            }
            Act::Delete(it) => What::Delete { key: it.key.clone() },
            Act::Insert(it) => {
                let values = it.values.iter().cloned().map(canonical).collect();
                What::Insert { index: it.index(), values }
            }
            Act::Remove(it) => What::Remove { index: it.index, count: it.count() },
            Act::Push(it) => What::Push { value: canonical(it.value.clone()) },
            Act::Splice(it) => {
                What::Splice { index: it.index, delete: it.delete(), insert: it.insert().to_owned() }
            }
            Act::AddMember(it) => What::AddMember { member: number(&it.member), role: it.role },
            Act::RemoveMember(it) => What::RemoveMember { member: number(&it.member) },
            Act::Invite(it) => What::Invite { secret: it.secret.clone(), role: it.role },
            Act::Accept(it) => What::Accept { secret: it.secret.clone() },
            Act::Extend(it) => What::Extend { parent: group(&it.parent), role: it.role },
            Act::RevokeExtend(it) => What::RevokeExtend { parent: group(&it.parent) },
            _ => return None,
        })
    }
}

impl Act<Numbered> {
    /// The node whose app changes something word for word, the CoValue, and the change.
    pub(crate) fn written(&self) -> Option<(u32, u32, Change)> {
        if let Act::DeleteValue(it) = self {
            return Some((it.node, it.id, Change { what: What::DeleteValue, private: false }));
        }
        let Said { node, id, private, .. } = self.change()?;
        let what = self.what(|member| member.map(NodeId), |id| CoId(*id))?;
        Some((*node, *id, Change { what, private: private == Some(true) }))
    }

    /// The key of a map that it sets or deletes, and the value that it sets it to.
    #[expect(clippy::wildcard_enum_match_arm, reason = "two of many acts are about a key")]
    pub(crate) fn sets(&self) -> Option<(String, Option<serde_json::Value>)> {
        match self {
            Act::Set(it) => Some((it.key.clone(), Some(canonical(it.value.clone())))),
            Act::Delete(it) => Some((it.key.clone(), None)),
            _ => None,
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all of it is about the few acts that write word for word"
)]
impl Act {
    /// Something changes, and by someone whom there is.
    fn check_sense(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        match self {
            Act::Insert(it) => check_not_empty(it.values.is_empty(), "values", "an insertion of nothing", by),
            Act::Remove(it) => check_not_empty(it.count() == 0, "count", "a removal of nothing", by),
            Act::Splice(it) => {
                let is_empty = it.delete() == 0 && it.insert().is_empty();
                check_not_empty(is_empty, "index", "a splice that changes nothing", by);
            }
            Act::AddMember(it) if !it.role.is_known(by.names.dialect_of(&it.node)) => {
                unknown_role(it.role, &it.node, by);
            }
            Act::AddMember(it) if it.member != EVERYONE => drop(by.node(&it.member, "member")?),
            Act::AddMember(it) if matches!(it.role, MemberRole::Admin | MemberRole::Manager) => {
                let what = format!("everyone cannot be {}", it.role.one());
                let problem = Problem::new(by.at.key("role").value(), what);
                let plural = format!("name those who are to be {}s", it.role.name());
                let expected = match by.names.dialect_of(&it.node) {
                    Dialect::V0_7 => "`reader` or `writer`",
                    Dialect::V0_20 => "`reader`, `writer` or `writeOnly`",
                };
                by.report.add(problem.expected(expected).help(plural));
            }
            Act::RemoveMember(it) if it.member != EVERYONE => drop(by.node(&it.member, "member")?),
            Act::Set(it) if it.fww.is_some() => it.check_name(by)?,
            Act::Invite(it) => it.check_invite(by)?,
            Act::Accept(it) => check_ours(&it.node, "accept", by)?,
            Act::Extend(it) => check_parent(&it.node, (&it.id, &it.parent), it.role, by)?,
            Act::RevokeExtend(it) => check_parent(&it.node, (&it.id, &it.parent), None, by)?,
            _ => {}
        }
        Some(())
    }

    pub(super) fn check_change(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let Said { node, id, kind: wanted, private } = self.change()?;
        self.check_sense(by)?;
        check_written(&self.what(|_| None, |_| CoId(0))?, by.names.dialect_of(node), by);
        let node = by.node(node, "node");
        let co_value = by.names.co_value(id)?;
        let kind = by.names.kind(co_value);
        if let (Act::Set(set), Some(Kind::Group)) = (self, kind) {
            set.check_of_group(by)?;
            return node.map(drop);
        }
        match kind {
            None => by.report.add(without_kind(id, wanted, by.at.key("id").value())),
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
        node.map(drop)
    }

    pub(super) fn change_in_words(&self) -> String {
        let Some(Said { node, id, private, .. }) = self.change() else { return String::new() };
        let end = |index: u32| if index == u32::MAX { "the end".to_owned() } else { index.to_string() };
        let does = match self {
            Act::Set(SetKey { key, value, fww: None, .. }) => format!("sets {key} of {id} to {value}"),
            Act::Set(SetKey { key, value, fww: Some(name), .. }) => {
                format!("sets {key} of {id} to {value} (fww {name})")
            }
            Act::Delete(DeleteKey { key, .. }) => format!("deletes {key} of {id}"),
            Act::Insert(it) => {
                let values: Vec<String> = it.values.iter().map(ToString::to_string).collect();
                format!("inserts {} at {} of {id}", values.join(", "), end(it.index()))
            }
            Act::Remove(it) => match it.count() {
                1 => format!("removes item {} of {id}", it.index),
                count => format!("removes {count} items at {} of {id}", it.index),
            },
            Act::Push(PushItem { value, .. }) => format!("pushes {value} to {id}"),
            Act::Splice(it) => {
                let (index, insert) = (it.index, it.insert());
                match it.delete() {
                    0 => format!("types {insert:?} at {} of {id}", end(index)),
                    delete if insert.is_empty() => format!("deletes {delete} at {index} of {id}"),
                    delete => format!("types {insert:?} in place of {delete} at {index} of {id}"),
                }
            }
            Act::AddMember(AddMember { member, role, .. }) => {
                format!("makes {member} {} of {id}", role.one())
            }
            Act::Invite(Invite { role, secret, .. }) => {
                format!("makes the invite {secret} for {} of {id}", role.one())
            }
            Act::Accept(Accept { secret, .. }) => format!("accepts the invite {secret} to {id}"),
            Act::Extend(Extend { parent, role: None, .. }) => {
                format!("extends {id} to the members of {parent}")
            }
            Act::Extend(Extend { parent, role: Some(role), .. }) => {
                format!("extends {id} to the members of {parent}, each {}", role.one())
            }
            Act::RevokeExtend(RevokeExtend { parent, .. }) => {
                format!("stops extending {id} to the members of {parent}")
            }
            Act::RemoveMember(RemoveMember { member, .. }) => format!("removes {member} from {id}"),
            _ => return String::new(),
        };
        let private = if private == Some(true) { ", in private" } else { "" };
        format!("{node} {does}{private}")
    }
}

impl SetKey {
    /// Guests are asked for nothing that has a name of this kind.
    fn check_name(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.node(&self.node, "node")?;
        if !by.names.is_guest(node) {
            return Some(());
        }
        let problem = Problem::new(by.at.key("fww").name(), format!("`{}` is a guest", self.node));
        by.report.add(
            problem.expected("one of cosim's own nodes").help("leave it out, or let another node set it"),
        );
        None
    }

    /// Of a group an app sets what its rules leave to apps. Guests are not asked to.
    fn check_of_group(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.node(&self.node, "node")?;
        if by.names.is_guest(node) {
            let message = format!("`{}` is a guest, and sets no keys of groups", self.node);
            let problem = Problem::new(by.at.key("node").value(), message);
            by.report.add(problem.expected("one of cosim's own nodes").help("let another node set it"));
            return None;
        }
        if self.fww.is_some() {
            let message = format!("`{}` is a group, in which the last change of a key shows", self.id);
            let problem = Problem::new(by.at.key("fww").value(), message);
            by.report.add(problem.help("leave `fww` out, or name a map that a group owns"));
            return None;
        }
        if is_of_the_rules(&self.key) {
            let message = format!("{} of a group is not for apps to set", quoted(&self.key));
            let problem = Problem::new(by.at.key("key").value(), message);
            let problem = problem.expected("`root`, `profile`, or a key of the app's own");
            by.report.add(problem.help(usual(Kind::Group)));
            return None;
        }
        Some(())
    }
}

/// Guests have words of their own for it.
pub(super) fn check_ours(node: &str, op: &str, by: &mut Resolving<'_, '_>) -> Option<()> {
    let number = by.node(node, "node")?;
    if !by.names.is_guest(number) {
        return Some(());
    }
    let problem = Problem::new(by.at.key("node").value(), format!("`{node}` is a guest"));
    let help = match op {
        "branch" | "merge" => {
            format!("a guest names branches itself: `\"ask\": {{ …, \"op\": \"{op}\", … }}`")
        }
        _ => format!("a guest makes the secrets itself: `\"ask\": {{ …, \"op\": \"{op}\", … }}`"),
    };
    by.report.add(problem.expected("one of cosim's own nodes").help(help));
    None
}

impl Invite {
    fn check_invite(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        check_ours(&self.node, "invite", by)?;
        check_name(&self.secret, "a secret", by.at.key("secret").value(), by.report);
        if self.role.is_known(by.names.dialect_of(&self.node)) {
            return Some(());
        }
        unknown_role(self.role, &self.node, by);
        None
    }
}

/// A parent is another group, and hands down what members have who read.
fn check_parent(
    node: &str,
    (id, parent): (&str, &str),
    role: Option<MemberRole>,
    by: &mut Resolving<'_, '_>,
) -> Option<()> {
    let at = by.at.key("parent");
    let kind = by.names.co_value(parent).and_then(|parent| by.names.kind(parent));
    if id == parent {
        let problem = Problem::new(at.value(), format!("`{id}` becomes its own parent"));
        by.report.add(problem.expected("another group").help("name the group whose members it is to have"));
        return None;
    }
    if kind != Some(Kind::Group) {
        let problem = Problem::new(at.value(), format!("{} is no group", quoted(parent)));
        let help = group_help(parent, by.names);
        by.report.add(problem.expected("the name of a group").help(help));
        return None;
    }
    let Some(role) = role else { return Some(()) };
    if !role.is_known(by.names.dialect_of(node)) {
        unknown_role(role, node, by);
        return None;
    }
    if role != MemberRole::WriteOnly {
        return Some(());
    }
    let what = "the members of a parent cannot be `writeOnly`";
    let problem = Problem::new(by.at.key("role").value(), what).expected("`reader`, `writer` or `admin`");
    by.report.add(problem.help("make those who are to write only members themselves"));
    None
}

/// A node's app gives a role of which it knows nothing.
fn unknown_role(role: MemberRole, node: &str, by: &mut Resolving<'_, '_>) {
    let what = format!("nobody is `{}` by the rules of 0.7", role.name());
    let problem = Problem::new(by.at.key("role").value(), what).expected("`reader`, `writer` or `admin`");
    let help = by.names.how_to_be_new(node);
    by.report.add(problem.help(help));
}

fn check_not_empty(is_empty: bool, key: &str, message: &str, by: &mut Resolving<'_, '_>) {
    if is_empty {
        let problem = Problem::new(by.at.key(key).value(), message);
        by.report.add(problem.help("say what changes, or leave the entry out"));
    }
}

/// What is written is not too much, and can be read back.
fn check_written(what: &What, dialect: Dialect, by: &mut Resolving<'_, '_>) {
    let (field, values): (_, &[Value]) = match what {
        What::Set { value, .. } | What::Push { value } => ("value", slice::from_ref(value)),
        What::Insert { values, .. } => ("values", values),
        What::Splice { .. } => ("insert", &[]),
        What::Delete { .. } => ("key", &[]),
        What::Remove { .. }
        | What::AddMember { .. }
        | What::RemoveMember { .. }
        | What::Invite { .. }
        | What::Accept { .. }
        | What::Extend { .. }
        | What::RevokeExtend { .. }
        | What::Merge { .. }
        | What::DeleteValue => return,
    };
    let size = what.size();
    if size > MAX_TRANSACTION_BYTES as usize {
        let message = format!("{size} bytes in one change are too many");
        let problem = Problem::new(by.at.key(field).value(), message);
        by.report
            .add(problem.expected(format!("at most {MAX_TRANSACTION_BYTES}")).help("make several changes"));
        return;
    }
    // However little the list or text has in which they come.
    let least = match what {
        What::Set { key, value, .. } => edit::set(key, value),
        What::Push { value } => edit::push(value),
        What::Insert { values, .. } => edit::append(&CoList::default(), values),
        What::Splice { insert, .. } => edit::insert_text(&CoList::default(), 0, insert).unwrap_or_default(),
        What::Delete { key } => edit::delete(key),
        What::Remove { .. }
        | What::AddMember { .. }
        | What::RemoveMember { .. }
        | What::Invite { .. }
        | What::Accept { .. }
        | What::Extend { .. }
        | What::RevokeExtend { .. }
        | What::Merge { .. }
        | What::DeleteValue => Value::Null,
    };
    if let Err(TooLarge { bytes }) = edit::check_size(&least, dialect) {
        let message = format!("at least {bytes} bytes of changes in one transaction are too many");
        let problem = Problem::new(by.at.key(field).value(), message);
        by.report.add(problem.expected(format!("at most {CHANGES_BYTES_MAX}")).help("make several changes"));
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
        Kind::Group => "change a group with `add_member`, `remove_member`, `extend` and `revoke_extend`",
    }
}

/// Whether a value in a transaction is read as it was written.
fn is_readable(value: &Value) -> bool {
    // As deep in the transaction as any operation has it.
    let written = json!([{ "value": value }]);
    let read = serde_json::from_str::<Value>(&stable_stringify(&written));
    read.is_ok_and(|read| canonical(read) == canonical(written))
}
