//! What a failure takes: each single thing of a scenario, and what happens without it.

use super::reduce::{self, Reduction};
use super::sought::Sought;
use super::{Tried, attempt, settings};
use crate::guest::Guests;
use crate::scenario::file::{Decision, Scenario};

/// What happens without each decision of a scenario that fails with this key.
pub fn without_each(file: &Scenario, guests: &Guests, key: &str) -> Vec<(Decision, String)> {
    let Some(sought) = Sought::new(file, guests, key) else { return Vec::new() };
    let explained = reduce::decisions(file).into_iter().filter_map(|item| {
        let tried = without(file, &item, guests, &sought);
        if let Reduction::Decision(decision) = item { Some((decision, in_words(tried))) } else { None }
    });
    explained.collect()
}

/// What a failure with this key takes, in words, and what happens without it: each setting without which it does not come,
/// wrong clocks first, each operation by what it does, and each decision.
pub fn causes(file: &Scenario, guests: &Guests, key: &str) -> Vec<(String, String)> {
    let Some(sought) = Sought::new(file, guests, key) else { return Vec::new() };
    let settings = settings::all(file).into_iter().filter_map(|setting| {
        let tried = attempt::plain(setting.without?, guests, &sought).tried;
        let matters = !matches!(tried, Tried::Same(_) | Tried::Invalid);
        matters.then(|| (setting.words, in_words(tried)))
    });
    let items = reduce::entries(file).into_iter().chain(reduce::decisions(file));
    let items = items.map(|item| {
        let words = match &item {
            Reduction::Entry(index) => file.timeline[*index].act.words(),
            Reduction::Node(_)
            | Reduction::Fold { .. }
            | Reduction::Link(_)
            | Reduction::CoValue(_)
            | Reduction::Pair(_)
            | Reduction::Decision(_) => item.to_string(),
        };
        (words, in_words(without(file, &item, guests, &sought)))
    });
    settings.chain(items).collect()
}

fn without(file: &Scenario, item: &Reduction, guests: &Guests, sought: &Sought) -> Tried {
    attempt::plain(reduce::without(file, std::slice::from_ref(item)), guests, sought).tried
}

fn in_words(tried: Tried) -> String {
    match tried {
        Tried::Holds => "the run holds".to_owned(),
        Tried::Invalid => "there is no such story".to_owned(),
        Tried::Unlike(other) => other.to_owned(),
        Tried::Other(other) => format!("another failure: {}", other.0),
        Tried::Same(_) => "the same failure".to_owned(),
    }
}
