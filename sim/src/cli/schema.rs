//! `cosim schema`: the JSON Schema of scenario files.

use super::exit::{Exit, Failure};
use super::print::outln;

pub(super) fn main() -> Result<Exit, Failure> {
    let schema = cosim_testbed::scenario::schema();
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure(format!("error: {error}")))?;
    outln!("{text}");
    Ok(Exit::Held)
}
