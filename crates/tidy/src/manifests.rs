//! Every crate takes the workspace's lints, and its versions from one place.

use crate::{Finding, tree::File};

/// Crates without the workspace's lints, or with a version of their own.
pub fn check(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.is_under("crates") && file.path.ends_with("/Cargo.toml"))
        .flat_map(|file| {
            let lints = no_lints(&file.text);
            let versions = own_versions(&file.text);
            let at = |what| format!("{}: {what}", file.path);
            lints.into_iter().chain(versions).map(at)
        })
        .collect()
}

fn no_lints(manifest: &str) -> Option<String> {
    let has = sections(manifest).any(|(section, line)| section == "lints" && line == "workspace = true");
    (!has).then(|| "does not take the workspace's lints".to_owned())
}

/// Lines of a table of dependencies that do not say `workspace = true`.
fn own_versions(manifest: &str) -> Vec<String> {
    sections(manifest)
        .filter(|(section, _)| section.ends_with("dependencies"))
        .filter(|(_, line)| !line.contains("workspace = true"))
        .map(|(_, line)| format!("`{line}`: versions stand in the workspace's manifest"))
        .collect()
}

/// Each line that says something, with the table it stands in.
fn sections(manifest: &str) -> impl Iterator<Item = (String, &str)> {
    let mut section = String::new();
    manifest.lines().map(str::trim).filter_map(move |line| {
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            name.clone_into(&mut section);
            return None;
        }
        Some((section.clone(), line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    fn found(manifest: &str) -> usize {
        check(&[file("crates/store/Cargo.toml", manifest)]).len()
    }

    #[test]
    fn a_good_manifest_passes() {
        assert_eq!(
            found(
                "[package]\nname = \"wagate-store\"\n[lints]\nworkspace = true\n\n\
                 [dependencies]\nsqlx.workspace = true\ntokio = { workspace = true, features = [\"test-util\"] }\n"
            ),
            0
        );
    }

    #[test]
    fn missing_lints_are_found() {
        assert_eq!(found("[package]\nversion.workspace = true\n"), 1);
        assert_eq!(found("[lints]\n# workspace = true\n"), 1);
    }

    #[test]
    fn a_version_of_its_own_is_found() {
        let lints = "[lints]\nworkspace = true\n";
        assert_eq!(found(&format!("{lints}[dependencies]\nhex = \"0.4\"\n")), 1);
        assert_eq!(found(&format!("{lints}[dev-dependencies]\nhex = {{ version = \"0.4\" }}\n")), 1);
    }
}
