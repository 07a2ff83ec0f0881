//! The `wagate` binary: reads the settings, chooses the command, turns its result into an exit code.

use std::process::ExitCode;
use wagate::{
    cli::{Command, Start},
    commands,
    exit::Failure,
    print,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::failure(&failure);
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    wagate::tls::install_provider();
    let Some(start) = Start::read(std::env::args_os(), std::env::vars_os())? else {
        return Ok(()); // the help or the version was asked for, and printed
    };
    match &start.command {
        Command::Config(args) => commands::config::run(args, &start.resolved),
        command @ (Command::Dev(_)
        | Command::Serve
        | Command::Migrate
        | Command::Workspace(_)
        | Command::Key(_)
        | Command::Openapi) => Err(Failure::other(format!(
            "`wagate {}` is not part of this build",
            command.name()
        ))),
    }
}
