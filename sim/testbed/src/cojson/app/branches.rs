//! What the app writes of branches, and what it writes beside what it is asked for.
//!
//! A branch is made of what the app sees of its source. To merge it is to write again what was written in it, in the
//! source, as far as that was not done yet as the app sees it.

use super::{App, Drafts, Refusal, Target};
use crate::clock::WallTime;
use crate::cojson::{Command, Edit, SimCrypto, Transaction, Writes};
use cosim_core::view::Role;
use cosim_core::view::edit::branch;
use cosim_core::{CoId, Node, SessionId, UpdateError};
use serde_json::{Value, json};

/// What an app is asked for that writes: to which CoValue, by which operation, and whether in private.
struct Asked {
    id: CoId,
    operation: u32,
    private: bool,
    /// The source of the branch that it makes.
    source: Option<CoId>,
}

impl App {
    /// What the app writes to other CoValues before it does what it is asked for: to the group with whose key something is
    /// encrypted then, and to what it makes a branch of, that there is one.
    pub(in crate::cojson) fn beside(
        &self,
        node: &Node<SimCrypto>,
        session: SessionId,
        command: &Command,
        wall: WallTime,
    ) -> Vec<(CoId, Vec<Transaction>)> {
        let Some(Asked { id, operation, private, source }) = self.asked(command) else { return Vec::new() };
        let owner = |id| self.directory.co_value(id).and_then(|known| known.spec.owner);
        let name = self.directory.session(session);
        let target = |id| {
            let after = node.next_index(id, session);
            Target { id, session: (session, &*name), after, operation, wall, node }
        };
        let own = owner(id).filter(|_| private);
        let of_source = source.and_then(owner).filter(|owner| Some(*owner) != own);
        let owners = [own, of_source].into_iter().flatten();
        let mut beside: Vec<_> = owners.filter_map(|owner| self.mend(&target(owner))).collect();
        beside.extend(source.and_then(|source| Some((source, self.pointer(&target(source), id)?))));
        beside
    }

    fn asked(&self, command: &Command) -> Option<Asked> {
        let (id, operation) = match command {
            Command::Edit(Edit { id, operation, .. }) | Command::Create { id, operation } => {
                (*id, *operation)
            }
            Command::Load { .. } | Command::Done { .. } | Command::Ask(_) | Command::Attack(_) => {
                return None;
            }
        };
        let spec = &self.directory.co_value(id)?.spec;
        let source = spec.branch_of.filter(|_| matches!(command, Command::Create { .. }));
        let private = if let Command::Edit(Edit { writes, .. }) = command {
            if let Writes::Change(change) = writes { change.private } else { spec.private }
        } else {
            source.is_some()
        };
        Some(Asked { id, operation, private, source })
    }

    /// What makes a branch of what the app sees of its source.
    pub(super) fn start(&self, target: &Target<'_>, source: CoId) -> Result<Drafts, Refusal> {
        let held = self.held(target.node.state());
        if held.get(target.id).is_some() {
            return Err(Refusal::Node(UpdateError::CoValueAlreadyExists));
        }
        let source = held.get(source).filter(|_| self.views.contains_key(&source));
        let source = source.ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        Ok(Drafts { private: true, meta: Some(branch::start(&source)), ..Drafts::open(vec![json!([])]) })
    }

    /// What says in a CoValue that there is a branch of it: for its members, or by who may not write it for all.
    fn pointer(&self, source: &Target<'_>, branch: CoId) -> Option<Vec<Transaction>> {
        let known = &self.directory.co_value(branch)?.spec;
        let (me, view) = (&self.agent().ok()?.name, self.views.get(&source.id)?);
        let key = self.key_of(source).ok().filter(|_| view.role_of(me, None).is_some_and(Role::can_write));
        let owner = known.owner.and_then(|owner| self.directory.co_value(owner)).filter(|_| key.is_none());
        let meta = branch::pointer(&known.name, owner.map(|owner| owner.id.as_str()));
        let drafts =
            Drafts { private: key.is_some(), meta: Some(meta), ..Drafts::open(vec![Value::Array(vec![])]) };
        Some(self.transactions(source, drafts, key.as_ref()))
    }

    /// What merges a branch of the CoValue, as far as the app can read it and knows nothing of it to be merged.
    pub(super) fn merge(&self, target: &Target<'_>, branch: CoId) -> Result<Drafts, Refusal> {
        let held = self.held(target.node.state());
        let branch = held.get(branch).filter(|_| self.views.contains_key(&branch));
        let branch = branch.ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        let now = target.wall.as_us() / 1000;
        let merge = branch::merge(&branch, &held, &self.keys, now).ok_or(Refusal::NothingToChange)?;
        let date = merge.made_at.as_ms().unwrap_or(now);
        Ok(Drafts { private: true, date, said: merge.transactions, ..Drafts::default() })
    }
}
