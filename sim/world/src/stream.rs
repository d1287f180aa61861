//! Named random streams. Every concern (the workload, the faults, each direction of each link) draws from a stream of
//! its own, keyed by the seed and the stream's name, so that taking one thing away does not shift the rest.
//!
//! Nothing here samples through `rand`: ranges are drawn by a multiply-shift of our own, so that seeds keep their
//! meaning when a library changes its algorithms. A golden test pins the first words of each stream.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random words that depends on a seed and a name, and on nothing else.
#[derive(Clone, Debug)]
pub struct Stream {
    words: ChaCha8Rng,
}

impl Stream {
    /// The stream called `concern` (and, within that concern, `name`) of a seed.
    pub fn new(seed: u64, concern: &str, name: &str) -> Stream {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&name_hash(concern).to_le_bytes());
        key[16..24].copy_from_slice(&name_hash(name).to_le_bytes());
        Stream { words: ChaCha8Rng::from_seed(key) }
    }

    /// The next word.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.words.next_u64()
    }

    /// A number in `0..bound`; 0 where `bound` is 0. Takes one word.
    pub fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.word()) * u128::from(bound);
        u64::try_from(product >> 64).expect("the upper half of a 128-bit product")
    }

    /// An index into a list of `len` entries; 0 where it is empty. Takes one word.
    pub fn index(&mut self, len: usize) -> usize {
        let drawn = self.below(u64::try_from(len).expect("a length fits 64 bits"));
        usize::try_from(drawn).expect("below a length")
    }
}

/// FNV-1a over the bytes of a name: plain, and the same everywhere.
fn name_hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
