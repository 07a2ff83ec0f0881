//! Names of files and folders that say nothing about what is in them.

use crate::{Finding, tree::File};

const BANNED: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "util", "utils"];

/// Files and folders of the crates with a banned name, and every `mod.rs`.
pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.is_under("crates") || file.is_under("scripts"))
        .filter_map(|file| banned(&file.path).map(|name| format!("{}: the name `{name}`", file.path)))
        .collect()
}

fn banned(path: &str) -> Option<&str> {
    path.split('/').find(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        *part == "mod.rs" || BANNED.contains(&stem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    fn found(path: &str) -> usize {
        check(&[file(path, "")]).len()
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        for path in [
            "crates/store/src/utils.rs",
            "crates/store/src/messages/mod.rs",
            "crates/wagate/tests/common/start.rs",
            "crates/engine/src/service.rs",
            "scripts/helpers.sh",
        ] {
            assert_eq!(found(path), 1, "{path}");
        }
    }

    #[test]
    fn names_that_say_something_pass() {
        for path in ["crates/engine/src/service_windows.rs", "crates/model/src/modes.rs", "docs/common/faults.md"] {
            assert_eq!(found(path), 0, "{path}");
        }
    }
}
