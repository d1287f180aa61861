//! Two runs side by side: every event once, in order, and beside its partner.

use crate::samples::{CALM, FAULTY, calm_with, json_lines, play, scenario};
use cosim_testbed::diff::{Alignment, Compared, How, Row, Side, align, compare};
use cosim_testbed::log::{Limit, Log};
use proptest::prelude::*;
use serde_json::{Value, json};

fn recorded(bytes: &str) -> Side {
    let recorded = Log::read_json_lines(bytes.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    Side::recorded("log.jsonl".to_owned(), recorded)
}

fn faulty(seed: u64) -> String {
    json_lines(&play(&scenario(FAULTY), seed, Limit::All))
}

/// How many events of a side the rows have.
fn counts(Alignment { rows, .. }: &Alignment) -> [usize; 2] {
    let both = rows.iter().filter(|row| matches!(row, Row::Both(_))).count();
    [Row::A, Row::B].map(|side| both + rows.iter().filter(|row| **row == side).count())
}

/// The first row that is not the same.
fn first(alignment: &Alignment) -> Option<usize> {
    alignment.rows.iter().position(|row| *row != Row::Both(How::Same))
}

/// A change of a log.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Drop,
    Repeat,
    Swap,
    Later(u64),
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    let edit = prop_oneof![
        Just(Edit::Drop),
        Just(Edit::Repeat),
        Just(Edit::Swap),
        (1..50_000_u64).prop_map(Edit::Later)
    ];
    prop::collection::vec((any::<prop::sample::Index>(), edit), 0..8)
}

/// A log with its lines changed.
fn edited(log: &str, edits: &[(prop::sample::Index, Edit)]) -> String {
    let (header, entries) = log.split_once('\n').unwrap();
    let mut lines: Vec<String> = entries.lines().map(str::to_owned).collect();
    for (at, edit) in edits {
        let at = at.index(lines.len());
        match edit {
            Edit::Drop if lines.len() > 1 => drop(lines.remove(at)),
            Edit::Drop => {}
            Edit::Repeat => lines.insert(at, lines[at].clone()),
            Edit::Swap => lines.swap(at, 0),
            Edit::Later(by) => {
                let mut line: Value = serde_json::from_str(&lines[at]).unwrap();
                line["at"] = json!(line["at"].as_u64().unwrap() + by);
                lines[at] = line.to_string();
            }
        }
    }
    let lines: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    format!("{header}\n{lines}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_logs_are_aligned_by_the_laws(
        seeds in (0..6_u64, 0..6_u64),
        edits in edits(),
    ) {
        let (a, b) = (recorded(&faulty(seeds.0)), recorded(&edited(&faulty(seeds.1), &edits)));
        let alignment = align(&a, &b);
        let whole = [&a, &b].map(|side| counts(&align(side, side))[0]);
        // Every event stands in one row. That rows take them in order makes it monotone.
        prop_assert_eq!(counts(&alignment), whole);
        // A run with itself is the same throughout.
        for side in [&a, &b] {
            let itself = align(side, side);
            prop_assert!(first(&itself).is_none() && itself.moved.is_empty());
        }
        // What is moved stands alone on both sides, and is moved once.
        let mut alone = [Vec::new(), Vec::new()];
        let mut next = [0, 0];
        for row in &alignment.rows {
            for (side, alone_there) in [Row::A, Row::B].into_iter().enumerate() {
                if *row == alone_there {
                    alone[side].push(next[side]);
                }
                next[side] += usize::from(*row == alone_there || matches!(row, Row::Both(_)));
            }
        }
        let moved: [Vec<usize>; 2] =
            [alignment.moved.iter().map(|it| it.0).collect(), alignment.moved.iter().map(|it| it.1).collect()];
        for (moved, alone) in moved.into_iter().zip(&alone) {
            let mut once = moved.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), moved.len());
            prop_assert!(moved.iter().all(|at| alone.contains(at)));
        }
        // The other way around it is the same, mirrored.
        let swapped = align(&b, &a);
        let mirrored: String = swapped.signs().chars().map(|sign| match sign {
            '<' => '>',
            '>' => '<',
            both => both,
        }).collect();
        prop_assert_eq!(mirrored, alignment.signs());
        let mut back: Vec<_> = swapped.moved.iter().map(|(a, b)| (*b, *a)).collect();
        back.sort_unstable();
        prop_assert_eq!(&back, &alignment.moved);
        // It parts where `cosim diff` says.
        match compare(&a, &b).unwrap() {
            Compared::Same(_) => prop_assert_eq!(first(&alignment), None),
            Compared::Different(difference) => prop_assert_eq!(first(&alignment), Some(difference.at())),
        }
    }
}

#[test]
fn a_loss_stands_alone_and_what_comes_late_beside_its_partner() {
    let lossy = scenario(&calm_with(r#""decisions": { "lost": ["alice>server content notes first"] }"#));
    let (a, b) = (Side::played("calm.json", &scenario(CALM), 0), Side::played("lossy.json", &lossy, 0));
    // The loss and the deadline after it are in B alone; the message that is sent again, and its answer, come later.
    assert_eq!(align(&a, &b).signs(), "=========>>~~");
}

/// Bob hears of two CoValues in another order: the one is in its place, the other was moved.
#[test]
fn what_comes_in_another_order_is_moved() {
    let log = json_lines(&play(&scenario(CALM), 0, Limit::All));
    let mut lines: Vec<&str> = log.lines().collect();
    let line = lines.iter().position(|line| line.contains(r#""name":"create-notes-alice""#)).unwrap();
    let moved = lines.remove(line);
    lines.insert(line + 3, moved);
    let alignment = align(&recorded(&log), &recorded(&(lines.join("\n") + "\n")));
    assert!(alignment.signs().starts_with("=<==>=") || alignment.signs().starts_with("=<===>"));
    assert_eq!(alignment.moved.len(), 1);
}

#[test]
fn partners_that_differ_are_told_by_how() {
    let log = json_lines(&play(&scenario(CALM), 0, Limit::All));
    // What an app wrote; and what a node says that it holds.
    let size = log.replace(r#""size":100"#, r#""size":99"#);
    let signs = align(&recorded(&log), &recorded(&size)).signs();
    assert_eq!(signs.chars().filter(|sign| *sign != '=').collect::<String>(), "!");
    let at = log.rfind(r#""sessions":{"alice/1":1}"#).unwrap();
    let known = format!("{}{}", &log[..at], log[at..].replace(r#""alice/1":1"#, r#""alice/1":2"#));
    let signs = align(&recorded(&log), &recorded(&known)).signs();
    assert_eq!(signs.chars().filter(|sign| *sign != '=').collect::<String>(), "!", "{signs}");
}
