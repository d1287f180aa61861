//! Attacks of hostile nodes.

use super::refs::{Named, Refs, Rename, fields, given};
use super::{Resolving, To};
use crate::cojson::AttackKind;
use crate::scenario::problems::Problem;
use crate::scenario::{MAX_FLOOD, MAX_LIES, MAX_TRANSACTIONS};

fields! {
    /// A hostile node that lies to a peer.
    Attack(it, by) {
        /// The hostile node.
        node: R::Node = by.app(&it.node)?;
        /// The peer that it lies to.
        on: R::Node = by.to_node(To::Running, ("on", None), &it.on)?;
        /// What kind of lie it tells.
        how: AttackKind = it.how;
        /// The CoValue that the lie is about. Default the first one by name.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<R::CoValue> = given(it.id.as_ref(), |id| by.id(id))?;
        /// How many times it lies. For a flood: how many loads it sends. For a fork: how many transactions the shorter
        /// branch has. Default 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<u32> = it.count, usually 1 => u32;
    }
}

impl Attack {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let count = self.count();
        let most = match self.how {
            AttackKind::Flood => MAX_FLOOD,
            AttackKind::Fork => MAX_TRANSACTIONS,
            AttackKind::Malformed
            | AttackKind::Oversized
            | AttackKind::Forged
            | AttackKind::Transplanted
            | AttackKind::WrongSignature
            | AttackKind::LyingKnown
            | AttackKind::Replay
            | AttackKind::Stale => MAX_LIES,
        };
        if !(1..=most).contains(&count) {
            let message =
                if count == 0 { "an attack that never lies" } else { "an attack that lies too often" };
            let problem = Problem::new(by.at.key("count").value(), message);
            let range = format!("from 1 to {most}");
            by.report.add(problem.expected(range).help("leave it out for 1"));
        }
        let at = [&by.at.key("node"), &by.at.key("on")];
        let node = by.names.node(&self.node, at[0], by.report);
        if node.is_some_and(|node| !by.names.is_hostile(node)) {
            let problem = Problem::new(at[0].value(), format!("`{}` is not hostile", self.node));
            by.report.add(problem.help("only a hostile node attacks: give it `\"hostile\": true`"));
        }
        by.names.link([&self.node, &self.on], at, by.report)?;
        if self.id.is_none() && by.names.co_values().is_empty() {
            let problem = Problem::new(by.at.value(), "there is no CoValue to lie about");
            by.report.add(problem.help("create one, or name one: `\"id\": …`"));
            return None;
        }
        Some(())
    }

    pub(super) fn words(&self) -> String {
        let Attack { node, on, how, id, .. } = self;
        let id = id.as_deref().unwrap_or("the first CoValue");
        let times = Some(self.count()).filter(|count| *count != 1).map(|count| format!(", {count} times"));
        format!("{node} attacks {on}: {}, {id}{}", how.name(), times.unwrap_or_default())
    }

    pub(super) fn simpler(&self) -> impl Iterator<Item = Attack> {
        let half = self.count.map(|count| count / 2).filter(|count| *count > 0);
        [None, half].into_iter().map(|count| Attack { count, ..self.clone() })
    }
}
