//! Streams and files.

use crate::shelf::{Person, Shelf};
use cosim_core::view::edit::{end_file, file_chunk, push, start_file};
use cosim_core::view::{CoStream, File, KeyRing, View};
use serde_json::{Value, json};

fn stream(shelf: &Shelf, id: &str) -> CoStream {
    match shelf.typed(id, &KeyRing::empty()) {
        View::Stream(stream) => stream,
        other @ (View::Map(_)
        | View::Group(_)
        | View::List(_)
        | View::Text(_)
        | View::Deleted
        | View::Unknown) => {
            panic!("{id} is a stream, not {other:?}")
        }
    }
}

#[test]
fn every_session_has_items_of_its_own() {
    let [alice, bob] = [1, 2].map(Person::new);
    let second = format!("{}_session_zsecond", alice.id);
    let mut shelf = Shelf::default();
    let id = shelf.create_open("costream");
    shelf.write(&id, &alice.session, 10, &push(&json!("a")));
    shelf.write(&id, &second, 11, &json!(["b", {"c": null}]));
    shelf.write(&id, &alice.session, 12, &push(&Value::Null));
    shelf.write(&id, &bob.session, 11, &json!([]));
    assert_eq!(shelf.public(&id), json!({&alice.session: ["a", null], &second: ["b", {"c": null}]}));
    let stream = stream(&shelf, &id);
    let items: Vec<&Value> = stream.items_of(&alice.id).into_iter().map(|item| &item.value).collect();
    assert_eq!(items, [&json!("a"), &json!("b"), &json!({"c": null}), &Value::Null]);
    assert!(stream.items_of(&bob.id).is_empty());
}

/// Pushes the transactions one a millisecond from `at` on, forwards or backwards, and reads the file.
fn file(transactions: &[Value], at: u64, forwards: bool) -> Option<File> {
    let author = Person::new(1);
    let mut shelf = Shelf::default();
    let id = shelf.create_open("costream");
    for (count, changes) in (0..).zip(transactions) {
        shelf.write(&id, &author.session, if forwards { at + count } else { at - count }, changes);
    }
    stream(&shelf, &id).file()
}

#[test]
fn a_file_is_a_start_chunks_and_an_end() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut transactions = vec![start_file("image/png", Some("a.png"), Some(256))];
    transactions.extend(bytes.chunks(100).map(file_chunk));
    transactions.push(end_file());
    let whole = File {
        mime_type: "image/png".into(),
        file_name: Some("a.png".into()),
        total_size_bytes: Some(256),
        bytes,
        finished: true,
    };
    assert_eq!(file(&transactions, 100, true), Some(whole.clone()));
    assert_eq!(
        file(&transactions, 100, false),
        Some(whole.clone()),
        "a clock that runs backwards is no matter"
    );
    let part = file(&transactions[..3], 100, true).expect("a part of a file");
    assert_eq!((part.bytes.as_slice(), part.finished), (&whole.bytes[..200], false));
    transactions.push(file_chunk(b"more"));
    assert_eq!(file(&transactions, 100, true), Some(whole), "nothing comes after the end");
}

#[test]
fn what_makes_no_sense_is_no_file() {
    let start = start_file("text/plain", None, None);
    for wrong in [
        json!([{"type": "chunk", "chunk": "binary_U*"}]),
        json!([{"type": "chunk", "chunk": "QUJD"}]),
        json!([{"type": "chunk"}]),
        json!([{"type": "middle"}]),
        json!([7]),
        start.clone(),
    ] {
        assert_eq!(file(&[start.clone(), wrong.clone()], 100, true), None, "{wrong}");
    }
    assert_eq!(file(&[file_chunk(b"ABC"), start], 100, true), None);
    assert_eq!(file(&[json!([{"type": "start"}])], 100, true), None);
    assert_eq!(file(&[], 100, true), None);
}

#[test]
fn the_file_is_what_was_started_first() {
    let [alice, bob] = [1, 2].map(Person::new);
    let mut shelf = Shelf::default();
    let id = shelf.create_open("costream");
    shelf.write(&id, &alice.session, 20, &start_file("text/plain", None, None));
    shelf.write(&id, &bob.session, 10, &push(&json!("no start")));
    shelf.write(&id, &bob.session, 11, &start_file("text/html", None, None));
    let file = stream(&shelf, &id).file().expect("a file");
    assert_eq!(file.mime_type, "text/plain");
}
