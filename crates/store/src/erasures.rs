//! `erasures`: persons whose data is being erased, and the statements that do it.
//!
//! Each function does a small part and can be done again. What must stay for accounting (ids, counts,
//! statuses, times) stays.

use crate::{
    Database, Result, StoreError, Tx,
    dialect::{Dialect, update_many},
    messages::StoredMessage,
    row::Row,
    sql::{On, marks, padded, sql},
    value::{IntoValue as _, Value},
};
use wagate_model::{
    ChatAddress, Direction, ErasureId, MessageId, Mode, WorkspaceId,
    erasure::{Erasure, ErasureStatus, ErasureStep as Step},
    id::Ulid,
};

/// An erasure with what it needs to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// What is shown.
    pub erasure: Erasure,
    /// Whose data; nothing once it is done.
    pub address: Option<ChatAddress>,
    /// What is done next.
    pub step: Step,
    /// The key of the last row that the step looked at; empty at its beginning.
    pub after: String,
    /// The last event that the step looks at.
    pub last_sequence: i64,
}

impl ErasureRow {
    /// Later messages are not looked at: the person wrote anew.
    pub fn until(&self) -> MessageId {
        MessageId::from(Ulid::from(self.erasure.id))
    }

    /// The address that stands for the person from now on: nobody's, and not made from theirs.
    pub fn stand_in(&self) -> Result<ChatAddress> {
        let text = format!("0{:039}@lid", Ulid::from(self.erasure.id).0);
        text.parse().map_err(|fault: wagate_model::FieldError| StoreError::Unreadable {
            column: "id".to_owned(),
            detail: fault.detail,
        })
    }
}

const COLUMNS: &str =
    "id, workspace_id, mode, address, step, after_key, last_sequence, messages, events, created_at, updated_at";

/// Adds an erasure.
pub async fn insert(tx: &mut Tx, row: &ErasureRow) -> Result<()> {
    let erasure = &row.erasure;
    sql(format!("INSERT INTO erasures ({COLUMNS}) VALUES ({})", marks(11)))
        .bind(erasure.id)
        .bind(erasure.workspace_id)
        .bind(erasure.mode)
        .bind(row.address.as_ref())
        .bind(row.step.as_str())
        .bind(row.after.as_str())
        .bind(row.last_sequence)
        .bind(erasure.messages)
        .bind(erasure.events)
        .bind(erasure.created_at)
        .bind(erasure.updated_at)
        .run(tx)
        .await
        .map(drop)
}

/// One erasure of a workspace and mode.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: ErasureId,
) -> Result<Option<Erasure>> {
    let statement = sql(format!("SELECT {COLUMNS} FROM erasures WHERE id = ? AND workspace_id = ? AND mode = ?"));
    let row = statement.bind(id).bind(workspace_id).bind(mode).optional(on).await?;
    Ok(row.as_ref().map(read).transpose()?.map(|row| row.erasure))
}

/// All that are not done, the oldest first.
pub async fn running_any_workspace(on: impl Into<On<'_>>) -> Result<Vec<ErasureRow>> {
    let rows =
        sql(format!("SELECT {COLUMNS} FROM erasures WHERE address IS NOT NULL ORDER BY id LIMIT 100")).all(on).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ErasureRow> {
    let step: Step = row.word("step")?;
    Ok(ErasureRow {
        erasure: Erasure {
            id: row.word("id")?,
            workspace_id: row.word("workspace_id")?,
            mode: row.word("mode")?,
            status: if step == Step::Done { ErasureStatus::Done } else { ErasureStatus::Running },
            messages: row.count("messages")?,
            events: row.count("events")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        },
        address: row.opt_word("address")?,
        step,
        after: row.text("after_key")?,
        last_sequence: row.int("last_sequence")?,
    })
}

/// Writes how far it got.
pub async fn save(tx: &mut Tx, row: &ErasureRow) -> Result<()> {
    let text = "UPDATE erasures SET address = ?, step = ?, after_key = ?, last_sequence = ?, messages = ?, events = ?, \
                updated_at = ? WHERE id = ? AND workspace_id = ?";
    sql(text)
        .bind(row.address.as_ref())
        .bind(row.step.as_str())
        .bind(row.after.as_str())
        .bind(row.last_sequence)
        .bind(row.erasure.messages)
        .bind(row.erasure.events)
        .bind(row.erasure.updated_at)
        .bind(row.erasure.id)
        .bind(row.erasure.workspace_id)
        .run(tx)
        .await
        .map(drop)
}

/// Some messages of a chat that have not ended, oldest first, locked until the commit.
pub async fn lock_open_messages(
    tx: &mut Tx,
    (workspace_id, mode): (WorkspaceId, Mode),
    chat: &ChatAddress,
    (after, until): (MessageId, MessageId),
    limit: u32,
) -> Result<Vec<StoredMessage>> {
    let text = "SELECT id FROM message_logs WHERE workspace_id = ? AND mode = ? AND chat_id = ? AND id > ? AND id <= ? \
                AND status IN ('scheduled', 'queued', 'sending') ORDER BY id";
    let statement = sql(text).bind(workspace_id).bind(mode).bind(chat).bind(after).bind(until);
    let rows = statement.limit(limit).all(&mut *tx).await?;
    let ids = rows.iter().map(|row| row.word("id")).collect::<Result<Vec<_>>>()?;
    crate::messages::lock_many_any_workspace(tx, &ids).await
}

/// The next messages after one, and which of them are the person's: to them, from them, in their chat.
pub async fn messages_page(
    database: &Database,
    (workspace_id, mode): (WorkspaceId, Mode),
    address: &ChatAddress,
    (after, until): (&str, MessageId),
    limit: u32,
) -> Result<Vec<(MessageId, bool)>> {
    let text = "SELECT id, CASE WHEN chat_id = ? OR sender = ? OR recipient = ? THEN 1 ELSE 0 END AS is_theirs \
                FROM message_logs WHERE workspace_id = ? AND mode = ? AND id > ? AND id <= ? ORDER BY id";
    let statement = sql(text).bind(address).bind(address).bind(address).bind(workspace_id).bind(mode);
    let rows = statement.bind(after).bind(until).limit(limit).all(database).await?;
    rows.iter().map(|row| Ok((row.word("id")?, row.flag("is_theirs")?))).collect()
}

/// What stands in place of an erased person's content.
pub const ERASED_CONTENT: &str = r#"{"description":"erased"}"#;

/// Takes content, addresses and all free text out of messages and their attempts. `instead` stands for
/// the person from now on, `network_id` makes what is kept of the network's id of an incoming message.
pub async fn erase_messages(
    tx: &mut Tx,
    workspace_id: WorkspaceId,
    ids: &[MessageId],
    (address, instead): (&ChatAddress, &ChatAddress),
    network_id: fn(&str) -> String,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let some = padded(ids.iter().copied());
    let text = format!(
        "SELECT id, direction, chat_id, sender, recipient, provider_message_id FROM message_logs \
         WHERE id IN ({}) AND workspace_id = ? ORDER BY id {}",
        marks(some.len()),
        tx.dialect().for_update()
    );
    let found = sql(text).bind_all(some.iter().copied()).bind(workspace_id).all(&mut *tx).await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        rows.push(erased(row, (address, instead), network_id)?);
    }
    let columns = [
        "chat_id",
        "sender",
        "recipient",
        "content_type",
        "content",
        "metadata",
        "client_ref",
        "reason_detail",
        "provider_message_id",
        "media",
        "relations",
    ];
    update_many(tx, "message_logs", "id", &columns, rows).await?;
    let text = format!(
        "UPDATE message_attempts SET detail = NULL, provider_message_id = NULL WHERE message_id IN ({}) AND workspace_id = ?",
        marks(some.len())
    );
    sql(text).bind_all(some).bind(workspace_id).run(tx).await.map(drop)
}

fn erased(
    row: &Row,
    (address, instead): (&ChatAddress, &ChatAddress),
    network_id: fn(&str) -> String,
) -> Result<Vec<Value>> {
    let place =
        |text: Option<String>| text.map(|text| if text == address.as_str() { instead.to_string() } else { text });
    let is_incoming = row.word::<Direction>("direction")? == Direction::Incoming;
    // What the network says again must be known; what we sent needs no receipts any more.
    let kept_id = row.opt_text("provider_message_id")?.filter(|_| is_incoming);
    Ok(vec![
        row.text("id")?.into_value(),
        place(row.opt_text("chat_id")?).into_value(),
        place(row.opt_text("sender")?).into_value(),
        place(row.opt_text("recipient")?).into_value(),
        "unsupported".into_value(),
        ERASED_CONTENT.into_value(),
        "{}".into_value(),
        Value::Null,
        Value::Null,
        kept_id.map(|id| network_id(&id)).into_value(),
        Value::Null,
        Value::Null,
    ])
}

/// Deletes a person's chats, card and wish for no more messages; of chats, those in which nothing was
/// written since.
pub async fn erase_cards(
    tx: &mut Tx,
    (workspace_id, mode): (WorkspaceId, Mode),
    address: &ChatAddress,
    until: MessageId,
) -> Result<()> {
    for (table, column) in [("contacts", "address"), ("opt_outs", "address")] {
        let text = format!("DELETE FROM {table} WHERE {column} = ? AND workspace_id = ? AND mode = ?");
        sql(text).bind(address).bind(workspace_id).bind(mode).run(&mut *tx).await?;
    }
    sql("DELETE FROM chats WHERE workspace_id = ? AND mode = ? AND chat_id = ? AND last_message_id <= ?")
        .bind(workspace_id)
        .bind(mode)
        .bind(address)
        .bind(until)
        .run(tx)
        .await
        .map(drop)
}

/// Where a person's messages are told of as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The bodies of events.
    Events,
    /// Kept answers.
    Answers,
    /// Details of audit lines.
    Audit,
}

/// One row that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Its key.
    pub key: String,
    /// Its text, if that holds what was looked for.
    pub text: Option<Vec<u8>>,
}

impl Told {
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Events => ("events", "sequence", "body"),
            Self::Answers => ("idempotency_keys", "scope_hash", "response"),
            Self::Audit => ("audit_log", "id", "detail"),
        }
    }

    fn key(self, text: &str) -> Value {
        if self == Self::Events { text.parse().unwrap_or(0_i64).into_value() } else { text.into_value() }
    }
}

/// The next rows after a key, with the texts of those that hold `word`.
pub async fn told_page(
    database: &Database,
    told: Told,
    (workspace_id, mode): (WorkspaceId, Mode),
    word: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<Telling>> {
    let (table, key, column) = told.names();
    let found = format!(
        "SELECT {key} AS row_key, CASE WHEN {{}} INSTR({column}, ?) > 0 THEN {column} END AS told FROM {table}"
    );
    let statement = match told {
        Told::Events => sql(found.replace("{}", ""))
            .bind(word)
            .and("WHERE workspace_id = ? AND mode = ?")
            .bind(workspace_id)
            .bind(mode)
            .and(&format!("AND {key} > ?")),
        Told::Audit => sql(found.replace("{}", ""))
            .bind(word)
            .and("WHERE workspace_id = ?")
            .bind(workspace_id)
            .and(&format!("AND {key} > ?")),
        // By its primary key, through other workspaces' rows: a day's keys have no other order.
        Told::Answers => sql(found.replace("{}", "workspace_id = ? AND is_sealed = 0 AND"))
            .bind(workspace_id)
            .bind(word.as_bytes().to_vec())
            .and(&format!("WHERE {key} > ?")),
    };
    let rows = statement.bind(told.key(after)).and(&format!("ORDER BY {key}")).limit(limit).all(database).await?;
    let read = |row: &Row| {
        let key = if told == Told::Events { row.int("row_key")?.to_string() } else { row.text("row_key")? };
        Ok(Telling { key, text: row.opt_bytes("told")? })
    };
    rows.iter().map(read).collect()
}

/// Puts an erased text in a row's place; with an event, what receivers answered to it goes too.
pub async fn put_told(
    tx: &mut Tx,
    told: Told,
    (workspace_id, mode): (WorkspaceId, Mode),
    key: &str,
    text: Vec<u8>,
) -> Result<()> {
    let (table, name, column) = told.names();
    let value = if told == Told::Answers {
        text.into_value()
    } else {
        String::from_utf8_lossy(&text).into_owned().into_value()
    };
    let mut statement = sql(format!("UPDATE {table} SET {column} = ? WHERE {name} = ? AND workspace_id = ?"));
    statement = statement.bind(value).bind(told.key(key)).bind(workspace_id);
    if told == Told::Events {
        statement = statement.and("AND mode = ?").bind(mode);
    }
    statement.run(&mut *tx).await?;
    if told != Told::Events {
        return Ok(());
    }
    let text = "UPDATE webhook_attempts SET response = NULL WHERE delivery_id IN \
                (SELECT id FROM webhook_deliveries WHERE workspace_id = ? AND mode = ? AND event_sequence = ?)";
    sql(text).bind(workspace_id).bind(mode).bind(told.key(key)).run(tx).await.map(drop)
}

/// The number of the last event.
pub async fn last_sequence(on: impl Into<On<'_>>, workspace_id: WorkspaceId, mode: Mode) -> Result<i64> {
    let text = "SELECT COALESCE((SELECT last FROM event_sequences WHERE workspace_id = ? AND mode = ?), 0) AS last";
    sql(text).bind(workspace_id).bind(mode).one(on).await?.int("last")
}

/// Lets SQLite carry its log over and empty it, so that nothing of what was overwritten stays there.
/// While somebody reads from it, the next time does it.
pub async fn empty_log(database: &Database) -> Result<()> {
    match database.dialect() {
        Dialect::Sqlite => database.script("PRAGMA wal_checkpoint(TRUNCATE)").await,
        Dialect::MySql => Ok(()),
    }
}
