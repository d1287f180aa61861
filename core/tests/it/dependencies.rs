//! What depends on what, as nodes send it and wait for it.

use cosim_core::real::{AgentSecret, Header, MadeAt, Owner, Transaction, wire};
use cosim_core::view::Dialect;
use cosim_core::{
    CoId, Config, ConnectionId, Crypto, Envelope, FastCrypto, FastHeader, Input, KnownState, Message, Names,
    Node, Output, PeerId, RealCrypto, Relationship, Time,
};
use serde_json::{Value, json};

const PEER: PeerId = PeerId(0);
const CONNECTION: ConnectionId = ConnectionId(1);

fn client<C: Crypto>() -> Input<C> {
    let relationship = Relationship::SyncTheirs;
    Input::Connected { peer: PEER, connection: CONNECTION, relationship, priority: 0 }
}

#[test]
fn what_a_dependency_needs_goes_before_all_that_need_it() {
    let [account, group, map] = [CoId(0), CoId(1), CoId(2)];
    let mut node = Node::new(Config::default(), FastCrypto);
    let mut input = |input| {
        node.handle(Time::ZERO, input).expect("nothing is wrong with it");
        core::iter::from_fn(|| node.poll_output()).collect::<Vec<_>>()
    };
    input(Input::Create { id: account, header: FastHeader::new(account) });
    input(Input::Create { id: group, header: FastHeader::depending_on(group, vec![account]) });
    input(Input::Create { id: map, header: FastHeader::depending_on(map, vec![account, group]) });
    input(client());
    let load = Message::Load { id: map, known: KnownState::EMPTY, safe: false };
    let outputs = input(Input::Received {
        peer: PEER,
        connection: CONNECTION,
        envelope: Envelope { n: 1, re: 0, message: load },
    });
    let sent: Vec<CoId> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Send { envelope: Envelope { message: Message::Content(content), .. }, .. } => {
                Some(content.id)
            }
            Output::Send { .. }
            | Output::Persist { .. }
            | Output::Written { .. }
            | Output::WriteFailed { .. }
            | Output::Close { .. }
            | Output::Uploaded { .. }
            | Output::Event(_)
            | Output::LoadEnded { .. } => None,
        })
        .collect();
    assert_eq!(sent, [account, group, map]);
}

/// A founder, with a group and an account of its own.
struct Founder {
    secret: AgentSecret,
    session: String,
    group: Header,
}

impl Founder {
    fn new() -> Founder {
        let secret = AgentSecret::from_seed(&[5; 32]);
        let agent = secret.id().to_string();
        let session = Owner::Agent(&agent).session(&[1; 8]);
        let group = object(json!({"type": "comap", "ruleset": {"type": "group", "initialAdmin": agent}}));
        Founder { secret, session, group }
    }

    fn sets(&self, key: &str) -> Transaction {
        Transaction::trusting(MadeAt::from_ms(1), &json!([{"op": "set", "key": key, "value": "admin"}]))
    }

    /// Content with all transactions of one session, signed.
    fn content(&self, header: &Header, session: &str, transactions: Vec<Transaction>) -> wire::Message {
        let mut crypto = RealCrypto::new();
        let (id, number) =
            (crypto.co_value(&header.id()).expect("an id"), crypto.session(session).expect("an id"));
        crypto.own(number, self.secret.signer.clone());
        let signed = crypto.sign(id, number, None, &transactions);
        let piece = wire::SessionContent {
            after: 0,
            new_transactions: transactions,
            last_signature: signed.signature,
        };
        wire::Message::Content(wire::Content {
            id: header.id(),
            header: Some(header.clone()),
            priority: None,
            new: vec![(session.to_owned(), piece)],
            expect_content_until: None,
        })
    }
}

fn object(value: Value) -> Header {
    let Value::Object(members) = value else { panic!("an object") };
    Header::new(members)
}

/// A node that has heard these from its client, and how much it then holds of each.
fn holds_after(messages: &[wire::Message]) -> Vec<Option<u32>> {
    holds_by(Dialect::V0_7, messages)
}

/// The same, by the rules of a dialect.
fn holds_by(dialect: Dialect, messages: &[wire::Message]) -> Vec<Option<u32>> {
    let mut node = Node::new(Config::default(), RealCrypto::by(dialect));
    node.handle(Time::ZERO, client()).expect("a new peer");
    for (n, message) in (1..).zip(messages) {
        let message = node.crypto_mut().read_message(message.clone()).expect("small counts");
        let input =
            Input::Received { peer: PEER, connection: CONNECTION, envelope: Envelope { n, re: 0, message } };
        node.handle(Time::ZERO, input).expect("peers are not refused");
    }
    let held = messages.iter().map(|message| {
        let id = node.crypto().names().find_co_value(message.id())?;
        let co = node.state().co_values.get(&id).filter(|co| co.header.is_some())?;
        Some(co.sessions.values().map(|log| log.len()).sum())
    });
    held.collect()
}

#[test]
fn what_a_group_owns_waits_for_it() {
    let founder = Founder::new();
    let group = founder.content(&founder.group, &founder.session, vec![]);
    let owned = json!({"type": "comap", "ruleset": {"type": "ownedByGroup", "group": founder.group.id()}});
    let map = founder.content(&object(owned), &founder.session, vec![founder.sets("a")]);
    assert_eq!(holds_after(core::slice::from_ref(&map)), [None]);
    assert_eq!(holds_after(&[map, group]), [Some(1), Some(0)]);
}

/// A group, a map of it, and a branch of that.
fn branched(founder: &Founder) -> [wire::Message; 3] {
    let group = founder.content(&founder.group, &founder.session, vec![]);
    let owned = json!({"type": "ownedByGroup", "group": founder.group.id()});
    let source = object(json!({"type": "comap", "ruleset": owned}));
    let meta = json!({"branch": "draft", "source": source.id()});
    let branch = object(json!({"type": "comap", "ruleset": owned, "meta": meta, "uniqueness": ""}));
    let written = |header| founder.content(header, &founder.session, vec![founder.sets("a")]);
    [group, written(&source), written(&branch)]
}

/// A branch shows nothing without its source. By the older rules it is none.
#[test]
fn a_branch_waits_for_its_source() {
    let [group, source, branch] = branched(&Founder::new());
    let alone = [group.clone(), branch.clone()];
    assert_eq!(holds_by(Dialect::V0_20, &alone), [Some(0), None]);
    assert_eq!(holds_by(Dialect::V0_7, &alone), [Some(0), Some(1)]);
    assert_eq!(holds_by(Dialect::V0_20, &[group, branch, source]), [Some(0), Some(1), Some(1)]);
}

/// Whoever asks for a branch is sent its group and its source before it.
#[test]
fn the_source_of_a_branch_is_sent_ahead() {
    let messages = branched(&Founder::new());
    let mut node = Node::new(Config::default(), RealCrypto::by(Dialect::V0_20));
    let relationship = Relationship::SyncAllOurs;
    let server = Input::Connected { peer: PeerId(1), connection: ConnectionId(2), relationship, priority: 0 };
    node.handle(Time::ZERO, server).expect("a new peer");
    for (n, message) in (1..).zip(&messages) {
        let message = node.crypto_mut().read_message(message.clone()).expect("small counts");
        let envelope = Envelope { n, re: 0, message };
        let input = Input::Received { peer: PeerId(1), connection: ConnectionId(2), envelope };
        node.handle(Time::ZERO, input).expect("peers are not refused");
    }
    node.handle(Time::ZERO, client()).expect("a new peer");
    while node.poll_output().is_some() {}
    let ids =
        messages.each_ref().map(|message| node.crypto().names().find_co_value(message.id()).expect("met"));
    let load = Message::Load { id: ids[2], known: KnownState::EMPTY, safe: false };
    let envelope = Envelope { n: 1, re: 0, message: load };
    let asks = Input::Received { peer: PEER, connection: CONNECTION, envelope };
    node.handle(Time::ZERO, asks).expect("peers are not refused");
    let mut sent = Vec::new();
    while let Some(output) = node.poll_output() {
        if let Output::Send { peer: PEER, envelope, .. } = output
            && let Message::Content(content) = envelope.message
        {
            sent.push(content.id);
        }
    }
    assert_eq!(sent, ids);
}

#[test]
fn an_account_s_header_tells_who_signs_for_it() {
    let founder = Founder::new();
    let account = Header::account(&founder.secret.id());
    let session = Owner::Account(&account.id()).session(&[2; 8]);
    let open = object(json!({"type": "comap", "ruleset": {"type": "unsafeAllowAll"}}));
    let map = founder.content(&open, &session, vec![founder.sets("a")]);
    let Value::Object(mut members) = account.as_json().clone() else { panic!("an object") };
    members.insert("uniqueness".into(), "another".into());
    let wrong = founder.content(&Header::new(members), &founder.session, vec![]);
    let account = founder.content(&account, &founder.session, vec![]);
    assert_eq!(holds_after(&[map.clone(), wrong]), [None, Some(0)], "it waits for its author");
    assert_eq!(holds_after(&[map, account]), [Some(1), Some(0)]);
}

#[test]
fn a_group_waits_for_its_members_but_not_for_those_whom_a_stranger_names() {
    let founder = Founder::new();
    let agent = founder.secret.id().to_string();
    let member = AgentSecret::from_seed(&[6; 32]);
    let account = Header::account(&member.id());
    let own = [agent, account.id()].iter().map(|key| founder.sets(key)).collect::<Vec<_>>();
    let group = founder.content(&founder.group, &founder.session, own);
    let account = founder.content(&account, &founder.session, vec![]);
    assert_eq!(holds_after(core::slice::from_ref(&group)), [None]);
    assert_eq!(holds_after(&[group, account]), [Some(2), Some(0)]);

    let stranger = Founder { secret: member.clone(), ..Founder::new() };
    let session = Owner::Agent(&member.id().to_string()).session(&[3; 8]);
    let named = stranger.content(&founder.group, &session, vec![founder.sets("co_zNowhere")]);
    assert_eq!(holds_after(core::slice::from_ref(&named)), [Some(1)]);
}

/// The names that a node gives numbers to are those that it may have to ask for.
#[test]
fn all_that_content_depends_on_has_a_number() {
    let founder = Founder::new();
    let content = founder.content(&founder.group, "co_zA_session_z1", vec![founder.sets("parent_co_zB")]);
    let mut crypto = RealCrypto::new();
    crypto.read_message(content).expect("small counts");
    for name in ["co_zA", "co_zB"] {
        let id = crypto.names().find_co_value(name).unwrap_or_else(|| panic!("{name} has a number"));
        assert_eq!(crypto.names().co_value(id), name);
    }
}
