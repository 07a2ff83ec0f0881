//! Unpacking a backup, and putting its parts in place.

use super::{DATABASE, JOURNAL, MANIFEST, MEDIA, Manifest, media_directory, write::sync_directory_of};
use crate::{data_lock::make_directory, settings::Settings, system_clock::SystemClock};
use anyhow::Context as _;
use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Component, Path, PathBuf},
};
use tar::{Archive, EntryType};
use wagate_model::Clock as _;
use wagate_store::{Database, DatabaseOptions, migrations, restored, snapshot};

/// A backup that lies unpacked beside the place where it goes; it is removed when dropped.
#[derive(Debug)]
pub struct Unpacked {
    /// What it says of itself.
    pub manifest: Manifest,
    directory: PathBuf,
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// Unpacks a backup into the data directory, beside what is there.
pub fn unpack(from: &Path, settings: &Settings) -> anyhow::Result<Unpacked> {
    let file = File::open(from).with_context(|| format!("cannot open {}", from.display()))?;
    let directory = settings.data.join("restore.part");
    // What an earlier restore left that was killed.
    fs::remove_dir_all(&directory).ok();
    make_directory(&directory)?;
    let not_one = || format!("{} is not a backup of wagate, or it is damaged", from.display());
    let mut archive = Archive::new(io::BufReader::new(file));
    let mut entries = archive.entries().with_context(not_one)?;
    let first = entries.next().with_context(not_one)?.with_context(not_one)?;
    anyhow::ensure!(first.path()? == Path::new(MANIFEST), not_one());
    let manifest: Manifest = serde_json::from_reader(first).with_context(not_one)?;
    let unpacked = Unpacked { manifest, directory };
    unpacked.manifest.check(migrations::newest())?;
    for entry in entries {
        let mut entry = entry.with_context(not_one)?;
        let name = entry.path()?.into_owned();
        anyhow::ensure!(
            entry.header().entry_type() == EntryType::Regular && is_ours(&name),
            "{} holds {}, which no backup does",
            from.display(),
            name.display()
        );
        let to = unpacked.directory.join(&name);
        make_directory(to.parent().unwrap_or(&unpacked.directory))?;
        let mut file = File::create_new(&to)?;
        io::copy(&mut entry, &mut file).with_context(not_one)?;
        file.sync_all()?;
    }
    anyhow::ensure!(unpacked.directory.join(DATABASE).exists(), not_one());
    Ok(unpacked)
}

/// Whether an entry's name is one that backups have, and leads nowhere else.
fn is_ours(name: &Path) -> bool {
    let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
    is_plain && (name == Path::new(DATABASE) || name == Path::new(JOURNAL) || name.starts_with(MEDIA))
}

impl Unpacked {
    /// Checks the database, brings it to this version's schema, and marks it as restored.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        let path = self.directory.join(DATABASE);
        let path = path.to_str().context("the data directory's path is not Unicode")?;
        let database = Database::connect(&DatabaseOptions { url: format!("sqlite:{path}"), connections: 1 }).await?;
        let faults = snapshot::faults(&database).await.context("the database in the backup cannot be read")?;
        anyhow::ensure!(faults.is_empty(), "the database in the backup is damaged: {}", faults.join("; "));
        migrations::migrate(&database).await.context("cannot migrate the database in the backup")?;
        restored::mark(&database, self.manifest.made_at, SystemClock.now()).await?;
        database.close().await;
        Ok(())
    }

    /// Moves everything to where it belongs, the database last: a restore that is killed before has
    /// changed nothing that matters, and is done again.
    pub fn place(self, settings: &Settings, database: &Path) -> anyhow::Result<()> {
        let (media, place) = (self.directory.join(MEDIA), media_directory(settings));
        for file in super::write::files_below(&media)? {
            let place = place.context("the backup holds media, and `media-store` is no directory")?;
            let to = place.join(file.strip_prefix(&media)?);
            make_directory(to.parent().unwrap_or(&settings.data))?;
            move_to(&file, &to)?;
        }
        let journal = self.directory.join(JOURNAL);
        if journal.exists() {
            make_directory(settings.sandbox_journal.parent().unwrap_or(&settings.data))?;
            move_to(&journal, &settings.sandbox_journal)?;
        }
        make_directory(database.parent().unwrap_or(&settings.data))?;
        // They belong to the database that was there, and would be taken for the new one's.
        for companion in ["-wal", "-shm"] {
            match fs::remove_file(with(database, companion)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        move_to(&self.directory.join(DATABASE), database)?;
        sync_directory_of(database)
    }
}

/// Moves a file, also from one file system to another; what is there is replaced, at once.
fn move_to(from: &Path, to: &Path) -> anyhow::Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    let part = with(to, ".part");
    let moved = fs::copy(from, &part).and_then(|_| File::open(&part)?.sync_all()).and_then(|()| fs::rename(&part, to));
    moved.with_context(|| format!("cannot put {} in place", to.display()))
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_leads_elsewhere_is_none_of_ours() {
        for (name, expected) in [
            ("wagate.db", true),
            ("sandbox-journal.jsonl", true),
            ("media/ab/cd", true),
            ("media/../../etc/passwd", false),
            ("/media/ab", false),
            ("../wagate.db", false),
            ("node-id", false),
        ] {
            assert_eq!(is_ours(Path::new(name)), expected, "{name}");
        }
    }
}
