//! loro. It brings encodings and leaves the protocol to its user; this is the one of its documentation: whoever connects
//! tells its version vector, is sent what it lacks, and after that every update as it is made.

use crate::host::{Document, Error, Message};
use crate::update_protocol::{Peers, UPDATE, VECTOR};
use cosim_base::mix;
use cosim_world::ConnectionId;
use loro::{ExportMode, LoroDoc, LoroList, LoroValue, VersionVector};

/// See the module.
pub struct Loro {
    document: LoroDoc,
    list: LoroList,
    peers: Peers,
}

impl Loro {
    /// Changes the document, and tells everybody but the one it came from.
    fn change(
        &mut self,
        from: Option<ConnectionId>,
        change: impl FnOnce(&LoroDoc, &LoroList) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let before = self.document.oplog_vv();
        let outcome = change(&self.document, &self.list);
        self.document.commit();
        if self.document.oplog_vv() != before {
            let update = self.document.export(ExportMode::updates(&before))?;
            self.peers.tell(from, &update);
        }
        outcome
    }
}

impl Document for Loro {
    fn new(id: u64) -> Loro {
        let document = LoroDoc::new();
        // The id that loro draws would differ from run to run.
        document.set_peer_id(id).expect("an id that is not the highest number");
        let list = document.get_list("list");
        Loro { document, list, peers: Peers::default() }
    }

    fn load(id: u64, saved: &[u8]) -> Result<Loro, Error> {
        let loro = Loro::new(id);
        loro.document.import(saved)?;
        Ok(loro)
    }

    fn save(&self) -> Vec<u8> {
        self.document.export(ExportMode::Snapshot).expect("a document that is attached")
    }

    fn items(&self) -> Vec<u32> {
        let number = |value: LoroValue| u32::try_from(value.into_i64().ok()?).ok();
        self.list.to_vec().into_iter().filter_map(number).collect()
    }

    fn add(&mut self, place: usize, item: u32) -> Result<(), Error> {
        self.change(None, |_, list| Ok(list.insert(place, i64::from(item))?))
    }

    fn remove(&mut self, place: usize) -> Result<(), Error> {
        self.change(None, |_, list| Ok(list.delete(place, 1)?))
    }

    fn connected(&mut self, connection: ConnectionId) {
        self.peers.open(connection, self.document.oplog_vv().encode());
    }

    fn disconnected(&mut self, connection: ConnectionId) {
        self.peers.close(connection);
    }

    fn receive(&mut self, connection: ConnectionId, message: &Message) -> Result<(), Error> {
        if message.kind == VECTOR {
            let vector = VersionVector::decode(&message.bytes)?;
            let missing = self.document.export(ExportMode::updates(&vector))?;
            self.peers.send(connection, UPDATE, missing);
            return Ok(());
        }
        self.change(Some(connection), |document, _| {
            document.import(&message.bytes)?;
            Ok(())
        })
    }

    fn to_send(&mut self) -> Vec<(ConnectionId, Message)> {
        self.peers.to_send()
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
