//! The rules, held against this workspace: one test each, so that the name of a
//! failing one says which rule it is.

use std::{env::consts::ARCH, sync::LazyLock};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use wagate_tidy::{
    Dependency, Finding, Member, Package, layers, licences, manifests, migrations, names, owners, providers, shape,
    surfaces,
    tree::{self, File},
    words,
};

#[expect(clippy::expect_used, reason = "every test needs the tree")]
static FILES: LazyLock<Vec<File>> = LazyLock::new(|| tree::files(&tree::root()).expect("the files of the checkout"));

/// For this platform alone, or cargo would fetch the crates of all others.
#[expect(clippy::expect_used, reason = "every test of a dependency needs them")]
static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    MetadataCommand::new()
        .manifest_path(tree::root().join("Cargo.toml"))
        .other_options(vec!["--locked".to_owned(), "--filter-platform".to_owned(), format!("{ARCH}-unknown-linux-gnu")])
        .exec()
        .expect("the metadata of the workspace")
});

static MEMBERS: LazyLock<Vec<Member>> = LazyLock::new(|| {
    let member = |package: &cargo_metadata::Package| Member {
        name: package.name.to_string(),
        dependencies: package.dependencies.iter().map(dependency).collect(),
    };
    METADATA.workspace_packages().into_iter().map(member).collect()
});

fn dependency(dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency { name: dependency.name.clone(), is_dev: dependency.kind == DependencyKind::Development }
}

#[track_caller]
fn holds(findings: &[Finding]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn crates_use_only_what_lies_below_them() {
    assert!(MEMBERS.iter().any(|member| member.name == "wagate"));
    holds(&layers::check(&MEMBERS));
}

#[test]
fn the_outside_world_has_one_owner_each() {
    holds(&owners::check(&MEMBERS));
}

#[test]
fn surfaces_do_not_import_each_other() {
    holds(&surfaces::check(&FILES));
}

#[test]
fn every_provider_is_wired() {
    holds(&providers::check(&MEMBERS, &FILES));
}

#[test]
fn crates_take_the_lints_and_versions_of_the_workspace() {
    holds(&manifests::check(&FILES));
}

#[test]
fn dependencies_have_permissive_licences_and_none_is_banned() {
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        licence: package.license.clone(),
    };
    let packages: Vec<Package> = METADATA.packages.iter().map(package).collect();
    assert!(packages.len() > 100, "{} packages", packages.len());
    holds(&licences::check(&packages));
}

#[test]
fn migrations_come_in_twins() {
    holds(&migrations::check(&FILES));
}

#[test]
fn names_say_something() {
    holds(&names::check(&FILES));
}

#[test]
fn source_files_have_their_shape() {
    holds(&shape::check(&FILES));
}

#[test]
fn no_file_says_a_forbidden_word() {
    holds(&words::check(&FILES));
}
