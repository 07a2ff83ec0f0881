//! Who alone may use a crate of the outside world: SQL has one owner, HTTP
//! serving has one, and the words of the gateway do no I/O.

use crate::{
    Finding, Member,
    layers::{self, Kind},
};

/// A foreign crate, or all that begin so, and who may use it outside tests.
struct Owned {
    /// The package's name; a `*` at its end stands for any rest.
    name: &'static str,
    owners: &'static [&'static str],
}

const fn owned(name: &'static str, owners: &'static [&'static str]) -> Owned {
    Owned { name, owners }
}

const BINARY: &[&str] = &["wagate"];
/// The binary serves the metrics on a listener of its own.
const SERVING: &[&str] = &["wagate-http", "wagate"];
/// Webhooks and media, each provider's network, and the export of traces.
const CALLING: &[&str] = &["wagate-engine", "wagate-cloud-api", "wagate-whatsapp-web", "wagate"];

const OWNED: &[Owned] = &[
    owned("sqlx*", &["wagate-store"]),
    owned("libsqlite3-sys", &["wagate-store"]),
    owned("axum*", SERVING),
    owned("tower-http", SERVING),
    owned("askama*", &["wagate-http"]),
    owned("utoipa-axum", &["wagate-http"]),
    owned("utoipa-swagger-ui", &["wagate-http"]),
    owned("object_store", &["wagate-engine"]),
    owned("multer", &["wagate-http"]),
    owned("reqwest", CALLING),
    owned("whatsapp-rust*", &["wagate-whatsapp-web"]),
    owned("wacore*", &["wagate-whatsapp-web"]),
    owned("clap*", BINARY),
    owned("anyhow", BINARY),
    owned("toml", BINARY),
    owned("tracing-subscriber", BINARY),
    owned("opentelemetry*", BINARY),
    owned("metrics-exporter-prometheus", BINARY),
];

/// What a crate may not use even though nobody owns it, and why.
const NEVER: &[(&str, &str, &str)] = &[
    ("wagate-model", "tokio*", "the words do no I/O"),
    ("wagate-model", "rand", "randomness is a parameter"),
    ("wagate-model", "tracing*", "the words do not log"),
    ("wagate-http", "rand", "randomness is a parameter"),
];

/// Every use of a foreign crate by one that is not its owner. Dev-dependencies
/// and development crates are free, but for SQL: tests too go through the store.
pub fn check(members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let is_development = layers::of(&member.name).is_some_and(|layer| layer.kind == Kind::DevelopmentOnly);
        for dependency in &member.dependencies {
            let name = dependency.name.as_str();
            if (is_development || dependency.is_dev) && !matches("sqlx*", name) {
                continue;
            }
            findings.extend(not_the_owner(&member.name, name));
            findings.extend(never(&member.name, name));
        }
    }
    findings
}

fn not_the_owner(member: &str, dependency: &str) -> Option<Finding> {
    let owned = OWNED.iter().find(|it| matches(it.name, dependency))?;
    (!owned.owners.contains(&member))
        .then(|| format!("{member} may not use {dependency}: only {}", owned.owners.join(", ")))
}

fn never(member: &str, dependency: &str) -> Option<Finding> {
    NEVER
        .iter()
        .find(|(who, what, _)| *who == member && matches(what, dependency))
        .map(|(_, _, why)| format!("{member} may not use {dependency}: {why}"))
}

/// `sqlx*` is `sqlx` and `sqlx-core`, not `sqlxyz`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        None => pattern == name,
        Some(start) => name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::member;

    fn found(name: &str, normal: &[&str], dev: &[&str]) -> usize {
        check(&[member(name, normal, dev)]).len()
    }

    #[test]
    fn owners_may_use_what_they_own() {
        assert_eq!(found("wagate-store", &["sqlx", "tokio"], &[]), 0);
        assert_eq!(found("wagate-http", &["axum", "utoipa-axum"], &[]), 0);
        assert_eq!(found("wagate-engine", &["reqwest", "tokio"], &[]), 0);
        assert_eq!(found("wagate", &["axum", "anyhow", "clap"], &[]), 0);
    }

    #[test]
    fn everybody_else_is_found() {
        for (from, to) in [
            ("wagate-engine", "sqlx"),
            ("wagate-http", "sqlx-core"),
            ("wagate-engine", "axum"),
            ("wagate-store", "axum-extra"),
            ("wagate-http", "reqwest"),
            ("wagate-store", "reqwest"),
            ("wagate-cloud-api", "whatsapp-rust"),
            ("wagate-engine", "anyhow"),
            ("wagate-model", "tokio"),
            ("wagate-model", "tokio-util"),
        ] {
            assert_eq!(found(from, &[to], &[]), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn tests_are_free_but_for_sql() {
        assert_eq!(found("wagate-engine", &[], &["axum", "anyhow"]), 0);
        assert_eq!(found("wagate-testkit", &["axum", "reqwest"], &[]), 0);
        assert_eq!(found("wagate-engine", &[], &["sqlx"]), 1);
        assert_eq!(found("wagate-testkit", &["sqlx"], &[]), 1);
    }

    #[test]
    fn a_star_stops_at_a_dash() {
        assert!(matches("axum*", "axum"));
        assert!(matches("axum*", "axum-extra"));
        assert!(!matches("clap*", "clapper"));
        assert!(!matches("toml", "toml_edit"));
    }
}
