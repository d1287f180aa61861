//! What every step is checked for where assertions are on: a bug then shows in the step that makes it, not where a peer
//! misses something. A step is checked for what it touched, so that a check costs no more than the step.
//!
//! With the feature `paranoid` the whole state is checked after each step.

use super::{Input, Node};
use crate::crypto::Crypto;
use crate::id::{CoId, PeerId, SessionId};
use crate::message::Message;
use crate::state::{CoValueState, check_co_value, check_conversation, check_growth, check_invariants};

/// What a step may touch, and how that was before.
pub(super) struct Before {
    id: Option<CoId>,
    peer: Option<PeerId>,
    /// The session of the CoValue that the step may bring more of, where it is one alone.
    session: Option<SessionId>,
    /// How much of the CoValue was held, where the step may bring some.
    held: Option<u64>,
    /// How much was to be said.
    outputs: usize,
    /// Whether the step is a message of a connection that is not its peer's.
    is_stale: bool,
}

impl<C: Crypto> Node<C> {
    /// Looks at what `input` may touch; not where assertions are off.
    pub(super) fn before(&self, input: &Input<C>) -> Option<Before> {
        if !cfg!(debug_assertions) {
            return None;
        }
        let (id, peer) = touched(input);
        let is_stale = matches!(input, Input::Received { peer, connection, .. }
            if self.connection(*peer) != Some(*connection));
        let is_stale = is_stale && !planted!(self.shell, IgnoreEpochs);
        let held = id.filter(|_| brings_content(input)).map(|id| self.held(id));
        let session = session(input);
        Some(Before { id, peer, session, held, outputs: self.shell.outputs.len(), is_stale })
    }

    /// Checks what a step did, before anything that follows from it is sent.
    pub(super) fn check_applied(&self, before: &Before) {
        let said = self.shell.outputs.len() - before.outputs;
        assert!(!before.is_stale || said == 0, "a message of a connection that is over changes nothing");
        assert!(!before.is_stale || self.growth(before) == Some(0), "it brings nothing either");
    }

    /// Checks what a step touched.
    pub(super) fn check_step(&self, before: &Before) {
        let growth = self.growth(before);
        assert!(growth.is_some(), "what is held only grows");
        let checked = match (before.id, before.peer) {
            (Some(id), _) if growth > Some(0) => match before.session {
                Some(session) => check_growth(&self.state, id, session),
                None => check_co_value(&self.state, id),
            },
            (Some(id), Some(peer)) => check_conversation(&self.state, id, peer),
            (Some(id), None) => check_co_value(&self.state, id),
            (None, _) => Ok(()),
        };
        assert_eq!(checked, Ok(()), "what holds of every state");
        if cfg!(feature = "paranoid") {
            assert_eq!(check_invariants(&self.state), Ok(()), "what holds of every state");
            let is_counted = |co: &CoValueState<C>| co.sessions.is_counted();
            assert!(self.state.co_values.values().all(is_counted), "S is how long the logs are");
        }
    }

    fn held(&self, id: CoId) -> u64 {
        self.state.co_values.get(&id).map_or(0, CoValueState::size)
    }

    /// How much more is held than before; `None` where it is less.
    fn growth(&self, before: &Before) -> Option<u64> {
        let (Some(id), Some(held)) = (before.id, before.held) else { return Some(0) };
        self.held(id).checked_sub(held)
    }
}

fn brings_content<C: Crypto>(input: &Input<C>) -> bool {
    match input {
        Input::Received { envelope, .. } => matches!(envelope.message, Message::Content(_)),
        Input::Create { .. } | Input::Edit { .. } => true,
        Input::Load { .. }
        | Input::Done { .. }
        | Input::Connected { .. }
        | Input::Disconnected { .. }
        | Input::Blocked { .. }
        | Input::Writable { .. }
        | Input::Left { .. }
        | Input::Persisted { .. }
        | Input::PersistFailed { .. }
        | Input::Deadline => false,
    }
}

fn touched<C: Crypto>(input: &Input<C>) -> (Option<CoId>, Option<PeerId>) {
    match input {
        Input::Create { id, .. } | Input::Edit { id, .. } | Input::Load { id } | Input::Done { id } => {
            (Some(*id), None)
        }
        Input::Received { peer, envelope, .. } => (Some(envelope.message.id()), Some(*peer)),
        Input::Connected { .. }
        | Input::Disconnected { .. }
        | Input::Blocked { .. }
        | Input::Writable { .. }
        | Input::Left { .. }
        | Input::Persisted { .. }
        | Input::PersistFailed { .. }
        | Input::Deadline => (None, None),
    }
}

/// The session that a step may bring more of, where it is one alone: with a header, more may come from the disk.
fn session<C: Crypto>(input: &Input<C>) -> Option<SessionId> {
    let Input::Received { envelope, .. } = input else { return None };
    let Message::Content(content) = &envelope.message else { return None };
    let is_alone = content.header.is_none() && content.new.len() == 1;
    content.new.keys().next().filter(|_| is_alone)
}
