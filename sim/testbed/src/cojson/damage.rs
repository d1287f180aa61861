//! What is left of content that is damaged on its way: a bit of what signatures and ids vouch for flips, or its last
//! transactions are gone. Its counts and names stay, since nothing would tell of a mistake in them.

use super::values::altered;
use super::{SimCrypto, Transaction};
use crate::host::Damage;
use cosim_core::real::{self, MadeAt, Privacy};
use cosim_core::{Content, SessionContent};
use serde_json::Value;
use std::sync::Arc;

const HEADER_BITS: u32 = 32;
const TRANSACTION_BITS: u32 = 64 + 64 + 32;
const SIGNATURE_BITS: u32 = 64;

/// The content as it arrives; `None` where there is nothing in it that could be damaged so.
pub(super) fn damaged(content: &Content<SimCrypto>, damage: Damage) -> Option<Content<SimCrypto>> {
    let mut content = content.clone();
    let done = match damage {
        Damage::Flip(place) => flip(&mut content, place),
        Damage::CutOff(place) => cut_off(&mut content, place),
    };
    done.then_some(content)
}

/// Flips the bit of this number, counted round: the header comes first, then of each session its transactions and its
/// signature.
fn flip(content: &mut Content<SimCrypto>, place: u32) -> bool {
    let header = if content.header.is_some() { u64::from(HEADER_BITS) } else { 0 };
    let total = header + content.new.values().map(bits).sum::<u64>();
    let Some(mut bit) = u64::from(place).checked_rem(total) else {
        return false;
    };
    if let Some(damaged) = &mut content.header {
        if bit < header {
            match &mut damaged.said {
                Some(said) => *said = Arc::new(flipped_header(said, bit as u32)),
                None => damaged.uniqueness ^= 1 << bit,
            }
            return true;
        }
        bit -= header;
    }
    for (_, piece) in content.new.iter_mut() {
        let size = bits(piece);
        if bit < size {
            flip_in(piece, bit);
            return true;
        }
        bit -= size;
    }
    false
}

fn bits(piece: &SessionContent<SimCrypto>) -> u64 {
    piece.new_transactions.len() as u64 * u64::from(TRANSACTION_BITS) + u64::from(SIGNATURE_BITS)
}

fn flip_in(piece: &mut SessionContent<SimCrypto>, bit: u64) {
    let (index, bit) = (bit / u64::from(TRANSACTION_BITS), (bit % u64::from(TRANSACTION_BITS)) as u32);
    let Some(transaction) = piece.new_transactions.get_mut(index as usize) else {
        piece.last_signature = piece.last_signature.altered(1 << bit);
        return;
    };
    if let Some(said) = &mut transaction.said {
        *said = Arc::new(flipped(said, bit));
        return;
    }
    let Transaction { made_at, payload, size, .. } = transaction;
    match bit {
        0..64 => *made_at ^= 1 << bit,
        64..128 => *payload ^= 1 << (bit - 64),
        _ => *size ^= 1 << (bit - 128),
    }
}

/// Flips a bit of the text that makes a header one of its own, or of the name of its kind.
fn flipped_header(said: &real::Header, bit: u32) -> real::Header {
    let mut members = said.as_json().as_object().cloned().unwrap_or_default();
    let key = if bit.is_multiple_of(2) && members.get("uniqueness").is_some_and(Value::is_string) {
        "uniqueness"
    } else {
        "type"
    };
    let text = members.get(key).and_then(Value::as_str).unwrap_or_default();
    members.insert(key.to_owned(), altered(text, bit).into());
    real::Header::new(members)
}

/// Flips a bit of what a transaction says: of its text, of its key's name, or of when it was made.
fn flipped(said: &real::Transaction, bit: u32) -> real::Transaction {
    let mut said = said.clone();
    if bit < 32 {
        said.made_at = MadeAt::from_ms(said.made_at.as_ms().unwrap_or(0) ^ (1 << bit));
        return said;
    }
    let text = match &mut said.privacy {
        Privacy::Private { key_used, .. } if bit < 40 => key_used,
        Privacy::Trusting { changes: text } | Privacy::Private { encrypted_changes: text, .. } => text,
    };
    *text = altered(text, bit);
    said
}

/// Takes transactions from the end, this many and one more, counted round. At least one goes.
fn cut_off(content: &mut Content<SimCrypto>, place: u32) -> bool {
    let total: u64 = content.new.values().map(|piece| piece.new_transactions.len() as u64).sum();
    let Some(fewer) = u64::from(place).checked_rem(total) else {
        return false;
    };
    let mut left = total - fewer - 1;
    for (_, piece) in content.new.iter_mut() {
        let held = piece.new_transactions.len() as u64;
        piece.new_transactions.truncate(left.min(held) as usize);
        left -= left.min(held);
    }
    true
}
