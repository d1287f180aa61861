//! `no_fork`: at most one transaction was ever written or sent for each CoValue, session and index, by nodes that have
//! crashed since included.

use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Edit};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Content, FastCrypto, FastTransaction, Names, SessionId};
use std::collections::BTreeMap;

/// The first transaction seen at each place.
#[derive(Clone, Debug, Default)]
pub(super) struct NoFork {
    seen: BTreeMap<(CoId, SessionId), Vec<Option<FastTransaction>>>,
}

impl NoFork {
    /// An app writes, at the end of the log as its node has it.
    pub(super) fn wrote<N: CoJson>(
        &mut self,
        view: &View<'_, N>,
        node: NodeId,
        edit: &Edit,
        cast: &Cast,
    ) -> Option<Subject> {
        let host = &view.hosts[node.index()].node;
        let co_value = host.state().co_values.get(&edit.id).filter(|co_value| co_value.header.is_some())?;
        let session = host.session();
        let after = co_value.count(session);
        let forked = self.see(edit.id, session, after, &edit.transactions(view.wall(node)))?;
        let what = format!(
            "{} writes transaction {forked} of {} in {} a second time",
            cast.node(node),
            cast.session(session),
            cast.co_value(edit.id),
        );
        Some(Subject { node, peer: None, id: Some(edit.id), kind: "write", what })
    }

    /// A node sends content.
    pub(super) fn sent(
        &mut self,
        node: NodeId,
        content: &Content<FastCrypto>,
        cast: &Cast,
    ) -> Option<Subject> {
        content.new.iter().find_map(|(session, piece)| {
            let forked = self.see(content.id, session, piece.after, &piece.new_transactions)?;
            let what = format!(
                "{} sends another transaction {forked} of {} in {} than the one seen first",
                cast.node(node),
                cast.session(session),
                cast.co_value(content.id),
            );
            Some(Subject { node, peer: None, id: Some(content.id), kind: "content", what })
        })
    }

    /// Takes note of transactions; gives the index of the first that differs from what was seen there before.
    fn see(&mut self, id: CoId, session: SessionId, after: u32, new: &[FastTransaction]) -> Option<usize> {
        let seen = self.seen.entry((id, session)).or_default();
        let after = after as usize;
        if seen.len() < after + new.len() {
            seen.resize(after + new.len(), None);
        }
        let places = seen[after..].iter_mut().zip(new).enumerate();
        let mut forked = None;
        for (i, (place, transaction)) in places {
            if place.get_or_insert(*transaction) != transaction && forked.is_none() {
                forked = Some(after + i);
            }
        }
        forked
    }
}
