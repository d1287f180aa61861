//! What there is to say of an oracle without asking it: its name, what must hold, and what it needs for that.

use super::evidence::Need;

/// What there is to say of an oracle.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// Its name, with which its failure keys begin.
    pub name: &'static str,
    /// What must hold, in one sentence.
    pub sentence: &'static str,
    /// When it looks.
    pub when: &'static str,
    /// Whether it finds that something bad has happened, or that something good has not.
    pub property: Property,
    /// Whom it may blame.
    pub blames: Blames,
    /// What a scenario must have, or there is nothing to judge.
    pub subject: Needed,
    /// The evidence it judges by. What nobody needs is not gathered.
    pub needs: &'static [Need],
    /// Among the oracles that one hook asks, smaller turns come first, and equal ones in the order of the list.
    pub turn: u8,
    /// The generation of oracles that it belongs to, from 1. A file that expects a violation is judged by those that
    /// there were when it was written.
    pub since: u32,
}

/// What kind of failure an oracle finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Something bad has happened.
    Safety,
    /// Something good has not happened in time.
    Liveness,
}

/// Whom an oracle may blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blames {
    /// Honest nodes only.
    Honest,
    /// Any node, since what it judges concerns all of them.
    Anybody,
}

/// What a scenario must have so that an oracle has a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nothing in particular: every run has what it judges.
    Nothing,
    /// A node with a disk.
    Disks,
    /// A CoValue that depends on another.
    Dependencies,
    /// An app that writes.
    Edits,
    /// An app that loads.
    Loads,
    /// A CoValue that shows something.
    Views,
    /// A group.
    Groups,
    /// An app that writes something encrypted.
    Secrets,
    /// An app that is told how far its writes get.
    Uploads,
    /// A guest whose app shows something.
    Guests,
}
