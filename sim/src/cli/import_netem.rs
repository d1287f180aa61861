//! `cosim import-netem`: a distribution of `tc-netem` as a scenario has it.

use super::exit::{Exit, Failure};
use super::print::outln;
use cosim_testbed::scenario::Netem;
use cosim_testbed::scenario::file::{Duration, Network};
use std::path::PathBuf;

/// Print a distribution table of tc-netem as the latencies of a scenario's network.
///
/// The file is one of iproute2's: `normal.dist`, `pareto.dist`, `paretonormal.dist`, or one that its `maketable` made from
/// measurements: whole numbers from -32768 to 32767, of which each stands for a latency of DELAY + JITTER * number / 8192, so
/// that a tail ends four jitters behind the mean. It is kept as twelve quantiles, so a jump between two of them becomes a slope.
/// What is printed is a scenario's `network`, or that of a link. A run reads only its scenario.
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
    let network = Network { latency_quantiles: Some(latencies), ..Network::default() };
    let json = serde_json::to_string_pretty(&network).map_err(|error| Failure(format!("error: {error}")))?;
    outln!("{json}");
    Ok(Exit::Held)
}
