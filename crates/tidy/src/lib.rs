//! The layering and style rules of this repository, as functions from what was
//! read to what was found; `tests/workspace.rs` holds them against the real tree.
//!
//! A rule takes plain data and answers findings, one line each, so that every one
//! of them can be shown to fail on a bad sample. Nothing here reads a file but
//! [`tree`], and nothing knows the rest of the workspace by import.
//!
//! | module | rule |
//! |---|---|
//! | [`layers`] | which crate may use which: one table |
//! | [`owners`] | who alone may use a crate of the outside world |
//! | [`surfaces`] | the API, the dashboard and the callbacks never import each other |
//! | [`providers`] | every provider is wired, and only providers are |
//! | [`manifests`] | every crate takes the workspace's lints and versions |
//! | [`licences`] | which licences a dependency may have, and which crates are banned |
//! | [`migrations`] | each migration exists for both databases and is in the list |
//! | [`names`] | file names that say nothing |
//! | [`shape`] | the first line and the length of a source file |
//! | [`words`] | what no committed file says |

pub mod layers;
pub mod licences;
pub mod manifests;
pub mod migrations;
pub mod names;
pub mod owners;
pub mod providers;
pub mod shape;
pub mod spdx;
pub mod surfaces;
pub mod tree;
pub mod words;

/// One line for people: where, and what is wrong there.
pub type Finding = String;

/// A crate of this workspace and what its manifest asks for.
#[derive(Debug, Clone)]
pub struct Member {
    /// The package's name, `wagate-store`.
    pub name: String,
    /// Its direct dependencies, without what they pull in.
    pub dependencies: Vec<Dependency>,
}

/// A direct dependency.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The package's name, whatever it is renamed to.
    pub name: String,
    /// Whether only tests, examples and benches use it.
    pub is_dev: bool,
}

/// Any package that is compiled, ours or not.
#[derive(Debug, Clone)]
pub struct Package {
    /// The package's name.
    pub name: String,
    /// The SPDX expression of its manifest, if it has one.
    pub licence: Option<String>,
}

#[cfg(test)]
pub(crate) mod samples {
    //! Short ways to write the bad samples.

    use crate::{Dependency, Member, tree::File};

    pub(crate) fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    /// A crate with normal and dev dependencies.
    pub(crate) fn member(name: &str, normal: &[&str], dev: &[&str]) -> Member {
        let dependency = |is_dev| move |name: &&str| Dependency { name: (*name).to_owned(), is_dev };
        Member {
            name: name.to_owned(),
            dependencies: normal.iter().map(dependency(false)).chain(dev.iter().map(dependency(true))).collect(),
        }
    }
}
