//! Content in several pieces, of which the first says how far all of them go: by today's rules.

use super::RealCrypto;
use crate::real::wire::{Content, Message};
use alloc::collections::BTreeMap;
use alloc::string::String;

/// The first piece of a CoValue, and how far the sessions go if there are others.
struct Pieces<'m> {
    first: &'m mut Content,
    until: BTreeMap<String, u64>,
    are_several: bool,
}

impl RealCrypto {
    /// Has the first of several pieces of a CoValue say how far all of them go, where this node's rules are today's: so a
    /// peer of the package can tell that it has not got everything yet. `said` is what one peer is told because of one
    /// input, in order.
    pub fn announce_pieces<'m>(&self, said: impl IntoIterator<Item = &'m mut Message>) {
        if !self.dialect().announces_pieces() {
            return;
        }
        let mut of: BTreeMap<String, Pieces<'m>> = BTreeMap::new();
        for message in said {
            let Message::Content(content) = message else { continue };
            if let Some(pieces) = of.get_mut(&content.id) {
                raise(&mut pieces.until, content);
                pieces.are_several = true;
            } else {
                let mut until = BTreeMap::new();
                raise(&mut until, content);
                of.insert(content.id.clone(), Pieces { first: content, until, are_several: false });
            }
        }
        for pieces in of.into_values().filter(|pieces| pieces.are_several) {
            pieces.first.expect_content_until = Some(pieces.until.into_iter().collect());
        }
    }
}

fn raise(until: &mut BTreeMap<String, u64>, content: &Content) {
    for (session, piece) in &content.new {
        let count = u64::try_from(piece.new_transactions.len()).unwrap_or(u64::MAX);
        let end = until.entry(session.clone()).or_default();
        *end = piece.after.saturating_add(count).max(*end);
    }
}
