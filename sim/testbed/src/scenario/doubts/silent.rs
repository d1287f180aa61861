//! Fields that change nothing.

use super::{Doubts, at, key};
use crate::scenario::fault::FaultKind;
use crate::scenario::place::{Part, Place, Step};
use crate::scenario::problems::Problem;
use crate::scenario::{Format, file};
use serde_json::Value;
use std::collections::BTreeSet;

/// Acts that date nothing by the clock of the node that they name.
const UNDATED: [&str; 24] = [
    "attack",
    "back_up",
    "clock",
    "crash",
    "disk_full",
    "disk_room",
    "done",
    "drop",
    "fail_writes",
    "half_open",
    "hold",
    "join",
    "leave",
    "load",
    "offline",
    "pause",
    "release",
    "reorder_writes",
    "restart",
    "restore",
    "rot",
    "stall",
    "wipe",
    "network",
];

impl Doubts<'_> {
    /// Fields that change nothing.
    pub(super) fn without_effect(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(faults) = self.said["faults"].as_object() {
            let is_kind = |field: &String| FaultKind::ALL.iter().any(|kind| kind.row().field == *field);
            if !faults.keys().any(is_kind) && faults.get("swarm") != Some(&Value::Bool(true)) {
                let problem = Problem::new(at([key("faults")], Part::Key), "`faults` has no kind of fault");
                found.push(problem.help("say what is to happen how often, such as `\"reconnects\": 3`"));
            }
        }
        let general = &self.said["network"];
        let links = || self.said["links"].as_array().into_iter().flatten().enumerate();
        let is_bounded = !general["bandwidth"].is_null();
        let is_some_bounded = links().any(|(_, link)| !link["network"]["bandwidth"].is_null());
        let changes = |field: &str| self.of("network").any(|said| said.fields.contains_key(field));
        let timeline_bounds = changes("bandwidth");
        let of_links =
            links().map(|(i, link)| (vec![key("links"), Step::Index(i), key("network")], &link["network"]));
        let entries = self.of("network");
        let changed = entries.map(|said| {
            let path = vec![key("timeline"), Step::Index(said.place), key("network")];
            (path, &self.said["timeline"][said.place]["network"])
        });
        let everywhere = std::iter::once((vec![key("network")], general)).chain(of_links).chain(changed);
        for (mut path, network) in everywhere {
            for (field, needed) in [("reorder_delay", "reorder"), ("replay_delay", "replay")] {
                let is_change = path.first() == Some(&key("timeline"));
                let is_said = |field: &str| {
                    let is_somewhere =
                        is_change && links().any(|(_, link)| !link["network"][field].is_null());
                    is_somewhere || [network, general].iter().any(|said| !said[field].is_null())
                };
                if network[field].is_null() || is_said(needed) || changes(needed) {
                    continue;
                }
                let place = Place { path: [path.as_slice(), &[key(field)]].concat(), part: Part::Key };
                let problem = Problem::new(place, format!("`{field}` says nothing without `{needed}`"));
                found.push(problem.help(format!("add a `{needed}`, or leave it out")));
            }
            // What is said of all lines may be meant for one.
            let is_of_all = path.len() == 1 || path.first() == Some(&key("timeline"));
            let is_any_bounded = is_bounded || timeline_bounds || is_of_all && is_some_bounded;
            if !network["queue"].is_null() && network["bandwidth"].is_null() && !is_any_bounded {
                path.push(key("queue"));
                let place = Place { path, part: Part::Key };
                let problem = Problem::new(place, "`queue` says nothing without `bandwidth`");
                found.push(
                    problem.help("a line that takes everything at once has no queue: add a `bandwidth`"),
                );
            }
        }
        if self.said["expect"]["oracles"].as_array().is_some_and(Vec::is_empty) {
            let place = at([key("expect"), key("oracles")], Part::Value);
            let problem = Problem::new(place, "no oracle judges");
            found.push(problem.help("leave `oracles` out, and all of them do"));
        }
        found
    }

    /// Numbers of nothing, clocks that date nothing, and what the rules do not know.
    pub(super) fn of_no_weight(&self) -> Vec<Problem> {
        let mut found = self.clocks_that_date_nothing();
        found.extend(self.unknown_to_the_rules());
        let is_empty = |workload: &Value| {
            workload["operations"] == 0 && workload["roles"].as_u64().unwrap_or_default() == 0
        };
        for (path, _) in self.workloads().into_iter().filter(|(_, workload)| is_empty(workload)) {
            let place = Place { path: [path, vec![key("operations")]].concat(), part: Part::Value };
            found.push(
                Problem::new(place, "a workload without operations").help("say how many, or leave it out"),
            );
        }
        let general = std::iter::once((vec![key("network")], &self.said["network"]));
        let links = self.said["links"].as_array().into_iter().flatten().enumerate();
        let links =
            links.map(|(i, link)| (vec![key("links"), Step::Index(i), key("network")], &link["network"]));
        for (path, network) in general.chain(links) {
            let burst = &network["burst"];
            let is_zero = |field: &str| burst[field].as_str().is_some_and(|share| share == "0%");
            let is_good = burst["1-k"].is_null() || is_zero("1-k");
            let of = if is_zero("p") { "p" } else { "1-h" };
            if is_good && is_zero(of) {
                let place = Place { path: [path, vec![key("burst"), key(of)]].concat(), part: Part::Value };
                let what = if of == "p" { "no burst ever begins" } else { "nothing is lost in a burst" };
                let help = format!("make `{of}` more, or leave the burst out");
                found.push(Problem::new(place, what).help(help));
            }
        }
        found
    }

    /// The clock of a node dates what its app writes, and nothing else.
    fn clocks_that_date_nothing(&self) -> Vec<Problem> {
        if self.has_others() || self.file.workload.is_some() {
            return Vec::new();
        }
        let dated = self.acts.iter().filter(|said| !UNDATED.contains(&said.act));
        let authors: BTreeSet<&str> = dated.filter_map(|said| said.text("node")).collect();
        let mut found = Vec::new();
        let doubt = |place, node: &str| {
            let problem = Problem::new(place, format!("{node} writes nothing, so its clock dates nothing"));
            problem.help("leave the clock out, or let it write")
        };
        // In which steps clocks go on may well be said of all.
        let is_wrong = |clock: &file::Clock| clock.skew.is_some() || clock.drift.is_some();
        let wrong = self.file.nodes.iter().filter(|(_, spec)| spec.clock.as_ref().is_some_and(is_wrong));
        for (node, _) in wrong.filter(|(node, _)| !authors.contains(node.as_str())) {
            found.push(doubt(at([key("nodes"), key(node), key("clock")], Part::Key), node));
        }
        for said in self.of("clock") {
            let node = said.text("node").filter(|node| !authors.contains(node));
            found.extend(node.map(|node| doubt(said.at("node"), node)));
        }
        found
    }

    /// What nobody reads where everybody goes by the rules of 0.7.
    fn unknown_to_the_rules(&self) -> Vec<Problem> {
        let nodes = self.file.nodes.values().filter_map(|node| node.format);
        let is_old = self.file.format.into_iter().chain(nodes).all(|format| format == Format::V0_7);
        if !is_old || self.has_others() {
            return Vec::new();
        }
        let doubt = |place, field: &str| {
            let problem = Problem::new(place, format!("`{field}` says nothing by the rules of 0.7"));
            problem.help("leave it out, or add `\"format\": \"0.20\"` to the file")
        };
        let mut found = Vec::new();
        for (name, said) in self.said["co_values"].as_object().into_iter().flatten() {
            for field in ["display_name", "restrict_deletion"] {
                if !said[field].is_null() && said[field] != Value::Bool(false) {
                    found.push(doubt(at([key("co_values"), key(name), key(field)], Part::Key), field));
                }
            }
        }
        let named = self.of("set").filter(|said| said.fields.get("fww").is_some_and(|name| !name.is_null()));
        found.extend(named.map(|said| doubt(said.at("fww"), "fww")));
        found
    }
}
