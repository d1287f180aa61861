//! Who types a recorded session into which text.

use super::co_values::without_kind;
use super::generated::check_list;
use super::names::Names;
use super::{At, Problem, Report, file};
use crate::recording::Pace;
use crate::scenario::{Kind, Recorded};

pub(super) fn recording(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Option<Recorded> {
    let said = file.recording.as_ref()?;
    let root = At::Root;
    let at = root.key("recording");
    let co_value = names.co_value(&said.id)?;
    let place = || at.key("id").value();
    match names.kind(co_value) {
        Some(Kind::Text) => {}
        None => report.add(without_kind(&said.id, Kind::Text, place())),
        Some(kind) => {
            let message = format!("a recording is typed into a text, but `{}` is a {}", said.id, kind.name());
            report.add(Problem::new(place(), message).help("name a text"));
        }
    }
    if !file.timeline.iter().filter_map(|entry| entry.act.creates()).any(|create| create.id == said.id) {
        let problem = Problem::new(place(), format!("nobody creates {}", file::quoted(&said.id)));
        report.add(problem.help("let an entry `create` it, and the other authors `load` it before `from`"));
    }
    let authors = at.key("authors");
    check_list(&said.authors, "a recording", "authors", &authors, report);
    let node = |(index, name): (usize, &String)| names.node(name, &authors.index(index), report);
    Some(Recorded {
        authors: said.authors.iter().enumerate().filter_map(node).collect(),
        co_value,
        from: said.from.unwrap_or_default().0,
        pace: Pace {
            every: said.every.map(|every| every.0),
            longest_pause: said.longest_pause.map(|pause| pause.0),
        },
    })
}
