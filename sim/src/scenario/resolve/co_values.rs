//! What is said of CoValues: what they depend on.

use super::names::Names;
use super::{At, Problem, Report, file};
use std::collections::BTreeSet;

/// What the header of each CoValue depends on, by CoValue.
pub(super) fn depends_on(file: &file::Scenario, names: &Names<'_>, report: &mut Report) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new(); names.co_values().len()];
    let root = At::Root;
    let section = root.key("co_values");
    for (name, co_value) in &file.co_values {
        let Some(index) = names.co_value(name) else { continue };
        let mut seen = BTreeSet::new();
        for (at, need) in co_value.depends_on.iter().enumerate() {
            let section = section.key(name);
            let section = section.key("depends_on");
            let place = section.index(at).value();
            if need == name {
                let problem = Problem::new(place, format!("{} depends on itself", file::quoted(name)));
                report.add(problem.help("leave it out"));
            } else if !seen.insert(need) {
                let problem = Problem::new(place, format!("{} is in the list twice", file::quoted(need)));
                report.add(problem.help("keep one"));
            } else if let Some(need) = names.co_value(need) {
                all[index as usize].push(need);
            }
        }
    }
    check_circles(&all, names, report);
    all
}

/// A header names what was there before it, so headers never depend on each other in a circle.
fn check_circles(all: &[Vec<u32>], names: &Names<'_>, report: &mut Report) {
    let mut left: BTreeSet<usize> = (0..all.len()).collect();
    loop {
        let free: Vec<usize> = left
            .iter()
            .copied()
            .filter(|at| all[*at].iter().all(|need| !left.contains(&(*need as usize))))
            .collect();
        if free.is_empty() {
            break;
        }
        free.iter().for_each(|at| {
            left.remove(at);
        });
    }
    if let Some(first) = left.first().and_then(|at| names.co_values().get(*at)) {
        let root = At::Root;
        let section = root.key("co_values");
        let place = section.key(first).name();
        let problem =
            Problem::new(place, format!("{} depends on itself through others", file::quoted(first)));
        report
            .add(problem.help("a header can only name CoValues that were there before it: break the circle"));
    }
}
