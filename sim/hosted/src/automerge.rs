//! automerge, with the sync protocol that it brings: a `sync::State` for each connection, asked for a message after each
//! input.

use crate::host::{Document, Error, Message};
use automerge::sync::{Message as SyncMessage, State, SyncDoc};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use cosim_world::ConnectionId;
use std::collections::BTreeMap;

const LIST: &str = "list";

/// See the module.
#[derive(Debug)]
pub struct Automerge {
    document: AutoCommit,
    list: ObjId,
    states: BTreeMap<ConnectionId, State>,
}

impl Automerge {
    fn of(mut document: AutoCommit, id: u64) -> Result<Automerge, Error> {
        document.set_actor(actor(id));
        let (_, list) = document.get(ROOT, LIST)?.ok_or("the document has no list")?;
        Ok(Automerge { document, list, states: BTreeMap::new() })
    }
}

/// Ids are set by hand: those that automerge draws would differ from run to run.
fn actor(id: u64) -> ActorId {
    ActorId::from(id.to_be_bytes().as_slice())
}

/// The first change, which makes the list: it is the same for everybody, or there would be as many lists as nodes.
fn first() -> Result<AutoCommit, Error> {
    let mut document = AutoCommit::new().with_actor(actor(0));
    document.put_object(ROOT, LIST, ObjType::List)?;
    document.commit();
    Ok(document)
}

impl Document for Automerge {
    fn new(id: u64) -> Automerge {
        first()
            .and_then(|document| Automerge::of(document, id))
            .expect("a list is put into an empty document")
    }

    fn load(id: u64, saved: &[u8]) -> Result<Automerge, Error> {
        Automerge::of(AutoCommit::load(saved)?, id)
    }

    fn save(&self) -> Vec<u8> {
        self.document.clone().save()
    }

    fn items(&self) -> Vec<u32> {
        let values = self.document.values(&self.list);
        values.filter_map(|(value, _)| u32::try_from(value.as_u64()?).ok()).collect()
    }

    fn add(&mut self, place: usize, item: u32) -> Result<(), Error> {
        self.document.insert(&self.list, place, u64::from(item))?;
        self.document.commit();
        Ok(())
    }

    fn remove(&mut self, place: usize) -> Result<(), Error> {
        self.document.delete(&self.list, place)?;
        self.document.commit();
        Ok(())
    }

    fn connected(&mut self, connection: ConnectionId) {
        self.states.insert(connection, State::new());
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.states.remove(&connection);
    }

    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<bool, Error> {
        let Some(state) = self.states.get_mut(&connection) else { return Ok(false) };
        let message = SyncMessage::decode(&message.bytes)?;
        let brings = !message.changes.is_empty();
        self.document.sync().receive_sync_message(state, message)?;
        Ok(brings)
    }

    fn due(&mut self) -> Vec<(ConnectionId, Message)> {
        let sync = self.document.sync();
        let due = self.states.iter_mut().filter_map(|(connection, state)| {
            let bytes = sync.generate_sync_message(state)?.encode();
            Some((*connection, Message::new("sync", bytes)))
        });
        due.collect()
    }

    fn brings(message: &Message) -> Vec<u64> {
        let Ok(message) = SyncMessage::decode(&message.bytes) else { return Vec::new() };
        // The first change is nobody's.
        message
            .changes
            .iter()
            .flat_map(changes)
            .filter(|change| *change.actor_id() != actor(0))
            .map(|change| short(change.hash()))
            .collect()
    }

    fn confirms(message: &Message) -> Vec<u64> {
        let heads = SyncMessage::decode(&message.bytes).map(|message| message.heads);
        heads.unwrap_or_default().into_iter().map(short).collect()
    }
}

/// The changes of a chunk, which is one change or a whole document.
fn changes(chunk: &[u8]) -> Vec<Change> {
    match Change::from_bytes(chunk.to_vec()) {
        Ok(change) => vec![change],
        Err(_) => AutoCommit::load(chunk).map(|mut document| document.get_changes(&[])).unwrap_or_default(),
    }
}

fn short(hash: ChangeHash) -> u64 {
    hash.0.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
