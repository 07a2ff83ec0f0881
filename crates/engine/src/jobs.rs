//! The registry of background jobs: one line each.

use crate::{Engine, contacts, idempotency, keys, media, messages, sealing, webhooks};

/// Starts every job; each runs until the gateway stops.
pub(crate) fn start(engine: &Engine) {
    engine.tasks.spawn(keys::last_used::run(engine.clone()));
    engine.tasks.spawn(contacts::importer::run(engine.clone()));
    engine.tasks.spawn(idempotency::cleaner::run(engine.clone()));
    engine.tasks.spawn(crate::erasures::run::run(engine.clone()));
    engine.tasks.spawn(crate::retention::run(engine.clone()));
    engine.tasks.spawn(crate::limits::cleaner::run(engine.clone()));
    engine.tasks.spawn(media::run_fetcher(engine.clone()));
    engine.tasks.spawn(media::run_sweeper(engine.clone()));
    engine.tasks.spawn(sealing::rewrap::run(engine.clone()));
    engine.tasks.spawn(messages::expire::run(engine.clone()));
    engine.tasks.spawn(webhooks::courier::run(engine.clone()));
    engine.tasks.spawn(crate::lanes::supervise(engine.clone()));
    engine.tasks.spawn(crate::leases::keep(engine.clone()));
}
