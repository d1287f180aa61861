//! What the app writes to groups: who is a member, and which key all who may read have.
//!
//! A change is dated after what it replaces, even where the clock is behind: a removal or a new key that came before what
//! it replaces would change nothing. And what the app has asked its node to write to a group it knows of at once, though
//! the disk may take its time.

use super::{App, Drafts, Held, Refusal, Target, parents};
use crate::cojson::directory::{Agent, derived};
use crate::cojson::{Kind, SimCrypto, Transaction};
use crate::host::NodeId;
use cosim_core::real::{self, KeySecret};
use cosim_core::view::edit;
use cosim_core::view::edit::group::{Member, ReadKey, Rotation, Writer};
use cosim_core::view::{CoGroup, CoValue, Custody, Dialect, EVERYONE, LiveView, Log, Resolver, Role};
use cosim_core::{CoId, NodeState, SessionId, UpdateError};
use std::borrow::Cow;
use std::iter;

/// The key of a group's map that names the present read key.
pub(super) const READ_KEY: &str = "readKey";

/// The last moment that JavaScript has a date for: what claims to be later is not followed.
const LAST_MS: u64 = 8_640_000_000_000_000;

/// What an app has written to a group and may not see yet.
#[derive(Clone, Debug)]
pub(super) struct Ahead {
    session: SessionId,
    /// How many transactions of the session come before.
    after: u32,
    log: Vec<Transaction>,
}

impl Ahead {
    /// How long the session is with it.
    fn end(&self) -> usize {
        (self.after as usize).saturating_add(self.log.len())
    }

    /// What of it comes behind the first `count` transactions of the session; `None` where nothing does.
    fn behind(&self, count: usize) -> Option<&[Transaction]> {
        let seen = count.checked_sub(self.after as usize)?;
        self.log.as_slice().get(seen..).filter(|rest| !rest.is_empty())
    }
}

/// What puts a group right, and the read key that it has then.
struct Mending {
    drafts: Drafts,
    key: (String, KeySecret),
}

/// What a node holds, and will once its disk has what its app wrote to a group.
struct Foreseen<'a> {
    held: Held<'a>,
    id: CoId,
    session: &'a str,
    log: &'a Vec<Transaction>,
}

impl Resolver for Foreseen<'_> {
    fn co_value(&self, id: &str) -> Option<CoValue<'_>> {
        let id = self.held.directory.find(id)?;
        let mut co_value = self.held.get(id)?;
        if id == self.id {
            co_value.sessions.insert(self.session, self.log as &dyn Log);
        }
        Some(co_value)
    }

    fn dialect(&self) -> Dialect {
        self.held.dialect()
    }
}

impl App {
    /// The app has had its node write transactions behind `after` others of a session: of a group it remembers them until
    /// it sees them.
    pub(in crate::cojson) fn wrote(
        &mut self,
        id: CoId,
        (session, after): (SessionId, u32),
        transactions: &[Transaction],
    ) {
        if self.directory.kind(id) != Some(Kind::Group) {
            return;
        }
        let begin = || Ahead { session, after, log: Vec::new() };
        let ahead = self.ahead.entry(id).or_insert_with(begin);
        if ahead.session != session || ahead.end() != after as usize {
            *ahead = begin();
        }
        ahead.log.extend_from_slice(transactions);
    }

    /// The app sees what its node holds: what it has written and sees now is ahead no longer.
    pub(super) fn catch_up(&mut self, state: &NodeState<SimCrypto>) {
        self.ahead.retain(|id, ahead| {
            let log = state.co_values.get(id).and_then(|held| held.sessions.get(ahead.session));
            log.map_or(0, |log| log.transactions.len()) < ahead.end()
        });
    }

    /// What it wrote, and did not see yet, is not to be counted on.
    pub(in crate::cojson) fn lost(&mut self) {
        self.ahead.clear();
    }

    /// What the app writes to a group with whose key something is encrypted then: where somebody has that who may not read,
    /// or has not who may, an admin puts that right.
    pub(super) fn mend(&self, target: &Target<'_>) -> Option<(CoId, Vec<Transaction>)> {
        let mending = self.mending(target, &*self.group(target)?)?;
        Some((target.id, self.transactions(target, mending.drafts, None)))
    }

    /// The key that what is private of a CoValue is made with, once the group that owns it, or that it is, is put right.
    pub(super) fn key_of(&self, target: &Target<'_>) -> Result<(String, KeySecret), Refusal> {
        let of = |view: &LiveView| view.read_key().map(|(id, secret)| (id.to_owned(), secret.clone()));
        let owner = self.directory.key_group(target.id);
        let owner =
            owner.map(|id| Target { id, after: target.node.next_index(id, target.session.0), ..*target });
        let group = owner.as_ref().and_then(|owner| Some((owner, self.group(owner)?)));
        let Some((owner, group)) = group else {
            return self.read_key(target.id).map(|(id, secret)| (id.to_owned(), secret.clone()));
        };
        match self.mending(owner, &group) {
            Some(mending) => Ok(mending.key),
            None => of(&group).ok_or(Refusal::NoKey),
        }
    }

    /// A group as the app sees it, and will once its node has written what it was asked to.
    fn group(&self, target: &Target<'_>) -> Option<Cow<'_, LiveView>> {
        let view = self.views.get(&target.id)?;
        view.group()?;
        let state = target.node.state();
        let held = state.co_values.get(&target.id)?.sessions.get(target.session.0);
        let held = held.map_or(&[][..], |log| &log.transactions);
        let ahead = self.ahead.get(&target.id).filter(|ahead| ahead.session == target.session.0);
        let Some(ahead) = ahead.and_then(|ahead| ahead.behind(held.len())) else {
            return Some(Cow::Borrowed(view));
        };
        let log = [held, ahead].concat();
        let held = self.held(state);
        let foreseen = Foreseen { held, id: target.id, session: target.session.1, log: &log };
        let id = self.directory.co_value(target.id)?.id.as_str();
        let mut view = LiveView::new();
        view.update(&foreseen.co_value(id)?, &foreseen, &self.keys);
        Some(Cow::Owned(view))
    }

    /// Sets what the rules of groups leave to apps. What is private is encrypted with the group's own key, and who has that
    /// is put right first.
    pub(super) fn set_in_group(
        &self,
        target: &Target<'_>,
        (key, value): (&str, &serde_json::Value),
        private: bool,
    ) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let set = self.dated(target, &view, vec![edit::set(key, value)], &[key]);
        let mending = if private { self.mending(target, &view) } else { None };
        let Drafts { changes, date, .. } = mending.map_or_else(Drafts::default, |mending| mending.drafts);
        Ok(Drafts { first: changes, date: date.max(set.date), private, ..set })
    }

    pub(super) fn add_member(
        &self,
        target: &Target<'_>,
        who: Option<NodeId>,
        role: Role,
    ) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        if role == Role::WriteOnly {
            return self.add_write_only(target, &view, who);
        }
        let (id, secret) = view.read_key().ok_or(Refusal::NoKey)?;
        let key = ReadKey { id, secret };
        let writer = self.writer(target)?;
        let (name, changes) = match who {
            // A scenario gives everyone no other roles.
            None => (EVERYONE, writer.add_everyone(role, &key).unwrap_or_default()),
            Some(who) => {
                let agent = self.directory.agent_of(who).ok_or(Refusal::NoKey)?;
                let role_of = |name: &str| view.group().and_then(|group| group.members.get(name).copied());
                let is_of_admins = role == Role::Admin || role_of(&agent.name) == Some(Role::Admin);
                // That would not count, and the key would be handed out all the same.
                if role_of(&self.agent()?.name) == Some(Role::Manager) && is_of_admins {
                    return Err(Refusal::InVain("a manager makes no admin, and changes none"));
                }
                // What those write who do not read is for who reads.
                let others = view.group().into_iter().flat_map(CoGroup::write_keys);
                let others = others.filter_map(|(_, id)| known(&view, id));
                let keys: Vec<ReadKey<'_>> = iter::once(key).chain(others).collect();
                let changes = writer.add_member_with(&member(agent), role, &keys);
                (&*agent.name, changes.map_err(|_| Refusal::NoKey)?)
            }
        };
        Ok(self.dated(target, &view, changes, &[name]))
    }

    /// Lets somebody write, and not read: who could read before, and loses that, gets no key that is used from then on.
    fn add_write_only(
        &self,
        target: &Target<'_>,
        view: &LiveView,
        who: Option<NodeId>,
    ) -> Result<Drafts, Refusal> {
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        let (read, secret) = view.read_key().ok_or(Refusal::NoKey)?;
        let agent = who.map(|who| self.directory.agent_of(who).ok_or(Refusal::NoKey)).transpose()?;
        let name = agent.map_or(EVERYONE, |agent| &agent.name);
        // No admin takes anything from another.
        let stays = group.members.get(name) == Some(&Role::Admin) && self.agent()?.name != name;
        let mut changes = Vec::new();
        if group.can_read(name) && !stays {
            changes = self.rotate(target, view, (group, name)).ok_or(Refusal::NoKey)?.0;
        }
        let after = target.after.saturating_add(u32::try_from(changes.len()).unwrap_or(u32::MAX));
        let target = Target { after, ..*target };
        let writer = self.writer(&target)?;
        let given = match agent {
            None => writer.add_everyone(Role::WriteOnly, &ReadKey { id: read, secret }).unwrap_or_default(),
            Some(agent) => {
                let (id, secret) = self.new_key(&target);
                let own = ReadKey { id: &id, secret: &secret };
                let readers = self.readers_but(group, name);
                let given = writer.add_write_only(&member(agent), Role::WriteOnly, &own, &readers);
                given.map_err(|_| Refusal::NoKey)?
            }
        };
        changes.extend(given);
        Ok(self.dated(&target, view, changes, &[name, READ_KEY]))
    }

    /// Takes a member out, and hands a new key to those who remain.
    pub(super) fn remove_member(&self, target: &Target<'_>, who: Option<NodeId>) -> Result<Drafts, Refusal> {
        let view = self.changing(target)?;
        let group = view.group().ok_or(Refusal::NothingToChange)?;
        let me = self.agent()?;
        let name = match who {
            None => EVERYONE,
            Some(who) => &self.directory.agent_of(who).ok_or(Refusal::NoKey)?.name,
        };
        let administers = group.members.get(&me.name).is_some_and(|role| role.administers());
        if name == me.name && !administers && self.dialect().members_may_leave() {
            let changes = vec![edit::set(name, &Role::Revoked.as_str().into())];
            return Ok(self.dated(target, &view, changes, &[name]));
        }
        let (old, old_secret) = view.read_key().ok_or(Refusal::NoKey)?;
        // No admin can take another out; the key would be kept from one who may read.
        if name != me.name && group.members.get(name) == Some(&Role::Admin) {
            return Err(Refusal::InVain("nobody can take an admin out but the admin itself"));
        }
        let (new, new_secret) = self.new_key(target);
        let (readers, above) = (self.readers_but(group, name), self.above(group, None));
        let rotation = Rotation {
            old: ReadKey { id: old, secret: old_secret },
            new: ReadKey { id: &new, secret: &new_secret },
            readers: &readers,
            everyone_reads: everyone_reads(group),
            parent_keys: &above.keys(),
        };
        let writer = self.writer(target)?;
        let changes = if name == me.name {
            writer.leave(name, &rotation)
        } else {
            writer.remove_member(name, &rotation)
        };
        let mut changes = changes.map_err(|_| Refusal::NoKey)?;
        // Who has left may hand out nothing.
        let leaving = if name == me.name { changes.pop() } else { None };
        self.seal_above(target, &above, &mut changes, (&new, &new_secret))?;
        changes.extend(leaving);
        self.renew_write_keys(target, (group, name, &readers), &mut changes)?;
        Ok(self.dated(target, &view, changes, &[name, READ_KEY]))
    }

    /// After these changes, gives new keys to members who only write, but to one: the old ones are in the wrong hands. Who
    /// leaves may do nothing after that.
    pub(super) fn renew_write_keys(
        &self,
        target: &Target<'_>,
        (group, without, readers): (&CoGroup, &str, &[Member<'_>]),
        changes: &mut Vec<serde_json::Value>,
    ) -> Result<(), Refusal> {
        let me = self.agent()?;
        let writes = |agent: &&Agent| group.members.get(&agent.name) == Some(&Role::WriteOnly);
        let members = self.directory.agents().map(|(_, agent)| agent).filter(writes);
        let members = members.filter(|agent| agent.name != without && without != me.name);
        for agent in members.collect::<Vec<_>>() {
            let after = target.after.saturating_add(u32::try_from(changes.len()).unwrap_or(u32::MAX));
            let target = Target { after, ..*target };
            let (id, secret) = self.new_key(&target);
            let given = [(member(agent), ReadKey { id: &id, secret: &secret })];
            let given = self.writer(&target)?.give_write_keys(&given, readers).map_err(|_| Refusal::NoKey)?;
            changes.extend(given);
        }
        Ok(())
    }

    /// What one of everyone, who may only write, does first: it makes a key, for itself and those who read.
    fn own_key(&self, target: &Target<'_>, view: &LiveView, group: &CoGroup) -> Option<Mending> {
        let me = self.agent().ok()?;
        let has_one = group.write_keys().any(|(member, _)| member == me.name);
        if has_one || group.role_of(&me.name) != Some(Role::WriteOnly) {
            return None;
        }
        let (id, secret) = self.new_key(target);
        let given = [(member(me), ReadKey { id: &id, secret: &secret })];
        let changes = self.writer(target).ok()?.give_write_keys(&given, &self.readers(group)).ok()?;
        Some(Mending { drafts: self.dated(target, view, changes, &[]), key: (id, secret) })
    }

    /// What an admin does where the wrong ones can open a group's key; `None` where the right ones can, and where the app
    /// can do nothing about it.
    fn mending(&self, target: &Target<'_>, view: &LiveView) -> Option<Mending> {
        let group = view.group()?;
        if !group.members.get(&self.agent().ok()?.name).is_some_and(|role| role.administers()) {
            return self.own_key(target, view, group);
        }
        let custody = group.custody().filter(|custody| !custody.is_right())?;
        let (changes, key) = match view.read_key().filter(|_| !custody.leaks) {
            Some((id, secret)) => {
                (self.hand_over(target, &ReadKey { id, secret }, &custody)?, (id.to_owned(), secret.clone()))
            }
            None => self.rotate(target, view, (group, ""))?,
        };
        let drafts = self.dated(target, view, changes, &[READ_KEY]);
        Some(Mending { drafts, key })
    }

    /// Hands the present key to those who may read and lack it.
    fn hand_over(
        &self,
        target: &Target<'_>,
        key: &ReadKey<'_>,
        custody: &Custody<'_>,
    ) -> Option<Vec<serde_json::Value>> {
        let agents = self.directory.agents().map(|(_, agent)| agent);
        // An invite that lacks the key could not hand it on.
        let known = agents.chain(self.directory.invites().iter().map(|invite| &invite.agent));
        let lacking: Vec<Member<'_>> =
            known.filter(|agent| custody.lacking.contains(&&*agent.name)).map(member).collect();
        let changes = self.writer(target).ok()?.hand_over(key, &lacking, custody.everyone_lacks).ok()?;
        Some(changes).filter(|changes| !changes.is_empty())
    }

    /// Makes a new key for all who may read.
    fn rotate(
        &self,
        target: &Target<'_>,
        view: &LiveView,
        (group, without): (&CoGroup, &str),
    ) -> Option<(Vec<serde_json::Value>, (String, KeySecret))> {
        // The keys of a parent are no secret of this group's, to be handed to all of its members.
        let known = view.keys().map(|(id, _)| id).filter(|id| group.is_own_key(id));
        let known: Vec<&str> = known.collect();
        let present = view.read_key().map(|(id, _)| id);
        let topmost = group.topmost(&known);
        let mut older = present.into_iter().chain(topmost.into_iter().filter(|id| Some(*id) != present));
        let read_key =
            |id| view.keys().find(|(known, _)| *known == id).map(|(id, secret)| ReadKey { id, secret });
        let old = older.next().and_then(read_key)?;
        let others: Vec<ReadKey<'_>> = older.filter_map(read_key).collect();
        let (id, secret) = self.new_key(target);
        let readers = self.readers_but(group, without);
        let above = self.above(group, None);
        let rotation = Rotation {
            old,
            new: ReadKey { id: &id, secret: &secret },
            readers: &readers,
            everyone_reads: everyone_reads(group) && without != EVERYONE,
            parent_keys: &above.keys(),
        };
        let mut changes = self.writer(target).ok()?.rotate(&rotation, &others).ok()?;
        self.seal_above(target, &above, &mut changes, (&id, &secret)).ok()?;
        self.renew_write_keys(target, (group, without, &readers), &mut changes).ok()?;
        Some((changes, (id, secret)))
    }

    /// The group that a change is about.
    pub(super) fn changing(&self, target: &Target<'_>) -> Result<Cow<'_, LiveView>, Refusal> {
        let view = self.views.get(&target.id).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        Ok(self.group(target).unwrap_or(Cow::Borrowed(view)))
    }

    /// These changes, made after what the map has for these keys, and after the app became an admin. Who somebody is may be
    /// so by way of a parent: also after what the parents have for them, and after they became that or ceased to be.
    pub(super) fn dated(
        &self,
        target: &Target<'_>,
        view: &LiveView,
        changes: Vec<serde_json::Value>,
        keys: &[&str],
    ) -> Drafts {
        let me = self.agent().map_or("", |agent| &agent.name);
        let replaced = self.lineage(target.id, view).into_iter().flat_map(|group| {
            let named = keys.iter().chain([&me]).filter_map(|key| group.map.entries.get(*key));
            named.chain(parents::words(group))
        });
        let dates = replaced.filter_map(|entry| {
            let ms = entry.made_at.as_ms().filter(|ms| *ms < LAST_MS)?;
            // In one session the later comes later anyway.
            Some(if entry.session == target.session.1 { ms } else { ms + 1 })
        });
        Drafts { date: dates.max().unwrap_or(0), ..Drafts::open(changes) }
    }

    /// The members who may read.
    pub(super) fn readers<'a>(&'a self, group: &CoGroup) -> Vec<Member<'a>> {
        let agents = self.directory.agents().map(|(_, agent)| agent);
        let readers = agents.filter(|agent| group.readers().any(|reader| reader == agent.name));
        // An invite that lacks the key could not hand it on.
        let invites = self.directory.invites().iter().map(|invite| &invite.agent);
        let invites =
            invites.filter(|agent| group.members.get(&agent.name).is_some_and(|role| role.can_read()));
        readers.chain(invites).map(member).collect()
    }

    /// The members who may read once `name` is no member any more: if that is everyone, those who are no more than one of
    /// everyone go, too.
    fn readers_but<'a>(&'a self, group: &CoGroup, name: &str) -> Vec<Member<'a>> {
        if name == EVERYONE {
            return self.readers_without(group, None);
        }
        let mut readers = self.readers(group);
        readers.retain(|reader| reader.id != name);
        readers
    }

    /// A key that nobody has made before.
    pub(super) fn new_key(&self, target: &Target<'_>) -> (String, KeySecret) {
        let name = format!("{}/{}", target.session.1, target.after);
        let id = real::to_base58("key_z", &derived::<12>("key", &name, target.operation));
        (id, KeySecret::from_bytes(derived("key secret", &name, target.operation)))
    }

    pub(super) fn writer<'a>(&'a self, target: &Target<'a>) -> Result<Writer<'a>, Refusal> {
        let known = self.directory.co_value(target.id).ok_or(Refusal::Node(UpdateError::CoValueNotFound))?;
        Ok(writer(&known.id, target, self.agent()?, self.dialect()))
    }
}

/// A key that the app can open.
pub(super) fn known<'a>(view: &'a LiveView, id: &str) -> Option<ReadKey<'a>> {
    view.keys().find(|(known, _)| *known == id).map(|(id, secret)| ReadKey { id, secret })
}

/// The read key that a group has now, if the app can open it: not the key of its own with which it writes who may not read.
pub(super) fn present_key(view: &LiveView) -> Option<ReadKey<'_>> {
    known(view, view.group()?.read_key.as_deref()?)
}

fn everyone_reads(group: &CoGroup) -> bool {
    group.members.get(EVERYONE).is_some_and(|role| role.can_read())
}

pub(super) fn member(agent: &Agent) -> Member<'_> {
    Member { id: &agent.name, agent: &agent.id }
}

pub(super) fn writer<'a>(
    group: &'a str,
    target: &Target<'a>,
    agent: &'a Agent,
    dialect: Dialect,
) -> Writer<'a> {
    Writer { group, session: target.session.1, after: target.after, sealer: &agent.secret.sealer, dialect }
}
