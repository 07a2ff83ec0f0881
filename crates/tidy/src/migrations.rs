//! Migrations come in twins, one for each database, numbered without a gap, and
//! each is in the store's list (a file that is not would never run).

use std::collections::BTreeSet;

use crate::{Finding, tree::File};

const FOLDER: &str = "crates/store/migrations";
const DIALECTS: [&str; 2] = ["mysql", "sqlite"];

/// Migrations without a twin, out of line, or not in the list.
pub fn check(files: &[File]) -> Vec<Finding> {
    let [mysql, sqlite] = DIALECTS.map(|dialect| names(files, dialect));
    let all: BTreeSet<&str> = mysql.union(&sqlite).copied().collect();
    let mut findings = Vec::new();
    if all.is_empty() {
        findings.push(format!("{FOLDER}: no migrations"));
    }
    for (dialect, has) in [("mysql", &mysql), ("sqlite", &sqlite)] {
        for name in all.difference(has) {
            findings.push(format!("{FOLDER}/{dialect}/{name}: missing"));
        }
    }
    for (position, name) in all.iter().enumerate() {
        if !is_numbered(name, position + 1) {
            findings.push(format!("{FOLDER}: {name} is not number {:04}", position + 1));
        }
        if !is_listed(files, name) {
            findings.push(format!("{FOLDER}: {name} is not in the store's list"));
        }
    }
    findings
}

fn names<'a>(files: &'a [File], dialect: &str) -> BTreeSet<&'a str> {
    let folder = format!("{FOLDER}/{dialect}/");
    files.iter().filter_map(|file| file.path.strip_prefix(&folder)).collect()
}

/// `0001_words_of_it.sql`.
fn is_numbered(name: &str, number: usize) -> bool {
    name.strip_prefix(&format!("{number:04}_"))
        .and_then(|rest| rest.strip_suffix(".sql"))
        .is_some_and(|words| !words.is_empty() && words.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')))
}

/// The list includes the files by name, through one macro for both dialects.
fn is_listed(files: &[File], name: &str) -> bool {
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    files.iter().filter(|file| file.is_under("crates/store/src")).any(|file| file.text.contains(stem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    fn found(paths: &[&str], list: &str) -> usize {
        let mut files: Vec<File> = paths.iter().map(|path| file(&format!("{FOLDER}/{path}"), "")).collect();
        files.push(file("crates/store/src/migrations.rs", list));
        check(&files).len()
    }

    #[test]
    fn twins_in_the_list_pass() {
        let paths = ["mysql/0001_first.sql", "sqlite/0001_first.sql"];
        assert_eq!(found(&paths, "(\"0001_first\")"), 0);
    }

    #[test]
    fn a_missing_twin_is_found() {
        assert_eq!(found(&["mysql/0001_first.sql"], "0001_first"), 1);
        assert_eq!(found(&["sqlite/0001_first.sql"], "0001_first"), 1);
    }

    #[test]
    fn one_that_would_never_run_is_found() {
        let paths = ["mysql/0001_first.sql", "sqlite/0001_first.sql"];
        assert_eq!(found(&paths, ""), 1);
    }

    #[test]
    fn a_gap_or_a_strange_name_is_found() {
        assert_eq!(found(&["mysql/0002_b.sql", "sqlite/0002_b.sql"], "0002_b"), 1);
        assert_eq!(found(&["mysql/0001-B.sql", "sqlite/0001-B.sql"], "0001-B"), 1);
    }

    #[test]
    fn none_at_all_is_found() {
        assert_eq!(found(&[], ""), 1);
    }
}
