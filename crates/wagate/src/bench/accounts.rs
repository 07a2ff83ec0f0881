//! Sandbox accounts for a measurement.

use super::client::{Api, Target, text_of};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// How long one account may take to be connected.
const CONNECTS_WITHIN: Duration = Duration::from_mins(5);

/// A new account that is not linked yet: what is sent through it waits.
pub(super) async fn unlinked(api: &mut Api, number: u64) -> anyhow::Result<String> {
    let body = json!({ "provider": "sandbox", "name": format!("Number {number}") });
    text_of(&api.post("/v1/accounts", &body).await?, "id")
}

/// New accounts that are connected, made over several connections at once.
pub(super) async fn connected(target: &Target, count: u64, connections: u64) -> anyhow::Result<Vec<String>> {
    let next = Arc::new(AtomicU64::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..connections {
        let (target, next) = (target.clone(), next.clone());
        workers.spawn(async move {
            let mut api = Api::open(&target).await?;
            let mut ids = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    break;
                }
                let id = unlinked(&mut api, number).await?;
                link(&mut api, &id).await?;
                ids.push(id);
            }
            anyhow::Ok(ids)
        });
    }
    let mut ids = Vec::new();
    while let Some(done) = workers.join_next().await {
        ids.extend(done??);
    }
    Ok(ids)
}

/// Scans an account's QR code as soon as it shows one.
async fn link(api: &mut Api, id: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let (status, said) = api.call("POST", &format!("/v1/sandbox/accounts/{id}/scan"), None).await?;
        match status {
            200 => return Ok(()),
            409 => tokio::time::sleep(Duration::from_millis(20)).await,
            _ => anyhow::bail!("an account could not be linked: {status} {said}"),
        }
        anyhow::ensure!(began.elapsed() < CONNECTS_WITHIN, "an account does not connect: {said}");
    }
}
