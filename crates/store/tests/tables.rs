//! The schema's tables as a whole.

use crate::support::NOON;
use wagate_store::{
    Database,
    dialect::Dialect,
    nodes::{self, Node},
    sql::sql,
    tables,
};

on_both! {
    async fn every_table_is_counted(database: &Database) {
        let node = Node { id: "a".to_owned(), version: "0.1.0".to_owned(), started_at: NOON, seen_at: NOON };
        committed!(database, |tx| nodes::put(tx, &node).await);
        let counts = tables::count_rows_any_workspace(database).await.unwrap();
        assert_eq!((counts["nodes"], counts["workspaces"]), (1, 0));
        let names = match database.dialect() {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Dialect::MySql => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
        };
        let rows = sql(names).all(database).await.unwrap();
        let mut names: Vec<_> = rows.iter().map(|row| row.text("name").unwrap()).collect();
        names.sort();
        assert_eq!(names, counts.into_keys().collect::<Vec<_>>());
    }
}
