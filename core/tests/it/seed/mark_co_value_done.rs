//! `markCoValueDone`.

use super::Seed;
use cosim_core::Event;
use cosim_core::state::Source;
use serde_json::json;

#[test]
fn marking_a_co_value_as_done() {
    let mut seed = Seed::empty();
    let id = seed.id1();
    seed.add_header(Source::Local).expect("it is new");
    assert_eq!(seed.state.mark_co_value_done(id), Ok(Event::CoValueDone { id }));
    let id1 = json!({ "id": "id1", "header": {}, "done": true, "sessions": {}, "sync": {} });
    seed.assert_is(&json!({ "peers": {}, "coValues": { "id1": id1 } }));
}
