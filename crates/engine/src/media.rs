//! Files that go with messages: stored, typed by their bytes, fetched, read and swept.
//!
//! Bytes come in as a stream into a place of their own in the object store; only then rows are
//! committed that name the place. So a row is never without its bytes, and what a crash leaves are
//! bytes without a row, which the sweeper takes away. Places are never used twice: whoever deletes
//! one cannot meet somebody who begins to use it.

mod base64_data;
mod delete;
mod fetcher;
mod incoming;
mod keep;
mod link;
mod outgoing;
mod read;
mod resolve;
mod sniff;
mod storage;
mod sweeper;
mod upload;

pub use incoming::{Incoming, NotStored};
pub use read::MediaContent;
pub use storage::{MediaPlace, MediaStorage, MediaStorageError, S3Settings};
pub use upload::{FileName, Uploaded};

pub(crate) use fetcher::run as run_fetcher;
pub(crate) use sweeper::run as run_sweeper;
