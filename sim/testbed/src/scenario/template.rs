//! Templates: a name with braces stands for many. `client-{1..3}` is `client-1`, `client-2` and `client-3`;
//! `client-{01..20}` has zeros in front; `{alice,bob}` is `alice` and `bob`; `{alice,bob}-{1..2}` is four names.
//!
//! They are expanded once, in the tree of a file, between finding its shapes and resolving it, so that everything after
//! sees plain names, and whatever is wrong with one of them is shown where the template stands.

use super::file::quoted;
use super::problems::Problem;
use super::tree::{Field, Node, Tree};
use super::{MAX_LINKS, MAX_NODES, MAX_OPERATIONS};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Expands every template of a file. Gives how many there were; what is wrong with them is added to `problems`.
pub(super) fn expand(root: &mut Tree, problems: &mut Vec<Problem>) -> usize {
    let mut expanding = Expanding { problems, found: 0 };
    if let Some(nodes) = root.field_mut("nodes") {
        expanding.fields(nodes);
    }
    if let Some(links) = root.field_mut("links") {
        expanding.elements(links, "links", MAX_LINKS, Expanding::link);
    }
    if let Some(timeline) = root.field_mut("timeline") {
        expanding.elements(timeline, "operations", MAX_OPERATIONS, Expanding::entry);
    }
    let sections: [(_, &[_]); 3] =
        [("workload", &["nodes", "co_values"]), ("recording", &["authors"]), ("faults", &["nodes"])];
    for (section, lists) in sections {
        let Some(section) = root.field_mut(section) else { continue };
        // There may be several workloads.
        let all = match section {
            Tree { node: Node::Array(several), .. } => several.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for section in all {
            for list in lists {
                if let Some(list) = section.field_mut(list) {
                    expanding.elements(list, "names", MAX_OPERATIONS, Expanding::name);
                }
            }
        }
    }
    // Every list there: what names a node is expanded, anything else stays as it is.
    if let Some(expect) = root.field_mut("expect") {
        if let Some(Tree { node: Node::Object(fields), .. }) = expect.field_mut("unmet") {
            for Field { value: list, .. } in fields {
                expanding.elements(list, "expectations", MAX_OPERATIONS, Expanding::expectation);
            }
        }
        if let Tree { node: Node::Object(fields), .. } = expect {
            for Field { value: list, .. } in fields {
                expanding.elements(list, "expectations", MAX_OPERATIONS, Expanding::expectation);
            }
        }
    }
    expanding.found
}

/// The fields of acts in which a node is named.
const NODE_FIELDS: [&str; 6] = ["node", "peer", "on", "from", "to", "member"];

/// A name with ranges and sets in it: each part in turn.
struct Template<'a>(Vec<Part<'a>>);

enum Part<'a> {
    Text(&'a str),
    /// `{alice,bob}`.
    Set(Vec<&'a str>),
    /// `{1..20}`, with as many digits at least.
    Range {
        from: u32,
        to: u32,
        width: usize,
    },
}

/// What is wrong with a template, and what to write.
type Mistake = (String, String);

/// How many digits a number in a range has at most.
const DIGITS_MAX: usize = 9;

const EXAMPLE: &str = "braces hold a range, such as `client-{1..20}`, or names, such as `{alice,bob}`";

impl<'a> Template<'a> {
    /// The template in a text; `None` where it is a plain name.
    fn parse(text: &'a str) -> Result<Option<Template<'a>>, Mistake> {
        if !text.contains(['{', '}']) {
            return Ok(None);
        }
        let alone = || ("has a brace that stands alone".to_owned(), EXAMPLE.to_owned());
        let parts = || {
            let (mut parts, mut rest) = (Vec::new(), text);
            while let Some((before, more)) = rest.split_once('{') {
                let (inside, after) = more.split_once('}').ok_or_else(alone)?;
                if before.contains('}') || inside.contains('{') {
                    return Err(alone());
                }
                parts.extend([Part::Text(before), Part::parse(inside)?]);
                rest = after;
            }
            if rest.contains('}') {
                return Err(alone());
            }
            parts.push(Part::Text(rest));
            Ok(parts)
        };
        let parts = parts().map_err(|(what, help)| (format!("{} {what}", quoted(text)), help))?;
        Ok(Some(Template(parts)))
    }

    fn len(&self) -> usize {
        self.0.iter().map(Part::len).fold(1, usize::saturating_mul)
    }

    /// All names: of several ranges and sets, the last one changes first.
    fn names(&self) -> Vec<String> {
        self.0.iter().fold(vec![String::new()], |names, part| {
            names.iter().flat_map(|name| part.texts().map(move |text| format!("{name}{text}"))).collect()
        })
    }
}

impl<'a> Part<'a> {
    /// What stands in braces.
    fn parse(inside: &'a str) -> Result<Part<'a>, Mistake> {
        if inside.contains(',') { Part::set(inside) } else { Part::range(inside) }
    }

    fn set(inside: &'a str) -> Result<Part<'a>, Mistake> {
        let mut names: Vec<&str> = Vec::new();
        for name in inside.split(',').map(str::trim) {
            let help = || "write each name once, with a comma between two: `{alice,bob}`".to_owned();
            if name.is_empty() {
                return Err(("has an empty name in its braces".to_owned(), help()));
            }
            if name.contains("..") {
                let help = "write the names out, or keep the range alone: `client-{1..20}`".to_owned();
                return Err(("has a range among the names in its braces".to_owned(), help));
            }
            if names.contains(&name) {
                return Err((format!("has {} twice in its braces", quoted(name)), help()));
            }
            names.push(name);
        }
        Ok(Part::Set(names))
    }

    fn range(inside: &'a str) -> Result<Part<'a>, Mistake> {
        let mistake = |what: &str, help: String| Err((what.to_owned(), help));
        let Some((first, last)) = inside.split_once("..") else {
            return mistake("has neither a range nor several names in its braces", EXAMPLE.to_owned());
        };
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if [first, last].iter().any(|end| end.strip_prefix('-').is_some_and(is_digits)) {
            return mistake("has a range below 0", "count from 0 or 1: `client-{0..19}`".to_owned());
        }
        if !is_digits(first) || !is_digits(last) {
            return mistake("has a range of something else than numbers", EXAMPLE.to_owned());
        }
        let number = |digits: &str| digits.parse::<u32>().ok().filter(|_| digits.len() <= DIGITS_MAX);
        let (Some(from), Some(to)) = (number(first), number(last)) else {
            let help = format!("it has at most {DIGITS_MAX} digits, and there are at most {MAX_NODES} nodes");
            return mistake("has too large a number in its range", help);
        };
        if from > to {
            return mistake("has a range the wrong way round", format!("write `{{{last}..{first}}}`"));
        }
        let padded = [first, last].iter().any(|digits| digits.len() > 1 && digits.starts_with('0'));
        if padded && first.len() != last.len() {
            let help = "with zeros in front, both have as many digits: `{001..200}`".to_owned();
            return mistake("has a range of uneven width", help);
        }
        Ok(Part::Range { from, to, width: if padded { first.len() } else { 0 } })
    }

    fn len(&self) -> usize {
        match self {
            Part::Text(_) => 1,
            Part::Set(names) => names.len(),
            Part::Range { from, to, .. } => (to - from) as usize + 1,
        }
    }

    fn texts(&self) -> impl Iterator<Item = Cow<'a, str>> + '_ {
        (0..self.len()).map(move |place| match self {
            Part::Text(text) => Cow::from(*text),
            Part::Set(names) => names[place].into(),
            Part::Range { from, width, .. } => format!("{:0width$}", *from as usize + place).into(),
        })
    }
}

struct Expanding<'p> {
    problems: &'p mut Vec<Problem>,
    found: usize,
}

impl Expanding<'_> {
    /// The names that a text stands for, at most `limit`; `None` where it is a plain one, or mistaken.
    fn names(&mut self, tree_span: &std::ops::Range<usize>, text: &str, limit: usize) -> Option<Vec<String>> {
        match Template::parse(text) {
            Ok(None) => None,
            Ok(Some(template)) => {
                self.found += 1;
                if template.len() > limit {
                    let message = format!("{} stands for {} names", quoted(text), template.len());
                    let problem = Problem::in_text(tree_span.clone(), message);
                    self.problems.push(
                        problem
                            .expected(format!("at most {limit}"))
                            .help("a smaller scenario shows the same"),
                    );
                    return None;
                }
                Some(template.names())
            }
            Err((message, help)) => {
                self.problems.push(Problem::in_text(tree_span.clone(), message).help(help));
                None
            }
        }
    }

    /// The names that a string in the tree stands for.
    fn names_at(&mut self, tree: &Tree, limit: usize) -> Option<Vec<String>> {
        let Node::Plain(Value::String(text)) = &tree.node else { return None };
        self.names(&tree.span, text, limit)
    }

    /// Expands the keys of an object.
    fn fields(&mut self, tree: &mut Tree) {
        let Node::Object(fields) = &mut tree.node else { return };
        let mut expanded: Vec<Field> = Vec::with_capacity(fields.len());
        for field in std::mem::take(fields) {
            match self.names(&field.key_span, &field.key, MAX_NODES) {
                None => expanded.push(field),
                Some(names) => expanded.extend(names.into_iter().map(|key| Field { key, ..field.clone() })),
            }
        }
        let mut seen = BTreeMap::new();
        for field in &expanded {
            if let Some(first) = seen.insert(field.key.as_str(), field.key_span.clone()) {
                let message = format!("{} occurs twice", quoted(&field.key));
                let problem = Problem::in_text(field.key_span.clone(), message).expected("here again");
                let problem = problem.help("a template stands for all of its names: keep one of the two");
                self.problems.push(Problem { earlier: Some((first, "first here".to_owned())), ..problem });
            }
        }
        *fields = expanded;
    }

    /// Expands the elements of an array, as long as there are not too many.
    fn elements(
        &mut self,
        tree: &mut Tree,
        what: &str,
        limit: usize,
        expand: fn(&mut Self, &Tree, usize) -> Option<Vec<Tree>>,
    ) {
        let Node::Array(elements) = &mut tree.node else { return };
        let mut expanded = Vec::with_capacity(elements.len());
        for element in std::mem::take(elements) {
            match expand(self, &element, limit) {
                None => expanded.push(element),
                Some(copies) if expanded.len() + copies.len() <= limit => expanded.extend(copies),
                Some(_) => {
                    let problem = Problem::in_text(element.span.clone(), format!("too many {what}"));
                    let problem = problem.expected(format!("at most {limit} in all"));
                    self.problems.push(problem.help("a smaller scenario shows the same"));
                    expanded.push(element);
                }
            }
        }
        *elements = expanded;
    }

    fn name(&mut self, tree: &Tree, limit: usize) -> Option<Vec<Tree>> {
        let names = self.names_at(tree, limit)?;
        Some(names.into_iter().map(|name| tree.with_text(name)).collect())
    }

    fn link(&mut self, tree: &Tree, limit: usize) -> Option<Vec<Tree>> {
        self.pairs(tree, &["between"], limit)
    }

    fn expectation(&mut self, tree: &Tree, limit: usize) -> Option<Vec<Tree>> {
        self.each(tree, &[], &["node"], limit)
    }

    /// One entry for each name. The first of them waits where the entry does, and the others happen when it does.
    fn entry(&mut self, tree: &Tree, limit: usize) -> Option<Vec<Tree>> {
        let Node::Object(fields) = &tree.node else { return None };
        let operation = fields.iter().find(|field| matches!(field.value.node, Node::Object(_)))?;
        let key = operation.key.as_str();
        let mut copies = match operation.value.field("between") {
            Some(_) => self.pairs(tree, &[key, "between"], limit),
            None => self.each(tree, &[key], &NODE_FIELDS, limit),
        }?;
        if let Some(name) = tree.field("name").filter(|_| copies.len() > 1) {
            let message = format!("{} entries would have one name", copies.len());
            let problem = Problem::in_text(name.key_span.clone(), message);
            self.problems.push(problem.help("leave the name out: each gets one of its own"));
        }
        for copy in copies.iter_mut().skip(1) {
            if let Node::Object(fields) = &mut copy.node
                && let Some(after) = fields.iter_mut().find(|field| field.key == "after")
            {
                after.key = "at".to_owned();
                after.value = after.value.with_text("0ms".to_owned());
            }
        }
        Some(copies)
    }

    /// A copy for each name that stands in one of these fields; where there are templates in several, for each of one with
    /// each of the others.
    fn each(
        &mut self,
        tree: &Tree,
        place: &[&str],
        fields: &[&'static str],
        limit: usize,
    ) -> Option<Vec<Tree>> {
        let mut copies = vec![tree.clone()];
        let mut is_template = false;
        for field in fields {
            let path = [place, &[*field]].concat();
            let Some(names) = tree.at(&path).and_then(|name| self.names_at(name, limit)) else { continue };
            is_template = true;
            let named = |(copy, name): (&Tree, &String)| {
                let mut copy = copy.clone();
                copy.set(&path, name.clone());
                copy
            };
            let pairs = copies.iter().flat_map(|copy| names.iter().map(move |name| (copy, name)));
            // More than that are too many, however many they are.
            copies = pairs.take(limit + 1).map(named).collect();
        }
        is_template.then_some(copies)
    }

    /// A copy for each pair of names: each of the first with each of the second. Where both are the same template, each
    /// two different ones once.
    fn pairs(&mut self, tree: &Tree, path: &[&str], limit: usize) -> Option<Vec<Tree>> {
        let Node::Array(ends) = &tree.at(path)?.node else { return None };
        let [first, second] = ends.as_slice() else { return None };
        let [a, b] = [first, second].map(|end| {
            let Node::Plain(Value::String(text)) = &end.node else { return None };
            Some(text.clone())
        });
        let (a, b) = (a?, b?);
        let (many, others) = (self.names_at(first, MAX_NODES), self.names_at(second, MAX_NODES));
        if many.is_none() && others.is_none() {
            return None;
        }
        let is_mesh = a == b;
        let (many, others) = (many.unwrap_or_else(|| vec![a]), others.unwrap_or_else(|| vec![b]));
        let mut copies = Vec::new();
        for (i, a) in many.iter().enumerate() {
            for b in others.iter().skip(if is_mesh { i + 1 } else { 0 }) {
                if copies.len() > limit {
                    // More than that are too many, however many they are.
                    return Some(copies);
                }
                let mut copy = tree.clone();
                copy.set_pair(path, [a.clone(), b.clone()]);
                copies.push(copy);
            }
        }
        Some(copies)
    }
}

impl Tree {
    fn field_mut(&mut self, key: &str) -> Option<&mut Tree> {
        let Node::Object(fields) = &mut self.node else { return None };
        fields.iter_mut().find(|field| field.key == key).map(|field| &mut field.value)
    }

    fn at(&self, path: &[&str]) -> Option<&Tree> {
        path.iter().try_fold(self, |tree, key| tree.field(key).map(|field| &field.value))
    }

    /// A text in this place.
    fn with_text(&self, text: String) -> Tree {
        Tree { span: self.span.clone(), node: Node::Plain(Value::String(text)) }
    }

    fn set(&mut self, path: &[&str], text: String) {
        let place = path.iter().try_fold(self, |tree, key| tree.field_mut(key));
        if let Some(tree) = place {
            tree.node = Node::Plain(Value::String(text));
        }
    }

    fn set_pair(&mut self, path: &[&str], texts: [String; 2]) {
        let place = path.iter().try_fold(self, |tree, key| tree.field_mut(key));
        if let Some(Tree { node: Node::Array(ends), .. }) = place {
            for (end, text) in ends.iter_mut().zip(texts) {
                end.node = Node::Plain(Value::String(text));
            }
        }
    }
}
