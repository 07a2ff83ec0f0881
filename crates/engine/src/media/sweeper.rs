//! Bytes that no row names are taken away: what a crash left, and what could not be deleted.

use super::storage::MediaStorageError;
use crate::{Engine, Result};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{ObjectStoreExt as _, path::Path};
use std::{path::PathBuf, time::Duration};
use wagate_model::Timestamp;
use wagate_store::media;

/// How often all of the storage is looked at.
const EVERY: Duration = Duration::from_hours(6);
/// How long bytes may lie without a row: far longer than any upload takes.
const GRACE: Duration = Duration::from_hours(24);
const AT_ONCE: usize = 256;

/// Sweeps until the gateway stops.
pub(crate) async fn run(engine: Engine) {
    while engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        match engine.sweep_media().await {
            Ok(0) => {}
            Ok(swept) => tracing::info!(swept, "bytes that no file named were taken away"),
            Err(error) => tracing::warn!(%error, "the storage of files could not be swept"),
        }
    }
}

impl Engine {
    /// Takes away what lay without a row for long enough; answers how many.
    pub async fn sweep_media(&self) -> Result<u64> {
        let before = self.clock.now().minus(GRACE);
        let mut swept = self.sweep_unfinished(before).await.map_err(super::upload::unavailable)?;
        let listed = self.media.objects.list(None).try_filter(|found| {
            let is_old = found.last_modified.timestamp_millis() < before.0;
            std::future::ready(is_old)
        });
        let mut chunks = listed.try_chunks(AT_ONCE);
        while let Some(chunk) = chunks.next().await {
            let found = chunk.map_err(|error| super::upload::unavailable(error.1))?;
            let locations: Vec<_> = found.iter().map(|one| one.location.to_string()).collect();
            let known = media::known_locations_any_workspace(&self.database, &locations).await?;
            for location in locations.iter().filter(|location| !known.contains(*location)) {
                self.media.objects.delete(&Path::from(location.as_str())).await.map_err(super::upload::unavailable)?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// In a directory, a crash leaves unfinished files with a `#` in their names, which no listing
    /// shows. A bucket takes away its own.
    async fn sweep_unfinished(&self, before: Timestamp) -> std::result::Result<u64, MediaStorageError> {
        let Some(root) = &self.media.directory else { return Ok(0) };
        let mut directories = vec![PathBuf::clone(root)];
        let mut swept = 0;
        while let Some(directory) = directories.pop() {
            let mut entries = tokio::fs::read_dir(directory).await?;
            while let Some(entry) = entries.next_entry().await? {
                let kind = entry.file_type().await?;
                if kind.is_dir() {
                    directories.push(entry.path());
                } else if entry.file_name().to_string_lossy().contains('#') && is_older(&entry, before).await? {
                    tokio::fs::remove_file(entry.path()).await?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }
}

async fn is_older(entry: &tokio::fs::DirEntry, before: Timestamp) -> std::io::Result<bool> {
    let changed = entry.metadata().await?.modified()?;
    let since_epoch = changed.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX) < before.0)
}
