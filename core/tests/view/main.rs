//! What users see: equal to what the published package showed in every recorded run, and lawful where nothing was
//! recorded. `cargo test -p cosim-core --test view -- --nocapture` prints how much was compared.

mod arrival;
mod branches;
mod dependencies;
mod dialects;
mod histories;
mod keys;
mod lists;
mod live;
mod long_texts;
mod permissions;
mod recorded;
mod shelf;
mod streams;
mod todays;
