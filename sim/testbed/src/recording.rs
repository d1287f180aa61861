//! Recorded editing sessions: who typed what into one text, and when.
//!
//! [`Recording::read`] takes what comes from outside apart and checks all of it; what it hands out counts in graphemes and
//! can be played. It knows nothing of scenarios: those say who the authors are.

mod check;
mod error;
mod format;
mod gap;
mod text;
mod times;

pub use check::{Checked, check};
pub use error::Error;
pub use times::Pace;

use format::Session;
use text::Text;
use times::Times;

/// A session that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    authors: u32,
    transactions: Vec<Transaction>,
    times: Option<Times>,
    end: String,
}

/// What one author did at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Who: a number below [`Recording::authors`].
    pub author: u32,
    /// What, in order. May be empty.
    pub splices: Vec<Splice>,
}

/// A piece of the text that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where, in graphemes of the text that its author saw.
    pub index: u32,
    /// How many graphemes went.
    pub delete: u32,
    /// What came in their place.
    pub insert: String,
}

impl Recording {
    /// Reads a recording: JSON, plain or packed with gzip.
    ///
    /// # Errors
    /// Where the bytes are none, or say what cannot be.
    pub fn read(bytes: &[u8]) -> Result<Recording, Error> {
        let session = Session::read(bytes)?;
        session.check()?;
        let times = Times::of(&session)?;
        let mut text = Text::of(&session);
        let added = session.added;
        let mut transactions = Vec::with_capacity(session.txns.len());
        for (number, txn) in session.txns.into_iter().enumerate() {
            let splices = txn.patches.into_iter().enumerate();
            let number = number.saturating_sub(added);
            let splices =
                splices.map(|(patch, it)| text.patched(it).map_err(|error| error.of(number, patch)));
            let splices: Vec<Option<Splice>> = splices.collect::<Result<_, _>>()?;
            transactions
                .push(Transaction { author: txn.agent, splices: splices.into_iter().flatten().collect() });
        }
        text.check_end(&session.end_content)?;
        Ok(Recording { authors: session.num_agents, transactions, times, end: session.end_content })
    }

    /// How many people wrote.
    pub fn authors(&self) -> u32 {
        self.authors
    }

    /// What they did, each of them in order; one did not always see yet what another had done before.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// Whether it says when.
    pub fn is_timed(&self) -> bool {
        self.times.is_some()
    }

    /// The text in the end.
    pub fn end(&self) -> &str {
        &self.end
    }
}
