//! Makes the recording in `data`: three people who type words into one text, move about in it, take back what they typed,
//! replace what others wrote, and pause.

use cosim_testbed::stream::Stream;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Some of them are more code points than graphemes.
const WORDS: [&str; 16] = [
    "the",
    "ship",
    "sails",
    "at",
    "dawn",
    "and",
    "nobody",
    "knows",
    "where",
    "cafe\u{301}",
    "nai\u{308}ve",
    "Größe",
    "東京",
    "👩\u{200d}👩\u{200d}👧",
    "🇳🇱🇧🇪",
    "\r\n",
];

const AUTHORS: usize = 3;
const BURSTS: u64 = 70;

/// How many things are done in one recorded second at most.
const EACH_SECOND: u64 = 6;

/// The folder of the recording.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recording/data")
}

struct Typing {
    stream: Stream,
    text: Vec<char>,
    /// Where each author is, in code points.
    cursors: [usize; AUTHORS],
    txns: Vec<String>,
    second: u64,
    in_second: u64,
}

impl Typing {
    fn at_most(&mut self, most: usize) -> usize {
        self.stream.index(most + 1)
    }

    /// One transaction with one patch: what comes before it, everybody has seen.
    fn patch(&mut self, author: usize, position: usize, deleted: usize, inserted: &str) {
        let new: Vec<char> = inserted.chars().collect();
        let (len, end) = (new.len(), position + deleted);
        self.text.splice(position..end, new);
        for cursor in &mut self.cursors {
            if *cursor >= end {
                *cursor = *cursor - deleted + len;
            } else {
                *cursor = (*cursor).min(position);
            }
        }
        self.cursors[author] = position + len;
        let number = self.txns.len();
        let parents: Vec<usize> = number.checked_sub(1).into_iter().collect();
        let time = format!("2025-03-01T10:{:02}:{:02}+00:00", self.second / 60, self.second % 60);
        let patches = json!([[position, deleted, inserted]]);
        let children = 1;
        let txn = json!({ "parents": parents, "numChildren": children, "agent": author, "time": time, "patches": patches });
        self.txns.push(txn.to_string());
        self.in_second += 1;
        if self.in_second == EACH_SECOND {
            self.pass(1);
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.second += seconds;
        self.in_second = 0;
    }

    /// What an author is about to type, key by key. What a picker offers comes at once.
    fn word(&mut self) -> Vec<String> {
        let word = WORDS[self.at_most(WORDS.len() - 1)];
        let at_once = word.contains(['👩', '🇳', '\r']);
        let mut keys: Vec<String> =
            if at_once { vec![word.to_owned()] } else { word.chars().map(String::from).collect() };
        keys.push(" ".to_owned());
        keys
    }

    fn burst(&mut self) {
        let author = self.at_most(AUTHORS - 1);
        let cursor = self.cursors[author];
        match self.at_most(9) {
            0 => self.cursors[author] = self.at_most(self.text.len()),
            1 | 2 => {
                for _ in 0..self.at_most(4).min(cursor) {
                    self.patch(author, self.cursors[author] - 1, 1, "");
                }
            }
            3 => {
                let deleted = self.at_most(3).min(self.text.len() - cursor);
                let word = self.word().concat();
                self.patch(author, cursor, deleted, &word);
            }
            _ => self.type_words(author),
        }
        let pause = if self.at_most(9) == 0 { 30 + self.stream.below(60) } else { self.stream.below(3) };
        self.pass(pause);
    }

    /// An author types a word, and another one at the same time.
    fn type_words(&mut self, author: usize) {
        let other = (author + 1 + self.at_most(1)) % AUTHORS;
        let mut turns =
            [(author, self.word()), (other, self.word())].map(|(who, keys)| (who, keys.into_iter()));
        while turns.iter().any(|(_, keys)| keys.len() > 0) {
            for (who, keys) in &mut turns {
                if let Some(key) = keys.next() {
                    self.patch(*who, self.cursors[*who], 0, &key);
                }
            }
        }
    }
}

/// The recording, a line for each transaction.
fn typing() -> String {
    let mut typing = Typing {
        stream: Stream::new(1, "recording", "typing"),
        text: Vec::new(),
        cursors: [0; AUTHORS],
        txns: Vec::new(),
        second: 0,
        in_second: 0,
    };
    for _ in 0..BURSTS {
        typing.burst();
    }
    let end = json!(typing.text.iter().collect::<String>());
    let last = typing.txns.last_mut().expect("somebody typed");
    *last = last.replace("\"numChildren\":1", "\"numChildren\":0");
    let txns = typing.txns.join(",\n");
    format!(
        "{{\"kind\":\"concurrent\",\"endContent\":{end},\"numAgents\":{AUTHORS},\"txns\":[\n{txns}\n]}}\n"
    )
}

#[test]
fn the_recording_is_the_generated_one() {
    let path = data().join("typing.json");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&path, typing()).expect("the folder is there");
    }
    let kept = std::fs::read_to_string(&path).expect("it is checked in");
    assert!(kept == typing(), "INSTA_UPDATE=always cargo test -p cosim --test recording writes it");
}
