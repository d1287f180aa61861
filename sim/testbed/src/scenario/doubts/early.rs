//! What the timeline asks for while it is so already, or before there is what it is about.

use super::{Doubts, Said};
use crate::scenario::problems::Problem;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// After these, connections of a node are not as the timeline has left them.
const LIVES: [&str; 9] =
    ["crash", "half_open", "join", "leave", "offline", "pause", "restart", "restore", "wipe"];

impl<'a> Doubts<'a> {
    /// What is connected or not already, and clocks and disks that stand still or are full already.
    pub(super) fn so_already(&self) -> Vec<Problem> {
        // Of two that go by one name, the one that connects ends the connection of the other.
        let claims = self.file.nodes.values().any(|node| node.claims.is_some());
        if claims || self.file.faults.is_some() || self.file.decisions.is_some() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut open: BTreeMap<BTreeSet<&str>, bool> = BTreeMap::new();
        for link in self.said["links"].as_array().into_iter().flatten() {
            let ends = link["between"].as_array().into_iter().flatten();
            open.insert(ends.filter_map(|end| end.as_str()).collect(), link["connected"] != false);
        }
        let (mut stopped, mut full) = (BTreeSet::new(), BTreeSet::new());
        let mut kept: BTreeSet<(&str, String)> = BTreeSet::new();
        for said in &self.acts {
            match said.act {
                "partition" | "hold" if !kept.insert((said.act, way(said))) => {
                    let what = if said.act == "hold" {
                        "these messages are held back"
                    } else {
                        "nothing passes there"
                    };
                    let field = if said.fields.contains_key("between") { "between" } else { "from" };
                    found.extend(again(said, field, &format!("{what} already")));
                }
                // Whatever they let pass.
                "heal" => kept.clear(),
                "release" => kept.retain(|(act, _)| *act != "hold"),
                "connect" | "disconnect" => found.extend(self.turns(said, &mut open)),
                "clock" if said.fields.get("go").is_some() => drop(stopped.remove(&said.text("node"))),
                "clock" if said.fields.get("stop").is_some() && !stopped.insert(said.text("node")) => {
                    found.extend(again(said, "stop", "the clock has stopped already"));
                }
                "disk_room" | "wipe" | "restore" => drop(full.remove(&said.text("node"))),
                "disk_full" if !full.insert(said.text("node")) => {
                    found.extend(again(said, "node", "the disk is full already"));
                }
                _ => {}
            }
        }
        found
    }

    /// A connection that is opened or closed, where that is so already.
    fn turns(&self, said: &Said<'a>, open: &mut BTreeMap<BTreeSet<&'a str>, bool>) -> Option<Problem> {
        let ends = said.fields.get("between")?.as_array()?;
        let ends: BTreeSet<&str> = ends.iter().filter_map(|end| end.as_str()).collect();
        let lives = self.acts.iter().filter(|said| LIVES.contains(&said.act));
        let is_disturbed = lives.filter_map(|said| said.text("node")).any(|node| ends.contains(node));
        let is_open = open.get_mut(&ends).filter(|_| !is_disturbed)?;
        let opens = said.act == "connect";
        if std::mem::replace(is_open, opens) != opens {
            return None;
        }
        let word = if opens { "connected already" } else { "not connected by then" };
        let ends: Vec<&str> = ends.into_iter().collect();
        again(said, "between", &format!("{} are {word}", ends.join(" and ")))
    }

    /// Who gets the role that it has, or is taken out where nobody takes it in again, and invites that nobody accepts.
    pub(super) fn members_as_they_are(&self) -> Vec<Problem> {
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        // What is set in a group may be a role.
        let is_set =
            |group: &str| self.of("set").chain(self.of("delete")).any(|said| said.id() == Some(group));
        // What is expected of a group may be about its invites, and so may what is judged of its keys.
        let seen: BTreeSet<_> =
            self.expected(&["views"]).into_iter().filter_map(|(_, view)| view["id"].as_str()).collect();
        // Who has an invite may read what its group owns, accepted or not.
        let owns = self.file.co_values.values().any(|described| described.owner.is_some());
        let accepted: BTreeSet<_> = self.of("accept").map(|said| (said.id(), said.text("secret"))).collect();
        let mut roles: BTreeMap<_, Option<&str>> = BTreeMap::new();
        let mut found = Vec::new();
        for said in &self.acts {
            let Some((id, member)) = said.id().zip(said.text("member")) else {
                let is_seen = said.id().is_some_and(|id| seen.contains(id) || is_set(id));
                if said.act == "invite"
                    && !is_seen
                    && !owns
                    && !accepted.contains(&(said.id(), said.text("secret")))
                {
                    let problem = Problem::new(said.at("secret"), "nobody accepts this invite");
                    found.push(problem.help("add an `accept`, or leave it out"));
                }
                continue;
            };
            let role = said.text("role").filter(|_| said.act == "add_member");
            let before = roles.insert((id, member), role);
            // Who does it may not have the right to, nor know what others have done; and by a clock that was wrong it has
            // another date.
            let is_dated_alike = self.of("clock").next().is_none()
                && self.file.nodes.values().all(|node| node.clock.is_none());
            let is_accepted = accepted.iter().any(|(group, _)| *group == Some(id));
            let is_plain =
                !is_set(id) && !is_accepted && self.is_by_one(id) && !self.may_lose(said.text("node"));
            if before == Some(role) && is_plain && is_dated_alike {
                let what = match role {
                    Some(role) => format!("{member} has the role `{role}` in `{id}` already"),
                    None => format!("{member} is taken out of `{id}` already"),
                };
                found.extend(again(said, "member", &what));
            }
        }
        found
    }

    /// A parent that is taken back, and was never one.
    pub(super) fn taken_back_without_being_given(&self) -> Vec<Problem> {
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        let given: BTreeSet<_> = self.of("extend").map(|said| (said.id(), said.text("parent"))).collect();
        let is_set = |said: &Said<'_>| self.of("set").any(|set| set.id() == said.id());
        let vain = self.of("revoke_extend").filter(|said| !given.contains(&(said.id(), said.text("parent"))));
        vain.filter(|said| !is_set(said))
            .filter_map(|said| {
                let (id, parent) = (said.id()?, said.text("parent")?);
                let problem = Problem::new(said.at("parent"), format!("nobody extends `{id}` to `{parent}`"));
                Some(problem.help("add an `extend`, or leave this out"))
            })
            .collect()
    }

    /// Whether a node may lose what it has written.
    fn may_lose(&self, node: Option<&str>) -> bool {
        const LOSSES: [&str; 8] =
            ["crash", "disk_full", "fail_writes", "leave", "restore", "rot", "wipe", "reorder_writes"];
        let has_errors =
            node.and_then(|node| self.file.nodes.get(node)).is_some_and(|node| node.disk.is_some())
                && (self.file.faults.is_some() || self.file.decisions.is_some());
        has_errors || self.acts.iter().any(|said| LOSSES.contains(&said.act) && said.text("node") == node)
    }

    /// Whether one node makes all changes of a group.
    fn is_by_one(&self, group: &str) -> bool {
        let changes = self.acts.iter().filter(|said| said.id() == Some(group));
        let by: BTreeSet<_> =
            changes.filter(|said| said.text("member").is_some()).map(|said| said.text("node")).collect();
        by.len() == 1
    }

    /// What is written to a CoValue before anybody creates it.
    pub(super) fn written_before_there_is_one(&self) -> Vec<Problem> {
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        let all = self.created();
        let mut created = BTreeSet::new();
        let mut found = Vec::new();
        for said in &self.acts {
            let Some(id) = said.id().filter(|id| all.contains(id)) else { continue };
            match said.act {
                "create" | "branch" => drop(created.insert(id)),
                // Who asks for it may wait.
                "load" | "done" | "attack" | "hold" | "drop" => {}
                _ if !created.contains(id) => {
                    let problem = Problem::new(said.at("id"), format!("nobody has created `{id}` by then"));
                    found.push(problem.help("this comes to nothing: put the `create` before it"));
                }
                _ => {}
            }
        }
        found
    }
}

/// All that an act says of where it is and what it is about.
fn way(said: &Said<'_>) -> String {
    let mut fields = said.fields.clone();
    // Either end may come first.
    if let Some(ends) = fields.get_mut("between").and_then(Value::as_array_mut) {
        ends.sort_by_key(ToString::to_string);
    }
    Value::Object(fields).to_string()
}

/// What comes to nothing, since it is so already.
fn again(said: &Said<'_>, field: &str, what: &str) -> Option<Problem> {
    Some(Problem::new(said.at(field), what).help("this comes to nothing: leave it out"))
}
