//! A small run in every form, as it is written.

use crate::samples::{VIOLATED, check, log, scenario, story};

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
