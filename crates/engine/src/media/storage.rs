//! The object store: a directory or an S3 bucket.

use object_store::{ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem};
use secrecy::{ExposeSecret as _, SecretString};
use std::{fmt, path::PathBuf, sync::Arc};

/// Where files lie.
#[derive(Debug, Clone)]
pub enum MediaPlace {
    /// In a directory of this machine, made when missing. Of several nodes, all must see it.
    Directory(PathBuf),
    /// In a bucket.
    S3(S3Settings),
}

/// A bucket that speaks S3.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// Its name.
    pub bucket: String,
    /// Its region, such as `eu-central-1`.
    pub region: String,
    /// The server's URL, where it is not Amazon's. `http://` only if this begins so.
    pub endpoint: Option<String>,
    /// The access key's id and secret.
    pub credentials: Option<(String, SecretString)>,
}

/// Files could not be reached or kept.
#[derive(Debug, thiserror::Error)]
#[error("the storage of files did not do it")]
pub struct MediaStorageError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl From<object_store::Error> for MediaStorageError {
    fn from(error: object_store::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<std::io::Error> for MediaStorageError {
    fn from(error: std::io::Error) -> Self {
        Self(Box::new(error))
    }
}

/// The open object store. Cheap to clone.
#[derive(Clone)]
pub struct MediaStorage {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// The directory, if it is one: what broke off there is seen by no listing.
    pub(super) directory: Option<Arc<PathBuf>>,
}

impl fmt::Debug for MediaStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MediaStorage").field(&self.objects.to_string()).finish()
    }
}

impl MediaStorage {
    /// A store that forgets everything, for tests.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self { objects: Arc::new(object_store::memory::InMemory::new()), directory: None }
    }

    /// Opens the place. A bucket is not asked before it is used.
    ///
    /// # Errors
    ///
    /// When the directory cannot be made, or the bucket's settings are not valid.
    pub fn open(place: MediaPlace) -> Result<Self, MediaStorageError> {
        match place {
            MediaPlace::Directory(directory) => {
                std::fs::create_dir_all(&directory)?;
                // What is answered must be on the disk, not on its way there.
                let objects = LocalFileSystem::new_with_prefix(&directory)?.with_fsync(true);
                Ok(Self { objects: Arc::new(objects), directory: Some(Arc::new(directory)) })
            }
            MediaPlace::S3(settings) => Ok(Self { objects: Arc::new(bucket(settings)?), directory: None }),
        }
    }
}

fn bucket(settings: S3Settings) -> Result<object_store::aws::AmazonS3, object_store::Error> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(settings.bucket).with_region(settings.region);
    if let Some(endpoint) = settings.endpoint {
        builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
    }
    if let Some((id, secret)) = settings.credentials {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
    }
    builder.build()
}
