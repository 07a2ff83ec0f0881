//! A file of contacts comes in: its bytes become chunks of lines as they arrive, and are never all in
//! memory. Once all of it is durable, the importer takes it.

use super::{
    columns::{Column, columns},
    require_all_accounts,
};
use crate::{
    Engine, Error, audit,
    error::{Result, require, require_active},
};
use serde_json::json;
use wagate_model::{
    Caller, FieldError, ImportId, Scope,
    contact_import::{ContactImport, ImportState},
};
use wagate_store::{
    contact_imports::{self, ImportChunk},
    in_transaction,
};

/// Lines of one chunk, and so of one commit of the importer.
const CHUNK: usize = 500;
/// Most bytes of one chunk's cells, above which it is closed earlier.
const CHUNK_BYTES: usize = 1024 * 1024;
/// Most bytes of one line.
const LONGEST_LINE: usize = 64 * 1024;
/// Most cells of one line.
const MOST_CELLS: usize = 100;
/// Most bytes of a file.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;
/// Most lines of a file.
const MOST_LINES: u64 = 1_000_000;

/// A file on its way in.
pub struct ContactUpload {
    engine: Engine,
    caller: Caller,
    import: ContactImport,
    reader: csv_core::Reader,
    line: Vec<u8>,
    line_length: usize,
    ends: Vec<usize>,
    ends_length: usize,
    columns: Option<Vec<Column>>,
    cells: Vec<Vec<String>>,
    cells_bytes: usize,
    chunks: u32,
    seen: u64,
}

impl Engine {
    /// Begins to take a file of contacts. Needs `contacts:write`.
    pub async fn begin_contact_import(&self, caller: &Caller) -> Result<ContactUpload> {
        require(caller, Scope::ContactsWrite)?;
        require_active(caller)?;
        require_all_accounts(caller)?;
        let import = ContactImport {
            id: self.ids.next::<ImportId>(),
            workspace_id: caller.workspace_id,
            mode: caller.mode,
            state: ImportState::Receiving,
            lines: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            failed: 0,
            finished_at: None,
            created_at: self.clock.now(),
        };
        Ok(ContactUpload {
            engine: self.clone(),
            caller: caller.clone(),
            import,
            reader: csv_core::Reader::new(),
            line: vec![0; LONGEST_LINE],
            line_length: 0,
            ends: vec![0; MOST_CELLS],
            ends_length: 0,
            columns: None,
            cells: Vec::new(),
            cells_bytes: 0,
            chunks: 0,
            seen: 0,
        })
    }
}

impl ContactUpload {
    /// Takes the next bytes of the file.
    ///
    /// # Errors
    ///
    /// `Invalid` if the file cannot be taken: its header, its size, or a line that does not end.
    pub async fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.seen += bytes.len() as u64;
        if self.seen > LARGEST_FILE {
            return Err(too_large("A file has at most 64 MiB."));
        }
        let mut rest = bytes;
        // No bytes would mean the end of the file.
        while !rest.is_empty() {
            let taken = self.read(rest).await?;
            rest = &rest[taken..];
        }
        Ok(())
    }

    /// The file is whole: it is durable when this returns, and its lines will be taken.
    pub async fn finish(mut self) -> Result<ContactImport> {
        // The last line may have no end of its own.
        self.read(&[]).await?;
        if self.columns.is_none() {
            return Err(Error::invalid(FieldError::required("address")));
        }
        self.close_chunk().await?;
        let now = self.engine.clock.now();
        let import = ContactImport { state: ImportState::Running, ..self.import };
        in_transaction!(self.engine.database, |tx| {
            contact_imports::save(tx, &import, now).await?;
            let detail = json!({ "lines": import.lines });
            audit::record(tx, &self.engine, &self.caller, "contacts.imported", import.id, detail).await
        })?;
        Ok(import)
    }

    /// Forgets what came. Without this, an hour does.
    pub async fn discard(self) {
        let id = self.import.id;
        let deleted = in_transaction!(self.engine.database, |tx| contact_imports::delete_any_workspace(tx, id).await);
        if let Err(error) = deleted {
            tracing::warn!(%error, "a file of contacts that was not taken is left for the cleaner");
        }
    }

    /// Reads up to the end of a line, or of the bytes; answers how many it read.
    async fn read(&mut self, bytes: &[u8]) -> Result<usize> {
        let (result, taken, written, ended) =
            self.reader.read_record(bytes, &mut self.line[self.line_length..], &mut self.ends[self.ends_length..]);
        self.line_length += written;
        self.ends_length += ended;
        match result {
            csv_core::ReadRecordResult::InputEmpty | csv_core::ReadRecordResult::End => {}
            csv_core::ReadRecordResult::Record => self.end_line().await?,
            csv_core::ReadRecordResult::OutputFull | csv_core::ReadRecordResult::OutputEndsFull => {
                let number = self.import.lines + 2;
                return Err(too_large(&format!(
                    "Line {number} has more than 64 KiB or 100 cells; perhaps a quotation mark is not closed."
                )));
            }
        }
        Ok(taken)
    }

    async fn end_line(&mut self) -> Result<()> {
        let mut from = 0;
        let mut cells = Vec::with_capacity(self.ends_length);
        for end in &self.ends[..self.ends_length] {
            // What is no UTF-8 becomes a mark that no rule takes for an address; elsewhere it is kept.
            cells.push(String::from_utf8_lossy(&self.line[from..*end]).into_owned());
            from = *end;
        }
        let length = self.line_length;
        (self.line_length, self.ends_length) = (0, 0);
        if self.columns.is_none() {
            return self.begin(&cells).await;
        }
        self.import.lines += 1;
        if self.import.lines > MOST_LINES {
            return Err(too_large("A file has at most 1,000,000 lines."));
        }
        self.cells.push(cells);
        self.cells_bytes += length;
        if self.cells.len() == CHUNK || self.cells_bytes > CHUNK_BYTES {
            self.close_chunk().await?;
        }
        Ok(())
    }

    async fn begin(&mut self, header: &[String]) -> Result<()> {
        let columns = columns(header).map_err(Error::Invalid)?;
        let text = serde_json::to_string(&columns).map_err(Error::internal)?;
        in_transaction!(self.engine.database, |tx| contact_imports::insert(tx, &self.import, &text).await)?;
        self.columns = Some(columns);
        Ok(())
    }

    async fn close_chunk(&mut self) -> Result<()> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let chunk = ImportChunk {
            number: self.chunks,
            last_line: self.import.lines + 1,
            cells: serde_json::to_string(&std::mem::take(&mut self.cells)).map_err(Error::internal)?,
        };
        let (whose, now) = ((self.import.workspace_id, self.import.id), self.engine.clock.now());
        in_transaction!(self.engine.database, |tx| contact_imports::add_chunk(tx, whose, chunk.clone(), now).await)?;
        self.chunks += 1;
        self.cells_bytes = 0;
        Ok(())
    }
}

fn too_large(detail: &str) -> Error {
    Error::invalid(FieldError::new("", "too_long", detail))
}
