//! Numbers in what apps write that are others once they are read.

use cosim_testbed::scenario::doubts;

fn said(number: &str) -> String {
    let text = format!(
        r#"{{ "version": 1, "about": "Numbers.", "nodes": {{ "alice": {{}} }}, "co_values": {{ "card": {{ "kind": "map" }} }},
        "timeline": [
            {{ "at": "0ms", "create": {{ "node": "alice", "id": "card" }} }},
            {{ "at": "1s", "set": {{ "node": "alice", "id": "card", "key": "a", "value": {{ "b": [{number}] }} }} }}
        ] }}"#
    );
    doubts(text.as_bytes(), "story.json").unwrap_or_else(|problems| panic!("{problems}")).to_string()
}

#[test]
fn what_reading_changes_is_told_at_its_place() {
    for (number, read) in [
        ("-0", "0"),
        ("-0.0e5", "0"),
        ("9007199254740993", "9007199254740992"),
        ("12345678901234567890123", "1.2345678901234568e+22"),
        ("0.1234567890123456789", "0.12345678901234568"),
        ("1e-400", "0"),
    ] {
        let said = said(number);
        assert!(said.contains(&format!("`{number}` is {read} once it is read")), "{said}");
        assert!(said.contains(&"^".repeat(number.len())), "{said}");
    }
}

#[test]
fn what_stays_as_it_is_is_not() {
    for number in ["0", "0.0", "1.50", "15e-1", "1E3", "-7", "9007199254740992", "0.1", "1e22", "5e-324"] {
        assert_eq!(said(number).trim(), "", "{number}");
    }
}
