//! `unique_nonce`: no place in a log was ever encrypted for twice with one key. The nonce of a private transaction is made
//! of its place alone, so who has two texts for one place and key has the difference of what they say.
//!
//! What counts is what has left the process, or would outlive it: what was sent, and what a disk has acknowledged. What
//! a crash took before either is nobody's to see, and its place is free. A hostile author gives away what it likes.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::by_name::ByName;
use super::evidence::Need;
use super::hostile::Hostile;
use super::ledger::Taken;
use super::oracle::{Look, Mail, Oracle};
use super::rights::encrypted;
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::Cast;
use crate::cojson::{SimCrypto, Transaction};
use crate::host::NodeId;
use cosim_core::{CoId, Content, Durability, Names, Record, SessionId};
use std::collections::BTreeMap;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "unique_nonce",
    sentence: "no two texts are encrypted with one key for one CoValue, session and index",
    when: "every private transaction that is sent, or on a disk",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Secrets,
    needs: &[Need::Ledger],
    turn: 6,
    since: 1,
};

/// The first text seen for each place and key.
#[derive(Clone, Debug, Default)]
pub(super) struct UniqueNonce {
    sessions: ByName,
    /// The keys met so far, numbered.
    keys: BTreeMap<String, usize>,
    texts: BTreeMap<(CoId, SessionId, u32, usize), String>,
}

impl Oracle for UniqueNonce {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    /// Where there is a disk, what a node has taken from its app shows nobody anything yet.
    fn took(&mut self, scene: &Scene<'_>, taken: &Taken) -> Look {
        let Taken { node, id, session, after, transactions } = taken;
        let holdings = scene.world.holdings(*node);
        // A guest with a disk does not say what of it is there: what it sends counts.
        let is_safe = holdings.durability() == Durability::Ideal
            && (holdings.foreign().is_none() || !scene.world.has_disk(*node));
        if !is_safe || scene.evidence.hostile.writes(*session) {
            return Look::NONE;
        }
        let (looks, twice) = self.see((*id, *session, *after), transactions, scene.setup);
        let cast = &scene.setup.cast;
        Look::times((looks, twice.map(|index| subject("write", (*node, *id, *session, index), cast))))
    }

    fn written(&mut self, scene: &Scene<'_>, node: NodeId, record: &Record<SimCrypto>) -> Look {
        let hostile = &scene.evidence.hostile;
        let Record::Log { id, session, after, transactions, .. } = record else { return Look::NONE };
        if hostile.is(node) || hostile.writes(*session) {
            return Look::NONE;
        }
        let (looks, twice) = self.see((*id, *session, *after), transactions, scene.setup);
        let cast = &scene.setup.cast;
        Look::times((looks, twice.map(|index| subject("write", (node, *id, *session, index), cast))))
    }

    fn sent_content(&mut self, scene: &Scene<'_>, mail: &Mail<'_>, content: &Content<SimCrypto>) -> Look {
        Look::times(self.sent(mail.from, content, &scene.evidence.hostile, scene.setup))
    }
}

impl UniqueNonce {
    /// An honest node sends content.
    fn sent(
        &mut self,
        node: NodeId,
        content: &Content<SimCrypto>,
        hostile: &Hostile,
        setup: &Setup,
    ) -> (u64, Option<Subject>) {
        let mut looks = 0;
        for (session, piece) in content.new.iter().filter(|(session, _)| !hostile.writes(*session)) {
            let (more, twice) = self.see((content.id, session, piece.after), &piece.new_transactions, setup);
            looks += more;
            if let Some(index) = twice {
                return (looks, Some(subject("content", (node, content.id, session, index), &setup.cast)));
            }
        }
        (looks, None)
    }

    /// Takes note of transactions; says how many are private, and gives the index of the first that says something else
    /// than what was encrypted for its place before.
    fn see(
        &mut self,
        (id, session, after): (CoId, SessionId, u32),
        new: &[Transaction],
        setup: &Setup,
    ) -> (u64, Option<u32>) {
        let session = self.sessions.first(session, &setup.directory);
        let (mut looks, mut twice) = (0, None);
        for (index, transaction) in (after..).zip(new) {
            let Some((key, text)) = transaction.said.as_deref().and_then(encrypted) else { continue };
            looks += 1;
            let key = self.number(key);
            let first = self.texts.entry((id, session, index, key)).or_insert_with(|| text.to_owned());
            if first != text && twice.is_none() {
                twice = Some(index);
            }
        }
        (looks, twice)
    }

    fn number(&mut self, key: &str) -> usize {
        if let Some(number) = self.keys.get(key) {
            return *number;
        }
        let number = self.keys.len();
        self.keys.insert(key.to_owned(), number);
        number
    }
}

fn subject(
    kind: &'static str,
    (node, id, session, index): (NodeId, CoId, SessionId, u32),
    cast: &Cast,
) -> Subject {
    let what = format!(
        "{} {} transaction {index} of {} in {} a second time with the same key and nonce, and another text",
        cast.node(node),
        if kind == "write" { "encrypts" } else { "sends" },
        cast.session(session),
        cast.co_value(id),
    );
    Subject { node, peer: None, id: Some(id), kind, what }
}
