//! A database of each dialect for one test, and the rows that other rows need.

use futures_util::FutureExt as _;
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock},
};
use wagate_model::{
    Account, AccountId, AccountStatus, Clock, IdSource, Mode, ProviderKind, Scope, Tier, Timestamp, WorkspaceId,
    tier::LimitOverrides,
    workspace::{ApiKey, Workspace},
};
use wagate_store::{Database, DatabaseOptions, Tx, accounts, in_transaction, migrations, sql::sql, workspaces};

/// Tells each story once on SQLite and once on MySQL.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident: $type:ty) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($database: $type) $body

            #[tokio::test]
            async fn on_sqlite() {
                crate::support::on_sqlite(async |database| story(&database).await).await;
            }

            #[tokio::test]
            async fn on_mysql() {
                crate::support::on_mysql(async |database| story(&database).await).await;
            }
        }
    )+};
}

/// Tells a story on a new SQLite file.
pub(crate) async fn on_sqlite(story: impl AsyncFnOnce(Database)) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("wagate.db");
    let database = connect(&format!("sqlite:{}", path.display())).await;
    migrations::migrate(&database).await.unwrap();
    story(database.clone()).await;
    database.close().await;
}

/// Tells a story on a new MySQL database, which is dropped at the end whatever happened.
#[expect(clippy::print_stderr, reason = "a half that is not tested must be seen")]
pub(crate) async fn on_mysql(story: impl AsyncFnOnce(Database)) {
    let Some(server) = mysql_url() else {
        eprintln!("NOT TESTED ON MYSQL: TEST_MYSQL_URL is not set. scripts/test sets it.");
        return;
    };
    let name = format!("store_{:016x}", random());
    let root = connect(&format!("{server}/mysql")).await;
    run(&root, &format!("CREATE DATABASE {name}")).await;
    let database = connect(&format!("{server}/{name}")).await;
    let told = AssertUnwindSafe(async {
        migrations::migrate(&database).await.unwrap();
        story(database.clone()).await;
    });
    let outcome = told.catch_unwind().await;
    database.close().await;
    run(&root, &format!("DROP DATABASE {name}")).await;
    root.close().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings but this one")]
fn mysql_url() -> Option<String> {
    std::env::var("TEST_MYSQL_URL").ok().map(|url| url.trim_end_matches('/').to_owned())
}

async fn connect(url: &str) -> Database {
    Database::connect(&DatabaseOptions { url: url.to_owned(), connections: 8 }).await.unwrap()
}

async fn run(database: &Database, statement: &str) {
    let mut tx = database.begin().await.unwrap();
    sql(statement).run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

/// Differs in every process and call.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        NOON
    }
}

/// When everything happens, unless a story says otherwise.
pub(crate) const NOON: Timestamp = Timestamp(1_763_812_800_123);

static IDS: LazyLock<IdSource> = LazyLock::new(|| IdSource::new(Arc::new(Noon), || u128::from(random())));

/// The next id, greater than every earlier one.
pub(crate) fn id<T: From<ulid::Ulid>>() -> T {
    IDS.next()
}

/// Text that a wrong character set, padding or collation would change.
pub(crate) const HARD_TEXT: &str = "Räksmörgås 🦐👩🏽‍🚀 \"'\\%_ Ωß  ";

/// Runs statements in a transaction of their own and commits it.
macro_rules! committed {
    ($database:expr, |$tx:ident| $body:expr) => {
        wagate_store::in_transaction!($database, |$tx| $body).unwrap()
    };
}

/// A workspace that is not stored yet.
pub(crate) fn new_workspace(name: &str) -> Workspace {
    Workspace {
        id: id(),
        name: name.to_owned(),
        tier: Tier::Starter,
        overrides: LimitOverrides::default(),
        limits: Tier::Starter.limits(),
        is_suspended: false,
        suspended_reason: None,
        created_at: NOON,
        updated_at: NOON,
    }
}

/// A stored workspace.
pub(crate) async fn workspace(database: &Database) -> WorkspaceId {
    let workspace = new_workspace("Acme");
    in_transaction!(database, |tx| workspaces::insert(tx, &workspace).await).unwrap();
    workspace.id
}

/// An account that is not stored yet.
pub(crate) fn new_account(workspace_id: WorkspaceId, mode: Mode) -> Account {
    Account {
        id: id(),
        workspace_id,
        mode,
        provider: if mode == Mode::Test { ProviderKind::Sandbox } else { ProviderKind::CloudApi },
        name: HARD_TEXT.to_owned(),
        phone_number: None,
        status: AccountStatus::Disconnected,
        status_reason: None,
        is_wanted: true,
        last_frame_at: None,
        last_ack_at: None,
        pacing: None,
        next_send_at: None,
        created_at: NOON,
        updated_at: NOON,
    }
}

/// Stores an account inside a transaction.
pub(crate) async fn add_account(tx: &mut Tx, account: &Account) -> wagate_store::Result<()> {
    accounts::insert(tx, account).await
}

/// A stored account of mode test.
pub(crate) async fn account(database: &Database, workspace_id: WorkspaceId) -> AccountId {
    let account = new_account(workspace_id, Mode::Test);
    in_transaction!(database, |tx| add_account(tx, &account).await).unwrap();
    account.id
}

/// A key that is not stored yet.
pub(crate) fn new_key(workspace_id: WorkspaceId, mode: Mode) -> ApiKey {
    ApiKey {
        id: id(),
        workspace_id,
        name: HARD_TEXT.to_owned(),
        mode,
        prefix: "gw_test_3kT9".to_owned(),
        last4: "zZ09".to_owned(),
        scopes: vec![Scope::MessagesSend, Scope::KeysWrite],
        account_ids: None,
        created_by: "operator".to_owned(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        replaced_by: None,
        created_at: NOON,
        updated_at: NOON,
    }
}
