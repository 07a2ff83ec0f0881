//! The shape of a source file: a first line that says what it is for, and a
//! length that can be read in one sitting.

use crate::{Finding, tree::File};

/// A file about 150 lines, a second look at 400; here is the end.
const MOST_LINES: usize = 600;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// Rust files without their `//!` line, or too long.
pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.is_rust())
        .flat_map(|file| first_line(file).into_iter().chain(length(file, LONGER)))
        .collect()
}

fn first_line(file: &File) -> Option<Finding> {
    let says_something =
        file.text.lines().next().and_then(|line| line.strip_prefix("//! ")).is_some_and(|rest| !rest.trim().is_empty());
    (!says_something).then(|| format!("{}: does not begin with `//! ` and what it is for", file.path))
}

fn length(file: &File, longer: &[(&str, &str)]) -> Option<Finding> {
    let lines = file.text.lines().count();
    let may_be_longer = longer.iter().any(|(path, _)| *path == file.path);
    (lines > MOST_LINES && !may_be_longer)
        .then(|| format!("{}: {lines} lines, and {MOST_LINES} are the most", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    #[test]
    fn a_file_that_says_nothing_first_is_found() {
        for text in ["", "use std::fs;\n", "//!\n", "/// An item.\n", "\n//! Late.\n"] {
            assert_eq!(check(&[file("crates/a/src/b.rs", text)]).len(), 1, "{text:?}");
        }
        assert!(check(&[file("crates/a/src/b.rs", "//! Counts.\n")]).is_empty());
    }

    #[test]
    fn a_long_file_is_found_unless_it_has_a_reason() {
        let text = format!("//! Long.\n{}", "\n".repeat(MOST_LINES));
        let long = file("crates/a/src/b.rs", &text);
        assert_eq!(check(std::slice::from_ref(&long)).len(), 1);
        assert!(length(&long, &[("crates/a/src/b.rs", "a table")]).is_none());
        let text = format!("//! Just.\n{}", "\n".repeat(MOST_LINES - 1));
        assert!(check(&[file("crates/a/src/b.rs", &text)]).is_empty());
    }

    #[test]
    fn other_files_have_no_such_shape() {
        assert!(check(&[file("README.md", "# Hello\n")]).is_empty());
    }
}
