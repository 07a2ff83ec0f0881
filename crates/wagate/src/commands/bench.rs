//! `wagate bench`: what it is asked for, and how it begins and ends.

use crate::{
    bench::{self, Figure, Plan},
    exit::Failure,
    print,
    runtime::block_on,
    settings::{Layer, Origin, Resolved, SettingsError},
    signals::StopSignals,
};
use std::path::PathBuf;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What to measure, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct BenchArgs {
    /// Measure less of everything: in half a minute, and less exactly.
    #[arg(long)]
    quick: bool,
    /// Measure this alone; may be given more than once.
    #[arg(long, value_name = "WHAT", value_enum)]
    only: Vec<Figure>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Where the temporary directory is made; it must be on the kind of disk that matters. The
    /// system's directory for temporary files when left out.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl BenchArgs {
    /// The defaults that the measured gateway has in place of the settings' own.
    pub fn layer() -> Layer {
        Layer::of_command(
            "bench",
            &[
                ("listen", "127.0.0.1:0"),
                ("metrics_listen", "off"),
                ("webhook_allow_private", "127.0.0.0/8"),
                ("webhook_allow_http", "true"),
            ],
        )
    }
}

/// Measures and prints. A goal that is missed is no failure: that is for people to judge.
pub fn run(args: &BenchArgs, resolved: &Resolved) -> Result<(), Failure> {
    let is_own_sqlite = is_default(resolved, "database-url");
    if !is_own_sqlite && resolved.settings.database_url.sqlite_file().is_some() {
        return Err(SettingsError::Together(
            "`bench` makes an SQLite database of its own: leave `database-url` out, or name an empty MySQL database"
                .to_owned(),
        )
        .into());
    }
    let figures = if args.only.is_empty() { Figure::ALL.to_vec() } else { args.only.clone() };
    let plan = Plan {
        figures,
        is_quick: args.quick,
        directory: args.directory.clone().unwrap_or_else(std::env::temp_dir),
        is_own_sqlite,
    };
    let report = block_on(async {
        let stop = CancellationToken::new();
        let mut signals = JoinSet::new();
        signals.spawn(StopSignals::listen()?.cancel(stop.clone()));
        tokio::select! {
            report = bench::measure(&plan, resolved) => report,
            () = stop.cancelled() => Err(anyhow::anyhow!("interrupted; what was made is removed")),
        }
    })??;
    let text = if args.json { report.json()? } else { report.table() };
    Ok(print::line(text.trim_end())?)
}

fn is_default(resolved: &Resolved, name: &str) -> bool {
    resolved.listed.iter().any(|setting| setting.name == name && setting.origin == Origin::Default)
}
