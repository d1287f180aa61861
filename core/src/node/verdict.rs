//! Verdicts (rule 7): when a load has ended, and when a peer that asked through us is told that nobody has it (rule 8).

use super::io::Output;
use super::say::{KnownKind, known};
use super::shell::Shell;
use crate::crypto::Crypto;
use crate::id::CoId;
use crate::state::{CoValueState, LoadStatus};

/// After so many deadlines a source that is silent counts as not having it.
pub(crate) const VERDICT_TRIES: u32 = 3;

impl<C: Crypto> Shell<C> {
    pub(crate) fn give_verdicts(&mut self, id: CoId, co: &mut CoValueState<C>) {
        self.end_load(id, co);
        if co.header.is_none() {
            self.answer_requests(id, co);
        }
    }

    /// A source that appears after the verdict does not take it back.
    fn end_load(&mut self, id: CoId, co: &mut CoValueState<C>) {
        let Some(status) = co.marks.want else { return };
        let verdict = if co.header.is_some() {
            LoadStatus::Available
        } else if self.view(co).has_open_source(None) {
            return;
        } else {
            LoadStatus::Unavailable
        };
        if status != verdict {
            co.marks.want = Some(verdict);
            self.outputs.push_back(Output::LoadEnded { id, available: verdict == LoadStatus::Available });
        }
    }

    fn answer_requests(&mut self, id: CoId, co: &mut CoValueState<C>) {
        for i in 0..co.sync.len() {
            let Some((peer, sync)) = co.sync.at(i) else { return };
            let Some(re) = sync.marks.owed else { continue };
            let asker = if planted!(self, AskTheAsker) { None } else { Some(peer) };
            if self.view(co).has_open_source(asker) && !planted!(self, AnswerAtOnce) {
                continue;
            }
            if let Some(sync) = co.sync.get_mut(peer) {
                sync.marks.owed = None;
            }
            if !planted!(self, NeverUnavailable) {
                let Some(ranked) = self.connections.ranked_peer(peer) else { continue };
                let said = known(co, id, ranked, re, KnownKind::Statement);
                self.send(ranked, said);
            }
        }
    }
}
