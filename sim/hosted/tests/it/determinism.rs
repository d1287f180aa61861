//! The same seed gives the same run, in every process and on every machine.

use clap::ValueEnum;
use cosim_hosted::cell::{Cell, Crate, Question, name};
use cosim_hosted::story::{Condition, Shape};
use cosim_world::Fingerprint;

/// All that happens in every condition on a ring, for three seeds, as one hash: of messages, times and documents.
fn fingerprint(hosted: Crate) -> Fingerprint {
    let mut all = Fingerprint::EMPTY;
    for condition in Condition::value_variants() {
        let cell = Cell { hosted, shape: Shape::Ring, condition: *condition, question: Question::Agreement };
        if cell.can_be_played() {
            for played in cell.play(0..3) {
                all.fold(played.fingerprint.get(), played.figures.bytes);
            }
        }
    }
    all
}

/// They were written down by another process. A new version of a crate whose bytes differ changes them.
#[test]
fn runs_are_those_of_other_processes() {
    let found =
        Crate::value_variants().iter().map(|hosted| format!("{} {}", name(*hosted), fingerprint(*hosted)));
    let found: Vec<String> = found.collect();
    assert_eq!(found, ["automerge 9da462a086855cd9", "yrs ed97a5ac2ec2f529", "loro a275d5234eb48dcf"]);
}
