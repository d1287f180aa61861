//! The page of two runs side by side.

use super::{Contents, Facts, Runs};
use crate::diff::{Compared, Side, align};
use serde_json::json;

/// The page of a comparison of two runs, with what is known of each.
pub fn comparison(sides: [(&Side, &Facts); 2], compared: &Compared<'_>, contents: Contents) -> String {
    let mut runs = Runs::default();
    for (side, facts) in sides {
        runs.add(side.log(), facts, contents);
    }
    let [a, b] = sides.map(|(side, _)| side);
    let alignment = align(a, b);
    let (says, at, decided) = match compared {
        Compared::Same(entries) => (format!("There is no difference, in {entries} entries."), None, None),
        Compared::Different(difference) => {
            (difference.heading(), Some(difference.at()), difference.decided())
        }
    };
    let told = sides.map(|(side, facts)| json!({ "name": side.name(), "cosim": facts.cosim }));
    let facts = json!({
        "sides": told,
        "says": says,
        "at": at,
        "signs": alignment.signs(),
        "moved": alignment.moved,
        "decided": decided,
    });
    runs.html("comparison", &format!("{} and {}", a.name(), b.name()), &facts)
}
