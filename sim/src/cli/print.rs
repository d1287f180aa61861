//! Printing: data to stdout, and what is said to a person to stderr.

use std::fmt;
use std::io::{ErrorKind, Write};

/// Prints to stdout, as `print!` does. Who has stopped reading, as `head` does, has enough: what is left is not
/// printed, and the exit code still tells the verdict.
macro_rules! out {
    ($($args:tt)*) => { $crate::cli::print::write(format_args!($($args)*)) };
}

/// Like [`out`], with the end of a line.
macro_rules! outln {
    ($($args:tt)*) => { $crate::cli::print::write(format_args!("{}\n", format_args!($($args)*))) };
}

/// Says something on stderr, as `eprintln!` does. Where nobody can hear it, as on a full disk, the exit code still tells the
/// verdict.
macro_rules! say {
    ($($args:tt)*) => { $crate::cli::print::tell(format_args!("{}\n", format_args!($($args)*))) };
}

pub(super) use {out, outln, say};

/// How wide a line may be: as wide as the terminal, where there is one.
pub(super) fn columns() -> usize {
    let width = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into());
    width.unwrap_or(cosim_testbed::report::COLUMNS)
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// `1 seed`, `2 seeds`.
pub(super) fn count(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}

pub(super) fn write(args: fmt::Arguments<'_>) {
    match anstream::stdout().lock().write_fmt(args) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say!("error: cannot print: {error}\nhint: is the disk full?");
            std::process::exit(2);
        }
        Ok(()) | Err(_) => {}
    }
}

pub(super) fn tell(args: fmt::Arguments<'_>) {
    // There is nowhere to report it.
    let _ = anstream::stderr().lock().write_fmt(args);
}
