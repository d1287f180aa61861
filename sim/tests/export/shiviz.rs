//! The rules of logs with vector clocks: those that ShiViz refuses a log for, and those that it takes for granted, a cycle
//! of causes and a clock that goes back.

use crate::samples::{story, written};
use crate::{Checked, broken, finds, must};
use cosim_testbed::export::Format;
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;

type Clock = BTreeMap<String, u64>;

/// The events of a log: their hosts, clocks and words.
fn events(text: &str) -> Result<Vec<(String, Clock, String)>, String> {
    let mut lines = text.split('\n');
    let (line, delimiter) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    for group in ["host", "clock", "event"] {
        must(line.contains(&format!("(?<{group}>")), || {
            format!("the first line does not say which is the {group}")
        })?;
    }
    must(delimiter.trim().is_empty(), || "the second line parts executions, and there is one".to_owned())?;
    let line = Regex::new(&format!("^{line}$")).map_err(|error| error.to_string())?;
    let rest: Vec<&str> = lines.collect();
    let mut events = Vec::new();
    if rest.join("").is_empty() {
        // Of such a log ShiViz says that it has no events.
        return Ok(events);
    }
    for text in rest.join("\n").trim().split('\n') {
        let found =
            line.captures(text).ok_or_else(|| format!("the first line does not fit this one: {text}"))?;
        let clock: Value = serde_json::from_str(&found["clock"]).map_err(|error| error.to_string())?;
        let mut counts = Clock::new();
        for (host, count) in clock.as_object().ok_or("a clock is no object")? {
            let count = count.as_u64().filter(|count| *count >= 1);
            counts.insert(host.clone(), count.ok_or_else(|| format!("a clock does not count: {text}"))?);
        }
        events.push((found["host"].to_owned(), counts, found["event"].to_owned()));
    }
    Ok(events)
}

pub(crate) fn check(text: &str) -> Checked {
    let events = events(text)?;
    let mut hosts: BTreeMap<&str, Vec<&Clock>> = BTreeMap::new();
    for (host, clock, event) in &events {
        let of_host = hosts.entry(host).or_default();
        let own = clock.get(host).ok_or_else(|| format!("its own host is not in the clock of: {event}"))?;
        let expected = of_host.len() as u64 + 1;
        must(*own == expected, || format!("{host} counts {own} where it should count {expected}: {event}"))?;
        if let Some(before) = of_host.last() {
            let back = before.iter().find(|(other, count)| clock.get(*other).unwrap_or(&0) < *count);
            must(back.is_none(), || format!("{back:?} goes back at {host}: {event}"))?;
        }
        of_host.push(clock);
    }
    // An event knows all that those know that it comes after. None comes after itself, since own clocks count up.
    for (host, clock, event) in &events {
        for (other, count) in clock.iter().filter(|(other, _)| *other != host) {
            let of_other =
                hosts.get(other.as_str()).ok_or_else(|| format!("there is no host {other}: {event}"))?;
            let cause = of_other.get(*count as usize - 1);
            let cause = cause.ok_or_else(|| format!("{other} never counts {count}: {event}"))?;
            let unknown = cause.iter().find(|(host, count)| clock.get(*host).unwrap_or(&0) < *count);
            must(unknown.is_none(), || format!("its cause knows of {unknown:?}, and it does not: {event}"))?;
            let cycle = cause.get(host).is_some_and(|known| known >= &clock[host]);
            must(!cycle, || format!("its cause comes after it: {event}"))?;
        }
    }
    Ok(())
}

#[test]
fn every_rule_is_checked() {
    let text = written(&story(), Format::Shiviz);
    check(&text).unwrap();
    for (from, to, rule) in [
        ("(?<host>", "(?<node>", "which is the host"),
        ("\n\n", "\n-----\n", "parts executions"),
        (" {\"alice\":2}", " alice 2", "does not fit"),
        (" {\"alice\":2}", " {\"server\":2}", "its own host is not in the clock"),
        (" {\"alice\":2}", " {\"alice\":3}", "counts 3 where it should count 2"),
        (" {\"alice\":2}", " {\"alice\":0}", "does not count"),
        (" {\"alice\":2}", " {\"alice\":2,\"server\":999}", "goes back"),
        (" {\"alice\":2}", " {\"alice\":2,\"server\":2}", "goes back"),
    ] {
        finds(&check(&broken(&text, from, to)), rule);
    }
    let lines = |events: &[&str]| {
        let head: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
        events.iter().fold(head, |text, event| format!("{text}0.000s {event}\n"))
    };
    finds(&check(&lines(&["a {\"a\":1,\"b\":1} x"])), "there is no host b");
    finds(&check(&lines(&["a {\"a\":1,\"b\":2} x", "b {\"b\":1} y"])), "b never counts 2");
    finds(&check(&lines(&["a {\"a\":1,\"b\":1} x", "b {\"a\":1,\"b\":1} y"])), "its cause comes after it");
    let untold = ["c {\"c\":1} x", "b {\"b\":1,\"c\":1} y", "a {\"a\":1,\"b\":1} z"];
    finds(&check(&lines(&untold)), "and it does not");
}

/// What arrives comes after what was sent, and what is lost is its sender's alone.
#[test]
fn it_tells_what_the_log_tells() {
    let text = written(&story(), Format::Shiviz);
    let events = events(&text).unwrap();
    let find = |words: &str| events.iter().find(|(_, _, event)| event.starts_with(words)).unwrap();
    let (host, sent, _) = find("alice -> server | LOAD notes sessions: header/0  (sent)");
    assert_eq!(host, "alice");
    let (host, arrived, _) =
        events.iter().find(|(host, _, event)| host == "server" && event.contains("LOAD")).unwrap();
    assert_eq!((host.as_str(), arrived["alice"]), ("server", sent["alice"]));
    let (host, lost, _) = find("alice -x server");
    assert_eq!(host, "alice");
    let of_server = events.iter().filter(|(host, ..)| host == "server");
    assert!(of_server.clone().all(|(_, clock, _)| clock.get("alice") != Some(&lost["alice"])), "{text}");
    let entries = story().entries().filter(|entry| entry.what.is_told()).count();
    assert_eq!(
        events.len(),
        entries + 17 - 1,
        "each line of the log, and each message that is sent and arrives"
    );
}
