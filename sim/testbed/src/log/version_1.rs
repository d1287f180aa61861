//! Logs of version 1: their lines as version 2 would say them. What version 1 does not say stays unsaid: that a message
//! was sent which arrived, and all but the loss or holding back of others. It turns no line into words.

use super::{Outcome, Reason};
use serde_json::{Value, json};

/// The version that is read here.
pub(super) const VERSION: u32 = 1;

/// Turns a line into one of version 2; `None` where version 1 has no such line. Whatever is no line of these kinds is
/// left as it is.
pub(super) fn translate(line: &mut Value) -> Option<()> {
    let fields = line.as_object_mut()?;
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "lost" => {
            fields.get("why")?;
            fields.insert("kind".to_owned(), "sent".into());
        }
        "held" => {
            fields.insert("kind".to_owned(), "sent".into());
            fields.insert("held".to_owned(), true.into());
        }
        "skipped" => {
            let why = fields.get("why")?.as_str()?;
            let plain = Reason::PLAIN.into_iter().find(|reason| reason.to_string() == why);
            let reason = plain.unwrap_or_else(|| Reason::Refused(why.to_owned()));
            fields.insert("why".to_owned(), json!(reason));
        }
        "disk" | "note" => {
            let Some(Value::String(text)) = fields.remove("text") else { return None };
            let said = if kind == "disk" { disk(&text) } else { note(&text) };
            let Value::Object(said) = said? else { return None };
            fields.extend(said);
        }
        "sent" | "cut" | "recovered" | "writeFailed" => return None,
        _ => {}
    }
    Some(())
}

/// `notes alice/1 3..5 is written`.
fn disk(text: &str) -> Option<Value> {
    const OUTCOMES: [Outcome; 5] =
        [Outcome::Written, Outcome::Full, Outcome::Nothing, Outcome::Torn, Outcome::Whole];
    let (record, outcome) = OUTCOMES
        .into_iter()
        .find_map(|outcome| Some((text.strip_suffix(&format!(" {outcome}"))?, outcome)))?;
    if let Some((id, session, after, end)) = transactions(record) {
        let count = end.checked_sub(after)?;
        return Some(
            json!({ "id": id, "session": session, "after": after, "count": count, "outcome": outcome }),
        );
    }
    Some(json!({ "id": record.strip_prefix("header of ")?, "outcome": outcome }))
}

/// `notes alice/1 3..5`.
fn transactions(record: &str) -> Option<(&str, &str, u32, u32)> {
    let (rest, range) = record.rsplit_once(' ')?;
    let (id, session) = rest.rsplit_once(' ')?;
    let (after, end) = range.split_once("..")?;
    Some((id, session, number(after)?, number(end)?))
}

fn note(text: &str) -> Option<Value> {
    if let Some(recovered) = text.strip_prefix("its disk has ") {
        let whole = recovered.strip_suffix("; its app writes in a new session");
        let (records, rest) = whole.unwrap_or(recovered).split_once(" records, ")?;
        let (damaged, unfit) = rest.split_once(" damaged, ")?;
        let unfit = number(unfit.strip_suffix(" that do not fit")?)?;
        let mut said = json!({
            "kind": "recovered", "records": number(records)?, "damaged": number(damaged)?, "unfit": unfit
        });
        if whole.is_some() {
            said["newSession"] = true.into();
        }
        return Some(said);
    }
    if let Some(failed) = text.strip_suffix(" are not written") {
        let (count, rest) = failed.split_once(" transactions of ")?;
        let (rest, after) = rest.rsplit_once(" after ")?;
        let (session, id) = rest.split_once(" in ")?;
        return Some(json!({
            "kind": "writeFailed", "id": id, "session": session, "after": number(after)?, "count": number(count)?
        }));
    }
    let (kept, rest) = text.split_once(" of the ")?;
    let (pending, next) = rest.split_once(" writes under way are written")?;
    let torn = match next.strip_prefix(", and ") {
        Some(next) => number(next.strip_suffix(" bytes of the next")?).filter(|torn| *torn > 0)?,
        None if next.is_empty() => 0,
        None => return None,
    };
    Some(json!({ "kind": "cut", "pending": number(pending)?, "kept": number(kept)?, "torn": torn }))
}

/// A number as it is written: without a sign or zeros before it.
fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| number.to_string() == text)
}
