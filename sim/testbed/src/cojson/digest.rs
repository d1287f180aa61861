//! A hash of what nodes hold and say that is the same on every machine.

use cosim_core::{CoId, FastCrypto, KnownState};
use std::hash::Hasher;

/// A hasher that gives the same hash on every machine: every number is folded in as 64 bits.
pub(crate) struct Digest(pub(crate) u64);

impl Digest {
    pub(crate) fn fold(&mut self, word: u64) {
        self.0 = FastCrypto::mix(self.0, word);
    }

    pub(crate) fn known(&mut self, kind: u64, id: CoId, known: &KnownState) {
        self.fold(kind << 40 | u64::from(known.header) << 32 | u64::from(id.0));
        for (session, count) in known.sessions() {
            self.fold(u64::from(session.0) << 32 | u64::from(count));
        }
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.fold(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, i: u8) {
        self.fold(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.fold(u64::from(i));
    }

    fn write_i32(&mut self, i: i32) {
        self.fold(u64::from(i.cast_unsigned()));
    }

    fn write_u64(&mut self, i: u64) {
        self.fold(i);
    }

    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64);
    }

    fn write_isize(&mut self, i: isize) {
        self.fold(i as u64);
    }
}
