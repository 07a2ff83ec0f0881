//! The courier: sees which endpoints have something due and keeps a lane for each of them.
//!
//! A lane is a task that ends when nothing is due, so an idle endpoint costs nothing. Bells wake
//! lanes at once; a look into the database each second finds what no bell told of.

use super::{
    lane::Lane,
    record::CourierBatch,
    wake::{LaneBell, Wake},
};
use crate::{Engine, group_commit::GroupCommit};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::MissedTickBehavior;
use wagate_model::EndpointId;
use wagate_store::deliveries;

/// How often the database is asked what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Most endpoints that one look wakes.
const MOST: u32 = 10_000;

/// Wakes lanes until the engine stops. Lanes finish what they have in flight on tasks of their own.
pub(crate) async fn run(engine: Engine) {
    let (records, worker) = GroupCommit::new(Arc::new(CourierBatch { database: engine.database.clone() }));
    engine.tasks.spawn(worker);
    let lanes = Lanes { running: Arc::default(), records };
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stop = engine.stop.clone();
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            rung = engine.bells.courier.rung() => {
                for id in rung {
                    lanes.wake(&engine, id, Wake::News);
                }
            }
            _ = looks.tick() => {
                lanes.look(&engine).await;
                engine.health.courier_looked();
            }
        }
    }
}

/// The lanes that run.
struct Lanes {
    running: Running,
    records: GroupCommit<CourierBatch>,
}

/// The bells of running lanes. A lane that finds its own silent leaves under this lock, so no
/// ringing is lost.
type Running = Arc<Mutex<HashMap<EndpointId, Arc<LaneBell>>>>;

impl Lanes {
    /// Wakes the lanes of all endpoints that have something due.
    async fn look(&self, engine: &Engine) {
        match deliveries::due_endpoints_any_workspace(&engine.database, engine.clock.now(), MOST).await {
            Ok(due) => {
                engine.health.courier_looked();
                for (id, _) in due {
                    self.wake(engine, id, Wake::Everything);
                }
            }
            Err(error) => tracing::warn!(error = %error, "could not look for due deliveries"),
        }
    }

    /// Rings a lane's bell, and starts the lane if it does not run.
    fn wake(&self, engine: &Engine, id: EndpointId, wake: Wake) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = running.get(&id) {
            bell.ring(wake);
            return;
        }
        let bell = Arc::new(LaneBell::default());
        running.insert(id, Arc::clone(&bell));
        metrics::gauge!("webhook_lanes").increment(1.0);
        let lane = Lane::new(engine.clone(), id, bell, self.records.clone());
        engine.tasks.spawn(keep(lane, Arc::clone(&self.running)));
    }
}

/// Runs a lane until it may leave.
async fn keep(mut lane: Lane, running: Running) {
    loop {
        lane.run().await;
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if lane.is_stopping() || !lane.bell().has_rung() {
            running.remove(&lane.id());
            metrics::gauge!("webhook_lanes").decrement(1.0);
            return;
        }
    }
}
