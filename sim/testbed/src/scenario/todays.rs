//! What a workload draws, for our own nodes and by the rules of 0.20, of what is more than to write, to load and to be done:
//! invites, groups that are extended, branches, and what is deleted for good. The mix says which, when and where; here is
//! drawn the rest of each, from a stream of its own. What goes on with something goes on with what was begun before in this
//! workload; where nothing was, it begins it instead.

use super::act::{Accept, Extend, Invite, RevokeExtend, Subject};
use super::asks::{Drawn, GuestVerb};
use super::draw::pick;
use super::generated::Workload;
use super::{Act, Numbered, Operation, Scenario};
use crate::cojson::{Kind, MemberRole};
use crate::host::NodeId;
use crate::stream::Stream;
use cosim_core::CoId;
use cosim_core::view::Dialect;

/// The invites that a workload makes to a group: what the secret of each is called, and its role.
pub(super) const INVITES: [(&str, MemberRole); 5] = [
    ("drawn-reader", MemberRole::Reader),
    ("drawn-writer", MemberRole::Writer),
    ("drawn-admin", MemberRole::Admin),
    ("drawn-manager", MemberRole::Manager),
    ("drawn-writeOnly", MemberRole::WriteOnly),
];

/// As what the members of one group count in another: as what they are, or as one of these.
const ROLES_OF_MEMBERS: [Option<MemberRole>; 5] =
    [None, None, Some(MemberRole::Reader), Some(MemberRole::Writer), Some(MemberRole::Admin)];

impl GuestVerb {
    /// Whether our own nodes know it, by the rules of 0.20.
    pub(super) const fn is_of_all(self) -> bool {
        match self {
            GuestVerb::Invite
            | GuestVerb::Accept
            | GuestVerb::Extend
            | GuestVerb::RevokeExtend
            | GuestVerb::Branch
            | GuestVerb::Merge
            | GuestVerb::DeleteValue => true,
            GuestVerb::Rotate
            | GuestVerb::Role
            | GuestVerb::OnBranch
            | GuestVerb::WaitForSync
            | GuestVerb::CollectGarbage
            | GuestVerb::Hold
            | GuestVerb::Through => false,
        }
    }
}

/// The operations that these verbs stand for, in order of time.
pub(super) fn acts(
    seed: u64,
    workload: &Workload,
    scenario: &Scenario,
    mut drawn: Vec<Drawn>,
) -> Vec<Operation> {
    // Stable: at one moment, they happen in the order in which they were drawn.
    drawn.sort_by_key(|drawn| drawn.at);
    let of = |id: &u32| scenario.directory.co_value(CoId(*id)).map(|known| &known.spec);
    let all = || workload.co_values.iter().copied();
    let is_group = |id: &u32| of(id).is_some_and(|spec| spec.kind == Some(Kind::Group));
    let is_branch = |id: &u32| of(id).is_some_and(|spec| spec.branch_of.is_some());
    let is_new = |node: &u32| scenario.directory.dialect_of(NodeId(*node)) == Dialect::V0_20;
    let mut drawing = Drawing {
        nodes: &workload.nodes,
        new: workload.nodes.iter().copied().filter(is_new).collect(),
        groups: all().filter(is_group).collect(),
        owned: all().filter(|id| of(id).is_some_and(|spec| spec.owner.is_some())).collect(),
        branches: all().filter(is_branch).collect(),
        invites: Vec::new(),
        extended: Vec::new(),
    };
    let operations = drawn.into_iter().map(|Drawn { name, at, verb, node, .. }| {
        let mut stream = Stream::new(seed, "workload", &name);
        let act = drawing.act(verb, node, &mut stream);
        Operation { name, at, act }
    });
    operations.collect()
}

struct Drawing<'a> {
    nodes: &'a [u32],
    /// Those whose apps go by the rules of 0.20.
    new: Vec<u32>,
    groups: Vec<u32>,
    owned: Vec<u32>,
    branches: Vec<u32>,
    /// The invites so far: by whom, to which group, and which.
    invites: Vec<(u32, u32, &'static str)>,
    /// The groups that were extended so far, each with the other.
    extended: Vec<[u32; 2]>,
}

impl Drawing<'_> {
    fn act(&mut self, verb: GuestVerb, node: u32, stream: &mut Stream) -> Act<Numbered> {
        // What an older app does not know, another does in its stead.
        let is_new = self.new.is_empty() || self.new.contains(&node);
        let node = if is_new { node } else { pick(stream, &self.new) };
        match verb {
            GuestVerb::Invite => self.invite(node, stream),
            GuestVerb::Accept => self.accept(node, stream),
            GuestVerb::Extend => self.extend(node, stream),
            GuestVerb::RevokeExtend => self.revoke_extend(node, stream),
            GuestVerb::Branch => Act::Branch(Subject { node, id: pick(stream, &self.branches) }),
            GuestVerb::Merge => Act::Merge(Subject { node, id: pick(stream, &self.branches) }),
            GuestVerb::DeleteValue
            | GuestVerb::Rotate
            | GuestVerb::Role
            | GuestVerb::OnBranch
            | GuestVerb::WaitForSync
            | GuestVerb::CollectGarbage
            | GuestVerb::Hold
            | GuestVerb::Through => Act::DeleteValue(Subject { node, id: pick(stream, &self.owned) }),
        }
    }

    fn invite(&mut self, node: u32, stream: &mut Stream) -> Act<Numbered> {
        let (id, (secret, role)) = (pick(stream, &self.groups), pick(stream, &INVITES));
        self.invites.push((node, id, secret));
        Act::Invite(Invite { node, id, role, secret: secret.to_owned() })
    }

    /// Whoever has made an invite does not accept it, where there is anybody else.
    fn accept(&mut self, node: u32, stream: &mut Stream) -> Act<Numbered> {
        if self.invites.is_empty() {
            return self.invite(node, stream);
        }
        let (by, id, secret) = pick(stream, &self.invites);
        let others: Vec<u32> = self.nodes.iter().copied().filter(|other| *other != by).collect();
        let node = if others.is_empty() { node } else { pick(stream, &others) };
        Act::Accept(Accept { node, id, secret: secret.to_owned() })
    }

    fn extend(&mut self, node: u32, stream: &mut Stream) -> Act<Numbered> {
        let id = pick(stream, &self.groups);
        let parents: Vec<u32> = self.groups.iter().copied().filter(|other| *other != id).collect();
        let parent = if parents.is_empty() { id } else { pick(stream, &parents) };
        self.extended.push([id, parent]);
        Act::Extend(Extend { node, id, parent, role: pick(stream, &ROLES_OF_MEMBERS) })
    }

    fn revoke_extend(&mut self, node: u32, stream: &mut Stream) -> Act<Numbered> {
        if self.extended.is_empty() {
            return self.extend(node, stream);
        }
        let [id, parent] = pick(stream, &self.extended);
        Act::RevokeExtend(RevokeExtend { node, id, parent })
    }
}
