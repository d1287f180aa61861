//! Connections that give way to newer ones.

use cosim_core::{Config, ConnectionId, FastCrypto, Input, Node, Output, PeerId, Relationship, Time};

const PEER: PeerId = PeerId(1);

fn connect(node: &mut Node<FastCrypto>, connection: u32) -> Vec<Output<FastCrypto>> {
    let input = Input::Connected {
        peer: PEER,
        connection: ConnectionId(connection),
        relationship: Relationship::SyncTheirs,
        priority: 0,
    };
    node.handle(Time::ZERO, input).expect("only an app is refused");
    std::iter::from_fn(|| node.poll_output()).collect()
}

fn closed(outputs: &[Output<FastCrypto>]) -> Vec<(PeerId, ConnectionId)> {
    let closed = outputs.iter().filter_map(|output| match output {
        Output::Close { peer, connection } => Some((*peer, *connection)),
        Output::Send { .. }
        | Output::Persist { .. }
        | Output::Written { .. }
        | Output::WriteFailed { .. }
        | Output::Uploaded { .. }
        | Output::Event(_)
        | Output::LoadEnded { .. } => None,
    });
    closed.collect()
}

/// Whoever is at the other end of the older connection must notice, or it would believe itself served.
#[test]
fn a_newer_connection_closes_the_older() {
    let mut node = Node::new(Config::default(), FastCrypto);
    assert_eq!(closed(&connect(&mut node, 7)), []);
    assert_eq!(closed(&connect(&mut node, 7)), [], "the same connection gives way to nothing");
    assert_eq!(closed(&connect(&mut node, 8)), [(PEER, ConnectionId(7))]);
    assert_eq!(node.connection(PEER), Some(ConnectionId(8)));

    let late = Input::Disconnected { peer: PEER, connection: ConnectionId(7) };
    node.handle(Time::ZERO, late).expect("only an app is refused");
    assert_eq!(node.connection(PEER), Some(ConnectionId(8)), "the end of the older one is no news");
}

#[test]
fn a_connection_that_has_ended_is_not_closed_again() {
    let mut node = Node::new(Config::default(), FastCrypto);
    connect(&mut node, 7);
    let ended = Input::Disconnected { peer: PEER, connection: ConnectionId(7) };
    node.handle(Time::ZERO, ended).expect("only an app is refused");
    assert_eq!(closed(&connect(&mut node, 8)), []);
}
