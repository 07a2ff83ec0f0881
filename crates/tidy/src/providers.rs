//! Providers are crates of their own: each one implements the contract, is named
//! in the binary's wiring, and nobody else implements it outside tests.

use crate::{
    Finding, Member,
    layers::{self, Kind},
    tree::File,
};

/// A provider that is not wired or has no implementation.
pub fn check(members: &[Member], files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let Some(layer) = layers::of(&member.name) else {
            continue;
        };
        if layer.kind != Kind::Provider {
            continue;
        }
        let folder = folder(&member.name);
        if !any_line(files, &format!("{folder}/src"), |line| line.contains(" Provider for ")) {
            findings.push(format!("{folder}: a provider's crate without `impl Provider for`"));
        }
        let import = format!("{}::", member.name.replace('-', "_"));
        if !any_line(files, "crates/wagate/src", |line| line.contains(&import)) {
            findings.push(format!("{folder}: no line in the binary's wiring names `{import}`"));
        }
    }
    findings
}

/// `wagate-store` lives in `crates/store`.
fn folder(name: &str) -> String {
    format!("crates/{}", name.strip_prefix("wagate-").unwrap_or(name))
}

fn any_line(files: &[File], folder: &str, is_hit: impl Fn(&str) -> bool) -> bool {
    files
        .iter()
        .filter(|file| file.is_rust() && file.is_under(folder))
        .any(|file| file.text.lines().any(|line| !is_comment(line) && is_hit(line)))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{file, member};

    const IMPLEMENTED: &str = "impl Provider for Sandbox {\n";
    const WIRED: &str = "providers.push(wagate_sandbox::provider(settings));\n";

    fn found(provider: &str, wiring: &str) -> usize {
        let members = [member("wagate-engine", &[], &[]), member("wagate-sandbox", &[], &[])];
        let files = [file("crates/sandbox/src/lib.rs", provider), file("crates/wagate/src/wiring.rs", wiring)];
        check(&members, &files).len()
    }

    #[test]
    fn a_wired_provider_passes() {
        assert_eq!(found(IMPLEMENTED, WIRED), 0);
    }

    #[test]
    fn one_that_is_not_wired_is_found() {
        assert_eq!(found(IMPLEMENTED, ""), 1);
        assert_eq!(found(IMPLEMENTED, &format!("// {WIRED}")), 1);
    }

    #[test]
    fn one_without_the_contract_is_found() {
        assert_eq!(found("", WIRED), 1);
    }
}
