//! What a workload may make of groups: which become parents, and which get invites. What is drawn and what was frozen have
//! the same invites, in the same order, since the sessions in which they are accepted are named by their places.

use super::file;
use super::names::Names;
use crate::cojson::{CoValueSpec, Kind};
use crate::scenario::todays::INVITES;

/// Whether a secret is one that a workload makes.
pub(super) fn is_drawn(secret: &str) -> bool {
    INVITES.iter().any(|(drawn, _)| *drawn == secret)
}

/// Where a workload extends groups, each of its groups may become a parent.
pub(super) fn parents(file: &file::Scenario, names: &Names<'_>, all: &mut [CoValueSpec]) {
    let extending = of_ours(file).filter(|(_, mix)| is_any([mix.extend, mix.revoke_extend]));
    for id in extending.flat_map(|(workload, _)| &workload.co_values).filter_map(|id| names.co_value(id)) {
        if let Some(spec) = all.get_mut(id as usize).filter(|spec| spec.kind == Some(Kind::Group)) {
            spec.is_parent = true;
        }
    }
}

/// Where a workload makes invites, or an entry has one of those, every group has all of them.
pub(super) fn invites(file: &file::Scenario, are_there: bool, all: &mut [CoValueSpec]) {
    if are_there || of_ours(file).any(|(_, mix)| is_any([mix.invite, mix.accept])) {
        for spec in all.iter_mut().filter(|spec| spec.kind == Some(Kind::Group)) {
            spec.invites.extend(INVITES.map(|(secret, _)| secret.to_owned()));
        }
    }
}

fn is_any<const N: usize>(weights: [Option<u32>; N]) -> bool {
    weights.into_iter().flatten().any(|weight| weight > 0)
}

/// The workloads that our own nodes do, each with its mix.
fn of_ours(file: &file::Scenario) -> impl Iterator<Item = (&file::Workload, &file::Mix)> {
    let is_ours = |name: &String| file.nodes.get(name).is_some_and(|node| node.guest.is_none());
    let any = move |workload: &file::Workload| match &workload.nodes {
        Some(nodes) => nodes.iter().any(is_ours),
        None => file.nodes.keys().any(is_ours),
    };
    let workloads = file.workload.iter().flat_map(file::Workloads::all);
    workloads.filter_map(move |workload| Some((workload, workload.mix.as_ref()?)).filter(|_| any(workload)))
}
