//! The schema's tables as a whole.

use crate::{Database, Result, sql::sql};
use std::collections::BTreeMap;

/// Every table of the schema.
const TABLES: &[&str] = &[
    "account_leases",
    "api_keys",
    "audit_log",
    "chats",
    "contact_import_chunks",
    "contact_imports",
    "contacts",
    "endpoint_leases",
    "erasures",
    "event_sequences",
    "events",
    "idempotency_keys",
    "job_turns",
    "media",
    "media_objects",
    "message_attempts",
    "message_counts",
    "message_logs",
    "message_media",
    "nodes",
    "opt_outs",
    "opened_chats",
    "provider_state",
    "rate_limits",
    "restores",
    "schema_migrations",
    "webhook_attempts",
    "webhook_configs",
    "webhook_deliveries",
    "whatsapp_accounts",
    "workspaces",
];

/// How many rows each table has, of all workspaces. It reads whole tables: not for a gateway under load.
pub async fn count_rows_any_workspace(database: &Database) -> Result<BTreeMap<&'static str, u64>> {
    let mut counts = BTreeMap::new();
    for &table in TABLES {
        let rows = sql(format!("SELECT COUNT(*) AS present FROM {table}")).one(database).await?.int("present")?;
        counts.insert(table, u64::try_from(rows).unwrap_or(0));
    }
    Ok(counts)
}
