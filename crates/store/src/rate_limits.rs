//! `rate_limits`: how much of what is limited by time each workspace has used, in one row for each
//! mode and window.
//!
//! Adding to a row locks it until the commit, so whoever adds and then looks decides alone.

use crate::{
    Database, Result, Tx, dialect, in_transaction,
    sql::{On, marks, padded, sql},
    value::{IntoValue, Value},
};
use std::{collections::HashMap, time::Duration};
use wagate_model::{Mode, Timestamp, WorkspaceId};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Requests, by minutes of the database's clock.
    Requests,
    /// Accepted messages, by UTC days.
    Messages,
}

impl Counted {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Messages => "messages",
        }
    }

    /// How long a window is. Windows follow each other since 1970.
    pub const fn window(self) -> Duration {
        match self {
            Self::Requests => Duration::from_mins(1),
            Self::Messages => Duration::from_hours(24),
        }
    }

    /// The start of the window that an instant lies in.
    pub fn window_of(self, at: Timestamp) -> Timestamp {
        let length = i64::try_from(self.window().as_millis()).unwrap_or(i64::MAX);
        Timestamp(at.0.div_euclid(length) * length)
    }
}

/// Whose window of what kind.
pub type Key = (WorkspaceId, Mode);

/// Adds to the windows that start at `window_start`; answers what is used then, this included. The
/// rows stay locked until the commit; take them in the order of their keys.
pub async fn add(
    tx: &mut Tx,
    counted: Counted,
    window_start: Timestamp,
    counts: &[(Key, u32)],
) -> Result<HashMap<Key, u64>> {
    let row = |((workspace_id, mode), count): &(Key, u32)| {
        let kind = counted.as_str().into_value();
        vec![kind, window_start.into_value(), workspace_id.into_value(), mode.into_value(), count.into_value()]
    };
    let suffix = tx.dialect().add_to_existing("kind, window_start, workspace_id, mode", "used");
    let columns = ["kind", "window_start", "workspace_id", "mode", "used"];
    dialect::insert_many(tx, "rate_limits", &columns, &suffix, counts.iter().map(row).collect()).await?;
    let workspaces = padded(counts.iter().map(|((workspace_id, _), _)| *workspace_id));
    let text = format!(
        "SELECT workspace_id, mode, used FROM rate_limits WHERE kind = ? AND window_start = ? AND workspace_id IN ({})",
        marks(workspaces.len())
    );
    let statement = sql(text).bind(counted.as_str()).bind(window_start).bind_all(workspaces);
    let rows = statement.all(tx).await?;
    rows.iter().map(|row| Ok(((row.word("workspace_id")?, row.word("mode")?), unsigned(row.int("used")?)))).collect()
}

/// Takes back what was added in the same transaction and not granted.
pub async fn take_back(
    tx: &mut Tx,
    counted: Counted,
    window_start: Timestamp,
    (workspace_id, mode): Key,
    count: u64,
) -> Result<()> {
    sql("UPDATE rate_limits SET used = used - ? WHERE kind = ? AND window_start = ? AND workspace_id = ? AND mode = ?")
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .bind(counted.as_str())
        .bind(window_start)
        .bind(workspace_id)
        .bind(mode)
        .run(tx)
        .await
        .map(drop)
}

/// A wish for permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Who asks.
    pub key: Key,
    /// How many are wanted.
    pub count: u32,
    /// With fewer than these, none is wanted.
    pub least: u32,
    /// How many a window has.
    pub most: u32,
}

/// Permits of one window, taken out of it for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// How many.
    pub granted: u32,
    /// How many of the window are taken now, these included.
    pub used: u64,
    /// The start of the window.
    pub window_start: Timestamp,
    /// The database's time when it was asked.
    pub now: Timestamp,
}

/// Takes permits out of the present minute: that of the database's clock, unless `at` says otherwise.
pub async fn take_requests(database: &Database, ask: Ask, at: Option<Timestamp>) -> Result<Block> {
    in_transaction!(database, |tx| {
        let now = match at {
            Some(at) => at,
            None => sql(format!("SELECT {} AS now", tx.dialect().now_ms())).one(&mut *tx).await?.time("now")?,
        };
        take(tx, ask, now).await
    })
}

async fn take(tx: &mut Tx, ask: Ask, now: Timestamp) -> Result<Block> {
    let counted = Counted::Requests;
    let window_start = counted.window_of(now);
    let after = add(tx, counted, window_start, &[(ask.key, ask.count)]).await?;
    let after = after.get(&ask.key).copied().unwrap_or(u64::MAX);
    let beyond = after.saturating_sub(ask.most.into()).min(ask.count.into());
    let granted = ask.count - u32::try_from(beyond).unwrap_or(ask.count);
    let granted = if granted < ask.least { 0 } else { granted };
    let back = u64::from(ask.count - granted);
    if back > 0 {
        take_back(tx, counted, window_start, ask.key, back).await?;
    }
    Ok(Block { granted, used: after - back, window_start, now })
}

/// How much of a window is used.
pub async fn used(on: impl Into<On<'_>>, counted: Counted, window_start: Timestamp, key: Key) -> Result<u64> {
    let row = sql("SELECT used FROM rate_limits WHERE kind = ? AND window_start = ? AND workspace_id = ? AND mode = ?")
        .bind(counted.as_str())
        .bind(window_start)
        .bind(key.0)
        .bind(key.1)
        .optional(on)
        .await?;
    row.map_or(Ok(0), |row| row.int("used").map(unsigned))
}

/// Deletes at most `most` rows of the oldest window that started before `before`. Answers how many.
pub async fn delete_older_any_workspace(tx: &mut Tx, counted: Counted, before: Timestamp, most: u32) -> Result<u64> {
    let rows = sql("SELECT window_start, workspace_id FROM rate_limits WHERE kind = ? AND window_start < ? ORDER BY kind, window_start")
        .bind(counted.as_str())
        .bind(before)
        .limit(most)
        .all(&mut *tx)
        .await?;
    let Some(oldest) = rows.first() else { return Ok(0) };
    let oldest = oldest.time("window_start")?;
    let mut workspaces: Vec<Value> = Vec::new();
    for row in &rows {
        if row.time("window_start")? == oldest {
            workspaces.push(row.text("workspace_id")?.into_value());
        }
    }
    let workspaces = padded(workspaces);
    let text = format!(
        "DELETE FROM rate_limits WHERE kind = ? AND window_start = ? AND workspace_id IN ({})",
        marks(workspaces.len())
    );
    sql(text).bind(counted.as_str()).bind(oldest).bind_all(workspaces).run(tx).await
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
