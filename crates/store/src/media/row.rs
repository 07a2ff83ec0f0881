//! A file's row, read and written.

use crate::{
    Result, StoreError,
    row::Row,
    value::{IntoValue, Value},
};
use serde_json::Value as Json;
use wagate_model::{AccountId, Media, Timestamp};

/// What every `SELECT` of files reads.
pub(super) const COLUMNS: &str = "id, workspace_id, mode, account_id, message_id, state, kind, sha256, mime_type, size, \
    filename, source, reason, reason_detail, attempts, due_at, created_at, updated_at";

/// A file with what is kept about fetching it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    /// The file.
    pub media: Media,
    /// The account whose message it came with or goes with.
    pub account_id: Option<AccountId>,
    /// What it is fetched by, while it is pending.
    pub source: Option<Json>,
    /// How often it was tried to fetch it.
    pub attempts: u32,
    /// When it is fetched next, if by the background's job.
    pub due_at: Option<Timestamp>,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

impl MediaRow {
    pub(super) fn read(row: &Row) -> Result<Self> {
        let size = row.opt_int("size")?.map(u64::try_from).transpose().map_err(|error| unreadable("size", &error))?;
        let source = row.opt_text("source")?.map(|text| serde_json::from_str(&text)).transpose();
        let media = Media {
            id: row.word("id")?,
            workspace_id: row.word("workspace_id")?,
            mode: row.word("mode")?,
            state: row.word("state")?,
            kind: row.word("kind")?,
            mime_type: row.opt_text("mime_type")?,
            size,
            sha256: row.opt_text("sha256")?,
            filename: row.opt_text("filename")?,
            message_id: row.opt_word("message_id")?,
            reason: row.opt_word("reason")?,
            reason_detail: row.opt_text("reason_detail")?,
            created_at: row.time("created_at")?,
        };
        Ok(Self {
            media,
            account_id: row.opt_word("account_id")?,
            source: source.map_err(|error| unreadable("source", &error))?,
            attempts: row.count("attempts")?,
            due_at: row.opt_time("due_at")?,
            updated_at: row.time("updated_at")?,
        })
    }
}

fn unreadable(column: &str, detail: &impl ToString) -> StoreError {
    StoreError::Unreadable { column: column.to_owned(), detail: detail.to_string() }
}

/// The columns of a new row, in the order of [`inserted`].
pub(super) const INSERTED: [&str; 18] = [
    "id",
    "workspace_id",
    "mode",
    "account_id",
    "message_id",
    "created_at",
    "filename",
    "state",
    "kind",
    "sha256",
    "mime_type",
    "size",
    "source",
    "reason",
    "reason_detail",
    "attempts",
    "due_at",
    "updated_at",
];

pub(super) fn inserted(row: &MediaRow) -> Vec<Value> {
    let media = &row.media;
    let mut values = vec![
        media.id.into_value(),
        media.workspace_id.into_value(),
        media.mode.into_value(),
        row.account_id.into_value(),
        media.message_id.into_value(),
        media.created_at.into_value(),
        media.filename.clone().into_value(),
    ];
    values.extend(changing(row));
    values
}

/// The columns that change in a file's life, in the order of [`saved`] after the id.
pub(super) const SAVED: [&str; 11] = [
    "state",
    "kind",
    "sha256",
    "mime_type",
    "size",
    "source",
    "reason",
    "reason_detail",
    "attempts",
    "due_at",
    "updated_at",
];

pub(super) fn saved(row: &MediaRow) -> Vec<Value> {
    let mut values = vec![row.media.id.into_value()];
    values.extend(changing(row));
    values
}

fn changing(row: &MediaRow) -> [Value; 11] {
    let media = &row.media;
    [
        media.state.into_value(),
        media.kind.into_value(),
        media.sha256.clone().into_value(),
        media.mime_type.clone().into_value(),
        media.size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)).into_value(),
        row.source.as_ref().map(Json::to_string).into_value(),
        media.reason.into_value(),
        media.reason_detail.clone().into_value(),
        row.attempts.into_value(),
        row.due_at.into_value(),
        row.updated_at.into_value(),
    ]
}
