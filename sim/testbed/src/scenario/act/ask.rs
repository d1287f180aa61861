//! What the app of a guest is asked for in the guest's own words: operations of which cosim knows no more than that they
//! are about something.

use super::refs::{Named, Refs, Rename, fields};
use super::resolving::Resolving;
use crate::scenario::problems::Problem;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fields! {
    /// The app of a guest is asked for something in the guest's own words.
    Ask(it, by) {
        /// The node, which a guest plays.
        node: R::Node = by.app(&it.node)?;
        /// What it is about.
        id: R::CoValue = by.id(&it.id)?;
        /// What the guest calls it: `extend`, `invite`, `rotate`.
        op: String = it.op.clone();
        /// What else it is told, word for word; but `@team` stands for what the guest calls the CoValue or the member
        /// `team`.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        with: Map<String, Value> = it.with.clone();
        /// What it is told that an earlier operation has made, by the name of that operation: the secret of an invite, or,
        /// for `subject`, what is to stand in the place of `id`: a branch.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        given: BTreeMap<String, String> = it.given.clone();
    }
}

/// What the simulator says itself.
const RESERVED: [&str; 3] = ["op", SUBJECT, "token"];

/// What another operation can have made.
const SUBJECT: &str = "subject";

impl Ask {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.node(&self.node, "node")?;
        if !by.names.is_guest(node) {
            let message = format!("`{}` is one of cosim's own nodes", self.node);
            let problem =
                Problem::new(by.at.key("node").value(), message).expected("a node that a guest plays");
            by.report.add(problem.help("its app is asked by `set`, `push`, `add_member` and the like"));
            return None;
        }
        let said = |name: &&String| RESERVED.contains(&name.as_str());
        let with = self.with.keys().find(said).map(|name| ("with", name));
        let given = self.given.keys().filter(|name| *name != SUBJECT).find(said).map(|name| ("given", name));
        if let Some((field, name)) = with.or(given) {
            let at = by.at.key(field);
            let problem = Problem::new(at.key(name).name(), format!("`{name}` is said by the simulator"));
            by.report.add(problem.help("leave it out"));
            return None;
        }
        if let Some(name) = self.given.keys().find(|name| self.with.contains_key(*name)) {
            let at = by.at.key("given");
            let problem = Problem::new(at.key(name).name(), format!("`{name}` stands in `with`, too"));
            by.report.add(problem.help("leave one of the two out"));
            return None;
        }
        Some(())
    }

    pub(super) fn words(&self) -> String {
        let with = if self.with.is_empty() {
            String::new()
        } else {
            format!(" with {}", Value::Object(self.with.clone()))
        };
        let given = self.given.iter().map(|(member, operation)| format!(", {member} as {operation} made it"));
        let given: String = given.collect();
        format!("{} is asked to {} {}{with}{given}", self.node, self.op, self.id)
    }
}
