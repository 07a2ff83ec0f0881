//! The API, the dashboard and the inbound callbacks are three callers of the same
//! engine: none imports another, so that no surface can forget a permission.

use crate::{Finding, tree::File};

const SURFACES: [&str; 3] = ["api", "dashboard", "callbacks"];

/// Every line of one surface that names another.
pub fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for surface in SURFACES {
        let folder = format!("crates/http/src/{surface}");
        let itself = format!("{folder}.rs");
        let others = SURFACES.iter().filter(|other| **other != surface);
        for other in others {
            let import = format!("crate::{other}");
            for file in files {
                let is_inside = file.is_under(&folder) || file.path == itself;
                if is_inside && file.text.lines().any(|line| names(line, &import)) {
                    findings.push(format!("{}: imports {import}", file.path));
                }
            }
        }
    }
    findings
}

/// Whether `line` holds `import` as a whole path segment.
fn names(line: &str, import: &str) -> bool {
    line.match_indices(import)
        .any(|(at, _)| !line[at + import.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::file;

    #[test]
    fn one_surface_in_another_is_found() {
        let text = "use crate::api::messages;\n";
        assert_eq!(check(&[file("crates/http/src/dashboard/inbox.rs", text)]).len(), 1);
        assert_eq!(check(&[file("crates/http/src/callbacks.rs", text)]).len(), 1);
    }

    #[test]
    fn the_router_and_the_surface_itself_may() {
        let text = "use crate::api::messages;\n";
        assert!(check(&[file("crates/http/src/router.rs", text)]).is_empty());
        assert!(check(&[file("crates/http/src/api/keys.rs", text)]).is_empty());
        let text = "use crate::api_error::Problem;\n";
        assert!(check(&[file("crates/http/src/dashboard/inbox.rs", text)]).is_empty());
    }
}
