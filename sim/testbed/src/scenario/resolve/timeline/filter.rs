//! The operations that are about some messages of a link, or about one end of it.

use super::super::{At, Problem, file};
use super::action::{Chooser, Chosen};
use crate::scenario::file::KINDS;
use crate::scenario::{Action, Filter, FilterAct};

impl Chooser<'_, '_> {
    pub(super) fn half_open(&mut self, ends: &file::HalfOpen) -> Option<Chosen> {
        let at = [&self.at.key("node"), &self.at.key("peer")];
        let (link, in_order) = self.names.link([&ends.node, &ends.peer], at, self.report)?;
        let action = Action::HalfOpen { link, end: u8::from(!in_order) };
        Some(Chosen { action, usual_name: format!("half-open-{}-{}", ends.node, ends.peer) })
    }

    pub(super) fn drop_messages(&mut self, drop: &file::DropMessages) -> Option<Chosen> {
        if drop.count == Some(0) {
            let problem = Problem::new(self.at.key("count").value(), "a drop of no messages");
            self.report.add(
                problem.expected("at least 1").help("leave it out to drop every one until the link heals"),
            );
        }
        self.filter(&drop.messages(), FilterAct::Drop { count: drop.count })
    }

    pub(super) fn filter(&mut self, messages: &file::Hold, act: FilterAct) -> Option<Chosen> {
        let kinds = messages.kinds.as_deref().unwrap_or_default();
        let ids = messages.ids.as_deref().unwrap_or_default();
        for (field, list) in [("kinds", &messages.kinds), ("ids", &messages.ids)] {
            if list.as_ref().is_some_and(Vec::is_empty) {
                let problem = Problem::new(self.at.key(field).value(), format!("`{field}` lists nothing"));
                self.report.add(problem.expected("at least one").help("leave it out for all of them"));
            }
        }
        let at = self.at.key("kinds");
        for (index, kind) in kinds.iter().enumerate().filter(|(_, kind)| !KINDS.contains(&kind.as_str())) {
            let message = format!("unknown kind of message {}", file::quoted(kind));
            let list = || format!("the kinds are {}", KINDS.join(", "));
            let help = self.report.did_you_mean(kind, KINDS).unwrap_or_else(list);
            self.report.add(Problem::new(at.index(index).value(), message).help(help));
        }
        let at = self.at.key("ids");
        let subjects: Vec<u32> =
            ids.iter().enumerate().filter_map(|(index, id)| self.subject_of(id, &at.index(index))).collect();
        let (link, direction, usual_name) = self.way(&messages.between, &messages.from, &messages.to)?;
        let filter = u32::try_from(self.filters.len()).ok()?;
        self.filters.push(Filter { kinds: kinds.to_vec(), subjects, act });
        Some(Chosen { action: Action::Filter { link, direction, filter }, usual_name })
    }

    /// A CoValue that something else in the file mentions.
    fn subject_of(&mut self, id: &str, at: &At<'_>) -> Option<u32> {
        if let Some(co_value) = self.names.co_value(id) {
            return Some(co_value);
        }
        let problem = Problem::new(at.value(), format!("unknown CoValue {}", file::quoted(id)));
        let close = self.report.did_you_mean(id, self.names.co_values().iter().copied());
        let help = close.unwrap_or_else(|| "name one that an entry creates, edits or loads".to_owned());
        self.report.add(problem.expected("expected a CoValue of the scenario").help(help));
        None
    }
}
