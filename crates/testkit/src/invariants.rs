//! What must hold after every story, whatever it was about.

use crate::wait::eventually;
use std::collections::{BTreeMap, HashMap};
use wagate_model::{HistoryEntry, Status, Timestamp};
use wagate_sandbox::Arrival;
use wagate_store::{Database, row::Row, sql::sql};

/// Work that is due or in flight and would go on if the story did.
const UNDER_WAY: &[(&str, &str)] = &[
    (
        "attempts in flight",
        "SELECT COUNT(*) AS n FROM message_logs WHERE status = 'sending' AND due_at IS NULL AND ? >= 0",
    ),
    (
        "messages that are due",
        "SELECT COUNT(*) AS n FROM message_logs JOIN whatsapp_accounts ON whatsapp_accounts.id = message_logs.account_id \
         WHERE message_logs.status IN ('scheduled', 'queued', 'sending') AND due_at <= ? AND whatsapp_accounts.status = 'connected'",
    ),
    (
        "deliveries that are due",
        "SELECT COUNT(*) AS n FROM webhook_deliveries JOIN webhook_configs ON webhook_configs.id = webhook_deliveries.endpoint_id \
         WHERE webhook_deliveries.status = 'pending' AND due_at <= ? AND is_enabled = 1",
    ),
];

/// Waits until nothing is under way.
pub(crate) async fn nothing_is_under_way(database: &Database, now: Timestamp) {
    for (what, statement) in UNDER_WAY {
        eventually(&format!("no {what}"), async || {
            let count = sql(*statement).bind(now.0).one(database).await.unwrap().int("n").unwrap();
            if count == 0 { Ok(()) } else { Err(format!("there are {count}")) }
        })
        .await;
    }
}

/// Asserts what must hold.
pub(crate) async fn hold(database: &Database, arrivals: &[Arrival], forgets: bool) {
    the_statistics_are_those_of_the_messages(database, forgets).await;
    events_are_numbered_without_gaps(database).await;
    every_delivery_has_its_event(database).await;
    no_status_went_back(database).await;
    every_message_arrived_as_one(arrivals);
}

async fn rows(database: &Database, statement: &str) -> Vec<Row> {
    sql(statement).all(database).await.unwrap()
}

async fn events_are_numbered_without_gaps(database: &Database) {
    let statement = "SELECT workspace_id, mode, COUNT(*) AS events, MIN(sequence) AS first, MAX(sequence) AS last \
                     FROM events GROUP BY workspace_id, mode";
    for row in rows(database, statement).await {
        // Retention takes the first ones away, never one from between.
        let numbers = row.int("last").unwrap() - row.int("first").unwrap() + 1;
        assert_eq!(numbers, row.int("events").unwrap(), "a gap in {}", row.text("workspace_id").unwrap());
    }
}

/// What the counts and the messages themselves say, by everything that is counted by.
const COUNTED: [&str; 2] = [
    "SELECT workspace_id, mode, hour, account_id, status, reason, \
     CAST(SUM(CASE WHEN has_left = 1 THEN -messages ELSE messages END) AS SIGNED) AS present \
     FROM message_counts GROUP BY workspace_id, mode, hour, account_id, status, reason HAVING present <> 0",
    "SELECT workspace_id, mode, CAST((created_at - created_at % 3600000) / 3600000 AS SIGNED) AS hour, account_id, status, \
     CASE WHEN status IN ('failed', 'cancelled', 'expired') THEN reason ELSE '' END AS reason, COUNT(*) AS present \
     FROM message_logs GROUP BY 1, 2, 3, 4, 5, 6",
];

/// Exactly, unless messages were deleted: those are counted on.
async fn the_statistics_are_those_of_the_messages(database: &Database, forgets: bool) {
    let mut both = [BTreeMap::new(), BTreeMap::new()];
    for (statement, groups) in COUNTED.iter().zip(&mut both) {
        for row in rows(database, statement).await {
            let names = ["workspace_id", "mode", "account_id", "status", "reason"];
            let key = (row.int("hour").unwrap(), names.map(|name| row.text(name).unwrap()));
            groups.insert(key, row.int("present").unwrap());
        }
    }
    let [counted, there] = both;
    if forgets {
        let is_right = |group: &_| counted.get(group) >= there.get(group);
        assert!(there.keys().all(is_right), "{counted:?} is counted of {there:?}");
    } else {
        assert_eq!(counted, there, "what is counted, and what is there");
    }
}

async fn every_delivery_has_its_event(database: &Database) {
    let statement = "SELECT d.id FROM webhook_deliveries d LEFT JOIN events e ON e.workspace_id = d.workspace_id \
                     AND e.mode = d.mode AND e.sequence = d.event_sequence WHERE e.id IS NULL";
    let lost: Vec<_> = rows(database, statement).await.iter().map(|row| row.text("id").unwrap()).collect();
    assert_eq!(lost, [""; 0], "deliveries without their event");
}

async fn no_status_went_back(database: &Database) {
    for row in rows(database, "SELECT id, status, history FROM message_logs").await {
        let (id, history) = (row.text("id").unwrap(), row.text("history").unwrap());
        let history: Vec<HistoryEntry> = serde_json::from_str(&history).unwrap();
        let mut statuses: Vec<Status> = history.iter().map(|entry| entry.status).collect();
        statuses.dedup();
        for step in statuses.windows(2) {
            assert!(step[0].may_become(step[1]), "{id} went {statuses:?}");
        }
        assert_eq!(statuses.last().map(ToString::to_string), Some(row.text("status").unwrap()), "{id}");
    }
}

/// A message reaches the network under one id, however often it is tried.
fn every_message_arrived_as_one(arrivals: &[Arrival]) {
    let mut ids = HashMap::new();
    for arrival in arrivals {
        let first = ids.entry(arrival.message_id).or_insert(&arrival.provider_message_id);
        assert_eq!(*first, &arrival.provider_message_id, "{} arrived as two messages", arrival.message_id);
    }
    let new = arrivals.iter().filter(|arrival| arrival.repeat == 0).count();
    assert_eq!(new, ids.len(), "the network knows each message once");
}
