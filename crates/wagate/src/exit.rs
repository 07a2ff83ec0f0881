//! How a command fails: what is printed, and the exit code.

use crate::settings::SettingsError;
use std::process::ExitCode;

/// Why the process ends without having done its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line, the environment or the settings file is wrong: exit code 2.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something else went wrong: exit code 1.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl Failure {
    /// A failure that is nothing but a sentence.
    pub fn other(sentence: String) -> Self {
        Self::Other(anyhow::Error::msg(sentence))
    }

    /// 2 for what the operator must correct in the configuration, 1 for all else.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Settings(_) => ExitCode::from(2),
            Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}
