//! `no_redundant`: content carries nothing that the peer has proved to hold in this connection.

use super::heard::Hearing;
use super::hostile::Hostile;
use super::violation::Subject;
use crate::cojson::SimCrypto;
use crate::cojson::{Cast, CoJson};
use crate::observer::Sent;
use cosim_core::{Content, Names};

pub(super) fn look<N: CoJson>(
    sent: &Sent<'_, N>,
    content: &Content<SimCrypto>,
    heard: Option<&Hearing>,
    hostile: &Hostile,
    cast: &Cast,
) -> Option<Subject> {
    let proved = &heard?.proved;
    let redundant = if content.header.is_some() && proved.header {
        "the header".to_owned()
    } else {
        // As much of a hostile author's session may be another branch of it, which was refused and proves nothing.
        let mut honest = content.new.iter().filter(|(session, _)| !hostile.writes(*session));
        let (session, _) = honest.find(|(session, piece)| piece.after < proved.count(*session))?;
        format!("transactions of {}", cast.session(session))
    };
    let what = format!(
        "{} sends {redundant} of {} to {}, which has proved to hold that",
        cast.node(sent.from),
        cast.co_value(content.id),
        cast.node(sent.to),
    );
    Some(Subject { node: sent.from, peer: Some(sent.to), id: Some(content.id), kind: "content", what })
}
