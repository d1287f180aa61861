//! Printing data to stdout.

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

pub(super) use {out, outln};

pub(super) fn write(args: fmt::Arguments<'_>) {
    match anstream::stdout().lock().write_fmt(args) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            anstream::eprintln!("error: cannot print: {error}\nhint: is the disk full?");
            std::process::exit(2);
        }
        Ok(()) | Err(_) => {}
    }
}
