//! Which keys a reader has: what was sealed for it, what everyone may know, and what these keys unlock.

use super::Resolver;
use super::group::{Edit, Group};
use super::groups::{Groups, agent_of};
use super::role::{EVERYONE, GROUP_SEALER};
use crate::real::{
    AgentSecret, Agreement, KeySecret, Place, SealerId, decrypt_key, group_sealer, key_of, unseal_for_group,
};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Who reads: the names under which keys are sealed for it, and the secret that opens them.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    own: Option<Own>,
}

#[derive(Clone, Debug)]
struct Own {
    names: Vec<String>,
    secret: AgentSecret,
}

impl KeyRing {
    /// Somebody without secrets: a server, a stranger. It reads what is not encrypted, and what everyone may.
    pub fn empty() -> KeyRing {
        KeyRing::default()
    }

    /// An agent without account.
    pub fn of_agent(secret: AgentSecret) -> KeyRing {
        KeyRing { own: Some(Own { names: alloc::vec![secret.id().to_string()], secret }) }
    }

    /// An account and its agent.
    pub fn of_account(account: &str, secret: AgentSecret) -> KeyRing {
        let names = alloc::vec![account.into(), secret.id().to_string()];
        KeyRing { own: Some(Own { names, secret }) }
    }

    /// The name by which groups know it: its account, where it has one.
    pub(super) fn name(&self) -> Option<&str> {
        self.own.as_ref()?.names.first().map(String::as_str)
    }
}

/// What a reader has agreed on with those who sealed something for it; `None` with one whose key is too weak.
#[derive(Clone, Debug, Default)]
pub(super) struct Agreements {
    with: BTreeMap<SealerId, Option<Agreement>>,
}

impl Agreements {
    fn with(&mut self, from: SealerId, own: &Own) -> Option<&Agreement> {
        let agree = |from: &SealerId| Agreement::new(&own.secret.sealer, from).ok();
        self.with.entry(from).or_insert_with_key(agree).as_ref()
    }
}

/// The secrets of keys, by their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    known: BTreeMap<String, KeySecret>,
}

impl Secrets {
    pub(super) fn get(&self, key: &str) -> Option<&KeySecret> {
        self.known.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &KeySecret)> {
        self.known.iter().map(|(id, secret)| (id.as_str(), secret))
    }

    /// All that `keys` can learn in `groups`. `agreements` are the reader's, who has others with nobody.
    pub(super) fn learn<R: Resolver + ?Sized>(
        groups: &Groups<'_>,
        resolver: &R,
        keys: &KeyRing,
        agreements: &mut Agreements,
    ) -> Secrets {
        let mut secrets = Secrets::default();
        let mut learn = |by_role: bool| {
            for group in groups.groups.iter().rev() {
                for (key, edits) in &group.edits {
                    let Some((id, member)) = key.split_once("_for_") else { continue };
                    let edits = edits.iter().filter(|edit| edit.by_role || !by_role);
                    if let Some(secret) = revealed((group, member), edits, resolver, keys, agreements) {
                        secrets.known.entry(id.into()).or_insert(secret);
                    }
                }
            }
            secrets.unlock(groups, by_role);
        };
        learn(true);
        // What members hand out as keys of their own comes last: it takes nothing away.
        let mut edits = groups.groups.iter().flat_map(|group| group.edits.values().flatten());
        if edits.any(|edit| !edit.by_role) {
            learn(false);
        }
        secrets
    }

    /// Adds every key that is locked with a known one, or sealed for a group whose sealer a known one gives, until there
    /// are no more.
    fn unlock(&mut self, groups: &Groups<'_>, by_role: bool) {
        let mut locks = Locks::new(groups, by_role);
        let mut todo: Vec<String> = self.known.keys().cloned().collect();
        while let Some(with) = todo.pop() {
            let Some(secret) = self.known.get(&with).cloned() else { continue };
            for (id, edit) in locks.locked.remove(with.as_str()).unwrap_or_default() {
                let Some(text) = edit.value.as_str().filter(|_| !self.known.contains_key(id)) else {
                    continue;
                };
                if let Ok(unlocked) = decrypt_key(text, id, (&with, &secret)) {
                    self.known.insert(id.into(), unlocked);
                    todo.push(id.into());
                }
            }
            for (id, place, edit) in locks.sealed_with(&with, &secret) {
                let Some(text) = edit.value.as_str().filter(|_| !self.known.contains_key(id)) else {
                    continue;
                };
                let opened = unseal_for_group(text, &group_sealer(&secret), &place);
                if let Some(opened) = opened.ok().and_then(|value| key_of(&value).ok()) {
                    self.known.insert(id.into(), opened);
                    todo.push(id.into());
                }
            }
        }
    }
}

/// What the edits of groups lock with keys, and seal for the sealers of groups.
#[derive(Default)]
struct Locks<'a> {
    /// By the key, which are locked with it.
    locked: BTreeMap<&'a str, Vec<(&'a str, &'a Edit<'a>)>>,
    /// By the sealer, which are sealed for it, and where.
    sealed: BTreeMap<&'a str, Vec<(&'a str, Place, &'a Edit<'a>)>>,
    /// By the key of which it is made, which sealers groups have had.
    sealers: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Locks<'a> {
    fn new(groups: &'a Groups<'a>, by_role: bool) -> Locks<'a> {
        let mut locks = Locks::default();
        for group in &groups.groups {
            for (key, edits) in &group.edits {
                let edits = edits.iter().filter(|edit| edit.by_role || !by_role);
                if let Some((id, with)) = key.split_once("_for_").filter(|(_, with)| with.starts_with("key_"))
                {
                    locks.locked.entry(with).or_default().extend(edits.map(|edit| (id, edit)));
                    continue;
                }
                if !groups.dialect().has_group_sealers() {
                    continue;
                }
                if let Some((id, sealer)) = key.split_once("_sealedFor_") {
                    let place = |edit: &Edit<'_>| {
                        Place::transaction(group.id, edit.logged.session, edit.logged.index)
                    };
                    locks.sealed.entry(sealer).or_default().extend(edits.map(|edit| (id, place(edit), edit)));
                } else if key == GROUP_SEALER {
                    let named = edits.filter_map(|edit| edit.value.as_str()?.split_once('@'));
                    named.for_each(|(key, sealer)| locks.sealers.entry(key).or_default().push(sealer));
                }
            }
        }
        locks
    }

    /// What is sealed for the sealer that comes of a key, once.
    fn sealed_with(&mut self, key: &str, secret: &KeySecret) -> Vec<(&'a str, Place, &'a Edit<'a>)> {
        let sealers = self.sealers.remove(key).unwrap_or_default();
        if sealers.is_empty() {
            return Vec::new();
        }
        let own = group_sealer(secret).id().to_string();
        sealers
            .into_iter()
            .find(|sealer| *sealer == own)
            .and_then(|own| self.sealed.remove(own))
            .unwrap_or_default()
    }
}

/// The key that a group handed to a member, in these edits, if that is everyone or us. The oldest that can be opened: a
/// key does not change, so what comes later cannot take it away.
fn revealed<'a, R: Resolver + ?Sized>(
    (group, member): (&Group<'_>, &str),
    mut edits: impl Iterator<Item = &'a Edit<'a>>,
    resolver: &R,
    keys: &KeyRing,
    agreements: &mut Agreements,
) -> Option<KeySecret> {
    if member == EVERYONE {
        return edits.find_map(|edit| key_of(&edit.value).ok());
    }
    let own = keys.own.as_ref().filter(|own| own.names.iter().any(|name| name == member))?;
    edits.find_map(|edit| {
        let from = agent_of(edit.logged.author()?, resolver)?;
        let place = Place::transaction(group.id, edit.logged.session, edit.logged.index);
        let agreement = agreements.with(from.sealer, own)?;
        key_of(&agreement.unseal(edit.value.as_str()?, &place).ok()?).ok()
    })
}

/// The name under which the secret of `key` is handed to `member`, or locked with another key.
pub(super) fn revelation(key: &str, member: &str) -> String {
    format!("{key}_for_{member}")
}
