//! yrs. It brings encodings and leaves the protocol to its user; this is the usual one: whoever connects tells its state
//! vector, is sent what it lacks, and after that every update as it is made.

use crate::host::{Document, Error, Message};
use crate::update_protocol::{Peers, VECTOR};
use cosim_base::mix;
use cosim_world::ConnectionId;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Array, ArrayRef, Doc, IdSet, Options, ReadTxn, StateVector, Transact, TransactionMut, Update};

/// See the module.
#[derive(Debug)]
pub struct Yrs {
    document: Doc,
    list: ArrayRef,
    peers: Peers<Has>,
}

/// What a peer has.
#[derive(Debug, Default)]
struct Has {
    inserted: StateVector,
    /// Whether something was deleted of which it has not been told: a state vector does not count deletions.
    lacks_deletions: bool,
}

impl Yrs {
    /// Changes the document; everybody but the one who has sent these deletions is to be told of what it deletes.
    fn change(
        &mut self,
        sent: Option<(ConnectionId, IdSet)>,
        change: impl FnOnce(&mut TransactionMut<'_>, &ArrayRef) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut transaction = self.document.transact_mut();
        let outcome = change(&mut transaction, &self.list);
        let deleted = transaction.delete_set().clone();
        drop(transaction);
        for (connection, peer) in self.peers.iter() {
            let news = match &sent {
                Some((from, sent)) if *from == connection => deleted.diff(sent),
                _ => deleted.clone(),
            };
            peer.has.lacks_deletions |= !news.is_empty();
        }
        outcome
    }
}

impl Document for Yrs {
    fn new(id: u64) -> Yrs {
        // Both are set by hand: those that yrs draws would differ from run to run.
        let options = Options::with_guid_and_client_id("list".into(), ClientID::new(id));
        let document = Doc::with_options(options);
        let list = document.get_or_insert_array("list");
        Yrs { document, list, peers: Peers::new() }
    }

    fn load(id: u64, saved: &[u8]) -> Result<Yrs, Error> {
        let yrs = Yrs::new(id);
        yrs.document.transact_mut().apply_update(Update::decode_v1(saved)?)?;
        Ok(yrs)
    }

    fn save(&self) -> Vec<u8> {
        self.document.transact().encode_state_as_update_v1(&StateVector::default())
    }

    fn items(&self) -> Vec<u32> {
        let transaction = self.document.transact();
        let items = self.list.iter(&transaction);
        items.filter_map(|item| item.cast::<u32>().ok()).collect()
    }

    fn add(&mut self, place: usize, item: u32) -> Result<(), Error> {
        let place = u32::try_from(place)?;
        self.change(None, |transaction, list| {
            list.insert(transaction, place, item);
            Ok(())
        })
    }

    fn remove(&mut self, place: usize) -> Result<(), Error> {
        let place = u32::try_from(place)?;
        self.change(None, |transaction, list| {
            list.remove(transaction, place);
            Ok(())
        })
    }

    fn connected(&mut self, connection: ConnectionId) {
        let vector = self.document.transact().state_vector().encode_v1();
        self.peers.open(connection, vector);
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.peers.close(connection);
    }

    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<bool, Error> {
        let Some(peer) = self.peers.get(connection) else { return Ok(false) };
        if message.kind == VECTOR {
            peer.asked = true;
            peer.has.inserted.merge(StateVector::decode_v1(&message.bytes)?);
            peer.has.lacks_deletions = true;
            return Ok(false);
        }
        let update = Update::decode_v1(&message.bytes)?;
        for (client, ranges) in update.insertions(true).iter() {
            let end = ranges.into_iter().map(|range| range.end).max();
            peer.has.inserted.set_max(*client, end.unwrap_or(0));
        }
        let sent = (connection, update.delete_set().clone());
        self.change(Some(sent), |transaction, _| Ok(transaction.apply_update(update)?))?;
        Ok(true)
    }

    fn due(&mut self) -> Vec<(ConnectionId, Message)> {
        let transaction = self.document.transact();
        let has = transaction.state_vector();
        self.peers.due(|peer_has| {
            let lacks = has.iter().any(|(client, clock)| peer_has.inserted.get(client) < *clock);
            if !lacks && !peer_has.lacks_deletions {
                return None;
            }
            let update = transaction.encode_diff_v1(&peer_has.inserted);
            peer_has.inserted.merge(has.clone());
            peer_has.lacks_deletions = false;
            (update != Update::EMPTY_V1).then_some(update)
        })
    }

    fn brings(message: &Message) -> Vec<u64> {
        if message.kind == VECTOR {
            return Vec::new();
        }
        let Ok(update) = Update::decode_v1(&message.bytes) else { return Vec::new() };
        let mut changes = ids(&update.insertions(true), INSERTION);
        changes.extend(ids(update.delete_set(), DELETION));
        changes
    }

    fn confirms(message: &Message) -> Vec<u64> {
        if message.kind != VECTOR {
            return Vec::new();
        }
        let Ok(vector) = StateVector::decode_v1(&message.bytes) else { return Vec::new() };
        let inserted = vector.iter().flat_map(|(client, clock)| (0..*clock).map(|clock| (*client, clock)));
        inserted.map(|(client, clock)| change(client, clock, INSERTION)).collect()
    }
}

/// Inserting an item and deleting it are two changes of one id.
const INSERTION: u64 = 0;
const DELETION: u64 = 1;

fn ids(set: &IdSet, kind: u64) -> Vec<u64> {
    let ranges = set.iter().flat_map(|(client, ranges)| ranges.into_iter().map(move |range| (client, range)));
    ranges.flat_map(|(client, range)| range.clone().map(|clock| change(*client, clock, kind))).collect()
}

fn change(client: ClientID, clock: u32, kind: u64) -> u64 {
    mix(mix(client.get(), u64::from(clock)), kind)
}
