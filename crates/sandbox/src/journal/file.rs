//! The journal's file: opening it, reading it, and cutting off what a crash left half written.

use super::line::{Arrival, Line};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader},
    path::Path,
};

/// Reads every arrival of a journal, repeats too, in the order in which they came. A last line
/// that a crash cut short is left out. May be called while a gateway writes the file.
///
/// # Errors
/// When the file cannot be read, or a line before the last one is damaged (`InvalidData`).
pub fn read(path: impl AsRef<Path>) -> io::Result<Vec<Arrival>> {
    let mut arrivals = Vec::new();
    replay(&File::open(path)?, |line| {
        if let Line::Arrival(arrival) = line {
            arrivals.push(arrival);
        }
    })?;
    Ok(arrivals)
}

/// Opens the journal to append to it, gives each of its lines to `learn`, and cuts off a torn end.
pub(super) fn open(path: &Path, learn: impl FnMut(Line)) -> io::Result<File> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    // The lines hold what was said; the file is its owner's alone.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::new(
            io::ErrorKind::WouldBlock,
            format!("another process writes the sandbox's journal {}", path.display()),
        ),
        TryLockError::Error(error) => error,
    })?;
    let whole = replay(&file, learn)?;
    if file.metadata()?.len() > whole {
        tracing::warn!(path = %path.display(), "cutting off the torn end of the sandbox's journal");
        file.set_len(whole)?;
    }
    file.sync_all()?;
    #[cfg(unix)]
    File::open(parent)?.sync_all()?;
    Ok(file)
}

/// Gives each whole line to `learn`; returns the length in bytes of what is whole.
fn replay(file: &File, mut learn: impl FnMut(Line)) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut text = Vec::new();
    let mut whole = 0;
    let mut damaged = None;
    for number in 1_u64.. {
        text.clear();
        let length = reader.read_until(b'\n', &mut text)?;
        if text.last() != Some(&b'\n') {
            break;
        }
        if let Some(damaged) = damaged {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("line {damaged} of the sandbox's journal is damaged, and it is not the last one"),
            ));
        }
        match serde_json::from_slice(&text) {
            Ok(line) => {
                learn(line);
                whole += length as u64;
            }
            Err(_) => damaged = Some(number),
        }
    }
    Ok(whole)
}
