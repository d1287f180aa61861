//! Expectations that nothing can meet.

use super::{Doubts, key};
use crate::scenario::place::{Part, Place, Step};
use crate::scenario::problems::Problem;
use serde_json::Value;
use std::collections::BTreeSet;

impl<'a> Doubts<'a> {
    /// A map that is to show an array, and the like.
    pub(super) fn shown_by_no_such_kind(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (path, view) in self.expected(&["views"]) {
            let Some(kind) = view["id"].as_str().and_then(|id| self.kind_of(id)) else { continue };
            let (is_so, what) = match (kind, &view["shows"]) {
                (_, Value::Null) => continue,
                ("map" | "stream" | "group", shows) => (shows.is_object(), "an object"),
                ("list", shows) => (shows.is_array(), "an array"),
                ("text", shows) => (shows.is_string() || shows.is_array(), "a string"),
                _ => continue,
            };
            if !is_so {
                let place = Place { path: [path, vec![key("shows")]].concat(), part: Part::Value };
                found.push(
                    Problem::new(place, format!("a {kind} shows {what}")).help(format!("expect {what}")),
                );
            }
        }
        found
    }

    /// The kind that the file says of a CoValue, or of what it is a branch of.
    fn kind_of(&self, id: &'a str) -> Option<&'a str> {
        let mut id = id;
        let mut met = BTreeSet::new();
        while met.insert(id) {
            let described = &self.said["co_values"][id];
            match described["branch_of"].as_str() {
                Some(source) => id = source,
                None => return described["kind"].as_str(),
            }
        }
        None
    }

    /// Keys that are to be there, and not.
    pub(super) fn keys_there_and_not(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (path, view) in self.expected(&["views"]) {
            let has: Vec<&Value> = view["has"].as_array().into_iter().flatten().collect();
            let lacks = view["lacks"].as_array().into_iter().flatten().enumerate();
            for (i, lacked) in lacks.filter(|(_, lacked)| has.contains(lacked)) {
                let path = [path.as_slice(), &[key("lacks"), Step::Index(i)]].concat();
                let problem = Problem::new(
                    Place { path, part: Part::Value },
                    format!("{lacked} is to be there, too: `has` says so"),
                );
                found.push(problem.help("both cannot be: leave one out"));
            }
        }
        found
    }
}
