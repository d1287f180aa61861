//! What a workload draws of the operations that only guests know. The mix says which verb, when and where; here is drawn
//! the rest of each, from a stream of its own. What goes on with something (who accepts needs an invite) goes on with what
//! was begun before in this workload; where nothing was, it begins it instead.

use super::act::EVERYONE;
use super::draw::pick;
use super::file::Ask;
use super::generated::Workload;
use super::{Act, Numbered, Operation, Scenario};
use crate::cojson::Kind;
use crate::host::NodeId;
use crate::stream::Stream;
use cosim_core::{CoId, Time};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An operation that only guests know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GuestVerb {
    /// An invite to a group.
    Invite,
    /// Another node accepts an invite.
    Accept,
    /// A group becomes a member of another one.
    Extend,
    /// It is none any more.
    RevokeExtend,
    /// A group gets a new key.
    Rotate,
    /// Somebody gets any role in a group.
    Role,
    /// A branch of a CoValue is made.
    Branch,
    /// Somebody loads a branch, or its maker writes to it.
    OnBranch,
    /// A branch is merged.
    Merge,
    /// A CoValue is deleted for good.
    DeleteValue,
    /// The app waits until a CoValue is synced.
    WaitForSync,
    /// A node turns its garbage collector on.
    CollectGarbage,
    /// The app keeps a reference to what it sees of a CoValue.
    Hold,
    /// It writes through such a reference.
    Through,
}

impl GuestVerb {
    /// All of them.
    pub const ALL: [GuestVerb; 14] = [
        GuestVerb::Invite,
        GuestVerb::Accept,
        GuestVerb::Extend,
        GuestVerb::RevokeExtend,
        GuestVerb::Rotate,
        GuestVerb::Role,
        GuestVerb::Branch,
        GuestVerb::OnBranch,
        GuestVerb::Merge,
        GuestVerb::DeleteValue,
        GuestVerb::WaitForSync,
        GuestVerb::CollectGarbage,
        GuestVerb::Hold,
        GuestVerb::Through,
    ];

    /// What a mix calls it.
    pub const fn name(self) -> &'static str {
        match self {
            GuestVerb::Invite => "invite",
            GuestVerb::Accept => "accept",
            GuestVerb::Extend => "extend",
            GuestVerb::RevokeExtend => "revoke_extend",
            GuestVerb::Rotate => "rotate",
            GuestVerb::Role => "role",
            GuestVerb::Branch => "branch",
            GuestVerb::OnBranch => "on_branch",
            GuestVerb::Merge => "merge",
            GuestVerb::DeleteValue => "delete_value",
            GuestVerb::WaitForSync => "wait_for_sync",
            GuestVerb::CollectGarbage => "collect_garbage",
            GuestVerb::Hold => "hold",
            GuestVerb::Through => "through",
        }
    }

    /// How many groups and how many other CoValues there must be for it.
    pub(super) const fn needs(self) -> [usize; 2] {
        match self {
            GuestVerb::Invite | GuestVerb::Accept | GuestVerb::Rotate | GuestVerb::Role => [1, 0],
            GuestVerb::Extend | GuestVerb::RevokeExtend => [2, 0],
            GuestVerb::Branch
            | GuestVerb::OnBranch
            | GuestVerb::Merge
            | GuestVerb::DeleteValue
            | GuestVerb::Hold
            | GuestVerb::Through => [0, 1],
            GuestVerb::WaitForSync | GuestVerb::CollectGarbage => [0, 0],
        }
    }
}

/// A verb that a workload has drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    /// What the operation is called.
    pub(super) name: String,
    pub(super) at: Time,
    pub(super) verb: GuestVerb,
    pub(super) node: u32,
    pub(super) id: u32,
}

/// The operations that these verbs stand for, in order of time.
pub(super) fn asks(
    seed: u64,
    workload: &Workload,
    scenario: &Scenario,
    mut drawn: Vec<Drawn>,
) -> Vec<Operation> {
    // Stable: at one moment, they happen in the order in which they were drawn.
    drawn.sort_by_key(|drawn| drawn.at);
    let is_group = |id: &u32| scenario.directory.kind(CoId(*id)) == Some(Kind::Group);
    let (groups, values) = workload.co_values.iter().copied().partition(is_group);
    let mut drawing = Drawing { scenario, nodes: &workload.nodes, groups, values, begun: Begun::default() };
    let operations = drawn.into_iter().map(|drawn| {
        let mut stream = Stream::new(seed, "workload", &drawn.name);
        let ask = drawing.ask(&drawn, &mut stream);
        Operation { name: drawn.name, at: drawn.at, act: Act::Ask(ask) }
    });
    operations.collect()
}

struct Drawing<'a> {
    scenario: &'a Scenario,
    nodes: &'a [u32],
    groups: Vec<u32>,
    values: Vec<u32>,
    begun: Begun,
}

/// What the operations so far have begun.
#[derive(Default)]
struct Begun {
    /// Invites: by which operation, by whom, to which group.
    invites: Vec<(String, u32, u32)>,
    /// Groups that are members of others: which, and of which.
    extended: Vec<[u32; 2]>,
    /// Branches: by which operation, by whom, of what.
    branches: Vec<(String, u32, u32)>,
    /// References: by whom, to what, and what they are called.
    held: Vec<(u32, u32, String)>,
}

/// The roles that the package knows.
const ROLES: [&str; 5] = ["reader", "writer", "admin", "manager", "writeOnly"];

/// In which role the members of one group are members of another: as what they are, or in one of these.
const ROLES_OF_MEMBERS: [Option<&str>; 5] = [None, None, Some("reader"), Some("writer"), Some("admin")];

/// So few names that several nodes make a branch of the same.
const BRANCHES: [&str; 2] = ["draft", "idea"];

/// How long an app waits until something is synced, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

impl Drawing<'_> {
    fn ask(&mut self, drawn: &Drawn, stream: &mut Stream) -> Ask<Numbered> {
        let Drawn { verb, node, id, ref name, .. } = *drawn;
        match verb {
            GuestVerb::Invite => self.invite(name, node, stream),
            GuestVerb::Accept => self.accept(name, node, stream),
            GuestVerb::Extend => self.extend(node, stream),
            GuestVerb::RevokeExtend => self.revoke_extend(node, stream),
            GuestVerb::Rotate => ask(node, pick(stream, &self.groups), "rotate", json!({})),
            GuestVerb::Role => self.role(node, stream),
            GuestVerb::Branch => self.branch(name, node, stream),
            GuestVerb::OnBranch => self.on_branch(name, node, stream),
            GuestVerb::Merge => self.merge(name, node, stream),
            GuestVerb::DeleteValue => ask(node, pick(stream, &self.values), "delete_value", json!({})),
            GuestVerb::WaitForSync => ask(node, id, "wait_for_sync", json!({ "timeout": PATIENCE_MS })),
            GuestVerb::CollectGarbage => ask(node, id, "collect_garbage", json!({})),
            GuestVerb::Hold => self.hold(name, node, stream),
            GuestVerb::Through => self.through(name, node, stream),
        }
    }

    fn invite(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let group = pick(stream, &self.groups);
        let role = pick(stream, &ROLES);
        self.begun.invites.push((name.to_owned(), node, group));
        ask(node, group, "invite", json!({ "role": role }))
    }

    /// Whoever has made an invite does not accept it, where there is anybody else.
    fn accept(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let Some((invite, by, group)) = picked(stream, &self.begun.invites) else {
            return self.invite(name, node, stream);
        };
        let others: Vec<u32> = self.nodes.iter().copied().filter(|other| *other != by).collect();
        let node = picked(stream, &others).unwrap_or(node);
        given(ask(node, group, "accept", json!({})), "secret", invite)
    }

    fn extend(&mut self, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let group = pick(stream, &self.groups);
        let parents: Vec<u32> = self.groups.iter().copied().filter(|other| *other != group).collect();
        let parent = picked(stream, &parents).unwrap_or(group);
        self.begun.extended.push([group, parent]);
        let mut with = json!({ "parent": self.called(parent) });
        if let Some(role) = pick(stream, &ROLES_OF_MEMBERS) {
            with["role"] = role.into();
        }
        ask(node, group, "extend", with)
    }

    fn revoke_extend(&mut self, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let Some([group, parent]) = picked(stream, &self.begun.extended) else {
            return self.extend(node, stream);
        };
        ask(node, group, "revoke_extend", json!({ "parent": self.called(parent) }))
    }

    /// Who founded a group is the last who could put anything right in it, and stays.
    fn role(&self, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let group = pick(stream, &self.groups);
        let founder = self.scenario.directory.co_value(CoId(group)).and_then(|known| known.spec.admin);
        let others: Vec<u32> =
            self.nodes.iter().copied().filter(|other| Some(NodeId(*other)) != founder).collect();
        let member = picked(stream, &others).map_or_else(
            || EVERYONE.to_owned(),
            |member| format!("@{}", self.scenario.nodes[member as usize].name),
        );
        ask(node, group, "add_member", json!({ "member": member, "role": pick(stream, &ROLES) }))
    }

    fn branch(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let id = pick(stream, &self.values);
        self.begun.branches.push((name.to_owned(), node, id));
        ask(node, id, "branch", json!({ "name": pick(stream, &BRANCHES) }))
    }

    fn on_branch(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let Some((branch, by, id)) = picked(stream, &self.begun.branches) else {
            return self.branch(name, node, stream);
        };
        let loads = stream.below(4) == 0;
        let asked = if loads { ask(node, id, "load", json!({})) } else { self.write(by, id, name, stream) };
        given(asked, "subject", branch)
    }

    /// By whoever made it, or now and then by anybody.
    fn merge(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let Some((branch, by, id)) = picked(stream, &self.begun.branches) else {
            return self.branch(name, node, stream);
        };
        let by = if stream.below(4) == 0 { node } else { by };
        given(ask(by, id, "merge", json!({})), "subject", branch)
    }

    fn hold(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let id = pick(stream, &self.values);
        self.begun.held.push((node, id, name.to_owned()));
        ask(node, id, "hold", json!({ "as": name }))
    }

    fn through(&mut self, name: &str, node: u32, stream: &mut Stream) -> Ask<Numbered> {
        let Some((node, id, held)) = picked(stream, &self.begun.held) else {
            return self.hold(name, node, stream);
        };
        let mut asked = self.write(node, id, name, stream);
        asked.with.insert("through".to_owned(), held.into());
        asked
    }

    /// A write that fits the kind of the CoValue.
    fn write(&self, node: u32, id: u32, name: &str, stream: &mut Stream) -> Ask<Numbered> {
        let known = self.scenario.directory.co_value(CoId(id)).map(|known| &known.spec);
        let place = stream.below(8);
        let (op, with) = match known.and_then(|known| known.kind) {
            Some(Kind::List) => ("insert", json!({ "index": place, "values": [name] })),
            Some(Kind::Text) => ("splice", json!({ "index": place, "delete": 0, "insert": name })),
            Some(Kind::Stream) => ("push", json!({ "value": name })),
            Some(Kind::Map | Kind::Group) | None => {
                ("set", json!({ "key": format!("k{place}"), "value": name }))
            }
        };
        let mut asked = ask(node, id, op, with);
        asked.with.insert("private".to_owned(), known.is_some_and(|known| known.private).into());
        asked
    }

    /// How an operation says which CoValue is meant.
    fn called(&self, id: u32) -> String {
        format!("@{}", self.scenario.co_values[id as usize])
    }
}

fn ask(node: u32, id: u32, op: &str, with: Value) -> Ask<Numbered> {
    let with = if let Value::Object(with) = with { with } else { Map::new() };
    Ask { node, id, op: op.to_owned(), with, given: BTreeMap::new() }
}

/// The same, told what an operation has made.
fn given(ask: Ask<Numbered>, member: &str, operation: String) -> Ask<Numbered> {
    Ask { given: [(member.to_owned(), operation)].into(), ..ask }
}

/// An entry of a list, where it has any.
fn picked<T: Clone>(stream: &mut Stream, list: &[T]) -> Option<T> {
    if list.is_empty() { None } else { list.get(stream.index(list.len())).cloned() }
}
