//! What is generated of attacks: who of the hostile nodes lies to which of its peers, how, about what and how much.

use super::{fault_name, pick, time_within};
use crate::scenario::generated::Faults;
use crate::scenario::{Action, AttackKind, Operation, Scenario};
use crate::stream::Stream;

/// How many loads a generated flood has at most, and how often any other attack lies.
const FLOOD_MAX: u64 = 64;
const LIES_MAX: u64 = 3;

/// The names of what [`attacks`] generates.
pub(super) fn names(faults: &Faults) -> impl Iterator<Item = String> + '_ {
    (1..=faults.attacks).map(|number| fault_name("attack", number))
}

/// Attacks of hostile nodes on those that they have links with, six words each.
pub(super) fn attacks(seed: u64, faults: &Faults, scenario: &Scenario) -> Vec<Operation> {
    let hostile = |node: u32| scenario.nodes[node as usize].hostile;
    let ways = scenario.links.iter().flat_map(|link| [link.ends, [link.ends[1], link.ends[0]]]);
    let ways: Vec<[u32; 2]> = ways.filter(|[node, _]| hostile(*node)).collect();
    let mut stream = Stream::new(seed, "faults", "attacks");
    let mut operations = Vec::new();
    for number in 1..=faults.attacks {
        let at = time_within(&mut stream, faults.from, faults.until - faults.from);
        let way = stream.index(ways.len());
        let how = pick(&mut stream, &AttackKind::ALL);
        let co_value = stream.index(scenario.co_values.len()) as u32;
        let much = [stream.below(FLOOD_MAX), stream.below(LIES_MAX)];
        let count = 1 + if how == AttackKind::Flood { much[0] } else { much[1] } as u32;
        let Some(&[node, on]) = ways.get(way) else { continue };
        let action = Action::Attack { node, on, how, co_value, count };
        operations.push(Operation { name: fault_name("attack", number), at, action });
    }
    operations
}
