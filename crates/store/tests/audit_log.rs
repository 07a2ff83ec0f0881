//! The audit log.

use crate::support::{HARD_TEXT, NOON, id, workspace};
use serde_json::json;
use wagate_model::{AuditId, workspace::AuditEntry};
use wagate_store::{Database, Page, audit_log};

fn entry(action: &str) -> AuditEntry {
    AuditEntry {
        id: id::<AuditId>(),
        at: NOON,
        actor: "operator".to_owned(),
        action: action.to_owned(),
        subject: "acc_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned(),
        detail: json!({ "name": { "from": HARD_TEXT, "to": null }, "count": 1.5 }),
        request_id: "req_01jd0c2q4w8v7h3n5k6m9p0r1s".to_owned(),
    }
}

on_both! {
    async fn entries_are_listed_newest_first_to_their_workspace_alone(database: &Database) {
        let (mine, other) = (workspace(database).await, workspace(database).await);
        let (first, second) = (entry("account.created"), entry("account.deleted"));
        committed!(database, |tx| {
            audit_log::insert(tx, mine, &first).await?;
            audit_log::insert(tx, mine, &second).await
        });
        let page = audit_log::list(database, mine, &Page::default()).await.unwrap();
        assert_eq!((page.data, page.has_more), (vec![second, first], false));
        assert_eq!(audit_log::list(database, other, &Page::default()).await.unwrap().data, []);
    }
}
