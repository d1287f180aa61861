//! The oracles there are. A new one is a file beside this one, with its `mod` line, and a line here.

use super::about::{About, Needed};
use super::oracle::Oracle;

/// An oracle that every run may ask.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What there is to say of it.
    pub about: &'static About,
    pub(super) fresh: fn() -> Box<dyn Oracle>,
}

macro_rules! oracles {
    ($($module:ident::$Oracle:ident,)*) => {
        /// The oracles, in the order in which they are listed.
        pub const ALL: &[Entry] = &[$(entry::<super::$module::$Oracle>(&super::$module::ABOUT)),*];
    };
}

oracles! {
    convergence::Convergence,
    prefix::Prefix,
    no_fork::NoFork,
    monotonic::Monotonic,
    truthful::Truthful,
    no_lost_write::NoLostWrite,
    quiescence::Quiescence,
    load_ends::LoadEnds,
    entitled::Entitled,
    no_redundant::NoRedundant,
    no_phantom::NoPhantom,
    durable::Durable,
    dependencies::Dependencies,
    bounded::Bounded,
    same_view::SameView,
    permission::Permission,
    unique_nonce::UniqueNonce,
    honest_no::HonestNo,
    uploaded::Uploaded,
    timely::Timely,
    frugal::Frugal,
    keys::Keys,
    reference_view::ReferenceView,
    waits::Waits,
    atomic::Atomic,
}

/// The newest generation among them.
pub const GENERATION: u32 = {
    let (mut newest, mut i) = (0, 0);
    while i < ALL.len() {
        if ALL[i].about.since > newest {
            newest = ALL[i].about.since;
        }
        i += 1;
    }
    newest
};

/// How many of them judge a run without guests.
pub fn without_guests() -> usize {
    ALL.iter().filter(|entry| entry.about.subject != Needed::Guests).count()
}

/// Those that there were in a generation, by name.
pub fn of_generation(generation: u32) -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|entry| entry.about).filter(move |about| about.since <= generation).map(|about| about.name)
}

/// Their names, in the same order.
pub const ORACLES: [&str; ALL.len()] = {
    let mut names = [""; ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = ALL[i].about.name;
        i += 1;
    }
    names
};

/// The oracle of that name.
pub fn named(name: &str) -> Option<&'static About> {
    ALL.iter().map(|entry| entry.about).find(|about| about.name == name)
}

/// The table of all oracles for a document, in Markdown.
pub fn table() -> String {
    let rows = ALL.iter().map(|entry| {
        let About { name, sentence, when, .. } = entry.about;
        format!("| `{name}` | {sentence} | {when} |\n")
    });
    ["| name | what must hold | when it looks |\n|---|---|---|\n".to_owned()]
        .into_iter()
        .chain(rows)
        .collect()
}

const fn entry<T: Oracle + Default + 'static>(about: &'static About) -> Entry {
    Entry { about, fresh: fresh::<T> }
}

fn fresh<T: Oracle + Default + 'static>() -> Box<dyn Oracle> {
    Box::new(T::default())
}
