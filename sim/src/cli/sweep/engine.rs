//! Which part of a sweep an engine has given to this process. How many parts there are, the user says: what engines say of
//! that is the number of tasks of one submission, which is another one when a few are submitted again.

use super::super::environment;
use super::super::exit::Failure;
use super::super::print::say;
use cosim_testbed::sweep::Shard;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// Who runs many processes, and tells each its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Slurm,
    Kubernetes,
    Gitlab,
    Buildkite,
    Parallel,
}

/// What there is to know of one.
struct Row {
    /// What it is called in a command.
    word: &'static str,
    name: &'static str,
    /// The variable that holds the number of a process.
    variable: &'static str,
    /// The number of the first process.
    first: u32,
    /// How as many processes are asked for as there are parts.
    asked: fn(NonZeroU32) -> String,
}

impl Engine {
    const ALL: [Engine; 5] =
        [Engine::Slurm, Engine::Kubernetes, Engine::Gitlab, Engine::Buildkite, Engine::Parallel];

    fn row(self) -> Row {
        match self {
            Engine::Slurm => Row {
                word: "slurm",
                name: "Slurm",
                variable: "SLURM_ARRAY_TASK_ID",
                first: 1,
                asked: |parts| format!("submit it with --array=1-{parts}"),
            },
            Engine::Kubernetes => Row {
                word: "kubernetes",
                name: "Kubernetes",
                variable: "JOB_COMPLETION_INDEX",
                first: 0,
                asked: |parts| format!("the Job says `completionMode: Indexed` and `completions: {parts}`"),
            },
            Engine::Gitlab => Row {
                word: "gitlab",
                name: "GitLab",
                variable: "CI_NODE_INDEX",
                first: 1,
                asked: |parts| format!("the job says `parallel: {parts}`"),
            },
            Engine::Buildkite => Row {
                word: "buildkite",
                name: "Buildkite",
                variable: "BUILDKITE_PARALLEL_JOB",
                first: 0,
                asked: |parts| format!("the step says `parallelism: {parts}`"),
            },
            Engine::Parallel => Row {
                word: "parallel",
                name: "GNU parallel",
                variable: "PARALLEL_SEQ",
                first: 1,
                asked: |parts| format!("give it {parts} jobs, as `::: {{1..{parts}}}` does"),
            },
        }
    }

    /// What its variable holds, where this process is one of its own.
    fn value(self) -> Option<String> {
        environment::engine(self.row().variable)
    }

    /// The part with the number that it gave to this process.
    fn shard(self, parts: NonZeroU32) -> Result<Shard, Failure> {
        let Row { word, name, variable, first, asked } = self.row();
        let asked = asked(parts);
        let Some(value) = self.value() else {
            return Err(Failure(format!(
                "error: --shard {word}: {variable} is not set: this is no task of {name}\nhint: {asked}; or say which part it is: --shard I/{parts}"
            )));
        };
        let number = value.parse::<u32>().ok().and_then(|index| index.checked_sub(first)?.checked_add(1));
        let Some(shard) = number.and_then(|number| Shard::new(number, parts.get())) else {
            let last = parts.get() - 1 + first;
            return Err(Failure(format!(
                "error: {variable}={value} is none of {parts} parts, which {name} counts from {first} to {last}\nhint: {asked}"
            )));
        };
        say!("part {shard}, by {variable}={value} of {name}");
        Ok(shard)
    }
}

/// Which part is to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// This one.
    Part(Shard),
    /// The one that this engine gives.
    Of(Engine),
    /// The one that the engine gives that is there.
    Auto,
}

impl FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Which, String> {
        if text == "auto" {
            return Ok(Which::Auto);
        }
        if let Some(engine) = Engine::ALL.into_iter().find(|engine| engine.row().word == text) {
            return Ok(Which::Of(engine));
        }
        text.parse().map(Which::Part).map_err(|why| {
            let words = Engine::ALL.map(|engine| engine.row().word).join(", ");
            format!("{why}; or an engine ({words}), or `auto`")
        })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row { name, variable, .. } = self.row();
        write!(f, "{name} ({variable}={})", self.value().unwrap_or_default())
    }
}

/// The part to play, of so many; says which one it is where an engine gave it.
pub(super) fn shard(which: Which, parts: Option<NonZeroU32>) -> Result<Shard, Failure> {
    let parts = match (which, parts) {
        (Which::Part(shard), None) => return Ok(shard),
        (Which::Part(shard), Some(_)) => {
            return Err(Failure(format!(
                "error: --shard {shard} says how many parts there are\nhint: leave out --shards"
            )));
        }
        (Which::Of(_) | Which::Auto, None) => {
            return Err(Failure(
                "error: how many parts are there? An engine knows only how many it was last asked for\nhint: --shards N"
                    .to_owned(),
            ));
        }
        (Which::Of(engine), Some(parts)) => return engine.shard(parts),
        (Which::Auto, Some(parts)) => parts,
    };
    let there: Vec<Engine> = Engine::ALL.into_iter().filter(|engine| engine.value().is_some()).collect();
    match there[..] {
        [engine] => engine.shard(parts),
        [] => {
            let variables = Engine::ALL.map(|engine| engine.row().variable).join(", ");
            Err(Failure(format!(
                "error: --shard auto: no engine is there: none of {variables} is set\nhint: say which part it is: --shard I/{parts}"
            )))
        }
        [..] => {
            let names = there.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            Err(Failure(format!(
                "error: --shard auto: more than one engine is there: {names}\nhint: name the one that counts the parts, as in --shard {}",
                there[0].row().word
            )))
        }
    }
}
