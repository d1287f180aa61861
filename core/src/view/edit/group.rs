//! What groups write: each change is a transaction of its own, because a group takes no others.
//!
//! Secrets are chosen by the caller: nothing here draws at random. Every function returns the changes of transactions
//! that follow each other in one session.

use crate::real::{
    AgentId, CipherError, KeySecret, Place, SealerId, SealerSecret, encrypt_key, group_sealer, seal,
    seal_for_group,
};
use crate::view::keys::revelation;
use crate::view::role::{EVERYONE, GROUP_SEALER, READ_KEY, WRITE_KEY};
use crate::view::{Dialect, Role, edit};
use alloc::string::ToString;
use alloc::vec::Vec;
use alloc::{format, vec};
use serde_json::Value;

/// A read key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadKey<'a> {
    /// Its id: `key_z…`.
    pub id: &'a str,
    /// Its secret.
    pub secret: &'a KeySecret,
}

/// A member, with the agent for whom keys are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name by which the group knows it: an account's id, or the agent's own.
    pub id: &'a str,
    /// The agent.
    pub agent: &'a AgentId,
}

/// Who writes, and where: what keys are sealed with depends on the place.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The group.
    pub group: &'a str,
    /// The session.
    pub session: &'a str,
    /// How many transactions of the session there are already.
    pub after: u32,
    /// The writing agent's secret.
    pub sealer: &'a SealerSecret,
    /// By whose rules.
    pub dialect: Dialect,
}

/// The transactions so far, and where the next one stands.
struct Draft<'a> {
    writer: Writer<'a>,
    changes: Vec<Value>,
}

impl Draft<'_> {
    fn set(&mut self, key: &str, value: &str) {
        self.changes.push(edit::set(key, &value.into()));
    }

    /// Where the next transaction stands.
    fn place(&self) -> Place {
        let more = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        let index = self.writer.after.saturating_add(more);
        Place::transaction(self.writer.group, self.writer.session, index)
    }

    fn reveal(&mut self, key: &ReadKey<'_>, member: &Member<'_>) -> Result<(), CipherError> {
        let secret = Value::from(key.secret.to_string());
        let sealed = seal(&secret, self.writer.sealer, &member.agent.sealer, &self.place())?;
        self.set(&revelation(key.id, member.id), &sealed);
        Ok(())
    }

    fn hand_over(
        &mut self,
        key: &ReadKey<'_>,
        members: &[Member<'_>],
        to_everyone: bool,
    ) -> Result<(), CipherError> {
        for member in members {
            self.reveal(key, member)?;
        }
        if to_everyone {
            self.set(&revelation(key.id, EVERYONE), &key.secret.to_string());
        }
        Ok(())
    }

    /// A new key for all but one of the readers, who is about to be none.
    fn rotate(
        &mut self,
        rotation: &Rotation<'_>,
        without: &str,
        others: &[ReadKey<'_>],
    ) -> Result<(), CipherError> {
        let readers = rotation.readers.iter().filter(|reader| reader.id != without);
        let readers: Vec<Member<'_>> = readers.cloned().collect();
        self.hand_over(&rotation.new, &readers, rotation.everyone_reads && without != EVERYONE)?;
        for parent in rotation.parent_keys {
            self.lock(&rotation.new, parent);
        }
        for old in core::iter::once(&rotation.old).chain(others) {
            self.lock(old, &rotation.new);
        }
        self.set_read_key(&rotation.new);
        Ok(())
    }

    /// Names the read key, and the sealer that comes of it, where groups have one.
    fn set_read_key(&mut self, key: &ReadKey<'_>) {
        self.set(READ_KEY, key.id);
        if self.writer.dialect.has_group_sealers() {
            self.set(GROUP_SEALER, &format!("{}@{}", key.id, group_sealer(key.secret).id()));
        }
    }

    /// The key that a member writes with who may not read: its own, and those have it who may.
    fn give_write_key(
        &mut self,
        member: &Member<'_>,
        key: &ReadKey<'_>,
        readers: &[Member<'_>],
    ) -> Result<(), CipherError> {
        self.set(&format!("{WRITE_KEY}{}", member.id), key.id);
        self.reveal(key, member)?;
        self.hand_over(key, readers, false)
    }

    fn lock(&mut self, key: &ReadKey<'_>, with: &ReadKey<'_>) {
        self.set(&revelation(key.id, with.id), &encrypt_key(key.secret, key.id, (with.id, with.secret)));
    }
}

impl<'a> Writer<'a> {
    fn draft(self) -> Draft<'a> {
        Draft { writer: self, changes: vec![] }
    }

    /// Founds the group: `founder`, which the header names, is its admin, and `key` its read key.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn found(self, founder: &Member<'_>, key: &ReadKey<'_>) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(founder.id, Role::Admin.as_str());
        draft.reveal(key, founder)?;
        draft.set_read_key(key);
        Ok(draft.changes)
    }

    /// Founds an account, as its agent.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn found_account(self, founder: &Member<'_>, key: &ReadKey<'_>) -> Result<Vec<Value>, CipherError> {
        // An account is nobody's parent, and has no sealer.
        Writer { dialect: Dialect::V0_7, ..self }.found(founder, key)
    }

    /// Gives `member` a role, and the present read key. An invite is a member too: an agent made for the purpose.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn add_member(
        self,
        member: &Member<'_>,
        role: Role,
        key: &ReadKey<'_>,
    ) -> Result<Vec<Value>, CipherError> {
        self.add_member_with(member, role, core::slice::from_ref(key))
    }

    /// The same with several keys: the present read key, and those of members who only write.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn add_member_with(
        self,
        member: &Member<'_>,
        role: Role,
        keys: &[ReadKey<'_>],
    ) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(member.id, role.as_str());
        for key in keys {
            draft.reveal(key, member)?;
        }
        Ok(draft.changes)
    }

    /// Lets `member` only write, or be an invite that makes such members: with a new key of its own, that `readers` have
    /// as well.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn add_write_only(
        self,
        member: &Member<'_>,
        role: Role,
        key: &ReadKey<'_>,
        readers: &[Member<'_>],
    ) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(member.id, role.as_str());
        draft.give_write_key(member, key, readers)?;
        Ok(draft.changes)
    }

    /// Gives new keys to members who only write: after a rotation, or as one of everyone who may only write.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn give_write_keys(
        self,
        given: &[(Member<'_>, ReadKey<'_>)],
        readers: &[Member<'_>],
    ) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        for (member, key) in given {
            draft.give_write_key(member, key, readers)?;
        }
        Ok(draft.changes)
    }

    /// Lets everyone read, or also write: the present read key is public from then on. Where there are members who only
    /// write, everyone may do that, without any key. `None` for other roles, which are nobody's, so that the key is not
    /// given away for nothing.
    pub fn add_everyone(self, role: Role, key: &ReadKey<'_>) -> Option<Vec<Value>> {
        if role == Role::WriteOnly && self.dialect.has_write_only() {
            let mut draft = self.draft();
            draft.set(EVERYONE, role.as_str());
            return Some(draft.changes);
        }
        if !matches!(role, Role::Reader | Role::Writer) {
            return None;
        }
        let mut draft = self.draft();
        draft.set(EVERYONE, role.as_str());
        draft.set(&revelation(key.id, EVERYONE), &key.secret.to_string());
        Some(draft.changes)
    }

    /// Makes the group a child of `parent`, whose members count here from then on, by the roles they have there.
    pub fn add_parent(self, parent: &str, parent_key: &ReadKey<'_>, key: &ReadKey<'_>) -> Vec<Value> {
        let mut draft = self.draft();
        draft.set(&format!("parent_{parent}"), "extend");
        draft.lock(key, parent_key);
        draft.changes
    }

    /// Makes the group a child of `parent`, whose members all count as `role` here, or as what they are there. They get
    /// these keys of the group: the present read key, and those of members who only write.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn extend(
        self,
        parent: &str,
        role: Option<Role>,
        handing: &Handing<'_>,
        keys: &[ReadKey<'_>],
    ) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(&format!("parent_{parent}"), role.map_or("extend", Role::as_str));
        for key in keys {
            match handing {
                Handing::Locked(parent_key) => draft.lock(key, parent_key),
                Handing::Sealed { sealer, once } => {
                    let secret = Value::from(key.secret.to_string());
                    let sealed = seal_for_group(&secret, once, sealer, &draft.place())?;
                    draft.set(&format!("{}_sealedFor_{sealer}", key.id), &sealed);
                }
            }
        }
        Ok(draft.changes)
    }

    /// The group is no longer a child of `parent`, whose members cannot read what is written from then on.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn revoke_extend(self, parent: &str, rotation: &Rotation<'_>) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(&format!("parent_{parent}"), Role::Revoked.as_str());
        draft.rotate(rotation, "", &[])?;
        Ok(draft.changes)
    }

    /// Takes `member` out and rotates the read key to `new`: what is written from then on `member` cannot read.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn remove_member(self, member: &str, rotation: &Rotation<'_>) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.set(member, Role::Revoked.as_str());
        draft.rotate(rotation, member, &[])?;
        Ok(draft.changes)
    }

    /// The writer takes itself out, as `member`. The new key comes first: who is out can make none.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn leave(self, member: &str, rotation: &Rotation<'_>) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.rotate(rotation, member, &[])?;
        draft.set(member, Role::Revoked.as_str());
        Ok(draft.changes)
    }

    /// Makes a new read key because the present one is in the wrong hands, or out of the writer's reach: of the keys so
    /// far it opens `rotation.old` and `others`.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn rotate(self, rotation: &Rotation<'_>, others: &[ReadKey<'_>]) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.rotate(rotation, "", others)?;
        Ok(draft.changes)
    }

    /// Hands the present read key to members who lack it.
    ///
    /// # Errors
    /// [`WeakKey`](CipherError::WeakKey).
    pub fn hand_over(
        self,
        key: &ReadKey<'_>,
        members: &[Member<'_>],
        to_everyone: bool,
    ) -> Result<Vec<Value>, CipherError> {
        let mut draft = self.draft();
        draft.hand_over(key, members, to_everyone)?;
        Ok(draft.changes)
    }
}

/// How the keys of a group are handed to the members of its parent.
#[derive(Clone, Debug)]
pub enum Handing<'a> {
    /// By who has the parent's read key: locked with it.
    Locked(ReadKey<'a>),
    /// By a stranger to the parent: sealed for the sealer that it names.
    Sealed {
        /// The parent's sealer: see [`CoGroup::sealer`](crate::view::CoGroup::sealer).
        sealer: &'a SealerId,
        /// What it is sealed with, made for this and nothing else.
        once: &'a SealerSecret,
    },
}

/// A new read key, and who gets it.
#[derive(Clone, Debug)]
pub struct Rotation<'a> {
    /// The key so far. It stays readable with the new one.
    pub old: ReadKey<'a>,
    /// The new key.
    pub new: ReadKey<'a>,
    /// The members who may read, themselves named in the group.
    pub readers: &'a [Member<'a>],
    /// Whether everyone may.
    pub everyone_reads: bool,
    /// The present read keys of the parents.
    pub parent_keys: &'a [ReadKey<'a>],
}
