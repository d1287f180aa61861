//! loro. It brings encodings and leaves the protocol to its user; this is the one of its documentation: whoever connects
//! tells its version vector, is sent what it lacks, and after that whatever it is not known to have.

use crate::host::{Document, Error, Message};
use cosim_base::mix;
use cosim_world::ConnectionId;
use loro::{ExportMode, LoroDoc, LoroList, LoroValue, VersionVector};
use std::collections::BTreeMap;

/// What a node has, by author: a request for the rest.
const VECTOR: &str = "vector";

/// Changes.
const UPDATE: &str = "update";

/// See the module.
#[derive(Debug)]
pub struct Loro {
    document: LoroDoc,
    list: LoroList,
    peers: BTreeMap<ConnectionId, Peer>,
    outbox: Vec<(ConnectionId, Message)>,
}

/// The other end of a connection.
#[derive(Debug, Default)]
struct Peer {
    /// What it has, as far as it has shown or been told.
    has: VersionVector,
    /// Whether it has asked: before that nobody knows what else it has.
    asked: bool,
}

impl Document for Loro {
    fn new(id: u64) -> Loro {
        let document = LoroDoc::new();
        // The id that loro draws would differ from run to run.
        document.set_peer_id(id).expect("an id that is not the highest number");
        let list = document.get_list("list");
        Loro { document, list, peers: BTreeMap::new(), outbox: Vec::new() }
    }

    fn load(id: u64, saved: &[u8]) -> Result<Loro, Error> {
        let loro = Loro::new(id);
        loro.document.import(saved)?;
        Ok(loro)
    }

    /// What waits for other changes is not in it: whoever loads it asks for that again.
    fn save(&self) -> Vec<u8> {
        self.document.export(ExportMode::Snapshot).expect("a document that is attached")
    }

    fn items(&self) -> Vec<u32> {
        let number = |value: LoroValue| u32::try_from(value.into_i64().ok()?).ok();
        self.list.to_vec().into_iter().filter_map(number).collect()
    }

    fn add(&mut self, place: usize, item: u32) -> Result<(), Error> {
        self.list.insert(place, i64::from(item))?;
        self.document.commit();
        Ok(())
    }

    fn remove(&mut self, place: usize) -> Result<(), Error> {
        self.list.delete(place, 1)?;
        self.document.commit();
        Ok(())
    }

    fn connected(&mut self, connection: ConnectionId) {
        self.peers.insert(connection, Peer::default());
        self.outbox.push((connection, Message::new(VECTOR, self.document.oplog_vv().encode())));
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.peers.remove(&connection);
    }

    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<bool, Error> {
        let Some(peer) = self.peers.get_mut(&connection) else { return Ok(false) };
        if message.kind == VECTOR {
            peer.asked = true;
            peer.has.merge(&VersionVector::decode(&message.bytes)?);
        } else {
            peer.has.merge(&LoroDoc::decode_import_blob_meta(&message.bytes, true)?.partial_end_vv);
            self.document.import(&message.bytes)?;
        }
        Ok(message.kind != VECTOR)
    }

    fn due(&mut self) -> Vec<(ConnectionId, Message)> {
        let has = self.document.oplog_vv();
        let mut messages = std::mem::take(&mut self.outbox);
        for (connection, peer) in
            self.peers.iter_mut().filter(|(_, peer)| peer.asked && !peer.has.includes_vv(&has))
        {
            if let Ok(update) = self.document.export(ExportMode::updates(&peer.has)) {
                messages.push((*connection, Message::new(UPDATE, update)));
                peer.has.merge(&has);
            }
        }
        messages
    }

    fn brings(message: &Message) -> Vec<u64> {
        if message.kind == VECTOR {
            return Vec::new();
        }
        let Ok(meta) = LoroDoc::decode_import_blob_meta(&message.bytes, false) else { return Vec::new() };
        changes_up_to(&meta.partial_end_vv, |peer| meta.partial_start_vv.get(&peer).copied().unwrap_or(0))
    }

    fn confirms(message: &Message) -> Vec<u64> {
        if message.kind != VECTOR {
            return Vec::new();
        }
        VersionVector::decode(&message.bytes).map(|vector| changes_up_to(&vector, |_| 0)).unwrap_or_default()
    }
}

fn changes_up_to(vector: &VersionVector, from: impl Fn(u64) -> i32) -> Vec<u64> {
    let ranges = vector.iter().map(|(peer, end)| (*peer, from(*peer)..*end));
    ranges
        .flat_map(|(peer, range)| range.map(move |counter| mix(peer, u64::from(counter.unsigned_abs()))))
        .collect()
}
