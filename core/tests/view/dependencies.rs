//! What a CoValue rests on.

use crate::shelf::{Person, Shelf, TestKey};
use cosim_core::view::edit::set;
use cosim_core::view::{Resolver, Role, dependencies};
use serde_json::json;

fn of(shelf: &Shelf, id: &str) -> Vec<String> {
    dependencies(&shelf.co_value(id).expect("it is there")).into_iter().collect()
}

#[test]
fn an_owned_value_rests_on_its_group_and_its_authors() {
    let (mut shelf, admin) = (Shelf::default(), Person::new(1));
    let group = shelf.create_group(&admin, 10, &TestKey::new(1));
    let map = shelf.create_owned("comap", &group);
    assert_eq!(of(&shelf, &map), [group.as_str()]);
    // Agents stand for themselves, and so do sessions of nobody.
    for session in [&admin.session, "co_zAuthor_session_z1", "co_zAuthor_session_z2", "nobody", "_session_z1"]
    {
        shelf.write(&map, session, 20, &set("a", &1.into()));
    }
    let mut expected = [group, "co_zAuthor".to_owned()];
    expected.sort();
    assert_eq!(of(&shelf, &map), expected);
}

#[test]
fn whoever_may_write_its_authors_are_needed() {
    let mut shelf = Shelf::default();
    let open = shelf.create_open("colist");
    shelf.write(&open, "co_zAuthor_session_z1", 20, &json!([]));
    assert_eq!(of(&shelf, &open), ["co_zAuthor"]);
}

#[test]
fn a_group_rests_on_members_and_parents() {
    let (mut shelf, admin, eve) = (Shelf::default(), Person::new(1), Person::new(3));
    let group = shelf.create_group(&admin, 10, &TestKey::new(1));
    assert_eq!(of(&shelf, &group), [""; 0]);
    shelf.appoint(&group, &admin, 20, "co_zMember", Role::Reader);
    shelf.appoint(&group, &admin, 21, "co_zGone", Role::Writer);
    shelf.appoint(&group, &admin, 22, "co_zGone", Role::Revoked);
    // A stranger cannot make others wait for what is not there.
    shelf.appoint(&group, &eve, 30, "co_zNowhere", Role::Admin);
    shelf.write(&group, &eve.session, 31, &set("parent_co_zNowhere", &"extend".into()));
    assert_eq!(of(&shelf, &group), ["co_zGone", "co_zMember"]);
    shelf.write(&group, &admin.session, 40, &set("parent_co_zParent", &"extend".into()));
    let with_parent = of(&shelf, &group);
    for id in ["co_zGone", "co_zMember", "co_zParent"] {
        assert!(with_parent.iter().any(|found| found == id), "{id} in {with_parent:?}");
    }
    // A parent's admin, of whom this log knows nothing, adds a member.
    shelf.appoint(&group, &eve, 50, "co_zHers", Role::Reader);
    assert!(of(&shelf, &group).contains(&"co_zHers".to_owned()));
}

#[test]
fn nothing_rests_on_itself() {
    let (mut shelf, person) = (Shelf::default(), Person::new(1));
    let account = shelf.create_account(&person, 10, &TestKey::new(1));
    shelf.write(&account, &format!("{account}_session_z1"), 20, &set("profile", &"co_zP".into()));
    assert_eq!(of(&shelf, &account), [""; 0]);
}
