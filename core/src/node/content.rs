//! Content that a peer sends (rule 5): what is new is verified and applied, what overlaps is compared and skipped, a
//! gap, a missing header or a forgery is answered by a correction, all else acknowledged.

use super::receive::{Heard, Hearing};
use super::say::KnownKind;
use crate::crypto::{Crypto, Signed};
use crate::id::SessionId;
use crate::known_state::KnownState;
use crate::message::{Content, Hint, SessionContent};
use crate::state::marks::{Correction, Subscription};
use crate::state::{Event, NewTransactions, Relationship, Source};

/// What became of one piece of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// It holds no transaction, and proves nothing.
    Nothing,
    /// Its sender holds the session up to here; all of it was here already.
    Held(u32),
    /// Its sender holds the session up to here, and so do we now.
    Applied(u32),
    /// Its sender holds the session up to here, but what comes before is missing here.
    Gap(u32),
    /// It is forged or forked, or cannot be at all.
    Refused,
}

/// What became of a whole content.
#[derive(Debug, Default)]
struct Sum {
    /// What its sender proved to hold.
    proved: KnownState,
    header_added: bool,
    applied: bool,
    gap: bool,
    refused: bool,
}

impl<C: Crypto> Hearing<'_, C> {
    /// Rule 5.
    pub(crate) fn hear_content(&mut self, content: Content<C>) -> Heard {
        planted!(self, AckWithoutApplying => {
            self.acknowledge_unseen(&content);
            return Heard { answered: true, ..Heard::default() };
        });
        let mut sum = Sum::default();
        self.take_header(content.header, &mut sum);
        for (session, piece) in content.new {
            self.take_session(session, piece, &content.hint, &mut sum);
        }
        planted!(self, SafeOnReceipt => self.co.marks.uploads.safe = self.co.known_state());
        let applied = sum.applied || sum.header_added;
        let progress = self.confirm_content(&sum.proved) || applied;
        let answered = self.note_content(&sum);
        self.answer_content(&sum);
        Heard { applied, progress, answered, ..Heard::default() }
    }

    fn take_header(&mut self, header: Option<C::Header>, sum: &mut Sum) {
        let Some(header) = header else {
            sum.proved.header = self.co.header.is_some() || !planted!(self, GapProvesNothing);
            return;
        };
        sum.proved.header = true;
        if self.co.header.is_some() {
            return;
        }
        if !self.crypto.verify_header(self.id, &header) && !planted!(self, SkipVerification) {
            sum.proved.header = false;
            sum.refused = true;
            let refused = &mut self.sync().marks.refused_by_us;
            refused.headers = refused.headers.saturating_add(1);
            return;
        }
        let from = self.source();
        self.co.set_header(header, self.peers, from);
        self.co.note_header_dependencies(self.crypto);
        self.shell.event(Event::AddedNewHeader { id: self.id });
        self.sync().marks.refused_by_us.headers = 0;
        sum.header_added = true;
        self.take_stored();
    }

    /// What was on the disk all the while comes before what the peer brings for the same place.
    fn take_stored(&mut self) {
        if self.stored.is_empty() {
            return;
        }
        self.co.sessions = core::mem::take(&mut self.stored);
        self.co.note_all_dependencies(self.crypto);
        self.shell.event(Event::AddedNewTransactions { id: self.id });
    }

    fn source(&self) -> Source {
        if planted!(self, EchoToSender) { Source::Local } else { Source::Peer(self.from.peer) }
    }

    fn take_session(&mut self, session: SessionId, piece: SessionContent<C>, hint: &Hint, sum: &mut Sum) {
        let taken = self.take(session, piece, hint);
        match taken {
            Taken::Nothing => {}
            Taken::Held(end) => {
                if !planted!(self, DuplicatesProveNothing) {
                    sum.proved.raise(session, end);
                }
            }
            Taken::Applied(end) => {
                sum.proved.raise(session, end);
                sum.applied = true;
                self.sync().marks.refused_by_us.sessions.remove(session);
                self.shell.event(Event::AddedNewTransactions { id: self.id });
            }
            // Without a header that could be believed nothing of it is believed.
            Taken::Gap(_) if !sum.proved.header && sum.refused => {}
            Taken::Gap(end) => {
                sum.gap = true;
                if !planted!(self, GapProvesNothing) {
                    sum.proved.raise(session, end);
                }
            }
            Taken::Refused => {
                sum.refused = true;
                self.sync().marks.refused_by_us.sessions.insert(session, ());
            }
        }
    }

    /// Verifies and applies one piece.
    fn take(&mut self, session: SessionId, piece: SessionContent<C>, hint: &Hint) -> Taken {
        let SessionContent { after, mut new_transactions, last_signature } = piece;
        let Ok(len) = u32::try_from(new_transactions.len()) else { return Taken::Refused };
        let Some(end) = after.checked_add(len) else { return Taken::Refused };
        if len == 0 {
            return Taken::Nothing;
        }
        let held = self.co.count(session);
        if self.co.header.is_none() || after > held {
            return Taken::Gap(end);
        }
        let log = self.co.sessions.get(session);
        let overlap = (held - after).min(len) as usize;
        if let Some(log) = log {
            let same = log.transactions[after as usize..][..overlap] == new_transactions[..overlap];
            if !same {
                return Taken::Refused;
            }
        }
        if overlap == new_transactions.len() {
            return Taken::Held(end);
        }
        new_transactions.drain(..overlap);
        let before = log.map(|log| &log.streaming_hash);
        let verified = if planted!(self, SkipVerification) {
            let signed = self.crypto.sign(self.id, session, before, &new_transactions);
            Some(Signed { signature: last_signature, ..signed })
        } else {
            self.crypto.verify(self.id, session, before, &new_transactions, &last_signature)
        };
        let Some(signed) = verified else { return Taken::Refused };
        let batch = NewTransactions { after: held, transactions: new_transactions, signed };
        let from = self.source();
        self.co.append(session, batch, from, hint);
        self.co.note_dependencies(self.crypto, session, held);
        Taken::Applied(end)
    }

    /// What content proves is a first-hand statement (rule 2).
    fn confirm_content(&mut self, proved: &KnownState) -> bool {
        planted!(self, EchoToSender => {
            return false;
        });
        planted!(self, ContentConfirmsNothing => {
            self.sync().raise_assumed(proved);
            return false;
        });
        self.confirm(proved)
    }

    /// Sets the marks that content changes; says whether it answers something of ours.
    fn note_content(&mut self, sum: &Sum) -> bool {
        let (re, n_any) = (self.re, planted!(self, IgnoreRe));
        let content_alone = planted!(self, ContentAlone);
        let shows = !planted!(self, ShowNothing);
        let done_again = self.co.done;
        let (from, has_header) = (self.from, self.co.header.is_some());
        if has_header {
            self.co.marks.withdraw(from.peer);
        }
        let sync = self.sync();
        // A header that does not name the CoValue may have been damaged on its way. It answers nothing, unless it comes
        // again and again: then its sender does not hold the CoValue.
        let is_spoilt = sum.refused && !sum.proved.header && !has_header;
        let rules_out = is_spoilt && sync.marks.refused_by_us.rules_out();
        if rules_out || !is_spoilt {
            sync.marks.source.said_none = rules_out;
        }
        sync.marks.announcing = false;
        // Asked without header, content answers like a `known` would; with it, a `known` comes first (rule 3).
        let may_answer = (rules_out || !is_spoilt)
            && (sync.marks.asking.as_ref().is_some_and(|asking| !asking.with_header) || content_alone);
        let answered = may_answer && sync.end_load(|numbers| n_any || numbers.contains(&re));
        let marks = &mut sync.marks;
        if has_header && shows && !marks.parting.muted {
            marks.subscription = Subscription::Holding;
        }
        if done_again && from.relationship != Relationship::SyncTheirs {
            marks.parting.done_sent = false;
        }
        answered
    }

    fn answer_content(&mut self, sum: &Sum) {
        if sum.refused {
            self.answer(KnownKind::Correction);
        } else if !sum.gap && self.co.header.is_some() {
            self.answer(KnownKind::Statement);
        } else if !planted!(self, IgnoreGap) {
            self.correct_gap(sum);
        }
    }

    /// One correction for each S and base deadline, or many contents in flight would be answered by many more.
    fn correct_gap(&mut self, sum: &Sum) {
        let correction =
            Correction { held: self.co.size(), again_at: self.shell.now + self.shell.config.base };
        let now = self.shell.now;
        let has_header = self.co.header.is_some();
        let corrections = &mut self.sync().marks.corrections;
        let last = if has_header { &mut corrections.gap } else { &mut corrections.header };
        let is_new = last.is_none_or(|last| last.held != correction.held || now >= last.again_at);
        if is_new {
            *last = Some(correction);
            self.answer(KnownKind::Correction);
        } else if sum.applied || sum.header_added {
            self.answer(KnownKind::Statement);
        }
    }
}
