//! All that was ever written in a run, found in its messages.

use crate::run::{Act, Run, Step};
use cosim_core::real::wire::Message;
use cosim_core::real::{Header, Transaction};
use cosim_core::view::Dialect;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Ledger {
    headers: BTreeMap<String, Header>,
    logs: BTreeMap<(String, String), BTreeMap<u64, Transaction>>,
    /// What each node held before anything happened, in the order in which it said so first.
    before: BTreeMap<String, Vec<Before>>,
}

/// A CoValue that was made before the recording.
pub(crate) struct Before {
    pub(crate) id: String,
    /// How much of each session.
    pub(crate) sessions: Vec<(String, u64)>,
}

impl Ledger {
    pub(crate) fn of(run: &Run) -> Ledger {
        let mut ledger = Ledger { headers: BTreeMap::new(), logs: BTreeMap::new(), before: BTreeMap::new() };
        let mut made: BTreeSet<&str> = run.steps.iter().filter_map(created).collect();
        for sent in &run.messages {
            if let Message::Load(known) = &sent.message
                && run.dialect == Dialect::V0_7
                && known.header
                && made.insert(&known.id)
            {
                let before = Before { id: known.id.clone(), sessions: known.sessions.clone() };
                ledger.before.entry(sent.from.clone()).or_default().push(before);
            }
            let Message::Content(content) = &sent.message else { continue };
            if let Some(header) = &content.header {
                ledger.headers.insert(content.id.clone(), header.clone());
            }
            for (session, piece) in &content.new {
                let log = ledger.logs.entry((content.id.clone(), session.clone())).or_default();
                log.extend((piece.after..).zip(piece.new_transactions.iter().cloned()));
            }
        }
        run.steps.iter().flat_map(Step::did).for_each(|act| ledger.add(act));
        ledger
    }

    fn add(&mut self, act: &Act) {
        match act {
            Act::Create { id, header } => {
                self.headers.insert(id.clone(), header.clone());
            }
            Act::Write { id, session, after, new_transactions } => {
                let log = self.logs.entry((id.clone(), session.clone())).or_default();
                log.extend((*after..).zip(new_transactions.iter().cloned()));
            }
            Act::Load { .. } => {}
        }
    }

    pub(crate) fn before(&self, node: &str) -> &[Before] {
        self.before.get(node).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn header(&self, id: &str) -> &Header {
        self.headers.get(id).unwrap_or_else(|| panic!("the header of {id} was sent at some time"))
    }

    /// The transactions of a session from one on.
    pub(crate) fn from(&self, id: &str, session: &str, from: u64) -> impl Iterator<Item = &Transaction> {
        let log = self.logs.get(&(id.into(), session.into()));
        (from..).map_while(move |index| log?.get(&index))
    }

    /// All sessions.
    pub(crate) fn sessions(&self) -> BTreeSet<&str> {
        self.logs.keys().map(|(_, session)| session.as_str()).collect()
    }
}

fn created(step: &Step) -> Option<&str> {
    let Step::Op { op, .. } = step else { return None };
    op.creates().then(|| op.id())
}
