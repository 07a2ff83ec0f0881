//! Whether the gateway can do its work, part by part.

use crate::Engine;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Which parts work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers.
    pub is_database_ready: bool,
    /// Lanes are supervised and this node may act.
    pub are_lanes_ready: bool,
    /// The courier looks for due deliveries.
    pub is_courier_ready: bool,
}

impl Readiness {
    /// Whether all parts work.
    pub const fn is_ready(self) -> bool {
        self.is_database_ready && self.are_lanes_ready && self.is_courier_ready
    }
}

/// When the background work last looked around.
#[derive(Debug, Default)]
pub(crate) struct Health {
    supervisor: Mutex<Option<Instant>>,
    courier: Mutex<Option<Instant>>,
}

/// How long ago the background work may have looked around at most.
const FRESH: Duration = Duration::from_secs(20);
/// How long the database may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

impl Health {
    pub(crate) fn supervisor_looked(&self) {
        set(&self.supervisor);
    }

    pub(crate) fn courier_looked(&self) {
        set(&self.courier);
    }
}

fn set(at: &Mutex<Option<Instant>>) {
    *at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
}

fn is_fresh(at: &Mutex<Option<Instant>>) -> bool {
    at.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < FRESH)
}

impl Engine {
    /// Looks at every part.
    pub async fn readiness(&self) -> Readiness {
        let answered = tokio::time::timeout(ANSWER_WITHIN, self.database.now()).await;
        let is_running = !self.stop.is_cancelled();
        Readiness {
            is_database_ready: matches!(answered, Ok(Ok(_))),
            are_lanes_ready: is_running && is_fresh(&self.health.supervisor),
            is_courier_ready: is_running && is_fresh(&self.health.courier),
        }
    }
}
