//! Which scenarios of which folder are meant.

use super::super::config::Config;
use super::super::exit::Failure;
use super::{Args, Folders, files};
use crate::snapshot::SCENARIO;
use cosim_testbed::sweep::quoted;
use glob::Pattern;
use std::path::{Path, PathBuf};

/// Which scenarios of a folder are meant: all, if it is empty.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// Those in this folder of it.
    inside: Option<PathBuf>,
    /// Those of which one of these is true.
    filters: Vec<Filter>,
}

#[derive(Debug)]
enum Filter {
    /// This one.
    Is(PathBuf),
    /// Those whose path has this in it.
    Has(String),
    /// Those whose path is like this.
    Like(Pattern),
}

impl Selection {
    /// What is meant by words after `cosim test`: a folder, if the first is one, then files of it, parts of their paths,
    /// and patterns.
    pub(super) fn of(args: &Args, config: &Config) -> Result<(Folders, Selection), Failure> {
        let mut words = args.paths.as_slice();
        let usual = config.folder();
        let usual_whole = usual.canonicalize().ok();
        // Where a path is below the usual folder, from whichever folder that is said.
        let below = |path: &Path| {
            path.canonicalize().ok()?.strip_prefix(usual_whole.as_ref()?).ok().map(PathBuf::from)
        };
        let mut folder = usual.clone();
        let mut is_said = false;
        let mut of_folder = None;
        // A word that scenarios of the usual folder have in their paths means those, though there is a folder that is called so.
        let is_word = |word: &Path| {
            word.components().count() == 1
                && below(word).is_none()
                && files(&usual, SCENARIO).is_ok_and(|all| {
                    let filter = Filter::Has(word.to_string_lossy().into_owned());
                    all.iter().any(|name| filter.means(name))
                })
        };
        let is_folder = |word: &Path| word.is_dir() && !is_word(word);
        if let Some((first, rest)) = words.split_first().filter(|(first, _)| is_folder(first)) {
            words = rest;
            // Whoever says where the snapshots are means those of the folder that is named.
            match below(first).filter(|_| args.snapshots.is_none()) {
                Some(inside) => of_folder = Some(inside).filter(|inside| !inside.as_os_str().is_empty()),
                None => (folder, is_said) = (first.clone(), true),
            }
        }
        if let Some(file) = words.iter().find(|word| is_file(word) && !is_said && below(word).is_none()) {
            folder = file
                .parent()
                .filter(|parent| !parent.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
                .into();
        }
        let whole = folder.canonicalize().map_err(|error| {
            if folder == usual
                && let Some(file) = config.names_scenarios()
            {
                return Failure(format!(
                    "error: {}: `scenarios` is {}: {error}\nhint: it is taken from the folder that this file is in",
                    file.display(),
                    folder.display()
                ));
            }
            let meant = words.first().filter(|_| !is_said).unwrap_or(&folder);
            Failure::file("read", meant, &error)
        })?;
        let filters = words.iter().map(|word| filter(word, &whole));
        let filters = filters.collect::<Result<_, _>>()?;
        let selection = Selection { inside: of_folder, filters };
        let beside = match (folder.file_name(), folder.parent()) {
            (Some(_), Some(parent)) => parent.join("snapshots"),
            // A path such as `.` or `..` names no parent; the folder that it stands for has one.
            _ => whole.parent().unwrap_or(&whole).join("snapshots"),
        };
        // Those that a file names are of the scenarios that it names.
        let is_usual = folder == usual;
        let named = args.snapshots.clone().or_else(|| config.snapshots().filter(|_| is_usual));
        let said = |option: &str, path: &Path| format!("{option}{} ", quoted(&path.display().to_string()));
        let scenarios = if is_usual { String::new() } else { said("", &folder) };
        let snapshots = args.snapshots.as_ref().map(|path| said("--snapshots ", path)).unwrap_or_default();
        let folders = Folders {
            scenarios: folder,
            snapshots: named.unwrap_or(beside),
            named: scenarios + &snapshots,
            guests: args.guests.words(),
        };
        Ok((folders, selection))
    }

    /// Whether all of the folder is meant.
    pub(super) fn is_all(&self) -> bool {
        self.filters.is_empty() && self.inside.is_none()
    }

    /// The names of those that are meant.
    ///
    /// # Errors
    /// A word by which none is meant.
    pub(super) fn names(&self, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
        let mut all = files(folder, SCENARIO)?;
        all.retain(|name| self.inside.as_ref().is_none_or(|inside| name.starts_with(inside)));
        if let Some(vain) =
            self.filters.iter().find(|filter| !all.is_empty() && !all.iter().any(|name| filter.means(name)))
        {
            return Err(Failure(format!(
                "error: no scenario in {} is called {}\nhint: a word means those whose path has it, `faults/*` all in that folder",
                folder.display(),
                vain.word()
            )));
        }
        let is_meant =
            |name: &PathBuf| self.filters.is_empty() || self.filters.iter().any(|filter| filter.means(name));
        Ok(all.into_iter().filter(is_meant).collect())
    }
}

fn is_file(word: &Path) -> bool {
    word.extension().is_some_and(|extension| extension == SCENARIO) && word.is_file()
}

/// What a word means in a folder, which is told by its whole path.
fn filter(word: &Path, folder: &Path) -> Result<Filter, Failure> {
    let text = word.to_string_lossy();
    if is_file(word) {
        let whole = word.canonicalize().map_err(|error| Failure::file("read", word, &error))?;
        let name = whole.strip_prefix(folder).unwrap_or(word);
        return Ok(Filter::Is(name.with_extension("")));
    }
    if text.contains(['*', '?', '[']) {
        let error = |error: glob::PatternError| Failure(format!("error: `{text}` is no pattern: {error}"));
        return Pattern::new(&text).map(Filter::Like).map_err(error);
    }
    Ok(Filter::Has(text.into_owned()))
}

impl Filter {
    fn means(&self, name: &Path) -> bool {
        match self {
            Filter::Is(it) => it == name,
            Filter::Has(part) => {
                let name = name.to_string_lossy();
                name.contains(part.as_str()) || format!("{name}.{SCENARIO}").ends_with(part.as_str())
            }
            Filter::Like(pattern) => pattern.matches_path(name),
        }
    }

    fn word(&self) -> String {
        match self {
            Filter::Is(name) => name.display().to_string(),
            Filter::Has(part) => part.clone(),
            Filter::Like(pattern) => pattern.as_str().to_owned(),
        }
    }
}
