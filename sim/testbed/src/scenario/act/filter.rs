//! Messages of a link that are kept back or lost.

use super::{Reference, Resolving, To, Way};
use crate::host::{Filter, FilterAct};
use crate::scenario::file::{KINDS, quoted};
use crate::scenario::operation::Action;
use crate::scenario::place::At;
use crate::scenario::problems::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages that are kept back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<String>>,
}

/// Messages that are lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropMessages {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[String; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<String>>,
    /// How many messages are lost. Default all, until the link heals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
}

impl Hold {
    pub(super) fn way(&self) -> Way<'_> {
        Way { between: self.between.as_ref(), from: self.from.as_deref(), to: self.to.as_deref() }
    }

    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        Messages { kinds: &self.kinds, ids: &self.ids }.refs(self.way())
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        Messages { kinds: &self.kinds, ids: &self.ids }.resolve(self.way(), FilterAct::Hold, by)
    }

    pub(super) fn words(&self) -> String {
        let messages = Messages { kinds: &self.kinds, ids: &self.ids };
        format!("{} {} is kept back", messages.words(), self.way())
    }
}

impl DropMessages {
    pub(super) fn way(&self) -> Way<'_> {
        Way { between: self.between.as_ref(), from: self.from.as_deref(), to: self.to.as_deref() }
    }

    pub(super) fn refs(&self) -> Vec<Reference<'_>> {
        Messages { kinds: &self.kinds, ids: &self.ids }.refs(self.way())
    }

    pub(super) fn resolve(&self, by: &mut Resolving<'_, '_>) -> Option<Action> {
        if self.count == Some(0) {
            let problem = Problem::new(by.at.key("count").value(), "a drop of no messages");
            by.report.add(
                problem.expected("at least 1").help("leave it out to drop every one until the link heals"),
            );
        }
        let act = FilterAct::Drop { count: self.count };
        Messages { kinds: &self.kinds, ids: &self.ids }.resolve(self.way(), act, by)
    }

    pub(super) fn words(&self) -> String {
        let messages = Messages { kinds: &self.kinds, ids: &self.ids };
        let end = self.count.map(|count| format!(", up to {count} messages")).unwrap_or_default();
        format!("{} {} is dropped{end}", messages.words(), self.way())
    }
}

/// Which messages are kept back or lost.
#[derive(Clone, Copy)]
struct Messages<'a> {
    kinds: &'a Option<Vec<String>>,
    ids: &'a Option<Vec<String>>,
}

impl<'a> Messages<'a> {
    fn refs(self, way: Way<'a>) -> Vec<Reference<'a>> {
        let ids = self.ids.iter().flatten().enumerate();
        let ids = ids.map(|(index, id)| Reference::nth(To::Filtered, "ids", index, id));
        way.refs().into_iter().chain(ids).collect()
    }

    fn resolve(self, way: Way<'_>, act: FilterAct, by: &mut Resolving<'_, '_>) -> Option<Action> {
        let kinds = self.kinds.as_deref().unwrap_or_default();
        let ids = self.ids.as_deref().unwrap_or_default();
        for (field, list) in [("kinds", self.kinds), ("ids", self.ids)] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                let problem = Problem::new(by.at.key(field).value(), format!("`{field}` lists nothing"));
                by.report.add(problem.expected("at least one").help("leave it out for all of them"));
            }
        }
        let at = by.at.key("kinds");
        for (index, kind) in kinds.iter().enumerate().filter(|(_, kind)| !KINDS.contains(&kind.as_str())) {
            let message = format!("unknown kind of message {}", quoted(kind));
            let list = || format!("the kinds are {}", KINDS.join(", "));
            let help = by.report.did_you_mean(kind, KINDS).unwrap_or_else(list);
            by.report.add(Problem::new(at.index(index).value(), message).help(help));
        }
        let at = by.at.key("ids");
        let subjects = ids.iter().enumerate();
        let subjects = subjects.filter_map(|(index, id)| subject(id, &at.index(index), by)).collect();
        let (link, direction) = by.way(way)?;
        let filter = u32::try_from(by.filters.len()).ok()?;
        by.filters.push(Filter { kinds: kinds.to_vec(), subjects, act });
        Some(Action::Filter { link, direction, filter })
    }

    /// `content, known of notes`.
    fn words(self) -> String {
        let kinds = self.kinds.as_ref().map_or_else(|| "everything".to_owned(), |kinds| kinds.join(", "));
        match self.ids {
            None => kinds,
            Some(ids) => format!("{kinds} of {}", ids.join(", ")),
        }
    }
}

/// A CoValue that something else in the file mentions.
fn subject(id: &str, at: &At<'_>, by: &mut Resolving<'_, '_>) -> Option<u32> {
    if let Some(co_value) = by.names.co_value(id) {
        return Some(co_value);
    }
    let problem = Problem::new(at.value(), format!("unknown CoValue {}", quoted(id)));
    let close = by.report.did_you_mean(id, by.names.co_values().iter().copied());
    let help = close.unwrap_or_else(|| "name one that an entry creates, edits or loads".to_owned());
    by.report.add(problem.expected("expected a CoValue of the scenario").help(help));
    None
}
