//! The job that brings every sealed value under the current master key, while the gateway runs.
//!
//! Only the data keys are wrapped anew; the values' own bytes stay. Once the metric
//! `sealed_under_older_key` is 0 on a node that has the new key, the older key can go.

use super::{Keyring, SealContext};
use crate::Engine;
use std::time::Duration;
use wagate_store::{
    in_transaction,
    sealed::{self, SealedColumn, SealedValue},
};

/// The job's name in logs and metrics.
const NAME: &str = "rewrap";
/// How often it looks.
const EVERY: Duration = Duration::from_hours(1);
/// How many values are read at once.
const BATCH: u32 = 100;

/// Rewraps at the start and then every hour, until the engine stops.
pub(crate) async fn run(engine: Engine) {
    loop {
        metrics::counter!("wagate_job_runs_total", "job" => NAME).increment(1);
        match engine.rewrap_all().await {
            Ok(done) => report(&engine, done),
            Err(error) => tracing::warn!(job = NAME, %error, "sealed values were not rewrapped"),
        }
        if engine.stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

/// What one run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rewrapped {
    /// Values that now are under the current key.
    pub(crate) rewrapped: u64,
    /// Values that stay under an older key: they could not be opened.
    pub(crate) left: u64,
}

fn report(engine: &Engine, done: Rewrapped) {
    metrics::gauge!("sealed_under_older_key").set(u32::try_from(done.left).unwrap_or(u32::MAX));
    if done != Rewrapped::default() {
        let key = engine.keyring.current_id();
        tracing::info!(job = NAME, key, rewrapped = done.rewrapped, left = done.left, "sealed values rewrapped");
    }
}

impl Engine {
    pub(crate) async fn rewrap_all(&self) -> wagate_store::Result<Rewrapped> {
        let mut done = Rewrapped::default();
        for column in SealedColumn::ALL {
            let mut after: Option<Vec<String>> = None;
            loop {
                let values = sealed::after_any_workspace(&self.database, column, after.as_deref(), BATCH).await?;
                let Some(last) = values.last() else { break };
                after = Some(last.key.clone());
                for value in &values {
                    self.rewrap(column, value, &mut done).await?;
                }
            }
        }
        Ok(done)
    }

    async fn rewrap(
        &self,
        column: SealedColumn,
        value: &SealedValue,
        done: &mut Rewrapped,
    ) -> wagate_store::Result<()> {
        // Empty is what a deleted endpoint keeps, and one without headers of its own.
        let is_nothing = value.sealed.is_empty();
        if is_nothing || Keyring::master_id_once(&value.sealed).is_ok_and(|id| id == self.keyring.current_id()) {
            return Ok(());
        }
        match self.keyring.rewrap_once(&value.sealed, &context(column, value), &*self.entropy) {
            Ok(None) => {}
            Ok(Some(sealed)) => {
                let replaced =
                    in_transaction!(self.database, |tx| sealed::replace(tx, column, value, sealed.clone()).await)?;
                // Whoever wrote meanwhile sealed with the current key.
                done.rewrapped += u64::from(replaced);
            }
            Err(error) => {
                tracing::error!(job = NAME, table = column.table(), row = value.key.join("/"), %error, "a sealed value cannot be opened");
                done.left += 1;
            }
        }
        Ok(())
    }
}

/// What the value is bound to: the same as where it is sealed.
fn context(column: SealedColumn, value: &SealedValue) -> SealContext {
    let row = value.key.join("/");
    let row = match column {
        SealedColumn::EndpointSecrets => format!("{row}/secrets"),
        SealedColumn::EndpointHeaders => format!("{row}/headers"),
        SealedColumn::ProviderState | SealedColumn::IdempotencyAnswer => row,
    };
    SealContext::new(value.workspace_id, column.table(), row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        test_engine::{TestEngine, new_keyring},
        webhooks::NewEndpoint,
    };
    use std::collections::BTreeMap;
    use wagate_model::Mode;

    #[tokio::test]
    async fn after_a_rewrap_the_old_master_key_can_go() {
        let app = TestEngine::new().await;
        let (old_text, old_ring) = new_keyring("old", &[]);
        let before = app.with_keyring(old_ring);
        let caller = app.owner(&app.workspace().await, Mode::Test);
        let new = NewEndpoint {
            url: "https://example.com/hook".to_owned(),
            headers: BTreeMap::from([("x-own".to_owned(), "worth".to_owned())]),
            ..NewEndpoint::default()
        };
        let created = before.create_endpoint(&caller, new).await.unwrap();

        let (new_text, both) = new_keyring("new", &[&old_text]);
        let rotating = app.with_keyring(both);
        assert_eq!(rotating.rewrap_all().await.unwrap(), Rewrapped { rewrapped: 2, left: 0 });
        assert_eq!(rotating.rewrap_all().await.unwrap(), Rewrapped::default());

        let after = app.with_keyring(Keyring::new(new_text.parse().unwrap(), Vec::new()).unwrap());
        let rotated =
            after.rotate_endpoint_secret(&caller, created.endpoint.id, crate::webhooks::RotateSecret::default()).await;
        assert!(rotated.is_ok(), "the secrets open with the new key alone");
        let without =
            before.rotate_endpoint_secret(&caller, created.endpoint.id, crate::webhooks::RotateSecret::default()).await;
        assert!(without.is_err(), "and no longer with the old one");
    }

    #[tokio::test]
    async fn a_value_whose_key_is_gone_is_left_and_counted() {
        let app = TestEngine::new().await;
        let caller = app.owner(&app.workspace().await, Mode::Test);
        let new = NewEndpoint { url: "https://example.com/hook".to_owned(), ..NewEndpoint::default() };
        app.with_keyring(new_keyring("lost", &[]).1).create_endpoint(&caller, new).await.unwrap();
        let (_, other) = new_keyring("other", &[]);
        assert_eq!(app.with_keyring(other).rewrap_all().await.unwrap(), Rewrapped { rewrapped: 0, left: 1 });
    }
}
