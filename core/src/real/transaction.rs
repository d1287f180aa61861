//! One transaction of a session: readable by everybody (*trusting*), or encrypted (*private*).

use super::cipher::{CipherError, KeySecret, Place, decrypt, encrypt};
use super::number::{MadeAt, canonical, canonical_members};
use super::stable::stable_stringify;
use alloc::format;
use alloc::string::{String, ToString};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Number, Value};

/// A transaction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transaction {
    /// The author's clock.
    pub made_at: MadeAt,
    /// What it says, and to whom.
    pub privacy: Privacy,
    /// Members that CoJSON does not have. They count towards the hash.
    pub other: Map<String, Value>,
}

/// What a transaction says, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Privacy {
    /// Everybody may read it.
    Trusting {
        /// A JSON array of operations, as text.
        changes: String,
    },
    /// Who has the key may read it.
    Private {
        /// The id of the key: `key_z…`.
        key_used: String,
        /// The operations: `encrypted_U…`.
        encrypted_changes: String,
    },
}

/// The key that a private transaction is made with.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// Its id: `key_z…`.
    pub id: &'a str,
    /// Its secret.
    pub secret: &'a KeySecret,
}

impl Transaction {
    /// A transaction of `changes`, an array of operations, that everybody may read.
    pub fn trusting(made_at: MadeAt, changes: &Value) -> Transaction {
        let mut changes = stable_stringify(changes);
        // It is kept, and often for long.
        changes.shrink_to_fit();
        let privacy = Privacy::Trusting { changes };
        Transaction { made_at, privacy, other: Map::new() }
    }

    /// A transaction of `changes`, an array of operations, encrypted with `key` for `place`.
    pub fn private(made_at: MadeAt, changes: &Value, key: Key<'_>, place: &Place) -> Transaction {
        let privacy = Privacy::Private {
            key_used: String::from(key.id),
            encrypted_changes: encrypt(changes, key.secret, place),
        };
        Transaction { made_at, privacy, other: Map::new() }
    }

    /// The same with `meta`, which says something about the changes. What is private is encrypted as they are, for the
    /// place where it stands, so its meta is encrypted with the same key stream.
    #[must_use]
    pub fn with_meta(mut self, meta: &Value, place: &Place, secret: Option<&KeySecret>) -> Transaction {
        let text = match secret.filter(|_| self.is_private()) {
            Some(secret) => encrypt(meta, secret, place),
            None => stable_stringify(meta),
        };
        self.other.insert(String::from(META), Value::String(text));
        self
    }

    /// Whether it has a meta, readable or not.
    pub fn has_meta(&self) -> bool {
        self.other.contains_key(META)
    }

    /// The meta of a trusting transaction; `None` for a private one, and where there is none.
    ///
    /// # Errors
    /// As [`changes`](Transaction::changes).
    pub fn meta(&self) -> Result<Option<Value>, CipherError> {
        match self.other.get(META).and_then(Value::as_str).filter(|_| !self.is_private()) {
            Some(meta) => json(meta).map(Some),
            None => Ok(None),
        }
    }

    /// The meta of a private transaction that stands at `place`; `None` for a trusting one, and where there is none.
    ///
    /// # Errors
    /// As [`decrypt`].
    pub fn decrypt_meta(&self, secret: &KeySecret, place: &Place) -> Result<Option<Value>, CipherError> {
        match self.other.get(META).and_then(Value::as_str).filter(|_| self.is_private()) {
            Some(meta) => decrypt(meta, secret, place).map(Some),
            None => Ok(None),
        }
    }

    /// Whether only those with the key may read it.
    pub fn is_private(&self) -> bool {
        matches!(self.privacy, Privacy::Private { .. })
    }

    /// The operations of a trusting transaction; `None` for a private one.
    ///
    /// # Errors
    /// [`NoJson`](CipherError::NoJson), where its author wrote something else.
    pub fn changes(&self) -> Result<Option<Value>, CipherError> {
        let Privacy::Trusting { changes } = &self.privacy else { return Ok(None) };
        json(changes).map(Some)
    }

    /// The operations of a private transaction that stands at `place`; `None` for a trusting one.
    ///
    /// # Errors
    /// As [`decrypt`].
    pub fn decrypt(&self, secret: &KeySecret, place: &Place) -> Result<Option<Value>, CipherError> {
        let Privacy::Private { encrypted_changes, .. } = &self.privacy else { return Ok(None) };
        decrypt(encrypted_changes, secret, place).map(Some)
    }

    /// Its size as the package counts it: the length of its changes in UTF-16 code units.
    pub fn size(&self) -> usize {
        let text = match &self.privacy {
            Privacy::Trusting { changes: text } | Privacy::Private { encrypted_changes: text, .. } => text,
        };
        // Most text is ASCII, and that is soon seen.
        if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
    }

    /// Its stable text, which is hashed.
    pub fn stable(&self) -> String {
        stable_stringify(&self.to_json())
    }

    /// The transaction as JSON.
    pub fn to_json(&self) -> Value {
        let mut members = self.other.clone();
        let mut add = |key: &str, value: Value| members.insert(String::from(key), value);
        add("madeAt", Value::Number(self.made_at.as_number().clone()));
        match &self.privacy {
            Privacy::Trusting { changes } => {
                add("privacy", Value::from(TRUSTING));
                add("changes", Value::from(changes.as_str()));
            }
            Privacy::Private { key_used, encrypted_changes } => {
                add("privacy", Value::from(PRIVATE));
                add("keyUsed", Value::from(key_used.as_str()));
                add("encryptedChanges", Value::from(encrypted_changes.as_str()));
            }
        }
        Value::Object(members)
    }
}

/// The value that a text is.
fn json(text: &str) -> Result<Value, CipherError> {
    serde_json::from_str(text).map(canonical).map_err(|error| CipherError::NoJson(error.to_string()))
}

const META: &str = "meta";
const TRUSTING: &str = "trusting";
const PRIVATE: &str = "private";

impl Serialize for Transaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Transaction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        of_json(Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The transaction of these members, or what is wrong with them.
fn of_json(mut members: Map<String, Value>) -> Result<Transaction, String> {
    let made_at = MadeAt::from_number(number(&mut members, "madeAt")?);
    let kind = text(&mut members, "privacy")?;
    let privacy = match kind.as_str() {
        TRUSTING => Privacy::Trusting { changes: text(&mut members, "changes")? },
        PRIVATE => Privacy::Private {
            key_used: text(&mut members, "keyUsed")?,
            encrypted_changes: text(&mut members, "encryptedChanges")?,
        },
        other => return Err(format!("`privacy`: expected `{TRUSTING}` or `{PRIVATE}`, found {other:?}")),
    };
    Ok(Transaction { made_at, privacy, other: canonical_members(members) })
}

fn number(members: &mut Map<String, Value>, key: &str) -> Result<Number, String> {
    match members.remove(key) {
        Some(Value::Number(number)) => Ok(number),
        Some(_) => Err(format!("`{key}` of a transaction: expected a number")),
        None => Err(format!("`{key}` of a transaction is missing")),
    }
}

fn text(members: &mut Map<String, Value>, key: &str) -> Result<String, String> {
    match members.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(format!("`{key}` of a transaction: expected a string")),
        None => Err(format!("`{key}` of a transaction is missing")),
    }
}
