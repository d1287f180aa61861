//! `cosim import-netem`: a distribution of `tc-netem` as a scenario has it.

use super::exit::{Exit, Failure};
use super::input::{self, Text};
use super::print::{out, outln, say};
use cosim_testbed::scenario::file::{Duration, Network, Quantiles};
use cosim_testbed::scenario::{Netem, with_latencies};
use cosim_testbed::whole;
use std::path::{Path, PathBuf};

/// Put a distribution table of tc-netem into a scenario as the latencies of its network, or print it.
///
/// The file is one of iproute2's: `normal.dist`, `pareto.dist`, `paretonormal.dist`, or one that its `maketable` made from
/// measurements: whole numbers from -32768 to 32767, of which each stands for a latency of DELAY + JITTER * number / 8192, so
/// that a tail ends four jitters behind the mean. It is kept as twelve quantiles, so a jump between two of them becomes a slope.
/// What is printed is a scenario's `network`, or that of a link; with --into, it is in the scenario. A run reads only that.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The table.
    file: PathBuf,
    /// The mean latency.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = time)]
    delay: Duration,
    /// How far latencies lie around the mean: one standard deviation.
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = time)]
    jitter: Duration,
    /// The scenario whose network it becomes, in place of the latency that is there. The rest stays as it is written. `-` takes
    /// one from standard input, and prints it. Default: print the network alone.
    #[arg(long, value_name = "SCENARIO")]
    into: Option<PathBuf>,
}

fn time(text: &str) -> Result<Duration, String> {
    text.parse().map_err(|error: cosim_testbed::scenario::file::UnitError| error.to_string())
}

pub(super) fn main(args: &Args) -> Result<Exit, Failure> {
    let path = &args.file;
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    let failed = |error| Failure(format!("error: {}: {error}", path.display()));
    let table = Netem::read(&text).map_err(failed)?;
    let latencies = table.latencies(args.delay.0, args.jitter.0).map_err(failed)?;
    if let Some(into) = &args.into {
        return put(into, &latencies, &path.display().to_string());
    }
    let network = Network { latency_quantiles: Some(latencies), ..Network::default() };
    let json = serde_json::to_string_pretty(&network).map_err(|error| Failure(format!("error: {error}")))?;
    outln!("{json}");
    Ok(Exit::Held)
}

/// Puts latencies into the network of a scenario. The rest of the file stays as it is written.
fn put(path: &Path, latencies: &Quantiles, table: &str) -> Result<Exit, Failure> {
    let before = input::text(path)?;
    let links = before.parsed()?.file.links;
    let after = std::str::from_utf8(&before.bytes).ok().and_then(|text| with_latencies(text, latencies));
    let after = after.unwrap_or_default();
    // What cannot be played is not written.
    Text { bytes: after.clone().into_bytes(), name: before.name.clone() }.parsed()?;
    if path == Path::new("-") {
        out!("{after}");
        return Ok(Exit::Held);
    }
    let path = Path::new(&before.name);
    whole::write(path, &after).map_err(|error| Failure::file("write", path, &error))?;
    let own = |network: &Network| network.latency.is_some() || network.latency_quantiles.is_some();
    let kept = match links.iter().filter(|link| link.network.as_ref().is_some_and(own)).count() {
        0 => String::new(),
        1 => ", but for a link that has its own".to_owned(),
        keep => format!(", but for {keep} links that have their own"),
    };
    say!("{}: its network has the latencies of {table}{kept}", path.display());
    Ok(Exit::Held)
}
