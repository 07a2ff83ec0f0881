//! A lock file that keeps a second server off the same data.
//!
//! The operating system holds the lock for as long as the process lives and no longer, so a file left
//! behind by a killed process locks nothing.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Why the lock is not ours.
#[derive(Debug, thiserror::Error)]
pub enum DataLockError {
    /// Another process holds it.
    #[error(
        "another wagate{} is running on this data: it holds {}; stop it, or give this one a `--data` directory and a database of its own",
        .pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(), .path.display()
    )]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The holder, where it could be read.
        pid: Option<u32>,
    },
    /// The directory or the file cannot be made, opened or locked.
    #[error("cannot lock {}", .path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// The lock; dropping it, or dying, lets go.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Locks `path`, making the file and its directory (mode 0700) where they are missing.
    pub fn take(path: &Path) -> Result<Self, DataLockError> {
        let failed = |source| DataLockError::Io { path: path.to_owned(), source };
        if let Some(directory) = path.parent() {
            make_directory(directory).map_err(failed)?;
        }
        let mut file = open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataLockError::Held { path: path.to_owned(), pid: read_pid(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        write_pid(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

/// Makes `directory` and its parents, readable for their owner alone: keys and messages lie there.
pub fn make_directory(directory: &Path) -> io::Result<()> {
    if directory.as_os_str().is_empty() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_on_the_same_data_is_refused_until_the_first_lets_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/data/wagate.lock");
        let first = DataLock::take(&path).unwrap();
        let refused = DataLock::take(&path).unwrap_err();
        let message = refused.to_string();
        assert!(message.contains(&format!("(process {})", std::process::id())), "{message}");
        assert!(message.contains(&path.display().to_string()), "{message}");
        drop(first);
        DataLock::take(&path).unwrap();
    }

    #[test]
    fn a_lock_file_left_behind_locks_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("wagate.lock");
        std::fs::write(&path, "4294967295 and more\n").unwrap();
        DataLock::take(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
    }

    #[test]
    fn a_directory_that_cannot_be_made_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = DataLock::take(&file.join("data/wagate.lock")).unwrap_err();
        assert!(matches!(error, DataLockError::Io { .. }), "{error:?}");
    }
}
