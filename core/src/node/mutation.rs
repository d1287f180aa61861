//! Planted faults. Each leaves out one rule of the protocol, or does something plainly wrong, so that whoever tests a
//! testbed can see whether it notices. The protocol asks for them with `planted!`, as the module `planted` says.

use core::fmt;
use core::str::FromStr;

macro_rules! mutations {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// One planted fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mutation {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Mutation {
            /// Every one there is.
            pub const ALL: &'static [Mutation] = &[$(Mutation::$variant),*];

            /// Its name in scenario files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Mutation::$variant => $name,)*
                }
            }

            /// What a node with it does.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Mutation::$variant => concat!($($doc),*).trim_ascii(),)*
                }
            }
        }
    };
}

mutations! {
    /// A `load` or announcement that is unanswered is due again at once.
    RepeatUnanswered = "repeat-unanswered",
    /// An announcement is made once, and never again when it is lost (rule 6).
    AnnounceOnce = "announce-once",
    /// Content received does not count as a first-hand statement (rule 2).
    ContentConfirmsNothing = "content-confirms-nothing",
    /// A `load` or correction replaces what the peer said before, however late it comes (rule 2).
    ReplaceFirstHand = "replace-first-hand",
    /// Any `known` ends a load, and none counts as an announcement (rule 4).
    IgnoreRe = "ignore-re",
    /// When a peer is ahead, `load` is sent at once, without waiting for what it pushes (rule 4).
    PullAtOnce = "pull-at-once",
    /// An announcement is not answered (rule 4).
    IgnoreAnnouncements = "ignore-announcements",
    /// `load` and `done` set interest in the order in which they come (rule 2).
    InterestByArrival = "interest-by-arrival",
    /// A message of an earlier connection is taken as one of this (rule 1).
    IgnoreEpochs = "ignore-epochs",
    /// Content goes on after the peer's `done`.
    ContentAfterDone = "content-after-done",
    /// A client that asked for what it lacks is not sent it.
    InterestLiftsNothing = "interest-lifts-nothing",
    /// Content that was refused is sent again and again (rule 5).
    ResendRefused = "resend-refused",
    /// Content that was refused is never sent again, though it may have been damaged on its way (rule 5).
    RefusedForGood = "refused-for-good",
    /// The peer that asks for a CoValue is asked for it (rule 8).
    AskTheAsker = "ask-the-asker",
    /// What a peer that could not take messages missed is forgotten.
    ForgetBlocked = "forget-blocked",
    /// Content that leaves a gap proves nothing of what its sender holds.
    GapProvesNothing = "gap-proves-nothing",
    /// Content that is here already proves nothing of what its sender holds.
    DuplicatesProveNothing = "duplicates-prove-nothing",
    /// A CoValue that is done is not loaded in a new connection (rule 13).
    DoneNeverLoads = "done-never-loads",
    /// A peer that asked for what nobody has gets no answer (rule 8).
    NeverUnavailable = "never-unavailable",
    /// A peer that asked is told that nobody has it before the others were asked (rule 8).
    AnswerAtOnce = "answer-at-once",
    /// Every server is asked at once, however much another is preferred.
    AskAllSources = "ask-all-sources",
    /// `done` goes upstream though others are interested through us (rule 8).
    DoneForAll = "done-for-all",
    /// A `load` with the header is answered by content alone (rule 3).
    ContentAlone = "content-alone",
    /// Taking content or answering a `load` does not count as showing our interest.
    ShowNothing = "show-nothing",
    /// No deadline is ever armed: what is lost stays lost (rule 6).
    NeverRetransmit = "never-retransmit",
    /// Content that leaves a gap is dropped without a word (rule 5).
    IgnoreGap = "ignore-gap",
    /// Content is acknowledged and thrown away.
    AckWithoutApplying = "ack-without-applying",
    /// Content received is sent back to its sender.
    EchoToSender = "echo-to-sender",
    /// Headers, hashes and signatures are believed.
    SkipVerification = "skip-verification",
    /// What a peer was assumed to hold in one connection is assumed in the next (rule 1).
    KeepAssumedAcrossConnections = "keep-assumed-across-connections",
    /// While a peer's `load` waits for an answer, nothing else is heard, and a source that is silent is waited for without
    /// end (rules 7 and 8).
    BlockInbox = "block-inbox",
    /// Content is applied though what it depends on is missing (rule 9).
    IgnoreDependencies = "ignore-dependencies",
    /// Content of which a dependency is missing is dropped (rule 9).
    DropDependants = "drop-dependants",
    /// Content of which a dependency is missing is held back, but the dependency is not asked for (rule 9).
    NeverAskDependencies = "never-ask-dependencies",
    /// A write counts as safe once the disk has it and its header, whatever these depend on (rule 11).
    SafeAlone = "safe-alone",
    /// What has come counts as being on the disk (rule 15).
    SafeOnReceipt = "safe-on-receipt",
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no mutation of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMutation;

impl fmt::Display for UnknownMutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such mutation")
    }
}

impl core::error::Error for UnknownMutation {}

impl FromStr for Mutation {
    type Err = UnknownMutation;

    fn from_str(name: &str) -> Result<Self, UnknownMutation> {
        Mutation::ALL.iter().copied().find(|m| m.name() == name).ok_or(UnknownMutation)
    }
}

/// A set of planted faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mutations(u64);

const _: () = assert!(Mutation::ALL.len() <= 64, "one bit each");

impl Mutations {
    /// No fault at all: the protocol.
    pub const NONE: Mutations = Mutations(0);

    /// This set and `mutation`.
    #[must_use]
    pub const fn with(self, mutation: Mutation) -> Mutations {
        Mutations(self.0 | 1 << mutation as u64)
    }

    /// Whether `mutation` is planted.
    pub const fn has(self, mutation: Mutation) -> bool {
        self.0 & (1 << mutation as u64) != 0
    }

    /// Whether nothing is planted.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The mutations in it, in the order of [`Mutation::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Mutation> {
        Mutation::ALL.iter().copied().filter(move |m| self.has(*m))
    }
}

impl FromIterator<Mutation> for Mutations {
    fn from_iter<I: IntoIterator<Item = Mutation>>(iter: I) -> Self {
        iter.into_iter().fold(Mutations::NONE, Mutations::with)
    }
}
