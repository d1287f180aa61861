//! The seed's tests: the twelve that it wrote and the eleven that it only named, in its order and under its names.
//! Each compares the whole state, in the seed's own JSON shape.

mod add_and_removing_peers;
mod mark_co_value_done;
mod syncing_a_co_value;
mod unsafe_add_verified_header;
mod unsafe_add_verified_transactions;
mod updating_peer_state;

use cosim_core::crypto::Signed;
use cosim_core::json::JsonCrypto;
use cosim_core::state::{NewTransactions, Source, check_invariants};
use cosim_core::{
    CoId, Event, KnownState, NameTable, NodeState, OpaqueCrypto, PeerId, SessionId, UpdateError,
};
use serde_json::{Value, json};

/// A state under test, with the seed's names: `id1`, `session1`, `peer1` and so on.
struct Seed {
    state: NodeState<OpaqueCrypto>,
    names: NameTable,
}

impl Seed {
    /// A state without peers.
    fn empty() -> Seed {
        Seed::read(&json!({ "peers": {}, "coValues": {} }))
    }

    /// A state with the seed's `threeDifferentPeers`.
    fn with_three_different_peers() -> Seed {
        Seed::read(&json!({ "peers": three_different_peers(), "coValues": {} }))
    }

    fn read(json: &Value) -> Seed {
        let mut names = NameTable::new();
        let state = NodeState::from_json(json, &mut names).expect("the fixture is a state");
        Seed { state, names }
    }

    fn id1(&mut self) -> CoId {
        self.names.intern_co_value("id1").expect("there is room")
    }

    fn session1(&mut self) -> SessionId {
        self.names.intern_session("session1").expect("there is room")
    }

    fn peer(&mut self, name: &str) -> PeerId {
        self.names.intern_peer(name).expect("not `local`")
    }

    /// Adds the header `{}` of `id1`.
    fn add_header(&mut self, from: Source) -> Result<Event, UpdateError> {
        let id = self.id1();
        self.state.add_verified_header(id, json!({}), from)
    }

    /// Adds the transactions `first` and `first + 1` to `session1` of `id1`, as the seed's fixtures have them.
    fn add_two_transactions(&mut self, first: u32, from: Source) -> Result<Event, UpdateError> {
        let (id, session, last) = (self.id1(), self.session1(), first + 1);
        let signed = Signed {
            hash: format!("hashAfterTx{last}"),
            streaming_hash: json!({ "_streamingHashAfterTx": last }),
            signature: format!("signatureAfterTx{last}"),
        };
        let transactions = vec![json!({ "_tx": first }), json!({ "_tx": last })];
        self.state.add_verified_transactions(
            id,
            session,
            NewTransactions { after: first, transactions, signed },
            from,
        )
    }

    /// A known state with the header of `id1` and so many transactions of `session1`.
    fn known(&mut self, session1: u32) -> KnownState {
        KnownState::new(true, [(self.session1(), session1)])
    }

    /// Checks that the whole state is `expected`, that it is a valid one, and that `expected` reads as it.
    #[track_caller]
    fn assert_is(&self, expected: &Value) {
        assert_eq!(to_json(&self.state, &self.names), *expected);
        assert_eq!(check_invariants(&self.state), Ok(()));
        let mut names = self.names.clone();
        let read = NodeState::<OpaqueCrypto>::from_json(expected, &mut names).expect("it was written");
        assert_eq!(to_json(&read, &names), *expected);
    }
}

fn to_json<C: JsonCrypto>(state: &NodeState<C>, names: &NameTable) -> Value {
    serde_json::to_value(state.display_json(names)).expect("a state has a JSON form")
}

/// The seed's `threeDifferentPeers`.
fn three_different_peers() -> Value {
    json!({
        "peer1": { "name": "peer1", "relationship": "syncAllOurs", "priority": 0 },
        "peer2": { "name": "peer2", "relationship": "syncTheirs", "priority": 0 },
        "peer3": { "name": "peer3", "relationship": "syncCommon", "priority": 0 },
    })
}

/// The seed's `toldKnownStateWithJustHeader`.
fn just_header() -> Value {
    json!({ "id": "id1", "header": true, "sessions": {} })
}

/// The known state of `id1` with so many transactions of `session1`.
fn known_json(session1: u32) -> Value {
    json!({ "id": "id1", "header": true, "sessions": { "session1": session1 } })
}

/// Where a peer stands that was told of the header and has said nothing.
fn told_just_header() -> Value {
    json!({ "assumedState": "unknown", "toldKnownState": just_header() })
}

/// `session1` after the first two of the seed's transactions.
fn session_of_two() -> Value {
    json!({
        "transactions": [{ "_tx": 0 }, { "_tx": 1 }],
        "lastHash": "hashAfterTx1",
        "streamingHash": { "_streamingHashAfterTx": 1 },
        "signatureAfter": { "1": "signatureAfterTx1" },
        "lastSignature": "signatureAfterTx1",
    })
}

/// `session1` after all four of the seed's transactions, which came in two batches.
fn session_of_four() -> Value {
    json!({
        "transactions": [{ "_tx": 0 }, { "_tx": 1 }, { "_tx": 2 }, { "_tx": 3 }],
        "lastHash": "hashAfterTx3",
        "streamingHash": { "_streamingHashAfterTx": 3 },
        "signatureAfter": { "1": "signatureAfterTx1", "3": "signatureAfterTx3" },
        "lastSignature": "signatureAfterTx3",
    })
}

/// A state with the entry of `id1` alone, which has the seed's header.
fn with_id1(peers: &Value, sessions: &Value, sync: &Value) -> Value {
    let id1 = json!({ "id": "id1", "header": {}, "sessions": sessions, "done": false, "sync": sync });
    json!({ "peers": peers, "coValues": { "id1": id1 } })
}
