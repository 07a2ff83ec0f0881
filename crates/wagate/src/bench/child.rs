//! The measured gateway as its parent sees it: started, looked at, stopped.

use super::{client::Target, server::Hello};
use crate::settings::{Origin, Resolved};
use anyhow::Context as _;
use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

/// Linux counts processor time in hundredths of a second, whatever its clock does.
const MILLIS_PER_TICK: u64 = 10;
/// How long a gateway may take to end by itself.
const ENDS_WITHIN: Duration = Duration::from_secs(20);
/// Settings that are the parent's own business.
const NOT_PASSED: [&str; 8] =
    ["data", "database-url", "listen", "metrics-listen", "master-keys", "operator-token", "node-id", "sandbox-journal"];

/// A running gateway; it is killed when this is dropped.
pub(super) struct Gateway {
    child: Child,
    stdin: Option<ChildStdin>,
    log: PathBuf,
    /// Where it listens, and its key.
    pub(super) target: Target,
}

impl Gateway {
    /// Starts one on `directory` and `database_url`, with what was set for the measurement beside.
    pub(super) async fn start(directory: &Path, database_url: &str, resolved: &Resolved) -> anyhow::Result<Self> {
        let log = directory.join("gateway.log");
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bench-server").arg("--data").arg(directory.join("data"));
        // The password of a database stands in no list of processes.
        command.env("WAGATE_DATABASE_URL", database_url);
        for setting in &resolved.listed {
            let is_set = !matches!(setting.origin, Origin::Default | Origin::Command(_));
            if is_set && !NOT_PASSED.contains(&setting.name.as_str()) {
                command.arg(format!("--{}={}", setting.name, setting.value));
            }
        }
        let errors = File::options().create(true).append(true).open(&log)?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn()?;
        let stdout = child.stdout.take().context("the gateway has no stdout")?;
        let stdin = child.stdin.take();
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).map(|_| line)
        });
        let hello = read.await??;
        let Ok(Hello { address, key }) = serde_json::from_str(&hello) else {
            child.wait()?;
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            anyhow::bail!("the gateway did not start: {}", said.trim());
        };
        Ok(Self { child, stdin, log, target: Target { address, key } })
    }

    /// Its resident memory in KiB.
    pub(super) fn resident_kib(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")
    }

    /// The processor time that it has used.
    pub(super) fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is a name in parentheses, which may hold spaces.
        let (_, rest) = stat.rsplit_once(')').context("no process")?;
        let ticks = rest.split(' ').skip(12).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * MILLIS_PER_TICK))
    }

    /// What it logged as a warning or worse, the last lines.
    pub(super) fn warnings(&self) -> Vec<String> {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let is_bad = |line: &&str| line.contains("\"WARN\"") || line.contains("\"ERROR\"");
        log.lines().filter(is_bad).map(ToOwned::to_owned).collect()
    }

    /// Stops it as a signal would.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.stdin.take());
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            anyhow::ensure!(asked.elapsed() < ENDS_WITHIN, "the gateway does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
