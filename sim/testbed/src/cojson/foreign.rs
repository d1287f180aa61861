//! What a node of another make can tell of itself that its messages do not: what its own views show.

use cosim_core::view::{Dialect, KeyRing};
use cosim_core::{CoId, SessionId};
use serde_json::Value;

/// What only a guest that speaks CoJSON can tell: the sessions that it has begun of its own accord, and what its own views
/// show.
pub trait Foreign {
    /// By whose rules its app sees; `None` where it does not say.
    fn dialect(&self) -> Option<Dialect>;

    /// CoJSON's name of a session.
    fn session_name(&self, session: SessionId) -> String;

    /// Who its app is: its keys, by the name that groups know.
    fn keys(&self) -> KeyRing;

    /// What its app sees of a CoValue, in CoJSON's names; `None` where that is not there yet, or not all of it.
    fn sees(&self, id: CoId) -> Option<Sight>;

    /// The same with what people call the agents and sessions in it.
    fn called(&self, shown: Value) -> Value;
}

/// What the app of a guest sees of a CoValue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// That it was deleted for good.
    Deleted,
    /// A map's keys and values, a list's items, a text, a stream's items by session, or the roles of a group's members.
    Shown(Value),
}
