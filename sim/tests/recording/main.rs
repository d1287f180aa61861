//! Recorded editing sessions: what is read, what is refused, and how they are played.

mod command_line;
mod generate;
mod playing;
mod reading;
mod refusals;
mod without_network;
