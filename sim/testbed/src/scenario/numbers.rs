//! Numbers that an app writes and that are others once they are read: JSON in an app is JavaScript's, whose numbers are
//! doubles.

use super::place::{Part, Place, Step};
use super::problems::Problem;
use super::tree::{Node, Tree};
use cosim_core::real::canonical;
use serde_json::Value;

/// The fields in which an app's own values stand.
const OF_APPS: [&str; 3] = ["value", "values", "shows"];

/// The numbers in what apps write, or are to see, that are others when they are read.
pub(super) fn changed(tree: &Tree, text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    look(tree, text, (&mut Vec::new(), false), &mut found);
    found
}

/// The depth is bounded by the parser.
fn look(tree: &Tree, text: &str, (path, is_app): (&mut Vec<Step>, bool), found: &mut Vec<Problem>) {
    match &tree.node {
        Node::Object(fields) => {
            for field in fields {
                path.push(Step::Key(field.key.clone()));
                let is_app = is_app || OF_APPS.contains(&field.key.as_str());
                look(&field.value, text, (path, is_app), found);
                path.pop();
            }
        }
        Node::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                path.push(Step::Index(index));
                look(element, text, (path, is_app), found);
                path.pop();
            }
        }
        Node::Plain(number @ Value::Number(_)) if is_app => {
            let written = &text[tree.span.clone()];
            let read = canonical(number.clone()).to_string();
            if Decimal::of(written) == Decimal::of(&read) && !is_negative_zero(written) {
                return;
            }
            let place = Place { path: path.clone(), part: Part::Value };
            let problem = Problem::new(place, format!("`{written}` is {read} once it is read"));
            found.push(problem.help("numbers are doubles: write another, or a text"));
        }
        Node::Plain(_) | Node::Number(_) => {}
    }
}

fn is_negative_zero(written: &str) -> bool {
    written.starts_with('-') && Decimal::of(written).digits.is_empty()
}

/// A decimal number: its digits without zeros at either end, and the power of ten of the last one.
#[derive(PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    /// What a JSON number says.
    fn of(text: &str) -> Decimal {
        let (plain, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (sign, plain) = plain.strip_prefix('-').map_or((false, plain), |plain| (true, plain));
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let all = [whole, fraction].concat();
        let digits = all.trim_end_matches('0');
        let power = exponent.trim_start_matches('+').parse::<i64>().unwrap_or(i64::MAX / 2);
        let power = power - fraction.len() as i64 + (all.len() - digits.len()) as i64;
        let digits = digits.trim_start_matches('0').to_owned();
        let is_zero = digits.is_empty();
        Decimal { is_negative: sign && !is_zero, digits, power: if is_zero { 0 } else { power } }
    }
}
