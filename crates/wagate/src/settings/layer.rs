//! Where a setting's value comes from, and the values of one such source.

use std::{collections::BTreeMap, fmt, path::PathBuf};

/// The prefix of the environment variables.
pub(super) const PREFIX: &str = "WAGATE_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable, named here.
    Environment(String),
    /// A key of the settings file.
    File(PathBuf),
    /// What the command itself sets, named here.
    Command(&'static str),
    /// The setting's own default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("the command line"),
            Self::Environment(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Command(name) => write!(f, "`wagate {name}`"),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// Values of one source, by the setting's id (its field's name).
#[derive(Debug, Clone, Default)]
pub struct Layer(BTreeMap<String, (Origin, String)>);

impl Layer {
    /// What the command `name` sets when nothing else does.
    pub fn of_command(name: &'static str, values: &[(&str, &str)]) -> Self {
        let mut layer = Self::default();
        for (id, value) in values {
            layer.put((*id).to_owned(), Origin::Command(name), (*value).to_owned());
        }
        layer
    }

    /// Sets a value; false if there was one already.
    pub(super) fn put(&mut self, id: String, origin: Origin, value: String) -> bool {
        self.0.insert(id, (origin, value)).is_none()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Origin, &str)> {
        self.0.iter().map(|(id, (origin, value))| (id.as_str(), origin, value.as_str()))
    }

    /// This layer with `upper` laid over it.
    #[must_use]
    pub(super) fn under(mut self, upper: Self) -> Self {
        self.0.extend(upper.0);
        self
    }

    pub(super) fn get(&self, id: &str) -> Option<(&Origin, &str)> {
        self.0.get(id).map(|(origin, value)| (origin, value.as_str()))
    }
}

/// The environment variable of the setting `id`.
pub(super) fn variable(id: &str) -> String {
    format!("{PREFIX}{}", id.to_ascii_uppercase())
}

/// How the setting `id` is spelled as a flag and as a key.
pub(super) fn spelled(id: &str) -> String {
    id.replace('_', "-")
}
