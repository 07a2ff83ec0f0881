//! Which of our crates may use which. One direction, one table; a crate that is
//! not in the table fails, so that a new one is given its place on purpose.

use crate::{Finding, Member};

/// What a crate is, which decides who may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A part of the gateway.
    Part,
    /// One provider, known by its contract to all but the binary.
    Provider,
    /// The binary, which wires everything and is used by nobody.
    Binary,
    /// For tests and development: never in a release build.
    DevelopmentOnly,
}

/// A crate's place.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// The package's name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Our crates that it may use. A development crate may use any part.
    pub may_use: &'static [&'static str],
}

const MODEL: &[&str] = &["wagate-model"];

/// Every crate, lowest first. One that does not exist yet may stand here.
pub const LAYERS: &[Layer] = &[
    layer("wagate-model", Kind::Part, &[]),
    layer("wagate-store", Kind::Part, MODEL),
    layer("wagate-sandbox", Kind::Provider, MODEL),
    layer("wagate-whatsapp-web", Kind::Provider, MODEL),
    layer("wagate-cloud-api", Kind::Provider, MODEL),
    layer("wagate-engine", Kind::Part, &["wagate-model", "wagate-store"]),
    layer("wagate-http", Kind::Part, &["wagate-model", "wagate-engine"]),
    layer("wagate", Kind::Binary, &[]),
    layer("wagate-testnet", Kind::DevelopmentOnly, &[]),
    layer("wagate-testkit", Kind::DevelopmentOnly, &[]),
    layer("wagate-tidy", Kind::DevelopmentOnly, &[]),
];

const fn layer(name: &'static str, kind: Kind, may_use: &'static [&'static str]) -> Layer {
    Layer { name, kind, may_use }
}

/// The place of the crate `name`.
pub fn of(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// Every edge between our crates that the table does not have.
///
/// Dev-dependencies are judged leniently: a crate's tests may use any other part,
/// provider or development crate, but nothing may use the binary.
pub fn check(members: &[Member]) -> Vec<Finding> {
    let ours = |name: &str| members.iter().any(|member| member.name == name);
    let mut findings = Vec::new();
    for member in members {
        let Some(from) = of(&member.name) else {
            findings.push(format!("{} has no place in the table of layers", member.name));
            continue;
        };
        for dependency in member.dependencies.iter().filter(|it| ours(&it.name)) {
            // One without a place is found in its own turn.
            let Some(to) = of(&dependency.name) else {
                continue;
            };
            if !is_allowed(from, to, dependency.is_dev) {
                findings.push(format!("{} may not use {}", from.name, to.name));
            }
        }
    }
    findings
}

fn is_allowed(from: &Layer, to: &Layer, is_dev: bool) -> bool {
    if is_dev {
        return to.kind != Kind::Binary;
    }
    match from.kind {
        Kind::Part | Kind::Provider => from.may_use.contains(&to.name),
        Kind::Binary => matches!(to.kind, Kind::Part | Kind::Provider),
        Kind::DevelopmentOnly => to.kind != Kind::Binary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::member;

    /// What is found when `name` has these dependencies on our other crates.
    fn found(name: &str, normal: &[&str], dev: &[&str]) -> usize {
        let mut members: Vec<Member> =
            LAYERS.iter().filter(|layer| layer.name != name).map(|layer| member(layer.name, &[], &[])).collect();
        members.push(member(name, normal, dev));
        check(&members).len()
    }

    #[test]
    fn the_table_itself_passes() {
        for layer in LAYERS {
            assert_eq!(found(layer.name, layer.may_use, &[]), 0, "{}", layer.name);
        }
        assert_eq!(found("wagate", &["wagate-store", "wagate-cloud-api"], &[]), 0);
        assert_eq!(found("wagate-testkit", &["wagate-http", "wagate-sandbox"], &[]), 0);
    }

    #[test]
    fn an_edge_against_the_direction_is_found() {
        for (from, to) in [
            ("wagate-model", "wagate-store"),
            ("wagate-store", "wagate-engine"),
            ("wagate-engine", "wagate-http"),
            ("wagate-engine", "wagate-sandbox"),
            ("wagate-http", "wagate-store"),
            ("wagate-http", "wagate-sandbox"),
            ("wagate-sandbox", "wagate-cloud-api"),
            ("wagate-sandbox", "wagate-engine"),
            ("wagate", "wagate-testkit"),
            ("wagate-testkit", "wagate"),
            ("wagate-http", "wagate-testkit"),
        ] {
            assert_eq!(found(from, &[to], &[]), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn tests_may_use_more_but_not_the_binary() {
        assert_eq!(found("wagate-engine", &[], &["wagate-sandbox", "wagate-testkit"]), 0);
        assert_eq!(found("wagate-http", &[], &["wagate"]), 1);
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(found("wagate-telegram", &["wagate-model"], &[]), 1);
    }
}
