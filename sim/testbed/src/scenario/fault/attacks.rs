//! Attacks: who of the hostile nodes lies to which of its peers, how, about what and how much.

use super::draw::Draw;
use crate::scenario::file::Attack;
use crate::scenario::{Act, AttackKind};

/// How many loads a generated flood has at most, and how often any other attack lies.
const FLOOD_MAX: u64 = 64;
const LIES_MAX: u64 = 3;

pub(super) fn attack(draw: &mut Draw<'_>) {
    let ground = draw.ground();
    let at = draw.time();
    let way = draw.stream().index(ground.ways.len());
    let how = draw.pick(&AttackKind::ALL);
    let id = draw.stream().index(ground.scenario.co_values.len()) as u32;
    let much = [draw.stream().below(FLOOD_MAX), draw.stream().below(LIES_MAX)];
    let count = 1 + if how == AttackKind::Flood { much[0] } else { much[1] } as u32;
    let Some(&[node, on]) = ground.ways.get(way) else { return };
    let attack = Attack { node, on, how, id: Some(id), count: Some(count) };
    draw.begin(at, Act::Attack(attack));
}
