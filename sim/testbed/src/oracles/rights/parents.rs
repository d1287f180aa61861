//! The parents of a group: whose members count in it, as what, and which keys they get with their own.

use super::{Moment, Rights, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// As what the members of a parent count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// As what they are there.
    Extend,
    /// All as this.
    As(Role),
    /// No longer.
    Nothing,
}

impl Word {
    /// What a group says of a parent. By today's rules whatever is not known means that it is none.
    pub(super) fn parse(text: &str, is_todays: bool) -> Option<Word> {
        match text {
            "extend" => Some(Word::Extend),
            "revoked" => Some(Word::Nothing),
            "reader" => Some(Word::As(Role::Reader)),
            "writer" => Some(Word::As(Role::Writer)),
            "admin" => Some(Word::As(Role::Admin)),
            "manager" if is_todays => Some(Word::As(Role::Manager)),
            _ => is_todays.then_some(Word::Nothing),
        }
    }
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(in crate::oracles) struct Above {
    /// Who may do what in the parents that are there, by their ids.
    there: BTreeMap<String, Arc<Rights>>,
    /// Whether one of them was left out though it may count.
    is_cut: bool,
    /// Whether one of them was left out since it is a child, too.
    is_round: bool,
    /// What the group said of each parent from when on, in the total order.
    words: BTreeMap<String, Vec<(Moment, Word)>>,
    /// Whether it names a parent, whether that counts or not.
    names_any: bool,
    /// The keys that were sealed for each sealer.
    sealed: BTreeMap<String, BTreeSet<String>>,
    /// The sealers that came of each key.
    sealers: BTreeMap<String, BTreeSet<String>>,
}

impl Above {
    /// The parents of a group that are there; `is_cut` where one was left out that may count, `is_round` where one is a
    /// child, too.
    pub(in crate::oracles) fn new(
        there: BTreeMap<String, Arc<Rights>>,
        is_cut: bool,
        is_round: bool,
    ) -> Above {
        Above { there, is_cut, is_round, ..Above::default() }
    }

    pub(super) fn is_round(&self) -> bool {
        self.is_round
    }

    pub(super) fn has_any(&self) -> bool {
        self.names_any
    }

    /// The parents that the group has in the end.
    pub(super) fn present(&self) -> Vec<&Rights> {
        let is_one = |parent: &&String| {
            let last = self.words.get(*parent).and_then(|history| history.last());
            last.is_some_and(|(_, word)| *word != Word::Nothing)
        };
        self.there.iter().filter(|(parent, _)| is_one(parent)).map(|(_, rights)| rights.as_ref()).collect()
    }

    /// Whether the group names a sealer, for which its children seal their keys.
    pub(super) fn has_sealer(&self) -> bool {
        !self.sealers.is_empty()
    }

    pub(super) fn are_known(&self) -> bool {
        !self.is_cut && self.there.values().all(|parent| parent.are_known())
    }

    /// Whether everybody was honest whose word counts in them.
    pub(super) fn are_honest(&self) -> bool {
        self.there.values().all(|parent| parent.are_honest())
    }

    /// The group says something of a parent, or tries to; says whether that counts.
    pub(super) fn says(&mut self, parent: &str, when: Moment, word: Option<Word>) -> bool {
        self.names_any = true;
        let Some(word) = word else { return false };
        self.words.entry(parent.to_owned()).or_default().push((when, word));
        true
    }

    /// What counts was decided otherwise; what is said of a parent, as everywhere, in the total order.
    pub(super) fn sort(&mut self) {
        for history in self.words.values_mut() {
            history.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    /// A key is sealed for the members of a parent.
    pub(super) fn seals(&mut self, key: &str, sealer: &str) -> bool {
        self.sealed.entry(sealer.to_owned()).or_default().insert(key.to_owned());
        true
    }

    /// The group names its own sealer, and the key that it comes of.
    pub(super) fn names_sealer(&mut self, value: &str) {
        if let Some((key, sealer)) = value.split_once('@') {
            self.sealers.entry(key.to_owned()).or_default().insert(sealer.to_owned());
        }
    }

    /// What `member` is, who is `own` in the group itself: the larger of that and what it has of the parents.
    pub(super) fn inherited(&self, own: Option<Role>, member: &str, at: u64) -> Option<Role> {
        let of_parents = self.words.iter().filter_map(|(parent, history)| {
            let (_, word) = history.iter().rev().find(|((from, _, _), _)| *from <= at)?;
            let there = self.there.get(parent)?.role(member, at)?;
            // Who reads nothing there is nothing here.
            let counts = !matches!(there, Role::Revoked | Role::WriteOnly | Role::Invite(_));
            match word {
                Word::Extend => Some(there),
                Word::As(role) => Some(*role),
                Word::Nothing => None,
            }
            .filter(|_| counts)
        });
        of_parents.fold(own, |own, role| own.filter(|own| rank(*own) >= rank(role)).or(Some(role)))
    }
}

/// Of two roles the larger counts.
fn rank(role: Role) -> u8 {
    match role {
        Role::Revoked => 0,
        Role::Reader | Role::WriteOnly => 1,
        Role::Writer | Role::Invite(_) => 2,
        Role::Manager => 3,
        Role::Admin => 4,
    }
}

impl Rights {
    /// The group, its parents, and theirs.
    pub(super) fn lineage(&self) -> Vec<&Rights> {
        let mut all = vec![self];
        let mut next = 0;
        while let Some(rights) = all.get(next) {
            all.extend(rights.above.there.values().map(Arc::as_ref));
            next += 1;
        }
        all
    }
}

/// The keys that can be opened with this one, since they were sealed for the sealer that comes of it.
pub(super) fn sealed_with<'a>(lineage: &[&'a Rights], key: &str) -> Vec<&'a str> {
    let sealers = lineage.iter().filter_map(|rights| rights.above.sealers.get(key)).flatten();
    let sealed =
        |sealer: &'a String| lineage.iter().filter_map(move |rights| rights.above.sealed.get(sealer));
    sealers.flat_map(sealed).flatten().map(String::as_str).collect()
}
