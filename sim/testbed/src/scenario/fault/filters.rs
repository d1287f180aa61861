//! Messages that are kept back, or lost, for a while: of one kind or all, about one CoValue or all.

use super::draw::Draw;
use super::row::{Family, HappensTo, Needs, Row, Swarm, Touch, Width, Words};
use crate::host::{Direction, FilterAct};
use crate::scenario::file::KINDS;
use crate::scenario::{Action, Scenario};
use cosim_core::Time;

pub(super) const HOLDS: Row = Row {
    field: "holds",
    name: "hold",
    called: ["hold", "holds"],
    happens_to: HappensTo::Links,
    stream: "hold",
    drawn: "link, time, length, direction, kind, CoValue",
    words: Words::Each(6),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
    touch: Touch::Held,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.holds.map(u64::from),
    draw: hold,
    is: |scenario, action| holds(scenario, action) == Some(true),
};

pub(super) const DROPS: Row = Row {
    field: "drops",
    name: "drop",
    called: ["drop", "drops"],
    happens_to: HappensTo::Links,
    stream: "drop",
    drawn: "link, time, length, direction, kind, CoValue",
    words: Words::Each(6),
    swarm: Swarm { usual: 2, extreme: 6, needs: Needs::Links },
    touch: Touch::Dropped,
    family: Family::Links,
    width: Width::Pair,
    times: |faults| faults.drops.map(u64::from),
    draw: lose,
    is: |scenario, action| holds(scenario, action) == Some(false),
};

/// Whether a filter keeps messages back; `None` where it is none.
fn holds(scenario: &Scenario, action: &Action) -> Option<bool> {
    if let Action::Filter { filter, .. } = action {
        Some(scenario.filters[*filter as usize].act == FilterAct::Hold)
    } else if let Action::FilterDrawn { hold, .. } = action {
        Some(*hold)
    } else {
        None
    }
}

fn hold(draw: &mut Draw<'_>) {
    let Drawn { link, at, over, direction, kind, co_value } = filter(draw);
    draw.begin(at, Action::FilterDrawn { link, direction, kind, co_value, hold: true });
    draw.end(over, Action::Release { link, direction });
}

fn lose(draw: &mut Draw<'_>) {
    let Drawn { link, at, over, direction, kind, co_value } = filter(draw);
    draw.begin(at, Action::FilterDrawn { link, direction, kind, co_value, hold: false });
    draw.end(over, Action::Heal { link, direction });
}

/// The link, from when to when, and which messages.
struct Drawn {
    link: u32,
    at: Time,
    over: Time,
    direction: Direction,
    kind: Option<u8>,
    co_value: Option<u32>,
}

fn filter(draw: &mut Draw<'_>) -> Drawn {
    let (link, (at, length), direction) = (draw.link(), draw.outage(), draw.direction());
    let co_values = draw.ground().scenario.co_values.len();
    // One more than there are: all of them.
    let kind = u8::try_from(draw.stream().index(KINDS.len() + 1)).ok();
    let kind = kind.filter(|kind| usize::from(*kind) < KINDS.len());
    let about = draw.stream().index(2 * co_values.max(1));
    let co_value = u32::try_from(about).ok().filter(|_| about < co_values);
    Drawn { link, at, over: at + length, direction, kind, co_value }
}
