//! How a scenario file is written: like one that a person wrote, an entry a line where it fits.

use super::file::Scenario;
use jsonc_parser::ast::Value as Ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// The columns that a line may fill.
const WIDTH: usize = 110;

impl Scenario {
    /// The text of a file that says this, in the order of the fields, with a line break at the end.
    pub fn to_json_pretty(&self) -> String {
        let compact = serde_json::to_string(self).expect("strings, numbers and lists only");
        let parsed = parse_to_ast(&compact, &CollectOptions::default(), &ParseOptions::default());
        let mut out = String::new();
        if let Some(ast) = parsed.ok().and_then(|parsed| parsed.value) {
            // The outermost object is always broken up: its sections are what a reader looks for.
            Writer { text: &compact, out: &mut out }.broken(&ast, 0);
        }
        out.push('\n');
        out
    }
}

struct Writer<'a> {
    text: &'a str,
    out: &'a mut String,
}

impl Writer<'_> {
    /// A value that starts in a column at a depth: on one line if it fits.
    fn value(&mut self, ast: &Ast<'_>, depth: usize, column: usize) {
        let mut line = String::new();
        flat(self.text, ast, &mut line);
        // One more for the comma that may follow.
        if column + line.chars().count() < WIDTH {
            self.out.push_str(&line);
        } else {
            self.broken(ast, depth);
        }
    }

    /// A value with every entry on a line of its own.
    fn broken(&mut self, ast: &Ast<'_>, depth: usize) {
        let indent = "  ".repeat(depth + 1);
        match ast {
            Ast::Object(object) => {
                self.out.push_str("{\n");
                for (at, property) in object.properties.iter().enumerate() {
                    let key = format!("{indent}{}: ", property.name.range().text(self.text));
                    self.out.push_str(if at > 0 { ",\n" } else { "" });
                    self.out.push_str(&key);
                    self.value(&property.value, depth + 1, key.chars().count());
                }
            }
            Ast::Array(array) => {
                self.out.push_str("[\n");
                for (at, element) in array.elements.iter().enumerate() {
                    self.out.push_str(if at > 0 { ",\n" } else { "" });
                    self.out.push_str(&indent);
                    self.value(element, depth + 1, indent.len());
                }
            }
            Ast::StringLit(_) | Ast::NumberLit(_) | Ast::BooleanLit(_) | Ast::NullKeyword(_) => {
                return self.out.push_str(ast.range().text(self.text));
            }
        }
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
        self.out.push(if matches!(ast, Ast::Object(_)) { '}' } else { ']' });
    }
}

/// A value on one line.
fn flat(text: &str, ast: &Ast<'_>, out: &mut String) {
    match ast {
        Ast::Object(object) if !object.properties.is_empty() => {
            for (at, property) in object.properties.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "{ " });
                out.push_str(property.name.range().text(text));
                out.push_str(": ");
                flat(text, &property.value, out);
            }
            out.push_str(" }");
        }
        Ast::Array(array) => {
            out.push('[');
            for (at, element) in array.elements.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                flat(text, element, out);
            }
            out.push(']');
        }
        // An empty object is `{}` as it stands.
        Ast::Object(_) | Ast::StringLit(_) | Ast::NumberLit(_) | Ast::BooleanLit(_) | Ast::NullKeyword(_) => {
            out.push_str(ast.range().text(text));
        }
    }
}
