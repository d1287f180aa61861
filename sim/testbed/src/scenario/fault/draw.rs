//! Drawing faults, and what their operations are called.

use super::row::{Needs, Row, Width};
use super::{FaultKind, Faults};
use crate::host::Direction;
use crate::scenario::draw::{pick, time_within};
use crate::scenario::file::Contract;
use crate::scenario::{Act, Numbered, Operation, Scenario};
use crate::stream::Stream;
use cosim_core::{Span, Time};

/// What faults are drawn for.
#[derive(Debug)]
pub(in crate::scenario) struct Ground<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) faults: &'a Faults,
    /// The nodes at which the workload creates something: they are there from the start.
    pub(super) creators: &'a [u32],
    /// Each hostile node, and one that it has a link with.
    pub(super) ways: Vec<[u32; 2]>,
}

impl<'a> Ground<'a> {
    pub(in crate::scenario) fn new(
        scenario: &'a Scenario,
        faults: &'a Faults,
        creators: &'a [u32],
    ) -> Ground<'a> {
        let hostile = |node: u32| scenario.nodes[node as usize].hostile;
        let ways = scenario.links.iter().flat_map(|link| [link.ends, [link.ends[1], link.ends[0]]]);
        let ways = ways.filter(|[node, _]| hostile(*node)).collect();
        Ground { scenario, faults, creators, ways }
    }

    /// Whether what a swarm needs is there.
    pub(in crate::scenario) fn has(&self, needs: Needs) -> bool {
        let is_company = self.faults.nodes.len() > 2;
        match needs {
            Needs::Always => true,
            Needs::Links => !self.faults.links.is_empty(),
            Needs::Lossy => self.lossy().next().is_some(),
            Needs::Keepers => !self.faults.keepers.is_empty(),
            Needs::Disks => !self.faults.disks.is_empty(),
            Needs::OwnDisks => !self.faults.own_disks.is_empty(),
            Needs::Company => is_company,
            Needs::Newcomers => is_company && !self.faults.newcomers.is_empty(),
            Needs::Liars => !self.ways.is_empty() && !self.scenario.co_values.is_empty(),
        }
    }

    /// The links on which messages may be lost.
    fn lossy(&self) -> impl Iterator<Item = u32> + '_ {
        let links = self.faults.links.iter().copied();
        links.filter(|link| self.scenario.links[*link as usize].contract == Contract::Datagram)
    }

    /// The faults of a kind of a seed, in no particular order.
    pub(in crate::scenario) fn draw(&self, seed: u64, kind: FaultKind) -> Vec<Operation> {
        self.drawn(seed, kind).drawn
    }

    /// The same, with what the stream has come to.
    pub(super) fn drawn(&self, seed: u64, kind: FaultKind) -> Draw<'_> {
        let row = kind.row();
        let times = self.faults.times(kind);
        let times = if row.loses() && self.lossy().next().is_none() { 0 } else { times };
        let times = match row.width {
            Width::EveryNode if times > 0 => self.faults.nodes.len() as u32,
            Width::One | Width::OneForTwo | Width::Pair | Width::Pairs(_) | Width::EveryNode => times,
        };
        let stream = Stream::new(seed, "faults", row.stream);
        let mut draw = Draw { stream, ground: self, row, number: 0, drawn: Vec::new() };
        for number in 1..=times {
            draw.number = number;
            (row.draw)(&mut draw);
        }
        draw
    }
}

/// The faults of a kind that are being drawn.
#[derive(Debug)]
pub(super) struct Draw<'a> {
    stream: Stream,
    ground: &'a Ground<'a>,
    row: &'static Row,
    number: u32,
    drawn: Vec<Operation>,
}

/// Half of all that is drawn happens both ways.
const DIRECTIONS: [Direction; 4] =
    [Direction::Both, Direction::Both, Direction::Forward, Direction::Backward];

impl<'a> Draw<'a> {
    pub(super) fn ground(&self) -> &'a Ground<'a> {
        self.ground
    }

    pub(super) fn faults(&self) -> &'a Faults {
        self.ground.faults
    }

    /// The number of the fault, from 1.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// An entry of a list that is not empty. Takes one word.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        pick(&mut self.stream, list)
    }

    /// The ends of a link. Takes one word.
    pub(super) fn link(&mut self) -> [u32; 2] {
        let ground = self.ground;
        let link = if self.row.loses() {
            self.pick(&ground.lossy().collect::<Vec<_>>())
        } else {
            self.pick(&ground.faults.links)
        };
        ground.scenario.links[link as usize].ends
    }

    pub(super) fn node(&mut self) -> u32 {
        let faults = self.faults();
        self.pick(&faults.nodes)
    }

    pub(super) fn direction(&mut self) -> Direction {
        self.pick(&DIRECTIONS)
    }

    /// When it begins. Takes one word.
    pub(super) fn time(&mut self) -> Time {
        let faults = self.faults();
        time_within(&mut self.stream, faults.from, faults.until - faults.from)
    }

    /// When it begins, and how long it lasts. Takes two words.
    pub(super) fn outage(&mut self) -> (Time, Span) {
        let at = self.time();
        let length = Span::from_us(self.stream.below(self.faults().longest.as_us() + 1));
        (at, length)
    }

    /// What happens, under the fault's own name.
    pub(super) fn begin(&mut self, at: Time, act: Act<Numbered>) {
        let name = name(self.row, self.number);
        self.drawn.push(Operation { name, at, act });
    }

    /// What ends it, or shows it.
    pub(super) fn end(&mut self, at: Time, act: Act<Numbered>) {
        let name = end_name(self.row, self.number);
        self.drawn.push(Operation { name, at, act });
    }

    /// A pair of several, under its own number.
    pub(super) fn pair(&mut self, pair: u32, [start, end]: [(Time, Act<Numbered>); 2]) {
        let name = pair_name(self.row, self.number, pair);
        let of_end = format!("{name}-end");
        self.drawn.push(Operation { name, at: start.0, act: start.1 });
        self.drawn.push(Operation { name: of_end, at: end.0, act: end.1 });
    }

    /// Something that happens to a node under a number that says which of all nodes' it is.
    pub(super) fn numbered(&mut self, number: u32, at: Time, act: Act<Numbered>) {
        self.drawn.push(Operation { name: name(self.row, number), at, act });
    }
}

fn name(row: &Row, number: u32) -> String {
    format!("f-{}-{number}", row.name)
}

fn end_name(row: &Row, number: u32) -> String {
    format!("f-{}-{number}-end", row.name)
}

fn pair_name(row: &Row, number: u32, pair: u32) -> String {
    format!("f-{}-{number}-{pair}", row.name)
}

impl Faults {
    /// The names of all operations that may be generated.
    pub(in crate::scenario) fn names(&self) -> impl Iterator<Item = String> + '_ {
        let of = |kind: FaultKind| {
            let row = kind.row();
            (1..=self.numbers(kind)).flat_map(move |number| names(row, number))
        };
        FaultKind::ALL.into_iter().flat_map(of)
    }

    /// The highest number in a name of a kind.
    fn numbers(&self, kind: FaultKind) -> u32 {
        match kind.row().width {
            Width::EveryNode => self.times(kind).saturating_mul(self.nodes.len() as u32),
            Width::One | Width::OneForTwo | Width::Pair | Width::Pairs(_) => self.times(kind),
        }
    }

    /// The kind of a generated operation that is called so.
    pub(in crate::scenario) fn kind_of(&self, name: &str) -> Option<FaultKind> {
        let rest = name.strip_prefix("f-")?;
        FaultKind::ALL.into_iter().find(|kind| {
            let rest = rest.strip_prefix(kind.row().name).and_then(|rest| rest.strip_prefix('-'));
            rest.is_some_and(|rest| self.has(*kind, rest))
        })
    }

    /// Whether one of [`names`] ends so, behind the name of its kind: without writing them all down.
    fn has(&self, kind: FaultKind, rest: &str) -> bool {
        let (numbers, is_end) = rest.strip_suffix("-end").map_or((rest, false), |numbers| (numbers, true));
        let mut numbers = numbers.split('-').map(number_of);
        let is_one = numbers.next().flatten().is_some_and(|number| number <= self.numbers(kind));
        is_one
            && match (kind.row().width, numbers.next(), numbers.next()) {
                (Width::Pairs(pairs), Some(pair), None) => pair.is_some_and(|pair| pair <= pairs),
                (Width::Pair, None, None) => true,
                (Width::One | Width::OneForTwo | Width::EveryNode, None, None) => !is_end,
                _ => false,
            }
    }
}

/// A number from 1, if it is written as it is in a name.
fn number_of(text: &str) -> Option<u32> {
    let is_plain = text.starts_with(|first| matches!(first, '1'..='9'));
    is_plain.then(|| text.parse().ok()).flatten()
}

impl Scenario {
    /// The kind of fault that an operation is: what a generated one is drawn as, or what one of the timeline does.
    pub(crate) fn fault_of(&self, operation: &Operation) -> Option<FaultKind> {
        let is = |kind: &FaultKind| (kind.row().is)(&operation.act);
        match self.faults.as_ref().and_then(|faults| faults.kind_of(&operation.name)) {
            Some(kind) => Some(kind).filter(is),
            None => FaultKind::ALL.into_iter().find(is),
        }
    }
}

/// The names of the operations of one fault.
fn names(row: &'static Row, number: u32) -> impl Iterator<Item = String> {
    let pairs = match row.width {
        Width::One | Width::OneForTwo | Width::EveryNode | Width::Pair => 0,
        Width::Pairs(pairs) => pairs,
    };
    let pairs = (1..=pairs).map(move |pair| pair_name(row, number, pair));
    let pairs = pairs.flat_map(|name| [format!("{name}-end"), name]);
    let own = (!matches!(row.width, Width::Pairs(_))).then(|| name(row, number));
    let end = (row.width == Width::Pair).then(|| end_name(row, number));
    own.into_iter().chain(end).chain(pairs)
}
