//! A file of contacts on its way in, and what became of its lines.

use crate::{FieldError, ImportId, Mode, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// The file is on its way; nobody was told of it yet.
    Receiving,
    /// Its lines are being taken.
    Running,
    /// Each line has its outcome.
    Done,
}

crate::text::text_enum!(ImportState { Receiving => "receiving", Running => "running", Done => "done" });

/// An import as its workspace sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ContactImport {
    /// Its id.
    pub id: ImportId,
    /// Its workspace.
    #[serde(skip)]
    pub workspace_id: WorkspaceId,
    /// The half of the workspace it belongs to.
    pub mode: Mode,
    /// How far it is.
    pub state: ImportState,
    /// Its lines, without the header.
    pub lines: u64,
    /// Lines that made a contact.
    pub created: u64,
    /// Lines that changed one.
    pub updated: u64,
    /// Lines that said what was known.
    pub unchanged: u64,
    /// Lines that were not taken.
    pub failed: u64,
    /// When the last line was taken.
    pub finished_at: Option<Timestamp>,
    /// When the file began to come.
    pub created_at: Timestamp,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineOutcome {
    /// It made a contact.
    Created,
    /// It changed one.
    Updated,
    /// It said what was known.
    Unchanged,
    /// It was not taken.
    Failed,
}

crate::text::text_enum!(LineOutcome {
    Created => "created",
    Updated => "updated",
    Unchanged => "unchanged",
    Failed => "failed",
});

/// One line of an import's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportLine {
    /// Its number; the header is 1, and blank lines do not count.
    pub line: u64,
    /// What became of it.
    pub outcome: LineOutcome,
    /// The address of its contact.
    #[serde(default)]
    pub address: Option<String>,
    /// What is wrong with it, by column.
    #[serde(default)]
    pub errors: Vec<LineFault>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineFault {
    /// The column.
    pub field: String,
    /// Stable code, as those of fields in bodies.
    pub code: String,
    /// What was expected, in one sentence.
    pub detail: String,
}

impl From<FieldError> for LineFault {
    fn from(fault: FieldError) -> Self {
        Self { field: fault.field, code: fault.code.to_owned(), detail: fault.detail }
    }
}
