//! MariaDB for a test: a database of its own on the shared server, or a server of its own that can
//! be killed.

use crate::{gateway::lasting_port, stage::say};
use std::{
    fs::File,
    io::Read as _,
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::time::sleep;
use wagate_store::{Database, DatabaseOptions, sql::sql};

const STARTS_WITHIN: Duration = Duration::from_mins(1);

/// The server of `TEST_MYSQL_URL`, and the name of this test's database there.
pub(crate) struct SharedServer {
    url: String,
    name: String,
}

impl SharedServer {
    /// `None`, and a word about it, if there is no such server.
    pub(crate) fn find() -> Option<Self> {
        let Some(url) = std::env::var_os("TEST_MYSQL_URL").and_then(|url| url.into_string().ok()) else {
            say("NOT TESTED ON MARIADB: TEST_MYSQL_URL is not set. scripts/test sets it.");
            return None;
        };
        Some(Self { url: url.trim_end_matches('/').to_owned(), name: format!("crash_{:016x}", rand::random::<u64>()) })
    }

    /// Makes the database; answers its URL.
    pub(crate) async fn new_database(&self) -> String {
        run(&self.url, &format!("CREATE DATABASE {}", self.name)).await;
        format!("{}/{}", self.url, self.name)
    }

    pub(crate) async fn drop_database(&self) {
        run(&self.url, &format!("DROP DATABASE {}", self.name)).await;
    }
}

impl Drop for SharedServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("the database {} is left for a look at it", self.name));
        }
    }
}

/// A server of the test's own. Dropping it kills it.
pub(crate) struct MariaDb {
    directory: TempDir,
    port: u16,
    user: String,
    child: Option<Child>,
}

impl MariaDb {
    /// An empty server that does not run yet; `None`, and a word about it, where MariaDB is not
    /// installed.
    pub(crate) fn install() -> Option<Self> {
        if program("mariadbd").is_none() || program("mariadb-install-db").is_none() {
            say("NOT TESTED: MariaDB is not installed. scripts/test installs it.");
            return None;
        }
        let user = Command::new("id").arg("-un").output().unwrap();
        let user = String::from_utf8(user.stdout).unwrap().trim().to_owned();
        let server = Self { directory: tempfile::tempdir().unwrap(), port: lasting_port(), user, child: None };
        let output = Command::new(program("mariadb-install-db").unwrap())
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .args([server.user_flag(), server.flag("datadir", "data")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(server)
    }

    /// Starts it on its data, and waits until it answers.
    pub(crate) async fn start(&mut self) {
        let log = File::options().create(true).append(true).open(self.directory.path().join("log")).unwrap();
        let child = Command::new(program("mariadbd").unwrap())
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve"])
            .args(["--innodb-flush-log-at-trx-commit=1", "--max-connections=200"])
            .args([self.user_flag(), self.flag("datadir", "data"), self.flag("tmpdir", "")])
            .args([self.flag("socket", "sock"), self.flag("pid-file", "pid"), format!("--port={}", self.port)])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let began = Instant::now();
        while !self.greets() {
            assert!(began.elapsed() < STARTS_WITHIN, "MariaDB did not start: {}", self.log());
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.code(), None, "MariaDB had ended by itself: {}", self.log());
    }

    /// SIGTERM, as a restart of the service does; waits until it ended.
    pub(crate) fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(sent.success() && child.wait().unwrap().success(), "MariaDB did not stop well: {}", self.log());
    }

    /// Makes a database; answers its URL.
    pub(crate) async fn new_database(&self) -> String {
        let url = format!("mysql://root@127.0.0.1:{}", self.port);
        run(&url, "CREATE DATABASE crash").await;
        format!("{url}/crash")
    }

    /// Whether a client is greeted.
    fn greets(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.read_exact(&mut [0; 5]).is_ok()
    }

    fn user_flag(&self) -> String {
        format!("--user={}", self.user)
    }

    fn flag(&self, name: &str, file: &str) -> String {
        format!("--{name}={}", self.directory.path().join(file).display())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Where a program lies; servers are not in everybody's `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"].map(PathBuf::from);
    std::env::split_paths(&path).chain(servers).map(|folder| folder.join(name)).find(|file| file.is_file())
}

async fn run(server: &str, statement: &str) {
    let options = DatabaseOptions { url: format!("{server}/mysql"), connections: 1 };
    let database = Database::connect(&options).await.unwrap();
    let mut tx = database.begin().await.unwrap();
    sql(statement).run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    database.close().await;
}
