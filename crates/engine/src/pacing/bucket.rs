//! A token bucket, kept as the time at which it will be full again.

use std::time::Duration;
use wagate_model::Timestamp;

/// How fast a bucket fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// The time in which one token comes back.
    pub(crate) each: Duration,
    /// How many tokens it holds, at least 1.
    pub(crate) burst: u32,
    /// The longest pause that is added to one token's time.
    pub(crate) jitter: Duration,
}

impl Rate {
    /// The farthest that a bucket's time may lie ahead.
    fn farthest(&self) -> Duration {
        (self.each + self.jitter) * self.burst
    }
}

/// The state of one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    full_at: Option<Timestamp>,
}

impl Bucket {
    /// When the next token is there. A new bucket holds one, so that a restart brings no new burst.
    pub(crate) fn next(&self, rate: &Rate, now: Timestamp) -> Timestamp {
        let Some(full_at) = self.full_at.filter(|at| *at <= now.plus(rate.farthest())) else {
            // None was taken yet, or the clock was set back.
            return now;
        };
        full_at.minus(rate.each * (rate.burst - 1)).max(now)
    }

    /// Takes a token that is there; `pause` is the jitter of this one.
    pub(crate) fn take(&mut self, rate: &Rate, now: Timestamp, pause: Duration) {
        let full_at = match self.full_at.filter(|at| *at <= now.plus(rate.farthest())) {
            Some(full_at) => full_at.max(now),
            None => now.plus(rate.each * (rate.burst - 1)),
        };
        self.full_at = Some(full_at.plus(rate.each).plus(pause.min(rate.jitter)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Timestamp = Timestamp(1_763_812_800_000);

    fn rates() -> impl Strategy<Value = Rate> {
        (1_u64..10_000, 1_u32..20, 0_u64..500).prop_map(|(each, burst, jitter)| Rate {
            each: Duration::from_millis(each),
            burst,
            jitter: Duration::from_millis(jitter),
        })
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_one_burst_in_any_time(rate in rates(), waits in proptest::collection::vec((0_u64..20_000, 0_u64..500), 1..100)) {
            let (mut bucket, mut now, mut taken) = (Bucket::default(), START, Vec::new());
            for (wait, pause) in waits {
                now = now.plus(Duration::from_millis(wait));
                if bucket.next(&rate, now) <= now {
                    bucket.take(&rate, now, Duration::from_millis(pause));
                    taken.push(now);
                }
            }
            for (first, from) in taken.iter().enumerate() {
                for (last, until) in taken.iter().enumerate().skip(first) {
                    let most = u128::from(rate.burst) + until.since(*from).as_millis() / rate.each.as_millis();
                    prop_assert!((last - first + 1) as u128 <= most, "{first} to {last}");
                }
            }
        }

        #[test]
        fn whoever_waits_until_the_time_that_was_told_gets_a_token(rate in rates(), pauses in proptest::collection::vec(0_u64..500, 1..50)) {
            let (mut bucket, mut now) = (Bucket::default(), START);
            for pause in pauses {
                now = bucket.next(&rate, now).max(now);
                prop_assert_eq!(bucket.next(&rate, now), now);
                bucket.take(&rate, now, Duration::from_millis(pause));
            }
        }

        #[test]
        fn a_clock_that_steps_back_stops_nothing_for_longer_than_the_bucket_fills(rate in rates(), back in 0_u64..1_000_000_000) {
            let mut bucket = Bucket::default();
            for _ in 0..rate.burst {
                bucket.take(&rate, START, rate.jitter);
            }
            let now = START.minus(Duration::from_millis(back));
            prop_assert!(bucket.next(&rate, now) <= now.plus(rate.farthest()));
        }
    }

    #[test]
    fn a_new_bucket_holds_one_token() {
        let rate = Rate { each: Duration::from_secs(1), burst: 5, jitter: Duration::ZERO };
        let mut bucket = Bucket::default();
        assert_eq!(bucket.next(&rate, START), START);
        bucket.take(&rate, START, Duration::ZERO);
        assert_eq!(bucket.next(&rate, START), START.plus(Duration::from_secs(1)));
        let later = START.plus(Duration::from_mins(1));
        for _ in 0..5 {
            assert_eq!(bucket.next(&rate, later), later);
            bucket.take(&rate, later, Duration::ZERO);
        }
        assert_eq!(bucket.next(&rate, later), later.plus(Duration::from_secs(1)));
    }
}
