//! What `message_counts` says: messages by hour or day, account, status and reason. Messages themselves
//! are not read, so that it costs the same however many there are.

use crate::{
    Database, Result,
    messages::HOUR_MS,
    sql::{marks, sql},
};
use wagate_model::{AccountId, Mode, Reason, Status, Timestamp, WorkspaceId};

/// Which messages are counted, and by what. They are always counted by status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountQuery {
    /// From the hour that begins then.
    pub from: Timestamp,
    /// To the hour that begins then, without it.
    pub to: Timestamp,
    /// Only of these accounts.
    pub account_ids: Option<Vec<AccountId>>,
    /// Only with this status.
    pub status: Option<Status>,
    /// Only with this reason.
    pub reason: Option<Reason>,
    /// By time.
    pub span: Span,
    /// By account.
    pub by_account: bool,
    /// By reason.
    pub by_reason: bool,
    /// At most so many.
    pub limit: u32,
}

/// What stretches of time messages are counted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Span {
    /// All together.
    #[default]
    All,
    /// By hour.
    Hour,
    /// By day, where the clocks are so many hours ahead of UTC.
    Day {
        /// The hours.
        ahead: i8,
    },
}

/// A group of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedMessages {
    /// When its hour or day begins, where that is asked for.
    pub from: Option<Timestamp>,
    /// Its account, where that is asked for.
    pub account_id: Option<AccountId>,
    /// Their status.
    pub status: Status,
    /// Why they ended so, where that is asked for and there is a reason.
    pub reason: Option<Reason>,
    /// How many they are.
    pub messages: i64,
}

impl Span {
    /// The hour in which the group of an hour's messages begins, as SQL.
    fn start(self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Hour => Some("hour".to_owned()),
            Self::Day { ahead } => Some(format!("(hour - (hour + ({ahead})) % 24)")),
        }
    }
}

/// Counts a workspace's messages of one mode, in the order of time, account, status and reason. Groups
/// without messages are left out.
pub async fn count_messages(
    database: &Database,
    workspace_id: WorkspaceId,
    mode: Mode,
    query: &CountQuery,
) -> Result<Vec<CountedMessages>> {
    let start = query.span.start();
    let groups = [
        ("from_hour", start.as_deref()),
        ("by_account", query.by_account.then_some("account_id")),
        ("by_status", Some("status")),
        ("by_reason", query.by_reason.then_some("reason")),
    ];
    let columns: Vec<_> = groups.iter().map(|(name, what)| format!("{} AS {name}", what.unwrap_or("NULL"))).collect();
    let names: Vec<_> = groups.iter().filter(|(_, what)| what.is_some()).map(|(name, _)| *name).collect();
    let mut statement = sql(format!(
        "SELECT {}, CAST(SUM(CASE WHEN has_left = 1 THEN -messages ELSE messages END) AS SIGNED) AS present \
         FROM message_counts WHERE workspace_id = ? AND mode = ? AND hour >= ? AND hour < ?",
        columns.join(", ")
    ))
    .bind(workspace_id)
    .bind(mode)
    .bind(query.from.0.div_euclid(HOUR_MS))
    .bind(query.to.0.div_euclid(HOUR_MS));
    if let Some(only) = &query.account_ids {
        if only.is_empty() {
            return Ok(Vec::new());
        }
        statement = statement.and(&format!("AND account_id IN ({})", marks(only.len()))).bind_all(only.iter());
    }
    if let Some(status) = query.status {
        statement = statement.and("AND status = ?").bind(status);
    }
    if let Some(reason) = query.reason {
        statement = statement.and("AND reason = ?").bind(reason);
    }
    let names = names.join(", ");
    let statement = statement.and(&format!("GROUP BY {names} HAVING present <> 0 ORDER BY {names}")).limit(query.limit);
    let rows = statement.all(database).await?;
    rows.iter()
        .map(|row| {
            Ok(CountedMessages {
                from: row.opt_int("from_hour")?.map(|hour| Timestamp(hour * HOUR_MS)),
                account_id: row.opt_word("by_account")?,
                status: row.word("by_status")?,
                reason: row
                    .opt_text("by_reason")?
                    .filter(|reason| !reason.is_empty())
                    .map(|_| row.word("by_reason"))
                    .transpose()?,
                messages: row.int("present")?,
            })
        })
        .collect()
}
