//! "Did you mean": the name closest to one that does not exist.

use super::file::quoted;

/// A hint at a name.
pub(super) fn question(name: &str) -> String {
    format!("did you mean {}?", quoted(name))
}

/// The closest of `names`, if one is close to `found`.
pub fn closest<'a>(found: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    if found.len() > LONGEST {
        return None;
    }
    let near =
        names.into_iter().filter(|name| name.len() <= LONGEST).map(|name| (distance(found, name), name));
    let (distance, name) = near.min()?;
    let tolerance = found.chars().count().max(name.chars().count()).div_ceil(3);
    (distance <= tolerance).then_some(name)
}

/// The number of characters to insert, delete, replace or swap with a neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let (mut before, mut previous) = (Vec::new(), (0..=b.len()).collect::<Vec<_>>());
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(previous[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        (before, previous) = (previous, row);
    }
    previous[b.len()]
}
