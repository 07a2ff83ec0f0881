//! What no committed file says: leftovers of work, silenced tests and lints, paths
//! of one machine, hosts of package registries. The words are written in halves
//! here, since this file is judged too.

use crate::{Finding, tree::File};

/// Where a word is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// In every file.
    Everywhere,
    /// In Rust source.
    Rust,
    /// Everywhere but in lock files, which name where each package came from.
    NotInLocks,
}

struct Word {
    text: &'static str,
    scope: Scope,
    why: &'static str,
}

const fn word(text: &'static str, scope: Scope, why: &'static str) -> Word {
    Word { text, scope, why }
}

const LEFTOVER: &str = "do it, or write it where work is planned";
const LINT: &str = "`#[expect(..., reason = ...)]` says why, and ends by itself";
const HOST: &str = "the registry is the machine's own setting";

const WORDS: &[Word] = &[
    word(concat!("TO", "DO"), Scope::Everywhere, LEFTOVER),
    word(concat!("FIX", "ME"), Scope::Everywhere, LEFTOVER),
    word(concat!("to", "do!"), Scope::Rust, LEFTOVER),
    word(concat!("un", "implemented!"), Scope::Rust, LEFTOVER),
    word(concat!("#[ig", "nore"), Scope::Rust, "a test runs or goes"),
    word(concat!("#[al", "low("), Scope::Rust, LINT),
    word(concat!("#![al", "low("), Scope::Rust, LINT),
    word(concat!("/wo", "rk/"), Scope::Everywhere, "a path of one machine"),
    word(concat!("crates", ".io"), Scope::NotInLocks, HOST),
    word(concat!("pypi", ".org"), Scope::NotInLocks, HOST),
    word(concat!("python", "hosted.org"), Scope::NotInLocks, HOST),
    word(concat!("registry.", "npmjs.org"), Scope::NotInLocks, HOST),
    word(concat!("npmjs", ".com"), Scope::NotInLocks, HOST),
    word(concat!("proxy.", "golang.org"), Scope::NotInLocks, HOST),
];

/// Every line with such a word.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for word in WORDS.iter().filter(|word| applies(word.scope, file)) {
            for (index, line) in file.text.lines().enumerate() {
                if says(line, word.text) {
                    let Word { text, why, .. } = word;
                    findings.push(format!("{}:{}: `{text}`: {why}", file.path, index + 1));
                }
            }
        }
    }
    findings
}

fn applies(scope: Scope, file: &File) -> bool {
    match scope {
        Scope::Everywhere => true,
        Scope::Rust => file.is_rust(),
        Scope::NotInLocks => !file.has_extension("lock") && !file.path.ends_with("-lock.json"),
    }
}

/// Whether `word` stands in `line` and is no part of a longer one.
fn says(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let joins_before = word.starts_with(is_letter) && line[..at].ends_with(is_letter);
        let joins_after = word.ends_with(is_letter) && line[at + word.len()..].starts_with(is_letter);
        !joins_before && !joins_after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    #[test]
    fn every_word_is_found_in_source() {
        for word in WORDS {
            let text = format!("//! Says\n// ({})\n", word.text);
            let findings = check(&[file("crates/a/src/b.rs", &text)]);
            assert_eq!(findings.len(), 1, "{}: {findings:?}", word.text);
            assert!(findings[0].starts_with("crates/a/src/b.rs:2: "), "{findings:?}");
        }
    }

    #[test]
    fn a_word_within_a_longer_one_passes() {
        assert!(check(&[file("a.rs", concat!("// MAS", "TO", "DON\n"))]).is_empty());
        assert!(check(&[file("a.md", "net/working and /works\n")]).is_empty());
    }

    #[test]
    fn lock_files_name_their_registries() {
        let text = concat!("source = \"https://crates", ".io\"\n");
        assert!(check(&[file("Cargo.lock", text)]).is_empty());
        assert!(check(&[file("ui/package-lock.json", text)]).is_empty());
        assert_eq!(check(&[file("README.md", text)]).len(), 1);
    }

    #[test]
    fn words_of_rust_may_stand_in_prose() {
        assert!(check(&[file("CONTRIBUTING.md", concat!("no `#[ig", "nore]`\n"))]).is_empty());
    }
}
