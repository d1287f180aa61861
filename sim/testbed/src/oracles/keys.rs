//! `keys`: at rest, all who may read can open a group's present key, and nobody else, and no change of a group makes it
//! otherwise, as far as its author knows; and nothing private is written with a key that somebody has who was taken out.
//!
//! Who has which right and key, `rights` says by the log of the group. Two admins who are apart can leave a group with a
//! key that is in the wrong hands, and the format has nothing against that: who is no admin can use no other, so it is
//! blamed only for one that is not the present one. An admin has to put it right with what it writes next to what
//! the group owns. Of a group with parents a key is looked at when it is made: who may read through a parent must get it,
//! and who was taken out of a parent must not, as far as its author knows. At rest a group is judged by a node that holds
//! all that any of them holds. Where there is none, where no admin is left who could put it right, or their disks have
//! refused what they wrote to it last, and where a hostile admin has had a say, nothing is. Guests do not say what they
//! are about to write, so theirs are judged at rest only.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::oracle::{Look, Oracle};
use super::rights::{Rights, Unfit, encrypted};
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::{Command, Kind};
use crate::host::NodeId;
use cosim_core::{CoId, KnownState, Names};

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "keys",
    sentence: "all who may read can open the group's present key, and nobody else; and nothing private is written with a key of somebody who, as its author knows, was taken out",
    when: "every private edit, and every change of a group; at rest: every group",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Groups,
    needs: &[Need::Ledger, Need::Logs],
    turn: 17,
    since: 2,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys;

impl Oracle for Keys {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Looks at what the app is about to write, and at what it knows of the group.
    fn commanded(&mut self, scene: &Scene<'_>, node: NodeId, command: &Command) -> Look {
        let found = written(scene, node, command).or_else(|| changed(scene, node, command));
        found.map_or(Look::NONE, Look::once)
    }

    fn at_rest(&mut self, scene: &Scene<'_>) -> Look {
        let directory = &scene.setup.directory;
        let mut looks = 0;
        for group in directory.views().filter(|id| directory.kind(*id) == Some(Kind::Group)) {
            let Some((node, rights)) =
                whole(scene, group).filter(|(_, rights)| has_admin(scene, group, rights))
            else {
                continue;
            };
            let Some(key) = rights.read_key() else { continue };
            looks += 1;
            if let Some(unfit) = rights.unfit(key) {
                return Look::times((looks, Some(unfit_subject(node, group, unfit, scene.setup))));
            }
        }
        Look::times((looks, None))
    }
}

/// What is wrong with something private that an app writes; `None` where there is nothing to judge.
fn written(scene: &Scene<'_>, node: NodeId, command: &Command) -> Option<Option<Subject>> {
    let Command::Edit(edit) = command else { return None };
    let Setup { directory, cast, .. } = scene.setup;
    let group = directory.key_group(edit.id)?;
    let holdings = scene.world.holdings(node);
    let wall = scene.world.wall(node);
    let drafted = holdings.drafted(command, wall);
    let key = drafted.iter().find_map(|transaction| Some(encrypted(transaction.said.as_deref()?)?.0))?;
    let mended = holdings.beside(command, wall).into_iter().filter(|(id, _)| *id == group);
    let (stored, session, evidence) = (scene.held(node, group)?, holdings.session(), scene.evidence);
    // What the disk has not got yet, the node holds not yet, and the app knows it already. What a crash has lost, it does
    // not know any more.
    let (from, to) = (stored.count(session) as usize, holdings.next_index(group) as usize);
    let staged = evidence.ledger.log(group, session).get(from..to).unwrap_or_default();
    // In the group itself, what puts it right is written with the rest.
    let own = if group == edit.id { &drafted[..] } else { &[] };
    let more = staged.iter().cloned().chain(mended.flat_map(|(_, mended)| mended)).chain(own.iter().cloned());
    let more: Vec<_> = more.collect();
    let of = (node, group);
    let rights = judged(evidence.logs.foreseen(holdings, of, (session, &more), &evidence.hostile))?;
    if rights.doubts(key) {
        return None;
    }
    let author = directory.agent_of(node).map_or("", |agent| &agent.name);
    // Nobody puts right who has the key of a group with parents, and there who writes takes the present one.
    let has_choice = (rights.is_admin(author) && !rights.has_parents()) || !rights.has_only(author, key);
    Some(rights.removed_with(key).filter(|_| has_choice).map(|member| {
        let what = format!(
            "{} writes to {} with a key that {} has, whom {} has taken out",
            cast.node(node),
            cast.co_value(edit.id),
            name(member, scene.setup),
            cast.co_value(group),
        );
        Subject { node, peer: None, id: Some(edit.id), kind: "written", what }
    }))
}

/// What is wrong with a group after an app has changed it, if it was right before; `None` where there is nothing to judge.
fn changed(scene: &Scene<'_>, node: NodeId, command: &Command) -> Option<Option<Subject>> {
    let Command::Edit(edit) = command else { return None };
    let Setup { directory, .. } = scene.setup;
    if directory.kind(edit.id) != Some(Kind::Group) {
        return None;
    }
    let holdings = scene.world.holdings(node);
    let drafted = holdings.drafted(command, scene.world.wall(node));
    let (stored, session) = (scene.held(node, edit.id)?, holdings.session_of(command));
    let evidence = scene.evidence;
    // What the disk has not got yet, the node holds not yet, and the app knows it already.
    let is_staged = evidence.ledger.log(edit.id, session).len() > stored.count(session) as usize;
    if drafted.is_empty() || is_staged {
        return None;
    }
    let foreseen =
        |more| judged(evidence.logs.foreseen(holdings, (node, edit.id), (session, more), &evidence.hostile));
    let (before, after) = (foreseen(&[])?, foreseen(&drafted)?);
    let unfit = |rights: &Rights| rights.read_key().is_some_and(|key| rights.unfit(key).is_some());
    // The children of a group keep their keys when it gets a new one, so theirs are looked at when they are made.
    let is_new = after.has_parents() && after.read_key() != before.read_key();
    if (unfit(&before) && !is_new) || !after.agree_with(&before, (session, stored.count(session))) {
        return None;
    }
    // Who may make no key leaves as it is: an admin makes one before it writes what is private. And who accepts an invite
    // must get the key.
    let author = directory.agent_of(node).map_or("", |agent| &agent.name);
    if !after.may_hand_up(author) {
        return None;
    }
    let is_asked = before.manages(author) || command.accepts().is_some();
    let found = after.read_key().and_then(|key| after.unfit(key)).filter(|_| is_asked);
    Some(found.map(|unfit| unfit_subject(node, edit.id, unfit, scene.setup)))
}

/// Who may do what, where that can be judged.
fn judged(rights: Rights) -> Option<Rights> {
    let is_sure = rights.read_key().is_none_or(|key| !rights.doubts(key));
    (is_sure && rights.are_known() && !rights.is_in_circle() && rights.are_honest()).then_some(rights)
}

/// Whether a node's app goes by the rules of the run, which say who may read. An older one puts right what it understands.
fn is_usual(scene: &Scene<'_>, node: NodeId) -> bool {
    let directory = &scene.setup.directory;
    directory.dialect_of(node) == directory.dialect()
}

/// Whether an honest node is up whose app is an admin, and has something to write to that the group owns, if it owns
/// anything, and whose disk has not just refused what it wrote to the group.
fn has_admin(scene: &Scene<'_>, group: CoId, rights: &Rights) -> bool {
    let directory = &scene.setup.directory;
    let agent = |node| directory.agent_of(node).map_or("", |agent| &agent.name);
    let owns_nothing = directory.owned_by(group).next().is_none();
    let writes = |node| owns_nothing || directory.owned_by(group).any(|id| scene.has_header(node, id));
    let fails = |node| scene.evidence.failed_last(node, group);
    let mut there = scene.honest().filter(|node| scene.world.is_up(*node) && is_usual(scene, *node));
    there.any(|node| rights.is_admin(agent(node)) && writes(node) && !fails(node))
}

/// Who may do what in a group by all that honest nodes hold of it, and one that does; `None` where none holds all of it,
/// or it has what cannot be judged.
fn whole(scene: &Scene<'_>, group: CoId) -> Option<(NodeId, Rights)> {
    let up = || scene.honest().filter(|node| scene.world.is_up(*node));
    let mut all = KnownState::EMPTY;
    for stored in up().filter_map(|node| scene.held(node, group)) {
        all.join(&stored.known());
    }
    let evidence = scene.evidence;
    let (node, _) = up()
        .filter(|node| is_usual(scene, *node))
        .filter_map(|node| Some((node, scene.held(node, group)?)))
        .find(|(_, stored)| all.le(&stored.known()))?;
    let holdings = scene.world.holdings(node);
    let rights =
        evidence.logs.foreseen(holdings, (node, group), (holdings.session(), &[]), &evidence.hostile);
    // What is written apart to a group and to its parent leaves a key in the wrong hands, and nobody puts that right.
    judged(rights).filter(|rights| !rights.has_parents()).map(|rights| (node, rights))
}

fn unfit_subject(node: NodeId, group: CoId, unfit: Unfit<'_>, setup: &Setup) -> Subject {
    let co_value = setup.cast.co_value(group);
    let (kind, what) = match unfit {
        Unfit::Open(member) => {
            let member = name(member, setup);
            ("open", format!("{member} can open the present key of {co_value}, and may not read"))
        }
        Unfit::Closed(member) => {
            let member = name(member, setup);
            ("closed", format!("{member} may read, and cannot open the present key of {co_value}"))
        }
    };
    Subject { node, peer: None, id: Some(group), kind, what }
}

/// What the member with this name is called.
fn name<'a>(member: &'a str, setup: &'a Setup) -> std::borrow::Cow<'a, str> {
    let agent = setup.directory.agents().find(|(_, agent)| agent.name == member);
    let invite = || setup.directory.invites().iter().find(|invite| invite.agent.name == member);
    match agent {
        Some((node, _)) => setup.cast.node(node),
        // A guest's invites have no names.
        None => invite().map_or("whoever has an invite", |invite| &invite.label).into(),
    }
}
