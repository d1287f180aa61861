//! The largest scenario that is taken. Each limit is far above what a person writes and well below what would exhaust
//! a machine; the message of a check names it.

use cosim_core::Span;

/// The bytes of a file: 64 MiB.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The problems that are reported of one file.
pub const MAX_PROBLEMS: usize = 20;
/// The bytes of a name.
pub const MAX_NAME_BYTES: usize = 64;
/// The bytes of the name of an operation.
pub const MAX_OPERATION_NAME_BYTES: usize = 256;
/// The nodes.
pub const MAX_NODES: usize = 20_000;
/// The links.
pub const MAX_LINKS: usize = 200_000;
/// The CoValues.
pub const MAX_CO_VALUES: usize = 100_000;
/// The operations, timeline, workload and faults together.
pub const MAX_OPERATIONS: usize = 1_000_000;
/// The workloads.
pub const MAX_WORKLOADS: usize = 100;
/// The transactions of one edit.
pub const MAX_TRANSACTIONS: u32 = 10_000;
/// The bytes of one transaction: 1 MiB.
pub const MAX_TRANSACTION_BYTES: u32 = 1024 * 1024;
/// The loads of one flood: more than the CoValues that one connection may name.
pub const MAX_FLOOD: u32 = 100_000;
/// How often any other attack may lie. A fork has as many transactions as an edit.
pub const MAX_LIES: u32 = 64;
/// The longest duration, and the latest time in a chapter: a leap year.
pub const MAX_DURATION: Span = Span::from_s(366 * 24 * 60 * 60);
/// The furthest that a wall clock may be off or jump: a hundred leap years, so that one may show the start of 1970.
pub const MAX_SHIFT: Span = Span::from_s(100 * 366 * 24 * 60 * 60);
