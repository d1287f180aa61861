//! Who can read what: what cannot be decrypted is not seen, and is no error.

use crate::shelf::{Person, Shelf, TestKey};
use cosim_core::real::{MadeAt, Transaction};
use cosim_core::view::edit::group::{Member, Rotation};
use cosim_core::view::edit::set;
use cosim_core::view::{KeyRing, Role, agent_of, read_key};
use serde_json::{Value, json};

/// A group of Alice and Bob with one private entry by each.
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
        shelf.add(&group, &alice, 20, (&bob, Role::Writer), &key);
        let map = shelf.create_owned("comap", &group);
        shelf.write_private(&map, &alice, 30, &set("alice", &1.into()));
        shelf.write_private(&map, &bob, 30, &set("bob", &2.into()));
        Story { shelf, key, alice, bob, eve, group, map }
    }

    /// Alice takes Bob out, and the group has a new key.
    fn remove_bob(&mut self, at: u64) -> TestKey {
        let (old, new, alice) = (self.key.clone(), TestKey::new(9), self.alice.clone());
        let group = self.shelf.group(&self.group);
        let readers: Vec<_> = group.readers().map(|id| (id.to_owned(), agent_of(id, &self.shelf))).collect();
        let readers: Vec<Member<'_>> = readers
            .iter()
            .map(|(id, agent)| Member { id, agent: agent.as_ref().expect("an agent") })
            .collect();
        self.shelf.write_group(&self.group.clone(), &alice, at, |writer| {
            let rotation = Rotation {
                old: old.read_key(),
                new: new.read_key(),
                readers: &readers,
                everyone_reads: false,
                parent_keys: &[],
            };
            writer.remove_member(&self.bob.id, &rotation).expect("honest keys")
        });
        new
    }

    fn shown_to(&self, who: &Person) -> Value {
        self.shelf.view(&self.map, &who.keys())
    }
}

#[test]
fn members_read_and_others_do_not() {
    let story = Story::new();
    assert_eq!(story.shown_to(&story.alice), json!({"alice": 1, "bob": 2}));
    assert_eq!(story.shown_to(&story.bob), json!({"alice": 1, "bob": 2}));
    assert_eq!(story.shown_to(&story.eve), json!({}));
    assert_eq!(story.shelf.public(&story.map), json!({}));
}

#[test]
fn after_a_rotation_the_removed_read_what_was_and_the_new_read_all() {
    let mut story = Story::new();
    let new = story.remove_bob(40);
    let (alice, eve) = (story.alice.clone(), story.eve.clone());
    let co_value = |shelf: &Shelf, keys: &KeyRing| {
        let map = cosim_core::view::Resolver::co_value(shelf, &story.map).expect("it is there");
        read_key(&map, shelf, keys)
    };
    assert_eq!(co_value(&story.shelf, &alice.keys()), Some((new.id.clone(), new.secret.clone())));
    assert_eq!(co_value(&story.shelf, &story.bob.keys()), None);
    story.shelf.write_private(&story.map, &alice, 50, &set("later", &3.into()));
    assert_eq!(story.shown_to(&alice), json!({"alice": 1, "bob": 2, "later": 3}));
    assert_eq!(story.shown_to(&story.bob), json!({"alice": 1, "bob": 2}));
    story.shelf.add(&story.group, &alice, 60, (&eve, Role::Reader), &new);
    assert_eq!(story.shown_to(&eve), json!({"alice": 1, "bob": 2, "later": 3}));
}

#[test]
fn everyone_reads_what_everyone_may() {
    let mut story = Story::new();
    let (alice, key) = (story.alice.clone(), story.key.clone());
    story.shelf.write_group(&story.group, &alice, 40, |writer| {
        writer.add_everyone(Role::Reader, &key.read_key()).expect("a role for everyone")
    });
    assert_eq!(story.shelf.public(&story.map), json!({"alice": 1, "bob": 2}));
}

/// An invite may hand out keys; what it hands out cannot take away what was there.
#[test]
fn a_key_cannot_be_taken_away_by_handing_out_another() {
    let mut story = Story::new();
    let (alice, bob, eve) = (story.alice.clone(), story.bob.clone(), story.eve.clone());
    story.shelf.add(&story.group, &alice, 40, (&eve, Role::ReaderInvite), &story.key);
    let wrong = TestKey { secret: TestKey::new(7).secret, id: story.key.id.clone() };
    story.shelf.add(&story.group, &eve, 50, (&bob, Role::Reader), &wrong);
    let key = format!("{}_for_{}", story.key.id, alice.id);
    story.shelf.write(&story.group, &eve.session, 50, &set(&key, &"sealed_Unothing".into()));
    assert_eq!(story.shown_to(&alice), json!({"alice": 1, "bob": 2}));
    assert_eq!(story.shown_to(&bob), json!({"alice": 1, "bob": 2}));
}

/// What is encrypted for one place cannot be read at another.
#[test]
fn a_private_transaction_is_bound_to_its_place() {
    let mut story = Story::new();
    let stolen: Transaction = story.shelf.held[&story.map].sessions[&story.alice.session][0].clone();
    story.shelf.push(&story.map, &story.bob.session, stolen.clone());
    story.shelf.push(
        &story.map,
        &story.alice.session,
        Transaction { made_at: MadeAt::from_ms(60), ..stolen },
    );
    assert_eq!(story.shown_to(&story.alice), json!({"alice": 1, "bob": 2}));
}

#[test]
fn members_of_a_parent_read_too() {
    let mut story = Story::new();
    let (alice, eve) = (story.alice.clone(), story.eve.clone());
    let (key, parent_key) = (story.key.clone(), TestKey::new(5));
    let parent = story.shelf.create_group(&eve, 11, &parent_key);
    story.shelf.write_group(&story.group, &alice, 40, |writer| {
        writer.add_parent(&parent, &parent_key.read_key(), &key.read_key())
    });
    assert_eq!(story.shown_to(&eve), json!({"alice": 1, "bob": 2}));
    // What a parent hands out does not take the place of the group's own keys.
    let wrong = TestKey { secret: TestKey::new(7).secret, id: key.id };
    story.shelf.add(&parent, &eve, 50, (&alice, Role::Reader), &wrong);
    assert_eq!(story.shown_to(&alice), json!({"alice": 1, "bob": 2}));
}

/// Accounts are sealed for by their agents, and seal as them.
#[test]
fn accounts_hand_out_keys() {
    let (mut shelf, key) = (Shelf::default(), TestKey::new(1));
    let [alice, bob] = [1, 2].map(Person::new);
    let [ours, theirs] = [&alice, &bob].map(|person| shelf.create_account(person, 10, &TestKey::new(2)));
    let ruleset = json!({"type": "group", "initialAdmin": ours});
    let group = shelf.create(json!({"type": "comap", "ruleset": ruleset, "meta": null}));
    let mut author = alice.clone();
    author.session = format!("{ours}_session_z1");
    shelf.write_group(&group, &author, 20, |writer| {
        writer.found(&Member { id: &ours, agent: &alice.agent }, &key.read_key()).expect("an honest key")
    });
    shelf.write_group(&group, &author, 30, |writer| {
        let member = Member { id: &theirs, agent: &bob.agent };
        writer.add_member(&member, Role::Reader, &key.read_key()).expect("an honest key")
    });
    let map = cosim_core::view::Resolver::co_value(&shelf, &group).expect("it is there");
    for (account, person) in [(&ours, &alice), (&theirs, &bob)] {
        let keys = KeyRing::of_account(account, person.secret.clone());
        assert_eq!(read_key(&map, &shelf, &keys), Some((key.id.clone(), key.secret.clone())));
    }
    assert_eq!(read_key(&map, &shelf, &bob.keys()), None, "it is sealed for the account");
    // Without the account that sealed it nobody can open what it sealed.
    let mut without = shelf.clone();
    without.held.remove(&ours);
    let map = cosim_core::view::Resolver::co_value(&without, &group).expect("it is there");
    assert_eq!(read_key(&map, &without, &KeyRing::of_account(&theirs, bob.secret.clone())), None);
}

#[test]
fn custody_says_who_has_the_key_and_should_not_or_should_and_has_not() {
    let mut story = Story::new();
    let custody = |story: &Story| {
        let group = story.shelf.group(&story.group);
        let custody = group.custody().expect("a key, and no parents");
        (custody.leaks, custody.lacking.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    let (group, alice, eve, bob) =
        (story.group.clone(), story.alice.clone(), story.eve.id.clone(), story.bob.id.clone());
    assert_eq!(custody(&story), (false, vec![]));
    // An invite that lacks it could not hand it on.
    story.shelf.appoint(&group, &alice, 99, &eve, Role::ReaderInvite);
    assert_eq!(custody(&story), (false, vec![eve.clone()]));
    story.shelf.appoint(&group, &alice, 100, &eve, Role::Reader);
    assert_eq!(custody(&story), (false, vec![eve]));
    story.shelf.appoint(&group, &alice, 101, &bob, Role::Revoked);
    assert!(custody(&story).0, "bob still has the key");
    story.remove_bob(102);
    assert_eq!(custody(&story), (false, vec![]));
}
