//! The differences from today's version.

use super::{
    Difference, Odd, Scene, answers_known, corrects_forgery, is_acknowledgement, is_announcement,
    is_content_after_answer, is_cut_elsewhere, is_repeat, never, statement, tells_all, was_repeated,
};
use crate::run::{Act, Step};
use cosim_core::real::wire::{Content, Message};

pub(super) const FROM_0_20: [Difference; 21] = [
    Difference { name: "load before content", extra: asks_first, missing: never },
    Difference { name: "content after the answer", extra: is_content_after_answer, missing: awaits_answer },
    Difference { name: "told before content", extra: is_told_first, missing: never },
    Difference { name: "acknowledgement", extra: is_held_back, missing: never },
    Difference { name: ANOTHER_ORDER, extra: never, missing: never },
    Difference { name: "only what is here is claimed", extra: claims_less, missing: claims_more },
    Difference { name: ASKED_FOR_EVER, extra: never, missing: never },
    Difference { name: "announcement", extra: announces, missing: never },
    Difference { name: "announcement answered", extra: answers_known, missing: never },
    Difference { name: "cut elsewhere", extra: is_cut_elsewhere, missing: is_cut_elsewhere },
    Difference { name: "deadline", extra: is_repeat, missing: never },
    Difference { name: "resent at the deadline", extra: never, missing: was_repeated },
    Difference { name: "all of the disk is in memory", extra: loads_at_once, missing: was_loaded },
    Difference { name: "known while the disk is read", extra: never, missing: is_known_before_read },
    Difference { name: "no second question", extra: never, missing: is_second_question },
    Difference { name: "told again what it lost", extra: restores, missing: was_restored },
    Difference { name: "forgery corrected", extra: corrects_forgery, missing: takes_forgery },
    Difference { name: "what was deleted is kept", extra: knows_deleted, missing: claims_deleted },
    Difference { name: "a forger is heard again", extra: hears_forger, missing: never },
    Difference { name: "left to a client that has it", extra: leaves_it, missing: is_left_to_client },
    Difference { name: "new dependencies are left to be asked for", extra: never, missing: is_left },
];

/// Names of what is no message more or less.
pub(super) const ANOTHER_ORDER: &str = "another order";
pub(crate) const ASKED_FOR_EVER: &str = "what a deleted value had is asked for";

/// A new connection begins with the CoValues in the order of their numbers. The package begins with what others rest on.
pub(super) fn is_another_order(scene: &Scene<'_>, places: &[usize]) -> bool {
    let is_load = |place: &usize| matches!(scene.recorded[*place].message, Message::Load(_));
    matches!(scene.step, Some(Step::Connect { .. })) && places.iter().all(is_load)
}

/// The app made it, and nothing was said of it yet. The package sends it unasked, and trusts that it will be taken.
fn asks_first(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let makes = |act: &Act| matches!(act, Act::Create { id, .. } if id == odd.message.id());
    matches!(odd.message, Message::Load(known) if known.header) && scene.did.iter().any(makes)
}

/// What a client did not ask for is announced; what the app makes, when it has a header and nothing else.
fn announces(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let makes = |act: &Act| matches!(act, Act::Create { id, .. } if id == odd.message.id());
    let is_empty = statement(odd.message).is_some_and(|it| it.known.header && it.known.sessions.is_empty());
    is_announcement(scene, odd) || (odd.is_client && is_empty && scene.did.iter().any(makes))
}

/// Content is not due while a `load` is unanswered. The package sends it all the same.
fn awaits_answer(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    matches!(odd.message, Message::Content(_)) && odd.talk.asking.is_some() && !scene.late
}

/// Who holds something is told what is held here, also where content follows.
fn is_told_first(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let asked = matches!(scene.heard_of(odd), Some(Message::Load(known)) if known.header);
    asked && tells_all(odd) && scene.contents(odd).next().is_some()
}

/// After a restart our node holds all that is on its disk. The package loads what somebody asks for.
fn loads_at_once(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let connects = matches!(scene.step, Some(Step::Connect { .. }));
    connects && odd.has_restarted && matches!(odd.message, Message::Load(known) if known.header)
}

fn was_loaded(_: &Scene<'_>, odd: &Odd<'_>) -> bool {
    odd.has_restarted && odd.talk.has_asked && matches!(odd.message, Message::Load(known) if known.header)
}

/// The package says what its disk has before it has sent all of that.
fn is_known_before_read(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let pieces = scene.recorded_contents(odd);
    odd.has_restarted
        && tells_all(odd)
        && pieces.into_iter().any(|piece| piece.expect_content_until.is_some())
}

/// A peer that said no is asked in its next connection (rule 7). The package asks once more after three seconds.
fn is_second_question(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let by_timer = matches!(scene.step, Some(Step::Timers { .. }));
    by_timer && odd.talk.has_asked && matches!(odd.message, Message::Load(known) if !known.header)
}

/// Within a connection only what a peer says counts (rule 1). The package still believes what it knew of a server before,
/// until that asks for a correction.
fn restores(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    if was_sent_unasked(scene, odd) {
        return tells_all(odd);
    }
    let lacks = scene.heard_of(odd).and_then(statement).is_some_and(|known| !known.known.header);
    lacks && matches!(odd.message, Message::Content(Content { header: Some(_), .. })) && !odd.is_client
}

/// Content that has to wait is acknowledged by what is held without it (rule 9). The package says nothing until then.
fn is_held_back(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let asks = |message: &Message| matches!(message, Message::Load(known) if !known.header);
    is_acknowledgement(scene, odd) && !odd.is_deleted && scene.said.iter().any(|(_, message)| asks(message))
}

/// The other `load` of a CoValue, said to the same peer, if both say that they hold the header.
fn is_load_of(odd: &Odd<'_>, to: &str, message: &Message) -> bool {
    let with_header = |message: &Message| matches!(message, Message::Load(known) if known.header);
    to == odd.peer && message.id() == odd.message.id() && with_header(message) && with_header(odd.message)
}

/// A `load` says what is held. That of the package counts what it was told to expect, though it may not come any more.
fn claims_less(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    scene.recorded.iter().any(|sent| is_load_of(odd, &sent.to, &sent.message))
}

fn claims_more(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    scene.said.iter().any(|(to, message)| is_load_of(odd, to, message))
}

/// What was deleted stays in the log. The package drops it, and claims to hold whatever its peer does.
fn knows_deleted(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    odd.is_deleted && is_acknowledgement(scene, odd)
}

fn claims_deleted(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let heard = matches!(scene.heard_of(odd), Some(Message::Content(_)));
    odd.is_deleted && heard && statement(odd.message).is_some()
}

/// The package says what it holds as if nothing had been wrong.
fn takes_forgery(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let forged = scene.heard.as_ref().is_some_and(|heard| heard.tampered);
    forged && scene.heard_of(odd).is_some() && tells_all(odd)
}

/// What comes after a forgery is heard, and corrected where it builds on that. The package hears nothing more of a CoValue
/// from who sent one.
fn hears_forger(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let forged_now = scene.heard.as_ref().is_some_and(|heard| heard.tampered);
    let is_content = matches!(scene.heard_of(odd), Some(Message::Content(_)));
    let corrects = matches!(odd.message, Message::Known(known) if known.is_correction);
    odd.talk.was_forged && !forged_now && is_content && corrects
}

/// What a server asks for, since it got it from the package only when it asked.
fn was_sent_unasked(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let asked = matches!(scene.heard_of(odd), Some(Message::Load(known)) if !known.header);
    asked && !odd.is_client && odd.talk.ours.header
}

fn was_restored(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let is_content = matches!(odd.message, Message::Content(content) if odd.talk.ours.covers(content));
    was_sent_unasked(scene, odd) && is_content
}

/// A client that holds what is lacking here is told so at once, and asked when a deadline has passed (rules 3 and 4). The
/// package asks its own servers first, and answers then.
fn leaves_it(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let holds_it = matches!(scene.heard_of(odd), Some(Message::Load(known)) if known.header);
    holds_it && !odd.held.header && statement(odd.message).is_some_and(|known| !known.known.header)
}

fn is_left_to_client(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let heard = scene.heard.as_ref().filter(|heard| heard.from != odd.peer);
    match heard.map(|heard| heard.message).filter(|heard| heard.id() == odd.message.id()) {
        Some(Message::Load(known)) => {
            known.header && matches!(odd.message, Message::Load(known) if !known.header)
        }
        Some(Message::Content(_)) => odd.is_client && tells_all(odd) && odd.talk.was_heard,
        Some(Message::Known(_) | Message::Done { .. }) | None => false,
    }
}

/// What a client has already is not sent again with what it depends on since. The client asks for that.
fn is_left(scene: &Scene<'_>, odd: &Odd<'_>) -> bool {
    let Message::Content(Content { header: Some(_), .. }) = odd.message else { return false };
    let goes_on = |content: &Content| content.header.is_none() && content.id != odd.message.id();
    let needs_it = scene.said.iter().any(|(to, message)| {
        *to == odd.peer && matches!(message, Message::Content(content) if goes_on(content))
    });
    odd.is_client && scene.heard_of(odd).is_none() && needs_it
}
