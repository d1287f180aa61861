//! Laws of CoJSON's own bytes.

mod codecs;
mod hostile;
mod messages;
mod secrets;
mod signing;
