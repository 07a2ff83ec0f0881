//! The command line's own words. Nothing else in the gateway writes to stdout or stderr directly.

use crate::{exit::Failure, settings::SettingsError};
use std::io::{self, Write as _};

/// One line on stdout: a command's result, for people and for scripts.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Text on stderr, with a line's end: what a person reads beside the result. Nobody may be there to
/// read it, so it cannot fail.
pub fn note(text: &str) {
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// The failure and what caused it, on stderr.
pub fn failure(failure: &Failure) {
    match failure {
        Failure::Settings(SettingsError::CommandLine(error)) => {
            note(error.render().to_string().trim_end());
        }
        Failure::Settings(error) => note(&format!("error: {error}")),
        Failure::Other(error) => note(&format!("error: {error:#}")),
    }
}
