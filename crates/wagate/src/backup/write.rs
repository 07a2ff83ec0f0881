//! Writing a backup while the gateway runs.

use super::{DATABASE, JOURNAL, MANIFEST, MEDIA, Manifest, media_directory};
use crate::{settings::Settings, system_clock::SystemClock, wiring::connect};
use anyhow::Context as _;
use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Read as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};
use tar::{Builder, Header};
use wagate_engine::sealing::master_keys_in_use;
use wagate_model::Clock as _;
use wagate_store::{migrations, snapshot};

/// Writes a backup to `to`, which must not exist. It is there whole or not at all.
pub async fn write(settings: &Settings, to: &Path) -> anyhow::Result<Manifest> {
    let Some(database) = settings.database_url.sqlite_file() else {
        anyhow::bail!(
            "`wagate backup` copies SQLite alone; of a MySQL database make `mariadb-dump --single-transaction` (or mysqldump), or use mariabackup, and copy the media beside it"
        );
    };
    anyhow::ensure!(database.exists(), "there is no database {}", database.display());
    anyhow::ensure!(!to.exists(), "{} exists already", to.display());
    let (copy, part) = (beside(to, "database"), beside(to, "part"));
    let written = write_parts(settings, &copy, &part).await;
    fs::remove_file(&copy).ok();
    let placed = written.and_then(|manifest| {
        fs::rename(&part, to).with_context(|| format!("cannot make {}", to.display()))?;
        sync_directory_of(to)?;
        Ok(manifest)
    });
    fs::remove_file(&part).ok();
    placed
}

async fn write_parts(settings: &Settings, copy: &Path, part: &Path) -> anyhow::Result<Manifest> {
    drop(private(copy)?);
    let database = connect(settings).await?;
    let schema_version = migrations::version(&database).await.context("the database has no schema yet")?;
    let made_at = SystemClock.now();
    snapshot::write(&database, copy).await.context("cannot copy the database")?;
    let manifest = Manifest::new(schema_version, made_at, master_keys_in_use(&database).await?);
    database.close().await;
    let archive = archive(settings, &manifest, copy, private(part)?);
    archive.with_context(|| format!("cannot write {}", part.display()))?;
    Ok(manifest)
}

/// The database first, then the files: one that a row names was there when the row was copied, unless it
/// was deleted since.
fn archive(settings: &Settings, manifest: &Manifest, copy: &Path, part: File) -> anyhow::Result<()> {
    let mut tar = Builder::new(BufWriter::new(part));
    let text = serde_json::to_vec_pretty(manifest)?;
    append(&mut tar, Path::new(MANIFEST), text.len() as u64, text.as_slice())?;
    append_file(&mut tar, Path::new(DATABASE), copy)?;
    if settings.sandbox_journal.exists() {
        append_file(&mut tar, Path::new(JOURNAL), &settings.sandbox_journal)?;
    }
    let Some(media) = media_directory(settings) else { return finish(tar) };
    for file in files_below(media)? {
        let name = Path::new(MEDIA).join(file.strip_prefix(media)?);
        match append_file(&mut tar, &name, &file) {
            // Retention deleted it meanwhile.
            Err(error) if is_missing(&error) => {}
            appended => appended?,
        }
    }
    finish(tar)
}

fn finish(tar: Builder<BufWriter<File>>) -> anyhow::Result<()> {
    let file = tar.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    Ok(file.sync_all()?)
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// As long as the file is now: one that grows meanwhile is cut.
fn append_file(tar: &mut Builder<BufWriter<File>>, name: &Path, path: &Path) -> anyhow::Result<()> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    append(tar, name, length, file.take(length))
}

fn append(
    tar: &mut Builder<BufWriter<File>>,
    name: &Path,
    length: u64,
    content: impl std::io::Read,
) -> anyhow::Result<()> {
    let mut header = Header::new_gnu();
    header.set_size(length);
    header.set_mode(0o600);
    Ok(tar.append_data(&mut header, name, content)?)
}

pub(super) fn files_below(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut files, mut directories) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = directories.pop() {
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            match entry.file_type()? {
                kind if kind.is_dir() => directories.push(entry.path()),
                kind if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    Ok(files)
}

/// A new file that its owner alone reads: everybody's messages are in it.
fn private(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot make {}", path.display()))
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{what}"));
    PathBuf::from(name)
}

/// Makes a new name in a directory durable.
pub(super) fn sync_directory_of(path: &Path) -> anyhow::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(directory)?.sync_all()?)
}
