//! Results as JUnit's XML.

use super::super::exit::Exit;
use super::{Case, Failed, Found, Results};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// A test suite with a case for each scenario: its folder is the class, its name the name. No time is told, so that the
/// same results are the same bytes.
pub(super) fn xml(results: &Results) -> String {
    let mut suite = TestSuite::new(format!("cosim {}", results.command));
    let mut met: BTreeMap<(String, String), u32> = BTreeMap::new();
    for case in &results.cases {
        let (class, name) = names(case);
        let times = met.entry((class.clone(), name.clone())).or_default();
        *times += 1;
        let name = if *times == 1 { name } else { format!("{name} ({times})") };
        let mut told = TestCase::new(name, status(&case.found));
        told.set_classname(class);
        suite.add_test_case(told);
    }
    let mut report = Report::new("cosim");
    report.add_test_suite(suite);
    // Writing to memory cannot fail.
    report.to_string().unwrap_or_default()
}

/// The class and the name of a case.
fn names(case: &Case) -> (String, String) {
    let parts = case.path.parent().into_iter().flat_map(|folder| folder.components());
    let parts: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let class = if parts.is_empty() { "scenarios".to_owned() } else { parts.join(".") };
    let name = case.path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    (class, name)
}

fn status(found: &Found) -> TestCaseStatus {
    match found {
        Found::Passed => TestCaseStatus::success(),
        Found::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.trim());
            status
        }
        Found::Failed(failed) => {
            let mut status = TestCaseStatus::non_success(kind(failed));
            status.set_type(failed.kind).set_message(&*failed.message).set_description(failed.text());
            status
        }
    }
}

/// What could not be judged is an error, and what was judged a failure.
fn kind(failed: &Failed) -> NonSuccessKind {
    let is_judged = !matches!(failed.exit, Exit::Usage | Exit::Guest);
    if is_judged { NonSuccessKind::Failure } else { NonSuccessKind::Error }
}
