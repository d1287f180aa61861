//! From messages on the wire to those of a node, and back.

use super::RealCrypto;
use crate::id::CoId;
use crate::known_state::KnownState;
use crate::message::{Content, Hint, Known, Message, SessionContent};
use crate::names::{NameError, Names};
use crate::real::{Priority, wire};
use crate::vec_map::VecMap;
use alloc::string::String;
use core::fmt;

/// Why a node cannot be told of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untranslatable {
    /// There are more transactions of a session than 32 bits count.
    CountTooLarge {
        /// The session.
        session: String,
        /// The count.
        count: u64,
    },
    /// No id is left for a name.
    Name(NameError),
}

impl RealCrypto {
    /// `message` in the numbers of this node, which are given out as needed: to what it depends on, too. A node has no
    /// use for `asDependencyOf`.
    ///
    /// # Errors
    /// [`Untranslatable`].
    pub fn read_message(&mut self, message: wire::Message) -> Result<Message<RealCrypto>, Untranslatable> {
        let id = self.co_value(message.id())?;
        Ok(match message {
            wire::Message::Load(known) => Message::Load { id, known: self.read_known(&known)?, safe: false },
            wire::Message::Known(wire::Known { known, is_correction, .. }) => {
                Message::Known(Known { id, known: self.read_known(&known)?, is_correction, safe: None })
            }
            wire::Message::Content(content) => Message::Content(self.read_content(id, content)?),
            wire::Message::Done { .. } => Message::Done { id },
        })
    }

    fn read_known(&mut self, known: &wire::KnownState) -> Result<KnownState, Untranslatable> {
        let mut read = KnownState::new(known.header, []);
        for (session, count) in &known.sessions {
            read.raise(self.session(session)?, small(session, *count)?);
        }
        Ok(read)
    }

    fn read_content(
        &mut self,
        id: CoId,
        content: wire::Content,
    ) -> Result<Content<RealCrypto>, Untranslatable> {
        if let Some(header) = &content.header {
            self.meet_header(header)?;
        }
        let mut new = VecMap::new();
        for (session, piece) in content.new {
            piece.new_transactions.iter().try_for_each(|transaction| self.meet_transaction(transaction))?;
            let wire::SessionContent { after, new_transactions, last_signature } = piece;
            let after = small(&session, after)?;
            new.insert(self.session(&session)?, SessionContent { after, new_transactions, last_signature });
        }
        Ok(Content { id, header: content.header, new, hint: Hint::default() })
    }

    /// `message` with the strings that its numbers stand for. `priority` is that of the CoValue: content has it, too,
    /// where it brings no header. What is said of disks (rule 15) is left out: the published package knows nothing of it.
    pub fn write_message(&self, message: &Message<RealCrypto>, priority: Priority) -> wire::Message {
        match message {
            Message::Load { id, known, .. } => wire::Message::Load(self.write_known(*id, known)),
            Message::Known(Known { id, known, is_correction, .. }) => wire::Message::Known(wire::Known {
                known: self.write_known(*id, known),
                is_correction: *is_correction,
                as_dependency_of: None,
            }),
            Message::Content(content) => wire::Message::Content(self.write_content(content, priority)),
            Message::Done { id } => wire::Message::Done { id: self.names().co_value(*id).into_owned() },
        }
    }

    fn write_known(&self, id: CoId, known: &KnownState) -> wire::KnownState {
        let sessions = known.sessions();
        wire::KnownState {
            id: self.names().co_value(id).into_owned(),
            header: known.header,
            sessions: sessions
                .map(|(session, count)| (self.names().session(session).into_owned(), u64::from(count)))
                .collect(),
        }
    }

    fn write_content(&self, content: &Content<RealCrypto>, priority: Priority) -> wire::Content {
        let new = content.new.iter().map(|(session, piece)| {
            let piece = wire::SessionContent {
                after: u64::from(piece.after),
                new_transactions: piece.new_transactions.clone(),
                last_signature: piece.last_signature.clone(),
            };
            (self.names().session(session).into_owned(), piece)
        });
        wire::Content {
            id: self.names().co_value(content.id).into_owned(),
            header: content.header.clone(),
            priority: Some(u64::from(priority.as_number())),
            new: new.collect(),
            expect_content_until: None,
        }
    }
}

fn small(session: &str, count: u64) -> Result<u32, Untranslatable> {
    u32::try_from(count).map_err(|_| Untranslatable::CountTooLarge { session: String::from(session), count })
}

impl From<NameError> for Untranslatable {
    fn from(error: NameError) -> Self {
        Untranslatable::Name(error)
    }
}

impl fmt::Display for Untranslatable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Untranslatable::CountTooLarge { session, count } => {
                write!(f, "expected no more transactions of {session:?} than 32 bits count, found {count}")
            }
            Untranslatable::Name(error) => write!(f, "{error}"),
        }
    }
}

impl core::error::Error for Untranslatable {}
