//! Nodes that speak CoJSON's own bytes to each other, every message as JSON text.

use cosim_core::interop::RealCrypto;
use cosim_core::real::wire;
use cosim_core::real::{AgentSecret, Header, MadeAt, Owner, Priority, Signature, Transaction};
use cosim_core::{
    CoId, Config, ConnectionId, Envelope, Input, Known, KnownState, Message, Node, Output, PeerId,
    Relationship, SessionId, Time,
};
use serde_json::{Value, json};
use std::collections::VecDeque;

const CLIENT: usize = 0;
const SERVER: usize = 1;
const PEER: PeerId = PeerId(0);
const CONNECTION: ConnectionId = ConnectionId(1);

/// What lies between two nodes: what is sent, as text, and whoever changes it on the way.
struct Wire {
    nodes: [Node<RealCrypto>; 2],
    /// To whom, its place in the conversation, and its text.
    under_way: VecDeque<(usize, u32, u32, String)>,
    /// Every text that was sent.
    sent: Vec<String>,
}

impl Wire {
    fn new() -> Wire {
        let node = || Node::new(Config::default(), RealCrypto::new());
        Wire { nodes: [node(), node()], under_way: VecDeque::new(), sent: Vec::new() }
    }

    fn input(&mut self, at: usize, input: Input<RealCrypto>) {
        self.nodes[at].handle(Time::ZERO, input).expect("nothing is wrong with it");
        while let Some(output) = self.nodes[at].poll_output() {
            let Output::Send { envelope, .. } = output else { continue };
            let header = self.nodes[at].state().co_values.get(&envelope.message.id());
            let header = header.and_then(|co_value| co_value.header.as_ref());
            let priority = header.map_or(Priority::Medium, Header::priority);
            let message = self.nodes[at].crypto().write_message(&envelope.message, priority);
            let text = serde_json::to_string(&message).expect("JSON");
            self.sent.push(text.clone());
            self.under_way.push_back((1 - at, envelope.n, envelope.re, text));
        }
    }

    fn connect(&mut self) {
        let pairs = [(CLIENT, Relationship::SyncAllOurs), (SERVER, Relationship::SyncTheirs)];
        for (at, relationship) in pairs {
            let input = Input::Connected { peer: PEER, connection: CONNECTION, relationship, priority: 0 };
            self.input(at, input);
        }
    }

    fn deliver_all(&mut self, change: impl Fn(wire::Message) -> wire::Message) {
        while let Some((to, n, re, text)) = self.under_way.pop_front() {
            let message = change(wire::Message::from_json_str(&text).expect("a message"));
            let message: Message<RealCrypto> =
                self.nodes[to].crypto_mut().read_message(message).expect("small counts");
            let envelope = Envelope { n, re, message };
            self.input(to, Input::Received { peer: PEER, connection: CONNECTION, envelope });
        }
    }

    /// How much of a session a node holds, by their names.
    fn count(&self, at: usize, co_value: &str, session: &str) -> u32 {
        let node = &self.nodes[at];
        let names = node.crypto().names();
        let (Some(id), Some(session)) = (names.find_co_value(co_value), names.find_session(session)) else {
            return 0;
        };
        node.state().co_values.get(&id).map_or(0, |co_value| co_value.count(session))
    }
}

fn header() -> Header {
    let Value::Object(members) = json!({
        "type": "comap",
        "ruleset": { "type": "unsafeAllowAll" },
        "meta": null,
        "createdAt": null,
        "uniqueness": null,
    }) else {
        panic!("an object")
    };
    Header::new(members)
}

fn set(key: &str, ms: u64) -> Transaction {
    Transaction::trusting(MadeAt::from_ms(ms), &json!([{ "op": "set", "key": key, "value": 1 }]))
}

/// A client with a CoValue of its own, and one transaction in it.
fn client_with_a_map(wire: &mut Wire) -> (CoId, SessionId, String) {
    let secret = AgentSecret::from_seed(&[3; 32]);
    let name = Owner::Agent(&secret.id().to_string()).session(&[9; 8]);
    let crypto = wire.nodes[CLIENT].crypto_mut();
    let (id, session) =
        (crypto.co_value(&header().id()).expect("an id"), crypto.session(&name).expect("an id"));
    crypto.own(session, secret.signer);
    wire.input(CLIENT, Input::Create { id, header: header() });
    wire.input(CLIENT, Input::Edit { id, session, transactions: vec![set("a", 1)] });
    (id, session, name)
}

#[test]
fn a_client_s_map_reaches_the_server() {
    let mut wire = Wire::new();
    let (id, session, name) = client_with_a_map(&mut wire);
    wire.connect();
    wire.deliver_all(|message| message);
    assert_eq!(wire.count(SERVER, &header().id(), &name), 1);
    wire.input(CLIENT, Input::Edit { id, session, transactions: vec![set("b", 2), set("c", 3)] });
    wire.deliver_all(|message| message);
    assert_eq!(wire.count(SERVER, &header().id(), &name), 3);

    let expected =
        format!(r#"{{"action":"load","id":"{}","header":true,"sessions":{{"{name}":1}}}}"#, header().id());
    assert_eq!(wire.sent[0], expected);
    let last: Value = serde_json::from_str(wire.sent.last().expect("something")).expect("JSON");
    assert_eq!((&last["action"], &last["sessions"][&name]), (&json!("known"), &json!(3)));
}

#[test]
fn what_is_changed_on_the_way_is_refused() {
    let forge = |message| match message {
        wire::Message::Content(mut content) => {
            for (_, piece) in &mut content.new {
                piece.new_transactions[0].made_at = MadeAt::from_ms(77);
            }
            wire::Message::Content(content)
        }
        other @ (wire::Message::Load(_) | wire::Message::Known(_) | wire::Message::Done { .. }) => other,
    };
    let cut = |message| match message {
        wire::Message::Content(mut content) => {
            for (_, piece) in &mut content.new {
                piece.last_signature = Signature::new(&piece.last_signature.as_str()[..20]);
            }
            wire::Message::Content(content)
        }
        other @ (wire::Message::Load(_) | wire::Message::Known(_) | wire::Message::Done { .. }) => other,
    };
    let rename = |message| match message {
        wire::Message::Content(mut content) => {
            for (session, _) in &mut content.new {
                *session = session.replace("sealer_", "nobody_");
            }
            wire::Message::Content(content)
        }
        other @ (wire::Message::Load(_) | wire::Message::Known(_) | wire::Message::Done { .. }) => other,
    };
    let changes: [&dyn Fn(wire::Message) -> wire::Message; 3] = [&forge, &cut, &rename];
    for change in changes {
        let mut wire = Wire::new();
        let (.., name) = client_with_a_map(&mut wire);
        wire.connect();
        wire.deliver_all(change);
        let other = name.replace("sealer_", "nobody_");
        assert_eq!(wire.count(SERVER, &header().id(), &name), 0);
        assert_eq!(wire.count(SERVER, &header().id(), &other), 0);
        let corrections = wire.sent.iter().filter(|text| text.contains(r#""isCorrection":true"#));
        assert!(corrections.count() > 0);
    }
}

#[test]
fn a_header_of_another_id_is_refused() {
    let mut wire = Wire::new();
    let (.., name) = client_with_a_map(&mut wire);
    wire.connect();
    wire.deliver_all(|message| match message {
        wire::Message::Content(mut content) => {
            let Value::Object(members) = json!({ "type": "colist" }) else { panic!("an object") };
            content.header = Some(Header::new(members));
            wire::Message::Content(content)
        }
        other @ (wire::Message::Load(_) | wire::Message::Known(_) | wire::Message::Done { .. }) => other,
    });
    let id = wire.nodes[SERVER].crypto().names().find_co_value(&header().id()).expect("heard of");
    let held = wire.nodes[SERVER].state().co_values.get(&id);
    assert!(held.is_some_and(|co_value| co_value.header.is_none()));
    assert_eq!(wire.count(SERVER, &header().id(), &name), 0);
}

/// The published package knows nothing of rule 15.
#[test]
fn what_is_said_of_disks_is_left_out_of_the_package_s_messages() {
    let mut crypto = RealCrypto::new();
    let id = crypto.co_value("co_zA").expect("an id");
    let known = KnownState::new(true, []);
    let load = |safe| Message::Load { id, known: known.clone(), safe };
    let answer = |safe| Message::Known(Known { id, known: known.clone(), is_correction: false, safe });
    let written = |message| crypto.write_message(&message, Priority::Medium);
    assert_eq!(written(load(true)), written(load(false)));
    assert_eq!(written(answer(Some(known.clone()))), written(answer(None)));
}
