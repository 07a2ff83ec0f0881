//! A database for one story, thrown away at its end.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use tempfile::TempDir;
use wagate_store::{Database, DatabaseOptions, migrations, sql::sql};

/// Which database a story is told on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary directory.
    Sqlite,
    /// A new database on the server that `TEST_MYSQL_URL` names (`mysql://root@127.0.0.1:3306`).
    MySql,
}

/// The database, migrated, and the directory for all files of a story.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    pub(crate) directory: TempDir,
    pub(crate) url: String,
    /// The server and the name of the database on it.
    mysql: Option<(String, String)>,
}

impl TestDatabase {
    /// Makes it; `None` if the story is to be told on MySQL and there is none.
    pub(crate) async fn make(backend: Backend) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let made = match backend {
            Backend::Sqlite => {
                let url = format!("sqlite:{}", directory.path().join("wagate.db").display());
                Self { directory, url, mysql: None }
            }
            Backend::MySql => {
                let server = mysql_server()?;
                let name = format!("testkit_{:016x}", random());
                run_on(&server, &format!("CREATE DATABASE {name}")).await;
                Self { directory, url: format!("{server}/{name}"), mysql: Some((server, name)) }
            }
        };
        let database = made.connect().await;
        migrations::migrate(&database).await.unwrap();
        database.close().await;
        Some(made)
    }

    pub(crate) async fn connect(&self) -> Database {
        Database::connect(&DatabaseOptions { url: self.url.clone(), connections: 8 }).await.unwrap()
    }

    pub(crate) const fn is_shareable(&self) -> bool {
        self.mysql.is_some()
    }

    /// Drops the database.
    pub(crate) async fn drop(self) {
        if let Some((server, name)) = &self.mysql {
            run_on(server, &format!("DROP DATABASE {name}")).await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings but this one")]
#[expect(clippy::print_stderr, reason = "a half that is not tested must be seen")]
fn mysql_server() -> Option<String> {
    let url = std::env::var("TEST_MYSQL_URL").ok();
    if url.is_none() {
        eprintln!("NOT TESTED ON MYSQL: TEST_MYSQL_URL is not set. scripts/test sets it.");
    }
    url.map(|url| url.trim_end_matches('/').to_owned())
}

async fn run_on(server: &str, statement: &str) {
    let options = DatabaseOptions { url: format!("{server}/mysql"), connections: 1 };
    let root = Database::connect(&options).await.unwrap();
    let mut tx = root.begin().await.unwrap();
    sql(statement).run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    root.close().await;
}

/// Differs in every process and call.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
