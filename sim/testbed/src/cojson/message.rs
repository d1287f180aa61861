//! The messages on the wire of a world: CoJSON's, and those of guests.

use super::damage;
use super::digest::Digest;
use super::values::fold_text;
use crate::cojson::SimCrypto;
use crate::host::{Damage, SimMessage};
use cosim_core::{CoId, Envelope, Message};
use std::hash::Hasher;
use std::sync::Arc;

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// One of our nodes', in its envelope.
    Ours(Envelope<SimCrypto>),
    /// A guest's, word for word.
    Guest(Arc<Said>),
}

/// What a guest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What kind of message it is.
    pub kind: String,
    /// What it is about.
    pub subject: CoId,
    /// The message as JSON.
    pub text: String,
    /// The same as our nodes have it, where it is CoJSON's.
    pub reading: Option<Envelope<SimCrypto>>,
    /// The newest operation of which it tells, where it is not CoJSON's.
    pub tells_of: Option<u32>,
}

impl Packet {
    /// The message as our nodes have it; `None` for what is not CoJSON's.
    pub fn envelope(&self) -> Option<&Envelope<SimCrypto>> {
        match self {
            Packet::Ours(envelope) => Some(envelope),
            Packet::Guest(said) => said.reading.as_ref(),
        }
    }
}

impl SimMessage for Packet {
    fn kind(&self) -> &str {
        match self {
            Packet::Ours(envelope) => kind(&envelope.message),
            Packet::Guest(said) => &said.kind,
        }
    }

    fn subject(&self) -> u32 {
        match self {
            Packet::Ours(envelope) => envelope.message.id().0,
            Packet::Guest(said) => said.subject.0,
        }
    }

    fn size(&self) -> u32 {
        u32::try_from(self.bytes()).unwrap_or(u32::MAX)
    }

    fn bytes(&self) -> u64 {
        match self {
            Packet::Ours(envelope) => size(&envelope.message),
            Packet::Guest(said) => said.text.len() as u64,
        }
    }

    fn digest(&self) -> u64 {
        match self {
            Packet::Ours(envelope) => digest(envelope),
            Packet::Guest(said) => fold_text(u64::from(said.subject.0), &said.text),
        }
    }

    /// Content arrives altered, and will not verify. Nothing would tell of anything else that it is not what was said,
    /// so its receiver can make nothing of that.
    fn damaged(&self, damage: Damage) -> Option<Self> {
        let Packet::Ours(envelope) = self else { return None };
        let Message::Content(content) = &envelope.message else { return None };
        let content = damage::damaged(content, damage)?;
        Some(Packet::Ours(Envelope { n: envelope.n, re: envelope.re, message: Message::Content(content) }))
    }
}

/// What kind of message it is.
pub(crate) fn kind(message: &Message<SimCrypto>) -> &'static str {
    match message {
        Message::Load { .. } => "load",
        Message::Known(known) if known.is_correction => "correction",
        Message::Known(_) => "known",
        Message::Content(_) => "content",
        Message::Done { .. } => "done",
    }
}

/// About what its JSON would take: the sizes that the transactions stand for, and the text around them.
pub(crate) fn size(message: &Message<SimCrypto>) -> u64 {
    const FRAME: usize = 60;
    const SESSION: usize = 80;
    const HEADER: usize = 160;
    let bytes = match message {
        Message::Load { known, .. } => FRAME + SESSION * known.sessions().len(),
        Message::Known(known) => {
            let safe = known.safe.as_ref().map_or(0, |safe| safe.sessions().len());
            FRAME + SESSION * (known.known.sessions().len() + safe)
        }
        Message::Content(content) => {
            let header = if content.header.is_some() { HEADER } else { 0 };
            let pieces = content.new.values().map(|piece| {
                piece.new_transactions.iter().map(|it| it.size as usize).sum::<usize>() + 2 * SESSION
            });
            FRAME + header + pieces.sum::<usize>()
        }
        Message::Done { .. } => FRAME,
    };
    bytes as u64
}

fn digest(envelope: &Envelope<SimCrypto>) -> u64 {
    let mut digest = Digest(u64::from(envelope.n) << 32 | u64::from(envelope.re));
    match &envelope.message {
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
