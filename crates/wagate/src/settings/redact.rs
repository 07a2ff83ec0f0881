//! What is printed in place of a secret.

use clap::{
    Arg, Command,
    error::{ContextKind, ContextValue},
};

/// Stands for a secret that is set.
const HIDDEN: &str = "(hidden)";

/// The value of `arg` as it may be shown.
pub(super) fn value(arg: &Arg, text: &str) -> String {
    match arg.get_value_names().and_then(<[_]>::first).map(clap::builder::Str::as_str) {
        Some("SECRET") if !matches!(text, "" | "off") => HIDDEN.to_owned(),
        Some("URL") => url(text),
        _ => text.to_owned(),
    }
}

/// A URL without its password. An unescaped `@` or `/` in the password ends nothing too early.
pub(super) fn url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let Some((login, place)) = rest.rsplit_once('@') else {
        return text.to_owned();
    };
    let Some((user, _)) = login.split_once(':') else {
        return text.to_owned();
    };
    format!("{scheme}://{user}:{HIDDEN}@{place}")
}

/// Takes a secret out of what clap says about a bad value of it.
pub(crate) fn redact_error(command: &Command, mut error: clap::Error) -> clap::Error {
    let (Some(ContextValue::String(name)), Some(ContextValue::String(text))) =
        (error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue))
    else {
        return error;
    };
    let long = name.trim_start_matches('-').split([' ', '=', '[']).next().unwrap_or_default();
    let shown = command.get_arguments().find(|arg| arg.get_long() == Some(long)).map(|arg| value(arg, text));
    if let Some(shown) = shown {
        error.insert(ContextKind::InvalidValue, ContextValue::String(shown));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_however_it_is_written() {
        for (text, shown) in [
            ("mysql://u:p@h:3306/n", "mysql://u:(hidden)@h:3306/n"),
            ("mysql://u:a@b/c:d@h/n", "mysql://u:(hidden)@h/n"),
            ("mysql://u@h/n", "mysql://u@h/n"),
            ("mysql://h/n", "mysql://h/n"),
            ("sqlite:./data/wagate.db", "sqlite:./data/wagate.db"),
            ("off", "off"),
        ] {
            assert_eq!(url(text), shown);
        }
    }
}
