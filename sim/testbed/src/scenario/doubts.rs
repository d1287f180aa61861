//! What a scenario may well say and its author hardly means: what comes to nothing, or contradicts itself. A run plays it all
//! the same. It looks at what the file says, with templates written out.

mod early;
mod expected;
mod silent;

use super::file::{self, About, Address};
use super::place::{Part, Place, Step};
use super::problems::Problem;
use super::suggest::{closest, question};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// All that is doubtful about a scenario, without spans.
pub(super) fn doubts(file: &file::Scenario) -> Vec<Problem> {
    // A file that can be read can be written.
    let Ok(said) = serde_json::to_value(file) else { return Vec::new() };
    let doubts = Doubts { file, said: &said, acts: acts(&said) };
    let mut found = doubts.created_by_nobody();
    found.extend(doubts.created_twice());
    found.extend(doubts.never_used());
    found.extend(doubts.removed_without_being_there());
    found.extend(doubts.without_effect());
    found.extend(doubts.decided_of_nothing());
    found.extend(doubts.loads_that_never_begin());
    found.extend(doubts.contradictions());
    found.extend(doubts.expected_of_who_left());
    found.extend(doubts.shown_by_no_such_kind());
    found.extend(doubts.keys_there_and_not());
    found.extend(doubts.taken_back_without_being_given());
    found.extend(doubts.so_already());
    found.extend(doubts.written_before_there_is_one());
    found.extend(doubts.of_no_weight());
    found.extend(doubts.members_as_they_are());
    found
}

struct Doubts<'a> {
    file: &'a file::Scenario,
    said: &'a Value,
    acts: Vec<Said<'a>>,
}

/// An entry of the timeline: its place, its act and what that says.
struct Said<'a> {
    place: usize,
    act: &'a str,
    fields: &'a Map<String, Value>,
}

fn acts(said: &Value) -> Vec<Said<'_>> {
    let entries = said["timeline"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said = entries.iter().enumerate().filter_map(|(place, entry)| {
        let (act, fields) = entry.as_object()?.iter().find(|(_, value)| value.is_object())?;
        Some(Said { place, act, fields: fields.as_object()? })
    });
    said.collect()
}

impl<'a> Said<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field)?.as_str()
    }

    /// The CoValue that it is about.
    fn id(&self) -> Option<&'a str> {
        self.text("id")
    }

    /// Where it says a field.
    fn at(&self, field: &str) -> Place {
        let path = [key("timeline"), Step::Index(self.place), key(self.act), key(field)];
        Place { path: path.into(), part: Part::Value }
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn at<const N: usize>(path: [Step; N], part: Part) -> Place {
    Place { path: path.into(), part }
}

impl<'a> Doubts<'a> {
    /// The acts called so.
    fn of(&self, act: &'static str) -> impl Iterator<Item = &Said<'a>> {
        self.acts.iter().filter(move |said| said.act == act)
    }

    /// Whether guests or a recording may do what the timeline does not say.
    fn has_others(&self) -> bool {
        self.file.recording.is_some() || self.file.nodes.values().any(|node| node.guest.is_some())
    }

    /// The workloads: where each is said, and what.
    fn workloads(&self) -> Vec<(Vec<Step>, &'a Value)> {
        let said = &self.said["workload"];
        let Some(several) = said.as_array() else {
            let alone = (!said.is_null()).then(|| (vec![key("workload")], said));
            return alone.into_iter().collect();
        };
        let each = several.iter().enumerate();
        each.map(|(i, workload)| (vec![key("workload"), Step::Index(i)], workload)).collect()
    }

    /// The CoValues that somebody creates, as far as the file says.
    fn created(&self) -> BTreeSet<&'a str> {
        let made = self.of("create").chain(self.of("branch")).filter_map(|said| said.id());
        let drawn = self.workloads().into_iter().flat_map(|(_, workload)| workload["co_values"].as_array());
        made.chain(drawn.flatten().filter_map(Value::as_str)).collect()
    }

    /// What is loaded, written or is an account, and nobody creates. A load that is to end in vain is meant so.
    fn created_by_nobody(&self) -> Vec<Problem> {
        if self.has_others() {
            return Vec::new();
        }
        let mut known = self.created();
        let loads = self.said["expect"]["loads"].as_array().into_iter().flatten();
        let in_vain =
            loads.filter(|load| load["ends"] == "unavailable").filter_map(|load| load["id"].as_str());
        let meant: BTreeSet<&str> = in_vain.collect();
        let mut found = Vec::new();
        for said in self.acts.iter().filter(|said| !["create", "branch", "attack"].contains(&said.act)) {
            let named = [("id", said.id()), ("parent", said.text("parent"))];
            let unknown = |id: &&str| !known.contains(id) && !meant.contains(id);
            let unknown = named.into_iter().find_map(|(field, id)| Some((field, id.filter(unknown)?)));
            let Some((field, id)) = unknown else { continue };
            let is_branch = !self.said["co_values"][id]["branch_of"].is_null();
            let near = closest(id, self.created()).filter(|_| !is_branch);
            // A story may be about something that nobody has.
            if said.act != "load" || near.is_some() {
                let help = near.map_or_else(|| add(is_branch), question);
                found.push(Problem::new(said.at(field), format!("nobody creates `{id}`")).help(help));
            }
            known.insert(id);
        }
        for (path, expected) in self.expected(&["content", "views"]) {
            let nothing = expected["transactions"] == 0 || expected.get("shows").is_some_and(Value::is_null);
            let Some(id) = expected["id"].as_str().filter(|id| !nothing && !known.contains(id)) else {
                continue;
            };
            let help = closest(id, self.created()).map_or_else(|| add(false), question);
            let place = Place { path: [path, vec![key("id")]].concat(), part: Part::Value };
            found.push(Problem::new(place, format!("nobody creates `{id}`")).help(help));
            known.insert(id);
        }
        for (name, node) in &self.file.nodes {
            let Some(account) = node.account.as_deref().filter(|id| !known.contains(id)) else { continue };
            let place = at([key("nodes"), key(name), key("account")], Part::Value);
            let problem = Problem::new(place, format!("nobody creates the account `{account}`"));
            found.push(problem.help("what depends on it never comes: add a `create`"));
        }
        found
    }

    /// What is expected, and not to be met yet, in these lists: where it is said, and what.
    fn expected(&self, lists: &'static [&'static str]) -> Vec<(Vec<Step>, &'a Value)> {
        let expect = &self.said["expect"];
        let sections = [(vec![key("expect")], expect), (vec![key("expect"), key("unmet")], &expect["unmet"])];
        let of = |(path, section): (Vec<Step>, &'a Value)| {
            lists.iter().flat_map(move |list| {
                let path = [path.as_slice(), &[key(list)]].concat();
                let entries = section[*list].as_array().into_iter().flatten().enumerate();
                entries.map(move |(i, entry)| ([path.as_slice(), &[Step::Index(i)]].concat(), entry))
            })
        };
        sections.into_iter().flat_map(of).collect()
    }

    /// What is expected in the end of who has left for good.
    fn expected_of_who_left(&self) -> Vec<Problem> {
        let left: BTreeSet<&str> = self.of("leave").filter_map(|said| said.text("node")).collect();
        let of = self.expected(&["content", "views"]).into_iter();
        of.filter_map(|(path, expected)| {
            let node = expected["node"].as_str().filter(|node| left.contains(node))?;
            let place = Place { path: [path, vec![key("node")]].concat(), part: Part::Value };
            let problem = Problem::new(place, format!("{node} leaves, and takes along what it holds"));
            Some(problem.help("this looks at what it has taken along; who stays shows what is left"))
        })
        .collect()
    }

    /// What one node creates again, where it has not lost it. Two nodes may each create the same.
    fn created_twice(&self) -> Vec<Problem> {
        let mut created = BTreeSet::new();
        let mut found = Vec::new();
        for said in &self.acts {
            let node = said.text("node");
            match said.act {
                "crash" | "restart" | "restore" | "wipe" => created.retain(|(of, _)| *of != node),
                "branch" | "create" if !created.insert((node, said.id())) => {
                    let Some((node, id)) = node.zip(said.id()) else { continue };
                    let problem = Problem::new(said.at("id"), format!("{node} has created `{id}` before"));
                    found.push(
                        problem.help("what a node holds already it does not create: this comes to nothing"),
                    );
                }
                _ => {}
            }
        }
        found
    }

    /// A CoValue that is described, and never named again.
    fn never_used(&self) -> Vec<Problem> {
        if self.has_others() {
            return Vec::new();
        }
        let Some(described) = self.said["co_values"].as_object() else { return Vec::new() };
        let mut named = BTreeSet::new();
        self.said.as_object().into_iter().flatten().for_each(|(_, value)| texts(value, &mut named));
        described
            .keys()
            .filter(|name| !named.contains(name.as_str()))
            .map(|name| {
                let place = at([key("co_values"), key(name)], Part::Key);
                Problem::new(place, format!("nothing is done with `{name}`")).help("use it, or leave it out")
            })
            .collect()
    }

    fn removed_without_being_there(&self) -> Vec<Problem> {
        let may_take_in = |group: Option<&str>| {
            ["accept", "extend", "set"].iter().any(|act| self.of(act).any(|said| said.id() == group))
        };
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        let added: BTreeSet<_> = self.of("add_member").map(|said| (said.id(), said.text("member"))).collect();
        let is_admin = |said: &Said<'_>| {
            let admin = &self.said["co_values"][said.id().unwrap_or_default()]["admin"];
            admin.as_str().is_some_and(|admin| said.text("member") == Some(admin))
        };
        self.of("remove_member")
            .filter(|said| !added.contains(&(said.id(), said.text("member"))) && !is_admin(said))
            .filter(|said| !may_take_in(said.id()))
            .filter_map(|said| {
                let (id, member) = (said.id()?, said.text("member")?);
                let problem = Problem::new(said.at("member"), format!("nobody takes {member} into `{id}`"));
                Some(problem.help("add an `add_member`, or leave this out"))
            })
            .collect()
    }

    /// Decisions about a CoValue of which nothing else speaks.
    fn decided_of_nothing(&self) -> Vec<Problem> {
        let Some(kinds) = self.said["decisions"].as_object() else { return Vec::new() };
        if self.has_others() {
            return Vec::new();
        }
        let mut known = BTreeSet::new();
        for field in ["timeline", "workload", "nodes"] {
            texts(&self.said[field], &mut known);
        }
        known.extend(self.file.co_values.keys().map(String::as_str));
        let mut found = Vec::new();
        for (kind, listed) in kinds {
            let by_place = listed.as_array().into_iter().flatten().enumerate();
            let listed_ones =
                by_place.filter_map(|(i, address)| Some((Step::Index(i), address.as_str()?, Part::Value)));
            let by_name = listed.as_object().into_iter().flatten();
            let named_ones = by_name.map(|(address, _)| (key(address), address.as_str(), Part::Key));
            for (step, address, part) in listed_ones.chain(named_ones) {
                let Some(id) = Address::parse(address).ok().and_then(|address| about(&address)) else {
                    continue;
                };
                if known.contains(id) {
                    continue;
                }
                let place = at([key("decisions"), key(kind), step], part);
                let names = self.created().into_iter().chain(self.file.co_values.keys().map(String::as_str));
                let problem = Problem::new(place, format!("there is no CoValue `{id}`"));
                found.push(problem.maybe_help(closest(id, names).map(question)));
            }
        }
        found
    }

    fn loads_that_never_begin(&self) -> Vec<Problem> {
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        let loads: BTreeSet<_> = self.of("load").map(|said| (said.text("node"), said.id())).collect();
        let expected = self.expected(&["loads"]).into_iter();
        expected
            .filter(|(_, load)| !loads.contains(&(load["node"].as_str(), load["id"].as_str())))
            .filter_map(|(path, load)| {
                let (node, id) = (load["node"].as_str()?, load["id"].as_str()?);
                let place = Place { path, part: Part::Value };
                let problem = Problem::new(place, format!("{node} never loads `{id}`"));
                Some(problem.help("add a `load` to the timeline"))
            })
            .collect()
    }

    /// Two expectations of one node and CoValue that cannot both be met.
    fn contradictions(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (list, what) in [("views", "shows"), ("content", "transactions"), ("loads", "ends")] {
            let mut first: BTreeMap<(Option<&str>, Option<&str>), &Value> = BTreeMap::new();
            let entries = self.said["expect"][list].as_array().into_iter().flatten().enumerate();
            for (i, entry) in entries.filter(|(_, entry)| entry.get(what).is_some()) {
                let of = (entry["node"].as_str(), entry["id"].as_str());
                if may_be_one(first.entry(of).or_insert(&entry[what]), &entry[what]) {
                    continue;
                }
                let place = at([key("expect"), key(list), Step::Index(i), key(what)], Part::Value);
                let problem =
                    Problem::new(place, "something else is expected of this node and CoValue before");
                found.push(problem.help("both cannot be: leave one out"));
            }
        }
        found
    }
}

/// Whether one view may be both: a number has several forms, and a text may be said as its items.
fn may_be_one(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(_), Value::Array(_)) | (Value::Array(_), Value::String(_)) => true,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| may_be_one(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| may_be_one(value, other)))
        }
        _ => a == b,
    }
}

/// What to do about a CoValue that nobody makes.
fn add(is_branch: bool) -> String {
    format!("add a `{}`, or leave it out", if is_branch { "branch" } else { "create" })
}

/// The CoValue that an address is about, if it is about one.
fn about<'a>(address: &Address<'a>) -> Option<&'a str> {
    match address.about {
        About::Message { id, .. } | About::Write { id, .. } | About::WorkOf { id, .. } => Some(id),
        About::Opened | About::Closed | About::Crash | About::Work { .. } => None,
    }
}

/// All texts in a value.
fn texts<'a>(value: &'a Value, into: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => _ = into.insert(text),
        Value::Array(elements) => elements.iter().for_each(|element| texts(element, into)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
