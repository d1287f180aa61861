//! Which cosim this is.

/// The build, in a word: `COMMIT-clean`, `COMMIT-dirty-HASH` with a hash of what differs from the commit, or `unknown`.
pub(super) const BUILD: &str = env!("COSIM_BUILD");

/// What `cosim --version` says after the name.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("COSIM_BUILD"), ")");
