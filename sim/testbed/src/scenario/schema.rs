//! The JSON Schema of scenario files, for editors.

use super::file;
use schemars::schema_for;
use serde_json::Value;

/// The JSON Schema of a scenario file. It is checked in as `sim/scenario.schema.json`.
pub fn schema() -> Value {
    let mut schema = schema_for!(file::Scenario);
    schema.insert("title".to_owned(), "cosim scenario".into());
    schema.into()
}
