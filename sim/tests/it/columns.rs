//! Text is as wide as it may be.

use cosim_testbed::report::{COLUMNS, wrapped};

const TEXT: &str = "The battery of the kiosk's clock is dead: it shows the start of 1970, and Bob's is 56 years ahead of \
                    everybody else's, so that what he sets nobody here will live to change.";

/// Whatever the width, the words are the same, and no line is longer unless one word is.
#[test]
fn lines_are_as_wide_as_they_may_be() {
    for columns in [40, 60, 80, COLUMNS] {
        let text = wrapped(columns, "  - ", "    ", TEXT);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(text.trim_start_matches("  - ")), words(TEXT));
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= columns && longest > columns - 20), "{text}");
    }
}

#[test]
fn no_terminal_is_too_narrow_or_too_wide() {
    assert_eq!(wrapped(1, "", "", TEXT), wrapped(40, "", "", TEXT));
    assert_eq!(wrapped(1_000, "", "", TEXT), wrapped(COLUMNS, "", "", TEXT));
}
