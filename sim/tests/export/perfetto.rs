//! The rules of trace events, as Perfetto reads them.

use crate::samples::{story, written};
use crate::{Checked, broken, finds, must};
use cosim_testbed::export::Format;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A slice: where it begins and ends.
type Slice = (u64, u64);

/// A track: its process and its thread.
type Track = (u64, u64);

pub(crate) fn check(text: &str) -> Checked {
    let trace: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let events = trace["traceEvents"].as_array().ok_or("there are no `traceEvents`")?;
    let mut slices: BTreeMap<Track, Vec<Slice>> = BTreeMap::new();
    let mut named = BTreeSet::new();
    let mut flows: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for event in events {
        let track = track(event)?;
        let is_flow = match event["ph"].as_str() {
            Some("M") => {
                named.insert((event["name"].as_str().unwrap_or_default(), track));
                continue;
            }
            Some("X") => {
                let slice = slice(event)?;
                must(flows.is_empty(), || {
                    format!("a slice comes after flows, which do not find it: {event}")
                })?;
                let of_track = slices.entry(track).or_default();
                let end = of_track.last().map_or(0, |(_, end)| *end);
                must(slice.0 >= end, || format!("it overlaps the slice before it on its track: {event}"))?;
                of_track.push(slice);
                false
            }
            Some("i") => {
                let scope = event["s"].as_str().unwrap_or_default();
                must(["g", "p", "t"].contains(&scope), || format!("an instant has no scope: {event}"))?;
                false
            }
            Some("s" | "f") => {
                let id = event["id"].as_str().ok_or_else(|| format!("an id is no text: {event}"))?;
                let digits = id.strip_prefix("0x").unwrap_or_default();
                let is_hex = u64::from_str_radix(digits, 16).is_ok();
                must(is_hex, || format!("an id is not in hex: {event}"))?;
                flows.entry(id).or_default().push(event);
                true
            }
            _ => return Err(format!("an event of an unknown phase: {event}")),
        };
        must(is_flow || !event["name"].as_str().unwrap_or_default().is_empty(), || {
            format!("no name: {event}")
        })?;
        for (what, on) in [("process_name", (track.0, 1)), ("thread_name", track)] {
            must(named.contains(&(what, on)), || format!("there is no {what} for it: {event}"))?;
        }
    }
    flows.values().try_for_each(|ends| flow(ends, &slices))
}

/// Where an event is; 0 counts as unset.
fn track(event: &Value) -> Result<Track, String> {
    let number = |field: &str| {
        let number = event[field].as_u64().filter(|number| *number > 0);
        number.ok_or_else(|| format!("`{field}` is not a number from 1 on: {event}"))
    };
    if event["ph"] != "M" && event["ts"].as_u64().is_none() {
        return Err(format!("`ts` is no number: {event}"));
    }
    Ok((number("pid")?, number("tid")?))
}

/// One without `dur` is dropped, and one of no length can hold nothing.
fn slice(event: &Value) -> Result<Slice, String> {
    let dur = event["dur"].as_u64().filter(|dur| *dur >= 1);
    let dur = dur.ok_or_else(|| format!("a slice has no `dur` of a microsecond or more: {event}"))?;
    let ts = event["ts"].as_u64().unwrap_or_default();
    Ok((ts, ts + dur))
}

fn flow(ends: &[&Value], slices: &BTreeMap<Track, Vec<Slice>>) -> Checked {
    let [start, finish] = ends else { return Err(format!("a flow has {} ends: {:?}", ends.len(), ends)) };
    must(start["ph"] == "s" && finish["ph"] == "f", || {
        format!("a flow does not go from `s` to `f`: {start}")
    })?;
    must(finish["bp"] == "e", || format!("a flow would end in the slice that follows: {finish}"))?;
    let same = ["cat", "name"].iter().all(|field| start[field] == finish[field]);
    must(same, || format!("its ends do not belong together: {start} {finish}"))?;
    must(start["ts"].as_u64() < finish["ts"].as_u64(), || format!("it goes back in time: {start} {finish}"))?;
    for end in [start, finish] {
        let ts = end["ts"].as_u64().unwrap_or_default();
        let of_track = slices.get(&track(end)?).map(Vec::as_slice).unwrap_or_default();
        let within = of_track.iter().any(|(from, to)| (*from..*to).contains(&ts));
        must(within, || format!("an end of a flow lies in no slice: {end}"))?;
    }
    Ok(())
}

/// How many events of a phase, and of a category where one is given.
pub(crate) fn count(text: &str, ph: &str, cat: &str) -> usize {
    let trace: Value = serde_json::from_str(text).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    events.iter().filter(|event| event["ph"] == ph && (cat.is_empty() || event["cat"] == cat)).count()
}

#[test]
fn every_rule_is_checked() {
    let text = written(&story(), Format::Perfetto);
    check(&text).unwrap();
    let flows = text.find("\"ph\":\"s\"").unwrap();
    let line = |of: &str| text.lines().find(|line| line.contains(of)).unwrap().to_owned();
    let first_slice = line("\"ph\":\"X\"");
    let last_flow = text.lines().rfind(|line| line.contains("\"ph\":\"f\"")).unwrap();
    for (from, to, rule) in [
        ("\"traceEvents\"", "\"events\"", "no `traceEvents`"),
        ("\"tid\":1", "\"tid\":0", "`tid` is not a number from 1 on"),
        ("\"pid\":2", "\"pid\":\"b\"", "`pid` is not a number from 1 on"),
        ("\"dur\":1,", "", "no `dur`"),
        ("\"dur\":1,", "\"dur\":0,", "no `dur`"),
        ("\"dur\":1,", "\"dur\":60000000,", "overlaps"),
        ("\"bp\":\"e\",", "", "in the slice that follows"),
        ("\"id\":\"0x1\"", "\"id\":1", "an id is no text"),
        ("\"id\":\"0x1\"", "\"id\":\"one\"", "not in hex"),
        ("\"id\":\"0x1\"", "\"id\":\"0x77\"", "a flow has 1 ends"),
        ("\"process_name\"", "\"process\"", "no process_name"),
        ("\"thread_name\"", "\"thread\"", "no thread_name"),
        ("\"s\":\"t\"", "\"s\":\"x\"", "no scope"),
        ("\"ph\":\"i\"", "\"ph\":\"B\"", "unknown phase"),
    ] {
        finds(&check(&broken(&text, from, to)), rule);
    }
    let moved = last_flow.replace("\"ts\":", "\"ts\":9");
    finds(&check(&broken(&text, last_flow, &moved)), "lies in no slice");
    let moved = broken(&text, &format!("{first_slice}\n"), "")
        .replace(last_flow, &format!("{last_flow},\n{first_slice}"));
    finds(
        &check(&moved.replace(",\n]", "\n]").replace("},,", "},").replace("},\n]}", "}\n]}")),
        "after flows",
    );
    let back = format!("{}{}", &text[..flows], text[flows..].replacen(",\"ts\":0}", ",\"ts\":60000000}", 1));
    finds(&check(&back), "back in time");
    let swapped = text.replace("\"ph\":\"s\"", "\"ph\":\"f\"");
    finds(&check(&swapped), "does not go from `s` to `f`");
    let other = text.replacen("\"cat\":\"message\"", "\"cat\":\"mail\"", 1);
    finds(&check(&other), "do not belong together");
}

/// Every arrival is a flow, every operation an instant, every spell a slice.
#[test]
fn it_tells_what_the_log_tells() {
    let text = written(&story(), Format::Perfetto);
    assert_eq!(count(&text, "f", "message"), 22, "what arrives");
    assert_eq!(count(&text, "X", "spell"), 2, "the server is down, and alice asleep");
    assert_eq!(
        count(&text, "i", "operation"),
        12,
        "operations, at each node that they are about, and the end of faults"
    );
    assert!(text.contains(r#""dur":500000,"name":"down""#), "{text}");
    assert!(text.contains(r#""dur":2000000,"name":"asleep""#), "{text}");
}
