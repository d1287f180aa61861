//! Planted faults that a sweep has not noticed, since they never come to anything.

use super::super::print::say;
use cosim_testbed::run::{Options, idle_mutations, run};
use cosim_testbed::scenario::Scenario;
use cosim_testbed::sweep::Summary;
use std::collections::BTreeSet;
use std::ops::Range;

/// With how many seeds a fault is looked for.
const SEEDS: u64 = 10;

/// Says of scenarios of which every seed held which of the faults that are planted there made no difference in the first of them.
pub(super) fn tell(scenarios: &[Scenario], seeds: &Range<u64>, summary: &Summary) {
    let seeds = seeds.start..seeds.end.min(seeds.start.saturating_add(SEEDS));
    for (scenario, of) in scenarios.iter().zip(summary.scenarios()) {
        if of.held < of.runs || scenario.nodes.iter().all(|node| node.mutations.is_empty()) {
            continue;
        }
        let idle = seeds.clone().map(|seed| {
            let outcome = run(scenario, seed, Options::judged());
            BTreeSet::from_iter(idle_mutations(scenario, seed, &outcome))
        });
        let always = idle.reduce(|one, other| &one & &other).unwrap_or_default();
        for (node, mutation) in always {
            say!(
                "warning: {}: `{mutation}` of {node} made no difference in seeds {}..{}: the runs come out the same without it",
                of.source.path,
                seeds.start,
                seeds.end
            );
        }
    }
}
