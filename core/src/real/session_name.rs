//! The text of a session id: its owner, `_session_z`, and eight bytes that nobody else has.

use super::encoding::to_base58;
use alloc::format;
use alloc::string::String;

/// What stands between the owner and the rest.
const SEPARATOR: &str = "_session";

/// Whose session it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner<'a> {
    /// An account, by the id of its CoValue: `co_z…`. Who signs for it stands in that CoValue.
    Account(&'a str),
    /// An agent: `sealer_z…/signer_z…`, the signer being half of it.
    Agent(&'a str),
}

impl<'a> Owner<'a> {
    /// The account or agent that `name` is, by its form.
    pub fn of_name(name: &'a str) -> Option<Owner<'a>> {
        if name.starts_with("co_") {
            Some(Owner::Account(name))
        } else if name.starts_with("sealer_") && name.contains("/signer_") {
            Some(Owner::Agent(name))
        } else {
            None
        }
    }

    /// The owner of `session`: what stands before the first `_session`.
    pub fn of_session(session: &'a str) -> Option<Owner<'a>> {
        let (owner, _) = session.split_once(SEPARATOR)?;
        Owner::of_name(owner)
    }

    /// Its text.
    pub fn name(self) -> &'a str {
        match self {
            Owner::Account(name) | Owner::Agent(name) => name,
        }
    }

    /// The id of its session with these bytes that is there to delete a CoValue.
    pub fn delete_session(self, unique: &[u8; 7]) -> String {
        format!("{}$", to_base58(&format!("{}{SEPARATOR}_d", self.name()), unique))
    }

    /// The id of its session with these bytes.
    pub fn session(self, unique: &[u8; 8]) -> String {
        to_base58(&format!("{}{SEPARATOR}_z", self.name()), unique)
    }
}

/// `session` with another owner. Whoever changes the CoValue of its own account does so as its agent, in the session
/// that is named like its own otherwise.
pub fn session_of_other_owner(session: &str, owner: &str) -> Option<String> {
    session.find(SEPARATOR).map(|at| format!("{owner}{}", &session[at..]))
}
