//! What makes a node speak as the published package does: [`RealCrypto`] is what it is handed to hash, sign and verify,
//! messages are translated from its own form to the package's and back, and [`Numbering`] gives the messages of a peer
//! that sends none the numbers that the node expects.

mod crypto;
mod peer;
mod pieces;
mod translate;

pub use crypto::RealCrypto;
pub use peer::Numbering;
pub use translate::Untranslatable;
