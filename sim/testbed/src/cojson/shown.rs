//! What an app sees, as people read it: JSON in which nodes and sessions have their names.

use super::directory::Directory;
use super::{ordinal, session_parts};
use cosim_core::SessionId;
use cosim_core::view::{EVERYONE, View};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A map as an object, a list as an array, a text as a string, a stream as the items of each session, a group as the role
/// of each member, its name, and what else its admins have set.
pub(crate) fn shown(view: &View, directory: &Directory, sessions: &BTreeMap<SessionId, String>) -> Value {
    match view {
        View::Group(group) => {
            // An agent with several devices goes by the first of them.
            let mut names = BTreeMap::from([(EVERYONE, EVERYONE)]);
            for (node, agent) in directory.agents() {
                names.entry(agent.name.as_str()).or_insert(directory.name(node));
            }
            for invite in directory.invites() {
                names.insert(&invite.agent.name, &invite.label);
            }
            let members = group.members.iter().map(|(name, role)| {
                let name = names.get(name.as_str()).copied().unwrap_or(name);
                (name.to_owned(), Value::from(role.as_str()))
            });
            let mut shown: Map<String, Value> = members.collect();
            if let Some(name) = &group.name {
                shown.entry("name").or_insert_with(|| name.as_str().into());
            }
            for (key, entry) in group.map.entries.iter().filter(|(key, _)| !is_of_the_rules(key)) {
                shown.entry(key.as_str()).or_insert_with(|| entry.value.clone());
            }
            Value::Object(shown)
        }
        View::Stream(stream) => {
            let name = |session: &SessionId| {
                format!("{}/{}", directory.name(session_parts(*session).0), ordinal(*session))
            };
            let mut items = Map::new();
            let called = |of: &String| directory.session_called(of);
            // What was merged may be of a session of which nothing else is here.
            let known: BTreeSet<&String> = sessions.values().collect();
            let merged = stream.sessions.keys().filter(|of| !known.contains(of));
            let merged: BTreeMap<SessionId, &String> =
                merged.filter_map(|of| Some((called(of)?, of))).collect();
            for (session, of) in sessions.iter().chain(merged.iter().map(|(session, of)| (session, *of))) {
                if let Some(pushed) = stream.sessions.get(of) {
                    items.insert(name(session), pushed.iter().map(|item| item.value.clone()).collect());
                }
            }
            Value::Object(items)
        }
        View::Map(_) | View::List(_) | View::Text(_) | View::Deleted | View::Unknown => view.to_json(),
    }
}

/// Whether a key of a group says who is a member, who the parents are, or which keys there are: what is not for apps to
/// set as they like.
pub(crate) fn is_of_the_rules(key: &str) -> bool {
    const BEGIN: [&str; 7] = ["key_", "parent_", "child_", "writeKeyFor_", "sealer_", "signer_", "co_"];
    ["readKey", "groupSealer", EVERYONE].contains(&key)
        || key.contains("_for_")
        || BEGIN.into_iter().any(|begin| key.starts_with(begin))
}
