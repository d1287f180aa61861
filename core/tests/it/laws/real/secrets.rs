//! What is encrypted or sealed comes out for those with the key, and for nobody else.

use crate::laws::arbitrary::any_json;
use cosim_core::real::{
    AgentSecret, CipherError, Key, KeySecret, MadeAt, Place, Transaction, canonical, decrypt, decrypt_key,
    encrypt, encrypt_key, seal, stable_stringify, to_base64url, unseal,
};
use proptest::prelude::*;
use serde_json::Value;

fn place(index: u32) -> Place {
    Place::transaction("co_zPlace", "sealer_zA/signer_zB_session_zC", index)
}

/// What the stable text of a value reads as: not the value itself, where a string in it is not escaped.
fn read_again(value: &Value) -> Option<Value> {
    serde_json::from_str(&stable_stringify(value)).ok().map(canonical)
}

proptest! {
    #[test]
    fn encryption_is_undone(value in any_json(), secret in any::<[u8; 32]>(), index in any::<u32>()) {
        let secret = KeySecret::from_bytes(secret);
        let text = encrypt(&value, &secret, &place(index));
        prop_assert_eq!(decrypt(&text, &secret, &place(index)).ok(), read_again(&value));
        let key = Key { id: "key_zK", secret: &secret };
        let transaction = Transaction::private(MadeAt::from_ms(1), &value, key, &place(index));
        prop_assert_eq!(transaction.decrypt(&secret, &place(index)).ok(), Some(read_again(&value)).filter(Option::is_some));
        prop_assert_eq!(transaction.changes(), Ok(None));
    }

    /// Without the right key or place other bytes come out. They are hardly ever text.
    #[test]
    fn another_key_or_place_reads_nothing(secret in any::<[u8; 32]>(), bit in 0..256_usize, index in 0..u32::MAX) {
        let text = "a value long enough that chance does not read it";
        let secret = KeySecret::from_bytes(secret);
        let encrypted = encrypt(&Value::from(text), &secret, &place(index));
        let other = KeySecret::from_bytes(flipped(secret.as_bytes(), bit));
        prop_assert!(decrypt(&encrypted, &other, &place(index)).is_err());
        prop_assert!(decrypt(&encrypted, &secret, &place(index + 1)).is_err());
    }

    #[test]
    fn keys_in_keys_come_out(a in any::<[u8; 32]>(), b in any::<[u8; 32]>()) {
        let (inner, outer) = (KeySecret::from_bytes(a), KeySecret::from_bytes(b));
        let text = encrypt_key(&inner, "key_zA", ("key_zB", &outer));
        prop_assert_eq!(decrypt_key(&text, "key_zA", ("key_zB", &outer)), Ok(inner));
    }

    #[test]
    fn only_the_receiver_opens_a_seal(
        value in any_json(),
        seeds in any::<[[u8; 32]; 2]>(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let [from, to] = seeds.map(|seed| AgentSecret::from_seed(&seed).sealer);
        let text = seal(&value, &from, &to.id(), &place(3)).expect("keys of full order");
        prop_assert_eq!(unseal(&text, &to, &from.id(), &place(3)).ok(), read_again(&value));
        if from != to {
            prop_assert_eq!(unseal(&text, &from, &from.id(), &place(3)), Err(CipherError::Seal));
        }
        prop_assert_eq!(unseal(&text, &to, &from.id(), &place(4)), Err(CipherError::Seal));
        let mut bytes = cosim_core::real::from_base64url("sealed_U", &text).expect("base64url");
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let changed = to_base64url("sealed_U", &bytes);
        prop_assert_eq!(unseal(&changed, &to, &from.id(), &place(3)), Err(CipherError::Seal));
    }
}

/// `bytes` with one bit turned over.
pub(super) fn flipped<const N: usize>(bytes: &[u8; N], bit: usize) -> [u8; N] {
    let mut bytes = *bytes;
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

#[test]
fn nothing_is_sealed_for_a_weak_key() {
    let mine = AgentSecret::from_seed(&[7; 32]).sealer;
    let weak = cosim_core::real::SealerId::from_bytes([0; 32]);
    assert_eq!(seal(&Value::Null, &mine, &weak, &place(0)), Err(CipherError::WeakKey));
    let sealed = to_base64url("sealed_U", &[0; 32]);
    assert_eq!(unseal(&sealed, &mine, &weak, &place(0)), Err(CipherError::WeakKey));
    assert_eq!(unseal("sealed_Uabc=", &mine, &mine.id(), &place(0)), Err(CipherError::Seal));
}

#[test]
fn secrets_are_not_shown() {
    let secret = AgentSecret::from_seed(&[7; 32]);
    let shown = format!("{secret:?} {:?}", KeySecret::from_bytes([7; 32]));
    for text in [secret.sealer.to_string(), secret.signer.to_string()] {
        assert!(!shown.contains(&text[20..]), "{shown}");
    }
}
