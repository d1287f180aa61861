//! automerge, yrs and loro in cosim's world: each as a [`Document`](host::Document) with a sync protocol, in a node that
//! the world plays, and a table of what they survive.
//!
//! ```
//! use cosim_hosted::automerge::Automerge;
//! use cosim_hosted::story::{Condition, Shape, trial};
//! use cosim_world::trial::replica::Oracle;
//!
//! let trial = trial::<Automerge>(Shape::Link, Condition::Loss, &[Oracle::Convergence]);
//! let found = trial.sweep(0..100).expect("it asks for a reliable stream, and says so");
//! let small = trial.shrink(&trial.freeze(found.seed));
//! println!("{small}\n{}", trial.log(&small));
//! ```

pub mod automerge;
pub mod cell;
pub mod host;
pub mod known;
pub mod loro;
pub mod matrix;
pub mod story;
pub mod yrs;
