//! What costs much to compute and depends on its arguments alone: shared secrets, public halves, verdicts on signatures.
//!
//! With the feature `memo`, each thread computes such a thing once and remembers it, which changes nothing but the time
//! that it takes. In a simulation all nodes look at the same few signatures and keys again and again.

/// What is computed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// The public half of a sealer's secret.
    SealerId,
    /// The public half of a signer's secret.
    SignerId,
    /// The secret that a sealer's secret (32 bytes) and another's public half share, where there is one.
    Shared,
    /// Whether the signer (32 bytes) has made the signature (64 bytes) for a text: then any bytes.
    Verdict,
}

/// What `compute` says for these arguments, all but the last of which have the length that is said above.
#[cfg(not(feature = "memo"))]
pub(super) fn once(
    _what: What,
    _arguments: &[&[u8]],
    compute: impl FnOnce() -> Option<[u8; 32]>,
) -> Option<[u8; 32]> {
    compute()
}

#[cfg(feature = "memo")]
pub(super) use remembered::once;

#[cfg(feature = "memo")]
mod remembered {
    extern crate std;

    use super::What;
    use alloc::collections::BTreeMap;
    use core::cell::RefCell;

    /// How much a thread remembers; then it begins anew. About two megabytes.
    const MOST: usize = 1 << 14;

    type Key = (What, [u8; 32]);

    std::thread_local! {
        static KNOWN: RefCell<BTreeMap<Key, Option<[u8; 32]>>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// What `compute` says for these arguments, all but the last of which have the length that is said above.
    pub(in crate::real) fn once(
        what: What,
        arguments: &[&[u8]],
        compute: impl FnOnce() -> Option<[u8; 32]>,
    ) -> Option<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        for argument in arguments {
            hasher.update(argument);
        }
        let key = (what, hasher.finalize().into());
        KNOWN.with_borrow_mut(|known| {
            if let Some(found) = known.get(&key) {
                return *found;
            }
            if known.len() == MOST {
                known.clear();
            }
            *known.entry(key).or_insert_with(compute)
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_known_is_not_computed_again() {
            let of = |what, argument: &[u8], answer| once(what, &[argument], || answer);
            assert_eq!(of(What::Verdict, b"a", Some([1; 32])), Some([1; 32]));
            assert_eq!(of(What::Verdict, b"a", None), Some([1; 32]), "it is known");
            assert_eq!(of(What::Verdict, b"b", None), None, "that is another");
            assert_eq!(of(What::Shared, b"a", None), None, "and so is that");
        }

        #[test]
        fn a_thread_remembers_so_much() {
            for n in 0..2 * MOST as u64 {
                let answer = Some([n.to_le_bytes()[0]; 32]);
                assert_eq!(once(What::SealerId, &[&n.to_le_bytes()], || answer), answer);
            }
            assert!(KNOWN.with_borrow(BTreeMap::len) <= MOST);
        }
    }
}
