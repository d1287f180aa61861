//! Who plays the nodes: which faults are planted in them, and which guests take part, as the user says on the command line or in a file of
//! their own, and as the packages that `cosim guest install` has fetched are. A scenario only names a guest, and no file that comes with one can say what is run.

mod install;

pub(super) use install::{PACKAGE, fetch, install, published};

use super::exit::{Exit, Failure};
use super::print::say;
use cosim_core::node::Mutation;
use cosim_guest::Launch;
use cosim_guest::process::TIMEOUT;
use cosim_testbed::guest::{Guests, Part};
use cosim_testbed::run::Outcome;
use cosim_testbed::scenario::{Scenario, closest};
use install::Installed;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

/// What the command line says of who plays nodes.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// What the guest NAME of a scenario is: a command, in words as a shell has them. May be given several times.
    #[arg(long, value_name = "NAME=COMMAND", value_parser = named, help_heading = "Guests")]
    guest: Vec<(String, Vec<String>)>,
    /// How many seconds a guest may take to answer before it counts as failed.
    #[arg(long, value_name = "SECONDS", help_heading = "Guests", default_value_t = TIMEOUT.as_secs())]
    guest_timeout: u64,
    /// Plant this fault in a node, as `mutations` in the file does: alice=never-retransmit. May be given several times.
    /// `cosim list mutations` has them all.
    #[arg(long, value_name = "NODE=FAULT", value_parser = planted, help_heading = "Planted faults")]
    mutate: Vec<(String, Mutation)>,
}

/// `alice=never-retransmit`.
fn planted(text: &str) -> Result<(String, Mutation), String> {
    let (node, fault) = text.split_once('=').ok_or("expected a node and a fault: alice=never-retransmit")?;
    let names = Mutation::ALL.iter().map(|fault| fault.name());
    let fault = fault.parse().map_err(|_| match closest(fault, names) {
        Some(name) => format!("there is no fault `{fault}`; did you mean `{name}`?"),
        None => format!("there is no fault `{fault}`: `cosim list mutations` has them all"),
    })?;
    Ok((node.to_owned(), fault))
}

/// `mine='python3 guest.py'`.
fn named(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, command) =
        text.split_once('=').ok_or("expected a name and a command: mine='python3 guest.py'")?;
    Ok((name.to_owned(), words(command)?))
}

/// A command in words.
fn words(command: &str) -> Result<Vec<String>, String> {
    let words = shlex::split(command).ok_or("a quotation mark in the command is never closed")?;
    if words.is_empty() { Err("the command is empty".to_owned()) } else { Ok(words) }
}

/// The guests that a command of ours can play.
#[derive(Clone, Debug)]
pub(super) struct Known {
    guests: Guests,
    /// Packages that are named as ours are, and not fetched.
    names: Vec<String>,
    /// The faults to plant, and where.
    planted: Vec<(String, Mutation)>,
}

impl Args {
    /// The same as a shell takes it, to be put behind a command; nothing where nothing is said.
    pub(super) fn words(&self) -> String {
        let quoted = |(name, command): &(String, Vec<String>)| {
            let command = shlex::try_join(command.iter().map(String::as_str)).unwrap_or_default();
            let named = format!("{name}={command}");
            format!(" --guest {}", shlex::try_quote(&named).unwrap_or_default())
        };
        let planted = self.mutate.iter().map(|(node, fault)| format!(" --mutate {node}={fault}"));
        self.guest.iter().map(quoted).chain(planted).collect()
    }

    /// Outcomes are kept under what a file says: a fault that is planted beside it would be forgotten.
    pub(super) fn refuse_to_plant(&self) -> Result<(), Failure> {
        let Some((node, fault)) = self.mutate.first() else { return Ok(()) };
        Err(Failure(format!(
            "error: --mutate plants a fault that no file of outcomes or snapshot would tell of\nhint: write it into a copy of the \
             scenario: \"{node}\": {{ \"mutations\": [\"{fault}\"] }}"
        )))
    }

    /// What the names stand for, as this command line, the user's own file and the installed packages say.
    pub(super) fn known(&self) -> Result<Known, Failure> {
        let timeout = Duration::from_secs(self.guest_timeout);
        let here = here()?;
        let mut parts = BTreeMap::new();
        for Installed { name, launch, lock } in install::installed() {
            parts.insert(name, Part { launch: Launch { timeout, ..launch }, lock: Some(lock) });
        }
        for (name, command) in own_file()?.into_iter().chain(self.guest.iter().cloned()) {
            let launch = launch(&command).seen_from(&here);
            parts.insert(name, Part { launch: Launch { timeout, ..launch }, lock: None });
        }
        let names = parts.keys().cloned().collect();
        Ok(Known { guests: Guests::new(parts), names, planted: self.mutate.clone() })
    }
}

impl Known {
    /// What is missing to play a scenario, and what to do about it; `None` where nothing is.
    pub(super) fn lacks(&self, scenario: &Scenario) -> Option<String> {
        let mut named = scenario.nodes.iter().filter_map(|node| node.guest.as_ref());
        named
            .find(|guest| !self.guests.knows(guest))
            .map(|guest| format!("its guest `{guest}`: {}", self.help(guest)))
    }

    /// A scenario whose guests are these.
    ///
    /// # Errors
    /// Names that nobody explains, and what to do about it.
    pub(super) fn cast(&self, scenario: Scenario) -> Result<Scenario, Failure> {
        let unknown = scenario
            .nodes
            .iter()
            .find_map(|node| Some((node, node.guest.as_ref().filter(|guest| !self.guests.knows(guest))?)));
        match unknown {
            None => self.plant(scenario.with_guests(&self.guests)),
            Some((node, guest)) => Err(Failure(format!(
                "error: the node `{}` is played by the guest `{guest}`, and {}",
                node.name,
                self.help(guest)
            ))),
        }
    }

    /// The scenario with the faults that were asked for.
    fn plant(&self, mut scenario: Scenario) -> Result<Scenario, Failure> {
        for (name, fault) in &self.planted {
            let names: Vec<String> = scenario.nodes.iter().map(|node| node.name.clone()).collect();
            let Some(node) = scenario.nodes.iter_mut().find(|node| node.name == *name) else {
                let near = closest(name, names.iter().map(String::as_str));
                let hint = near.map_or(format!("there are {}", names.join(", ")), |near| {
                    format!("did you mean `{near}`?")
                });
                return Err(Failure(format!("error: --mutate: there is no node `{name}`\nhint: {hint}")));
            };
            if node.guest.is_some() {
                return Err(Failure(format!(
                    "error: --mutate: a guest plays {name}, and no fault can be planted in one"
                )));
            }
            let file = scenario.file.nodes.get_mut(name).map(|node| &mut node.mutations);
            for mutations in std::iter::once(&mut node.mutations).chain(file) {
                if !mutations.iter().any(|planted| planted == fault.name()) {
                    mutations.push(fault.name().to_owned());
                }
            }
        }
        Ok(scenario)
    }

    fn help(&self, guest: &str) -> String {
        if guest.starts_with(install::PACKAGE) {
            return format!(
                "that package is not installed\nhint: it needs Node.js {} or newer; fetch it: cosim guest install {guest}",
                install::NODE_MIN
            );
        }
        let known = if self.names.is_empty() {
            String::new()
        } else {
            format!(" (known are {})", self.names.join(", "))
        };
        format!(
            "nobody says what that is{known}\nhint: say which command it is: --guest {guest}='python3 guest.py'"
        )
    }
}

/// A guest that fails is no failure of what it plays: says how it does.
pub(super) fn tell_failed(outcome: &Outcome, source: &str) -> Exit {
    let failure = outcome.guest_failures.first().map(ToString::to_string).unwrap_or_default();
    say!("error: {source}: a guest failed, and that is no failure of what it plays: {failure}");
    Exit::Guest
}

/// How a guest is started that is given by a command, or as the name of an installed package.
pub(super) fn started_by(command: &[String]) -> Result<Launch, Failure> {
    if let [name] = command
        && name.starts_with(install::PACKAGE)
    {
        let known = install::installed().into_iter().find(|installed| installed.name == *name);
        return known.map(|installed| installed.launch).ok_or_else(|| {
            Failure(format!("error: {name} is not installed\nhint: fetch it: cosim guest install {name}"))
        });
    }
    // One word may be a whole command, as `--guest` takes it.
    let words = match command {
        [text] => words(text).map_err(|why| Failure(format!("error: {why}")))?,
        words => words.to_vec(),
    };
    Ok(launch(&words).seen_from(&here()?))
}

fn here() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure(format!("error: the folder that you are in cannot be read: {error}")))
}

/// The start of a command, with its arguments.
fn launch(command: &[String]) -> Launch {
    let (program, args) = command.split_first().expect("a command has a word");
    Launch::new(program.clone(), args.iter().cloned())
}

/// What the user's own file says: `{ "mine": "python3 /path/to/guest.py" }`.
fn own_file() -> Result<Vec<(String, Vec<String>)>, Failure> {
    let Some(path) = std::env::home_dir().map(|home| home.join(OWN_FILE)) else { return Ok(Vec::new()) };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        // What may not be read is another user's, as where a container keeps the home of one for all.
        Err(error) if [ErrorKind::NotFound, ErrorKind::PermissionDenied].contains(&error.kind()) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    let wrong = |why: String| {
        let shape = r#"{ "mine": "python3 /path/to/guest.py" }"#;
        Failure(format!("error: {}: {why}\nhint: it says what each guest is: {shape}", path.display()))
    };
    let named: BTreeMap<String, String> =
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let named = named.into_iter().map(|(name, command)| {
        let command = words(&command).map_err(|why| wrong(format!("`{name}`: {why}")))?;
        Ok((name, command))
    });
    named.collect()
}

/// Where the user's own file is, below their home.
const OWN_FILE: &str = ".config/cosim/guests.json";

/// The folder in which packages are kept, below the user's home.
fn packages() -> Option<PathBuf> {
    Some(std::env::home_dir()?.join(".local/share/cosim/guests"))
}
