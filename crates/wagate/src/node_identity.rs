//! The name under which this process holds leases.
//!
//! It is kept in the data directory, so that a process started again finds its own leases. A data
//! directory that was copied to another machine gets a new name there: two nodes of one name would
//! each take the other's leases for its own.

use crate::data_lock::make_directory;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use wagate_model::NodeId;

const FILE: &str = "node-id";

/// The name cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep this node's id in {}", .path.display())]
pub struct NodeIdentityError {
    /// The file in question.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

/// The id kept in `data` for this machine; where there is none, `new` makes one and it is written
/// down. Call it only while holding the directory's lock.
pub fn load_or_make(data: &Path, new: impl FnOnce() -> NodeId) -> Result<NodeId, NodeIdentityError> {
    keep(data, &host_name(), new)
}

fn keep(data: &Path, host: &str, new: impl FnOnce() -> NodeId) -> Result<NodeId, NodeIdentityError> {
    let path = data.join(FILE);
    let failed = |source| NodeIdentityError { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(text) => {
            if let Some(id) = parse(&text, host) {
                return Ok(id);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let id = new();
    make_directory(data).map_err(failed)?;
    fs::write(&path, format!("{id} {host}\n")).map_err(failed)?;
    Ok(id)
}

fn parse(text: &str, host: &str) -> Option<NodeId> {
    let (id, kept_for) = text.trim_end_matches('\n').split_once(' ')?;
    (kept_for == host).then(|| id.parse().ok()).flatten()
}

fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "node_01jd0c2q4w8v7h3n5k6m9p0r1s";
    const SECOND: &str = "node_01jd0c2q4w8v7h3n5k6m9p0r1t";

    fn id(text: &str) -> NodeId {
        text.parse().unwrap()
    }

    #[test]
    fn a_process_started_again_keeps_its_name() {
        let data = tempfile::tempdir().unwrap();
        let data = data.path().join("data");
        assert_eq!(keep(&data, "alpha", || id(FIRST)).unwrap(), id(FIRST));
        assert_eq!(keep(&data, "alpha", || id(SECOND)).unwrap(), id(FIRST));
    }

    #[test]
    fn a_copied_data_directory_gets_a_new_name() {
        let data = tempfile::tempdir().unwrap();
        keep(data.path(), "alpha", || id(FIRST)).unwrap();
        assert_eq!(keep(data.path(), "beta", || id(SECOND)).unwrap(), id(SECOND));
        assert_eq!(keep(data.path(), "beta", || id(FIRST)).unwrap(), id(SECOND));
    }

    #[test]
    fn a_damaged_file_gets_a_new_name() {
        let data = tempfile::tempdir().unwrap();
        for text in ["", "node_1", "acc_01jd0c2q4w8v7h3n5k6m9p0r1s alpha\n"] {
            fs::write(data.path().join(FILE), text).unwrap();
            assert_eq!(keep(data.path(), "alpha", || id(FIRST)).unwrap(), id(FIRST), "{text:?}");
        }
    }
}
