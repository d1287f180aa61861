//! The table, read back by a reader of tables.

use crate::samples::{log, of_repository, story, written};
use crate::{Checked, finds, must};
use cosim_testbed::export::{CSV_COLUMNS, Format};
use cosim_testbed::log::{Event, Log};
use cosim_testbed::run::{Options, run};

/// The rows, by column.
fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    must(names == CSV_COLUMNS.map(|(name, _)| name), || format!("other columns: {names:?}"))?;
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        Ok(row.map_err(|error| error.to_string())?.iter().map(str::to_owned).collect())
    };
    reader.records().map(row).collect()
}

/// What stands in a column.
fn cell<'a>(row: &'a [String], column: &str) -> &'a str {
    &row[CSV_COLUMNS.iter().position(|(name, _)| *name == column).unwrap()]
}

/// Each row is what the log says, with names as they are.
pub(crate) fn check(text: &str, log: &Log) -> Checked {
    let is_row = |what: &Event| {
        let Event::Looks(looks) = what else { return !matches!(what, Event::State { .. }) };
        !looks.violated.is_empty()
    };
    let rows = rows(text)?;
    let entries: Vec<_> = log.entries().filter(|entry| is_row(&entry.what)).collect();
    must(rows.len() == entries.len(), || format!("{} rows for {} events", rows.len(), entries.len()))?;
    for (row, entry) in rows.iter().zip(entries) {
        let json = entry.to_json(log.cast());
        let number = |field: &str| json[field].as_u64().map(|number| number.to_string()).unwrap_or_default();
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let mut expected = vec![
            ("event", number("event")),
            ("at_us", number("at")),
            ("kind", text("kind")),
            ("connection", number("connection")),
        ];
        let is_sent = json["kind"] == "sent";
        let has_mail = is_sent || json["kind"] == "delivered";
        if has_mail {
            let ends = if is_sent { ["from", "to"] } else { ["to", "from"] };
            expected.extend([("node", text(ends[0])), ("peer", text(ends[1]))]);
            expected.push(("co_value", json["message"]["id"].as_str().unwrap_or_default().to_owned()));
        } else if json["node"].is_string() {
            expected.extend([("node", text("node")), ("co_value", text("id"))]);
        } else if json["kind"] == "operation" {
            let node = |at: usize| json["nodes"][at].as_str().unwrap_or_default().to_owned();
            expected.extend([("node", node(0)), ("peer", node(1)), ("co_value", text("id"))]);
            expected.extend([("operation", text("name"))]);
        }
        if json["kind"] == "delivered" {
            expected.extend([("cause", number("sentIn")), ("sent_at_us", number("sentAt"))]);
        }
        for (column, expected) in
            expected.into_iter().filter(|(column, _)| *column != "co_value" || json["ids"].is_null())
        {
            let found = cell(row, column);
            must(found == expected, || format!("`{found}` for `{expected}` in {column}: {json}"))?;
        }
    }
    Ok(())
}

#[test]
fn every_rule_is_checked() {
    let log = story();
    let text = written(&log, Format::Csv);
    check(&text, &log).unwrap();
    finds(&check(&text.replacen("event,", "number,", 1), &log), "other columns");
    finds(&check(&text.replacen("alice", "al\"ice", 1), &log), "for `alice`");
    finds(&check(&text.replacen("alice", "al,ice", 1), &log), "found record with 20 fields");
    let (all, _) = text.trim_end().rsplit_once('\n').unwrap();
    finds(&check(all, &log), "rows for");
    finds(&check(&text.replace("\n6,", "\n7,"), &log), "in event");
}

/// The figures of a run come out of its table.
#[test]
fn figures_can_be_counted() {
    for path in ["faults/storm.json", "storage/crash-storm.json", "basics/hello.json"] {
        let scenario = of_repository(path);
        let rows = rows(&written(&log(&scenario, 7), Format::Csv)).unwrap();
        let figures = run(&scenario, 7, Options::judged()).figures;
        let kind = |kind: &'static str| rows.iter().filter(move |row| cell(row, "kind") == kind);
        assert_eq!(kind("sent").count() as u64, figures.sent);
        assert_eq!(kind("delivered").count() as u64, figures.delivered);
        let bytes: u64 = kind("sent").map(|row| cell(row, "bytes").parse::<u64>().unwrap()).sum();
        assert_eq!(bytes, figures.bytes);
        let lost = kind("sent").filter(|row| cell(row, "outcome") == "chance").count() as u64;
        assert_eq!(lost, figures.lost);
        for row in kind("delivered").filter(|row| !cell(row, "cause").is_empty()) {
            let sent = kind("sent").find(|sent| cell(sent, "mail") == cell(row, "mail")).unwrap();
            assert_eq!(cell(sent, "event"), cell(row, "cause"));
        }
    }
}

#[test]
fn the_columns_are_documented() {
    let docs = include_str!("../../../docs/export.md");
    for (name, means) in CSV_COLUMNS {
        assert!(
            docs.contains(&format!("| `{name}` | {means} |\n")),
            "docs/export.md: | `{name}` | {means} |"
        );
    }
}
