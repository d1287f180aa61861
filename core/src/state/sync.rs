//! What is due to whom.
