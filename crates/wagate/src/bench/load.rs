//! Many connections that send one request after the other, and how long each answer took.

use super::{child::Gateway, client::Connection};
use anyhow::Context as _;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// How many connections there are.
pub(super) const CONNECTIONS: usize = 64;

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    /// After this time.
    Elapsed(Duration),
    /// After this many requests.
    Count(u64),
}

/// Makes the request of a number.
pub(super) type Requests = dyn Fn(u64) -> Vec<u8> + Send + Sync;

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
    /// How long each answer took, in microseconds, in no order.
    pub(super) micros: Vec<u32>,
    /// The processor time that the gateway used meanwhile.
    pub(super) processor: Duration,
}

impl Measured {
    /// Answers per second.
    pub(super) fn rate(&self) -> f64 {
        rate(self.micros.len(), self.elapsed)
    }

    /// The time in milliseconds within which this part (0 to 1) of the answers came.
    pub(super) fn percentile(&mut self, part: f64) -> f64 {
        self.micros.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = (self.micros.len().saturating_sub(1) as f64 * part).round() as usize;
        f64::from(self.micros.get(place).copied().unwrap_or(0)) / 1_000.0
    }

    /// The gateway's processor time for each answer, in microseconds.
    pub(super) fn processor_micros(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / f64::from(u32::try_from(self.micros.len()).unwrap_or(u32::MAX).max(1))
    }

    /// Adds another run of the same.
    pub(super) fn add(&mut self, other: Self) {
        self.elapsed += other.elapsed;
        self.processor += other.processor;
        self.micros.extend(other.micros);
    }
}

/// How many there were per second.
pub(super) fn rate(count: usize, elapsed: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "nothing is counted beyond 2^52")]
    let count = count as f64;
    count / elapsed.as_secs_f64().max(f64::EPSILON)
}

/// Sends requests over [`CONNECTIONS`] connections. Any answer but a 2xx ends it with an error: what
/// was refused was not measured.
pub(super) async fn run(gateway: &Gateway, requests: Arc<Requests>, until: Until) -> anyhow::Result<Measured> {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(gateway.target.address).await?);
    }
    let next = Arc::new(AtomicU64::new(0));
    let used = gateway.processor_time()?;
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for connection in connections {
        workers.spawn(work(connection, requests.clone(), next.clone(), began, until));
    }
    let mut measured = Measured::default();
    while let Some(done) = workers.join_next().await {
        measured.micros.extend(done.context("a connection broke off")??);
    }
    measured.elapsed = began.elapsed();
    measured.processor = gateway.processor_time()?.saturating_sub(used);
    Ok(measured)
}

async fn work(
    mut connection: Connection,
    requests: Arc<Requests>,
    next: Arc<AtomicU64>,
    began: Instant,
    until: Until,
) -> anyhow::Result<Vec<u32>> {
    let mut micros = Vec::with_capacity(16 * 1024);
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let is_over = match until {
            Until::Elapsed(time) => began.elapsed() >= time,
            Until::Count(count) => number >= count,
        };
        if is_over {
            return Ok(micros);
        }
        let request = requests(number);
        let sent = Instant::now();
        let answer = connection.exchange(&request).await?;
        anyhow::ensure!(
            (200..300).contains(&answer.status),
            "a request was answered {}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
        micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(millis: impl Iterator<Item = u32>) -> Measured {
        let micros: Vec<u32> = millis.map(|n| n * 1_000).collect();
        Measured { elapsed: Duration::from_secs(1), processor: Duration::from_millis(101), micros }
    }

    #[test]
    fn figures_are_of_all_runs_together() {
        let mut all = measured(1..=60);
        all.add(measured((61..=101).rev()));
        assert!((all.percentile(0.5) - 51.0).abs() < f64::EPSILON);
        assert!((all.percentile(0.99) - 100.0).abs() < f64::EPSILON);
        assert!((all.rate() - 50.5).abs() < f64::EPSILON);
        assert!((all.processor_micros() - 2_000.0).abs() < 1e-6);
        assert!(Measured::default().percentile(0.5).abs() < f64::EPSILON);
    }
}
