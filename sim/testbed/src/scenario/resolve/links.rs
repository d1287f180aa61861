//! The links, and what they make of the nodes.

use super::contract::{check_link, within};
use super::names::Names;
use super::{At, Problem, Report, conditions, file, usual};
use crate::scenario::LinkSpec;
use crate::scenario::file::Contract;
use crate::scenario::topology::circle;
use cosim_core::Relationship;
use std::collections::BTreeMap;

/// The links, in order of their ends.
pub(super) fn links(
    file: &file::Scenario,
    general: file::Network,
    names: &mut Names<'_>,
    report: &mut Report,
) -> Vec<LinkSpec> {
    let root = At::Root;
    let at = root.key("links");
    // Each link, and its index in the file.
    let mut links = BTreeMap::<[u32; 2], (LinkSpec, usize)>::new();
    let mut complete = true;
    for (index, link) in file.links.iter().enumerate() {
        let at = at.index(index);
        let Some(spec) = spec(&file.nodes, link, general, names, &at, report) else {
            complete = false;
            continue;
        };
        if let Some((_, first)) = links.get(&spec.ends) {
            let [a, b] = &link.between;
            let problem =
                Problem::new(at.key("between").value(), format!("`{a}` and `{b}` are linked twice"));
            report.add(
                problem
                    .expected(format!("already in links[{first}]"))
                    .help("two nodes have one link: keep one"),
            );
            continue;
        }
        links.insert(spec.ends, (spec, index));
    }
    names.set_links(links.keys().copied(), complete);
    let (links, indices): (Vec<_>, Vec<_>) = links.into_values().unzip();
    check_circle(&links, &indices, names, &at, report);
    links
}

fn spec(
    nodes: &BTreeMap<String, file::Node>,
    link: &file::Link,
    general: file::Network,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Option<LinkSpec> {
    let between = at.key("between");
    let first = names.node(&link.between[0], &between.index(0), report);
    let second = names.node(&link.between[1], &between.index(1), report);
    check_relationship(link, at, report);
    let (first, second) = (first?, second?);
    if first == second {
        let problem = Problem::new(between.value(), format!("`{}` is linked to itself", link.between[0]));
        report.add(problem.expected("two different nodes").help("a link joins two nodes"));
        return None;
    }
    let swap = first > second;
    let own = link.network.as_ref().map(|network| conditions(network, &at.key("network"), report));
    let own = own.unwrap_or_default();
    let guest = |node: &String| nodes.get(node).and_then(|node| node.guest.as_deref());
    let asks_for_stream = |node: &String| guest(node).is_some_and(|guest| guest.starts_with("cojson@"));
    let usual_contract =
        if link.between.iter().any(asks_for_stream) { Contract::Stream } else { Contract::Datagram };
    let contract = link.contract.unwrap_or(usual_contract);
    check_link(contract, own, general, at, report);
    Some(LinkSpec {
        ends: ordered([first, second], swap),
        relationship: ordered(link.relationship.0, swap),
        priority: ordered(link.priority.unwrap_or_default(), swap),
        connected: link.connected.unwrap_or(true),
        contract,
        network: within(contract, own.or(general).apply(usual())),
    })
}

fn ordered<T>([first, second]: [T; 2], swap: bool) -> [T; 2] {
    if swap { [second, first] } else { [first, second] }
}

fn check_relationship(link: &file::Link, at: &At<'_>, report: &mut Report) {
    use Relationship::{SyncAllOurs, SyncCommon, SyncTheirs};
    match link.relationship.0 {
        [SyncAllOurs, SyncTheirs | SyncAllOurs] | [SyncTheirs, SyncAllOurs] | [SyncCommon, SyncCommon] => {}
        [SyncTheirs | SyncCommon, _] | [SyncAllOurs, SyncCommon] => {
            let place = at.key("relationship").value();
            let problem =
                Problem::new(place, format!("the ends `{}` do not fit together", link.relationship));
            report.add(problem.help(
                "a client and its server are `syncAllOurs/syncTheirs`, equal peers `syncCommon/syncCommon`, \
                 two servers `syncAllOurs/syncAllOurs`",
            ));
        }
    }
}

fn check_circle(links: &[LinkSpec], indices: &[usize], names: &Names<'_>, at: &At<'_>, report: &mut Report) {
    let Some(circle) = circle(names.node_count(), links) else { return };
    let way = circle.nodes.iter().map(|&node| names.node_name(node)).collect::<Vec<_>>().join(" -> ");
    let place = at.index(indices[circle.link]).key("between").value();
    let [client, server] = [circle.nodes[0], circle.nodes[1]].map(|node| names.node_name(node));
    let problem = Problem::new(place, format!("servers in a circle: {way}"));
    report.add(
        problem.expected(format!("`{server}` is a server of `{client}`, and its client as well")).help(
            "turn a link of the circle round, take it away, or make all of them `syncAllOurs/syncAllOurs`",
        ),
    );
}
