//! `contact_imports` and their chunks: files of contacts on their way in.

use crate::{
    Database, Result, StoreError, Tx,
    row::Row,
    sql::{On, sql},
};
use wagate_model::{
    ImportId, Mode, Timestamp, WorkspaceId,
    contact_import::{ContactImport, ImportLine, ImportState},
};

const COLUMNS: &str = "id, workspace_id, mode, state, line_count, created_count, updated_count, unchanged_count, \
    failed_count, finished_at, created_at";

/// Some lines of a file that were not taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChunk {
    /// Its number in the file.
    pub number: u32,
    /// The number of its last line.
    pub last_line: u64,
    /// Its cells, as JSON.
    pub cells: String,
}

/// Adds an import that is being received. `columns` are those of the file, as JSON.
pub async fn insert(tx: &mut Tx, import: &ContactImport, columns: &str) -> Result<()> {
    let text = format!(
        "INSERT INTO contact_imports ({COLUMNS}, columns_in, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    sql(text)
        .bind(import.id)
        .bind(import.workspace_id)
        .bind(import.mode)
        .bind(import.state)
        .bind_all([import.lines, import.created, import.updated, import.unchanged, import.failed].map(signed))
        .bind(import.finished_at)
        .bind(import.created_at)
        .bind(columns)
        .bind(import.created_at)
        .run(tx)
        .await
        .map(drop)
}

/// Adds a chunk to an import that is being received.
pub async fn add_chunk(
    tx: &mut Tx,
    (workspace_id, id): (WorkspaceId, ImportId),
    chunk: ImportChunk,
    now: Timestamp,
) -> Result<()> {
    sql("INSERT INTO contact_import_chunks (import_id, number, workspace_id, last_line, failed_count, cells) VALUES (?, ?, ?, ?, 0, ?)")
        .bind(id)
        .bind(chunk.number)
        .bind(workspace_id)
        .bind(signed(chunk.last_line))
        .bind(chunk.cells)
        .run(tx)
        .await?;
    sql("UPDATE contact_imports SET updated_at = ? WHERE id = ? AND workspace_id = ?")
        .bind(now)
        .bind(id)
        .bind(workspace_id)
        .run(tx)
        .await
        .map(drop)
}

/// The import, if the workspace has it in this mode and all of it is here.
pub async fn find(
    on: impl Into<On<'_>>,
    workspace_id: WorkspaceId,
    mode: Mode,
    id: ImportId,
) -> Result<Option<ContactImport>> {
    let text = format!(
        "SELECT {COLUMNS} FROM contact_imports WHERE id = ? AND workspace_id = ? AND mode = ? AND state <> 'receiving'"
    );
    sql(text).bind(id).bind(workspace_id).bind(mode).optional(on).await?.as_ref().map(read).transpose()
}

/// The import and the columns of its file, kept from being changed by others until the commit.
pub async fn lock_any_workspace(tx: &mut Tx, id: ImportId) -> Result<Option<(ContactImport, String)>> {
    let words = tx.dialect().for_update();
    let text = format!("SELECT {COLUMNS}, columns_in FROM contact_imports WHERE id = ? {words}");
    let row = sql(text).bind(id).optional(tx).await?;
    row.map(|row| Ok((read(&row)?, row.text("columns_in")?))).transpose()
}

/// Writes how far an import is.
pub async fn save(tx: &mut Tx, import: &ContactImport, now: Timestamp) -> Result<()> {
    sql("UPDATE contact_imports SET state = ?, line_count = ?, created_count = ?, updated_count = ?, unchanged_count = ?, \
         failed_count = ?, finished_at = ?, updated_at = ? WHERE id = ? AND workspace_id = ?")
    .bind(import.state)
    .bind_all([import.lines, import.created, import.updated, import.unchanged, import.failed].map(signed))
    .bind(import.finished_at)
    .bind(now)
    .bind(import.id)
    .bind(import.workspace_id)
    .run(tx)
    .await
    .map(drop)
}

/// Imports that are running, those that waited longest first.
pub async fn running_any_workspace(database: &Database, limit: u32) -> Result<Vec<ImportId>> {
    let statement = sql("SELECT id FROM contact_imports WHERE state = 'running' ORDER BY updated_at").limit(limit);
    statement.all(database).await?.iter().map(|row| row.word("id")).collect()
}

/// The first of an import's chunks that was not taken yet.
pub async fn next_chunk(tx: &mut Tx, workspace_id: WorkspaceId, id: ImportId) -> Result<Option<ImportChunk>> {
    let text = "SELECT number, last_line, cells FROM contact_import_chunks WHERE import_id = ? AND workspace_id = ? \
                AND results IS NULL ORDER BY number LIMIT 1";
    let row = sql(text).bind(id).bind(workspace_id).optional(tx).await?;
    row.map(|row| {
        Ok(ImportChunk {
            number: row.count("number")?,
            last_line: unsigned(&row, "last_line")?,
            cells: row.text("cells")?,
        })
    })
    .transpose()
}

/// Writes what became of a chunk's lines, and forgets their cells.
pub async fn finish_chunk(
    tx: &mut Tx,
    (workspace_id, id): (WorkspaceId, ImportId),
    (number, failed): (u32, u32),
    results: &[ImportLine],
) -> Result<()> {
    let results = serde_json::to_string(results)
        .map_err(|error| StoreError::Unreadable { column: "results".to_owned(), detail: error.to_string() })?;
    sql("UPDATE contact_import_chunks SET results = ?, failed_count = ?, cells = NULL WHERE import_id = ? AND number = ? AND workspace_id = ?")
        .bind(results)
        .bind(failed)
        .bind(id)
        .bind(number)
        .bind(workspace_id)
        .run(tx)
        .await
        .map(drop)
}

/// What became of the lines of the first chunk that has lines after `line`; of one with failed lines
/// if `only_failed`. With the number of its last line.
pub async fn results_after(
    database: &Database,
    workspace_id: WorkspaceId,
    id: ImportId,
    (line, only_failed): (u64, bool),
) -> Result<Option<(u64, Vec<ImportLine>)>> {
    let failed = if only_failed { "AND failed_count > 0" } else { "" };
    let text = format!(
        "SELECT last_line, results FROM contact_import_chunks WHERE import_id = ? AND workspace_id = ? AND last_line > ? \
         AND results IS NOT NULL {failed} ORDER BY number LIMIT 1"
    );
    let row = sql(text).bind(id).bind(workspace_id).bind(signed(line)).optional(database).await?;
    row.map(|row| Ok((unsigned(&row, "last_line")?, row.json("results")?))).transpose()
}

/// Imports in this state that nothing happened to since `before`.
pub async fn stale_any_workspace(
    database: &Database,
    state: ImportState,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<ImportId>> {
    let statement = sql("SELECT id FROM contact_imports WHERE state = ? AND updated_at < ? ORDER BY updated_at");
    let rows = statement.bind(state).bind(before).limit(limit).all(database).await?;
    rows.iter().map(|row| row.word("id")).collect()
}

/// Deletes an import with its report.
pub async fn delete_any_workspace(tx: &mut Tx, id: ImportId) -> Result<()> {
    sql("DELETE FROM contact_import_chunks WHERE import_id = ?").bind(id).run(tx).await?;
    sql("DELETE FROM contact_imports WHERE id = ?").bind(id).run(tx).await.map(drop)
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row, column: &str) -> Result<u64> {
    u64::try_from(row.int(column)?)
        .map_err(|error| StoreError::Unreadable { column: column.to_owned(), detail: error.to_string() })
}

fn read(row: &Row) -> Result<ContactImport> {
    Ok(ContactImport {
        id: row.word("id")?,
        workspace_id: row.word("workspace_id")?,
        mode: row.word("mode")?,
        state: row.word("state")?,
        lines: unsigned(row, "line_count")?,
        created: unsigned(row, "created_count")?,
        updated: unsigned(row, "updated_count")?,
        unchanged: unsigned(row, "unchanged_count")?,
        failed: unsigned(row, "failed_count")?,
        finished_at: row.opt_time("finished_at")?,
        created_at: row.time("created_at")?,
    })
}
