//! Where each peer stands with one CoValue. A server has many peers, and of most CoValues nearly all of them never say
//! anything: of such a peer nothing is kept but whether it counts as told of the header.

use super::PeerSync;
use super::marks::Marks;
use crate::id::PeerId;
use crate::known_state::KnownState;
use crate::state::Assumed;
use crate::vec_map::VecMap;
use alloc::boxed::Box;
use core::hash::{Hash, Hasher};

/// A map from peers to where they stand, ascending by peer.
#[derive(Clone, Debug, Default)]
pub struct PeerSyncs {
    slots: VecMap<PeerId, Slot>,
}

#[derive(Clone, Debug)]
enum Slot {
    /// Nothing is known.
    Quiet,
    /// Nothing but that it counts as told of the header.
    Told,
    Known(Box<PeerSync>),
}

impl PeerSync {
    /// A peer of which nothing is known.
    pub(crate) const QUIET: PeerSync = PeerSync::told(None);

    /// A peer of which nothing is known but that it counts as told this.
    const fn told(told: Option<KnownState>) -> PeerSync {
        PeerSync { told, assumed: Assumed::Unknown, confirmed: None, error: None, marks: Marks::NONE }
    }
}

impl Slot {
    #[inline]
    fn get(&self) -> &PeerSync {
        static QUIET: PeerSync = PeerSync::QUIET;
        static TOLD: PeerSync = PeerSync::told(Some(KnownState::header_only()));
        match self {
            Slot::Quiet => &QUIET,
            Slot::Told => &TOLD,
            Slot::Known(sync) => sync,
        }
    }

    #[inline]
    fn get_mut(&mut self) -> &mut PeerSync {
        if !matches!(self, Slot::Known(_)) {
            self.become_known();
        }
        match self {
            Slot::Known(sync) => sync,
            Slot::Quiet | Slot::Told => unreachable!("made above"),
        }
    }

    #[cold]
    fn become_known(&mut self) {
        *self = Slot::Known(Box::new(self.get().clone()));
    }
}

impl PeerSyncs {
    /// An empty map.
    pub const fn new() -> PeerSyncs {
        PeerSyncs { slots: VecMap::new() }
    }

    /// These peers, of whom nothing is known; they come in ascending order.
    pub(crate) fn quiet(peers: impl ExactSizeIterator<Item = PeerId>) -> PeerSyncs {
        PeerSyncs { slots: VecMap::from_ascending(peers.map(|peer| (peer, Slot::Quiet))) }
    }

    /// How many peers there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Where a peer stands.
    #[inline]
    pub fn get(&self, peer: PeerId) -> Option<&PeerSync> {
        self.slots.get(peer).map(Slot::get)
    }

    /// The same, found at once if the peer is at this place in the order.
    #[inline]
    pub(crate) fn get_near(&self, place: usize, peer: PeerId) -> Option<&PeerSync> {
        self.slots.get_near(place, peer).map(Slot::get)
    }

    /// Where a peer stands, to be changed.
    #[inline]
    pub fn get_mut(&mut self, peer: PeerId) -> Option<&mut PeerSync> {
        self.slots.get_mut(peer).map(Slot::get_mut)
    }

    /// The same, found at once if the peer is at this place in the order.
    #[inline]
    pub(crate) fn get_near_mut(&mut self, place: usize, peer: PeerId) -> Option<&mut PeerSync> {
        self.slots.get_near_mut(place, peer).map(Slot::get_mut)
    }

    /// Whether nothing is known of the peer at this place but that it may count as told of the header.
    #[inline]
    pub(crate) fn is_quiet_near(&self, place: usize, peer: PeerId) -> bool {
        matches!(self.slots.get_near(place, peer), Some(Slot::Quiet | Slot::Told))
    }

    /// Where a peer stands; nothing is known of one that was not there.
    #[inline]
    pub fn entry(&mut self, peer: PeerId) -> &mut PeerSync {
        self.slots.entry_or_insert_with(peer, || Slot::Quiet).get_mut()
    }

    /// The same, found at once if the peer is at this place in the order.
    #[inline]
    pub(crate) fn entry_near(&mut self, place: usize, peer: PeerId) -> &mut PeerSync {
        self.slots.entry_near(place, peer, || Slot::Quiet).get_mut()
    }

    /// Sets where a peer stands.
    pub fn insert(&mut self, peer: PeerId, sync: PeerSync) {
        self.slots.insert(peer, Slot::Known(Box::new(sync)));
    }

    /// A peer is there of which nothing is known.
    pub(crate) fn insert_quiet(&mut self, peer: PeerId) {
        self.slots.insert(peer, Slot::Quiet);
    }

    /// A peer, which may be a new one, counts as told of the header.
    pub(crate) fn tell_header(&mut self, peer: PeerId) {
        match self.slots.entry_or_insert_with(peer, || Slot::Quiet) {
            slot @ (Slot::Quiet | Slot::Told) => *slot = Slot::Told,
            Slot::Known(sync) => sync.told = Some(KnownState::header_only()),
        }
    }

    /// Takes a peer out.
    pub fn remove(&mut self, peer: PeerId) {
        self.slots.remove(peer);
    }

    /// All peers, and where they stand.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (PeerId, &PeerSync)> + ExactSizeIterator {
        self.slots.iter().map(|(peer, slot)| (peer, slot.get()))
    }

    /// The same, to be changed.
    pub fn iter_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = (PeerId, &mut PeerSync)> + ExactSizeIterator {
        self.slots.iter_mut().map(|(peer, slot)| (peer, slot.get_mut()))
    }

    /// Those of which something is known, and where they stand.
    pub(crate) fn known(&self) -> impl Iterator<Item = (PeerId, &PeerSync)> {
        self.slots.iter().filter_map(|(peer, slot)| match slot {
            Slot::Known(sync) => Some((peer, &**sync)),
            Slot::Quiet | Slot::Told => None,
        })
    }

    /// The same, to be changed.
    pub(crate) fn known_mut(&mut self) -> impl Iterator<Item = &mut PeerSync> {
        self.slots.iter_mut().filter_map(|(_, slot)| match slot {
            Slot::Known(sync) => Some(&mut **sync),
            Slot::Quiet | Slot::Told => None,
        })
    }

    /// All peers.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = PeerId> + ExactSizeIterator {
        self.slots.keys()
    }

    /// Where all peers stand.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &PeerSync> + ExactSizeIterator {
        self.slots.values().map(Slot::get)
    }

    /// The peer at this place in the order, and where it stands.
    pub(crate) fn at(&self, place: usize) -> Option<(PeerId, &PeerSync)> {
        self.slots.at(place).map(|(peer, slot)| (peer, slot.get()))
    }
}

/// Where peers stand counts, not how it is kept.
impl PartialEq for PeerSyncs {
    fn eq(&self, other: &PeerSyncs) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for PeerSyncs {}

/// The hash that a slice of pairs has.
impl Hash for PeerSyncs {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|pair| pair.hash(state));
    }
}

impl FromIterator<(PeerId, PeerSync)> for PeerSyncs {
    fn from_iter<I: IntoIterator<Item = (PeerId, PeerSync)>>(iter: I) -> Self {
        let slots = iter.into_iter().map(|(peer, sync)| (peer, Slot::Known(Box::new(sync))));
        PeerSyncs { slots: slots.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// All that is hashed.
    #[derive(Default)]
    struct Bytes(Vec<u8>);

    impl Hasher for Bytes {
        fn write(&mut self, bytes: &[u8]) {
            self.0.extend(bytes);
        }

        fn finish(&self) -> u64 {
            0
        }
    }

    fn hashed(value: &impl Hash) -> Vec<u8> {
        let mut bytes = Bytes::default();
        value.hash(&mut bytes);
        bytes.0
    }

    #[test]
    fn how_a_peer_is_kept_is_no_part_of_what_it_is() {
        let peers = [1, 2, 3].map(PeerId);
        let mut kept = PeerSyncs::quiet(peers.into_iter());
        kept.tell_header(PeerId(2));
        let mut plain: Vec<(PeerId, PeerSync)> =
            peers.into_iter().map(|peer| (peer, PeerSync::default())).collect();
        plain[1].1.told = Some(KnownState::header_only());
        assert_eq!(hashed(&kept), hashed(&plain));
        assert_eq!(kept, plain.iter().cloned().collect());
        assert!(kept.is_quiet_near(0, PeerId(1)) && kept.is_quiet_near(1, PeerId(2)));
        // Looked at to be changed, it is kept otherwise, and is the same.
        let before = kept.clone();
        assert!(kept.get_mut(PeerId(2)).is_some_and(|sync| sync.told == Some(KnownState::header_only())));
        assert!(!kept.is_quiet_near(1, PeerId(2)));
        assert_eq!((&kept, hashed(&kept)), (&before, hashed(&before)));
    }
}
