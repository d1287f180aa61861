//! Messages of a link that are kept back or lost.

use super::refs::{Named, Numbered, Refs, Rename};
use super::{Resolving, To, Way, Where};
use crate::host::{Filter, FilterAct};
use crate::scenario::file::{KINDS, quoted};
use crate::scenario::place::At;
use crate::scenario::problems::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Messages that are kept back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct Hold<R: Refs = Named> {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[R::Node; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<R::Node>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<R::Node>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<R::CoValue>>,
}

/// Messages that are lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "")]
pub struct DropMessages<R: Refs = Named> {
    /// The two nodes, for both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[R::Node; 2]>,
    /// The sender, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<R::Node>,
    /// The receiver, for one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<R::Node>,
    /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub kinds: Option<Vec<String>>,
    /// The CoValues that the messages are about. Default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub ids: Option<Vec<R::CoValue>>,
    /// How many messages are lost. Default all, until the link heals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub count: Option<u32>,
}

impl<R: Refs> Hold<R> {
    pub(crate) fn way(&self) -> Way<'_, R> {
        Way { between: self.between.as_ref(), from: self.from.as_ref(), to: self.to.as_ref() }
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<Hold<S>> {
        let Where { between, from, to } = by.way(self.way())?;
        let (kinds, ids) = (self.kinds.clone(), renamed(self.ids.as_deref(), by)?);
        Some(Hold { between, from, to, kinds, ids })
    }
}

impl Hold {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        check(self.kinds.as_deref(), self.ids.as_deref(), by);
        by.check_way(self.way())
    }

    pub(super) fn words(&self) -> String {
        format!("{} {} is kept back", messages(&self.kinds, &self.ids), self.way())
    }
}

impl Hold<Numbered> {
    /// Which messages are kept back.
    pub(crate) fn filter(&self) -> Filter {
        filter(&self.kinds, &self.ids, FilterAct::Hold)
    }
}

impl<R: Refs> DropMessages<R> {
    pub(crate) fn way(&self) -> Way<'_, R> {
        Way { between: self.between.as_ref(), from: self.from.as_ref(), to: self.to.as_ref() }
    }

    pub(super) fn renamed<'a, S: Refs>(&'a self, by: &mut impl Rename<'a, R, S>) -> Option<DropMessages<S>> {
        let Where { between, from, to } = by.way(self.way())?;
        let (kinds, ids) = (self.kinds.clone(), renamed(self.ids.as_deref(), by)?);
        Some(DropMessages { between, from, to, kinds, ids, count: self.count })
    }
}

impl DropMessages {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        if self.count == Some(0) {
            let problem = Problem::new(by.at.key("count").value(), "a drop of no messages");
            by.report.add(
                problem.expected("at least 1").help("leave it out to drop every one until the link heals"),
            );
        }
        check(self.kinds.as_deref(), self.ids.as_deref(), by);
        by.check_way(self.way())
    }

    pub(super) fn words(&self) -> String {
        let end = self.count.map(|count| format!(", up to {count} messages")).unwrap_or_default();
        format!("{} {} is dropped{end}", messages(&self.kinds, &self.ids), self.way())
    }
}

impl DropMessages<Numbered> {
    /// Which messages are lost.
    pub(crate) fn filter(&self) -> Filter {
        filter(&self.kinds, &self.ids, FilterAct::Drop { count: self.count })
    }
}

fn renamed<'a, R: Refs, S: Refs>(
    ids: Option<&'a [R::CoValue]>,
    by: &mut impl Rename<'a, R, S>,
) -> Option<Option<Vec<S::CoValue>>> {
    let ids = ids.map(|ids| {
        let ids = ids.iter().enumerate();
        ids.map(|(index, id)| by.to_co_value(To::Filtered, ("ids", Some(index)), id)).collect()
    });
    ids.map_or(Some(None), |ids: Option<_>| ids.map(Some))
}

fn filter(kinds: &Option<Vec<String>>, ids: &Option<Vec<u32>>, act: FilterAct) -> Filter {
    Filter { kinds: kinds.clone().unwrap_or_default(), subjects: ids.clone().unwrap_or_default(), act }
}

fn check(kinds: Option<&[String]>, ids: Option<&[String]>, by: &mut Resolving<'_, '_>) {
    for (field, list) in [("kinds", kinds), ("ids", ids)] {
        if list.is_some_and(<[_]>::is_empty) {
            let problem = Problem::new(by.at.key(field).value(), format!("`{field}` lists nothing"));
            by.report.add(problem.expected("at least one").help("leave it out for all of them"));
        }
    }
    let at = by.at.key("kinds");
    let kinds = kinds.unwrap_or_default().iter().enumerate();
    for (index, kind) in kinds.filter(|(_, kind)| !KINDS.contains(&kind.as_str())) {
        let message = format!("unknown kind of message {}", quoted(kind));
        let list = || format!("the kinds are {}", KINDS.join(", "));
        let help = by.report.did_you_mean(kind, KINDS).unwrap_or_else(list);
        by.report.add(Problem::new(at.index(index).value(), message).help(help));
    }
    let at = by.at.key("ids");
    for (index, id) in ids.unwrap_or_default().iter().enumerate() {
        check_subject(id, &at.index(index), by);
    }
}

/// `content, known of notes`.
fn messages(kinds: &Option<Vec<String>>, ids: &Option<Vec<String>>) -> String {
    let kinds = kinds.as_ref().map_or_else(|| "everything".to_owned(), |kinds| kinds.join(", "));
    match ids {
        None => kinds,
        Some(ids) => format!("{kinds} of {}", ids.join(", ")),
    }
}

/// A CoValue that something else in the file mentions.
fn check_subject(id: &str, at: &At<'_>, by: &mut Resolving<'_, '_>) {
    if by.names.co_value(id).is_some() {
        return;
    }
    let problem = Problem::new(at.value(), format!("unknown CoValue {}", quoted(id)));
    let close = by.report.did_you_mean(id, by.names.co_values().iter().copied());
    let help = close.unwrap_or_else(|| "name one that an entry creates, edits or loads".to_owned());
    by.report.add(problem.expected("expected a CoValue of the scenario").help(help));
}
