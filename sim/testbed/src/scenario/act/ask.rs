//! What the app of a guest is asked for in the guest's own words: operations of which cosim knows no more than that they
//! are about something.

use super::refs::{Named, Refs, Rename, fields};
use super::resolving::Resolving;
use crate::scenario::problems::Problem;
use serde_json::{Map, Value};

fields! {
    /// See [`Act::Ask`](super::Act::Ask).
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
    }
}

/// What the simulator says itself.
const RESERVED: [&str; 3] = ["op", "subject", "token"];

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
        if let Some(name) = self.with.keys().find(|name| RESERVED.contains(&name.as_str())) {
            let with = by.at.key("with");
            let problem = Problem::new(with.key(name).name(), format!("`{name}` is said by the simulator"));
            by.report.add(problem.help("leave it out"));
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
        format!("{} is asked to {} {}{with}", self.node, self.op, self.id)
    }
}
