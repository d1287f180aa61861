//! `endless`: what would never end. No oracle looks for it: the world counts, and ends the run.

use super::about::{About, Blames, Needed, Property};
use super::scene::Surroundings;
use super::violation::{Subject, Violation};
use crate::cojson::Cast;
use crate::host::NodeId;
use crate::world::{EVENTS_MAX, Endless, OUTPUTS_MAX};

/// What its failure keys begin with.
pub const NAME: &str = "endless";

/// What there is to say of it.
const ABOUT: About = About {
    name: NAME,
    sentence: "a run comes to an end",
    when: "every event",
    property: Property::Liveness,
    blames: Blames::Anybody,
    subject: Needed::Nothing,
    needs: &[],
    turn: 0,
    since: 1,
};

/// What is found of a run that would never end.
pub(super) fn violation(world: &dyn Surroundings, cast: &Cast, endless: Endless) -> Violation {
    let (node, kind, what) = match endless {
        Endless::Events => {
            (NodeId(0), "events", format!("something still goes on after {EVENTS_MAX} events"))
        }
        Endless::Outputs(node) => {
            let name = cast.node(node);
            (
                node,
                "outputs",
                format!("{name} wants more than {OUTPUTS_MAX} things of the world in one event"),
            )
        }
    };
    Violation::new(&ABOUT, world, Subject { node, peer: None, id: None, kind, what })
}
