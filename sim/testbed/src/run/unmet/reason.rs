//! Why a write does not count for a node that holds it: its author had no right to write it then, it cannot be read, or
//! another came first. There is always one reason, and it is looked up, not guessed.

use super::evidence::{Written, lasting};
use super::shown::Looking;
use crate::cojson::{is_deletion, session_parts, written_by};
use cosim_core::real::{MadeAt, Owner, Place, Privacy};
use cosim_core::view::{LiveView, Role, View};
use cosim_core::{CoId, Names};
use serde_json::Value;

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
            return format!("{co_value} was deleted for good");
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
                "{name} cannot read it: it was never handed the key that it is encrypted with{lacks}"
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
            return format!("another came first with the same `fww`: {}", evidence.told(first));
        }
        let deletes = |change: &Value| change.get("op").and_then(Value::as_str) == Some("del");
        if let Some(group) = group.filter(|_| changes.iter().any(deletes)) {
            let group = evidence.log.cast().co_value(group);
            return format!("it deletes, and in {co_value} only who administers {group} may do that");
        }
        "it was merged, and says that it was made only after that".to_owned()
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
        if said.is_some_and(|said| matches!(said.privacy, Privacy::Private { .. })) {
            return "what is private counts for nothing in a group".to_owned();
        }
        let admins = |change: &Value| {
            let member = change.get("key").and_then(Value::as_str)?;
            (member != author && seen.role_of(member, None) == Some(Role::Admin)).then_some(())
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
        let author = evidence.node(session_parts(written.session).0);
        let apart = |change: &Written<'_>| {
            let [mine, its] = [written, change].map(|one| one.transaction.made_at / 1_000);
            lasting(mine.abs_diff(its) * 1_000)
        };
        if let Some(change) = taken {
            let (apart, told) = (apart(change), evidence.told(change));
            if apart == "0s" {
                return format!(
                    "its date is not before, but just that of what took the right from {author}: {told}"
                );
            }
            return format!("its date is {apart} after that of what took the right from {author}: {told}");
        }
        if let Some(change) = given {
            let (apart, told) = (apart(change), evidence.told(change));
            return format!("its date is {apart} before that of what gave {author} the right: {told}");
        }
        let group = evidence.log.cast().co_value(then.group);
        let role = role_in_words(seen.role_of(then.author, Some(at)));
        let lacks = self.lacks(then.group).unwrap_or_default();
        // Of two changes of one moment, the first gives nobody anything.
        let names_author = |change: &Value| change.get("key").and_then(Value::as_str) == Some(then.author);
        let names = |one: &Written<'a>| self.changes(one).is_some_and(|all| all.iter().any(names_author));
        // One operation may write several transactions.
        let is_it = |one: &Written<'_>| {
            (one.session, written_by(one.transaction)) == (written.session, written_by(written.transaction))
        };
        let before = changes.iter().filter(|(time, change)| *time <= at && names(change) && !is_it(change));
        let before: Vec<&Written<'a>> = before.map(|(_, change)| change).collect();
        if let [.., _, last] = before.as_slice() {
            let (verb, told) = (then.verb, evidence.told(last));
            return format!(
                "{author} had no right by then to {verb} it: in {group} {author} is {role}, since {told}{lacks}"
            );
        }
        format!("{author} never had the right to {} it: in {group} {author} is {role}{lacks}", then.verb)
    }

    /// Everything that may have changed who has which role, with its date, as far as the node holds it.
    fn changes_of_rights(&self, seen: &LiveView, group: CoId) -> Vec<(&'a MadeAt, Written<'a>)> {
        let evidence = self.evidence;
        let others = seen.rests_on().filter_map(|id| evidence.scenario.directory.find(id));
        let mut groups: Vec<CoId> = others.chain([group]).collect();
        groups.sort_unstable();
        groups.dedup();
        let held = groups.into_iter().flat_map(|group| {
            let written = evidence.written(group).into_iter();
            written.filter(move |one| evidence.holds(self.node, group, one))
        });
        held.filter_map(|one| Some((&one.transaction.said.as_deref()?.made_at, one))).collect()
    }

    /// What the node does not know of a group, in words that follow a reason.
    fn lacks(&self, group: CoId) -> Option<String> {
        let evidence = self.evidence;
        let written = evidence.written(group);
        let missing = written.iter().find(|one| !evidence.holds(self.node, group, one))?;
        let (name, journey) = (evidence.node(self.node), evidence.journey(group, missing, self.node));
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
        let id = self.evidence.scenario.directory.co_value(self.id).map_or("", |known| &known.id);
        Place::transaction(id, &self.session(written), written.index)
    }

    /// The first write that counts of those that a transaction's meta gives one name.
    pub(super) fn first_with_its_name(&self, written: &Written<'_>) -> Option<&Written<'a>> {
        let name = |one: &Written<'_>| self.meta(one)?.get("fww").cloned();
        let own = name(written)?;
        let same = self.written.iter().filter(|one| self.counts(one) && name(one).as_ref() == Some(&own));
        same.min_by(|a, b| self.order(a, b))
    }
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
