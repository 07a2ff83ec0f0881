//! Which licences a dependency may have, and which crates are not let in.

use crate::{Finding, Package, spdx};

/// Permissive ones, and two for data.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // The certificate authorities that come with the TLS stack.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // The tables of Unicode.
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that may not come in by any way, and why.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls with ring"),
    ("openssl-sys", "TLS is rustls with ring"),
    ("native-tls", "TLS is rustls with ring"),
    ("aws-lc-rs", "TLS is rustls with ring, which compiles in a fraction of the time"),
    ("aws-lc-sys", "TLS is rustls with ring, which compiles in a fraction of the time"),
];

/// Packages under another licence, or banned.
pub fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(|package| licence(package).into_iter().chain(banned(package))).collect()
}

fn licence(package: &Package) -> Option<Finding> {
    let Some(expression) = &package.licence else {
        return Some(format!("{} names no licence", package.name));
    };
    let is_met = spdx::is_met(expression, |name| ALLOWED.contains(&name));
    (!is_met).then(|| format!("{} is under {expression}", package.name))
}

fn banned(package: &Package) -> Option<Finding> {
    BANNED.iter().find(|(name, _)| *name == package.name).map(|(name, why)| format!("{name} is banned: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, licence: Option<&str>) -> usize {
        let licence = licence.map(str::to_owned);
        let name = name.to_owned();
        check(&[Package { name, licence }]).len()
    }

    #[test]
    fn permissive_licences_pass() {
        assert_eq!(found("hex", Some("MIT OR Apache-2.0")), 0);
        assert_eq!(found("r-efi", Some("MIT OR Apache-2.0 OR LGPL-2.1-or-later")), 0);
    }

    #[test]
    fn others_are_found() {
        assert_eq!(found("copyleft", Some("AGPL-3.0-only")), 1);
        assert_eq!(found("half", Some("MIT AND GPL-3.0-only")), 1);
        assert_eq!(found("silent", None), 1);
    }

    #[test]
    fn banned_crates_are_found_whatever_their_licence() {
        for (name, _) in BANNED {
            assert_eq!(found(name, Some("MIT")), 1, "{name}");
        }
    }
}
