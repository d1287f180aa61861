//! Lists and texts: edits do what they say, and concurrent ones merge.

use crate::shelf::{Person, Shelf};
use cosim_core::view::edit::{OutOfRange, append, insert, insert_text, prepend, remove, replace};
use cosim_core::view::{CoList, KeyRing, View};
use proptest::prelude::*;
use serde_json::{Value, json};

fn list(shelf: &Shelf, id: &str) -> CoList {
    match shelf.typed(id, &KeyRing::empty()) {
        View::List(list) | View::Text(list) => list,
        other @ (View::Map(_) | View::Group(_) | View::Stream(_) | View::Deleted | View::Unknown) => {
            panic!("{id} is a list, not {other:?}")
        }
    }
}

/// A list of these items, written by one author from 10 on.
fn list_of(author: &Person, items: &[&str]) -> (Shelf, String) {
    let mut shelf = Shelf::default();
    let id = shelf.create_open("colist");
    for (at, item) in (10..).zip(items) {
        let changes = append(&list(&shelf, &id), &[json!(item)]);
        shelf.write(&id, &author.session, at, &changes);
    }
    (shelf, id)
}

#[test]
fn an_item_beside_a_deleted_one_keeps_its_place() {
    let [alice, bob] = [1, 2].map(Person::new);
    let (mut shelf, id) = list_of(&alice, &["a", "b", "c"]);
    let seen = list(&shelf, &id);
    shelf.write(&id, &alice.session, 20, &remove(&seen, 1..2).expect("it is there"));
    assert_eq!(shelf.public(&id), json!(["a", "c"]));
    // Bob has not heard of it yet.
    shelf.write(&id, &bob.session, 21, &insert(&seen, 2, &[json!("after b")]).expect("it is there"));
    shelf.write(&id, &bob.session, 22, &replace(&seen, 1, &json!("for b")).expect("it is there"));
    assert_eq!(shelf.public(&id), json!(["a", "for b", "after b", "c"]));
    // Nor that the list begins elsewhere.
    shelf.write(&id, &alice.session, 30, &remove(&seen, 0..1).expect("it is there"));
    shelf.write(&id, &bob.session, 31, &prepend(&seen, &[json!("before a")]));
    assert_eq!(shelf.public(&id), json!(["before a", "for b", "after b", "c"]));
}

#[test]
fn of_two_at_one_place_the_later_comes_first() {
    let [alice, bob] = [1, 2].map(Person::new);
    let (mut shelf, id) = list_of(&alice, &["a", "c"]);
    let seen = list(&shelf, &id);
    shelf.write(&id, &alice.session, 31, &insert(&seen, 1, &[json!(1), json!(2)]).expect("it is there"));
    shelf.write(&id, &bob.session, 30, &insert(&seen, 1, &[json!(3), json!(4)]).expect("it is there"));
    shelf.write(&id, &alice.session, 40, &prepend(&seen, &[json!(5), json!(6)]));
    shelf.write(&id, &bob.session, 41, &prepend(&seen, &[json!(7)]));
    assert_eq!(shelf.public(&id), json!([7, 5, 6, "a", 1, 2, 3, 4, "c"]));
}

#[test]
fn what_names_no_earlier_item_is_not_seen() {
    let [alice, bob] = [1, 2].map(Person::new);
    let (mut shelf, id) = list_of(&alice, &["a", "b"]);
    let seen = list(&shelf, &id);
    shelf.write(&id, &bob.session, 9, &append(&seen, &[json!("too early")]));
    let own = |index: u64| json!({"sessionID": bob.session, "txIndex": index, "changeIdx": 0});
    shelf.write(&id, &bob.session, 30, &json!([{"op": "app", "value": "itself", "after": own(1)}]));
    shelf.write(&id, &bob.session, 31, &json!([{"op": "pre", "value": "later", "before": own(3)}]));
    shelf.write(&id, &bob.session, 32, &json!([{"op": "pre", "value": "end", "before": "end"}]));
    assert_eq!(shelf.public(&id), json!(["a", "b", "end"]));
}

#[test]
fn edits_outside_the_list_are_refused() {
    let (shelf, id) = list_of(&Person::new(1), &["a"]);
    let seen = list(&shelf, &id);
    assert_eq!(insert(&seen, 2, &[json!(1)]), Err(OutOfRange { index: 2, len: 1 }));
    assert_eq!(remove(&seen, 0..2), Err(OutOfRange { index: 2, len: 1 }));
    assert_eq!(replace(&seen, 1, &json!(1)), Err(OutOfRange { index: 1, len: 1 }));
    assert_eq!(replace(&CoList::default(), 0, &json!(1)), Err(OutOfRange { index: 0, len: 0 }));
}

/// A chain as long as the list is no reason to run out of stack.
#[test]
fn a_long_list_is_walked() {
    let author = Person::new(1);
    let mut shelf = Shelf::default();
    let id = shelf.create_open("colist");
    let op = |index: u32| json!({"sessionID": author.session, "txIndex": 0, "changeIdx": index});
    let mut changes = vec![json!({"op": "app", "value": 0, "after": "start"})];
    changes.extend((1..50_000).map(|at| json!({"op": "app", "value": at, "after": op(at - 1)})));
    shelf.write(&id, &author.session, 10, &Value::Array(changes));
    assert_eq!(list(&shelf, &id).items.len(), 50_000);
    assert_eq!(shelf.public(&id)[49_999], 49_999);
}

#[test]
fn a_text_is_edited_by_graphemes() {
    let author = Person::new(1);
    let mut shelf = Shelf::default();
    let id = shelf.create_open("coplaintext");
    let mut edit = |at: u64, edit: &dyn Fn(&CoList) -> Value| {
        let changes = edit(&list(&shelf, &id));
        shelf.write(&id, &author.session, at, &changes);
        shelf.public(&id)
    };
    let put = |index: usize, text: &'static str| {
        move |list: &CoList| insert_text(list, index, text).expect("it is there")
    };
    assert_eq!(edit(10, &put(0, "Grüße")), "Grüße");
    assert_eq!(edit(20, &put(5, " 👩‍👩‍👧!")), "Grüße 👩‍👩‍👧!");
    assert_eq!(edit(30, &put(0, "¡¡")), "¡¡Grüße 👩‍👩‍👧!");
    assert_eq!(edit(40, &|list| remove(list, 7..9).expect("a blank and a family")), "¡¡Grüße!");
    assert_eq!(edit(50, &put(3, "e\u{301}")), "¡¡Ge\u{301}rüße!");
    assert_eq!(edit(60, &|list| remove(list, 3..4).expect("one grapheme")), "¡¡Grüße!");
}

/// One edit, by shares of the list's length.
#[derive(Clone, Debug)]
enum Edit {
    Insert(usize, usize),
    Remove(usize, usize),
    Replace(usize),
}

fn edits() -> impl Strategy<Value = Vec<(bool, Edit)>> {
    let edit = prop_oneof![
        3 => (any::<usize>(), 1..4_usize).prop_map(|(at, count)| Edit::Insert(at, count)),
        2 => (any::<usize>(), 0..3_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        1 => any::<usize>().prop_map(Edit::Replace),
    ];
    proptest::collection::vec((any::<bool>(), edit), 0..25)
}

proptest! {
    /// Edits one after the other, each of the list as it is, do what they do to an array.
    #[test]
    fn a_list_is_an_array_to_who_is_alone(edits in edits()) {
        let people = [1, 2].map(Person::new);
        let mut shelf = Shelf::default();
        let id = shelf.create_open("colist");
        let mut model: Vec<Value> = Vec::new();
        for (at, (who, edit)) in (10_u32..).zip(edits) {
            let (seen, len) = (list(&shelf, &id), model.len());
            let changes = match edit {
                Edit::Insert(index, count) => {
                    let index = index % (len + 1);
                    let values: Vec<Value> = (0..count).map(|n| json!([at, n])).collect();
                    model.splice(index..index, values.clone());
                    insert(&seen, index, &values)
                }
                Edit::Remove(index, count) => {
                    let from = index % (len + 1);
                    let range = from..(from + count).min(len);
                    model.drain(range.clone());
                    remove(&seen, range)
                }
                Edit::Replace(_) if len == 0 => continue,
                Edit::Replace(index) => {
                    model[index % len] = json!(at);
                    replace(&seen, index % len, &json!(at))
                }
            };
            let changes = changes.expect("it is there");
            shelf.write(&id, &people[usize::from(who)].session, at.into(), &changes);
            prop_assert_eq!(shelf.public(&id), Value::Array(model.clone()));
        }
    }
}
