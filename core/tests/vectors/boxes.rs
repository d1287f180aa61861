//! `0.20/sealed.json`: values that are encrypted, keys within keys, and keys sealed for agents and for groups.

use crate::data::{TODAY, todays};
use crate::ids::seed;
use cosim_core::real::{
    AgentSecret, KeySecret, Place, SealerSecret, decrypt, decrypt_key, encrypt, encrypt_key, group_sealer,
    seal, seal_for_group, unseal, unseal_for_group,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    place: Standing,
    value: Value,
    key: Named,
    /// A key that is encrypted with `key`, and sealed.
    other: Named,
    encrypted: String,
    key_in_key: String,
    from: String,
    to: String,
    sealed: String,
    group_sealer: Sealer,
    sealed_for_group: String,
    /// What the package drew at random to seal for the group.
    drawn: Vec<String>,
}

#[derive(Deserialize)]
struct Standing {
    #[serde(rename = "in")]
    co_value: String,
    tx: Transaction,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    #[serde(rename = "sessionID")]
    session: String,
    tx_index: u32,
}

#[derive(Deserialize)]
struct Named {
    id: String,
    secret: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sealer {
    secret: String,
    public_key: String,
}

impl Named {
    fn secret(&self) -> KeySecret {
        self.secret.parse().expect("the secret of a key")
    }
}

/// The text with its last digit but one changed: the last may hold bits that are left over.
fn flipped(text: &str) -> String {
    let mut digits: Vec<char> = text.chars().collect();
    let at = text.trim_end_matches('=').len() - 2;
    digits[at] = if digits[at] == 'A' { 'B' } else { 'A' };
    digits.into_iter().collect()
}

#[test]
fn what_the_package_encrypts_and_seals_we_do_too() {
    let Some(vectors) = todays::<Vector>("sealed") else { return };
    vectors.iter().for_each(check);
    println!("sealed of {TODAY}: {} values and keys", vectors.len());
}

fn check(vector: &Vector) {
    let Standing { co_value, tx } = &vector.place;
    let place = Place::transaction(co_value, &tx.session, tx.tx_index);
    let elsewhere = Place::transaction(co_value, &tx.session, tx.tx_index + 1);
    let (key, other) = (vector.key.secret(), vector.other.secret());

    assert_eq!(encrypt(&vector.value, &key, &place), vector.encrypted);
    assert_eq!(decrypt(&vector.encrypted, &key, &place).as_ref(), Ok(&vector.value));
    let by = (vector.key.id.as_str(), &key);
    assert_eq!(encrypt_key(&other, &vector.other.id, by), vector.key_in_key);
    assert_eq!(decrypt_key(&vector.key_in_key, &vector.other.id, by), Ok(other));

    let [from, to] = [&vector.from, &vector.to].map(|text| text.parse::<AgentSecret>().expect("a secret"));
    let message = Value::from(vector.other.secret.as_str());
    let (from_id, to_id) = (from.sealer.id(), to.sealer.id());
    assert_eq!(seal(&message, &from.sealer, &to_id, &place).as_ref(), Ok(&vector.sealed));
    assert_eq!(unseal(&vector.sealed, &to.sealer, &from_id, &place).as_ref(), Ok(&message));
    assert!(unseal(&vector.sealed, &to.sealer, &from_id, &elsewhere).is_err());
    assert!(unseal(&flipped(&vector.sealed), &to.sealer, &from_id, &place).is_err());

    let group = group_sealer(&key);
    assert_eq!(group.to_string(), vector.group_sealer.secret);
    assert_eq!(group.id().to_string(), vector.group_sealer.public_key);
    let sealed = &vector.sealed_for_group;
    assert_eq!(unseal_for_group(sealed, &group, &place).as_ref(), Ok(&message));
    assert!(unseal_for_group(sealed, &group, &elsewhere).is_err());
    assert!(unseal_for_group(&flipped(sealed), &group, &place).is_err());
    let [drawn] = vector.drawn.as_slice() else { panic!("one key is drawn: {:?}", vector.drawn) };
    let once = SealerSecret::from_bytes(seed(drawn));
    assert_eq!(seal_for_group(&message, &once, &group.id(), &place).as_ref(), Ok(sealed));
}
