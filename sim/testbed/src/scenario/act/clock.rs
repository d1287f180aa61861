//! What happens to wall clocks.

use super::refs::{Named, Refs, Rename, fields};
use super::simpler::simpler;
use super::{Resolving, To};
use crate::clock;
use crate::network::Ppm;
use crate::scenario::file::{Drift, Percent, Shift};
use crate::scenario::problems::Problem;

fields! {
    /// A change to the wall clock of a node: exactly one of `jump`, `stop`, `go` and `drift`.
    #[derive(Default)]
    ClockChange(it, by) {
        /// The node.
        node: R::Node = by.to_node(To::Prepared, ("node", None), &it.node)?;
        /// How far the clock is set forwards or back.
        #[serde(skip_serializing_if = "Option::is_none")]
        jump: Option<Shift> = it.jump;
        /// If true, the clock stops.
        #[serde(skip_serializing_if = "Option::is_none")]
        stop: Option<bool> = it.stop;
        /// If true, the clock runs again from where it stopped.
        #[serde(skip_serializing_if = "Option::is_none")]
        go: Option<bool> = it.go;
        /// How much too fast (or, if negative, too slow) the clock runs from now on.
        #[serde(skip_serializing_if = "Option::is_none")]
        drift: Option<Drift> = it.drift;
    }
}

impl<R: Refs> ClockChange<R> {
    /// The one thing that happens, if it is one.
    pub fn change(&self) -> Option<clock::ClockChange> {
        match (self.jump, self.stop, self.go, self.drift) {
            (Some(Shift(shift)), None, None, None) => Some(clock::ClockChange::Jump(shift)),
            (None, Some(true), None, None) => Some(clock::ClockChange::Stop),
            (None, None, Some(true), None) => Some(clock::ClockChange::Go),
            (None, None, None, Some(Drift(drift))) => Some(clock::ClockChange::Drift(drift)),
            _ => None,
        }
    }

    /// One thing that happens.
    pub(in crate::scenario) fn of(node: R::Node, change: clock::ClockChange) -> ClockChange<R> {
        let clock = ClockChange { node, ..ClockChange::default() };
        match change {
            clock::ClockChange::Jump(shift) => ClockChange { jump: Some(Shift(shift)), ..clock },
            clock::ClockChange::Stop => ClockChange { stop: Some(true), ..clock },
            clock::ClockChange::Go => ClockChange { go: Some(true), ..clock },
            clock::ClockChange::Drift(drift) => ClockChange { drift: Some(Drift(drift)), ..clock },
        }
    }
}

impl ClockChange {
    pub(super) fn check(&self, by: &mut Resolving<'_, '_>) -> Option<()> {
        let node = by.node(&self.node, "node");
        if self.change().is_none() {
            let problem =
                Problem::new(by.at.value(), "`clock` needs one of `jump`, `stop`, `go` and `drift`");
            by.report.add(problem.expected("exactly one change").help(
                "`\"jump\": \"-2h\"` sets it, `\"stop\": true` lets it stand still, `\"go\": true` go on, `\"drift\": \"1%\"` too fast",
            ));
            return None;
        }
        node.map(drop)
    }

    pub(super) fn words(&self) -> String {
        let does = match self.change() {
            Some(clock::ClockChange::Jump(shift)) => format!("jumps by {shift}"),
            Some(clock::ClockChange::Stop) => "stops".to_owned(),
            Some(clock::ClockChange::Go) => "goes on".to_owned(),
            Some(clock::ClockChange::Drift(drift)) => match drift.ppm() {
                0 => "goes at its pace again".to_owned(),
                ppm => {
                    let much = Ppm::new(ppm.unsigned_abs()).unwrap_or_default();
                    format!("goes {} too {}", Percent(much), if ppm > 0 { "fast" } else { "slow" })
                }
            },
            None => "stays as it is".to_owned(),
        };
        format!("{}'s clock {does}", self.node)
    }

    /// Jumps less far.
    pub(super) fn simpler(&self) -> impl Iterator<Item = ClockChange> {
        let jumps = self.jump.into_iter().flat_map(|Shift(shift)| {
            simpler(shift.span()).into_iter().map(move |span| {
                let us = i64::try_from(span.as_us()).unwrap_or(i64::MAX);
                Shift(clock::Shift::from_us(if shift.as_us() < 0 { -us } else { us }))
            })
        });
        jumps.map(|jump| ClockChange { jump: Some(jump), ..self.clone() })
    }
}
