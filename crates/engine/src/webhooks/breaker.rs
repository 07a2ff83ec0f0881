//! How much one endpoint may have in flight: all while it answers, one probe at a time while it
//! does not, nothing for a while when it says that it is overloaded.

use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row after which only probes are sent.
const OPENS_AFTER: u32 = 10;
/// The first pause between two probes; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The first pause of an endpoint that is overloaded; it doubles up to the longest.
const FIRST_THROTTLE: Duration = Duration::from_secs(1);
const LONGEST_THROTTLE: Duration = Duration::from_mins(1);

/// The state of one endpoint's lane; forgotten with the lane.
#[derive(Debug)]
pub(super) struct Breaker {
    concurrency: usize,
    failures: u32,
    throttles: u32,
    paused_until: Option<Instant>,
}

impl Breaker {
    /// For an endpoint that may have `concurrency` tries in flight. One that is known to fail
    /// begins with a probe.
    pub(super) fn new(concurrency: usize, is_failing: bool) -> Self {
        let failures = if is_failing { OPENS_AFTER } else { 0 };
        Self { concurrency: concurrency.max(1), failures, throttles: 0, paused_until: None }
    }

    /// How many tries may be in flight.
    pub(super) fn limit(&self) -> usize {
        if self.failures >= OPENS_AFTER || self.throttles > 0 { 1 } else { self.concurrency }
    }

    /// Until when nothing may be started.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| *until > now)
    }

    /// The endpoint took a delivery.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.throttles, self.paused_until) = (0, 0, None);
    }

    /// The endpoint did not take it.
    pub(super) fn failed(&mut self, now: Instant) {
        // What was in flight when the pause began says nothing new.
        if self.paused_until(now).is_some() {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if let Some(beyond) = self.failures.checked_sub(OPENS_AFTER) {
            self.pause(now + doubled(FIRST_PAUSE, beyond).min(LONGEST_PAUSE));
        }
    }

    /// The endpoint said that it is overloaded, and perhaps for how long.
    pub(super) fn throttled(&mut self, now: Instant, asked: Option<Duration>) {
        let is_news = self.throttles == 0 || self.paused_until(now).is_none();
        self.throttles = self.throttles.saturating_add(is_news.into());
        let pause = doubled(FIRST_THROTTLE, self.throttles - 1).max(asked.unwrap_or_default());
        self.pause(now + pause.min(LONGEST_THROTTLE));
    }

    fn pause(&mut self, until: Instant) {
        self.paused_until = Some(self.paused_until.map_or(until, |earlier| earlier.max(until)));
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times.min(16)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_in_a_row_leave_one_probe_until_a_success() {
        let (mut breaker, now) = (Breaker::new(32, false), Instant::now());
        for _ in 0..OPENS_AFTER - 1 {
            breaker.failed(now);
        }
        assert_eq!((breaker.limit(), breaker.paused_until(now)), (32, None));
        breaker.failed(now);
        assert_eq!((breaker.limit(), breaker.paused_until(now)), (1, Some(now + FIRST_PAUSE)));
        breaker.failed(now);
        assert_eq!(breaker.paused_until(now), Some(now + FIRST_PAUSE), "was in flight");
        let mut now = now;
        for _ in 0..20 {
            now += LONGEST_PAUSE;
            breaker.failed(now);
        }
        assert_eq!(breaker.paused_until(now), Some(now + LONGEST_PAUSE));
        breaker.succeeded();
        assert_eq!((breaker.limit(), breaker.paused_until(now)), (32, None));
    }

    #[test]
    fn an_endpoint_that_is_known_to_fail_begins_with_a_probe() {
        let mut breaker = Breaker::new(32, true);
        assert_eq!((breaker.limit(), breaker.paused_until(Instant::now())), (1, None));
        breaker.succeeded();
        assert_eq!(breaker.limit(), 32);
    }

    #[test]
    fn an_overloaded_endpoint_rests_as_long_as_it_asks_up_to_a_minute() {
        let now = Instant::now();
        for (asked, seconds) in [(None, 1), (Some(0), 1), (Some(20), 20), (Some(3600), 60)] {
            let mut breaker = Breaker::new(32, false);
            breaker.throttled(now, asked.map(Duration::from_secs));
            assert_eq!(breaker.paused_until(now), Some(now + Duration::from_secs(seconds)), "{asked:?}");
            assert_eq!(breaker.paused_until(now + Duration::from_secs(seconds)), None);
            assert_eq!(breaker.limit(), 1);
        }
    }

    #[test]
    fn answers_that_were_on_their_way_do_not_lengthen_the_rest() {
        let (mut breaker, now) = (Breaker::new(32, false), Instant::now());
        for _ in 0..32 {
            breaker.throttled(now, None);
        }
        assert_eq!(breaker.paused_until(now), Some(now + FIRST_THROTTLE));
        breaker.throttled(now + FIRST_THROTTLE, None);
        assert_eq!(breaker.paused_until(now + FIRST_THROTTLE), Some(now + 3 * FIRST_THROTTLE));
    }

    #[test]
    fn a_pause_is_never_shortened_by_a_later_failure() {
        let (mut breaker, now) = (Breaker::new(1, true), Instant::now());
        breaker.throttled(now, Some(Duration::from_secs(30)));
        breaker.failed(now);
        assert_eq!(breaker.paused_until(now), Some(now + Duration::from_secs(30)));
    }
}
