//! The story with which a guest that speaks CoJSON is checked: two clients and a server, a group with members who come and
//! go, CoValues of all kinds, cuts, wrong clocks and restarts.

use super::ask::of_cojson;
use super::registry::Registry;
use crate::cojson::{
    Change, CoValueSpec, Command, Crypto, Directory, Edit, Kind, MemberRole, NodeSpec, What, Writes, session,
};
use crate::host::NodeId;
use cosim_core::CoId;
use cosim_guest::check::{Act, Clock, RestartFrom, Story, of_registers};
use cosim_guest::protocol::{Hello, Operation, Relationship};
use serde_json::{Value, json};
use std::sync::Arc;

/// The story with a seed for a guest that has introduced itself so.
pub fn story(hello: &Hello, seed: u64) -> Story {
    if hello.speaks_cojson() { Teller::new(seed).tell() } else { of_registers(seed) }
}

const NODES: [&str; 3] = ["alice", "bob", "server"];
const ALICE: NodeId = NodeId(0);
const BOB: NodeId = NodeId(1);
/// The CoValues, in order: a group, and what it owns.
const CO_VALUES: [(&str, Kind, bool); 6] = [
    ("team", Kind::Group, false),
    ("notes", Kind::Map, false),
    ("secrets", Kind::Map, true),
    ("tasks", Kind::List, false),
    ("story", Kind::Text, true),
    ("chat", Kind::Stream, false),
];
const TEAM: CoId = CoId(0);

const SECOND: u64 = 1_000_000;

struct Teller {
    seed: u64,
    directory: Arc<Directory>,
    registry: Registry,
    acts: Vec<Act>,
    written: u32,
}

impl Teller {
    fn new(seed: u64) -> Teller {
        let nodes = NODES.map(|name| NodeSpec { name: format!("{name}-{seed}"), ..NodeSpec::default() });
        let co_values = CO_VALUES.map(|(name, kind, private)| CoValueSpec {
            name: format!("{name}-{seed}"),
            kind: Some(kind),
            owner: (kind != Kind::Group).then_some(TEAM),
            admin: (kind == Kind::Group).then_some(ALICE),
            private,
            ..CoValueSpec::default()
        });
        let directory = Arc::new(Directory::new(Crypto::Real, nodes.into(), co_values.into()));
        let registry = Registry::new(Arc::clone(&directory), true);
        Teller { seed, directory, registry, acts: Vec::new(), written: 0 }
    }

    fn tell(mut self) -> Story {
        for node in 0..NODES.len() {
            self.make(node);
        }
        self.connect("alice");
        self.connect("bob");
        self.found();
        self.work();
        self.part();
        self.mistake_the_time();
        self.restart();
        self.pass(200 * SECOND);
        self.query();
        Story { acts: self.acts }
    }

    fn make(&mut self, node: usize) {
        let id = NodeId(node as u32);
        self.acts.push(Act::Make {
            node: NODES[node].to_owned(),
            seed: self.seed.wrapping_mul(31).wrapping_add(node as u64),
            session: self.directory.session(session(id, 0)),
            secret_seed: self.directory.secret_seed(id),
        });
    }

    fn connect(&mut self, node: &str) {
        let (node, peer) = (node.to_owned(), "server".to_owned());
        self.acts.push(Act::Connect { node, peer, relationship: Relationship::Server, persistent: true });
    }

    fn disconnect(&mut self, node: &str) {
        self.acts.push(Act::Disconnect { node: node.to_owned(), peer: "server".to_owned() });
    }

    fn pass(&mut self, us: u64) {
        self.acts.push(Act::Pass { us });
    }

    fn query(&mut self) {
        for node in NODES {
            self.acts.push(Act::Query { node: node.to_owned(), subjects: None });
        }
    }

    /// Asks a node's app for several things in one go.
    fn app(&mut self, node: NodeId, commands: &[Command]) {
        let asked = commands.iter().filter_map(|it| of_cojson(node, it, &self.directory, &self.registry));
        self.ask(node, asked.flatten().collect());
    }

    fn ask(&mut self, node: NodeId, asked: Vec<Value>) {
        let operations: Vec<Operation> = asked
            .into_iter()
            .filter_map(|it| if let Value::Object(members) = it { Some(members) } else { None })
            .collect();
        self.acts.push(Act::App { node: NODES[node.index()].to_owned(), operations, needs: None });
    }

    fn change(&mut self, id: CoId, what: What) -> Command {
        self.written += 1;
        let private = CO_VALUES[id.0 as usize].2;
        let writes = Writes::Change(Arc::new(Change { what, private }));
        Command::Edit(Edit { id, writes, operation: self.written })
    }

    /// Something to write to each CoValue but the group.
    fn writes(&mut self) -> Vec<Command> {
        let text = |what: &str, n: u32| Value::from(format!("{what} {n}"));
        let n = self.written;
        let all = [
            (1, What::Set { key: format!("key{}", n % 3), value: text("value", n), fww: None }),
            (2, What::Set { key: "secret".to_owned(), value: text("secret", n), fww: None }),
            (3, What::Insert { index: n % 4, values: vec![text("task", n), text("and", n)] }),
            (4, What::Splice { index: n % 5, delete: n % 2, insert: format!("word{n} ") }),
            (5, What::Push { value: text("message", n) }),
        ];
        all.into_iter().map(|(id, what)| self.change(CoId(id), what)).collect()
    }

    fn found(&mut self) {
        let create = |id| Command::Create { id: CoId(id), operation: 0 };
        self.app(ALICE, &[create(0)]);
        let role = MemberRole::Writer;
        let add = self.change(TEAM, What::AddMember { member: Some(BOB), role });
        let all: Vec<Command> = [add].into_iter().chain((1..CO_VALUES.len() as u32).map(create)).collect();
        self.app(ALICE, &all);
        self.pass(SECOND);
        let loads: Vec<Command> =
            (0..CO_VALUES.len() as u32).map(|id| Command::Load { id: CoId(id) }).collect();
        self.app(BOB, &loads);
        self.pass(SECOND);
        self.query();
    }

    fn work(&mut self) {
        for node in [ALICE, BOB, ALICE] {
            let writes = self.writes();
            self.app(node, &writes);
            for write in self.writes() {
                self.app(node, &[write]);
            }
            self.pass(SECOND);
        }
        let out = self.change(TEAM, What::RemoveMember { member: Some(BOB) });
        let back = self.change(TEAM, What::AddMember { member: Some(BOB), role: MemberRole::Writer });
        let writes = self.writes();
        self.app(ALICE, &[out]);
        self.app(BOB, &writes);
        self.pass(SECOND);
        self.app(ALICE, &[back]);
        let subject = self.registry.name(CoId(1));
        self.ask(
            ALICE,
            vec![
                json!({ "op": "rotate", "subject": self.registry.name(TEAM) }),
                json!({ "op": "wait_for_sync", "subject": subject, "timeout": 5_000 }),
                json!({ "op": "hold", "subject": subject, "as": "kept" }),
                json!({ "op": "set", "subject": subject, "key": "kept", "value": 1, "private": false, "through": "kept" }),
                json!({ "op": "no_such_operation", "subject": subject }),
            ],
        );
        self.pass(10 * SECOND);
        self.query();
    }

    fn part(&mut self) {
        for node in ["alice", "bob"] {
            let writes = self.writes();
            self.app(ALICE, &writes);
            self.disconnect(node);
            let (hers, his) = (self.writes(), self.writes());
            self.app(ALICE, &hers);
            self.app(BOB, &his);
            self.pass(SECOND);
            self.connect(node);
            self.pass(SECOND);
        }
        self.query();
    }

    fn mistake_the_time(&mut self) {
        const DAY_MS: i64 = 86_400_000;
        let clocks = [
            Clock { ahead_ms: -DAY_MS, ..Clock::default() },
            Clock { ahead_ms: 400 * DAY_MS, work: Some(700), ..Clock::default() },
            Clock { stands_still: true, work: Some(30_000), ..Clock::default() },
            Clock::default(),
        ];
        for clock in clocks {
            self.acts.push(Act::Clock { node: "bob".to_owned(), clock });
            let (hers, his) = (self.writes(), self.writes());
            self.app(BOB, &his);
            self.app(ALICE, &hers);
            self.pass(SECOND);
        }
        self.query();
    }

    fn restart(&mut self) {
        self.acts.push(Act::Restart {
            node: "bob".to_owned(),
            from: RestartFrom::Nothing,
            graceful: false,
            commits: None,
            session: Some(self.directory.session(session(BOB, 1))),
            seed: self.seed,
        });
        self.acts.push(Act::Query { node: "bob".to_owned(), subjects: None });
        self.connect("bob");
        self.app(BOB, &[Command::Load { id: CoId(1) }, Command::Load { id: CoId(3) }]);
        self.pass(SECOND);
        let writes = self.writes();
        self.app(BOB, &writes);
        self.pass(SECOND);
    }
}
