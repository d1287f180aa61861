//! A small run in every form, as it is written.

use crate::samples::{VIOLATED, check, log, scenario, story};
use cosim_testbed::export::Format;
use cosim_testbed::log::Log;
use std::path::Path;

#[test]
fn a_story_in_every_form() {
    let [perfetto, shiviz, mermaid, svg, csv] = check(&story()).map(|exported| {
        assert_eq!(exported.missing, Vec::<String>::new());
        exported.text
    });
    insta::assert_snapshot!("story_perfetto", perfetto);
    insta::assert_snapshot!("story_shiviz", shiviz);
    insta::assert_snapshot!("story_mermaid", mermaid);
    insta::assert_snapshot!("story_svg", svg);
    insta::assert_snapshot!("story_csv", csv);
}

#[test]
fn a_violation_as_a_diagram() {
    let [_, _, mermaid, svg, _] = check(&log(&scenario(VIOLATED), 1));
    insta::assert_snapshot!("violated_mermaid", mermaid.text);
    insta::assert_snapshot!("violated_svg", svg.text);
}

/// What guests say to each other is their own; data/README.md says where these logs are from.
#[test]
fn runs_of_guests_in_every_form() {
    for name in ["cojson", "last-writer"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/export/data/{name}.jsonl"));
        let log = Log::read_json_lines(&std::fs::read(&path).unwrap()).unwrap().log;
        for (exported, format) in check(&log).iter().zip(Format::ALL) {
            assert!(exported.text.contains("alice"), "{name}: no node in {}", format.name());
        }
    }
}
