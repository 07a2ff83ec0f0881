//! A backup: one tar file with a manifest, a copy of the SQLite database, and files of the data
//! directory. Any `tar` reads it.

mod manifest;
mod read;
mod write;

use crate::settings::{MediaStore, Settings};
use std::path::Path;

pub use manifest::Manifest;
pub use read::{Unpacked, unpack};
pub use write::write;

/// The manifest's name in the file; it is the first entry.
const MANIFEST: &str = "manifest.json";
/// The database's name in the file.
const DATABASE: &str = "wagate.db";
/// The sandbox's journal's name in the file.
const JOURNAL: &str = "sandbox-journal.jsonl";
/// The media directory's name in the file.
const MEDIA: &str = "media";

/// Where media lie, if that is a directory: a bucket is not in a backup.
fn media_directory(settings: &Settings) -> Option<&Path> {
    match &settings.media_store {
        MediaStore::Directory(directory) => Some(directory),
        MediaStore::Bucket(_) => None,
    }
}
