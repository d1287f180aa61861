//! A node with a fault that no mutation of the core has: it tampers with what it is told, says or shows.

use super::seen::Seen;
use cosim_core::node::{Buffers, LOADS_MAX};
use cosim_core::view::LiveView;
use cosim_core::{
    CoId, Config, ConnectionId, Durability, Envelope, Known, KnownState, Message, NodeState, Record,
    SessionId, Time, TimerKind, VecMap,
};
use cosim_testbed::clock::WallTime;
use cosim_testbed::cojson::{
    CoJson, CoNode, Command, Directory, DiskWrite, End, Notice, Packet, Refusal, SimCrypto, Transaction,
};
use cosim_testbed::host::{Carried, Input, NodeId, Output, Recorded, SimMessage, SimNode, Storage};
use std::sync::Arc;

/// What is wrong with a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// It says that it has written, and has not.
    WritesNothing,
    /// It shows nothing of a CoValue after a message about it that is no content.
    LosesOnKnown,
    /// It shows nothing of its first CoValue once a deadline has passed.
    LosesOnDeadline,
    /// It loses everything in a restart that keeps its storage, and starts a new session.
    LosesOnRestart,
    /// It has lost its storage, and goes on writing in the same session.
    ReusesSession,
    /// It sends other transactions the second time.
    SendsAnother,
    /// It takes in other transactions than were sent.
    TakesAnother,
    /// It counts what it sends as received.
    ConfirmsOnSend,
    /// It never tells its app how a load has ended.
    SwallowsVerdicts,
    /// It tells its app the opposite of how a load has ended.
    TurnsVerdicts,
    /// It reports transactions as written when it hands them to its disk.
    ReportsEarly,
    /// It starts from nothing, whatever is on its disk.
    RecoversNothing,
    /// It leaves a connection open that has given way to another.
    ClosesNothing,
    /// It keeps more unanswered loads than it may.
    Hoards,
    /// It never says that it is done.
    SwallowsDone,
    /// It sends no content of its last CoValue.
    SwallowsTheLast,
    /// It sends the header of its last CoValue where it should send what is new of another.
    SendsTheLast,
    /// It says once more what it holds when it has answered by content.
    AnswersTwice,
    /// It goes on sending while a line is full.
    IgnoresFullLines,
    /// It hands each transaction over to its disk as the first of its session.
    WritesTheFirstAgain,
    /// Its app goes on seeing what it saw first.
    SeesTheFirst,
    /// Its app sees what came last as the last, whenever it was made.
    SeesByArrival,
    /// Its app sees what came first as the last, whenever it was made.
    SeesTheOldest,
    /// Its app sees what anybody wrote.
    SeesAnybody,
    /// It says without end what it has to say.
    NeverDone,
}

/// A node with a fault, or none.
#[derive(Clone, Debug)]
pub(super) struct Faulty {
    node: CoNode,
    fault: Fault,
    id: NodeId,
    config: Config,
    /// What it shows as its state.
    shown: NodeState<SimCrypto>,
    /// CoValues of which it shows nothing.
    hidden: Vec<CoId>,
    directory: Arc<Directory>,
    /// Contents sent so far.
    contents: u32,
    seen: Seen,
    /// What it reports before its time.
    early: Option<Notice>,
    /// What it says once more.
    again: Option<(ConnectionId, Packet)>,
}

impl Faulty {
    pub(super) fn new(node: CoNode, fault: Option<Fault>, id: NodeId, config: Config) -> Faulty {
        let shown = node.state().clone();
        Faulty {
            node,
            fault: fault.unwrap_or(Fault::None),
            id,
            config,
            shown,
            hidden: Vec::new(),
            directory: Arc::default(),
            contents: 0,
            seen: Seen::default(),
            early: None,
            again: None,
        }
    }

    fn restart(&mut self, now: Time, storage: Storage) -> Result<(), Refusal> {
        match (self.fault, storage) {
            (Fault::LosesOnRestart, Storage::Kept) => self.node.handle(now, Input::Restart(Storage::Lost)),
            (Fault::ReusesSession, Storage::Lost) => {
                self.node = CoNode::new(self.id, self.config);
                self.node.meet(&self.directory);
                Ok(())
            }
            _ => self.node.handle(now, Input::Restart(storage)),
        }
    }

    fn command(&mut self, now: Time, wall: WallTime, command: &Command) -> Result<(), Refusal> {
        if self.fault == Fault::WritesNothing && matches!(command, Command::Edit(_)) {
            return Ok(());
        }
        self.node.handle(now, Input::Command { command, wall })
    }

    /// Puts the header of its last CoValue in the place of what is new of another.
    fn send_the_last(&self, message: &mut Message<SimCrypto>) {
        if let Message::Content(content) = message
            && content.header.is_none()
            && let Some((last, co)) = self.node.state().co_values.last_key_value()
        {
            content.id = *last;
            content.header = co.header.clone();
            content.new = VecMap::new();
        }
    }

    fn is_last(&self, id: CoId) -> bool {
        self.node.state().co_values.last_key_value().is_some_and(|(last, _)| *last == id)
    }

    /// What it makes of a message before it takes it in.
    fn hear(&mut self, envelope: &mut Envelope<SimCrypto>) {
        match (self.fault, &mut envelope.message) {
            (Fault::TakesAnother, message) => change_transactions(message),
            (Fault::LosesOnKnown, Message::Known(known)) => self.hidden.push(known.id),
            _ => {}
        }
    }

    fn show(&mut self) {
        self.shown = self.node.state().clone();
        for id in &self.hidden {
            self.shown.co_values.remove(id);
        }
        self.seen.follow(self.fault, &self.node, &self.directory);
        if self.fault == Fault::ConfirmsOnSend {
            for co_value in self.shown.co_values.values_mut() {
                let known = co_value.known_state();
                for (_, sync) in
                    co_value.sync.iter_mut().filter(|(_, sync)| sync.assumed.known() == Some(&known))
                {
                    sync.confirmed = Some(known.clone());
                }
            }
        }
    }
}

fn change_transactions(message: &mut Message<SimCrypto>) {
    let Message::Content(content) = message else { return };
    for (_, piece) in content.new.iter_mut() {
        for transaction in &mut piece.new_transactions {
            transaction.payload ^= 1;
        }
    }
}

impl SimNode for Faulty {
    type Message = Packet;
    type Command = Command;
    type Refusal = Refusal;
    type Notice = Notice;
    type End = End;
    type Record = DiskWrite;

    fn handle(&mut self, now: Time, input: Input<'_, Self>) -> Result<(), Refusal> {
        let result = match input {
            Input::Command { command, wall } => self.command(now, wall, command),
            Input::Restart(storage) => self.restart(now, storage),
            Input::Deadline => {
                if self.fault == Fault::LosesOnDeadline {
                    self.hidden.extend(self.node.state().co_values.keys().next());
                }
                self.node.handle(now, Input::Deadline)
            }
            Input::Received { peer, connection, mut message } => {
                if let Packet::Ours(envelope) = &mut message {
                    self.hear(envelope);
                }
                self.node.handle(now, Input::Received { peer, connection, message })
            }
            Input::Blocked { .. } if self.fault == Fault::IgnoresFullLines => Ok(()),
            Input::Blocked { peer, connection } => self.node.handle(now, Input::Blocked { peer, connection }),
            Input::Writable { peer, connection } => {
                self.node.handle(now, Input::Writable { peer, connection })
            }
            Input::Left { peer, connection } => self.node.handle(now, Input::Left { peer, connection }),
            Input::Connected { peer, connection, end } => {
                self.node.handle(now, Input::Connected { peer, connection, end })
            }
            Input::Disconnected { peer, connection } => {
                self.node.handle(now, Input::Disconnected { peer, connection })
            }
            Input::Recover { disk, origin } => {
                let disk = if self.fault == Fault::RecoversNothing { &[] } else { disk };
                self.node.handle(now, Input::Recover { disk, origin })
            }
            Input::Written { ticket } => self.node.handle(now, Input::Written { ticket }),
            Input::WriteFailed { ticket } => self.node.handle(now, Input::WriteFailed { ticket }),
        };
        self.show();
        result
    }

    fn queued(&mut self, peer: NodeId, connection: ConnectionId, message: &Packet) {
        self.node.queued(peer, connection, message);
    }

    fn poll_output(&mut self) -> Option<Output<Self>> {
        if let Some(notice) = self.early.take() {
            return Some(Output::Notice(notice));
        }
        if self.fault == Fault::NeverDone
            && let Some((connection, message)) = self.again.clone()
        {
            return Some(Output::Send { connection, message });
        }
        if let Some((connection, message)) = self.again.take() {
            return Some(Output::Send { connection, message });
        }
        loop {
            match (self.node.poll_output()?, self.fault) {
                (Output::Notice(Notice::LoadEnded { .. }), Fault::SwallowsVerdicts) => {}
                (Output::Notice(Notice::LoadEnded { id, available }), Fault::TurnsVerdicts) => {
                    return Some(Output::Notice(Notice::LoadEnded { id, available: !available }));
                }
                (Output::Close { .. }, Fault::ClosesNothing) => {}
                (Output::Close { connection }, _) => return Some(Output::Close { connection }),
                (Output::Write { ticket, mut record, bytes }, fault) => {
                    if let (Fault::WritesTheFirstAgain, DiskWrite::Record(Record::Log { after, .. })) =
                        (fault, &mut record)
                    {
                        *after = 0;
                    }
                    if let (
                        Fault::ReportsEarly,
                        DiskWrite::Record(Record::Log { id, session, after, transactions, .. }),
                    ) = (fault, &record)
                    {
                        let count = after + transactions.len() as u32;
                        self.early = Some(Notice::Written { id: *id, session: *session, count });
                    }
                    return Some(Output::Write { ticket, record, bytes });
                }
                (Output::Notice(notice), _) => return Some(Output::Notice(notice)),
                (Output::Send { message, .. }, Fault::SwallowsDone) if message.kind() == "done" => {}
                (Output::Send { message, .. }, Fault::SwallowsTheLast)
                    if message.kind() == "content" && self.is_last(CoId(message.subject())) => {}
                (Output::Send { connection, message }, fault) => {
                    let Packet::Ours(mut message) = message else { panic!("it is one of ours") };
                    self.contents += u32::from(matches!(message.message, Message::Content(_)));
                    if fault == Fault::NeverDone {
                        self.again = Some((connection, Packet::Ours(message.clone())));
                    }
                    if let (Fault::AnswersTwice, Message::Content(content)) = (fault, &message.message) {
                        let known = Known {
                            id: content.id,
                            known: content.known(),
                            is_correction: false,
                            safe: None,
                        };
                        let answer =
                            Envelope { n: message.n + 1, re: message.re, message: Message::Known(known) };
                        self.again = Some((connection, Packet::Ours(answer)));
                    }
                    if fault == Fault::SendsTheLast {
                        self.send_the_last(&mut message.message);
                    }
                    if fault == Fault::SendsAnother && self.contents > 1 {
                        change_transactions(&mut message.message);
                    }
                    return Some(Output::Send { connection, message: Packet::Ours(message) });
                }
            }
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        self.node.next_deadline()
    }

    fn digest(&self) -> u64 {
        self.node.digest()
    }

    fn carries(&self, message: &Packet) -> Carried {
        self.node.carries(message)
    }

    fn recorded(record: &DiskWrite) -> Recorded {
        CoNode::recorded(record)
    }
}

impl CoJson for Faulty {
    fn state(&self) -> &NodeState<SimCrypto> {
        &self.shown
    }

    fn into_state(self) -> NodeState<SimCrypto> {
        self.shown
    }

    fn connection(&self, peer: NodeId) -> Option<ConnectionId> {
        self.node.connection(peer)
    }

    fn deadlines(&self) -> Vec<(Time, CoId, NodeId, TimerKind)> {
        self.node.deadlines()
    }

    fn session(&self) -> SessionId {
        self.node.session()
    }

    fn next_index(&self, id: CoId) -> u32 {
        self.node.next_index(id)
    }

    fn meet(&mut self, directory: &Arc<Directory>) {
        self.directory = Arc::clone(directory);
        self.node.meet(directory);
    }

    fn draft(&self, command: &Command, wall: WallTime) -> Result<Vec<Transaction>, Refusal> {
        self.node.draft(command, wall)
    }

    fn view(&self, id: CoId) -> Option<&LiveView> {
        self.seen.views.get(&id).or_else(|| self.node.view(id))
    }

    fn durability(&self) -> Durability {
        self.node.durability()
    }

    fn durable(&self, id: CoId) -> KnownState {
        self.node.durable(id)
    }

    fn put_aside(&self, id: CoId) -> KnownState {
        self.node.put_aside(id)
    }

    fn buffers(&self, peer: NodeId, id: CoId) -> Buffers {
        let more = if self.fault == Fault::Hoards { LOADS_MAX } else { 0 };
        let buffers = self.node.buffers(peer, id);
        Buffers { loads: buffers.loads + more, ..buffers }
    }
}
