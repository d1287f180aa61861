//! A CoValue and, where it is a branch, its source, and the source of that: a branch shows what it had when it was made,
//! and what was written in the branch since.

use super::changes::{Changes, read};
use super::first::Turn;
use super::groups::Groups;
use super::keys::{Agreements, Secrets};
use super::meta::{Metas, Start, meta};
use super::order::{Logged, ordered};
use super::origin::{Name, Origin};
use super::validity::{Ruleset, Validity};
use super::{CoValue, Dialect, KeyRing, Resolver, of_session};
use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::mem;
use serde_json::Value;

/// How many CoValues are looked at for one that is a branch. Honest branches have a source, and maybe that has one.
const LAYERS_MAX: usize = 32;

/// A CoValue, then its source, and so on.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    layers: Vec<Layer<'a>>,
    /// The ids of all that was looked at for the sources, there or not.
    pub(super) asked: BTreeSet<String>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Layer<'a> {
    co_value: CoValue<'a>,
    /// Its own id, where it is a branch.
    branch: Option<&'a str>,
    pub(super) validity: Validity,
    pub(super) secrets: Secrets,
    pub(super) metas: Metas<'a>,
    /// Up to where it shows in the layer before.
    end: Option<Start>,
}

/// A transaction that counts, with its layer and where it was made.
struct Placed<'a> {
    logged: Logged<'a>,
    layer: usize,
    branch: Option<Cow<'a, str>>,
    /// Where it was merged.
    origin: Option<Origin>,
}

impl<'a> Layer<'a> {
    fn new(co_value: CoValue<'a>, groups: &Groups<'_>, secrets: Secrets, end: Option<Start>) -> Layer<'a> {
        let validity = Validity::new(co_value.header, groups);
        let branch = source(co_value.header, validity.dialect()).map(|_| co_value.id);
        let metas = Metas::of(&co_value, branch, &validity, &secrets);
        Layer { co_value, branch, validity, secrets, metas, end }
    }

    /// Its transactions that count, with what their metas say.
    pub(super) fn said(&self) -> impl Iterator<Item = (Logged<'a>, Option<Value>)> {
        let counted = ordered(&self.co_value).into_iter().filter(|logged| self.validity.holds(logged));
        counted.map(|logged| (logged, meta(self.co_value.id, &logged, &self.secrets)))
    }

    /// Where a transaction of it was made.
    pub(super) fn origin(&self, logged: &Logged<'a>) -> Origin {
        let merged = self.metas.origins.get(&(logged.session, logged.index)).cloned();
        merged.unwrap_or_else(|| Origin::here(logged, self.branch))
    }

    /// What a transaction of it changes.
    pub(super) fn read(&self, logged: Logged<'a>) -> Option<Changes<'a>> {
        read(self.co_value.id, logged, self.validity.dialect(), &self.secrets)
    }

    /// Whether a transaction that counts shows what it brings.
    pub(super) fn shows(&self, logged: &Logged<'_>) -> bool {
        let named = || meta(self.co_value.id, logged, &self.secrets);
        let is_first = !logged.transaction.has_meta()
            || named().is_none_or(|meta| self.metas.firsts.turn(&meta, logged) != Turn::Later);
        let origin = self.metas.origins.get(&(logged.session, logged.index));
        is_first && !origin.is_some_and(|origin| origin.is_late)
    }
}

impl<'a> Layers<'a> {
    /// Those of `co_value`, as who has `keys` sees them.
    pub(super) fn seen_by<R: Resolver + ?Sized>(
        co_value: &CoValue<'a>,
        resolver: &'a R,
        keys: &KeyRing,
    ) -> Layers<'a> {
        let (groups, agreements) = (Groups::of(co_value, resolver), &mut Agreements::default());
        let secrets = Secrets::learn(&groups, resolver, keys, agreements);
        Layers::of(co_value, (&groups, secrets), (resolver, keys, agreements))
    }

    /// Those of `co_value`, of which the groups and secrets are known.
    pub(super) fn of<R: Resolver + ?Sized>(
        co_value: &CoValue<'a>,
        (groups, secrets): (&Groups<'_>, Secrets),
        (resolver, keys, agreements): (&'a R, &KeyRing, &mut Agreements),
    ) -> Layers<'a> {
        let mut layers = alloc::vec![Layer::new(co_value.clone(), groups, secrets, None)];
        let mut asked = BTreeSet::new();
        while let Some((id, start)) =
            layers.last().and_then(Layer::source).filter(|_| layers.len() < LAYERS_MAX)
        {
            asked.insert(String::from(id));
            let Some(source) = resolver.co_value(id) else { break };
            let is_circle = layers.iter().any(|layer| layer.co_value.id == source.id);
            if is_circle || matches!(Ruleset::of_header(source.header), Some(Ruleset::Group { .. })) {
                break;
            }
            let groups = Groups::of(&source, resolver);
            asked.extend(rests_on(&groups));
            let secrets = Secrets::learn(&groups, resolver, keys, agreements);
            let layer = Layer::new(source, &groups, secrets, Some(start));
            if layer.validity.is_deleted(&layer.co_value) {
                break;
            }
            layers.push(layer);
        }
        Layers { layers, asked }
    }

    /// The first: the CoValue itself.
    pub(super) fn own(&self) -> &Layer<'a> {
        &self.layers[0]
    }

    /// The first alone.
    pub(super) fn into_own(mut self) -> Layer<'a> {
        self.layers.swap_remove(0)
    }

    /// Whether everything stands where it was made, in one CoValue.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.layers.as_slice(), [only] if only.metas.origins.is_empty())
    }

    /// The names of all that was merged.
    pub(super) fn merged(&self) -> BTreeSet<Name> {
        let origins = self.layers.iter().flat_map(|layer| layer.metas.origins.values());
        origins.map(|origin| origin.name.clone()).collect()
    }

    /// What shows, each when its turn comes. What is no array of changes is as if it could not be read.
    pub(super) fn visible(&self) -> impl Iterator<Item = Changes<'a>> {
        let mut met: BTreeMap<Name, bool> = self.merged().into_iter().map(|name| (name, false)).collect();
        self.ordered().into_iter().filter_map(move |Placed { logged, layer: number, branch, origin }| {
            let layer = &self.layers[number];
            let changes = layer.read(logged)?;
            let source = Some(layer.co_value.id).filter(|_| number > 0);
            let mut changes = Changes { branch, source, ..changes };
            changes.is_shown = layer.shows(&logged);
            if let Some(Origin { name: (session, branch, index), made_at, .. }) = origin {
                (changes.session, changes.branch, changes.index) =
                    (session.into(), branch.map(Cow::Owned), index);
                (changes.made_at, changes.is_merged) = (Cow::Owned(made_at), true);
            }
            let made = (&*changes.session, &*changes.made_at);
            if changes.is_shown && !self.own().validity.permits(made, &changes.changes) {
                return None;
            }
            if !met.is_empty()
                && let Some(is_met) = met.get_mut(&changes.name())
            {
                changes.is_repeated = mem::replace(is_met, true);
            }
            Some(changes)
        })
    }

    /// All that counts, in the total order of what it shows.
    fn ordered(&self) -> Vec<Placed<'a>> {
        let mut all = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            for logged in ordered(&layer.co_value) {
                let reaches = layer.end.as_ref().is_none_or(|end| end.reaches(&logged));
                if reaches && layer.validity.holds(&logged) {
                    let origin = layer.metas.origins.get(&(logged.session, logged.index)).cloned();
                    let branch = layer.branch.map(Cow::Borrowed);
                    all.push(Placed { logged, layer: number, branch, origin });
                }
            }
        }
        if !self.is_plain() {
            // Stable: what has one name stays in the order in which it was merged.
            all.sort_by(Placed::compare);
        }
        all
    }
}

impl<'a> Layer<'a> {
    /// Its source, and where it begins there.
    fn source(&self) -> Option<(&'a str, Start)> {
        self.branch?;
        Some((source(self.co_value.header, self.validity.dialect())?, self.metas.start.clone()?))
    }
}

impl Placed<'_> {
    fn made(&self) -> (&crate::real::MadeAt, &str, u32, Option<&str>) {
        match &self.origin {
            Some(Origin { name: (session, branch, index), made_at, .. }) => {
                (made_at, session, *index, branch.as_deref())
            }
            None => {
                let Logged { session, index, transaction } = self.logged;
                (&transaction.made_at, session, index, self.branch.as_deref())
            }
        }
    }

    fn is_late(&self) -> bool {
        self.origin.as_ref().is_some_and(|origin| origin.is_late)
    }

    fn compare(&self, other: &Placed<'_>) -> Ordering {
        let ((at, session, index, branch), (other_at, other_session, other_index, other_branch)) =
            (self.made(), other.made());
        let sessions = || session.encode_utf16().cmp(other_session.encode_utf16());
        let names = || sessions().then(index.cmp(&other_index)).then(branch.cmp(&other_branch));
        // What was merged wrongly hides nothing that was merged well.
        at.cmp(other_at).then_with(names).then(self.is_late().cmp(&other.is_late()))
    }
}

/// The source of a CoValue with this header, where it is a branch.
pub(super) fn source(header: &Value, dialect: Dialect) -> Option<&str> {
    let source = header.get("meta")?.get("source")?.as_str()?;
    Some(source).filter(|source| dialect.has_branches() && !source.is_empty())
}

/// What groups rest on: themselves, those that were not found, and the accounts of those who handed out keys.
pub(super) fn rests_on(groups: &Groups<'_>) -> BTreeSet<String> {
    let edits = groups.groups.iter().flat_map(|group| group.edits.values().flatten());
    let givers = edits.filter_map(|edit| of_session(edit.logged.session));
    groups.asked.iter().map(String::as_str).chain(givers).map(String::from).collect()
}
