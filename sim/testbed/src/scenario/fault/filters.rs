//! Messages that are kept back, or lost, for a while: of one kind or all, about one CoValue or all.

use super::draw::Draw;
use crate::scenario::file::{DropMessages, Hold, KINDS, Where};
use crate::scenario::{Act, Numbered};
use cosim_core::Time;

pub(super) fn hold(draw: &mut Draw<'_>) {
    let Drawn { at, over, way, kinds, ids } = filter(draw);
    let Where { between, from, to } = way;
    draw.begin(at, Act::Hold(Hold { between, from, to, kinds, ids }));
    draw.end(over, Act::Release(way));
}

pub(super) fn lose(draw: &mut Draw<'_>) {
    let Drawn { at, over, way, kinds, ids } = filter(draw);
    let Where { between, from, to } = way;
    draw.begin(at, Act::Drop(DropMessages { between, from, to, kinds, ids, count: None }));
    draw.end(over, Act::Heal(way));
}

/// From when to when, where, and which messages.
struct Drawn {
    at: Time,
    over: Time,
    way: Where<Numbered>,
    kinds: Option<Vec<String>>,
    ids: Option<Vec<u32>>,
}

fn filter(draw: &mut Draw<'_>) -> Drawn {
    let (link, (at, length), direction) = (draw.link(), draw.outage(), draw.direction());
    let co_values = draw.ground().scenario.co_values.len();
    // One more than there are: all of them.
    let kind = KINDS.get(draw.stream().index(KINDS.len() + 1));
    let about = draw.stream().index(2 * co_values.max(1));
    let id = u32::try_from(about).ok().filter(|_| about < co_values);
    Drawn {
        at,
        over: at + length,
        way: Where::of(link, direction),
        kinds: kind.map(|kind| vec![(*kind).to_owned()]),
        ids: id.map(|id| vec![id]),
    }
}
