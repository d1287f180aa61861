//! Seeded random walks in virtual time: nodes on lossy, doubling, slow links that are cut, block, crash and are
//! wiped, then a calm phase in which all must agree and fall silent.

mod scenario;
mod world;

pub(crate) use scenario::{Kind, walk};
