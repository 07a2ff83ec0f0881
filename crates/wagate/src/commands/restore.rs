//! `wagate restore`: puts a backup in place.

use crate::{
    backup,
    exit::Failure,
    print,
    runtime::block_on,
    settings::Settings,
    system_clock::SystemClock,
    telemetry::Telemetry,
    wiring::{connect, take_locks},
};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use wagate_model::Clock as _;
use wagate_store::{migrations, restored};

/// What `wagate restore` asks for.
#[derive(Debug, Clone, clap::Args)]
pub struct RestoreArgs {
    /// The backup, as `wagate backup` wrote it.
    #[arg(long, value_name = "FILE", required_unless_present = "loaded")]
    from: Option<PathBuf>,
    /// Replace the database that is there.
    #[arg(long)]
    force: bool,
    /// The database was put in place by its own tools, as MySQL's is: only mark it as restored. No
    /// gateway may run on it.
    #[arg(long, conflicts_with_all = ["from", "force"])]
    loaded: bool,
}

/// Restores, and says what the gateway cannot do by itself.
pub fn run(args: &RestoreArgs, settings: &Settings) -> Result<(), Failure> {
    Telemetry::install_logs(settings)?;
    let _locks = take_locks(settings)?;
    let lines = match &args.from {
        Some(from) => from_file(from, args.force, settings)?,
        None => loaded(settings)?,
    };
    for line in lines {
        print::line(&line)?;
    }
    Ok(())
}

fn from_file(from: &Path, force: bool, settings: &Settings) -> Result<Vec<String>, Failure> {
    let Some(database) = settings.database_url.sqlite_file() else {
        return Err(Failure::other(
            "`wagate restore --from` restores SQLite alone; load a MySQL database with the server's tools, then run `wagate restore --loaded`".to_owned(),
        ));
    };
    if database.exists() && !force {
        return Err(Failure::other(format!("{} exists; --force replaces it", database.display())));
    }
    let unpacked = backup::unpack(from, settings)?;
    let manifest = unpacked.manifest.clone();
    block_on(unpacked.prepare())??;
    unpacked.place(settings, &database)?;
    let mut lines = vec![format!("{} is restored, as of {}.", database.display(), manifest.made_at)];
    let here: Vec<&str> = settings.master_keys.0.iter().map(|key| key.id.as_str()).collect();
    let missing: Vec<_> = manifest.master_keys.into_iter().filter(|id| !here.contains(&id.as_str())).collect();
    if !missing.is_empty() {
        lines.push(format!("Master keys that it needs and that are not configured here: {}.", missing.join(", ")));
    }
    lines
        .push("API keys that were revoked since then work again, and erased persons are back: repeat both.".to_owned());
    Ok(lines)
}

fn loaded(settings: &Settings) -> Result<Vec<String>, Failure> {
    block_on(async {
        let database = connect(settings).await?;
        migrations::migrate(&database).await.context("cannot migrate the database")?;
        let now = SystemClock.now();
        restored::mark(&database, now, now).await?;
        anyhow::Ok(())
    })??;
    Ok(vec!["The database is marked as restored.".to_owned()])
}
