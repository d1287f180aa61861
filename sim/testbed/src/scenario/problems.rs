//! What is wrong with a scenario file, and how it is shown: in the manner of rustc, with file, line, column and excerpt.

use super::MAX_PROBLEMS;
use super::place::Place;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt;
use std::ops::Range;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What was found.
    pub message: String,
    /// What was expected there.
    pub expected: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where it is, as a path; `None` where the text is no JSON at all.
    pub place: Option<Place>,
    /// Where it is, in bytes of the text; `None` where there is no text.
    pub span: Option<Range<usize>>,
    /// An earlier place that it contradicts, and what is there.
    pub earlier: Option<(Range<usize>, String)>,
}

/// All independent mistakes of a file, in order of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    origin: String,
    text: Option<String>,
    list: Vec<Problem>,
    omitted: usize,
    /// Whether the file can be played all the same.
    are_doubts: bool,
}

impl Problem {
    /// A mistake at a place.
    pub(super) fn new(place: Place, message: impl Into<String>) -> Problem {
        Problem {
            message: message.into(),
            expected: None,
            help: None,
            place: Some(place),
            span: None,
            earlier: None,
        }
    }

    /// A mistake in a text that has no structure to speak of.
    pub(super) fn in_text(span: Range<usize>, message: impl Into<String>) -> Problem {
        let message = message.into();
        Problem { message, expected: None, help: None, place: None, span: Some(span), earlier: None }
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Problem {
        self.expected = Some(expected.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn maybe_help(self, help: Option<String>) -> Problem {
        Problem { help, ..self }
    }
}

impl Problems {
    /// The mistakes of a file that a program built.
    pub(super) fn of_value(list: Vec<Problem>) -> Problems {
        Problems::new("scenario".to_owned(), None, list)
    }

    /// What is wrong with a file at large: no excerpt would help.
    pub(super) fn of_file(origin: &str, problem: Problem) -> Problems {
        Problems::new(origin.to_owned(), None, vec![problem])
    }

    /// The mistakes of a text that `origin` names, each with its span.
    pub(super) fn of_text(origin: &str, text: &str, list: Vec<Problem>) -> Problems {
        Problems::new(origin.to_owned(), Some(text.to_owned()), list)
    }

    /// What is doubtful about a text that `origin` names: it is no mistake.
    pub(super) fn doubts(origin: &str, text: &str, list: Vec<Problem>) -> Problems {
        Problems { are_doubts: true, ..Problems::of_text(origin, text, list) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn new(origin: String, text: Option<String>, mut list: Vec<Problem>) -> Problems {
        list.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        let omitted = list.len().saturating_sub(MAX_PROBLEMS);
        list.truncate(MAX_PROBLEMS);
        Problems { origin, text, list, omitted, are_doubts: false }
    }

    /// The mistakes, at most [`MAX_PROBLEMS`].
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// How many more mistakes there are.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// The mistakes for a person to read, with colour if asked.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let shown = self.list.iter().map(|problem| renderer.render(&[self.group(problem)]));
        let mut out = shown.collect::<Vec<_>>().join("\n\n");
        if self.omitted > 0 {
            out.push_str(&format!("\n\nand {} more", self.omitted));
        }
        out.push('\n');
        out
    }

    fn group<'a>(&'a self, problem: &'a Problem) -> Group<'a> {
        let level = if self.are_doubts { Level::WARNING } else { Level::ERROR };
        let mut group = Group::with_title(level.primary_title(&problem.message));
        match (&self.text, &problem.span) {
            (Some(text), Some(span)) => group = group.element(self.snippet(text, span, problem)),
            _ => {
                let place = problem.place.as_ref().map(ToString::to_string).unwrap_or_default();
                group = group.element(Level::NOTE.message(match place.is_empty() {
                    true => format!("in {}", self.origin),
                    false => format!("in {}, at {place}", self.origin),
                }));
                group =
                    group.elements(problem.expected.as_ref().map(|expected| Level::NOTE.message(expected)));
            }
        }
        group.elements(problem.help.as_ref().map(|help| Level::HELP.message(help)))
    }

    /// The lines around a mistake. Only they are handed over: a file may be large.
    fn snippet<'a>(
        &'a self,
        text: &'a str,
        span: &Range<usize>,
        problem: &'a Problem,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let span = one_line(text, span);
        let earlier = problem.earlier.as_ref().map(|(span, label)| (one_line(text, span), label));
        let first = earlier.as_ref().map_or(span.start, |(earlier, _)| earlier.start.min(span.start));
        let last = earlier.as_ref().map_or(span.end, |(earlier, _)| earlier.end.max(span.end));
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
        let line = text[..start].bytes().filter(|&byte| byte == b'\n').count() + 1;
        let shift = |span: Range<usize>| span.start - start..span.end - start;
        let primary = AnnotationKind::Primary.span(shift(span)).label(problem.expected.as_deref());
        let context =
            earlier.map(|(span, label)| AnnotationKind::Context.span(shift(span)).label(label.as_str()));
        Snippet::source(&text[start..end])
            .line_start(line)
            .path(&self.origin)
            .annotation(primary)
            .annotations(context)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// What of a span to underline: all of it if it is on one line, else its first character.
fn one_line(text: &str, span: &Range<usize>) -> Range<usize> {
    if text[span.clone()].contains('\n') {
        let width = text[span.start..].chars().next().map_or(0, char::len_utf8);
        return span.start..span.start + width;
    }
    span.clone()
}
