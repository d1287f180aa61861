//! How the protocol asks for planted faults, and the parts of them that are more than leaving out a rule.
//!
//! `planted!(shell, IgnoreGap)` asks whether the fault is planted, and `planted!(shell, IgnoreGap => does)` does
//! something if it is. Without the feature `planted-faults` the first is the literal `false` and the second is nothing
//! at all: the list of faults is not compiled, and the protocol has no branch for any of them.

#[cfg(feature = "planted-faults")]
macro_rules! planted {
    ($at:expr, $fault:ident) => {
        $at.mutated(crate::node::Mutation::$fault)
    };
    ($at:expr, $fault:ident => $does:expr) => {
        if planted!($at, $fault) {
            $does;
        }
    };
}

#[cfg(not(feature = "planted-faults"))]
macro_rules! planted {
    ($at:expr, $fault:ident) => {
        false
    };
    ($at:expr, $fault:ident => $does:expr) => {};
}

#[cfg(feature = "planted-faults")]
mod faults;

#[cfg(feature = "planted-faults")]
pub(crate) use faults::Unheard;
