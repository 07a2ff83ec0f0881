//! The command line: the commands, and how a process comes to its command and settings.

use crate::{
    commands::{
        backup::BackupArgs, bench::BenchArgs, config::ConfigArgs, dev::DevArgs, health::HealthArgs, key::KeyCommand,
        restore::RestoreArgs, workspace::WorkspaceCommand,
    },
    settings::{Layer, Resolved, SettingsError, Sources, define, redact_error, resolve},
};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::{ffi::OsString, path::PathBuf};

/// A multi-tenant WhatsApp gateway: one REST API, durable queues, signed webhooks.
///
/// Settings can be flags, environment variables and keys of a TOML file; `wagate config` shows those in
/// effect.
#[derive(Debug, Parser)]
#[command(name = "wagate", version)]
struct Line {
    #[command(subcommand)]
    command: Command,

    /// Settings file (TOML).
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
}

/// What the process shall do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a gateway to try things with: SQLite, a demo workspace, a connected sandbox account, a key.
    ///
    /// It keeps everything in `./data` (or `--data DIR`), listens on 127.0.0.1 alone, makes a master key
    /// of its own, and lets webhooks go to this machine and to `http://`.
    Dev(DevArgs),
    /// Run the gateway.
    Serve,
    /// Bring the database to this version's form, then end.
    Migrate,
    /// Write a backup into one file, while the gateway runs: the SQLite database, media and what else
    /// belongs to the data directory.
    ///
    /// Master keys are not in it; it names those that it needs. On MySQL use `mariadb-dump
    /// --single-transaction` or mariabackup.
    Backup(BackupArgs),
    /// Put a backup in place, while no gateway runs on this data.
    Restore(RestoreArgs),
    /// Make, list, suspend and resume workspaces, directly in the database.
    #[command(subcommand)]
    Workspace(WorkspaceCommand),
    /// Make, list and revoke API keys, directly in the database.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Measure this machine: accepts, messages, webhooks and memory, on a database of its own.
    ///
    /// It starts a gateway on a temporary SQLite database, or on the empty MySQL database that
    /// `--database-url` names, and drives it over loopback connections.
    Bench(BenchArgs),
    /// The gateway that `bench` measures; it ends with its standard input.
    #[command(hide = true)]
    BenchServer,
    /// Ask the gateway that has these settings whether it is well: exit code 0, or 1.
    Health(HealthArgs),
    /// Print the OpenAPI document.
    Openapi,
    /// Show the settings in effect and where each came from.
    Config(ConfigArgs),
}

impl Command {
    /// The command as it is typed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dev(_) => "dev",
            Self::Serve => "serve",
            Self::Migrate => "migrate",
            Self::Backup(_) => "backup",
            Self::Restore(_) => "restore",
            Self::Workspace(_) => "workspace",
            Self::Key(_) => "key",
            Self::Bench(_) => "bench",
            Self::BenchServer => "bench-server",
            Self::Health(_) => "health",
            Self::Openapi => "openapi",
            Self::Config(_) => "config",
        }
    }

    fn layer(&self) -> Layer {
        match self {
            Self::Dev(_) => DevArgs::layer(),
            Self::Bench(_) | Self::BenchServer => BenchArgs::layer(),
            _ => Layer::default(),
        }
    }
}

/// What a process starts with.
#[derive(Debug)]
pub struct Start {
    /// The command and its own arguments.
    pub command: Command,
    /// The settings.
    pub resolved: Resolved,
}

impl Start {
    /// Reads the command line with the binary's name first, and the environment. Nothing where help
    /// or version was asked for; that is printed then.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Option<Self>, SettingsError> {
        let arguments: Vec<OsString> = arguments.into_iter().collect();
        let command = define_line();
        let parsed = command.clone().try_get_matches_from(&arguments).and_then(|m| Line::from_arg_matches(&m));
        let line = match parsed {
            Ok(line) => line,
            Err(error) if !error.use_stderr() => {
                error.print().ok(); // whoever asked for help and does not read it loses nothing
                return Ok(None);
            }
            Err(error) => return Err(redact_error(&command, error).into()),
        };
        let sources = Sources { variables: variables.into_iter().collect(), command: line.command.layer() };
        let (_, resolved) = resolve(&command, &arguments, line.config.as_deref(), sources)?;
        let mut start = Self { command: line.command, resolved };
        if let Command::Dev(args) = &start.command {
            args.apply(&mut start.resolved)?;
        }
        Ok(Some(start))
    }
}

/// The whole command line, with every setting.
fn define_line() -> clap::Command {
    define(Line::command())
}
