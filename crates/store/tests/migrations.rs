//! Migrations, and what the schema promises.

use crate::support::{HARD_TEXT, new_workspace};
use wagate_model::tier::Tiers;
use wagate_store::{Database, StoreError, migrations, sql::sql, workspaces};

on_both! {
    async fn a_second_run_changes_nothing(database: &Database) {
        let workspace = new_workspace("Acme");
        committed!(database, |tx| workspaces::insert(tx, &workspace).await);
        assert!(migrations::is_current(database).await.unwrap());
        assert_eq!(migrations::migrate(database).await.unwrap(), Vec::<&str>::new());
        assert!(migrations::is_current(database).await.unwrap());
        assert_eq!(workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap(), Some(workspace));
    }

    async fn a_newer_schema_is_refused(database: &Database) {
        committed!(database, |tx| sql("INSERT INTO schema_migrations (version, name) VALUES (9999, 'later')").run(tx).await);
        let refused = migrations::migrate(database).await;
        assert!(matches!(refused, Err(StoreError::Schema(_))), "{refused:?}");
        assert!(!migrations::is_current(database).await.unwrap());
    }

    async fn texts_keep_every_character_and_differ_by_case_and_accent(database: &Database) {
        for name in [HARD_TEXT, "x", "x ", "X", "𝓍\u{301}", "\u{1f44d}\u{1f3fd}"] {
            let workspace = new_workspace(name);
            committed!(database, |tx| workspaces::insert(tx, &workspace).await);
            let found = workspaces::find(database, &Tiers::default(), workspace.id).await.unwrap().unwrap();
            assert_eq!(found.name, name);
            assert_eq!(found.name.len(), name.len());
        }
        let count = async |name: &str| {
            let row = sql("SELECT COUNT(*) AS present FROM workspaces WHERE name = ?").bind(name).one(database).await.unwrap();
            row.int("present").unwrap()
        };
        assert_eq!((count("X").await, count("\u{1f44d}").await), (1, 0));
    }

    async fn the_databases_clock_is_the_present(database: &Database) {
        let (first, second) = (database.now().await.unwrap(), database.now().await.unwrap());
        assert!(first.0 > 1_700_000_000_000, "{first} is after 2023");
        assert!(second.0 < 32_503_680_000_000, "{second} is before the year 3000");
    }
}
