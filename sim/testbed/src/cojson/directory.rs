//! What a run knows of its nodes and CoValues before anything happens: ids, headers, keys and what depends on what. It is
//! a function of the scenario alone, so every node and every oracle may look at it.

mod given;

pub use given::{CoValueSpec, NodeSpec};

use super::kind::Kind;
use super::provider::Crypto as Provider;
use super::session::{accepted, accepting, session};
use super::{is_deletion, session_parts};
use crate::host::NodeId;
use cosim_core::real::{self, AgentSecret, Owner, Verifier};
use cosim_core::view::{self, Dialect, KeyRing};
use cosim_core::{CoId, SessionId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many sessions of a node are tried to find one by its name: it begins one whenever it has lost its disk.
const SESSIONS_MAX: u32 = 64;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    provider: Provider,
    dialect: Dialect,
    nodes: Vec<Node>,
    co_values: Vec<CoValue>,
    /// Whether any of them shows anything.
    has_views: bool,
    by_id: BTreeMap<String, CoId>,
    invites: Vec<Invite>,
    /// The branches, each with its source.
    branches: Vec<(CoId, CoId)>,
}

/// An invite: an agent made for the purpose, of which everybody knows who is told its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The group.
    pub group: CoId,
    /// What its secret is called.
    pub secret: String,
    /// What it is called as a member.
    pub label: String,
    /// The agent.
    pub agent: Agent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    spec: NodeSpec,
    agent: Option<Agent>,
}

/// Who a node's app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its secrets.
    pub secret: AgentSecret,
    /// Its id: `sealer_z…/signer_z…`.
    pub id: real::AgentId,
    /// What it is called as a member and an author: that as text, or the id of its account.
    pub name: String,
    /// Checks its signatures.
    pub verifier: Verifier,
}

/// What is known of a CoValue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoValue {
    /// What was given.
    pub spec: CoValueSpec,
    /// CoJSON's id: `co_z…`. Empty where nothing needs it.
    pub id: String,
    /// CoJSON's header. `None` where nothing needs it.
    pub header: Option<Arc<real::Header>>,
}

impl CoValue {
    /// Whether only sizes matter of what is written to it.
    pub fn is_opaque(&self) -> bool {
        self.spec.kind.is_none()
    }
}

impl Directory {
    /// Works out ids, headers and keys, as far as anything needs them. A CoValue's owner comes with a lower or higher
    /// number, but owners never form a circle.
    pub fn new(provider: Provider, nodes: Vec<NodeSpec>, co_values: Vec<CoValueSpec>) -> Directory {
        let has_views = co_values.iter().any(|spec| spec.kind.is_some());
        let needs_agents = provider == Provider::Real || has_views;
        let nodes: Vec<Node> = nodes
            .into_iter()
            .map(|spec| Node { agent: needs_agents.then(|| Agent::of(&spec)).flatten(), spec })
            .collect();
        let mut directory = Directory { provider, nodes, has_views, ..Directory::default() };
        let branches = (0..).map(CoId).zip(&co_values);
        directory.branches = branches.filter_map(|(id, spec)| Some((id, spec.branch_of?))).collect();
        directory.co_values =
            co_values.into_iter().map(|spec| CoValue { spec, id: String::new(), header: None }).collect();
        for at in 0..directory.co_values.len() {
            directory.work_out(at);
        }
        if needs_agents {
            let specs = (0..).map(CoId).zip(&directory.co_values);
            directory.invites = specs.flat_map(|(id, co_value)| invites(id, &co_value.spec)).collect();
        }
        directory
    }

    /// The same with another provider.
    pub fn with_provider(&self, provider: Provider) -> Directory {
        let nodes = self.nodes.iter().map(|node| node.spec.clone()).collect();
        let co_values = self.co_values.iter().map(|co_value| co_value.spec.clone()).collect();
        Directory::new(provider, nodes, co_values).with_dialect(self.dialect)
    }

    /// The same by other rules.
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Directory {
        Directory { dialect, ..self }
    }

    /// By whose rules views are made, where nothing else is said of a node.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// By whose rules a node's app reads and writes.
    pub fn dialect_of(&self, node: NodeId) -> Dialect {
        self.nodes.get(node.index()).and_then(|known| known.spec.dialect).unwrap_or(self.dialect)
    }

    /// Works out the header of a CoValue, those of its owner and its source first.
    fn work_out(&mut self, at: usize) {
        let mut path = vec![at];
        while let Some(at) = path.pop() {
            let co_value = &self.co_values[at];
            if co_value.header.is_some() || (co_value.is_opaque() && self.provider == Provider::Fast) {
                continue;
            }
            let named = [co_value.spec.owner, co_value.spec.branch_of].into_iter().flatten();
            let missing = named.map(|id| id.0 as usize).find(|id| self.co_values[*id].header.is_none());
            if let Some(missing) = missing {
                path.extend([at, missing]);
                continue;
            }
            let header = self.header_of(&self.co_values[at].spec);
            let id = header.id();
            self.by_id.insert(id.clone(), CoId(at as u32));
            self.co_values[at].header = Some(Arc::new(header));
            self.co_values[at].id = id;
        }
    }

    fn header_of(&self, spec: &CoValueSpec) -> real::Header {
        if let Some(Value::Object(members)) = &spec.header {
            return real::Header::new(members.clone());
        }
        let is_account = |node: &&Node| {
            let account = node.spec.account.and_then(|account| self.co_value(account));
            node.spec.writes_as_account && account.is_some_and(|account| account.spec.name == spec.name)
        };
        if let Some(agent) = self.nodes.iter().find(is_account).and_then(|node| node.agent.as_ref()) {
            return real::Header::account(&agent.id);
        }
        if let Some(branch) = self.branch_header(spec) {
            return branch;
        }
        let owner = spec.owner.and_then(|owner| self.co_values.get(owner.0 as usize));
        let admin = spec.admin.and_then(|admin| self.agent_of(admin));
        let mut ruleset = match (owner, admin) {
            (Some(owner), _) => json!({ "type": "ownedByGroup", "group": owner.id }),
            (None, Some(admin)) => json!({ "type": "group", "initialAdmin": admin.name }),
            (None, None) => json!({ "type": "unsafeAllowAll" }),
        };
        if spec.restrict_deletion {
            ruleset["restrictDeletion"] = true.into();
        }
        let unique = derived::<12>("uniqueness", &spec.name, 0);
        let header = json!({
            "type": spec.kind.map_or("comap", Kind::header_type),
            "ruleset": ruleset,
            "meta": spec.display_name.as_ref().map(|name| json!({ "name": name })),
            "createdAt": "2025-01-01T00:00:00.000Z",
            "uniqueness": real::to_base58("z", &unique),
        });
        let Value::Object(members) = header else { unreachable!("it is written as an object") };
        real::Header::new(members)
    }

    /// The header of a branch, which goes by its name in the scenario.
    fn branch_header(&self, spec: &CoValueSpec) -> Option<real::Header> {
        let source = self.co_value(spec.branch_of?)?;
        let owner = spec.owner.and_then(|owner| self.co_value(owner)).map(|owner| owner.id.as_str());
        let header = source.header.as_ref()?.as_json();
        let of = view::CoValue { id: &source.id, header, sessions: BTreeMap::new() };
        view::edit::branch::header(&of, &spec.name, owner)
    }

    /// How nodes hash and sign.
    pub const fn provider(&self) -> Provider {
        self.provider
    }

    /// What is known of a CoValue; `None` for one that the scenario does not name.
    pub fn co_value(&self, id: CoId) -> Option<&CoValue> {
        self.co_values.get(id.0 as usize)
    }

    /// What a CoValue is, where that is known.
    pub fn kind(&self, id: CoId) -> Option<Kind> {
        self.co_value(id)?.spec.kind
    }

    /// The group with whose key what is private of a CoValue is encrypted: its owner, or itself where it is a group.
    pub fn key_group(&self, id: CoId) -> Option<CoId> {
        let spec = &self.co_value(id)?.spec;
        spec.owner.or_else(|| (spec.kind == Some(Kind::Group)).then_some(id))
    }

    /// How many CoValues the scenario names.
    pub fn len(&self) -> usize {
        self.co_values.len()
    }

    /// Whether it names none.
    pub fn is_empty(&self) -> bool {
        self.co_values.is_empty()
    }

    /// The CoValue that the scenario calls so.
    pub fn named(&self, name: &str) -> Option<CoId> {
        (0..).map(CoId).zip(&self.co_values).find(|(_, it)| it.spec.name == name).map(|(id, _)| id)
    }

    /// Whether any CoValue shows anything.
    pub fn has_views(&self) -> bool {
        self.has_views
    }

    /// The CoValues that show something.
    pub fn views(&self) -> impl Iterator<Item = CoId> + '_ {
        (0..).map(CoId).zip(&self.co_values).filter(|(_, co_value)| !co_value.is_opaque()).map(|(id, _)| id)
    }

    /// The CoValues that a group owns.
    pub fn owned_by(&self, group: CoId) -> impl Iterator<Item = CoId> + '_ {
        let all = (0..).map(CoId).zip(&self.co_values);
        all.filter(move |(_, co_value)| co_value.spec.owner == Some(group)).map(|(id, _)| id)
    }

    /// The branches of these CoValues, and the branches of those.
    pub fn branches_of<'a>(&'a self, sources: impl IntoIterator<Item = &'a CoId>) -> BTreeSet<CoId> {
        let mut met = BTreeSet::new();
        if self.branches.is_empty() {
            return met;
        }
        let mut todo: Vec<CoId> = sources.into_iter().copied().collect();
        while let Some(next) = todo.pop() {
            let branches = self.branches.iter().filter(|(_, source)| *source == next);
            todo.extend(branches.map(|(branch, _)| *branch).filter(|branch| met.insert(*branch)));
        }
        met
    }

    /// The session that CoJSON calls so, of one of our own nodes and of the first that it has begun.
    pub fn session_called(&self, name: &str) -> Option<SessionId> {
        let author = name.rsplit_once("_session_")?.0;
        let of_author = self.agents().filter(|(_, agent)| agent.name == author).map(|(node, _)| node);
        let sessions = of_author.flat_map(|node| (0..SESSIONS_MAX).map(move |begun| session(node, begun)));
        sessions.into_iter().find(|session| self.session(*session) == name)
    }

    /// The CoValue with CoJSON's id.
    pub fn find(&self, id: &str) -> Option<CoId> {
        self.by_id.get(id).copied()
    }

    /// What the header of a CoValue depends on.
    pub fn depends_on(&self, id: CoId) -> &[CoId] {
        self.co_value(id).map_or(&[], |co_value| &co_value.spec.depends_on)
    }

    /// Whether anything may depend on a CoValue.
    pub fn is_needed(&self, id: CoId) -> bool {
        self.co_value(id).is_some_and(|co_value| co_value.spec.is_parent)
            || self.accounts().any(|account| account == id)
            || self.co_values.iter().any(|co_value| co_value.spec.depends_on.contains(&id))
    }

    /// Whether anything depends on anything.
    pub fn has_dependencies(&self) -> bool {
        self.accounts().next().is_some()
            || self.co_values.iter().any(|CoValue { spec, .. }| spec.is_parent || !spec.depends_on.is_empty())
    }

    /// The account of a node's app.
    pub fn account(&self, node: NodeId) -> Option<CoId> {
        self.nodes.get(node.index())?.spec.account
    }

    /// What a node is called.
    pub fn name(&self, node: NodeId) -> &str {
        self.nodes.get(node.index()).map_or("", |known| &known.spec.name)
    }

    /// The accounts that there are.
    fn accounts(&self) -> impl Iterator<Item = CoId> + '_ {
        self.nodes.iter().filter_map(|node| node.spec.account)
    }

    /// Who a node's app is; `None` where nothing needs it.
    pub fn agent_of(&self, node: NodeId) -> Option<&Agent> {
        self.nodes.get(node.index())?.agent.as_ref()
    }

    /// Who writes in a session.
    pub fn agent(&self, session: SessionId) -> Option<&Agent> {
        if let Some(invite) = self.invite_of(session) {
            return Some(&invite.agent);
        }
        self.agent_of(session_parts(session).0)
    }

    /// Whether the apps of two nodes are devices of one agent.
    pub fn are_one_agent(&self, a: NodeId, b: NodeId) -> bool {
        let seed = |node: NodeId| self.nodes.get(node.index()).and_then(|known| known.spec.seed);
        a == b || seed(a).is_some_and(|of_a| seed(b) == Some(of_a))
    }

    /// All invites.
    pub fn invites(&self) -> &[Invite] {
        &self.invites
    }

    /// The invite to a group with this secret, and its place among all.
    pub fn invite(&self, group: CoId, secret: &str) -> Option<(u32, &Invite)> {
        (0..).zip(&self.invites).find(|(_, invite)| invite.group == group && invite.secret == secret)
    }

    /// The session in which a node's app accepts an invite after it has lost its storage `incarnation` times.
    pub fn accepting(
        &self,
        node: NodeId,
        incarnation: u32,
        (group, secret): (CoId, &str),
    ) -> Option<SessionId> {
        let (place, _) = self.invite(group, secret)?;
        let all = u32::try_from(self.invites.len()).ok()?;
        Some(accepting(node, incarnation.saturating_mul(all).saturating_add(place)))
    }

    /// The invite by which a session of one of our nodes was begun.
    fn invite_of(&self, session: SessionId) -> Option<&Invite> {
        let (node, number) = accepted(session)?;
        let is_guest = self.nodes.get(node.index()).is_none_or(|known| known.spec.is_guest);
        let place = (number as usize).checked_rem(self.invites.len())?;
        self.invites.get(place).filter(|_| !is_guest)
    }

    /// The nodes with the ids of their agents.
    pub fn agents(&self) -> impl Iterator<Item = (NodeId, &Agent)> + '_ {
        (0..).map(NodeId).zip(&self.nodes).filter_map(|(node, known)| Some((node, known.agent.as_ref()?)))
    }

    /// The seed of the keys of a node's app; `None` where nothing needs it.
    pub fn secret_seed(&self, node: NodeId) -> Option<[u8; 32]> {
        let known = self.nodes.get(node.index())?;
        known.agent.is_some().then(|| known.spec.secret_seed())
    }

    /// The keys of a node's app.
    pub fn keys(&self, node: NodeId) -> KeyRing {
        self.agent_of(node).map_or_else(KeyRing::empty, |agent| {
            let secret = agent.secret.clone();
            if agent.name.starts_with("co_") {
                KeyRing::of_account(&agent.name, secret)
            } else {
                KeyRing::of_agent(secret)
            }
        })
    }

    /// CoJSON's name of a session; empty where nothing needs it.
    pub fn session(&self, session: SessionId) -> String {
        let (node, incarnation) = session_parts(session);
        let Some(Node { spec, agent: Some(agent) }) = self.nodes.get(node.index()) else {
            return String::new();
        };
        if let Some(invite) = self.invite_of(session) {
            return invite.agent.owner().session(&derived("invited", &spec.name, incarnation));
        }
        match &spec.session {
            Some(first) if incarnation == 0 => first.clone(),
            _ if is_deletion(session) => {
                agent.owner().delete_session(&derived("deletion", &spec.name, incarnation))
            }
            _ => agent.owner().session(&derived("session", &spec.name, incarnation)),
        }
    }
}

impl Agent {
    /// As whose its app's sessions are named.
    fn owner(&self) -> Owner<'_> {
        Owner::of_name(&self.name).unwrap_or(Owner::Agent(&self.name))
    }

    /// `None` where the seed makes no key that can be used, which no seed does.
    fn of(spec: &NodeSpec) -> Option<Agent> {
        Agent::with(spec.secret(), spec.agent_name())
    }

    fn with(secret: AgentSecret, name: String) -> Option<Agent> {
        let id = secret.id();
        let verifier = Verifier::new(&id.signer).ok()?;
        Some(Agent { secret, name, id, verifier })
    }
}

/// The invites to a group.
fn invites(group: CoId, spec: &CoValueSpec) -> impl Iterator<Item = Invite> + '_ {
    spec.invites.iter().filter_map(move |secret| {
        let name = format!("{}/{secret}", spec.name);
        let made = AgentSecret::from_seed(&derived("invite", &name, 0));
        let id = made.id().to_string();
        let (secret, label) = (secret.clone(), format!("{secret} (invite)"));
        Some(Invite { group, secret, label, agent: Agent::with(made, id)? })
    })
}

/// Bytes that nobody else has: of a purpose, a name and a number.
pub(super) fn derived<const N: usize>(purpose: &str, name: &str, number: u32) -> [u8; N] {
    let mut bytes = [0; N];
    let text = format!("cosim {purpose} {number} {name}");
    blake3::Hasher::new().update(text.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
