//! Which files there are, and what is in one.

use cosim::snapshot::{self, SNAPSHOT};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn files_are_found_at_any_depth_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for path in
        ["b.json", "a/z.json", "a/b/c.json", "a.json", "note.txt", ".hidden.json", ".git/x.json", "v1.2.json"]
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let expected = ["a", "a/b/c", "a/z", "b", "v1.2"].map(PathBuf::from);
    let found = snapshot::files(folder.path(), "json").unwrap();
    assert_eq!(found, expected);
    for name in found {
        assert!(snapshot::path(folder.path(), &name, "json").is_file(), "{}", name.display());
    }
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = snapshot::path(folder.path(), Path::new("deep/down/story"), SNAPSHOT);
    assert_eq!(snapshot::read(&path).unwrap(), None);
    for text in ["one line", "---\nlooks like: a header\n---\n\n  and more\n\n", ""] {
        snapshot::write(&path, text).unwrap();
        let read = snapshot::read(&path).unwrap().unwrap();
        assert!(snapshot::agrees(&read, text), "{read:?} {text:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), snapshot::file_text(text));
    }
    let names: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["story.snap"], "nothing is left beside it");
}

#[test]
fn a_snapshot_that_differs_in_a_letter_does_not_agree() {
    assert!(snapshot::agrees("a\nb\n\n", "a\nb"));
    assert!(!snapshot::agrees("a\nb", "a\nB"));
    assert!(!snapshot::agrees("a\n b", "a\nb"));
}
