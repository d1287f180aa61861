//! What somebody lacks of a CoValue, cut into messages: `newContentSince` of the package.
//!
//! A session is cut only where a signature is kept. Turn by turn each session gives what it has up to its next
//! signature; where the running size reaches 100 KiB a new piece begins, *with* what has just been taken. So the piece
//! before may hold the header alone, and a piece may be larger than the limit.

use super::log::{CoValueLog, RECOMMENDED_SIZE_MAX, SignedLog};
use super::wire::{Content, KnownState, SessionContent};
use super::{Signature, Transaction};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

impl CoValueLog {
    /// The messages that bring somebody who holds `known` to what is here; none where nothing is lacking.
    pub fn new_content_since(&self, known: Option<&KnownState>) -> Vec<Content> {
        let mut pieces = vec![Content {
            header: (!known.is_some_and(|known| known.header)).then(|| self.header().clone()),
            ..self.piece()
        }];
        let mut piece_size = 0;
        let mut todo: Vec<Rest<'_>> = self.sessions().map(|(name, log)| Rest::of(name, log, known)).collect();
        while !todo.is_empty() {
            todo.retain_mut(|rest| {
                let Some((range, signature)) = rest.next_run() else { return false };
                let size = size(&rest.log.transactions()[range.clone()]);
                piece_size += size;
                if piece_size >= RECOMMENDED_SIZE_MAX {
                    pieces.push(self.piece());
                    piece_size = size;
                }
                let piece = pieces.last_mut().expect("there is one from the beginning");
                add(piece, rest, range, signature);
                true
            });
        }
        pieces.retain(|piece| piece.header.is_some() || !piece.new.is_empty());
        pieces
    }

    fn piece(&self) -> Content {
        Content {
            id: String::from(self.id()),
            header: None,
            priority: Some(u64::from(self.header().priority().as_number())),
            new: Vec::new(),
            expect_content_until: None,
        }
    }
}

/// What is still to be sent of a session.
struct Rest<'a> {
    name: &'a str,
    log: &'a SignedLog,
    /// How many transactions the receiver has, or has been sent.
    sent: usize,
}

impl<'a> Rest<'a> {
    fn of(name: &'a str, log: &'a SignedLog, known: Option<&KnownState>) -> Rest<'a> {
        let sent = known.map_or(0, |known| known.count(name));
        Rest { name, log, sent: usize::try_from(sent).unwrap_or(usize::MAX) }
    }

    /// The transactions up to the next signature, and that signature.
    fn next_run(&mut self) -> Option<(Range<usize>, &'a Signature)> {
        let checkpoint = self.log.signature_after().range(self.sent..).next();
        let (end, signature) = match checkpoint {
            Some((index, signature)) => (index + 1, signature),
            None => (self.log.transactions().len(), self.log.last_signature()),
        };
        if end <= self.sent {
            return None;
        }
        let range = self.sent..end;
        self.sent = end;
        Some((range, signature))
    }
}

fn size(transactions: &[Transaction]) -> usize {
    transactions.iter().map(Transaction::size).sum()
}

/// Adds a run to a piece, behind what the piece has of that session already.
fn add(piece: &mut Content, rest: &Rest<'_>, range: Range<usize>, signature: &Signature) {
    let at = piece.new.iter().position(|(name, _)| name == rest.name).unwrap_or_else(|| {
        let content = SessionContent {
            after: range.start as u64,
            new_transactions: Vec::new(),
            last_signature: signature.clone(),
        };
        piece.new.push((String::from(rest.name), content));
        piece.new.len() - 1
    });
    let content = &mut piece.new[at].1;
    content.new_transactions.extend_from_slice(&rest.log.transactions()[range]);
    content.last_signature = signature.clone();
}
