//! The known failures still happen. One that a newer version mends turns these tests red: then its file goes, and the tables
//! of the document are measured anew.

use cosim_hosted::known::Failure;
use std::fs;
use std::path::Path;

fn files() -> Vec<(String, Failure)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("known");
    let entries = fs::read_dir(folder).expect("the folder of known failures");
    let mut files: Vec<(String, Failure)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            let failure: Failure = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(failure.to_string(), text, "{}: read and written again", path.display());
            (path.file_name().expect("a name").to_string_lossy().into_owned(), failure)
        })
        .collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!files.is_empty(), "no known failures");
    files
}

/// The same thing is wrong, and the same happens before it.
#[test]
fn each_happens_as_it_is_written_down() {
    for (name, known) in files() {
        let found = Failure::of(known.cell, known.schedule.clone());
        let found =
            found.unwrap_or_else(|| panic!("{name}: all holds now: remove the file, and measure the tables"));
        assert_eq!(found.to_string(), known.to_string(), "{name}: it happens otherwise now");
    }
}

#[test]
fn nothing_in_them_can_go() {
    for (name, known) in files() {
        assert_eq!(known.cell.shrink_again(&known.schedule), known.schedule, "{name}: it can be smaller");
    }
}
