//! What recordings come to without a network.

use cosim_testbed::recording::{Checked, Error, check};
use cosim_testbed::stream::Stream;
use serde_json::{Value, json};

/// What of two authors is done: who, after what, where, what goes and what comes.
type Txn<'a> = (u32, &'a [u32], u32, u32, &'a str);

fn checked(end: &str, txns: &[Txn<'_>]) -> Result<Checked, Error> {
    let txns: Vec<Value> = txns
        .iter()
        .map(|(agent, parents, position, deleted, inserted)| {
            json!({ "agent": agent, "parents": parents, "patches": [[position, deleted, inserted]] })
        })
        .collect();
    let agents = 3;
    let session = json!({ "kind": "concurrent", "endContent": end, "numAgents": agents, "txns": txns });
    check(session.to_string().as_bytes())
}

/// Two people change different places of one text, and a third one goes on from both.
#[test]
fn what_was_recorded_comes_out() {
    let txns: [Txn<'_>; 5] = [
        (0, &[], 0, 0, "the ship sails"),
        (0, &[0], 4, 4, "boat"),
        (1, &[0], 14, 0, " at dawn"),
        (1, &[2], 9, 5, "sinks"),
        (2, &[1, 3], 0, 3, "a"),
    ];
    assert_eq!(checked("a boat sinks at dawn", &txns), Ok(Checked::End));
    let error = checked("a boat sinks at dusk", &txns).expect_err("it ends otherwise");
    assert!(error.to_string().starts_with("endContent: "), "{error}");
}

/// Positions count code points of what the author saw, whatever others typed meanwhile.
#[test]
fn graphemes_are_counted_in_what_the_author_saw() {
    let family = "👩\u{200d}👩\u{200d}👧";
    let txns: [Txn<'_>; 4] = [
        (0, &[], 0, 0, "ab"),
        (0, &[0], 0, 0, family),
        (1, &[0], 2, 0, "e\u{301}"),
        // It takes the accent away from what it is on.
        (0, &[1, 2], 8, 1, ""),
    ];
    assert_eq!(checked(&format!("{family}abe"), &txns), Ok(Checked::End));
}

/// An author who goes on from before its own last words had not seen them.
#[test]
fn an_author_may_go_on_from_before() {
    let txns: [Txn<'_>; 4] =
        [(0, &[], 0, 0, "abc"), (0, &[0], 0, 1, ""), (0, &[0], 2, 1, "d"), (1, &[1, 2], 2, 0, "!")];
    assert_eq!(checked("bd!", &txns), Ok(Checked::End));
}

/// Where two insert at one place before they see each other's there is no right order: they are named.
#[test]
fn who_inserts_at_one_place_is_named() {
    let both: [Txn<'_>; 3] = [(0, &[], 0, 0, "ab"), (0, &[0], 1, 0, "x"), (1, &[0], 1, 0, "y")];
    let ends =
        ["axyb", "ayxb"].map(|end| checked(end, &both).expect("one is ours, and the other not judged"));
    assert!(ends.contains(&Checked::End) && ends.contains(&Checked::Together(vec![[1, 2]])), "{ends:?}");
    // What was deleted between them is no place of its own.
    let between: [Txn<'_>; 4] =
        [(0, &[], 0, 0, "abc"), (0, &[0], 1, 1, ""), (0, &[1], 1, 0, "x"), (1, &[0], 2, 0, "y")];
    assert_eq!(checked("", &between), Ok(Checked::Together(vec![[2, 3]])));
    // What a third one types between them afterwards does not hide them.
    let hidden: [Txn<'_>; 4] =
        [(0, &[], 0, 0, "ab"), (0, &[0], 1, 0, "x"), (1, &[0], 1, 0, "y"), (2, &[1, 2], 2, 0, "z")];
    assert_eq!(checked("", &hidden), Ok(Checked::Together(vec![[1, 2]])));
}

/// Inserts beside each other, with something between them that both saw, are no excuse.
#[test]
fn who_inserts_at_two_places_is_judged() {
    let apart: [Txn<'_>; 3] = [(0, &[], 0, 0, "ab"), (0, &[0], 0, 0, "x"), (1, &[0], 1, 0, "y")];
    assert_eq!(checked("xayb", &apart), Ok(Checked::End));
    checked("ayxb", &apart).expect_err("there is one right end");
    // The place is behind the end of what the author had seen.
    let beyond: [Txn<'_>; 3] = [(0, &[], 0, 0, "ab"), (0, &[0], 2, 0, "c"), (1, &[0], 3, 0, "y")];
    let error = checked("abcy", &beyond).expect_err("no such place");
    assert!(error.to_string().starts_with("txns[2].patches[0]: "), "{error}");
}

/// Authors who each keep to a letter of their own, and see the others' words now and then: more than texts are kept for.
#[test]
fn many_authors_come_to_the_recorded_end() {
    const AUTHORS: usize = 40;
    let mut stream = Stream::new(1, "recording", "apart");
    let names: Vec<char> = (0..AUTHORS as u32).filter_map(|author| char::from_u32(0x4e00 + author)).collect();
    let first: String = names.iter().collect();
    let mut txns = vec![json!({ "agent": 0, "parents": [], "patches": [[0, 0, first]] })];
    // What each author has seen: how many letters the others typed; and the transaction after which that was so.
    let mut seen = vec![(vec![0_usize; AUTHORS], 0_usize); AUTHORS];
    for _ in 0..400 {
        let author = stream.index(AUTHORS);
        let other = stream.index(AUTHORS);
        let mut parents = vec![seen[author].1];
        if stream.index(3) == 0 && other != author {
            let theirs = seen[other].clone();
            parents.push(theirs.1);
            for (own, theirs) in seen[author].0.iter_mut().zip(theirs.0) {
                *own = (*own).max(theirs);
            }
        }
        let (counts, last) = &mut seen[author];
        let position: usize = counts[..=author].iter().sum::<usize>() + author + 1;
        txns.push(json!({ "agent": author, "parents": parents, "patches": [[position, 0, "."]] }));
        counts[author] += 1;
        *last = txns.len() - 1;
    }
    let end: String = names
        .iter()
        .zip(0..)
        .map(|(name, author)| format!("{name}{}", ".".repeat(seen[author].0[author])))
        .collect();
    let session = json!({ "kind": "concurrent", "endContent": end, "numAgents": AUTHORS, "txns": txns });
    assert_eq!(check(session.to_string().as_bytes()), Ok(Checked::End));
}

#[test]
fn linear_recordings_are_judged_as_they_are_read() {
    assert_eq!(checked("ab", &[(0, &[], 0, 0, "a"), (1, &[0], 1, 0, "b")]), Ok(Checked::Linear));
}
