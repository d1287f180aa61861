//! Which part an engine has given to a process: only where the user asks for that, and of as many as the user says.

use crate::command_line::{cosim, folder};
use std::fs;
use std::path::Path;
use std::process::Output;

const VARIABLES: [&str; 5] = [
    "SLURM_ARRAY_TASK_ID",
    "JOB_COMPLETION_INDEX",
    "CI_NODE_INDEX",
    "BUILDKITE_PARALLEL_JOB",
    "PARALLEL_SEQ",
];

/// Plays a part with nothing of an engine in the environment but these variables: the exit code, and what is said.
fn part(folder: &Path, arguments: &str, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = cosim(folder, &format!("sweep tiny.json --seeds 0..16 --out part.jsonl {arguments}"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    let _ = fs::remove_file(folder.join("part.jsonl"));
    let Output { status, stderr, .. } = command.envs(environment.iter().copied()).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// The part that was played, as the header of its file says.
fn played(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("part.jsonl")).unwrap();
    let header: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let shard = &header["shard"];
    if shard.is_null() { "all".to_owned() } else { format!("{}/{}", shard["number"], shard["of"]) }
}

#[test]
fn every_engine_counts_in_its_own_way() {
    let folder = folder();
    let engines = [
        ("slurm", VARIABLES[0], 1, "--array=1-8"),
        ("kubernetes", VARIABLES[1], 0, "completions: 8"),
        ("gitlab", VARIABLES[2], 1, "parallel: 8"),
        ("buildkite", VARIABLES[3], 0, "parallelism: 8"),
        ("parallel", VARIABLES[4], 1, "{1..8}"),
    ];
    for (word, variable, first, asked) in engines {
        for which in [word, "auto"] {
            let arguments = format!("--shard {which} --shards 8");
            for number in [1, 3, 8] {
                let index = (number - 1 + first).to_string();
                let (code, said) = part(folder.path(), &arguments, &[(variable, &index)]);
                assert_eq!(code, Some(0), "{said}");
                assert!(said.starts_with(&format!("part {number}/8, by {variable}={index} of ")), "{said}");
                assert_eq!(played(folder.path()), format!("{number}/8"));
            }
            let (low, high) = ((first - 1).to_string(), (first + 8).to_string());
            for wrong in [low.as_str(), high.as_str(), "99999999999", "one", "1.0", " 1"] {
                let (code, said) = part(folder.path(), &arguments, &[(variable, wrong)]);
                assert_eq!(code, Some(2), "{said}");
                let error = format!("error: {variable}={wrong} is none of 8 parts, ");
                assert!(said.starts_with(&error) && said.contains(asked), "{said}");
            }
        }
        let (code, said) = part(folder.path(), &format!("--shard {word} --shards 8"), &[]);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(&format!("{variable} is not set")), "{said}");
    }
}

#[test]
fn two_engines_are_one_too_many() {
    let folder = folder();
    let both = [(VARIABLES[0], "2"), (VARIABLES[4], "3")];
    let (code, said) = part(folder.path(), "--shard auto --shards 8", &both);
    assert_eq!(code, Some(2), "{said}");
    let names = "Slurm (SLURM_ARRAY_TASK_ID=2) and GNU parallel (PARALLEL_SEQ=3)";
    assert!(said.contains(names) && said.contains("--shard slurm"), "{said}");
    for (word, number) in [("slurm", 2), ("parallel", 3)] {
        let (code, said) = part(folder.path(), &format!("--shard {word} --shards 8"), &both);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(played(folder.path()), format!("{number}/8"));
    }
    // A variable that is set to nothing is none.
    let (code, said) = part(folder.path(), "--shard auto --shards 8", &[(VARIABLES[0], ""), both[1]]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = part(folder.path(), "--shard auto --shards 8", &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("no engine is there"), "{said}");
}

#[test]
fn an_engine_says_neither_how_many_parts_there_are_nor_that_there_are_any() {
    let folder = folder();
    let environment = [(VARIABLES[0], "3"), ("SLURM_ARRAY_TASK_COUNT", "2"), ("SLURM_ARRAY_TASK_MAX", "7")];
    let (code, said) = part(folder.path(), "--shard auto --shards 8", &environment);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(played(folder.path()), "3/8", "of eight, though two were submitted");
    let (code, said) = part(folder.path(), "", &environment);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(played(folder.path()), "all", "a job that a task starts inherits its variables");
    for (arguments, error) in [
        ("--shard auto", "how many parts are there?"),
        ("--shard slurm", "how many parts are there?"),
        ("--shards 8", "--shard"),
        ("--shard 3/8 --shards 8", "leave out --shards"),
        ("--shard auto --shards 0", "--shards"),
        ("--shard cron --shards 8", "slurm, kubernetes, gitlab, buildkite, parallel"),
    ] {
        let (code, said) = part(folder.path(), arguments, &environment);
        assert_eq!(code, Some(2), "{arguments}: {said}");
        assert!(said.contains(error), "{arguments}: {said}");
    }
}

/// A merge that a task starts inherits its variables, and does not look.
#[test]
fn a_merge_is_no_part() {
    let folder = folder();
    for number in 1..=2 {
        let sweep = format!("sweep tiny.json --seeds 0..16 --shard {number}/2 --out {number}.jsonl");
        cosim(folder.path(), &sweep).output().unwrap();
    }
    let merge = |environment: &[(&str, &str)]| {
        let mut command = cosim(folder.path(), "merge 1.jsonl 2.jsonl --shards 2 -o whole.jsonl");
        let output = command.envs(environment.iter().copied()).output().unwrap();
        (output, fs::read(folder.path().join("whole.jsonl")).unwrap())
    };
    assert_eq!(
        merge(&[(VARIABLES[0], "1"), ("SLURM_ARRAY_TASK_COUNT", "8"), (VARIABLES[4], "9")]),
        merge(&[])
    );
}

/// The name under which a file is written says who writes it.
#[test]
fn a_file_that_is_written_has_the_name_of_its_writer() {
    let folder = folder();
    let environment = [
        ("SLURM_ARRAY_JOB_ID", "17"),
        ("SLURM_ARRAY_TASK_ID", "3"),
        ("SLURM_JOB_ID", "20"),
        ("SLURM_RESTART_COUNT", "1"),
    ];
    // A folder has the name that it is to get, so that the sweep cannot end.
    fs::create_dir_all(folder.path().join("out/outcomes.jsonl")).unwrap();
    let mut command = cosim(folder.path(), "sweep tiny.json --seeds 0..16 --out out");
    let child = command.envs(environment).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let process = child.id();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("out/outcomes.jsonl.17-3-20-1-"), "{said}");
    assert!(said.contains(&format!("-{process}.partial: ")), "{said}");
}
