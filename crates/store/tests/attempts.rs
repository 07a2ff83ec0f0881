//! Attempts to hand messages to the network, seen through what they protect: nothing reads them
//! yet.

use crate::support::{HARD_TEXT, NOON, account, id, workspace};
use wagate_model::{AccountId, MessageId, Reason, WorkspaceId};
use wagate_store::{
    Database, StoreError,
    attempts::{self, AttemptEnd, NewAttempt},
    in_transaction,
    sql::sql,
};

fn attempt(of: (WorkspaceId, AccountId, MessageId), number: u32) -> NewAttempt {
    NewAttempt {
        message_id: of.2,
        number,
        workspace_id: of.0,
        account_id: of.1,
        node: "node".to_owned(),
        epoch: 7,
        started_at: NOON,
        provider_message_id: Some("3EB0".to_owned()),
    }
}

async fn message(database: &Database) -> (WorkspaceId, AccountId, MessageId) {
    let workspace_id = workspace(database).await;
    let account_id = account(database, workspace_id).await;
    let message_id: MessageId = id();
    let insert = "INSERT INTO message_logs (id, workspace_id, mode, account_id, direction, origin, chat_id, content_type, content, status, \
                  outcome_unknown, attempts, metadata, history, created_at, updated_at) \
                  VALUES (?, ?, 'test', ?, 'outgoing', 'api', '+15550100001', 'text', '{}', 'sending', 0, 0, '{}', '[]', 0, 0)";
    committed!(database, |tx| sql(insert).bind(message_id).bind(workspace_id).bind(account_id).run(tx).await);
    (workspace_id, account_id, message_id)
}

async fn outcome(
    database: &Database,
    message_id: MessageId,
    number: u32,
) -> (Option<String>, Option<String>, Option<String>, bool) {
    let row = sql("SELECT outcome, reason, detail, ended_at FROM message_attempts WHERE message_id = ? AND number = ?")
        .bind(message_id)
        .bind(number);
    let row = row.one(database).await.unwrap();
    (
        row.opt_text("outcome").unwrap(),
        row.opt_text("reason").unwrap(),
        row.opt_text("detail").unwrap(),
        row.opt_time("ended_at").unwrap() == Some(NOON),
    )
}

on_both! {
    async fn attempts_begin_and_end_each_by_itself(database: &Database) {
        let (one, two) = (message(database).await, message(database).await);
        let begun = [attempt(one, 1), attempt(one, 2), attempt(two, 1)];
        committed!(database, |tx| attempts::insert_many(tx, &begun).await);
        let ends = [
            AttemptEnd { message_id: one.2, number: 1, outcome: "failed", reason: Some(Reason::RateLimited), detail: Some(HARD_TEXT.to_owned()), ended_at: NOON },
            AttemptEnd { message_id: two.2, number: 1, outcome: "accepted", reason: None, detail: None, ended_at: NOON },
            // One that never began: nothing.
            AttemptEnd { message_id: two.2, number: 9, outcome: "accepted", reason: None, detail: None, ended_at: NOON },
        ];
        for _ in 0..2 {
            committed!(database, |tx| attempts::end_many(tx, &ends).await);
        }
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(outcome(database, one.2, 1).await, (text("failed"), text("rate_limited"), text(HARD_TEXT), true));
        assert_eq!(outcome(database, one.2, 2).await, (None, None, None, false));
        assert_eq!(outcome(database, two.2, 1).await, (text("accepted"), None, None, true));
    }

    async fn an_attempt_begins_once(database: &Database) {
        let of = message(database).await;
        committed!(database, |tx| attempts::insert_many(tx, &[attempt(of, 1)]).await);
        let again = in_transaction!(database, |tx| attempts::insert_many(tx, &[attempt(of, 2), attempt(of, 1)]).await);
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
        committed!(database, |tx| attempts::insert_many(tx, &[attempt(of, 2)]).await);
        committed!(database, |tx| attempts::insert_many(tx, &[]).await);
    }
}
