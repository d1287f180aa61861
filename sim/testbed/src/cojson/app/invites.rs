//! What the app writes of invites: agents made for the purpose, whose secrets are handed out. Who has one makes itself a
//! member, in the name of the invite.

use super::team::{self, member, writer};
use super::{App, Drafts, Refusal, Target};
use crate::cojson::MemberRole;
use crate::cojson::directory::Agent;
use cosim_core::UpdateError;
use cosim_core::view::edit::group::ReadKey;
use cosim_core::view::{KeyRing, LiveView, Role};
use std::iter;

/// The role of an invite that makes members with this one.
fn invite_for(role: MemberRole) -> Role {
    match role {
        MemberRole::Reader => Role::ReaderInvite,
        MemberRole::Writer => Role::WriterInvite,
        MemberRole::Admin => Role::AdminInvite,
        MemberRole::Manager => Role::ManagerInvite,
        MemberRole::WriteOnly => Role::WriteOnlyInvite,
    }
}

/// What an invite with this role makes of who accepts it.
fn given_by(role: Role) -> Option<Role> {
    match role {
        Role::ReaderInvite => Some(Role::Reader),
        Role::WriterInvite => Some(Role::Writer),
        Role::AdminInvite => Some(Role::Admin),
        Role::ManagerInvite => Some(Role::Manager),
        Role::WriteOnlyInvite => Some(Role::WriteOnly),
        Role::Revoked | Role::Reader | Role::Writer | Role::Admin | Role::Manager | Role::WriteOnly => None,
    }
}

impl App {
    /// Makes an invite a member of the group, with the keys that it is to hand on.
    pub(super) fn invite(
        &self,
        target: &Target<'_>,
        secret: &str,
        role: MemberRole,
    ) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        let (_, invite) = self.directory.invite(target.id, secret).ok_or(Refusal::NothingToChange)?;
        // That would not count, and the key would be handed out all the same.
        let is_of_admins = matches!(role, MemberRole::Admin | MemberRole::Manager);
        if is_of_admins && group.members.get(&self.agent()?.name) == Some(&Role::Manager) {
            return Err(Refusal::InVain("a manager makes no invites for admins or managers"));
        }
        let writer = self.writer(target)?;
        let changes = if role == MemberRole::WriteOnly {
            let (id, secret) = self.new_key(target);
            let own = ReadKey { id: &id, secret: &secret };
            writer.add_write_only(&member(&invite.agent), invite_for(role), &own, &self.readers(group))
        } else {
            let (id, secret) = view.read_key().ok_or(Refusal::NoKey)?;
            let others = group.write_keys().filter_map(|(_, id)| team::known(&view, id));
            let keys: Vec<ReadKey<'_>> = iter::once(ReadKey { id, secret }).chain(others).collect();
            writer.add_member_with(&member(&invite.agent), invite_for(role), &keys)
        };
        let changes = changes.map_err(|_| Refusal::NoKey)?;
        Ok(self.dated(target, &view, changes, &[&invite.agent.name]))
    }

    /// Becomes a member of the group, by an invite: after that was made, even where the clock is behind.
    pub(super) fn accept(&self, target: &Target<'_>, secret: &str) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        let (_, invite) = self.directory.invite(target.id, secret).ok_or(Refusal::NothingToChange)?;
        let role_of = |name: &str| group.members.get(name).copied();
        let given = role_of(&invite.agent.name).and_then(given_by);
        let given = given.ok_or(Refusal::InVain("its node knows of no such invite that counts"))?;
        let me = self.agent()?;
        // Who is as much already, or more, stays that: who reads would have a key that is not for it any more.
        let is_less = |role: Role| {
            role.can_read() && (given == Role::WriteOnly || (given == Role::Reader && role.can_write()))
        };
        if role_of(&me.name).is_some_and(|role| role == given || role.administers() || is_less(role)) {
            return Err(Refusal::InVain("who accepts it has that role already, or one that may do more"));
        }
        let known = self.directory.co_value(target.id).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        let writer = writer(&known.id, target, &invite.agent, self.dialect());
        let changes = if given == Role::WriteOnly {
            let (id, secret) = self.new_key(target);
            let own = ReadKey { id: &id, secret: &secret };
            writer.add_write_only(&member(me), given, &own, &self.readers(group))
        } else {
            let seen = self.seen_by(&invite.agent, target).ok_or(Refusal::NoKey)?;
            let (id, secret) = seen.read_key().ok_or(Refusal::NoKey)?;
            let others = group.write_keys().filter_map(|(_, id)| team::known(&seen, id));
            let keys: Vec<ReadKey<'_>> = iter::once(ReadKey { id, secret }).chain(others).collect();
            writer.add_member_with(&member(me), given, &keys)
        };
        let changes = changes.map_err(|_| Refusal::NoKey)?;
        Ok(self.dated(target, &view, changes, &[&me.name, &invite.agent.name]))
    }

    /// The group, as an invite sees it: with the keys that it has.
    fn seen_by(&self, invite: &Agent, target: &Target<'_>) -> Option<LiveView> {
        let keys = KeyRing::of_agent(invite.secret.clone());
        let held = self.held(target.node.state());
        let mut seen = LiveView::new();
        seen.update(&held.get(target.id)?, &held, &keys);
        Some(seen)
    }
}
