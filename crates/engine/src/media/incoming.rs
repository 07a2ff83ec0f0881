//! Bytes on their way into the object store: hashed and typed while they pass, never whole in memory.

use super::{
    sniff::{Sniffer, Typed},
    storage::{MediaStorage, MediaStorageError},
};
use bytes::Bytes;
use object_store::{buffered::BufWriter, path::Path};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

/// How much is gathered before it goes on: the smallest part that S3 takes.
const PART: usize = 5 * 1024 * 1024;
/// How many parts may be on their way at once.
const PARTS_AT_ONCE: usize = 2;

/// Why bytes were not stored.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    /// There are more than allowed.
    #[error("at most {0} bytes are allowed")]
    TooLarge(u64),
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] MediaStorageError),
}

impl From<object_store::Error> for NotStored {
    fn from(error: object_store::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// Bytes that are being stored. Dropped before the end, they are swept later.
pub struct Incoming {
    writer: BufWriter,
    location: String,
    hash: Sha256,
    size: u64,
    limit: u64,
    sniffer: Sniffer,
}

/// Bytes that are stored; no row names them yet.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) location: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) typed: Typed,
}

impl Incoming {
    /// Begins at a place that nothing ever lay in.
    pub(crate) fn begin(storage: &MediaStorage, location: String, limit: u64) -> Self {
        let writer = BufWriter::with_capacity(storage.objects.clone(), Path::from(location.as_str()), PART);
        Self {
            writer: writer.with_max_concurrency(PARTS_AT_ONCE),
            location,
            hash: Sha256::new(),
            size: 0,
            limit,
            sniffer: Sniffer::default(),
        }
    }

    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), NotStored> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(NotStored::TooLarge(self.limit));
        }
        self.hash.update(&bytes);
        self.sniffer.feed(&bytes);
        Ok(self.writer.put(bytes).await?)
    }

    /// There are no more: they are durable when this returns.
    pub(crate) async fn finish(mut self) -> Result<Stored, NotStored> {
        self.writer.shutdown().await.map_err(MediaStorageError::from)?;
        Ok(Stored {
            location: self.location,
            sha256: hex::encode(self.hash.finalize()),
            size: self.size,
            typed: self.sniffer.finish(),
        })
    }

    /// They are not wanted after all.
    pub async fn abort(mut self) {
        if let Err(error) = self.writer.abort().await {
            tracing::debug!(%error, "an unfinished file is left to the sweeper");
        }
    }
}
