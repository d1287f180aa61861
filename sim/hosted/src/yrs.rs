//! yrs. It brings encodings and leaves the protocol to its user; this is the usual one: whoever connects tells its state
//! vector, is sent what it lacks, and after that every update as it is made.

use crate::host::{Document, Error, Message};
use cosim_base::mix;
use cosim_world::ConnectionId;
use yrs::block::ClientID;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Array, ArrayRef, Doc, IdSet, Options, ReadTxn, StateVector, Transact, TransactionMut, Update};

/// What a node has, by author: a request for the rest.
const VECTOR: &str = "vector";

/// Changes.
const UPDATE: &str = "update";

/// See the module.
#[derive(Debug)]
pub struct Yrs {
    document: Doc,
    list: ArrayRef,
    open: Vec<ConnectionId>,
    outbox: Vec<(ConnectionId, Message)>,
}

impl Yrs {
    fn send(&mut self, connection: ConnectionId, kind: &'static str, bytes: Vec<u8>) {
        self.outbox.push((connection, Message::new(kind, bytes)));
    }

    /// Changes the document, and tells everybody; the one it came from only where it sets free what had come too early from
    /// somebody else.
    fn change(
        &mut self,
        sent: Option<(ConnectionId, [IdSet; 2])>,
        change: impl FnOnce(&mut TransactionMut<'_>, &ArrayRef) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut transaction = self.document.transact_mut();
        change(&mut transaction, &self.list)?;
        let made = transaction.encode_update_v1();
        drop(transaction);
        if made == Update::EMPTY_V1 {
            return Ok(());
        }
        let knows = match sent {
            Some((from, sent)) => {
                let [inserted, deleted] = changes_of(&Update::decode_v1(&made)?);
                let has_all = inserted.diff(&sent[0]).is_empty() && deleted.diff(&sent[1]).is_empty();
                has_all.then_some(from)
            }
            None => None,
        };
        for connection in self.open.clone().into_iter().filter(|connection| Some(*connection) != knows) {
            self.send(connection, UPDATE, made.clone());
        }
        Ok(())
    }
}

/// What an update inserts, and what it deletes.
fn changes_of(update: &Update) -> [IdSet; 2] {
    [update.insertions(true), update.delete_set().clone()]
}

impl Document for Yrs {
    fn new(id: u64) -> Yrs {
        // Both are set by hand: those that yrs draws would differ from run to run.
        let options = Options::with_guid_and_client_id("list".into(), ClientID::new(id));
        let document = Doc::with_options(options);
        let list = document.get_or_insert_array("list");
        Yrs { document, list, open: Vec::new(), outbox: Vec::new() }
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
        self.open.push(connection);
        self.send(connection, VECTOR, vector);
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.open.retain(|open| *open != connection);
    }

    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<bool, Error> {
        if !self.open.contains(&connection) {
            return Ok(false);
        }
        if message.kind == VECTOR {
            let vector = StateVector::decode_v1(&message.bytes)?;
            let missing = self.document.transact().encode_state_as_update_v1(&vector);
            if missing != Update::EMPTY_V1 {
                self.send(connection, UPDATE, missing);
            }
            return Ok(false);
        }
        let update = Update::decode_v1(&message.bytes)?;
        let sent = (connection, changes_of(&update));
        self.change(Some(sent), |transaction, _| Ok(transaction.apply_update(update)?))?;
        Ok(true)
    }

    fn due(&mut self) -> Vec<(ConnectionId, Message)> {
        std::mem::take(&mut self.outbox)
    }

    fn brings(message: &Message) -> Vec<u64> {
        if message.kind == VECTOR {
            return Vec::new();
        }
        let Ok(update) = Update::decode_v1(&message.bytes) else { return Vec::new() };
        let [inserted, deleted] = changes_of(&update);
        ids(&inserted, INSERTION).chain(ids(&deleted, DELETION)).collect()
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

fn ids(set: &IdSet, kind: u64) -> impl Iterator<Item = u64> {
    let ranges = set.iter().flat_map(|(client, ranges)| ranges.into_iter().map(move |range| (client, range)));
    ranges.flat_map(move |(client, range)| range.clone().map(move |clock| change(*client, clock, kind)))
}

fn change(client: ClientID, clock: u32, kind: u64) -> u64 {
    mix(mix(client.get(), u64::from(clock)), kind)
}
