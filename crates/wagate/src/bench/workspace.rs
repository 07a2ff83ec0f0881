//! The directory and the database of one run.

use super::{Plan, child::Gateway};
use crate::{settings::Resolved, wiring};
use anyhow::Context as _;
use std::{
    collections::BTreeMap,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};
use wagate_store::{Database, DatabaseOptions, migrations, tables};

/// Where a run keeps its things; the directory is removed when this is dropped.
pub(super) struct Workspace {
    directory: PathBuf,
    database_url: String,
    is_sqlite: bool,
}

impl Workspace {
    pub(super) async fn make(plan: &Plan, resolved: &Resolved) -> anyhow::Result<Self> {
        let directory = plan.directory.join(format!("wagate-bench-{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        let database_url = if plan.is_own_sqlite {
            format!("sqlite:{}", directory.join("wagate.db").display())
        } else {
            resolved.settings.database_url.expose().to_owned()
        };
        let workspace = Self { directory, database_url, is_sqlite: plan.is_own_sqlite };
        if !plan.is_own_sqlite {
            let database = wiring::connect(&resolved.settings).await?;
            refuse_used(&database).await?;
            database.close().await;
        }
        Ok(workspace)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) const fn is_sqlite(&self) -> bool {
        self.is_sqlite
    }

    /// A gateway on this run's database; it finds there what an earlier one left.
    pub(super) async fn start(&self, resolved: &Resolved) -> anyhow::Result<Gateway> {
        Gateway::start(&self.directory, &self.database_url, resolved).await
    }

    /// This run's database.
    pub(super) async fn open(&self) -> anyhow::Result<Database> {
        let options = DatabaseOptions { url: self.database_url.clone(), connections: 2 };
        Ok(Database::connect(&options).await?)
    }

    /// How many rows each table has now.
    pub(super) async fn count_rows(&self) -> anyhow::Result<BTreeMap<&'static str, u64>> {
        let database = self.open().await?;
        let counts = tables::count_rows_any_workspace(&database).await?;
        database.close().await;
        Ok(counts)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.directory) {
            crate::print::note(&format!("{} could not be removed: {error}", self.directory.display()));
        }
    }
}

/// A database that somebody uses is not for measuring: it would be filled with messages.
async fn refuse_used(database: &Database) -> anyhow::Result<()> {
    migrations::migrate(database).await?;
    let counts = tables::count_rows_any_workspace(database).await?;
    let workspaces = counts.get("workspaces").copied().unwrap_or(0);
    anyhow::ensure!(workspaces == 0, "the database has {workspaces} workspaces: give `bench` an empty one of its own");
    Ok(())
}
