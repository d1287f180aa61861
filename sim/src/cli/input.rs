//! Reading scenario files, and the recordings that they play.

use super::exit::Failure;
use super::guests;
use cosim_testbed::capsule;
use cosim_testbed::log::{self, Log};
use cosim_testbed::recording::Recording;
use cosim_testbed::scenario::{self, Crypto, Misfit, Scenario};
use cosim_testbed::sweep::{self, quoted};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A scenario that can be played: that in a file, or in the folder that a failure was kept in, with its recording.
pub(super) fn scenario(
    path: &Path,
    crypto: Option<Crypto>,
    recorded: Option<&Recorded>,
    guests: &guests::Known,
) -> Result<Scenario, Failure> {
    guests.cast(with_recorded(written(path, crypto)?, path, recorded)?)
}

/// The scenario that was in a file with a recording, if it plays one.
pub(super) fn with_recorded(
    scenario: Scenario,
    path: &Path,
    recorded: Option<&Recorded>,
) -> Result<Scenario, Failure> {
    if let Some(recorded) = recorded {
        return recorded.played_by(scenario, path);
    }
    if scenario.recording.is_none() {
        return Ok(scenario);
    }
    Err(Failure(format!(
        "error: {}: `recording` says who types a recorded session, but no session is given\nhint: name its file: --recording \
         FILE.json.gz; a command that takes none, such as explore or test, plays what `cosim freeze --recording` has written",
        path.display()
    )))
}

/// A recorded session, and where it comes from.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
    recording: Recording,
}

impl Recorded {
    /// The one in the file that `--recording` names, if it is given.
    pub(super) fn read(path: Option<&Path>) -> Result<Option<Recorded>, Failure> {
        let Some(path) = path else { return Ok(None) };
        let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
        let recording = Recording::read(&bytes)
            .map_err(|error| Failure(format!("error: {}: {error}", path.display())))?;
        Ok(Some(Recorded { path: path.to_owned(), bytes, recording }))
    }

    /// The scenario that was in a file, with this recording.
    fn played_by(&self, scenario: Scenario, path: &Path) -> Result<Scenario, Failure> {
        scenario.with_recording(&self.recording).map_err(|misfit| {
            let file = if misfit == Misfit::NotAsked { path } else { &self.path };
            Failure(format!("error: {}: {misfit}", file.display()))
        })
    }
}

/// Whether a file is an event log, by its name.
pub(super) fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
}

/// A log is of one run already: nothing that says how to play a scenario goes with it. `given` are such options, and whether
/// they were given.
pub(super) fn refuse_to_play(path: &Path, given: &[(&str, bool)]) -> Result<(), Failure> {
    let Some((option, _)) = given.iter().find(|(_, given)| *given) else { return Ok(()) };
    Err(Failure(format!(
        "error: {}: {option} says how to play a scenario, but this is the log of a run\nhint: leave it out, or name the \
         scenario",
        path.display()
    )))
}

/// The log in a file.
pub(super) fn log(path: &Path) -> Result<log::Recorded, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    Log::read_json_lines(&bytes).map_err(|error| {
        let name = path.display();
        Failure(format!(
            "error: {name}: {error}\nhint: write the log anew: cosim run FILE --log --json --with states,looks > {name}"
        ))
    })
}

/// What a scenario is called by who plays it: its path, and that of its recording, as a command takes them.
pub(super) fn source(path: &Path, recording: Option<&Path>) -> String {
    let path = quoted(&path.display().to_string());
    match recording {
        None => path,
        Some(recording) => format!("{path} --recording {}", quoted(&recording.display().to_string())),
    }
}

/// Whether two paths lead to one file that is there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    whole(one).is_some() && whole(one) == whole(other)
}

/// What is written has a name, and takes the place of nothing that is read: these files, as far as they are there.
pub(super) fn check_written<'a>(
    written: Option<&Path>,
    read: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<(), Failure> {
    let Some(written) = written else { return Ok(()) };
    if written == Path::new("-") {
        return Err(Failure(
            "error: `-` is not taken for what is written\nhint: name a file; where a command prints what it makes, it does so \
             without the option; a file that is called `-` is ./-"
                .to_owned(),
        ));
    }
    // Of a folder a command reads what a sweep or a failure left in it.
    let inside = |path: &PathBuf| [capsule::SCENARIO, sweep::OUTCOMES].map(|name| path.join(name));
    let is_replaced = |path: &&PathBuf| {
        is_same(written, path) || inside(path).iter().any(|inside| is_same(written, inside))
    };
    match read.into_iter().find(is_replaced) {
        None => Ok(()),
        Some(_) => Err(Failure(format!(
            "error: {} is read by this command, and would be replaced by what it writes\nhint: name another file to be written",
            written.display()
        ))),
    }
}

/// What is written once all was played is a file, and no folder.
pub(super) fn check_file(written: Option<&Path>) -> Result<(), Failure> {
    match written.filter(|written| written.is_dir()) {
        None => Ok(()),
        Some(folder) => Err(Failure(format!(
            "error: cannot write {}: it is a folder\nhint: name a file in it",
            folder.display()
        ))),
    }
}

/// No two things are written to one file. Each comes with the option that names it.
pub(super) fn check_apart(written: &[(&str, Option<&Path>)]) -> Result<(), Failure> {
    let named: Vec<(&str, &Path)> =
        written.iter().filter_map(|(option, path)| Some((*option, (*path)?))).collect();
    let is_one = |a: &Path, b: &Path| a == b || is_same(a, b) || absolute(a) == absolute(b);
    for (place, (option, path)) in named.iter().enumerate() {
        if let Some((other, _)) = named[..place].iter().find(|(_, other)| is_one(path, other)) {
            return Err(Failure(format!(
                "error: {other} and {option} cannot both be {}\nhint: give {option} another name",
                path.display()
            )));
        }
    }
    Ok(())
}

/// A path by which files that are not there yet can be compared.
fn absolute(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    Some(folder.and_then(|folder| Some(folder.join(path.file_name()?))).unwrap_or(path))
}

/// The scenario as it is written in a file, or in the folder that a failure was kept in.
pub(super) fn written(path: &Path, crypto: Option<Crypto>) -> Result<Scenario, Failure> {
    Ok(with_crypto(text(path)?.parsed()?, crypto))
}

/// The text of a scenario, and what it is called in messages.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) name: String,
}

impl Text {
    /// The scenario that it is.
    pub(super) fn parsed(&self) -> Result<Scenario, Failure> {
        let parsed = scenario::parse_bytes(&self.bytes, &self.name);
        parsed.map_err(|problems| Failure(problems.render(has_colour())))
    }
}

/// The text that is in a file, in the folder that a failure was kept in, or comes on standard input.
pub(super) fn text(path: &Path) -> Result<Text, Failure> {
    if path == Path::new("-") {
        return Ok(Text { bytes: from_stdin()?, name: "<stdin>".to_owned() });
    }
    let inside = path.join(capsule::SCENARIO);
    let path = if inside.is_file() { &inside } else { path };
    if path.is_dir() {
        return Err(Failure(format!(
            "error: {path} is a folder without {}\nhint: every scenario of a folder is played by: cosim test {path}",
            capsule::SCENARIO,
            path = path.display(),
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    Ok(Text { bytes, name: path.display().to_string() })
}

/// All that comes on standard input, up to what the largest file may have and a little more.
fn from_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut stdin = std::io::stdin().take(scenario::MAX_BYTES as u64 + 1);
    stdin
        .read_to_end(&mut bytes)
        .map_err(|error| Failure(format!("error: cannot read standard input: {error}")))?;
    Ok(bytes)
}

/// Whether what is wrong is shown in colour.
pub(super) fn has_colour() -> bool {
    anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
}

/// A scenario with the crypto that was asked for, if one was.
pub(super) fn with_crypto(scenario: Scenario, crypto: Option<Crypto>) -> Scenario {
    match crypto {
        Some(crypto) => scenario.with_crypto(crypto),
        None => scenario,
    }
}

/// `fast` or `real`.
pub(super) fn crypto(text: &str) -> Result<Crypto, String> {
    [Crypto::Fast, Crypto::Real]
        .into_iter()
        .find(|crypto| crypto.name() == text)
        .ok_or_else(|| "expected `fast`, a keyed hash, or `real`, which signs as CoJSON does".to_owned())
}
