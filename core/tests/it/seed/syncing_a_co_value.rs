//! "Syncing a CoValue".
