//! The JSON of a file with the place of everything in it, from which mistaken parts can be taken out.

use super::file::quoted;
use super::place::{Part, Place, Step};
use super::problems::Problem;
use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// A JSON value and where it is.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) span: Range<usize>,
    pub(super) node: Node,
}

/// What a JSON value is.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Object(Vec<Field>),
    Array(Vec<Tree>),
    Plain(Value),
    /// A number that no machine number comes near, as it is written.
    Number(String),
}

/// A field of an object.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Tree,
}

/// Strict JSON, nothing more.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

impl Tree {
    /// Parses a text. Keys that occur twice in an object are added to `problems`; the first one counts. A text that is
    /// no JSON is a problem of its own, and the only one: then there is no tree.
    pub(super) fn parse(text: &str, problems: &mut Vec<Problem>) -> Option<Tree> {
        let parsed = match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
            Ok(parsed) => parsed.value,
            Err(error) => {
                problems.push(syntax(text, &error));
                return None;
            }
        };
        let Some(ast) = parsed else {
            problems
                .push(Problem::in_text(0..0, "the file is empty").help("a scenario file is one JSON object"));
            return None;
        };
        // A second opinion: what is no JSON to `serde_json` is none here.
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
            problems.push(second_opinion(text, &error));
            return None;
        }
        Some(tree(&ast, problems))
    }

    /// The field of this object called `key`.
    pub(super) fn field(&self, key: &str) -> Option<&Field> {
        let Node::Object(fields) = &self.node else { return None };
        fields.iter().find(|field| field.key == key)
    }

    /// Where a place is. What does not exist is where the innermost thing around it is.
    pub(super) fn span_of(&self, place: &Place) -> Range<usize> {
        let (mut tree, mut key_span) = (self, None);
        for step in &place.path {
            match (step, &tree.node) {
                (Step::Key(key), _) => match tree.field(key) {
                    Some(field) => (tree, key_span) = (&field.value, Some(field.key_span.clone())),
                    None => return tree.span.clone(),
                },
                (Step::Index(index), Node::Array(elements)) if *index < elements.len() => {
                    (tree, key_span) = (&elements[*index], None);
                }
                (Step::Index(_), _) => return tree.span.clone(),
            }
        }
        match place.part {
            Part::Key => key_span.unwrap_or_else(|| tree.span.clone()),
            Part::Value => tree.span.clone(),
        }
    }

    /// The value at a path.
    pub(super) fn get_mut(&mut self, path: &[Step]) -> Option<&mut Tree> {
        path.iter().try_fold(self, |tree, step| match (step, &mut tree.node) {
            (Step::Key(key), Node::Object(fields)) => {
                fields.iter_mut().find(|field| field.key == *key).map(|field| &mut field.value)
            }
            (Step::Index(index), Node::Array(elements)) => elements.get_mut(*index),
            _ => None,
        })
    }

    /// Takes out what is at a path. False where nothing is.
    pub(super) fn remove(&mut self, path: &[Step]) -> bool {
        let Some((last, parent)) = path.split_last() else { return false };
        match (last, self.get_mut(parent).map(|tree| &mut tree.node)) {
            (Step::Key(key), Some(Node::Object(fields))) => {
                let before = fields.len();
                fields.retain(|field| field.key != *key);
                fields.len() < before
            }
            (Step::Index(index), Some(Node::Array(elements))) if *index < elements.len() => {
                elements.remove(*index);
                true
            }
            _ => false,
        }
    }
}

/// Nesting is bounded by the parser, so this ends before the stack does.
fn tree(ast: &Ast<'_>, problems: &mut Vec<Problem>) -> Tree {
    let range = ast.range();
    let node = match ast {
        Ast::StringLit(text) => Node::Plain(Value::String(text.value.clone().into_owned())),
        Ast::BooleanLit(boolean) => Node::Plain(Value::Bool(boolean.value)),
        Ast::NullKeyword(_) => Node::Plain(Value::Null),
        Ast::NumberLit(number) => match serde_json::from_str(number.value) {
            Ok(number) => Node::Plain(number),
            Err(_) => Node::Number(number.value.to_owned()),
        },
        Ast::Array(array) => {
            Node::Array(array.elements.iter().map(|element| tree(element, problems)).collect())
        }
        Ast::Object(object) => {
            let mut seen = BTreeMap::new();
            let mut fields = Vec::with_capacity(object.properties.len());
            for property in &object.properties {
                let (key, key_range) = match &property.name {
                    ObjectPropName::String(name) => (name.value.as_ref(), name.range),
                    ObjectPropName::Word(name) => (name.value, name.range),
                };
                let key_span = key_range.start..key_range.end;
                let value = tree(&property.value, problems);
                match seen.get(key) {
                    None => {
                        seen.insert(key, key_span.clone());
                        fields.push(Field { key: key.to_owned(), key_span, value });
                    }
                    Some(first) => problems.push(duplicate(key, key_span, first)),
                }
            }
            Node::Object(fields)
        }
    };
    Tree { span: range.start..range.end, node }
}

fn duplicate(key: &str, span: Range<usize>, first: &Range<usize>) -> Problem {
    let problem = Problem::in_text(span, format!("field {} occurs twice", quoted(key)))
        .expected("here again")
        .help("keep one of the two");
    Problem { earlier: Some((first.clone(), "first here".to_owned())), ..problem }
}

fn syntax(text: &str, error: &ParseError) -> Problem {
    let range = error.range();
    let start = boundary(text, range.start);
    let end = boundary(text, range.end.max(start));
    let mut reason = error.kind().to_string();
    if let Some(first) = reason.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "foreign, and most kinds have one help")]
    let help = match error.kind() {
        ParseErrorKind::CommentsNotAllowed => "a scenario file is plain JSON: put the story into `about`",
        ParseErrorKind::TrailingCommasNotAllowed => "take the comma away",
        ParseErrorKind::ExpectedComma => "put a comma between two entries",
        ParseErrorKind::SingleQuotedStringsNotAllowed => "use double quotes",
        ParseErrorKind::NestingDepthExceeded => {
            let span = start..boundary(text, start + 1);
            return Problem::in_text(span, "the file is nested too deeply")
                .help("no scenario needs such a depth");
        }
        ParseErrorKind::UnterminatedObject | ParseErrorKind::UnterminatedArray => {
            let problem = Problem::in_text(text.len()..text.len(), format!("not JSON: {reason}"));
            let problem =
                problem.expected("the file ends here").help("close it, or see whether a part is missing");
            return Problem { earlier: Some((start..start, "it begins here".to_owned())), ..problem };
        }
        _ => "a scenario file is plain JSON",
    };
    Problem::in_text(start..end, format!("not JSON: {reason}")).help(help)
}

/// `serde_json`'s complaint, by line and column.
fn second_opinion(text: &str, error: &serde_json::Error) -> Problem {
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let start = boundary(text, line + error.column().saturating_sub(1));
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    Problem::in_text(start..start, format!("not JSON: {reason}")).help("a scenario file is plain JSON")
}

/// The last character boundary of `text` that is not behind `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
