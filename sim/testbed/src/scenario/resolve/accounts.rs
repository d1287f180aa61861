//! Accounts of guests. Such an app writes as its account, which is made as CoJSON makes it, of its agent; so what there is to
//! say of it is fixed. To cosim's own nodes an account is no more than something to depend on: of members and authors they
//! know agents only, so they carry what accounts write, and their apps see nothing of it.

use super::{At, Problem, Report, each_workload, file};
use crate::scenario::act::To;
use std::collections::BTreeMap;

pub(super) fn check(file: &file::Scenario, report: &mut Report) {
    let mut devices = BTreeMap::<&str, (&str, Option<&str>)>::new();
    let root = At::Root;
    let nodes = root.key("nodes");
    for (name, node) in &file.nodes {
        let (Some(account), true) = (node.account.as_deref(), node.guest.is_some()) else { continue };
        let at = nodes.key(name);
        let seed = node.secret_seed.as_deref();
        let (first, of_first) = *devices.entry(account).or_insert((name, seed));
        if first != name && (seed.is_none() || seed != of_first) {
            let message = format!("`{name}` shares the account of `{first}`, but is another agent");
            let problem = Problem::new(at.key("account").value(), message);
            report.add(problem.expected("the same `secret_seed` on both").help(
                "give both nodes the same `secret_seed`, 64 hexadecimal digits, or accounts of their own",
            ));
        }
        if file.co_values.contains_key(account) {
            let message = format!("`{account}` is the account of a guest, which is made as CoJSON makes it");
            let problem = Problem::new(root.key("co_values").key(account).name(), message);
            report.add(problem.help("say nothing more of it here"));
        }
    }
    if let Some((account, (guest, _))) = devices.first_key_value() {
        check_ours(file, (guest, account), report);
    }
}

/// No app of our own nodes takes part where members are accounts.
fn check_ours(file: &file::Scenario, (guest, account): (&str, &str), report: &mut Report) {
    let is_ours = |name: &str| file.nodes.get(name).is_some_and(|node| node.guest.is_none());
    let root = At::Root;
    let at = root.key("timeline");
    let asked = file.timeline.iter().enumerate().find_map(|(index, entry)| {
        let mut refs = entry.act.refs().into_iter();
        let app =
            refs.find(|reference| matches!(reference.to, To::App | To::Member) && is_ours(reference.name))?;
        Some((app.name.to_owned(), app.place(&at.index(index).key(entry.act.key()))))
    });
    let drawn = each_workload(file, |at, workload| match &workload.nodes {
        Some(nodes) => {
            let at = at.key("nodes");
            let index = nodes.iter().position(|name| is_ours(name))?;
            Some((nodes[index].clone(), at.index(index).value()))
        }
        None => Some((file.nodes.keys().find(|name| is_ours(name))?.clone(), at.name())),
    });
    let drawn = drawn.into_iter().flatten().next();
    let typed = file.recording.as_ref().and_then(|recording| {
        let first = recording.authors.iter().find(|name| is_ours(name))?;
        Some((first.clone(), root.key("recording").key("authors").value()))
    });
    if let Some((name, place)) = asked.or(drawn).or(typed) {
        let message = format!(
            "the app of `{name}`, one of cosim's own nodes, knows agents only, and `{guest}` writes as the account `{account}`"
        );
        report.add(
            Problem::new(place, message).help(
                "let a guest play it, or have it only carry what others write; or take the account away",
            ),
        );
    }
}
