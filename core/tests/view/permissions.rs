//! Who may write, and what becomes of writes that their author was not allowed: they stay in the log and are not seen.

use crate::shelf::{Person, Shelf, TestKey};
use cosim_core::real::{Key, MadeAt, Place, Transaction};
use cosim_core::view::edit::{delete, set};
use cosim_core::view::{EVERYONE, Role};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A group that the first of three people founded at 10, and a map that it owns.
struct Story {
    shelf: Shelf,
    key: TestKey,
    alice: Person,
    bob: Person,
    eve: Person,
    group: String,
    map: String,
}

impl Story {
    fn new() -> Story {
        let (mut shelf, key) = (Shelf::default(), TestKey::new(1));
        let [alice, bob, eve] = [1, 2, 3].map(Person::new);
        let group = shelf.create_group(&alice, 10, &key);
        let map = shelf.create_owned("comap", &group);
        Story { shelf, key, alice, bob, eve, group, map }
    }

    /// Bob is a member from `at` on.
    fn with_bob(at: u64, role: Role) -> Story {
        let mut story = Story::new();
        story.shelf.add(&story.group, &story.alice, at, (&story.bob, role), &story.key);
        story
    }

    fn write(&mut self, author: &Person, at: u64, key: &str) {
        self.shelf.write(&self.map, &author.session, at, &set(key, &true.into()));
    }

    /// The keys of the map that a stranger sees.
    #[track_caller]
    fn expect(&self, keys: &[&str]) {
        let Value::Object(shown) = self.shelf.public(&self.map) else { panic!("a map shows an object") };
        assert_eq!(shown.keys().map(String::as_str).collect::<Vec<_>>(), keys);
    }

    #[track_caller]
    fn expect_role(&self, who: &Person, role: Option<Role>) {
        assert_eq!(self.shelf.group(&self.group).role_of(&who.id), role);
    }
}

#[test]
fn strangers_and_readers_do_not_write() {
    let mut story = Story::with_bob(20, Role::Reader);
    let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
    story.write(&alice, 30, "alice");
    story.write(&bob, 30, "bob");
    story.write(&eve, 30, "eve");
    story.expect(&["alice"]);
    assert_eq!(story.shelf.held[&story.map].sessions.len(), 3, "nothing is taken out of the log");
    let group = story.shelf.group(&story.group);
    assert!(group.can_read(&bob.id) && !group.can_write(&bob.id) && !group.can_invite(&bob.id));
    assert!(!group.can_read(&eve.id) && group.can_write(&alice.id) && group.can_invite(&alice.id));
}

#[test]
fn a_role_counts_from_the_time_it_was_given() {
    let mut story = Story::with_bob(20, Role::Writer);
    let bob = story.bob.clone();
    story.write(&bob, 19, "before");
    story.write(&bob, 20, "at");
    story.write(&bob, 21, "after");
    story.expect(&["after", "at"]);
}

#[test]
fn what_was_written_before_a_revocation_stays() {
    let mut story = Story::with_bob(20, Role::Writer);
    let bob = story.bob.clone();
    story.write(&bob, 29, "before");
    story.write(&bob, 30, "at");
    story.write(&bob, 31, "after");
    story.shelf.appoint(&story.group, &story.alice, 30, &bob.id, Role::Revoked);
    story.expect(&["before"]);
    story.expect_role(&bob, Some(Role::Revoked));
}

#[test]
fn two_admins_cannot_remove_each_other() {
    let mut story = Story::with_bob(20, Role::Admin);
    let (alice, bob) = (story.alice.clone(), story.bob.clone());
    story.shelf.appoint(&story.group, &alice, 30, &bob.id, Role::Revoked);
    story.shelf.appoint(&story.group, &bob, 30, &alice.id, Role::Revoked);
    story.expect_role(&alice, Some(Role::Admin));
    story.expect_role(&bob, Some(Role::Admin));
    // But each may go by itself, and is no admin any more.
    story.shelf.appoint(&story.group, &bob, 40, &bob.id, Role::Reader);
    story.shelf.appoint(&story.group, &bob, 50, &bob.id, Role::Admin);
    story.expect_role(&bob, Some(Role::Reader));
    story.shelf.appoint(&story.group, &alice, 60, &bob.id, Role::Revoked);
    story.expect_role(&bob, Some(Role::Revoked));
}

#[test]
fn only_the_founder_appoints_itself() {
    let mut story = Story::new();
    let (alice, eve) = (story.alice.clone(), story.eve.clone());
    story.shelf.appoint(&story.group, &eve, 1, &eve.id, Role::Admin);
    story.shelf.appoint(&story.group, &eve, 20, &eve.id, Role::Writer);
    story.expect_role(&eve, None);
    story.shelf.appoint(&story.group, &alice, 30, &alice.id, Role::Revoked);
    story.shelf.appoint(&story.group, &alice, 40, &alice.id, Role::Admin);
    story.expect_role(&alice, Some(Role::Revoked));
}

#[test]
fn an_invite_gives_the_one_role_it_is_for() {
    for (invite, given) in [
        (Role::ReaderInvite, Role::Reader),
        (Role::WriterInvite, Role::Writer),
        (Role::AdminInvite, Role::Admin),
    ] {
        for asked in [Role::Reader, Role::Writer, Role::Admin, Role::Revoked, invite] {
            let mut story = Story::with_bob(20, invite);
            story.shelf.add(&story.group, &story.bob, 30, (&story.eve, asked), &story.key);
            story.expect_role(&story.eve, (asked == given).then_some(given));
        }
    }
}

#[test]
fn everyone_may_what_everyone_may_unless_revoked() {
    let mut story = Story::with_bob(20, Role::Writer);
    let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
    let key = story.key.clone();
    story.shelf.write_group(&story.group, &alice, 30, |writer| {
        writer.add_everyone(Role::Writer, &key.read_key()).expect("a role for everyone")
    });
    story.shelf.appoint(&story.group, &alice, 40, &bob.id, Role::Revoked);
    story.write(&eve, 29, "too early");
    story.write(&eve, 50, "eve");
    story.write(&bob, 50, "bob");
    story.expect(&["eve"]);
    // Nobody can make everyone an admin.
    story.shelf.appoint(&story.group, &alice, 60, EVERYONE, Role::Admin);
    story.expect_role(&eve, Some(Role::Writer));
    story.shelf.appoint(&story.group, &alice, 70, EVERYONE, Role::Revoked);
    story.expect_role(&eve, Some(Role::Revoked));
}

#[test]
fn a_group_takes_one_readable_setting_at_a_time() {
    let mut story = Story::new();
    let (alice, bob) = (story.alice.clone(), story.bob.clone());
    let appointment = json!({"op": "set", "key": bob.id, "value": "writer"});
    let before = story.shelf.public(&story.group);
    for changes in [
        json!([appointment, appointment]),
        json!([]),
        json!({"0": appointment}),
        json!([{"op": "set", "key": bob.id, "value": "owner"}]),
        json!([{"op": "set", "key": bob.id}]),
        json!([{"op": "set", "value": "writer"}]),
        delete(&alice.id),
    ] {
        story.shelf.write(&story.group, &alice.session, 20, &changes);
    }
    assert_eq!(story.shelf.public(&story.group), before);
    // An admin's private setting is seen by who can read it, and gives nobody a role.
    story.shelf.write_private(&story.group, &alice, 30, &json!([appointment]));
    assert_eq!(story.shelf.public(&story.group), before);
    assert_eq!(story.shelf.view(&story.group, &alice.keys())[&bob.id], "writer");
    story.expect_role(&bob, None);
    story.write(&bob, 40, "bob");
    story.expect(&[]);
    // Who is no admin cannot even do that.
    let place = Place::transaction(&story.group, &bob.session, 0);
    let key = Key { id: &story.key.id, secret: &story.key.secret };
    let forged = Transaction::private(MadeAt::from_ms(50), &set("a", &1.into()), key, &place);
    story.shelf.push(&story.group, &bob.session, forged);
    assert_eq!(story.shelf.view(&story.group, &alice.keys()).get("a"), None);
}

#[test]
fn members_of_a_parent_are_members() {
    let mut story = Story::new();
    let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
    let parent = story.shelf.create_group(&eve, 11, &TestKey::new(2));
    story.shelf.add(&parent, &eve, 12, (&bob, Role::Writer), &TestKey::new(2));
    let extend = |at: u64, how: &str, story: &mut Story, by: &Person| {
        let change = set(&format!("parent_{parent}"), &how.into());
        story.shelf.write(&story.group, &by.session, at, &change);
    };
    extend(15, "extend", &mut story, &bob);
    story.expect_role(&bob, None);
    extend(20, "extend", &mut story, &alice);
    story.expect_role(&bob, Some(Role::Writer));
    story.write(&bob, 19, "too early");
    story.write(&bob, 20, "bob");
    story.expect(&["bob"]);
    // An admin of the parent is an admin here, and cannot be removed here.
    story.shelf.appoint(&story.group, &alice, 21, &eve.id, Role::Revoked);
    story.expect_role(&eve, Some(Role::Admin));
    extend(30, "reader", &mut story, &eve);
    story.expect_role(&bob, Some(Role::Reader));
    extend(40, "everything", &mut story, &alice);
    story.expect_role(&bob, Some(Role::Reader));
    extend(50, "revoked", &mut story, &alice);
    story.expect_role(&bob, None);
    // A parent that is not there gives nothing.
    extend(60, "extend", &mut story, &alice);
    story.shelf.held.remove(&parent);
    story.expect_role(&bob, None);
    story.expect_role(&alice, Some(Role::Admin));
}

/// Many ways lead up, and some of them back: finding who is who takes no longer for that.
#[test]
fn a_maze_of_parents_has_an_end() {
    let (mut shelf, key, admin) = (Shelf::default(), TestKey::new(1), Person::new(1));
    let [bob, eve] = [2, 3].map(Person::new);
    let groups: Vec<String> = (10..70).map(|at| shelf.create_group(&admin, at, &key)).collect();
    for (at, group) in groups.iter().enumerate() {
        for parent in [at + 1, at + 2, 0] {
            let parent = &groups[parent % groups.len()];
            shelf.write(group, &admin.session, 100, &set(&format!("parent_{parent}"), &"extend".into()));
        }
    }
    shelf.appoint(&groups[59], &admin, 110, &bob.id, Role::Writer);
    assert_eq!(shelf.group(&groups[0]).role_of(&bob.id), Some(Role::Writer));
    assert_eq!(shelf.group(&groups[0]).role_of(&eve.id), None);
}

/// Nor does a chain as long as somebody likes.
#[test]
fn a_chain_of_parents_has_an_end() {
    let (mut shelf, key, admin) = (Shelf::default(), TestKey::new(1), Person::new(1));
    let groups: Vec<String> = (10..1_510).map(|at| shelf.create_group(&admin, at, &key)).collect();
    for pair in groups.windows(2) {
        shelf.write(&pair[0], &admin.session, 2_000, &set(&format!("parent_{}", pair[1]), &"extend".into()));
    }
    let [near, far] = [2, 3].map(Person::new);
    shelf.appoint(&groups[900], &admin, 3_000, &near.id, Role::Writer);
    shelf.appoint(&groups[1_100], &admin, 3_000, &far.id, Role::Writer);
    assert_eq!(shelf.group(&groups[0]).role_of(&near.id), Some(Role::Writer));
    assert_eq!(shelf.group(&groups[0]).role_of(&far.id), None, "that is too far up");
    assert_eq!(shelf.group(&groups[500]).role_of(&far.id), Some(Role::Writer));
}

/// The package makes an account in one session and goes on in another, within the same millisecond.
#[test]
fn an_account_goes_on_at_once_in_another_session() {
    let (mut shelf, key, person) = (Shelf::default(), TestKey::new(1), Person::new(1));
    let account = shelf.create_account(&person, 10, &key);
    for (session, shown) in [("_session_z0", true), ("_session_z2", true), ("_session_zz", true)] {
        let mut shelf = shelf.clone();
        shelf.write(&account, &format!("{}{session}", person.id), 10, &set("profile", &"co_zP".into()));
        assert_eq!(shelf.public(&account).get("profile").is_some(), shown, "{session}");
        shelf.write(&account, &format!("{}{session}", person.id), 9, &set("profile", &"co_zQ".into()));
        assert_eq!(
            shelf.public(&account)["profile"],
            "co_zP",
            "an account is not there before it is founded"
        );
    }
}

#[test]
fn what_an_account_owns_it_writes_itself() {
    let (mut shelf, key, person) = (Shelf::default(), TestKey::new(1), Person::new(1));
    let account = shelf.create_account(&person, 10, &key);
    let map = shelf.create_owned("comap", &account);
    shelf.write(&map, &format!("{account}_session_z1"), 20, &set("own", &true.into()));
    shelf.write(&map, "co_zOther_session_z1", 20, &set("other", &true.into()));
    assert_eq!(shelf.public(&map), json!({"own": true}));
}

#[test]
fn without_its_group_nothing_counts() {
    let mut story = Story::new();
    let alice = story.alice.clone();
    story.write(&alice, 20, "alice");
    story.expect(&["alice"]);
    story.shelf.held.remove(&story.group);
    story.expect(&[]);
    // Nor where the owner is no group.
    let open = story.shelf.create_open("comap");
    let map = story.shelf.create_owned("comap", &open);
    story.shelf.write(&map, &alice.session, 20, &set("a", &1.into()));
    assert_eq!(story.shelf.public(&map), json!({}));
}

/// What counts is decided with the founder's session first; what it comes to, in the total order, as in every map.
#[test]
fn of_roles_given_at_one_time_the_last_in_the_total_order_holds() {
    let mut people = [1, 2, 3].map(Person::new);
    people.sort_by(|a, b| b.session.encode_utf16().cmp(a.session.encode_utf16()));
    let [alice, bob, eve] = people;
    let (mut shelf, key) = (Shelf::default(), TestKey::new(1));
    let group = shelf.create_group(&alice, 10, &key);
    shelf.appoint(&group, &alice, 20, &bob.id, Role::Admin);
    // Alice founded the group, and hers is the later name.
    for (author, role, key) in [(&bob, Role::Reader, "key_zBob"), (&alice, Role::Writer, "key_zAlice")] {
        shelf.appoint(&group, author, 30, &eve.id, role);
        shelf.write(&group, &author.session, 30, &set("readKey", &key.into()));
    }
    let shown = shelf.group(&group);
    assert_eq!(
        (shown.role_of(&eve.id), shown.map.get(&eve.id)),
        (Some(Role::Writer), Some(&json!("writer")))
    );
    assert_eq!(
        (shown.read_key.as_deref(), shown.map.get("readKey")),
        (Some("key_zAlice"), Some(&json!("key_zAlice")))
    );
}

proptest! {
    /// Without parents a group's members are what its map says, whoever writes at whichever times.
    #[test]
    fn members_are_what_the_map_says(said in prop::collection::vec((0..3_usize, 0..5_u64, 0..3_usize, 0..4_usize), 0..25)) {
        const ROLES: [Role; 4] = [Role::Reader, Role::Writer, Role::Admin, Role::Revoked];
        let people = [1, 2, 3].map(Person::new);
        let mut shelf = Shelf::default();
        let group = shelf.create_group(&people[0], 1, &TestKey::new(1));
        for (author, at, member, role) in said {
            shelf.appoint(&group, &people[author], at, &people[member].id, ROLES[role]);
        }
        let shown = shelf.group(&group);
        for (member, role) in &shown.members {
            prop_assert_eq!(shown.map.get(member), Some(&json!(role.as_str())));
        }
        prop_assert!(people.iter().all(|person| shown.map.get(&person.id).is_some() == shown.members.contains_key(&person.id)));
    }
}
