//! Why a write does not count for a node that holds it: its author had no right to write it then, it cannot be read, or
//! another came first. There is always one reason, and it is looked up, not guessed.

use super::evidence::{Written, lasting};
use super::looking::Looking;
use crate::cojson::{is_deletion, session_parts, written_by};
use crate::host::NodeId;
use cosim_core::real::{MadeAt, Owner, Place, Privacy};
use cosim_core::view::{Dialect, EVERYONE, LiveView, Role, View};
use cosim_core::{CoId, Names};
use serde_json::Value;
use std::collections::BTreeSet;

impl<'a> Looking<'a> {
    /// Why a write does not count that the node holds.
    pub(super) fn reason(&self, written: &Written<'a>) -> String {
        let (evidence, name) = (self.evidence, self.evidence.node(self.node));
        let directory = &evidence.scenario.directory;
        let (Some(seen), Some(said)) = (self.seen, written.transaction.said.as_deref()) else {
            return format!("{name} shows nothing of it");
        };
        let co_value = evidence.log.cast().co_value(self.id).into_owned();
        if seen.view() == View::Deleted {
            let deleted = self.written.iter().find(|one| self.has_deleted(one));
            let by = deleted.map(|one| format!(": {}", evidence.told(one))).unwrap_or_default();
            return format!("{co_value} was deleted for good{by}");
        }
        let is_group = seen.group().is_some();
        let group = directory.key_group(self.id);
        if let Some(group) = group {
            let may = if is_group { Role::administers } else { Role::can_write };
            let session = self.session(written);
            let author = Owner::of_session(&session).map_or("", Owner::name);
            let verb = if is_group { "change" } else { "write" };
            let then = Then { author, at: &said.made_at, group, may: &may, verb };
            let role = seen.role_of(author, Some(then.at));
            if !role.is_some_and(may) {
                return self.no_right(written, seen, &then);
            }
            if is_group {
                return self.vain_in_group(written, seen, author, role);
            }
        }
        if let Privacy::Private { key_used, .. } = &said.privacy
            && !seen.keys().any(|(key, _)| key == key_used)
        {
            let lacks = group.and_then(|group| self.lacks(group)).unwrap_or_default();
            return format!(
                "{name} cannot read it, and was never handed the key that it is encrypted with{lacks}"
            );
        }
        let Some(changes) = self.changes(written) else {
            return format!("{name} cannot make sense of it: it is no list of changes");
        };
        if let Some(group) = group.filter(|_| is_deletion(written.session)) {
            let author = evidence.node(session_parts(written.session).0);
            let session = self.session(written);
            let name = Owner::of_session(&session).map_or("", Owner::name);
            let role = role_in_words(seen.role_of(name, Some(&said.made_at)));
            let group = evidence.log.cast().co_value(group);
            return format!("only an admin of {group} may delete for good, and {author} is {role} there");
        }
        if let Some(first) = self.first_with_its_name(written) {
            let [mine, its] = [written, first].map(|one| one.transaction.made_at / 1_000);
            let by = match mine.saturating_sub(its) {
                0 if written.session == first.session => "in the same session".to_owned(),
                0 => "dated the same millisecond, by a session whose name sorts first".to_owned(),
                ms => format!("dated {} earlier", lasting(ms * 1_000)),
            };
            return format!("another came first with the same `fww`, {by}: {}", evidence.told(first));
        }
        let deletes = |change: &Value| change.get("op").and_then(Value::as_str) == Some("del");
        if let Some(group) = group.filter(|_| changes.iter().any(deletes)) {
            let group = evidence.log.cast().co_value(group);
            if self.meta(written).is_some_and(|meta| meta.get("mi").is_some()) {
                return format!(
                    "what was merged deletes, and in {co_value} that counts only if who made it administers {group}"
                );
            }
            return format!("it deletes, and in {co_value} only who administers {group} may do that");
        }
        if self.meta(written).is_some_and(|meta| meta.get("mi").is_some()) {
            return "it was merged, and says that it was made only after that".to_owned();
        }
        format!("{name} shows nothing of it")
    }

    /// Why what an admin or manager writes to a group counts for nothing.
    fn vain_in_group(
        &self,
        written: &Written<'a>,
        seen: &LiveView,
        author: &str,
        role: Option<Role>,
    ) -> String {
        let said = written.transaction.said.as_deref();
        let is_private = said.is_some_and(|said| matches!(said.privacy, Privacy::Private { .. }));
        if is_private && self.dialect() == Dialect::V0_7 {
            return format!("{} cannot read it, and has no key that opens it", self.evidence.node(self.node));
        }
        if is_private {
            return "what is private counts for nothing in a group".to_owned();
        }
        let admins = |change: &Value| {
            let member = change.get("key").and_then(Value::as_str)?;
            let role = seen.role_of(member, said.map(|said| &said.made_at));
            (member != author && role == Some(Role::Admin)).then_some(())
        };
        if self.changes(written).is_some_and(|all| all.iter().any(|change| admins(change).is_some())) {
            return "nobody can change the role of an admin but the admin itself: it may not change in a group"
                .to_owned();
        }
        format!("it is nothing that {} may change in a group", role_in_words(role))
    }

    /// Why an author had not the right to write something: not yet, no longer, or never.
    fn no_right(&self, written: &Written<'a>, seen: &LiveView, then: &Then<'_>) -> String {
        let (evidence, at) = (self.evidence, then.at);
        let mut changes = self.changes_of_rights(seen, then.group);
        changes.sort_by_key(|(time, _)| *time);
        let (mut had, mut taken, mut given) = (false, None, None);
        for (time, change) in &changes {
            let has = seen.role_of(then.author, Some(time)).is_some_and(then.may);
            if *time > at {
                given = given.or((has && !had).then_some(change));
            } else if has != had {
                taken = had.then_some(change);
            }
            had = has;
        }
        // Of several changes of one date, that which is about the author.
        let names = |one: &Written<'a>| self.names(one, then.author);
        let about = |change: &Written<'a>| {
            let date = change.transaction.said.as_deref().map(|said| &said.made_at);
            let same = changes.iter().filter(|(time, _)| Some(*time) == date).map(|(_, one)| *one);
            same.max_by_key(names).unwrap_or(*change)
        };
        let (taken, given) = (taken.map(about), given.map(about));
        let author = evidence.node(session_parts(written.session).0);
        let apart = |change: &Written<'_>| {
            let [mine, its] = [written, change].map(|one| one.transaction.made_at / 1_000);
            lasting(mine.abs_diff(its) * 1_000)
        };
        if let Some(change) = &taken {
            let (apart, told) = (apart(change), evidence.told(change));
            if apart == "0s" {
                return format!("its date is the same as that of what took the right from {author}: {told}");
            }
            return format!("its date is {apart} after that of what took the right from {author}: {told}");
        }
        if let Some(change) = &given {
            let (apart, told) = (apart(change), evidence.told(change));
            return format!("its date is {apart} before that of what gave {author} the right: {told}");
        }
        // One operation may write several transactions.
        let is_it = |one: &Written<'_>| {
            (one.session, written_by(one.transaction)) == (written.session, written_by(written.transaction))
        };
        let is_before = |(time, change): &&(&MadeAt, Written<'a>)| {
            let is_here = change.id == then.group && !is_it(change);
            **time <= *at && names(change) == Named::Itself && is_here
        };
        let before: Vec<&Written<'a>> = changes.iter().filter(is_before).map(|(_, change)| change).collect();
        let gives = |one: &&Written<'a>, may: &dyn Fn(Role) -> bool| {
            self.role_given(one, then.author).is_some_and(|role| role.is_some_and(may))
        };
        let is_any = |role: Role| role != Role::Revoked;
        let role = match seen.role_of(then.author, Some(at)) {
            Some(Role::Revoked) if !before.iter().any(|one| gives(one, &is_any)) => None,
            role => role,
        };
        let (name, role) = (evidence.log.cast().co_value(then.group), role_in_words(role));
        let lacks = self.lacks(then.group).unwrap_or_default();
        // Of two changes of one moment, the first gives nobody anything.
        if let Some(last) = before.last().filter(|_| before.iter().any(|one| gives(one, then.may))) {
            let (verb, told) = (then.verb, evidence.told(last));
            return format!(
                "{author} had no right by then to {verb} it: in {name} {author} is {role}, since {told}{lacks}"
            );
        }
        // What somebody does who may not gives nothing.
        let counting: BTreeSet<_> = changes.iter().map(|(_, change)| change.place()).collect();
        let vain = evidence.written(then.group).into_iter().find(|one| {
            let is_held = evidence.holds(self.node, one) && !counting.contains(&one.place()) && !is_it(one);
            is_held && self.role_given(one, then.author).is_some_and(|role| role.is_some_and(then.may))
        });
        let vain = vain.map(|one| format!("; it counts for nothing that {}", evidence.told(&one)));
        let vain = vain.or_else(|| self.not_taken_in(then.group, session_parts(written.session).0));
        let vain = vain.unwrap_or_default();
        format!("{author} never had the right to {} it: in {name} {author} is {role}{vain}{lacks}", then.verb)
    }

    /// That taking somebody in came to nothing, and why, in words that follow a reason.
    fn not_taken_in(&self, group: CoId, author: NodeId) -> Option<String> {
        let vanished = self.evidence.vanished(group, &self.evidence.written(group));
        let (_, told) = vanished.into_iter().find(|(operation, _)| match operation.act {
            "accept" => operation.nodes.first() == Some(&author),
            "add_member" => operation.nodes.get(1..).is_some_and(|members| members.contains(&author)),
            _ => false,
        })?;
        Some(format!("; {told}"))
    }

    /// The role that a change of a group gives somebody, if it names that one; nothing known, if it takes all.
    fn role_given(&self, written: &Written<'a>, author: &str) -> Option<Option<Role>> {
        let changes = self.changes(written)?;
        let of = changes.iter().find(|change| change.get("key").and_then(Value::as_str) == Some(author))?;
        Some(of.get("value").and_then(Value::as_str).and_then(Role::parse))
    }

    /// Everything that counts and may have changed who has which role, with its date, as far as the node holds it.
    fn changes_of_rights(&self, seen: &LiveView, group: CoId) -> Vec<(&'a MadeAt, Written<'a>)> {
        let evidence = self.evidence;
        let others = seen.rests_on().filter_map(|id| evidence.scenario.directory.find(id));
        let mut groups: Vec<CoId> = others.chain([group]).collect();
        groups.sort_unstable();
        groups.dedup();
        let counting = groups.into_iter().flat_map(|group| self.counting_in(group));
        counting.filter_map(|one| Some((&one.transaction.said.as_deref()?.made_at, one))).collect()
    }

    /// How a change of a group names somebody.
    fn names(&self, written: &Written<'a>, author: &str) -> Named {
        let changes = self.changes(written).unwrap_or_default();
        let named = changes.iter().filter_map(|change| {
            let key = change.get("key")?.as_str()?;
            if key == author {
                return Some(Named::Itself);
            }
            (key == EVERYONE || key.starts_with("parent_")).then_some(Named::AmongOthers)
        });
        named.max().unwrap_or(Named::Not)
    }

    /// What the node does not know of a group, in words that follow a reason.
    fn lacks(&self, group: CoId) -> Option<String> {
        let evidence = self.evidence;
        let written = evidence.written(group);
        let missing = written.iter().find(|one| !evidence.holds(self.node, one))?;
        let (name, journey) = (evidence.node(self.node), evidence.journey(missing, self.node));
        Some(format!("; {name} has not heard that {}: {journey}", evidence.told(missing)))
    }

    /// What a transaction changes, where the node can read it.
    pub(super) fn changes(&self, written: &Written<'_>) -> Option<Vec<Value>> {
        let said = written.transaction.said.as_deref()?;
        let changes = match &said.privacy {
            Privacy::Trusting { .. } => said.changes(),
            Privacy::Private { key_used, .. } => {
                let (_, secret) = self.seen?.keys().find(|(key, _)| key == key_used)?;
                said.decrypt(secret, &self.place(written))
            }
        };
        match changes {
            Ok(Some(Value::Array(changes))) => Some(changes),
            Ok(_) | Err(_) => None,
        }
    }

    /// What a transaction says about itself, where the node can read it.
    pub(super) fn meta(&self, written: &Written<'_>) -> Option<Value> {
        let said = written.transaction.said.as_deref().filter(|said| said.has_meta())?;
        let meta = match &said.privacy {
            Privacy::Trusting { .. } => said.meta(),
            Privacy::Private { key_used, .. } => {
                let (_, secret) = self.seen?.keys().find(|(key, _)| key == key_used)?;
                said.decrypt_meta(secret, &self.place(written))
            }
        };
        meta.ok()?
    }

    fn place(&self, written: &Written<'_>) -> Place {
        let id = self.evidence.scenario.directory.co_value(written.id).map_or("", |known| &known.id);
        Place::transaction(id, &self.session(written), written.index)
    }

    /// The first write that counts of those that a transaction's meta gives one name.
    fn first_with_its_name(&self, written: &Written<'_>) -> Option<&Written<'a>> {
        let name = |one: &Written<'_>| self.meta(one)?.get("fww").cloned();
        let own = name(written)?;
        let same = self.written.iter().filter(|one| self.counts(one) && name(one).as_ref() == Some(&own));
        same.min_by_key(|one| {
            (one.transaction.made_at / 1_000, self.session(one).encode_utf16().collect::<Vec<_>>(), one.index)
        })
    }
}

/// Whom a change of a group names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Not,
    AmongOthers,
    Itself,
}

/// Who wrote when, and what that takes.
struct Then<'a> {
    author: &'a str,
    at: &'a MadeAt,
    /// The group that says who may.
    group: CoId,
    may: &'a dyn Fn(Role) -> bool,
    /// What the author did to it.
    verb: &'static str,
}

/// `a reader`.
fn role_in_words(role: Option<Role>) -> String {
    match role {
        None => "no member".to_owned(),
        Some(Role::Revoked) => "no member any more".to_owned(),
        Some(role) => {
            let word = if role == Role::WriteOnly { "member who only writes" } else { role.as_str() };
            let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            format!("{article} {word}")
        }
    }
}
