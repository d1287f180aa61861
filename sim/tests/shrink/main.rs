//! Freezing and shrinking: a run written down is the same run, and what is left of a failure is all of it a cause.

mod acts;
mod causes;
mod culprits;
mod decisions;
mod expectations;
mod freezing;
mod generate;
mod kinds;
mod laws;
mod planted;
mod reasons;
mod shrinking;
