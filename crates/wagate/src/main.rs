//! The `wagate` binary: reads the settings, chooses the command, turns its result into an exit code.

use std::process::ExitCode;
use wagate::{
    cli::{Command, Start},
    commands,
    exit::Failure,
    print,
};

/// Many small allocations on several threads are most of what a request costs beside its commit.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    let settings = &start.resolved.settings;
    match start.command {
        Command::Dev(args) => commands::dev::run(args, settings),
        Command::Serve => commands::serve::run(settings),
        Command::Migrate => commands::migrate::run(settings),
        Command::Backup(args) => commands::backup::run(&args, settings),
        Command::Restore(args) => commands::restore::run(&args, settings),
        Command::Workspace(command) => command.run(settings),
        Command::Key(command) => command.run(settings),
        Command::Bench(args) => commands::bench::run(&args, &start.resolved),
        Command::BenchServer => wagate::bench::server::run(settings),
        Command::Health(args) => commands::health::run(args, settings),
        Command::Openapi => commands::openapi::run(),
        Command::Config(args) => commands::config::run(&args, &start.resolved),
    }
}
