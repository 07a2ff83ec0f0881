//! The machine that the figures are of.

use serde::Serialize;
use std::{
    fs::{File, read_to_string},
    io::Write as _,
    path::Path,
    time::Instant,
};

/// How many small writes are synced to see what one costs.
const SYNCS: u32 = 200;

/// What about the machine decides the figures.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    /// Processors that this process may use.
    pub(super) cores: usize,
    /// The processor's name.
    pub(super) processor: String,
    /// Memory in GiB.
    pub(super) memory_gib: u64,
    /// The kernel.
    pub(super) kernel: String,
    /// The file system of the temporary directory.
    pub(super) file_system: String,
    /// What one small write and its sync take there, in milliseconds.
    pub(super) sync_ms: f64,
    /// `release`, or `debug`, whose figures say nothing.
    pub(super) build: &'static str,
}

impl Machine {
    pub(super) fn look(directory: &Path) -> anyhow::Result<Self> {
        let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            memory_gib: memory_gib(),
            kernel: kernel.trim().to_owned(),
            file_system: file_system(directory),
            sync_ms: sync_ms(directory)?,
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
        })
    }
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    value.map(|(_, value)| value.trim().to_owned())
}

fn memory_gib() -> u64 {
    let kib = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    kib.trim_end_matches(" kB").parse::<u64>().unwrap_or(0).div_ceil(1024 * 1024)
}

/// The type of the mount that `directory` is on: the longest mount point above it.
fn file_system(directory: &Path) -> String {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mounts = read_to_string("/proc/mounts").unwrap_or_default();
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let (point, kind) = (words.next()?, words.next()?);
        directory.starts_with(point).then_some((point.len(), kind))
    });
    above.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

fn sync_ms(directory: &Path) -> anyhow::Result<f64> {
    let path = directory.join("sync");
    let mut file = File::create(&path)?;
    let began = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 512])?;
        file.sync_data()?;
    }
    let took = began.elapsed();
    std::fs::remove_file(&path)?;
    Ok(took.as_secs_f64() * 1_000.0 / f64::from(SYNCS))
}
