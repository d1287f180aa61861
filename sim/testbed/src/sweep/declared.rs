//! What a scenario declares and a run may or may not come to: loss that loses nothing tests nothing. What becomes of its
//! faults each run says itself.

use crate::cojson::Kind;
use crate::network::Network;
use crate::oracles::{self, Needed};
use crate::scenario::file::{self, Chance};
use crate::scenario::{Act, Operation, Scenario};
use cosim_core::{CoId, Uploads};

/// What a scenario declares. It is part of a sweep's header, so that results can be judged without the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Declared {
    /// Whether messages may be lost by chance.
    pub loss: bool,
    /// Whether messages may be duplicated.
    pub duplicate: bool,
    /// Whether messages may be taken out of their order.
    pub reorder: bool,
    /// Whether messages may arrive once more, long after.
    pub replay: bool,
    /// Whether messages may be damaged.
    pub damage: bool,
    /// Whether some line is bounded.
    #[serde(default)]
    pub bandwidth: bool,
    /// Whether some node has a disk.
    #[serde(default)]
    pub disks: bool,
    /// Whether something depends on something else.
    #[serde(default)]
    pub dependencies: bool,
    /// Whether apps write.
    #[serde(default)]
    pub edits: bool,
    /// Whether apps load.
    #[serde(default)]
    pub loads: bool,
    /// Whether some CoValue shows something.
    #[serde(default)]
    pub views: bool,
    /// Whether there are groups.
    #[serde(default)]
    pub groups: bool,
    /// Whether apps write what is encrypted.
    #[serde(default)]
    pub secrets: bool,
    /// Whether some app is told how far its writes get.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uploads: bool,
    /// Whether a violation is expected, at which every run ends.
    #[serde(default)]
    pub violation: bool,
    /// Operations that the workload generates for each run.
    pub workload: u64,
}

impl Declared {
    /// What `scenario` declares.
    pub fn of(scenario: &Scenario) -> Declared {
        let mut declared = Declared {
            disks: scenario.nodes.iter().any(|node| node.disk.is_some()),
            dependencies: scenario.directory.has_dependencies(),
            views: scenario.directory.has_views(),
            groups: scenario.directory.views().any(|id| scenario.directory.kind(id) == Some(Kind::Group)),
            secrets: writes_secrets(scenario),
            uploads: scenario.nodes.iter().any(|node| node.uploads != Uploads::Untold),
            violation: scenario.expect.violation.is_some(),
            ..Declared::default()
        };
        for link in &scenario.links {
            declared.network(link.network);
        }
        for operation in scenario.chapters.iter().flat_map(|chapter| &chapter.operations) {
            declared.operation(operation);
        }
        for workload in &scenario.workloads {
            declared.workload +=
                u64::from(workload.operations) + u64::from(workload.roles) + workload.creates.len() as u64;
            declared.edits |= workload.mix.edit > 0;
            declared.loads |= workload.mix.load > 0;
        }
        declared
    }

    /// Whether an oracle of that name must find something to judge, sooner or later.
    pub fn must_look(&self, oracle: &str) -> bool {
        !self.violation && oracles::named(oracle).is_none_or(|about| self.has(about.subject))
    }

    fn has(&self, needed: Needed) -> bool {
        match needed {
            Needed::Nothing => true,
            Needed::Disks => self.disks,
            Needed::Dependencies => self.dependencies,
            Needed::Edits => self.edits,
            Needed::Loads => self.loads,
            Needed::Views => self.views,
            Needed::Groups => self.groups,
            Needed::Secrets => self.secrets,
            Needed::Uploads => self.uploads && self.edits,
            // Not every guest says by which rules its app sees.
            Needed::Guests => false,
        }
    }

    fn network(&mut self, network: Network) {
        self.bandwidth |= network.bandwidth.is_some();
        for chance in file::Network::chances(&network) {
            *match chance {
                Chance::Loss => &mut self.loss,
                Chance::Duplicate => &mut self.duplicate,
                Chance::Reorder => &mut self.reorder,
                Chance::Replay => &mut self.replay,
                Chance::Damage => &mut self.damage,
            } = true;
        }
    }

    fn operation(&mut self, operation: &Operation) {
        let act = &operation.act;
        self.loads |= matches!(act, Act::Load(_));
        self.edits |= matches!(act, Act::Edit(_)) || act.written().is_some();
        if let Act::Network(change) = act {
            self.network(change.conditions().apply(Network::default()));
        }
    }
}

/// Whether apps write what is encrypted: where its CoValue says so, or the change itself.
fn writes_secrets(scenario: &Scenario) -> bool {
    let directory = &scenario.directory;
    let is_private = |id: u32| directory.co_value(CoId(id)).is_some_and(|known| known.spec.private);
    let mut operations = scenario.chapters.iter().flat_map(|chapter| &chapter.operations);
    let in_timeline = operations.any(|operation| {
        matches!(&operation.act, Act::Edit(edit) if is_private(edit.id))
            || operation.act.written().is_some_and(|(.., change)| change.private)
    });
    let mut edited = scenario.workloads.iter().filter(|workload| workload.mix.edit > 0);
    in_timeline || edited.any(|workload| workload.co_values.iter().any(|id| is_private(*id)))
}
