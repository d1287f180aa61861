//! Where our protocol differs from what the published package does, by name. Every message that only one of the two
//! sends must be explained by exactly one of these; docs/cojson-format.md has the reasons.

mod todays;

pub(crate) use todays::ASKED_FOR_EVER;

use crate::run::{Act, Op, Sent, Step};
use crate::talk::{Talk, sorted};
use cosim_core::real::wire::{Content, Known, KnownState, Message};
use cosim_core::view::Dialect;
use std::fs;
use std::path::Path;

/// One step as our node went through it.
#[derive(Default)]
pub(crate) struct Scene<'a> {
    /// The step, unless a deadline had passed before it.
    pub(crate) step: Option<&'a Step>,
    /// What our node's app did.
    pub(crate) op: Option<&'a Op>,
    /// The same, as it is recorded of today's version.
    pub(crate) did: &'a [Act],
    /// What our node heard, from whom.
    pub(crate) heard: Option<Heard<'a>>,
    /// Whether a deadline had passed, and nothing else happened.
    pub(crate) late: bool,
    /// All that our node said.
    pub(crate) said: Vec<(&'a str, &'a Message)>,
    /// All that the recorded node said.
    pub(crate) recorded: Vec<&'a Sent>,
}

pub(crate) struct Heard<'a> {
    pub(crate) from: &'a str,
    pub(crate) message: &'a Message,
    /// Whether it was changed on the way.
    pub(crate) tampered: bool,
    /// Whether something of ours about this CoValue was unanswered before it came.
    pub(crate) expected: bool,
}

/// A message that only one of the two sent.
pub(crate) struct Odd<'a> {
    pub(crate) peer: &'a str,
    pub(crate) message: &'a Message,
    /// The conversation that it belongs to, with this step.
    pub(crate) talk: &'a Talk,
    /// What our node holds of the CoValue.
    pub(crate) held: KnownState,
    /// Whether the peer is our node's client.
    pub(crate) is_client: bool,
    /// Whether our node has a server.
    pub(crate) has_server: bool,
    /// Whether our node has begun anew since the story began.
    pub(crate) has_restarted: bool,
    /// Whether it is known to be deleted in the end.
    pub(crate) is_deleted: bool,
}

pub(crate) struct Difference {
    pub(crate) name: &'static str,
    /// Whether it is why our node said what the recorded one did not.
    pub(crate) extra: fn(&Scene<'_>, &Odd<'_>) -> bool,
    /// Whether it is why our node did not say what the recorded one did.
    pub(crate) missing: fn(&Scene<'_>, &Odd<'_>) -> bool,
}

/// All differences from a version.
pub(crate) fn differences(dialect: Dialect) -> &'static [Difference] {
    match dialect {
        Dialect::V0_7 => &FROM_0_7,
        Dialect::V0_20 => &todays::FROM_0_20,
    }
}

const FROM_0_7: [Difference; 12] = [
    Difference { name: "acknowledgement", extra: is_acknowledgement, missing: never },
    Difference { name: "content alone answers an empty load", extra: never, missing: is_said_by_content },
    Difference { name: "no notice of dependencies", extra: never, missing: is_notice },
    Difference { name: "notice of a dependency answered", extra: answers_notice, missing: never },
    Difference { name: "content after the answer", extra: is_content_after_answer, missing: awaits_answer },
    Difference { name: "one input at a time", extra: asks_before_writing, missing: is_asked_before_writing },
    Difference { name: "cut elsewhere", extra: is_cut_elsewhere, missing: is_cut_elsewhere },
    Difference { name: "deadline", extra: is_repeat, missing: never },
    Difference { name: "resent at the deadline", extra: never, missing: was_repeated },
    Difference { name: "unavailable at once", extra: is_unavailable, missing: never },
    Difference { name: "forgery corrected", extra: corrects_forgery, missing: never },
    Difference { name: "announcement", extra: is_announcement, missing: never },
];

/// What the difference is called where the same messages come in another order: `places` are theirs in the recording.
pub(crate) fn name_of_order(dialect: Dialect, scene: &Scene<'_>, places: &[usize]) -> Option<&'static str> {
    let is_listed = differences(dialect).iter().any(|difference| difference.name == todays::ANOTHER_ORDER);
    (is_listed && todays::is_another_order(scene, places)).then_some(todays::ANOTHER_ORDER)
}

fn never(_: &Scene<'_>, _: &Odd<'_>) -> bool {
    false
}

impl<'a> Scene<'a> {
    /// What was heard from the peer about the CoValue of `odd`.
    fn heard_of(&self, odd: &Odd<'_>) -> Option<&'a Message> {
        let heard = self.heard.as_ref()?;
        (heard.from == odd.peer && heard.message.id() == odd.message.id()).then_some(heard.message)
    }

    /// The contents of a CoValue that our node sent to a peer.
    fn contents<'s>(&'s self, odd: &'s Odd<'_>) -> impl Iterator<Item = &'a Content> + 's {
        let to_peer =
            self.said.iter().filter(|(to, message)| *to == odd.peer && message.id() == odd.message.id());
        to_peer.filter_map(|(_, message)| match message {
            Message::Content(content) => Some(content),
            Message::Load(_) | Message::Known(_) | Message::Done { .. } => None,
        })
    }

    /// The contents of a CoValue that the recorded node sent to a peer.
    fn recorded_contents<'s>(&'s self, odd: &'s Odd<'_>) -> impl Iterator<Item = &'a Content> + 's {
        let to_peer =
            self.recorded.iter().filter(|sent| sent.to == odd.peer && sent.message.id() == odd.message.id());
        to_peer.filter_map(|sent| match &sent.message {
            Message::Content(content) => Some(content),
            Message::Load(_) | Message::Known(_) | Message::Done { .. } => None,
        })
    }
}

fn statement(message: &Message) -> Option<&Known> {
    match message {
        Message::Known(known) if !known.is_correction => Some(known),
        Message::Load(_) | Message::Known(_) | Message::Content(_) | Message::Done { .. } => None,
    }
}

/// Says what our node holds.
fn tells_all(odd: &Odd<'_>) -> bool {
    let held = Message::Load(odd.held.clone());
    statement(odd.message).is_some_and(|known| sorted(&Message::Load(known.known.clone())) == sorted(&held))
}

/// The package acknowledges only content that brings the header.
fn is_acknowledgement(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    tells_all(odd) && matches!(scene.heard_of(odd), Some(Message::Content(_)))
}

/// The package says what it holds before it sends it.
fn is_said_by_content(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let is_empty_load = matches!(scene.heard_of(odd), Some(Message::Load(known)) if !known.header);
    let is_answer = statement(odd.message).is_some_and(|known| known.as_dependency_of.is_none());
    is_answer && is_empty_load && scene.contents(odd).any(|content| content.header.is_some())
}

/// The package says what it holds of a dependency before it sends that.
fn is_notice(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let is_notice = statement(odd.message).is_some_and(|known| known.as_dependency_of.is_some());
    let asked = matches!(&scene.heard, Some(heard) if matches!(heard.message, Message::Load(_)));
    is_notice && asked && scene.contents(odd).any(|content| content.header.is_some())
}

/// A `known` that answers nothing is an announcement (rule 4).
fn answers_notice(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let unasked = scene.heard.as_ref().is_some_and(|heard| !heard.expected);
    let is_notice =
        scene.heard_of(odd).and_then(statement).is_some_and(|known| known.as_dependency_of.is_some());
    matches!(odd.message, Message::Load(_)) && unasked && is_notice
}

/// The same, whatever is told.
fn answers_known(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let unasked = scene.heard.as_ref().is_some_and(|heard| !heard.expected);
    matches!(odd.message, Message::Load(_)) && unasked && scene.heard_of(odd).and_then(statement).is_some()
}

/// Content is not due while a `load` is unanswered. The package sends both at once.
fn awaits_answer(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    matches!(odd.message, Message::Content(_)) && odd.talk.asking.is_some() && scene.op.is_some()
}

fn is_content_after_answer(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let Message::Content(content) = odd.message else { return false };
    let answered = scene.heard_of(odd).and_then(statement).is_some();
    answered && scene.recorded_contents(odd).next().is_none() && odd.talk.recorded.covers(content)
}

/// A group is made by two inputs, its header and its first transactions. The package tells of both at once.
fn asks_before_writing(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let Some(Op::CreateGroup { id }) = scene.op else { return false };
    matches!(odd.message, Message::Load(known) if known.id == *id && known.header && known.sessions.is_empty())
}

fn is_asked_before_writing(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let Some(Op::CreateGroup { id }) = scene.op else { return false };
    matches!(odd.message, Message::Load(known) if known.id == *id && known.header && !known.sessions.is_empty())
}

/// A piece ends where it has reached the limit; that of the package ends before, and may hold the header alone. What is
/// sent is the same.
fn is_cut_elsewhere(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let (ours, recorded) = (joined(scene.contents(odd)), joined(scene.recorded_contents(odd)));
    matches!(odd.message, Message::Content(_)) && ours.is_some() && ours == recorded
}

/// Pieces put together: `None` where there are none, or one does not go on where the one before it ended.
fn joined<'a>(pieces: impl Iterator<Item = &'a Content>) -> Option<Content> {
    let mut whole: Option<Content> = None;
    for piece in pieces {
        let Some(whole) = &mut whole else {
            whole = Some(piece.clone());
            continue;
        };
        for (session, next) in &piece.new {
            match whole.new.iter_mut().find(|(name, _)| name == session) {
                Some((_, log)) if log.after + log.new_transactions.len() as u64 == next.after => {
                    log.new_transactions.extend_from_slice(&next.new_transactions);
                    log.last_signature = next.last_signature.clone();
                }
                Some(_) => return None,
                None => whole.new.push((session.clone(), next.clone())),
            }
        }
    }
    whole.map(|mut whole| {
        whole.new.sort_by(|(a, _), (b, _)| a.cmp(b));
        whole
    })
}

/// What is not acknowledged is sent again (rule 6). The package trusts its connection.
fn is_repeat(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    scene.late
        && match odd.message {
            Message::Content(content) => {
                let begins = |(session, piece): &(String, cosim_core::real::wire::SessionContent)| {
                    piece.after >= odd.talk.confirmed.count(session)
                };
                odd.talk.ours.covers(content) && content.new.iter().all(begins)
            }
            Message::Load(_) => odd.talk.asking.is_some(),
            Message::Known(_) | Message::Done { .. } => false,
        }
}

/// A correction that answers what was repeated meanwhile only confirms (rule 5).
fn was_repeated(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let Message::Content(content) = odd.message else { return false };
    let Some(Message::Known(Known { is_correction: true, known, .. })) = scene.heard_of(odd) else {
        return false;
    };
    let goes_on = content.new.iter().all(|(session, piece)| piece.after == known.count(session));
    goes_on && odd.talk.repeated && odd.talk.ours.covers(content)
}

/// Who has nobody to ask says at once that it lacks a CoValue. The package leaves the question open.
fn is_unavailable(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let asked = matches!(scene.heard_of(odd), Some(Message::Load(known)) if !known.header);
    let is_empty =
        statement(odd.message).is_some_and(|known| !known.known.header && known.known.sessions.is_empty());
    asked && is_empty && !odd.held.header && !odd.has_server
}

/// Forged content is answered by a correction (rule 5). The package says nothing, and corrects what comes after it.
fn corrects_forgery(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let forged = scene.heard.as_ref().is_some_and(|heard| heard.tampered);
    let is_content = matches!(scene.heard_of(odd), Some(Message::Content(_)));
    forged && is_content && matches!(odd.message, Message::Known(known) if known.is_correction)
}

/// What it holds is announced to clients, until they say something (rule 14). The package waits to be asked.
fn is_announcement(_: &Scene<'_>, odd: &Odd<'_>) -> bool {
    odd.is_client && tells_all(odd) && odd.held.header && !odd.talk.was_heard
}

/// docs/cojson-format.md has a table for each version, with a row for each difference, and no other.
#[test]
fn every_difference_has_its_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cojson-format.md");
    let text = fs::read_to_string(path).expect("the page about the format");
    for (dialect, heading) in
        [(Dialect::V0_7, "\n### Those of 0.7.35\n"), (Dialect::V0_20, "\n### Those of today\n")]
    {
        let (_, section) = text.split_once(heading).unwrap_or_else(|| panic!("there is no{heading}"));
        let section = section.split("\n### ").next().expect("its beginning");
        let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
        let mut rows: Vec<&str> = rows.map(|(name, _)| name).filter(|name| *name != "difference").collect();
        let mut names: Vec<&str> = differences(dialect).iter().map(|difference| difference.name).collect();
        rows.sort_unstable();
        names.sort_unstable();
        assert_eq!(rows, names, "{dialect}");
    }
}
