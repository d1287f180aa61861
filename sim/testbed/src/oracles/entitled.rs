//! `entitled`: content goes only to one's server, or to a peer that has asked for it in this connection (an equal
//! peer: or has shown to hold it) and has not taken that back. What something else depends on goes with it.

use super::heard::Hearing;
use super::violation::Subject;
use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson};
use crate::observer::Sent;
use crate::world::View;
use cosim_core::{Content, Names, Relationship};

pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    sent: &Sent<'_, N>,
    content: &Content<SimCrypto>,
    heard: Option<&Hearing>,
    as_dependency: impl FnOnce() -> bool,
    cast: &Cast,
) -> Option<Subject> {
    let asked = heard.is_some_and(Hearing::asked);
    let entitled = match view.link(sent.connection).end_of(sent.from).relationship {
        Relationship::SyncAllOurs => true,
        Relationship::SyncTheirs => asked,
        Relationship::SyncCommon => asked || heard.is_some_and(|heard| heard.header && !heard.ended()),
    };
    (!entitled && !as_dependency()).then(|| {
        let what = format!(
            "{} sends content of {} to {}, which has not asked for it in this connection, or asks no longer",
            cast.node(sent.from),
            cast.co_value(content.id),
            cast.node(sent.to),
        );
        Subject { node: sent.from, peer: Some(sent.to), id: Some(content.id), kind: "content", what }
    })
}
