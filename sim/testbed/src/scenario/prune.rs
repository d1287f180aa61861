//! The shapes of a file, with every independent mistake in them.
//!
//! Deserialising stops at the first mistake. It is noted, the mistaken part is taken out of the tree, and the rest is
//! tried again, so that a person who made three mistakes is told of three. The checks that follow are left out where
//! what was taken out could mislead them.

use super::describe::{Mistake, describe};
use super::place::{Part, Place, Step};
use super::problems::Problem;
use super::tree::{Field, Node, Tree};
use super::{MAX_PROBLEMS, file};
use serde_json::json;
use serde_path_to_error::Segment;

/// Takes mistaken parts out of a tree until the rest is a scenario.
pub(super) struct Pruning<'a> {
    tree: &'a mut Tree,
    problems: &'a mut Vec<Problem>,
    /// The start of each object that lost a field, and the field: that it is missing is our doing.
    lost: Vec<(usize, String)>,
    /// The start of each array that lost an element: that it is too short is our doing.
    shortened: Vec<usize>,
    /// Whether the checks of what is left would complain of what was taken out.
    misleading: bool,
}

impl<'a> Pruning<'a> {
    pub(super) fn new(tree: &'a mut Tree, problems: &'a mut Vec<Problem>) -> Pruning<'a> {
        Pruning { tree, problems, lost: Vec::new(), shortened: Vec::new(), misleading: false }
    }

    /// What is left when nothing is mistaken any more; `None` where it is not worth checking.
    pub(super) fn deserialize(mut self) -> Option<file::Scenario> {
        // Every round takes something out or fills one of three fields in, so that this ends; the bound makes it soon.
        while self.problems.len() < MAX_PROBLEMS {
            let error = match serde_path_to_error::deserialize::<_, file::Scenario>(&*self.tree) {
                Ok(file) => return (!self.misleading).then_some(file),
                Err(error) => error,
            };
            let path = path(error.path());
            let mistake = describe(&error.into_inner().to_string());
            if !self.take_out(path, mistake) {
                break;
            }
        }
        None
    }

    /// Notes a mistake and takes it out. False where that is impossible.
    fn take_out(&mut self, mut path: Vec<Step>, mistake: Mistake) -> bool {
        match mistake {
            Mistake::Missing { field } => {
                let place = Place { path: path.clone(), part: Part::Value };
                let object = self.tree.span_of(&place);
                if !self.lost.contains(&(object.start, field.clone())) {
                    let span = object.start..(object.start + 1).min(object.end);
                    let problem = Problem::in_text(span, format!("missing field `{field}`"));
                    let problem =
                        problem.expected(format!("expected a field `{field}`")).help(example(&field));
                    self.problems.push(Problem { place: Some(place), ..problem });
                }
                if path.is_empty() { self.fill_in(&field) } else { self.remove(&path) }
            }
            Mistake::Unknown { field, close, expected, help } => {
                // The path may or may not include the field.
                if self.tree.get_mut(&path).is_none_or(|tree| tree.field(&field).is_none()) {
                    path.pop();
                }
                path.push(Step::Key(field));
                let place = Place { path: path.clone(), part: Part::Key };
                let name = path.last().map(|step| match step {
                    Step::Key(key) => file::quoted(key),
                    Step::Index(index) => index.to_string(),
                });
                let message = format!("unknown field {}", name.unwrap_or_default());
                let problem = Problem::new(place, message).maybe_help(help);
                self.note(Problem { expected, ..problem });
                let object = self.start(&path[..path.len() - 1]);
                // What was meant is not missing as well.
                self.lost.extend(close.map(|close| (object, close)));
                self.remove(&path)
            }
            Mistake::Surplus { field, message, expected, help } => {
                path.push(Step::Key(field));
                let place = Place { path: path.clone(), part: Part::Key };
                let problem = Problem::new(place, message).maybe_help(help);
                self.note(Problem { expected, ..problem });
                self.remove(&path)
            }
            Mistake::Other { .. } if self.is_shortened(&path) || self.is_robbed(&path) => self.remove(&path),
            Mistake::Other { message, expected, help } => {
                let place = Place { path: path.clone(), part: Part::Value };
                let problem = Problem::new(place, message).maybe_help(help);
                self.note(Problem { expected, ..problem });
                self.remove(&path)
            }
        }
    }

    fn note(&mut self, problem: Problem) {
        let span = problem.place.as_ref().map(|place| self.tree.span_of(place));
        self.problems.push(Problem { span, ..problem });
    }

    /// Where the value at a path starts: that tells objects apart.
    fn start(&mut self, path: &[Step]) -> usize {
        self.tree.get_mut(path).map_or(0, |tree| tree.span.start)
    }

    fn is_shortened(&mut self, path: &[Step]) -> bool {
        let start = self.start(path);
        let is_array = self.tree.get_mut(path).is_some_and(|tree| matches!(tree.node, Node::Array(_)));
        is_array && self.shortened.contains(&start)
    }

    /// Whether an object lost a field: what is wrong with it as a whole is our doing.
    fn is_robbed(&mut self, path: &[Step]) -> bool {
        let start = self.start(path);
        let is_object = self.tree.get_mut(path).is_some_and(|tree| matches!(tree.node, Node::Object(_)));
        is_object && self.lost.iter().any(|(object, _)| *object == start)
    }

    fn remove(&mut self, path: &[Step]) -> bool {
        let Some((last, parent)) = path.split_last() else { return false };
        let start = self.start(parent);
        match last {
            Step::Key(key) => self.lost.push((start, key.clone())),
            Step::Index(_) => self.shortened.push(start),
        }
        self.misleading |= misleads(path);
        self.tree.remove(path)
    }

    /// Gives the outermost object a field that it must have.
    fn fill_in(&mut self, field: &str) -> bool {
        let node = match field {
            "version" => Node::Plain(json!(file::VERSION)),
            "about" => Node::Plain(json!("-")),
            _ => Node::Object(Vec::new()),
        };
        self.misleading |= field == "nodes";
        let Node::Object(fields) = &mut self.tree.node else { return false };
        let span = self.tree.span.start..self.tree.span.start;
        let value = Tree { span: span.clone(), node };
        fields.push(Field { key: field.to_owned(), key_span: span, value });
        true
    }
}

/// The details of an operation by which others are judged: one of a clock's changes must be there, and so on.
const NEEDED: [&str; 8] = ["jump", "stop", "go", "drift", "between", "from", "to", "backup"];

/// Whether the checks would complain of what is gone once a path is taken out: a node, a link, an operation, a name.
/// Only an optional detail deep inside is not missed.
fn misleads(path: &[Step]) -> bool {
    match path {
        [] | [_] | [.., Step::Index(_)] => true,
        [Step::Key(section), .., Step::Key(key)] if section == "timeline" && NEEDED.contains(&&**key) => true,
        [Step::Key(section), _, Step::Key(key)] if section == "nodes" && key == "disk" => true,
        [Step::Key(section), rest @ ..] => match section.as_str() {
            "nodes" => rest.len() < 2,
            "links" => rest.len() < 2,
            "timeline" => rest.len() < 3,
            _ => false,
        },
        _ => true,
    }
}

/// How to write a field that must be there.
fn example(field: &str) -> String {
    match field {
        "version" => "write `\"version\": 1`".to_owned(),
        "about" => "tell the story in a sentence or two: `\"about\": \"…\"`".to_owned(),
        "nodes" => "name at least one: `\"nodes\": { \"alice\": {} }`".to_owned(),
        "between" => "name two nodes: `\"between\": [\"alice\", \"server\"]`".to_owned(),
        "relationship" => {
            "say who is whose server: `\"relationship\": \"syncAllOurs/syncTheirs\"`".to_owned()
        }
        "until" => "say when it ends: `\"until\": \"10s\"`".to_owned(),
        _ => format!("add `\"{field}\": …`"),
    }
}

fn path(path: &serde_path_to_error::Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}
