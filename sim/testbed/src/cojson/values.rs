//! What the nodes of a run store and send: headers, transactions and signatures. Each has a short form, which stands for
//! one of any content and size, and beside it, where a scenario says what is written, what CoJSON itself has there.

use cosim_core::real::MadeAt;
use cosim_core::view::Entry;
use cosim_core::{CoId, FastCrypto, real};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A CoValue's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The number of the CoValue, as in [`CoId`].
    pub uniqueness: u32,
    /// The CoValues that must be here before it is of use: the group that owns it, say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<CoId>,
    /// A keyed hash over both.
    #[serde(default, skip_serializing_if = "is_zero")]
    seal: u64,
    /// What CoJSON has for it; none where only its size matters.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "shared")]
    pub said: Option<Arc<real::Header>>,
}

fn is_zero(seal: &u64) -> bool {
    *seal == 0
}

impl Header {
    /// The header of `id`, which depends on these CoValues.
    pub fn new(id: CoId, depends_on: Vec<CoId>, said: Option<Arc<real::Header>>) -> Header {
        let seal = Header::sealed(id, &depends_on);
        Header { uniqueness: id.0, depends_on, seal, said }
    }

    /// Whether the hash over its short form is right, and it is that of `id`.
    pub(super) fn is_sealed(&self, id: CoId) -> bool {
        self.uniqueness == id.0 && self.seal == Header::sealed(id, &self.depends_on)
    }

    /// Nothing where there are no dependencies.
    fn sealed(id: CoId, depends_on: &[CoId]) -> u64 {
        let Some((first, rest)) = depends_on.split_first() else { return 0 };
        let start = FastCrypto::mix(FastCrypto::mix(0x6865_6164_6572, u64::from(id.0)), u64::from(first.0));
        rest.iter().fold(start, |seal, id| FastCrypto::mix(seal, u64::from(id.0)))
    }
}

impl Hash for Header {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.uniqueness, &self.depends_on, self.seal).hash(state);
        if let Some(said) = &self.said {
            said.hash(state);
        }
    }
}

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// The author's wall clock, in microseconds.
    pub made_at: u64,
    /// The operation that wrote it, and which of its transactions this is: see [`written_by`](super::written_by).
    pub payload: u64,
    /// How many bytes it takes, or stands for.
    pub size: u32,
    /// A CoValue that must be here before it is of use: the account of its author, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<CoId>,
    /// What CoJSON has for it; none where only its size matters.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "shared")]
    pub said: Option<Arc<real::Transaction>>,
}

impl Transaction {
    /// A transaction of which only the size matters: the `i`th of an operation. CoJSON signs one that sets a key of a map,
    /// where `signed`.
    pub(super) fn filler(made_at: u64, (operation, i): (u32, u32), size: u32, signed: bool) -> Transaction {
        let payload = u64::from(operation) << 32 | u64::from(i);
        if !signed {
            return Transaction { made_at, payload, size, depends_on: None, said: None };
        }
        let value = "x".repeat(size as usize);
        let changes = json!([{ "op": "set", "key": format!("{operation}.{i}"), "value": value }]);
        let said = real::Transaction::trusting(MadeAt::from_ms(made_at / 1000), &changes);
        Transaction::saying(made_at, payload, said)
    }

    /// A transaction that says something.
    pub(crate) fn saying(made_at: u64, payload: u64, said: real::Transaction) -> Transaction {
        let size = u32::try_from(said.size()).unwrap_or(u32::MAX);
        Transaction { made_at, payload, size, depends_on: None, said: Some(Arc::new(said)) }
    }

    /// Whether it says of itself what `said` says.
    pub(super) fn agrees(&self, said: &real::Transaction) -> bool {
        said.made_at.as_ms() == Some(self.made_at / 1000) && said.size() == self.size as usize
    }

    /// A keyed hash over it, going on from `state`: over all of it, or over its short form where `said` is signed.
    pub(super) fn fold(&self, state: u64, with_said: bool) -> u64 {
        let mix = FastCrypto::mix;
        let made_at = if with_said { self.made_at } else { 0 };
        let hash = mix(mix(mix(state, made_at), self.payload), u64::from(self.size));
        let hash = self.depends_on.map_or(hash, |id| mix(hash, u64::from(id.0)));
        match &self.said {
            Some(said) if with_said => fold_said(hash, said),
            _ => hash,
        }
    }
}

impl Entry for Transaction {
    fn transaction(&self) -> Option<&real::Transaction> {
        self.said.as_deref()
    }
}

fn fold_said(state: u64, said: &real::Transaction) -> u64 {
    let (kind, key, text) = match &said.privacy {
        real::Privacy::Trusting { changes } => (1, "", changes),
        real::Privacy::Private { key_used, encrypted_changes } => (2, key_used.as_str(), encrypted_changes),
    };
    let made_at = said.made_at.as_ms().unwrap_or(u64::MAX);
    let hash = fold_text(fold_text(FastCrypto::mix(FastCrypto::mix(state, made_at), kind), key), text);
    // What else it has, such as its meta, few have.
    said.other.iter().fold(hash, |hash, (key, value)| fold_text(fold_text(hash, key), &value.to_string()))
}

/// A keyed hash over a text, going on from `state`.
pub(crate) fn fold_text(state: u64, text: &str) -> u64 {
    let words = text.as_bytes().chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    words.fold(FastCrypto::mix(state, text.len() as u64), FastCrypto::mix)
}

impl Hash for Transaction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.made_at, self.payload, self.size, self.depends_on).hash(state);
        if let Some(said) = &self.said {
            said.hash(state);
        }
    }
}

/// A text with one bit flipped of one of its characters, or with another character in the place of one that this leaves
/// no text.
pub(super) fn altered(text: &str, bit: u32) -> String {
    let at = bit as usize % text.chars().count().max(1);
    let flip = |c: char| char::from_u32(u32::from(c) ^ 1 << (bit / 32 % 5)).unwrap_or('?');
    text.chars().enumerate().map(|(i, c)| if i == at { flip(c) } else { c }).collect()
}

/// An author's signature of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// A keyed hash: over everything, or with `signed`, over what CoJSON does not know of.
    pub seal: u64,
    /// CoJSON's own.
    pub signed: Option<Arc<real::Signature>>,
}

impl Signature {
    /// A hash alone.
    pub const fn new(seal: u64) -> Signature {
        Signature { seal, signed: None }
    }

    /// Another one: these bits flipped of the hash, or one bit of CoJSON's text that they choose.
    #[must_use]
    pub fn altered(&self, bits: u64) -> Signature {
        match &self.signed {
            None => Signature::new(self.seal ^ bits),
            Some(signed) => {
                let signed = real::Signature::new(altered(signed.as_str(), (bits % 320) as u32));
                Signature { seal: self.seal, signed: Some(Arc::new(signed)) }
            }
        }
    }

    /// A number that tells it from others.
    pub fn digest(&self) -> u64 {
        self.signed.as_ref().map_or(self.seal, |signed| fold_text(self.seal, signed.as_str()))
    }
}

impl Hash for Signature {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest().hash(state);
    }
}

/// How a signature is written: a number, or that and CoJSON's text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum SignatureForm {
    Seal(u64),
    Signed { seal: u64, signature: real::Signature },
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = match &self.signed {
            None => SignatureForm::Seal(self.seal),
            Some(signed) => SignatureForm::Signed { seal: self.seal, signature: (**signed).clone() },
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match SignatureForm::deserialize(deserializer)? {
            SignatureForm::Seal(seal) => Signature::new(seal),
            SignatureForm::Signed { seal, signature } => {
                Signature { seal, signed: Some(Arc::new(signature)) }
            }
        })
    }
}

/// Where the hash of a log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamingHash {
    /// The keyed hash so far.
    pub(super) seal: u64,
    /// CoJSON's own.
    pub(super) said: Option<Arc<real::StreamingHash>>,
}

/// How it is written: a number, or that and CoJSON's text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StreamingHashForm {
    Seal(u64),
    Said { seal: u64, hash: String },
}

impl Serialize for StreamingHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = match &self.said {
            None => StreamingHashForm::Seal(self.seal),
            Some(said) => {
                StreamingHashForm::Said { seal: self.seal, hash: real::StreamingHash::hash(said).to_string() }
            }
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StreamingHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match StreamingHashForm::deserialize(deserializer)? {
            StreamingHashForm::Seal(seal) => Ok(StreamingHash { seal, said: None }),
            StreamingHashForm::Said { hash, .. } => Err(serde::de::Error::custom(format_args!(
                "hashing cannot go on from {hash}: hash the log again"
            ))),
        }
    }
}

impl Hash for StreamingHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seal.hash(state);
        if let Some(said) = &self.said {
            said.hash(state);
        }
    }
}

/// What is shared is written as what it is.
mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Arc<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_deref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<T>>, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map(Arc::new))
    }
}
