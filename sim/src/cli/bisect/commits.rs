//! Commits of a repository: each is checked out in a clone, built, and plays the file.

use super::super::exit::Failure;
use super::child::Children;
use super::repository::Repository;
use super::search::Answer;
use super::{Line, played};
use cosim_testbed::whole;
use std::path::{Path, PathBuf};

/// The commits, in order, and how they are built.
#[derive(Debug)]
pub(super) struct Commits<'a> {
    repository: Repository,
    commits: Vec<String>,
    build: &'a str,
    binary: &'a Path,
    file: PathBuf,
    children: &'a Children,
}

impl<'a> Commits<'a> {
    /// The commits from one to another, both included. `text` is the file that is played.
    pub(super) fn between(
        repository: &Path,
        [good, bad]: [&str; 2],
        (build, binary): (&'a str, &'a Path),
        text: &str,
        children: &'a Children,
    ) -> Result<Commits<'a>, Failure> {
        let repository = Repository::clone_of(repository)?;
        let file = repository.beside("failure.json");
        whole::write(&file, text).map_err(|error| Failure::file("write", &file, &error))?;
        let commits = repository.commits(good, bad)?;
        Ok(Commits { repository, commits, build, binary, file, children })
    }
}

impl Line for Commits<'_> {
    fn steps(&self) -> usize {
        self.commits.len()
    }

    fn what(&self) -> &'static str {
        "commits"
    }

    fn judge(&self, place: usize) -> Result<Answer, Failure> {
        self.repository.check_out(&self.commits[place], self.binary)?;
        if let Some(why) = self.repository.build(self.build, self.children)? {
            return Ok(Answer::Skipped(why));
        }
        let binary = self.repository.inside(self.binary);
        if !binary.is_file() {
            return Ok(Answer::Skipped(format!("the build leaves nothing at {}", self.binary.display())));
        }
        Ok(played(&binary, &self.file, &self.log(place), self.children))
    }

    fn named(&self, place: usize) -> Result<String, Failure> {
        self.repository.named(&self.commits[place])
    }

    fn message(&self, place: usize) -> Result<String, Failure> {
        self.repository.message(&self.commits[place])
    }

    fn log(&self, place: usize) -> PathBuf {
        self.repository.beside(&format!("{place}.jsonl"))
    }
}
