//! What can be wrong with the configuration. Every message names the setting and where it came from,
//! and none repeats a secret.

use super::Origin;
use std::{io, path::PathBuf};

/// The configuration is refused; the process ends with exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A flag, a command or its arguments.
    #[error(transparent)]
    CommandLine(#[from] clap::Error),
    /// The settings file cannot be read.
    #[error("cannot read the settings file {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The settings file is not TOML. The line itself is not repeated: it may hold a secret.
    #[error("{}, line {line}: {reason}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The parser's words.
        reason: String,
    },
    /// The settings file has keys that are no settings, has one twice, or has one of the wrong kind.
    #[error("{}: `{key}` {reason}", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// The key as it is written there.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The environment has variables that begin with `WAGATE_` and are no settings.
    #[error("unknown environment variable{} {}{}", if .names.len() == 1 { "" } else { "s" }, .names.join(", "), .hint)]
    UnknownVariables {
        /// Their names.
        names: Vec<String>,
        /// Where they may come from; begins with a separator, or is empty.
        hint: &'static str,
    },
    /// An environment variable is not UTF-8.
    #[error("the environment variable {name} is not valid UTF-8")]
    NotText {
        /// Its name.
        name: String,
    },
    /// A value that its setting cannot have.
    #[error("bad value for `{setting}` (from {origin}): {reason}")]
    Value {
        /// The setting as its flag is spelled.
        setting: String,
        /// Where the value came from.
        origin: Origin,
        /// Why it is refused.
        reason: String,
    },
    /// Values that are well by themselves and do not go together, or one that is missing.
    #[error("{0}")]
    Together(String),
}
