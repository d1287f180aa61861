//! The oracles there are. A new one is a file beside this one and a line here.

use super::about::About;
use super::oracle::Oracle;
use super::{
    bounded, convergence, dependencies, durable, entitled, load_ends, monotonic, no_fork, no_lost_write,
    no_phantom, no_redundant, permission, prefix, quiescence, same_view, truthful, unique_nonce,
};

/// An oracle that every run may ask.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What there is to say of it.
    pub about: &'static About,
    pub(super) fresh: fn() -> Box<dyn Oracle>,
}

/// The oracles, in the order in which they are listed.
pub const ALL: &[Entry] = &[
    entry::<convergence::Convergence>(&convergence::ABOUT),
    entry::<prefix::Prefix>(&prefix::ABOUT),
    entry::<no_fork::NoFork>(&no_fork::ABOUT),
    entry::<monotonic::Monotonic>(&monotonic::ABOUT),
    entry::<truthful::Truthful>(&truthful::ABOUT),
    entry::<no_lost_write::NoLostWrite>(&no_lost_write::ABOUT),
    entry::<quiescence::Quiescence>(&quiescence::ABOUT),
    entry::<load_ends::LoadEnds>(&load_ends::ABOUT),
    entry::<entitled::Entitled>(&entitled::ABOUT),
    entry::<no_redundant::NoRedundant>(&no_redundant::ABOUT),
    entry::<no_phantom::NoPhantom>(&no_phantom::ABOUT),
    entry::<durable::Durable>(&durable::ABOUT),
    entry::<dependencies::Dependencies>(&dependencies::ABOUT),
    entry::<bounded::Bounded>(&bounded::ABOUT),
    entry::<same_view::SameView>(&same_view::ABOUT),
    entry::<permission::Permission>(&permission::ABOUT),
    entry::<unique_nonce::UniqueNonce>(&unique_nonce::ABOUT),
];

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
