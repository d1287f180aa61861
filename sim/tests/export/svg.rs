//! The rules of an image that anybody may open: well formed, nothing loaded or run, every reference inside of it, every
//! label inside of it and none over another.

use crate::samples::{VIOLATED, log, of_repository, scenario, story, written};
use crate::{Checked, broken, finds, must};
use cosim_testbed::export::{Format, export};
use roxmltree::{Document, Node};

/// Elements that draw. Nothing else is known to be harmless.
const ELEMENTS: [&str; 12] =
    ["svg", "title", "style", "defs", "pattern", "marker", "path", "circle", "rect", "text", "g", "line"];

/// Attributes that say what is drawn where.
const ATTRIBUTES: [&str; 28] = [
    "width",
    "height",
    "viewBox",
    "role",
    "aria-labelledby",
    "id",
    "class",
    "x",
    "y",
    "cx",
    "cy",
    "r",
    "d",
    "x1",
    "x2",
    "y1",
    "y2",
    "text-anchor",
    "marker-end",
    "markerUnits",
    "markerWidth",
    "markerHeight",
    "refX",
    "refY",
    "orient",
    "patternUnits",
    "fill",
    "stroke",
];

/// Where a text is, in tenths of a pixel: left, top, right, bottom.
type Area = [i64; 4];

pub(crate) fn check(text: &str) -> Checked {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let svg = document.root_element();
    must(svg.tag_name().name() == "svg", || "it is no image".to_owned())?;
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        must(ELEMENTS.contains(&name), || format!("an element that may do more than draw: {name}"))?;
        for attribute in node.attributes() {
            let known = attribute.namespace().is_none() && ATTRIBUTES.contains(&attribute.name());
            must(known, || format!("an attribute that may do more than draw: {}", attribute.name()))?;
        }
        if ["title", "text"].contains(&name) {
            let words = node.text().unwrap_or_default();
            must(!words.trim().is_empty(), || format!("a {name} without words at {:?}", node.range()))?;
        }
    }
    references(&document, text)?;
    labels(svg, &document)
}

/// Whatever is referred to is there, once, and in the image.
fn references(document: &Document<'_>, text: &str) -> Checked {
    let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    for (at, _) in text.match_indices("url(") {
        let target = text[at + 4..].split(')').next().unwrap_or_default();
        let found =
            target.strip_prefix('#').map_or(0, |target| ids.iter().filter(|id| **id == target).count());
        must(found == 1, || format!("a reference to `{target}`, which is not one thing of the image"))?;
    }
    must(!text.contains("@import") && !text.contains("<!"), || "it loads or defines something".to_owned())
}

fn labels(svg: Node<'_, '_>, document: &Document<'_>) -> Checked {
    let size = ["width", "height"].map(|field| svg.attribute(field).and_then(|size| size.parse().ok()));
    let [Some(width), Some(height)] = size.map(|size: Option<i64>| size.map(|size| 10 * size)) else {
        return Err("the image has no size".to_owned());
    };
    let texts =
        document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    let mut areas: Vec<(Area, &str)> = Vec::new();
    for node in texts {
        let words = node.text().unwrap_or_default();
        let area = area(node, words)?;
        let [left, top, right, bottom] = area;
        let inside = left >= 0 && top >= 0 && right <= width && bottom <= height;
        must(inside, || format!("a label is not all inside: {words}"))?;
        areas.push((area, words));
    }
    areas.sort_by_key(|([_, top, ..], _)| *top);
    for (at, (a, words)) in areas.iter().enumerate() {
        let near = areas[at + 1..].iter().take_while(|(b, _)| b[1] < a[3]);
        for (b, others) in near {
            must(a[2] <= b[0] || b[2] <= a[0], || format!("labels overlap: `{words}` and `{others}`"))?;
        }
    }
    Ok(())
}

/// What a text of this font covers: its letters are 7.3 pixels wide, those of other scripts up to twice that.
fn area(text: Node<'_, '_>, words: &str) -> Result<Area, String> {
    let place = ["x", "y"].map(|field| text.attribute(field).and_then(|place| place.parse::<i64>().ok()));
    let [Some(x), Some(y)] = place.map(|place| place.map(|place| 10 * place)) else {
        return Err(format!("a label has no place: {words}"));
    };
    // The title is set in 15 pixels instead of 12, and stands alone.
    let letter = if text.attribute("class") == Some("title") { 92 } else { 73 };
    let width: i64 = words.chars().map(|c| if c.is_ascii() || c == '…' { letter } else { 2 * letter }).sum();
    let left = match text.attribute("text-anchor") {
        None => x,
        Some("middle") => x - width / 2,
        Some(_) => x - width,
    };
    Ok([left, y - 100, left + width, y + 30])
}

#[test]
fn every_rule_is_checked() {
    let text = written(&story(), Format::Svg);
    check(&text).unwrap();
    let label = "<text class=\"soft\" x=\"1\" y=\"60\">";
    for (from, to, rule) in [
        ("</svg>", "</html>", "expected 'svg' tag"),
        ("</svg>", "<script>1</script></svg>", "more than draw: script"),
        ("</svg>", "<foreignObject/></svg>", "more than draw: foreignObject"),
        ("<rect class", "<rect onclick=\"1\" class", "more than draw: onclick"),
        ("<rect class", "<rect href=\"a.png\" class", "more than draw: href"),
        ("url(#open)", "url(a.svg#open)", "`a.svg#open`, which is not one thing"),
        ("url(#open)", "url(#other)", "`#other`, which is not one thing"),
        ("</svg>", "<g id=\"open\"/></svg>", "`#open`, which is not one thing"),
        ("<style>", "<style>@import \"a.css\";", "loads or defines"),
        ("</svg>", "<text x=\"1\" y=\"1\"></text></svg>", "a text without words"),
        ("</svg>", "<text x=\"1\">x</text></svg>", "no place"),
        ("</svg>", "<text x=\"1\" y=\"9999\">x</text></svg>", "not all inside"),
        (" width=\"", " x=\"", "no size"),
    ] {
        finds(&check(&broken(&text, from, to)), rule);
    }
    let twice = format!("{label}ab</text>{label}cd</text></svg>");
    finds(&check(&broken(&text, "</svg>", &twice)), "labels overlap");
}

/// How many elements of a class there are.
fn count(text: &str, class: &str) -> usize {
    let document = Document::parse(text).unwrap();
    let drawn =
        document.descendants().filter(|node| node.parent().is_some_and(|parent| parent.has_tag_name("svg")));
    drawn.filter(|node| node.attribute("class") == Some(class)).count()
}

#[test]
fn it_tells_what_the_log_tells() {
    let log = story();
    let text = written(&log, Format::Svg);
    for entry in log.entries().filter(|entry| entry.what.is_told()) {
        let words = entry.words(log.cast()).to_string().replace('>', "&gt;");
        assert!(text.contains(&format!(">{words}</text>")), "no label `{words}`");
    }
    assert_eq!(
        text.matches("marker-end=").count(),
        22 + 4,
        "what arrives, and the legend of three kinds and of a copy"
    );
    assert_eq!(
        [count(&text, "hatch down"), count(&text, "hatch asleep")],
        [2, 2],
        "each once, and in the legend"
    );
    let violated = written(&crate::samples::log(&scenario(VIOLATED), 1), Format::Svg);
    assert!(violated.contains("<text class=\"violated\""), "{violated}");
}

/// There is room for so many messages and nodes; the image says how many are not shown.
#[test]
fn what_is_left_out_is_said() {
    for (path, messages) in [("faults/storm.json", 200), ("offline/comeback-storm.json", 200)] {
        let exported = export(&log(&of_repository(path), 1), Format::Svg);
        check(&exported.text).unwrap();
        let [sentence] = exported.missing.as_slice() else { panic!("{:?}", exported.missing) };
        assert!(sentence.starts_with("the diagram leaves out "), "{sentence}");
        assert!(exported.text.contains(sentence.as_str()), "{path}");
        let labels = exported.text.lines().filter_map(|line| line.split("<title>").next());
        assert!(labels.filter(|label| label.contains(" -&gt; ")).count() <= messages, "{path}");
    }
}
