//! The job that does erasures, one after the other, a small step at a time.

use super::{erased_network_id, redact::Person};
use crate::{Engine, idempotency::ERASED, retention::delete_if_unused};
use std::time::Duration;
use wagate_model::{ChatAddress, erasure::ErasureStep as Step};
use wagate_store::{
    Result,
    erasures::{self, ErasureRow, Told},
    in_transaction, media, turns,
};

/// The job's name in logs, metrics and turns.
const NAME: &str = "erasures";
/// How often it looks by itself, and how often while something is in flight.
const EVERY: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_millis(500);
/// How long a turn lasts without being prolonged.
const TURN: Duration = Duration::from_secs(30);
/// Most rows that are looked at for one transaction.
const BATCH: u32 = 500;
/// The pause after a transaction, so that others come to write.
const PAUSE: Duration = Duration::from_millis(5);

/// Erases until the engine stops.
pub(crate) async fn run(engine: Engine) {
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = engine.bells.erasures.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
        pause = match engine.erase_all().await {
            Ok(true) => EVERY,
            Ok(false) => SOON,
            Err(error) => {
                tracing::warn!(job = NAME, %error, "an erasure could not go on");
                EVERY
            }
        };
    }
}

impl Engine {
    /// Goes on with every erasure that is not done; answers whether all are done.
    async fn erase_all(&self) -> Result<bool> {
        let running = erasures::running_any_workspace(&self.database).await?;
        if running.is_empty() || !turns::take(&self.database, NAME, &self.config.node, TURN).await? {
            return Ok(true);
        }
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        let mut are_done = true;
        for mut row in running {
            are_done &= self.erase(&mut row).await?;
        }
        erasures::empty_log(&self.database).await?;
        Ok(are_done)
    }

    /// Goes on with one; answers whether it is done.
    async fn erase(&self, row: &mut ErasureRow) -> Result<bool> {
        while row.step != Step::Done {
            if self.stop.is_cancelled() {
                return Ok(false);
            }
            let Some(address) = row.address.clone() else { return Ok(true) };
            match row.step {
                Step::Ending if !self.end_open_messages(row).await? => return Ok(false),
                Step::Ending => self.next_step(row, Step::Messages).await?,
                Step::Messages => self.erase_messages(row, &address).await?,
                Step::Events => self.erase_told(row, &address, Told::Events, Step::Answers).await?,
                Step::Answers => self.erase_told(row, &address, Told::Answers, Step::Audit).await?,
                Step::Audit => self.erase_told(row, &address, Told::Audit, Step::Cards).await?,
                Step::Cards => self.erase_cards(row, &address).await?,
                Step::Done => {}
            }
            tokio::time::sleep(PAUSE).await;
            turns::take(&self.database, NAME, &self.config.node, TURN).await?;
        }
        tracing::info!(job = NAME, erasure_id = %row.erasure.id, "a person was erased");
        Ok(true)
    }

    async fn erase_messages(&self, row: &mut ErasureRow, address: &ChatAddress) -> Result<()> {
        let place = (row.erasure.workspace_id, row.erasure.mode);
        let page = erasures::messages_page(&self.database, place, address, (&row.after, row.until()), BATCH).await?;
        let Some((last, _)) = page.last() else {
            // What was recorded of them was recorded before now: their messages are without them.
            row.last_sequence = erasures::last_sequence(&self.database, place.0, place.1).await?;
            return self.next_step(row, Step::Events).await;
        };
        let theirs: Vec<_> = page.iter().filter(|(_, is_theirs)| *is_theirs).map(|(id, _)| *id).collect();
        row.after = last.to_string();
        row.erasure.messages += u32::try_from(theirs.len()).unwrap_or(u32::MAX);
        row.erasure.updated_at = self.clock.now();
        let instead = row.stand_in()?;
        let locations = in_transaction!(self.database, |tx| {
            erasures::erase_messages(tx, place.0, &theirs, (address, &instead), erased_network_id).await?;
            let mut locations = Vec::new();
            for id in media::delete_uses(tx, place.0, &theirs).await? {
                if let Some(row) = media::lock(tx, place.0, id).await? {
                    locations.extend(delete_if_unused(tx, &row).await?.1);
                }
            }
            erasures::save(tx, row).await?;
            Result::Ok(locations)
        })?;
        for location in locations {
            self.remove_object(&location).await;
        }
        Ok(())
    }

    async fn erase_told(&self, row: &mut ErasureRow, address: &ChatAddress, told: Told, next: Step) -> Result<()> {
        let place = (row.erasure.workspace_id, row.erasure.mode);
        let word = format!("\"{address}\"");
        let page = erasures::told_page(&self.database, told, place, &word, &row.after, BATCH).await?;
        if page.is_empty() || told == Told::Events && has_reached(&row.after, row.last_sequence) {
            return self.next_step(row, next).await;
        }
        let instead = row.stand_in()?;
        let person = Person { address, instead: &instead, until: row.until() };
        let mut changed = Vec::new();
        for telling in &page {
            row.after.clone_from(&telling.key);
            let Some(mut value) = telling.text.as_deref().and_then(|text| serde_json::from_slice(text).ok()) else {
                continue;
            };
            if person.take_out_of(&mut value) {
                // An answer without what it told would no longer be one.
                let is_answer = told == Told::Answers && value.is_object();
                let text = if is_answer { ERASED.to_vec() } else { value.to_string().into_bytes() };
                changed.push((telling.key.clone(), text));
            }
        }
        if told == Told::Events {
            row.erasure.events += u32::try_from(changed.len()).unwrap_or(u32::MAX);
        }
        row.erasure.updated_at = self.clock.now();
        in_transaction!(self.database, |tx| {
            for (key, text) in &changed {
                erasures::put_told(tx, told, place, key, text.clone()).await?;
            }
            erasures::save(tx, row).await
        })
    }

    /// Last, with the end of the erasure: a chat that came into being meanwhile is a new one.
    async fn erase_cards(&self, row: &mut ErasureRow, address: &ChatAddress) -> Result<()> {
        let place = (row.erasure.workspace_id, row.erasure.mode);
        in_transaction!(self.database, |tx| erasures::erase_cards(tx, place, address, row.until()).await)?;
        self.next_step(row, Step::Done).await
    }

    async fn next_step(&self, row: &mut ErasureRow, step: Step) -> Result<()> {
        row.step = step;
        row.after.clear();
        row.erasure.updated_at = self.clock.now();
        if step == Step::Done {
            row.address = None;
        }
        in_transaction!(self.database, |tx| erasures::save(tx, row).await)
    }
}

/// Whether a number was reached.
fn has_reached(after: &str, last: i64) -> bool {
    after.parse::<i64>().unwrap_or(0) >= last
}
