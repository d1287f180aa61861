//! From a text to a checked scenario, with every independent mistake in it: JSON with places, then the shapes of a
//! file, then the checks of [`resolve`](super::resolve).

use super::problems::{Problem, Problems};
use super::prune::Pruning;
use super::resolve::resolve_file;
use super::template::expand;
use super::tree::{Node, Tree};
use super::{MAX_BYTES, Scenario, file, numbers};
use serde_json::Value;
use std::ops::Range;

/// Parses and checks the text of a scenario file. `origin` is what messages call it, usually its path.
pub fn parse(text: &str, origin: &str) -> Result<Scenario, Problems> {
    if text.len() > MAX_BYTES {
        return Err(Problems::of_file(origin, too_large(text.len())));
    }
    parse_text(text).map_err(|list| Problems::of_text(origin, text, list))
}

/// Parses and checks the bytes of a scenario file.
pub fn parse_bytes(bytes: &[u8], origin: &str) -> Result<Scenario, Problems> {
    if bytes.len() > MAX_BYTES {
        return Err(Problems::of_file(origin, too_large(bytes.len())));
    }
    match str::from_utf8(bytes) {
        Ok(text) => parse(text, origin),
        Err(error) => {
            let good = str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
            let problem = Problem::in_text(good.len()..good.len(), "the file is not UTF-8 text")
                .expected(format!("byte {} is part of no character", good.len()))
                .help("a scenario file is JSON, in UTF-8");
            Err(Problems::of_text(origin, good, vec![problem]))
        }
    }
}

/// What is doubtful about a text that is a scenario: what comes to nothing, or contradicts itself. It is played all the same.
pub fn doubts(bytes: &[u8], origin: &str) -> Result<Problems, Problems> {
    let scenario = parse_bytes(bytes, origin)?;
    let text = str::from_utf8(bytes).unwrap_or_default();
    let mut problems = Vec::new();
    let Some(mut tree) = Tree::parse(text, &mut problems) else {
        return Ok(Problems::doubts(origin, text, Vec::new()));
    };
    let numbers = numbers::changed(&tree, text).into_iter().map(|doubt| {
        let span = doubt.place.as_ref().map(|place| tree.span_of(place));
        Problem { span, ..doubt }
    });
    let mut found: Vec<Problem> = numbers.collect();
    let templates = expand(&mut tree, &mut problems);
    for doubt in super::doubts::doubts(&scenario.file) {
        let span = doubt.place.as_ref().map(|place| tree.span_of(place));
        // One in a template is told once, of the first name that it stands for.
        if templates == 0 || found.iter().all(|other| other.span != span) {
            found.push(Problem { span, ..doubt });
        }
    }
    Ok(Problems::doubts(origin, text, found))
}

fn too_large(bytes: usize) -> Problem {
    let problem = Problem::in_text(0..0, format!("the file has {bytes} bytes"));
    problem.help(format!("the limit is {MAX_BYTES}: let `workload` generate operations"))
}

fn parse_text(text: &str) -> Result<Scenario, Vec<Problem>> {
    const MARK: char = '\u{feff}';
    if text.starts_with(MARK) {
        let problem = Problem::in_text(0..MARK.len_utf8(), "not JSON: a byte order mark");
        return Err(vec![problem.help("save the file as UTF-8 without a mark at its start")]);
    }
    let mut problems = Vec::new();
    let Some(mut tree) = Tree::parse(text, &mut problems) else { return Err(problems) };
    if let Some(problem) = unsupported_version(&tree) {
        return Err(vec![problem]);
    }
    let Some(mut file) = Pruning::new(&mut tree, &mut problems).deserialize() else { return Err(problems) };
    let found = problems.len();
    let templates = expand(&mut tree, &mut problems);
    if problems.len() > found {
        return Err(problems);
    }
    if templates > 0 {
        // Copies have the shapes of what they are copies of.
        let Some(expanded) = Pruning::new(&mut tree, &mut problems).deserialize() else {
            return Err(problems);
        };
        file = expanded;
    }
    match resolve_file(file) {
        Ok(scenario) if problems.is_empty() => Ok(scenario),
        Ok(_) => Err(problems),
        Err(found) => {
            let placed = found.into_iter().map(|problem| {
                let span = problem.place.as_ref().map(|place| tree.span_of(place));
                Problem { span, ..problem }
            });
            // A kind that is none was told of already.
            let described = tree.field("co_values").map(|field| field.value.span.clone());
            let is_inside = |span: &Range<usize>| {
                described.as_ref().is_some_and(|all| all.start <= span.start && span.end <= all.end)
            };
            let pruned = problems.iter().any(|problem| problem.span.as_ref().is_some_and(is_inside));
            for problem in placed.filter(|problem| !(pruned && problem.message.contains(" has no kind"))) {
                // One mistake in a template is told once, of the first name that it stands for.
                let told = |other: &Problem| other.span == problem.span;
                if templates == 0 || !problems.iter().any(told) {
                    problems.push(problem);
                }
            }
            Err(problems)
        }
    }
}

/// A file of another version is not read at all: its fields mean other things.
fn unsupported_version(tree: &Tree) -> Option<Problem> {
    let version = &tree.field("version")?.value;
    let Node::Plain(Value::Number(number)) = &version.node else { return None };
    let supported = file::VERSION;
    (number.as_u64() != Some(u64::from(supported))).then(|| {
        Problem::in_text(version.span.clone(), format!("unsupported version {number}"))
            .expected(format!("this cosim reads version {supported}"))
            .help(format!(
                "write the scenario anew in version {supported}, or use a cosim that reads this one"
            ))
    })
}
