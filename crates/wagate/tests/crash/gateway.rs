//! The real binary as a child process: started, killed, stopped, started again.

use crate::stage::say;
use std::{
    fs::{self, File, OpenOptions},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How long a stop may take.
const STOPS_WITHIN: Duration = Duration::from_secs(10);
/// How many lines of the log a failure shows.
const LOG_LINES: usize = 60;

/// How the binary is started, and the process while it runs. Dropping this kills it.
pub(crate) struct Gateway {
    pub(crate) port: u16,
    pub(crate) arguments: Vec<String>,
    pub(crate) variables: Vec<(&'static str, String)>,
    logs: PathBuf,
    child: Option<Child>,
}

impl Gateway {
    /// A gateway that does not run yet; what it prints goes into `logs`.
    pub(crate) fn new(port: u16, logs: &Path) -> Self {
        Self { port, arguments: Vec::new(), variables: Vec::new(), logs: logs.to_owned(), child: None }
    }

    /// Runs a command that ends by itself; answers its stdout.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(output.status.success(), "wagate {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail; answers its stderr.
    pub(crate) fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().unwrap();
        assert!(!output.status.success(), "wagate {arguments:?} did it");
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn start(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let mut command = self.command();
        command.args(&self.arguments).stdout(self.log("stdout")).stderr(self.log("stderr"));
        self.child = Some(command.spawn().unwrap());
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().unwrap();
        let status = child.wait().unwrap();
        if let Some(code) = status.code() {
            panic!("the gateway had ended by itself with code {code}:\n{}", self.log_end());
        }
    }

    /// SIGTERM: it must end by itself, in time, and say that all is well.
    pub(crate) async fn stop_gracefully(&mut self) {
        let mut child = self.child.take().unwrap();
        let asked = Instant::now();
        let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if asked.elapsed() > STOPS_WITHIN {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("the gateway did not stop within {STOPS_WITHIN:?}:\n{}", self.log_end());
            }
            sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(status.code(), Some(0), "{}", self.log_end());
        say(&format!("stopped in {} ms", asked.elapsed().as_millis()));
    }

    /// What it printed on stdout so far.
    pub(crate) fn printed(&self) -> String {
        fs::read_to_string(self.logs.join("stdout")).unwrap_or_default()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wagate"));
        // Unknown variables are refused, and the test's own are not its business.
        command.env_clear().envs(self.variables.iter().cloned()).stdin(Stdio::null()).current_dir(&self.logs);
        command
    }

    fn log(&self, name: &str) -> File {
        OpenOptions::new().create(true).append(true).open(self.logs.join(name)).unwrap()
    }

    fn log_end(&self) -> String {
        let text = fs::read_to_string(self.logs.join("stderr")).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
        if std::thread::panicking() {
            say(&format!("the end of the gateway's log:\n{}", self.log_end()));
        }
    }
}

/// A port that is free now, and outside the range from which connections get theirs: it must still
/// be free when the gateway comes back after a kill.
pub(crate) fn lasting_port() -> u16 {
    let ports = std::iter::repeat_with(|| rand::random_range(12_000..30_000));
    ports.take(200).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}
