//! A clone of a git repository, in a folder of its own that goes when it is done.

use super::super::exit::Failure;
use super::child::{Children, Ended};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The clone.
#[derive(Debug)]
pub(super) struct Repository {
    folder: tempfile::TempDir,
    /// What was cloned.
    origin: PathBuf,
}

impl Repository {
    /// Clones a repository that is on this machine.
    pub(super) fn clone_of(path: &Path) -> Result<Repository, Failure> {
        let folder =
            tempfile::tempdir().map_err(|error| Failure(format!("error: no folder for a clone: {error}")))?;
        let within = |what| said(git().arg("-C").arg(path).args(["rev-parse", what]));
        // A bare repository has no files of its own.
        let whole = within("--show-toplevel").or_else(|_| within("--absolute-git-dir")).map_err(|_| {
            let path = path.display();
            Failure(format!(
                "error: {path} is not in a git repository\nhint: --repository names the folder of one"
            ))
        })?;
        let repository = Repository { folder, origin: PathBuf::from(&whole) };
        said(git().args(["clone", "--quiet", "--no-checkout"]).arg(whole).arg(repository.tree()))?;
        Ok(repository)
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    /// A path in the clone.
    pub(super) fn inside(&self, path: &Path) -> PathBuf {
        self.tree().join(path)
    }

    /// A path beside the clone, in the same folder.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn git(&self, args: &[&str]) -> Result<String, Failure> {
        said(git().arg("-C").arg(self.tree()).args(args))
    }

    /// A commit by the name that it has in what was cloned, brought into the clone.
    fn commit(&self, rev: &str) -> Result<String, Failure> {
        let name = format!("{rev}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &name];
        let commit = said(git().arg("-C").arg(&self.origin).args(args)).map_err(|_| {
            Failure(format!("error: {rev} is no commit of the repository\nhint: git log shows them"))
        })?;
        if self.git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).is_err() {
            // A clone has what branches and tags lead to.
            let any = "git -c uploadpack.allowAnySHA1InWant=true upload-pack";
            self.git(&["fetch", "--quiet", "--upload-pack", any, "origin", &commit])?;
        }
        Ok(commit)
    }

    /// The commits from one to another, both included, in order, along first parents.
    pub(super) fn commits(&self, good: &str, bad: &str) -> Result<Vec<String>, Failure> {
        let [first, last] = [self.commit(good)?, self.commit(bad)?];
        let range = format!("{first}..{last}");
        let between = self.git(&["rev-list", "--reverse", "--first-parent", &range])?;
        let between: Vec<String> = between.lines().map(str::to_owned).collect();
        let Some(next) = between.first() else {
            return Err(Failure(format!(
                "error: nothing comes after {good} up to {bad}\nhint: are they the wrong way round?"
            )));
        };
        // What comes next must come of the good one, or it is not the next.
        let before = self.git(&["rev-parse", "--verify", "--quiet", &format!("{next}^1")]).ok();
        if before.as_ref() != Some(&first) {
            let hint = match before {
                None => "they have no commit in common".to_owned(),
                Some(fork) => {
                    format!(
                        "the last commit that both come of is {}: is that a good one?",
                        self.named(&fork)?
                    )
                }
            };
            return Err(Failure(format!(
                "error: {good} is not on the way to {bad}, along first parents\nhint: {hint}"
            )));
        }
        Ok(std::iter::once(first).chain(between).collect())
    }

    /// Puts the files of a commit into the clone, and takes away what another commit has built.
    pub(super) fn check_out(&self, commit: &str, built: &Path) -> Result<(), Failure> {
        let built = self.inside(built);
        // A folder on the way may be a link of a commit that leads elsewhere.
        let real = |path: &Path| path.canonicalize().ok();
        let folder = built.parent().and_then(real);
        if folder.is_some_and(|folder| real(&self.tree()).is_some_and(|tree| folder.starts_with(tree))) {
            // Where there is none, none has to go; and a file of the commit comes back.
            let _ = std::fs::remove_file(built);
        }
        self.git(&["checkout", "--quiet", "--force", "--detach", commit]).map(drop)
    }

    /// Builds what is checked out. Where that does not succeed, it says why.
    pub(super) fn build(&self, command: &str, children: &Children) -> Result<Option<String>, Failure> {
        let mut shell = outside("sh");
        shell.arg("-c").arg(command).current_dir(self.tree());
        let ended = children
            .run(&mut shell)
            .map_err(|error| Failure(format!("error: cannot start a shell: {error}")))?;
        let Ended::Itself(output) = ended else {
            return Ok(Some("takes longer than --timeout to build".to_owned()));
        };
        if output.status.success() {
            return Ok(None);
        }
        let said = [output.stderr, output.stdout].map(|said| String::from_utf8_lossy(&said).into_owned());
        let lines = || said.iter().flat_map(|said| said.lines()).filter(|line| !line.trim().is_empty());
        let why = lines().find(|line| line.starts_with("error")).or_else(|| lines().next_back());
        Ok(Some(why.map_or("does not build".to_owned(), |why| format!("does not build: {}", why.trim()))))
    }

    /// A commit, for people.
    pub(super) fn named(&self, commit: &str) -> Result<String, Failure> {
        self.git(&["show", "--no-patch", "--format=%h %s", commit])
    }

    /// The whole message of a commit.
    pub(super) fn message(&self, commit: &str) -> Result<String, Failure> {
        self.git(&["show", "--no-patch", "--format=commit %H%n%an, %as%n%n%B", commit])
    }
}

/// What git tells what it starts of the repository that it is at work in, as in a hook. Here it is about others.
const OF_ANOTHER: [&str; 8] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

fn git() -> Command {
    outside("git")
}

/// A program that knows of no repository but the one in which it is started.
fn outside(program: &str) -> Command {
    let mut command = Command::new(program);
    for name in OF_ANOTHER {
        command.env_remove(name);
    }
    command
}

/// What a command prints.
fn said(command: &mut Command) -> Result<String, Failure> {
    let output = command.stdin(Stdio::null()).output();
    let output = output
        .map_err(|error| Failure(format!("error: cannot start git: {error}\nhint: is it installed?")))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Failure(format!("error: git: {}", why.trim_end())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
