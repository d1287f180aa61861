//! Messages of a link that are kept back or lost.

use super::refs::{Named, Numbered, Refs, Rename, fields};
use super::{Resolving, Way};
use crate::host::{Filter, FilterAct};
use crate::scenario::file::{KINDS, quoted};
use crate::scenario::place::At;
use crate::scenario::problems::Problem;

fields! {
    /// Messages that are kept back.
    #[derive(Default)]
    Hold(it, by) {
        /// The two nodes, for both ways.
        #[serde(skip_serializing_if = "Option::is_none")]
        between: Option<[R::Node; 2]> = by.between(&it.between)?;
        /// The sender, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<R::Node> = by.end("from", &it.from)?;
        /// The receiver, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<R::Node> = by.end("to", &it.to)?;
        /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1))]
        kinds: Option<Vec<String>> = it.kinds.clone();
        /// The CoValues that the messages are about. Default all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1))]
        ids: Option<Vec<R::CoValue>> = by.filtered(&it.ids)?;
    }

    /// Messages that are lost.
    #[derive(Default)]
    DropMessages(it, by) {
        /// The two nodes, for both ways.
        #[serde(skip_serializing_if = "Option::is_none")]
        between: Option<[R::Node; 2]> = by.between(&it.between)?;
        /// The sender, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<R::Node> = by.end("from", &it.from)?;
        /// The receiver, for one way.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<R::Node> = by.end("to", &it.to)?;
        /// The kinds of messages: `load`, `known`, `correction`, `content`, `done`. Default all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1))]
        kinds: Option<Vec<String>> = it.kinds.clone();
        /// The CoValues that the messages are about. Default all.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1))]
        ids: Option<Vec<R::CoValue>> = by.filtered(&it.ids)?;
        /// How many messages are lost. Default all, until the link heals.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 1))]
        count: Option<u32> = it.count;
    }
}

impl<R: Refs> Hold<R> {
    pub(crate) fn way(&self) -> Way<'_, R> {
        Way { between: self.between.as_ref(), from: self.from.as_ref(), to: self.to.as_ref() }
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
    let (names, kinds) = (by.names, kinds.unwrap_or_default().iter().enumerate());
    for (index, kind) in kinds.filter(|(_, kind)| !names.is_kind(kind)) {
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
