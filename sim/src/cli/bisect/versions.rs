//! Versions of a published package, as guests: each is fetched, and plays the nodes that the file gives to that package.

use super::super::exit::Failure;
use super::super::guests::{self, PACKAGE};
use super::child::Children;
use super::search::Answer;
use super::{Line, played};
use cosim_testbed::scenario::file::Scenario;
use cosim_testbed::whole;
use std::path::PathBuf;
use tempfile::TempDir;

/// The versions of a package, in order, with the file that is played with each.
#[derive(Debug)]
pub(super) struct Versions {
    names: Vec<String>,
    file: Scenario,
    folder: TempDir,
    children: Children,
}

impl Versions {
    /// The versions from one to another, both included. What is not for everybody, as a beta, is left out.
    pub(super) fn between(
        package: &str,
        [good, bad]: [&str; 2],
        file: Scenario,
        children: &Children,
    ) -> Result<Versions, Failure> {
        let name = PACKAGE.trim_end_matches('@');
        if package != name {
            return Err(Failure(format!(
                "error: versions of `{package}` cannot be fetched\nhint: the package that can be is `{name}`"
            )));
        }
        if !file.nodes.values().any(|node| is_of(node.guest.as_deref())) {
            return Err(Failure(format!(
                "error: no node of the file is played by a version of {name}\nhint: a node is, with \"guest\": \"{PACKAGE}{bad}\""
            )));
        }
        let published = guests::published(name)?;
        let mut versions: Vec<([u64; 3], String)> =
            published.into_iter().filter_map(|version| Some((numbers(&version)?, version))).collect();
        versions.sort();
        versions.dedup();
        let place = |wanted: &str| {
            versions.iter().position(|(_, version)| version == wanted).ok_or_else(|| {
                Failure(format!(
                    "error: {PACKAGE}{wanted} is not published\nhint: npm view {name} versions shows those that are"
                ))
            })
        };
        let (from, to) = (place(good)?, place(bad)?);
        if from >= to {
            return Err(Failure(format!(
                "error: {bad} does not come after {good}\nhint: are they the wrong way round?"
            )));
        }
        let folder =
            tempfile::tempdir().map_err(|error| Failure(format!("error: no folder for files: {error}")))?;
        let names = versions[from..=to].iter().map(|(_, version)| format!("{PACKAGE}{version}"));
        Ok(Versions { names: names.collect(), file, folder, children: children.clone() })
    }

    /// The file, with the nodes that the package plays played by this version of it.
    fn file(&self, name: &str) -> String {
        let mut file = self.file.clone();
        let those = file.nodes.values_mut().filter(|node| is_of(node.guest.as_deref()));
        those.for_each(|node| node.guest = Some(name.to_owned()));
        file.to_json_pretty()
    }
}

impl Line for Versions {
    fn steps(&self) -> usize {
        self.names.len()
    }

    fn what(&self) -> &'static str {
        "versions"
    }

    fn judge(&self, place: usize) -> Result<Answer, Failure> {
        let name = &self.names[place];
        if let Err(Failure(why)) = guests::fetch(name) {
            let why = why.lines().next().unwrap_or_default().trim_start_matches("error: ");
            return Ok(Answer::Skipped(format!("cannot be fetched: {why}")));
        }
        let file = self.folder.path().join(format!("{place}.json"));
        whole::write(&file, &self.file(name)).map_err(|error| Failure::file("write", &file, &error))?;
        let this = std::env::current_exe()
            .map_err(|error| Failure(format!("error: where this program is cannot be told: {error}")))?;
        Ok(played(&this, &file, &self.log(place), &self.children))
    }

    fn named(&self, place: usize) -> Result<String, Failure> {
        Ok(self.names[place].clone())
    }

    fn message(&self, place: usize) -> Result<String, Failure> {
        self.named(place)
    }

    fn log(&self, place: usize) -> PathBuf {
        self.folder.path().join(format!("{place}.jsonl"))
    }
}

/// Whether a guest is a version of the package.
fn is_of(guest: Option<&str>) -> bool {
    guest.is_some_and(|guest| guest.starts_with(PACKAGE))
}

/// The numbers of a version that is for everybody.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version.split('.').map(str::parse);
    let three = [numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?];
    numbers.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn versions_have_an_order() {
        assert!(numbers("0.9.23") < numbers("0.19.2") && numbers("0.19.22") < numbers("0.20.0"));
        assert!(
            ["0.20", "0.20.0.1", "1.0.0-beta.2", "", "v1.0.0"].iter().all(|text| numbers(text).is_none())
        );
    }
}
