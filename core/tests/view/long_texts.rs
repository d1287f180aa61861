//! Texts as long as those that people write, keystroke by keystroke.

use crate::live::Checked;
use crate::shelf::{Person, Shelf};
use cosim_core::FastCrypto;
use cosim_core::view::edit::{Positions, insert_text, remove};
use cosim_core::view::{CoValue, KeyRing, LiveView, Log, Resolver};
use serde_json::Value;

const KEYSTROKES: u32 = 25_000;

/// A text that its authors write keystroke by keystroke, each seeing what is there.
struct Writing {
    shelf: Shelf,
    id: String,
    live: LiveView,
    text: Vec<String>,
}

impl Writing {
    fn new() -> Writing {
        let mut shelf = Shelf::default();
        let id = shelf.create_open("coplaintext");
        let mut writing = Writing { shelf, id, live: LiveView::new(), text: Vec::new() };
        writing.look();
        writing
    }

    fn look(&mut self) {
        let co_value = self.shelf.co_value(&self.id).expect("it is there");
        self.live.update(&co_value, &self.shelf, &KeyRing::empty());
    }

    fn write(&mut self, author: &Person, at: u32, changes: &Value) {
        self.shelf.write(&self.id, &author.session, at.into(), changes);
        self.look();
    }

    fn insert(&mut self, author: &Person, at: u32, index: usize, letter: &str) {
        let list = self.live.list().expect("it is a text");
        let changes = insert_text(list, index, letter).expect("a place in the text");
        self.text.insert(index, letter.into());
        self.write(author, at, &changes);
    }

    fn remove(&mut self, author: &Person, at: u32, index: usize) {
        let list = self.live.list().expect("it is a text");
        let changes = remove(list, index..index + 1).expect("a place in the text");
        self.text.remove(index);
        self.write(author, at, &changes);
    }

    /// Holds what was kept up against what was written, what is computed anew, and what comes session by session: there
    /// most of what arrives names what is still to come.
    #[track_caller]
    fn check(&self) {
        let list = self.live.list().expect("it is a text");
        assert_eq!((list.len(), list.text()), (self.text.len(), self.text.concat()));
        let mut checked = Checked { live: self.live.clone(), ..Checked::default() };
        let (_, digest) = checked.update(&self.id, &self.shelf, &KeyRing::empty());
        let all = self.shelf.co_value(&self.id).expect("it is there");
        for is_forwards in [true, false] {
            let mut sessions: Vec<(&str, &dyn Log)> = all.sessions.clone().into_iter().collect();
            if !is_forwards {
                sessions.reverse();
            }
            let mut late = LiveView::new();
            for count in 1..=sessions.len() {
                let some = CoValue { sessions: sessions[..count].iter().copied().collect(), ..all.clone() };
                assert!(late.update(&some, &self.shelf, &KeyRing::empty()));
            }
            assert_eq!((late.digest(), late.view()), (digest, checked.live.view()));
        }
    }
}

/// One long chain, and a short stack.
#[test]
fn written_front_to_back() {
    let people = [1, 2, 3].map(Person::new);
    let mut writing = Writing::new();
    for (at, author) in (0..KEYSTROKES).zip(people.iter().cycle()) {
        writing.insert(author, at, at as usize, ["a", "b", "c", " "][at as usize % 4]);
    }
    writing.check();
}

#[test]
fn written_back_to_front() {
    let people = [1, 2].map(Person::new);
    let mut writing = Writing::new();
    for (at, author) in (0..KEYSTROKES / 5).zip(people.iter().cycle()) {
        writing.insert(author, at, 0, "ab ".get(at as usize % 3..=at as usize % 3).expect("three letters"));
    }
    writing.check();
}

#[test]
fn written_all_over_the_place() {
    let people = [1, 2, 3].map(Person::new);
    let mut writing = Writing::new();
    let mut chance = 1;
    for at in 0..KEYSTROKES {
        chance = FastCrypto::mix(chance, at.into());
        let (author, len) = (&people[chance as usize % 3], writing.text.len() as u64);
        let index = |len: u64| usize::try_from((chance >> 8) % len).expect("a place in the text");
        if chance % 5 == 4 && len > 0 {
            writing.remove(author, at, index(len));
        } else {
            writing.insert(author, at, index(len + 1), ["x", "y", "z", "👩‍👩‍👧"][at as usize % 4]);
        }
    }
    writing.check();
}
