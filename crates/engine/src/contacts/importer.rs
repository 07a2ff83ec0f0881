//! The job that takes the lines of files of contacts, a chunk of lines by each commit.
//!
//! A chunk's contacts, its results and the import's counts are one commit: a crash anywhere leaves the
//! chunk whole, to be taken again, or done.

use super::{
    ContactPatch,
    change::row,
    columns::{Column, line},
};
use crate::{Engine, engine::Shared};
use std::{collections::HashMap, time::Duration};
use wagate_model::{
    ChatAddress, Contact, FieldError, ImportId, Timestamp,
    contact_import::{ContactImport, ImportLine, ImportState, LineOutcome},
};
use wagate_store::{
    Result, StoreError, Tx,
    contact_imports::{self, ImportChunk},
    contacts, in_transaction,
};

/// The job's name in logs and metrics.
const NAME: &str = "contact_importer";
/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// How many imports take turns.
const TURNS: u32 = 16;
/// How many looks lie between two cleanings.
const CLEANED_EVERY: u32 = 600;
/// How long a file may be on its way without anything coming.
const ABANDONED_AFTER: Duration = Duration::from_hours(1);
/// How long reports are kept.
const REPORT_KEPT: Duration = Duration::from_hours(30 * 24);

/// Takes lines until the engine stops.
pub(crate) async fn run(engine: Engine) {
    let mut looks = 0_u32;
    while !engine.stop.is_cancelled() {
        match take_turns(&engine).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(job = NAME, %error, "files of contacts wait"),
        }
        if looks.is_multiple_of(CLEANED_EVERY)
            && let Err(error) = clean(&engine).await
        {
            tracing::warn!(job = NAME, %error, "old imports were not deleted");
        }
        looks = looks.wrapping_add(1);
        engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

/// One chunk of each import that is running. Answers whether there was any.
async fn take_turns(engine: &Engine) -> Result<bool> {
    let running = contact_imports::running_any_workspace(&engine.database, TURNS).await?;
    for id in &running {
        if engine.stop.is_cancelled() {
            break;
        }
        in_transaction!(engine.database, |tx| take_chunk(tx, engine, *id).await)?;
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
    }
    Ok(!running.is_empty())
}

async fn take_chunk(tx: &mut Tx, shared: &Shared, id: ImportId) -> Result<()> {
    let Some((mut import, columns)) = contact_imports::lock_any_workspace(tx, id).await? else { return Ok(()) };
    if import.state != ImportState::Running {
        return Ok(());
    }
    let now = shared.clock.now();
    let Some(chunk) = contact_imports::next_chunk(tx, import.workspace_id, id).await? else {
        import.state = ImportState::Done;
        import.finished_at = Some(now);
        return contact_imports::save(tx, &import, now).await;
    };
    let columns: Vec<Column> = read_json("columns_in", &columns)?;
    let results = take_lines(tx, shared, (&import, now), read(&chunk, &columns)?).await?;
    let count = |wanted| results.iter().filter(|line| line.outcome == wanted).count();
    let failed = count(LineOutcome::Failed);
    import.created += count(LineOutcome::Created) as u64;
    import.updated += count(LineOutcome::Updated) as u64;
    import.unchanged += count(LineOutcome::Unchanged) as u64;
    import.failed += failed as u64;
    let failed = u32::try_from(failed).unwrap_or(u32::MAX);
    contact_imports::finish_chunk(tx, (import.workspace_id, id), (chunk.number, failed), &results).await?;
    contact_imports::save(tx, &import, now).await
}

type Line = (u64, std::result::Result<(ChatAddress, ContactPatch), Vec<FieldError>>);

fn read(chunk: &ImportChunk, columns: &[Column]) -> Result<Vec<Line>> {
    let cells: Vec<Vec<String>> = read_json("cells", &chunk.cells)?;
    let first = (chunk.last_line + 1).saturating_sub(cells.len() as u64);
    Ok((first..).zip(cells.iter().map(|cells| line(columns, cells))).collect())
}

fn read_json<T: serde::de::DeserializeOwned>(column: &str, text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Unreadable { column: column.to_owned(), detail: error.to_string() })
}

/// Writes what the lines say on their cards; a number that is there twice is written to twice.
async fn take_lines(
    tx: &mut Tx,
    shared: &Shared,
    (import, now): (&ContactImport, Timestamp),
    lines: Vec<Line>,
) -> Result<Vec<ImportLine>> {
    let mut addresses: Vec<_> = lines.iter().filter_map(|(_, said)| Some(&said.as_ref().ok()?.0)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    let known = contacts::lock_by_addresses(tx, import.workspace_id, import.mode, addresses).await?;
    let mut cards: HashMap<ChatAddress, (Contact, bool)> =
        known.into_iter().map(|contact| (contact.address.clone(), (contact, false))).collect();
    let mut results = Vec::with_capacity(lines.len());
    for (line, said) in lines {
        let (outcome, address, faults) = match said {
            Ok((address, patch)) => {
                let person = (import.workspace_id, import.mode, address.clone());
                match write(&mut cards, patch, || contacts::blank(shared.ids.next(), person, now).contact) {
                    Ok(outcome) => (outcome, Some(address.to_string()), Vec::new()),
                    Err(fault) => (LineOutcome::Failed, Some(address.to_string()), vec![fault]),
                }
            }
            Err(faults) => (LineOutcome::Failed, None, faults),
        };
        results.push(ImportLine { line, outcome, address, errors: faults.into_iter().map(Into::into).collect() });
    }
    let changed = cards.into_values().filter(|(_, is_changed)| *is_changed);
    let rows = changed.map(|(contact, _)| row(Contact { updated_at: now, ..contact })).collect();
    contacts::put_many(tx, rows).await?;
    Ok(results)
}

fn write(
    cards: &mut HashMap<ChatAddress, (Contact, bool)>,
    patch: ContactPatch,
    blank: impl FnOnce() -> Contact,
) -> std::result::Result<LineOutcome, FieldError> {
    let new = blank();
    if let Some((contact, is_changed)) = cards.get_mut(&new.address) {
        let mut after = contact.clone();
        if patch.apply(&mut after)?.is_empty() {
            return Ok(LineOutcome::Unchanged);
        }
        (*contact, *is_changed) = (after, true);
        return Ok(LineOutcome::Updated);
    }
    let mut contact = new;
    patch.apply(&mut contact)?;
    cards.insert(contact.address.clone(), (contact, true));
    Ok(LineOutcome::Created)
}

/// Forgets files that never came whole, and reports that are old.
async fn clean(engine: &Engine) -> Result<()> {
    let now = engine.clock.now();
    for (state, kept) in [(ImportState::Receiving, ABANDONED_AFTER), (ImportState::Done, REPORT_KEPT)] {
        for id in contact_imports::stale_any_workspace(&engine.database, state, now.minus(kept), TURNS).await? {
            in_transaction!(engine.database, |tx| contact_imports::delete_any_workspace(tx, id).await)?;
        }
    }
    Ok(())
}
