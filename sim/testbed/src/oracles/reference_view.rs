//! `reference_view`: the app of a guest sees what the logs that the guest holds come to, by the rules that it says it
//! follows, when our own views read them from nothing.
//!
//! Who may read and write is reckoned twice: by the code of the views, and by `rights`. Where the two do not agree, one of
//! ours is wrong, and that is said instead of blaming the guest.

use super::Setup;
use super::about::{About, Blames, Needed, Property};
use super::evidence::Need;
use super::logs::Seen;
use super::oracle::{Look, Oracle};
use super::permission;
use super::reading::Reading;
use super::scene::Scene;
use super::violation::Subject;
use crate::cojson::Sight;
use cosim_core::Names;
use cosim_core::view::{EVERYONE, LiveView, View};
use serde_json::Value;

/// What there is to say of it.
pub(super) const ABOUT: About = About {
    name: "reference_view",
    sentence: "what the app of a guest sees is what the logs that the guest holds come to by its rules, when they are read from nothing",
    when: "at rest",
    property: Property::Safety,
    blames: Blames::Honest,
    subject: Needed::Guests,
    needs: &[Need::Logs],
    turn: 15,
    since: 3,
};

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReferenceView;

impl Oracle for ReferenceView {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn shows(&mut self, scene: &Scene<'_>, seen: &Seen<'_>) -> Look {
        let Some((dialect, told)) = seen.told else { return Look::NONE };
        let Setup { directory, cast, .. } = scene.setup;
        let holdings = scene.world.holdings(seen.node);
        let reading = Reading::of((seen.node, holdings), directory);
        let Some((foreign, held)) = holdings.foreign().zip(reading.get(seen.id)) else { return Look::NONE };
        let mut live = LiveView::new();
        live.update(&held, &reading, &foreign.keys());
        let Some(expected) = sight(&live.view()) else { return Look::NONE };
        let (node, co_value) = (cast.node(seen.node), cast.co_value(seen.id));
        let subject = |kind, what| Subject { node: seen.node, peer: None, id: Some(seen.id), kind, what };
        if let Some((session, index)) = permission::first_wrong(scene, seen, (&live, dialect)) {
            let session = cast.session(session);
            let what = format!(
                "whether transaction {index} of {session} in {co_value} counts for {node}, the views of cosim say \
                 otherwise than its oracles"
            );
            return Look::once(Some(subject("rules", what)));
        }
        if expected == *told {
            return Look::once(None);
        }
        let named = |sight: &Sight| match sight {
            Sight::Deleted => Sight::Deleted,
            Sight::Shown(shown) => Sight::Shown(foreign.called(shown.clone())),
        };
        let what = format!(
            "{node} shows {} of {co_value}, whose logs come to {} by the rules of {}",
            in_words(&named(told), &named(&expected)),
            in_words(&named(&expected), &named(told)),
            dialect.name()
        );
        Look::once(Some(subject("view", what)))
    }
}

/// What an app would see, as guests say it; `None` of what is of no known kind.
fn sight(view: &View) -> Option<Sight> {
    let is_member = |key: &str| key == EVERYONE || key.starts_with("co_z") || key.starts_with("sealer_z");
    Some(Sight::Shown(match view {
        View::Deleted => return Some(Sight::Deleted),
        View::Unknown => return None,
        View::Group(group) => {
            let members = group.map.entries.iter().filter(|(key, _)| is_member(key));
            Value::Object(members.map(|(key, entry)| (key.clone(), entry.value.clone())).collect())
        }
        View::Map(_) | View::List(_) | View::Text(_) | View::Stream(_) => view.to_json(),
    }))
}

/// The longest that is said of a view.
const CHARS_MAX: usize = 120;

/// What is seen: of a map's members only those that the other has not, or otherwise.
fn in_words(sight: &Sight, other: &Sight) -> String {
    let text = match (sight, other) {
        (Sight::Deleted, _) => return "that it is deleted".to_owned(),
        (Sight::Shown(Value::Object(members)), Sight::Shown(Value::Object(others))) => {
            let differ = members.iter().filter(|(key, value)| others.get(*key) != Some(value));
            let mut differ: Vec<String> =
                differ.map(|(key, value)| format!("{}: {value}", Value::from(key.as_str()))).collect();
            let is_absent = |key: &&String| !members.contains_key(*key);
            differ.extend(
                others.keys().filter(is_absent).map(|key| format!("no {}", Value::from(key.as_str()))),
            );
            differ.join(", ")
        }
        (Sight::Shown(shown), _) => shown.to_string(),
    };
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
