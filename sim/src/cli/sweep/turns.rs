//! A sweep that ends by time: scenarios take turns, and what was played is one range of seeds, the same of each. Its file is
//! that of a sweep of this range, to the byte.

use super::super::environment;
use super::super::exit::{Exit, Failure};
use super::super::print::say;
use super::super::time::Until;
use super::progress::Progress;
use super::signal::Stop;
use super::{Args, Told, bug, draw, failure, jobs, keep};
use cosim_core::Span;
use cosim_testbed::scenario::Scenario;
use cosim_testbed::sweep::{Ended, Error, Header, OutcomeFile, Record, Summary, Sweep, outcomes_path};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Plays for so long, or until somebody stops it.
pub(super) fn play(
    args: &Args,
    (sweep, scenarios): (&Sweep, &[Scenario]),
    (span, stop): (Span, &Stop),
    told: &Told<'_>,
) -> Result<(Exit, Summary), Failure> {
    let until = Until::after(Some(span));
    let mut summary = Summary::new(sweep.header()).played_with(args.guests.words());
    let mut kept =
        args.out.as_deref().map(|out| Kept::begin(&outcomes_path(out), sweep.header())).transpose()?;
    let mut progress = Progress::new(None, &summary);
    let is_over = || until.is_over() || stop.asked.load(Ordering::Relaxed);
    let played = sweep.play_in_turns(jobs(args), is_over, &mut summary, |record, summary| {
        progress.passed(summary);
        kept.as_mut().map_or(Ok(()), |kept| kept.write(record))
    });
    stop.played.store(true, Ordering::Relaxed);
    progress.finish(&summary);
    let (ended, header) = played.map_err(failure)?;
    if let Ended::Panicked { scenario, seed, payload } = ended {
        bug(&summary, (scenario, seed), payload);
    }
    kept.map_or(Ok(()), |kept| kept.finish(&header))?;
    let kept = keep(args, scenarios, &summary);
    let exit = told.conclude(&summary);
    say_what_is_next(&header, sweep.header());
    kept.and_then(|()| draw(args, &header, scenarios, &summary))?;
    Ok((exit, summary))
}

/// Says which seeds were played of each scenario, and which come next.
fn say_what_is_next(played: &Header, wanted: &Header) {
    let (from, until, end) = (played.seeds.from, played.seeds.until, wanted.seeds.until);
    for source in &played.scenarios {
        say!("{}: played {from}..{until}, next {until}..{}", source.path, super::written(end));
    }
    match until == end {
        true => say!("all seeds are played"),
        false => say!("go on: the same command with --seeds {until}..{}", super::written(end)),
    }
}

/// Outcomes as they come: those of each scenario in a file without a name, which goes with the process.
struct Kept {
    path: PathBuf,
    parts: Vec<BufWriter<File>>,
}

impl Kept {
    fn begin(path: &Path, header: &Header) -> Result<Kept, Failure> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let cannot = |error| Failure::file("write", path, &error);
        std::fs::create_dir_all(folder).map_err(cannot)?;
        let part = |_| tempfile::tempfile_in(folder).map(BufWriter::new);
        let parts = header.scenarios.iter().map(part).collect::<Result<_, _>>();
        Ok(Kept { parts: parts.map_err(cannot)?, path: path.to_owned() })
    }

    fn write(&mut self, record: &Record) -> Result<(), Error> {
        let written = writeln!(self.parts[record.scenario as usize], "{}", record.line());
        written.map_err(|error| Error::File { doing: "write", path: self.path.clone(), error })
    }

    /// Puts the parts together, below a header that says what was played.
    fn finish(self, header: &Header) -> Result<(), Failure> {
        let Kept { path, parts } = self;
        let cannot = |error| Failure::file("write", &path, &error);
        let writer = environment::writer();
        let mut file = OutcomeFile::begin_provisional(&path, &writer, header).map_err(failure)?;
        for part in parts {
            let mut part = part.into_inner().map_err(|error| cannot(error.into_error()))?;
            part.rewind().map_err(cannot)?;
            let mut lines = BufReader::new(part);
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).map_err(cannot)? > 0 {
                file.copy_line(&line).map_err(failure)?;
                line.clear();
            }
        }
        file.finish().map_err(failure)
    }
}
