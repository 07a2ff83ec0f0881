//! From the four sources to one [`Settings`]: file and environment become the defaults of the flags,
//! so that everything is read by one parser.

use super::{
    Layer, Origin, Settings, SettingsError, environment, file,
    layer::{spelled, variable},
    redact, redact_error,
};
use clap::{Arg, ArgMatches, Args as _, Command, FromArgMatches as _, error::ContextKind, parser::ValueSource};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The settings, and where each came from.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The values.
    pub settings: Settings,
    /// Every setting in the order of its definition.
    pub listed: Vec<Listed>,
}

impl Resolved {
    /// Whether the setting of this name (as its flag is spelled) stood on the command line.
    pub fn is_flag(&self, name: &str) -> bool {
        self.listed.iter().any(|setting| setting.name == name && setting.origin == Origin::Flag)
    }
}

/// One setting as it may be shown.
#[derive(Debug, Clone)]
pub struct Listed {
    /// As its flag is spelled.
    pub name: String,
    /// Its value, without secrets.
    pub value: String,
    /// Where the value came from.
    pub origin: Origin,
}

/// What beside the command line gives values.
#[derive(Debug, Default)]
pub struct Sources {
    /// The environment's variables, all of them.
    pub variables: Vec<(OsString, OsString)>,
    /// What the command itself sets, below the file.
    pub command: Layer,
}

/// Adds the settings to `command` as flags that may stand anywhere on the line.
pub fn define(command: Command) -> Command {
    // What the settings say of themselves is for readers of the code, not for the help.
    let (about, long_about) = (command.get_about().cloned(), command.get_long_about().cloned());
    let command = Settings::augment_args(command.next_help_heading("Settings"));
    command.about(about.unwrap_or_default()).long_about(long_about.unwrap_or_default()).mut_args(|arg| {
        let variable = variable(arg.get_id().as_str());
        let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
        arg.global(true).hide_short_help(true).help(format!("{help} [env: {variable}]"))
    })
}

/// The settings by themselves, in the order of their definition.
pub(super) fn definitions() -> Vec<Arg> {
    Settings::augment_args(Command::new("settings")).get_arguments().cloned().collect()
}

/// The settings of the line `arguments` for the whole `command` (made with [`define`]), with
/// `chosen` as the file that a flag names. The line must parse by itself.
pub fn resolve(
    command: &Command,
    arguments: &[OsString],
    chosen: Option<&Path>,
    sources: Sources,
) -> Result<(ArgMatches, Resolved), SettingsError> {
    let definitions = definitions();
    let ids: Vec<String> = definitions.iter().map(|arg| arg.get_id().to_string()).collect();
    let environment = environment::read(sources.variables, &ids)?;
    let path = chosen.map(Path::to_owned).or(environment.file.map(PathBuf::from));
    let file = path.map(|path| file::read(&path, &definitions)).transpose()?.unwrap_or_default();
    for layer in [&sources.command, &file, &environment.layer] {
        check_values(&definitions, layer)?;
    }
    let layer = sources.command.under(file).under(environment.layer);
    let layered = layer.iter().fold(command.clone(), |command, (id, _, value)| {
        let value = value.to_owned();
        command.mut_arg(id, |arg| arg.default_value(value))
    });
    let matches = layered.try_get_matches_from(arguments).map_err(|error| redact_error(command, error))?;
    let settings = Settings::from_arg_matches(&matches)?.with_data_directory();
    settings.check()?;
    let listed = definitions.iter().map(|arg| listed(arg, &matches, &layer, &settings)).collect();
    Ok((matches, Resolved { settings, listed }))
}

/// Refuses a value that its setting cannot have, even where another source goes before it.
fn check_values(definitions: &[Arg], layer: &Layer) -> Result<(), SettingsError> {
    for arg in definitions {
        let id = arg.get_id().as_str();
        let (Some((origin, value)), Some(long)) = (layer.get(id), arg.get_long()) else {
            continue;
        };
        let probe = Command::new("probe").no_binary_name(true).arg(arg.clone());
        if let Err(error) = probe.try_get_matches_from([format!("--{long}={value}")]) {
            let (setting, reason) = (spelled(id), reason(arg, value, &error));
            return Err(SettingsError::Value { setting, origin: origin.clone(), reason });
        }
    }
    Ok(())
}

/// Why clap refused a value, in one line.
fn reason(arg: &Arg, value: &str, error: &clap::Error) -> String {
    let shown = redact::value(arg, value);
    let allowed = error.get(ContextKind::ValidValue).map(|values| format!("one of {values} was expected"));
    let why = std::error::Error::source(error).map(ToString::to_string);
    match why.or(allowed) {
        Some(why) => format!("`{shown}`: {why}"),
        None => format!("`{shown}` is not allowed"),
    }
}

fn listed(arg: &Arg, matches: &ArgMatches, layer: &Layer, settings: &Settings) -> Listed {
    let id = arg.get_id().as_str();
    let raw = matches.get_raw(id).and_then(|mut values| values.next()).unwrap_or_default();
    let text = raw.to_string_lossy().replace(super::DATA, &settings.data.to_string_lossy());
    let origin = match (matches.value_source(id), layer.get(id)) {
        (Some(ValueSource::CommandLine), _) => Origin::Flag,
        (_, Some((origin, _))) => origin.clone(),
        _ => Origin::Default,
    };
    Listed { name: spelled(id), value: redact::value(arg, &text), origin }
}
