//! CoJSON's messages on the wire of a world.

use super::damage;
use super::digest::Digest;
use crate::cojson::SimCrypto;
use crate::host::{Damage, SimMessage};
use cosim_core::{Envelope, Message};
use std::hash::Hasher;
use std::ops::{Deref, DerefMut};

/// A message on the wire, in its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet(pub Envelope<SimCrypto>);

impl Deref for Packet {
    type Target = Envelope<SimCrypto>;

    fn deref(&self) -> &Envelope<SimCrypto> {
        &self.0
    }
}

impl DerefMut for Packet {
    fn deref_mut(&mut self) -> &mut Envelope<SimCrypto> {
        &mut self.0
    }
}

impl SimMessage for Packet {
    fn kind(&self) -> &'static str {
        match &self.message {
            Message::Load { .. } => "load",
            Message::Known(known) if known.is_correction => "correction",
            Message::Known(_) => "known",
            Message::Content(_) => "content",
            Message::Done { .. } => "done",
        }
    }

    fn subject(&self) -> u32 {
        self.message.id().0
    }

    /// About what its JSON would take: the sizes that the transactions stand for, and the text around them.
    fn size(&self) -> u32 {
        const FRAME: usize = 60;
        const SESSION: usize = 80;
        const HEADER: usize = 160;
        let text = match &self.message {
            Message::Load { known, .. } => FRAME + SESSION * known.sessions().len(),
            Message::Known(known) => {
                let safe = known.safe.as_ref().map_or(0, |safe| safe.sessions().len());
                FRAME + SESSION * (known.known.sessions().len() + safe)
            }
            Message::Content(content) => {
                let header = if content.header.is_some() { HEADER } else { 0 };
                let pieces = content.new.values().map(|piece| {
                    piece
                        .new_transactions
                        .iter()
                        .fold(2 * SESSION, |sum, tx| sum.saturating_add(tx.size as usize))
                });
                pieces.fold(FRAME + header, usize::saturating_add)
            }
            Message::Done { .. } => FRAME,
        };
        u32::try_from(text).unwrap_or(u32::MAX)
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest(u64::from(self.n) << 32 | u64::from(self.re));
        match &self.message {
            Message::Load { id, known, safe } => {
                digest.known(1, *id, known);
                if *safe {
                    digest.fold(1);
                }
            }
            Message::Known(known) if known.is_correction => digest.known(2, known.id, &known.known),
            Message::Known(known) => {
                digest.known(3, known.id, &known.known);
                if let Some(safe) = &known.safe {
                    digest.known(6, known.id, safe);
                }
            }
            Message::Content(content) => {
                digest.fold(4 << 40 | u64::from(content.header.is_some()) << 32 | u64::from(content.id.0));
                for (session, piece) in content.new.iter() {
                    digest.fold(u64::from(session.0) << 32 | u64::from(piece.after));
                    digest.fold(piece.last_signature.digest());
                }
            }
            Message::Done { id } => digest.fold(5 << 40 | u64::from(id.0)),
        }
        digest.finish()
    }

    /// Content arrives altered, and will not verify. Nothing would tell of anything else that it is not what was said,
    /// so its receiver can make nothing of that.
    fn damaged(&self, damage: Damage) -> Option<Self> {
        let Message::Content(content) = &self.message else {
            return None;
        };
        let content = damage::damaged(content, damage)?;
        Some(Packet(Envelope { n: self.n, re: self.re, message: Message::Content(content) }))
    }
}
