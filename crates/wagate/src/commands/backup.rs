//! `wagate backup`: a backup in one file, made while the gateway runs.

use crate::{backup, exit::Failure, print, runtime::block_on, settings::Settings, telemetry::Telemetry};
use std::path::PathBuf;

/// What `wagate backup` asks for.
#[derive(Debug, Clone, clap::Args)]
pub struct BackupArgs {
    /// File to write, which must not exist yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Writes the backup, and says which master keys it needs.
pub fn run(args: &BackupArgs, settings: &Settings) -> Result<(), Failure> {
    Telemetry::install_logs(settings)?;
    let manifest = block_on(backup::write(settings, &args.to))??;
    print::line(&format!("{} is written, as of {}.", args.to.display(), manifest.made_at))?;
    let keys: Vec<_> = manifest.master_keys.into_iter().collect();
    if keys.is_empty() {
        print::line("Nothing in it is sealed.")?;
    } else {
        print::line(&format!(
            "Keep apart from it, for it opens with them alone: the master keys {}.",
            keys.join(", ")
        ))?;
    }
    Ok(())
}
