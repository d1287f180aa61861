//! What is said of branches: CoValues that show what another had when they were made, and what was written in them since.

use super::names::Names;
use super::{At, Problem, Report, file};
use crate::cojson::Kind;
use crate::scenario::resolve::co_values::without_kind;
use cosim_core::CoId;
use cosim_core::view::Dialect;

/// The source of a CoValue that is a branch. It is of the same kind, and a group owns it, or it could have none.
pub(super) fn source(
    name: &str,
    co_value: &file::CoValue,
    names: &Names<'_>,
    at: &At<'_>,
    report: &mut Report,
) -> Option<CoId> {
    let source = co_value.branch_of.as_deref()?;
    let number = names.co_value(source)?;
    let (place, root) = (at.key("branch_of").value(), At::Root);
    let problem = if source == name {
        let problem = Problem::new(place, format!("`{name}` is a branch of itself"));
        problem.help("name another CoValue")
    } else if names.dialect() == Dialect::V0_7 {
        let problem = Problem::new(place, "there are no branches by the rules of 0.7");
        problem.help("write `\"format\": \"0.20\"` at the top for today's rules")
    } else if !file_has(source, names) {
        let problem =
            Problem::new(place, format!("nothing is said of `{source}`, of which `{name}` is a branch"));
        let close = report.did_you_mean(source, names.described_names().filter(|other| *other != name));
        problem.help(close.unwrap_or_else(|| format!("say what it is: `\"{source}\": {{ \"kind\": … }}`")))
    } else if names.kind(number).is_none() {
        without_kind(source, Kind::Map, root.key("co_values").key(source).name())
    } else if names.kind(number) == Some(Kind::Group) {
        let problem = Problem::new(place, format!("`{source}` is a group, and groups have no branches"));
        problem.expected("a CoValue that a group owns").help("name another")
    } else if !names.is_owned(number) {
        let problem =
            Problem::new(place, format!("`{source}` has no owner, and what nobody owns has no branches"));
        problem.help(format!("give it one: `\"{source}\": {{ \"owner\": … }}`"))
    } else if let Some(field) = surplus(co_value) {
        let problem = Problem::new(at.key(field).name(), format!("`{field}` of the branch `{name}`"));
        problem.help(if field == "restrict_deletion" {
            "from a branch deletes who may write it, and its source judges what is merged: leave it out"
        } else {
            "a branch has that of its source: leave it out"
        })
    } else {
        return Some(CoId(number));
    };
    report.add(problem);
    None
}

/// Whether the file says anything of a CoValue beside its name.
fn file_has(name: &str, names: &Names<'_>) -> bool {
    names.described_names().any(|other| other == name)
}

/// What is not for a branch to say.
fn surplus(co_value: &file::CoValue) -> Option<&'static str> {
    let fields = [
        ("kind", co_value.kind.is_some()),
        ("admin", co_value.admin.is_some()),
        ("restrict_deletion", co_value.restrict_deletion.is_some()),
        ("header", co_value.header.is_some()),
    ];
    fields.into_iter().find(|(_, is_said)| *is_said).map(|(field, _)| field)
}
