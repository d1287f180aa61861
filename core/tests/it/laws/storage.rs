//! Whatever becomes of a disk, what a node reads from it verifies and is a prefix of what was written; whatever a disk had
//! acknowledged before a crash is there after it, and whatever was reported as written is held.

use cosim_core::node::WRITES_MAX;
use cosim_core::record::recover;
use cosim_core::state::check_invariants;
use cosim_core::{
    CoId, Config, Durability, FastCrypto, FastHeader, FastTransaction, Input, KnownState, Node, NodeState,
    Output, Record, SessionId, Time, UpdateError,
};
use proptest::prelude::*;

const SESSION: SessionId = SessionId(7);

/// What an app and its disk do.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create(u32),
    /// An edit of a CoValue, on which it depends if it is not this one.
    Edit(u32, u32),
    /// The first write under way ends well.
    Written,
    /// The first write under way fails.
    Failed,
    /// The first write under way is said to fail, and the disk has it.
    Doubtful,
    /// Time passes, and what could not be written is tried again.
    Wait,
    /// The process ends, and starts from its disk, which has so many of the writes under way.
    Crash(usize),
}

/// How many CoValues there are. The last ones depend on nothing, and edits depend on them; each of the others depends on the
/// one before it.
const CO_VALUES: u32 = 5;

fn header(id: u32) -> FastHeader {
    let depends_on = if (1..3).contains(&id) { vec![CoId(id - 1)] } else { vec![] };
    FastHeader::depending_on(CoId(id), depends_on)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..CO_VALUES).prop_map(Step::Create),
        6 => (0..3_u32, 0..CO_VALUES).prop_map(|(id, on)| Step::Edit(id, on)),
        8 => Just(Step::Written),
        2 => Just(Step::Failed),
        1 => Just(Step::Doubtful),
        1 => Just(Step::Wait),
    ];
    proptest::collection::vec(step, 0..60)
}

/// Steps of several lives of a process.
fn lives() -> impl Strategy<Value = Vec<Step>> {
    let crash = (0..4_usize).prop_map(Step::Crash);
    proptest::collection::vec((steps(), crash), 1..4).prop_map(|lives| {
        lives.into_iter().flat_map(|(steps, crash)| steps.into_iter().chain([crash])).collect()
    })
}

/// A node, its disk, and what its app was told.
struct Machine {
    node: Node<FastCrypto>,
    now: Time,
    disk: Vec<u8>,
    /// What is being written, with what to call it.
    pending: Vec<(u64, Record<FastCrypto>)>,
    session: u32,
    edits: u64,
    /// What was reported as written: CoValue, session, count.
    reported: Vec<(CoId, SessionId, u32)>,
    /// What was given up: CoValue, session, and how many come before it.
    failed: Vec<(CoId, SessionId, u32)>,
}

impl Machine {
    fn new(durability: Durability) -> Machine {
        let config = Config { durability, ..Config::default() };
        Machine {
            node: Node::new(config, FastCrypto),
            now: Time::ZERO,
            disk: Vec::new(),
            pending: Vec::new(),
            session: SESSION.0,
            edits: 0,
            reported: Vec::new(),
            failed: Vec::new(),
        }
    }

    fn step(&mut self, step: Step) {
        let input = match step {
            Step::Create(id) => Input::Create { id: CoId(id), header: header(id) },
            Step::Edit(id, on) => {
                self.edits += 1;
                let mut transaction = FastTransaction::new(self.now, self.edits, 1);
                transaction.depends_on = (on != id).then_some(CoId(on));
                let session = SessionId(self.session);
                Input::Edit { id: CoId(id), session, transactions: vec![transaction] }
            }
            Step::Crash(kept) => return self.crash(kept),
            Step::Written | Step::Failed | Step::Doubtful if self.pending.is_empty() => return,
            Step::Written => Input::Persisted { write: self.write_first() },
            Step::Failed => Input::PersistFailed { write: self.pending.remove(0).0 },
            Step::Doubtful => Input::PersistFailed { write: self.write_first() },
            Step::Wait => {
                self.now += cosim_core::Span::from_s(20);
                Input::Deadline
            }
        };
        self.handle(input);
    }

    fn write_first(&mut self) -> u64 {
        let (write, record) = self.pending.remove(0);
        self.disk.extend(record.encode().expect("plain values have a JSON form"));
        write
    }

    fn crash(&mut self, kept: usize) {
        for _ in 0..kept.min(self.pending.len()) {
            self.write_first();
        }
        self.pending.clear();
        let config = *self.node.config();
        let (node, recovery) = Node::recover(config, FastCrypto, &self.disk);
        self.node = node;
        self.session += u32::from(config.durability.needs_new_session(&recovery));
    }

    fn handle(&mut self, input: Input<FastCrypto>) {
        // Creating twice, or writing to what is not there, is refused.
        let _ = self.node.handle(self.now, input);
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Persist { write, record } => self.pending.push((write, record)),
                Output::Written { id, session, count } => self.reported.push((id, session, count)),
                Output::WriteFailed { id, session, after, .. } => {
                    self.failed.push((id, session, after));
                    self.session += 1;
                }
                Output::Send { .. }
                | Output::Event(_)
                | Output::LoadEnded { .. }
                | Output::Close { .. }
                | Output::Uploaded { .. } => {}
            }
        }
    }
}

fn held(state: &NodeState<FastCrypto>, id: CoId) -> KnownState {
    state.co_values.get(&id).map_or(KnownState::EMPTY, |co_value| co_value.known_state())
}

fn durability() -> impl Strategy<Value = Durability> {
    prop::sample::select(vec![Durability::DurableFirst, Durability::SendFirst])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_was_reported_as_written_is_held_after_a_crash(durability in durability(), lives in lives()) {
        let mut machine = Machine::new(durability);
        for step in lives {
            machine.step(step);
            if !matches!(step, Step::Crash(_)) {
                continue;
            }
            let state = machine.node.state();
            prop_assert_eq!(check_invariants(state), Ok(()));
            for (id, session, count) in &machine.reported {
                let found = held(state, *id).count(*session);
                prop_assert!(found >= *count, "{id:?} {session:?}: {count} were reported, {found} are held");
            }
        }
    }

    #[test]
    fn what_is_held_after_a_crash_has_all_that_it_depends_on(durability in durability(), lives in lives()) {
        let mut machine = Machine::new(durability);
        for step in lives {
            machine.step(step);
            let state = machine.node.state();
            let is_here = |id: &CoId| held(state, *id).header;
            for co_value in state.co_values.values() {
                let mut logs = co_value.sessions.values().flat_map(|log| &log.transactions);
                prop_assert!(logs.all(|transaction| transaction.depends_on.iter().all(is_here)));
                prop_assert!(co_value.header.iter().flat_map(|header| &header.depends_on).all(is_here));
            }
        }
    }

    /// What is put aside is held once everything is here that it waits for.
    #[test]
    fn all_that_a_disk_has_is_held_in_the_end(lives in lives()) {
        let mut machine = Machine::new(Durability::DurableFirst);
        lives.into_iter().for_each(|step| machine.step(step));
        let (whole, _) = recover(&machine.disk, &FastCrypto);
        let kept = |node: &Node<FastCrypto>, id: CoId| {
            let mut kept = held(node.state(), id);
            kept.join(&node.put_aside_of(id));
            kept
        };
        for id in whole.co_values.keys() {
            prop_assert!(held(&whole, *id).le(&kept(&machine.node, *id)), "{id:?} is kept");
        }
        for id in [3, 4, 0, 1, 2] {
            machine.handle(Input::Create { id: CoId(id), header: header(id) });
        }
        for id in whole.co_values.keys() {
            prop_assert!(held(&whole, *id).le(&held(machine.node.state(), *id)), "{id:?} is held");
            prop_assert!(!machine.node.put_aside_of(*id).header, "{id:?} waits no more");
        }
    }

    #[test]
    fn nothing_counts_before_it_is_on_the_disk(steps in steps()) {
        let mut machine = Machine::new(Durability::DurableFirst);
        for step in steps {
            machine.step(step);
            let (state, _) = recover(&machine.disk, &FastCrypto);
            for (id, co_value) in &machine.node.state().co_values {
                for (session, count) in co_value.known_state().sessions() {
                    let found = held(&state, *id).count(session);
                    prop_assert!(found >= count, "{id:?} {session:?}: {count} count, {found} are on the disk");
                }
            }
        }
    }

    #[test]
    fn a_session_in_which_a_write_failed_is_written_no_more(steps in steps()) {
        let mut machine = Machine::new(Durability::DurableFirst);
        steps.into_iter().for_each(|step| machine.step(step));
        for (id, session, after) in machine.failed.clone() {
            let transactions = vec![FastTransaction::new(machine.now, 0, 1)];
            let again = machine.node.handle(machine.now, Input::Edit { id, session, transactions });
            prop_assert_eq!(again, Err(UpdateError::SessionBroken));
            let held = held(machine.node.state(), id).count(session);
            prop_assert!(held <= after, "{held} count, and what comes after {after} was given up");
        }
    }

    #[test]
    fn a_disk_that_is_cut_or_damaged_gives_prefixes(
        steps in steps(),
        cut in any::<prop::sample::Index>(),
        flip in proptest::option::of((any::<prop::sample::Index>(), 0..8_u8)),
    ) {
        let mut machine = Machine::new(Durability::SendFirst);
        steps.into_iter().for_each(|step| machine.step(step));
        let (whole, _) = recover(&machine.disk, &FastCrypto);
        let mut disk = machine.disk.clone();
        if !disk.is_empty() {
            disk.truncate(cut.index(disk.len() + 1));
        }
        if let Some((at, bit)) = flip.filter(|_| !disk.is_empty()) {
            let at = at.index(disk.len());
            disk[at] ^= 1 << bit;
        }
        let (state, recovery) = recover(&disk, &FastCrypto);
        prop_assert_eq!(check_invariants(&state), Ok(()));
        for (id, co_value) in &state.co_values {
            for (session, log) in co_value.sessions.iter() {
                let truth = &whole.co_values[id].sessions.get(session).expect("it was written").transactions;
                prop_assert_eq!(&log.transactions[..], &truth[..log.transactions.len()]);
            }
        }
        let is_prefix = machine.disk.starts_with(&disk);
        let at_an_end = disk.is_empty() || disk.ends_with(b"\n");
        prop_assert_eq!(recovery.damaged == 0, is_prefix && at_an_end, "{}", recovery);
        // What a node makes of it never panics either.
        let (node, _) = Node::recover(*machine.node.config(), FastCrypto, &disk);
        prop_assert_eq!(check_invariants(node.state()), Ok(()));
    }

    #[test]
    fn any_bytes_are_a_disk(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (state, _) = recover(&bytes, &FastCrypto);
        prop_assert_eq!(check_invariants(&state), Ok(()));
    }
}

#[test]
fn an_app_is_refused_while_too_many_writes_wait() {
    let mut machine = Machine::new(Durability::DurableFirst);
    machine.step(Step::Create(0));
    for _ in 0..WRITES_MAX {
        machine.step(Step::Edit(0, 0));
    }
    assert_eq!(machine.pending.len(), WRITES_MAX);
    let transactions = vec![FastTransaction::new(machine.now, 0, 1)];
    let more = Input::Edit { id: CoId(0), session: SessionId(machine.session), transactions };
    assert_eq!(machine.node.handle(machine.now, more), Err(UpdateError::StorageBusy));
}
