//! `dependencies`: nothing becomes visible before what it depends on.

use super::hostile::Hostile;
use super::violation::Subject;
use crate::cojson::{Cast, CoJson, Directory, session_parts};
use crate::host::NodeId;
use crate::world::View;
use cosim_core::{CoId, Names};

/// Looks at one CoValue of one node; says at how many dependencies it looked.
pub(super) fn look<N: CoJson>(
    view: &View<'_, N>,
    node: NodeId,
    id: CoId,
    (directory, hostile): (&Directory, &Hostile),
    cast: &Cast,
) -> (u64, Option<Subject>) {
    let state = view.hosts[node.index()].node.state();
    let Some(co_value) = state.co_values.get(&id).filter(|co_value| co_value.header.is_some()) else {
        return (0, None);
    };
    let has_header = |id: CoId| state.co_values.get(&id).is_some_and(|co_value| co_value.header.is_some());
    // A hostile author need not say that it has an account.
    let authors = co_value.sessions.keys().filter(|session| !hostile.writes(*session));
    let accounts = authors.filter_map(|session| directory.account(session_parts(session).0));
    let mut looks = 0;
    for need in directory.depends_on(id).iter().copied().chain(accounts).filter(|need| *need != id) {
        looks += 1;
        if !has_header(need) {
            let what = format!(
                "{} shows {} without {}, on which it depends",
                cast.node(node),
                cast.co_value(id),
                cast.co_value(need)
            );
            return (looks, Some(Subject { node, peer: None, id: Some(id), kind: "header", what }));
        }
    }
    (looks, None)
}
