//! What a pinned plan shows of an act.

use cosim_testbed::scenario::file::Duration;
use cosim_testbed::scenario::{Act, Numbered, Scenario};

pub(crate) fn shown(scenario: &Scenario, act: &Act<Numbered>) -> String {
    let link = |ends: &[u32; 2]| scenario.link(ends[0], ends[1]).expect("there is one");
    let both = |ends: &Option<[u32; 2]>| link(ends.as_ref().expect("both ways"));
    let us = |Duration(span): Duration| span.as_us();
    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else is drawn is the failure")]
    match act {
        Act::Create(it) => format!("Create {{ node: {}, co_value: {} }}", it.node, it.id),
        Act::Load(it) => format!("Load {{ node: {}, co_value: {} }}", it.node, it.id),
        Act::Done(it) => format!("Done {{ node: {}, co_value: {} }}", it.node, it.id),
        Act::Edit(it) => {
            let (transactions, size) = (it.transactions(), it.size());
            let (node, id) = (it.node, it.id);
            format!("Edit {{ node: {node}, co_value: {id}, transactions: {transactions}, size: {size} }}")
        }
        Act::Connect(it) => format!("Connect {{ link: {} }}", link(&it.between)),
        Act::Disconnect(it) => format!("Disconnect {{ link: {} }}", link(&it.between)),
        Act::Partition(it) => format!("Partition {{ link: {}, direction: Both }}", both(&it.between)),
        Act::Heal(it) => format!("Heal {{ link: {}, direction: Both }}", both(&it.between)),
        Act::Restart(it) => format!("Restart {{ node: {}, down_for: Span({}) }}", it.node, us(it.down_for())),
        Act::Wipe(it) => {
            let (node, down_for, spare) = (it.node, us(it.down_for()), it.spare_last_copy());
            format!("Wipe {{ node: {node}, down_for: Span({down_for}), spare: {spare} }}")
        }
        Act::Offline(it) => format!("Offline {{ node: {}, span: Span({}) }}", it.node, us(it.span)),
        Act::Pause(it) => {
            let (node, span, connections) = (it.node, us(it.span), it.connections());
            format!("Pause {{ node: {node}, span: Span({span}), connections: {connections:?} }}")
        }
        Act::Clock(it) => {
            let change = it.change().expect("one change");
            format!("Clock {{ node: {}, change: {change:?} }}", it.node)
        }
        Act::Leave(it) => {
            format!("Leave {{ node: {}, spare: {} }}", it.node, it.spare_last_copy())
        }
        other => panic!("{other:?} is not in a pinned plan"),
    }
}
