//! Attempts to hand messages to the network (`message_attempts`).

use crate::{Result, Tx, dialect::insert_many as insert_rows, sql::sql, value::IntoValue};
use wagate_model::{AccountId, MessageId, Reason, Timestamp, WorkspaceId};

/// An attempt that begins.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The message.
    pub message_id: MessageId,
    /// Its number, from 1.
    pub number: u32,
    /// The message's workspace.
    pub workspace_id: WorkspaceId,
    /// The account that sends.
    pub account_id: AccountId,
    /// The node that acts.
    pub node: String,
    /// The epoch of the lease under which it acts.
    pub epoch: i64,
    /// When it begins.
    pub started_at: Timestamp,
    /// The network's id that the message has in this attempt.
    pub provider_message_id: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone)]
pub struct AttemptEnd {
    /// The message.
    pub message_id: MessageId,
    /// The attempt's number.
    pub number: u32,
    /// `accepted`, `failed` or `unknown`.
    pub outcome: &'static str,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// What the provider said.
    pub detail: Option<String>,
    /// When.
    pub ended_at: Timestamp,
}

/// Records attempts that begin: the last thing before the network is touched.
pub async fn insert_many(tx: &mut Tx, attempts: &[NewAttempt]) -> Result<()> {
    let columns =
        ["message_id", "number", "workspace_id", "account_id", "node_id", "epoch", "started_at", "provider_message_id"];
    let rows = attempts.iter().map(|attempt| {
        vec![
            attempt.message_id.into_value(),
            attempt.number.into_value(),
            attempt.workspace_id.into_value(),
            attempt.account_id.into_value(),
            attempt.node.as_str().into_value(),
            attempt.epoch.into_value(),
            attempt.started_at.into_value(),
            attempt.provider_message_id.clone().into_value(),
        ]
    });
    insert_rows(tx, "message_attempts", &columns, "", rows.collect()).await
}

/// Records how attempts ended.
pub async fn end_many(tx: &mut Tx, ends: &[AttemptEnd]) -> Result<()> {
    for end in ends {
        sql("UPDATE message_attempts SET ended_at = ?, outcome = ?, reason = ?, detail = ? WHERE message_id = ? AND number = ?")
            .bind(end.ended_at)
            .bind(end.outcome)
            .bind(end.reason)
            .bind(end.detail.clone())
            .bind(end.message_id)
            .bind(end.number)
            .run(tx)
            .await?;
    }
    Ok(())
}
