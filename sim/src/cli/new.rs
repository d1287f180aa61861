//! `cosim new`: a scenario to begin with.

use super::exit::{Exit, Failure};
use super::print::{out, outln};
use cosim_testbed::scenario::closest;
use cosim_testbed::sweep::quoted;
use cosim_testbed::whole;
use std::path::PathBuf;

/// A story to begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) sentence: &'static str,
    text: &'static str,
}

macro_rules! templates {
    ($($name:literal: $sentence:literal,)*) => {
        /// The stories to begin with.
        pub(super) const TEMPLATES: &[Template] = &[$(Template {
            name: $name,
            sentence: $sentence,
            text: include_str!(concat!("new/", $name, ".json")),
        }),*];
    };
}

templates! {
    "team": "Three people write to one document over a server, on a network that loses one message in twenty.",
    "devices": "One person with three devices, one of which is hardly ever on.",
    "offline": "Somebody works offline for three weeks and comes back.",
    "deploy": "A server is restarted while its clients write, and starts with what is on its disk.",
    "backup": "A device breaks, and goes on with a backup that is two weeks old.",
    "clocks": "Two people whose clocks are wrong set the same field.",
    "keys": "Somebody is taken out of a group, and can read nothing that is written after that.",
}

/// Write a scenario to begin with.
///
/// It can be played at once. `cosim list templates` says which stories there are.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name of the file: `my-story`, or `my-story.json`.
    file: PathBuf,
    /// The story to begin with.
    #[arg(long, value_name = "TEMPLATE", default_value = "team", value_parser = template)]
    like: &'static Template,
}

fn template(name: &str) -> Result<&'static Template, String> {
    TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names = || TEMPLATES.iter().map(|template| template.name);
        match closest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
        }
    })
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let path = match args.file.extension() {
        Some(_) => args.file.clone(),
        None => args.file.with_extension("json"),
    };
    if path.exists() {
        return Err(Failure(format!(
            "error: {0} is there already\nhint: give another name, or remove it first",
            path.display()
        )));
    }
    whole::write(&path, args.like.text).map_err(|error| Failure::file("write", &path, &error))?;
    outln!("written to {}: {}", path.display(), args.like.sentence);
    let name = quoted(&path.display().to_string());
    let page = quoted(&format!("{}.html", path.display()));
    out!("\n");
    outln!("  cosim run {name} --log              play it, and see every message");
    outln!("  cosim run {name} --seeds 0..1000    with a thousand other seeds");
    outln!("  cosim report {name} -o {page}   look at it in a browser");
    outln!("  cosim check {name}                  after a change: is it still a scenario?");
    out!("\n");
    outln!("docs/fields.md has every field; `cosim schema` lets your editor complete them.");
    Ok(Exit::Held)
}
