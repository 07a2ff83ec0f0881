//! A customer who listens to the live feed all along, and comes back whenever it is gone.

use crate::{api::Api, proof::Faults, stage::say};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

/// How long the last event may take to be heard.
const HEARD_WITHIN: Duration = Duration::from_secs(30);

/// What was heard so far.
#[derive(Debug, Default)]
struct Heard {
    /// Each event's number and body, in the order in which they came.
    events: Vec<(i64, String)>,
    /// How often it came back.
    times: u32,
    faults: Faults,
}

/// The customer; dropping this is hanging up.
pub(crate) struct Listener {
    heard: Arc<Mutex<Heard>>,
    _task: JoinSet<()>,
}

impl Listener {
    /// Listens from the first event on.
    pub(crate) fn begin(api: &Api) -> Self {
        let heard = Arc::<Mutex<Heard>>::default();
        let mut task = JoinSet::new();
        task.spawn(listen(api.clone(), heard.clone()));
        Self { heard, _task: task }
    }

    /// Every event was heard once, in order, by its exact bytes, however often the gateway was gone.
    pub(crate) async fn check(&self, events: &[(Value, String)], faults: &mut Faults) {
        let last = events.last().map_or(0, |(event, _)| event["sequence"].as_i64().unwrap());
        let began = Instant::now();
        while last_heard(&lock(&self.heard)) < last && began.elapsed() < HEARD_WITHIN {
            sleep(Duration::from_millis(50)).await;
        }
        let heard = lock(&self.heard);
        faults.extend(heard.faults.iter().cloned());
        if heard.events.len() != events.len() {
            faults.push(format!("{} events, and {} were heard", events.len(), heard.events.len()));
        }
        for ((event, bytes), (number, body)) in events.iter().zip(&heard.events) {
            if event["sequence"].as_i64() != Some(*number) || bytes != body {
                faults.push(format!("heard as {number} {body}: {event}"));
                break;
            }
        }
        say(&format!("{} events were heard live, over {} connections", heard.events.len(), heard.times));
        assert!(heard.times > 0, "nobody could listen");
    }
}

fn last_heard(heard: &Heard) -> i64 {
    heard.events.last().map_or(0, |(number, _)| *number)
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(api: Api, heard: Arc<Mutex<Heard>>) {
    loop {
        let last = last_heard(&lock(&heard));
        if let Ok(mut response) = api.stream(last).await {
            lock(&heard).times += 1;
            let mut received = Vec::new();
            while let Ok(Some(chunk)) = response.chunk().await {
                received.extend_from_slice(&chunk);
                while let Some(end) = received.windows(2).position(|two| two == b"\n\n") {
                    let rest = received.split_off(end + 2);
                    hear(&mut lock(&heard), std::str::from_utf8(&received).unwrap());
                    received = rest;
                }
            }
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn hear(heard: &mut Heard, frame: &str) {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
    let Some(event) = field("event: ") else { return };
    let number = field("id: ").unwrap().parse().unwrap();
    let last = last_heard(heard);
    if event == "reset" || number != last + 1 {
        heard.faults.push(format!("after {last} the live feed said {frame}"));
    }
    heard.events.push((number, field("data: ").unwrap_or_default().to_owned()));
}
