//! When a failed delivery is tried again.

use crate::entropy::Entropy;
use std::time::Duration;

/// How often a delivery is tried: at once, and then over 28 hours.
pub const TRIES: u32 = wagate_store::deliveries::TRIES;

/// The pauses after the first, second, ... failed try, before the jitter.
const PAUSES: [Duration; TRIES as usize - 1] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_mins(630),
];
/// The longest wait that a receiver can ask for.
const MOST_ASKED: Duration = Duration::from_hours(24);

/// The pause before the next try when `tries_left` remain, within a fifth of the schedule's and at
/// least what the receiver asked for; `None` when no try remains.
pub(super) fn pause(tries_left: u32, asked: Option<Duration>, entropy: &dyn Entropy) -> Option<Duration> {
    let failed = TRIES.checked_sub(tries_left)?;
    if tries_left == 0 {
        return None;
    }
    let pause = PAUSES.get(failed.saturating_sub(1) as usize)?;
    let asked = asked.unwrap_or_default().min(MOST_ASKED);
    Some(pause.mul_f64(jitter(entropy)).max(asked))
}

/// A factor from 0.8 to 1.2.
fn jitter(entropy: &dyn Entropy) -> f64 {
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    0.8 + 0.4 * f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::seeded::SeededEntropy;
    use proptest::prelude::*;

    /// Entropy of one byte, for the ends of the jitter's range.
    struct Always(u8);
    impl Entropy for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    /// The pauses of a delivery that always fails.
    fn pauses(entropy: &dyn Entropy, asked: Option<Duration>) -> Vec<Duration> {
        (0..TRIES).rev().map_while(|left| pause(left, asked, entropy)).collect()
    }

    #[test]
    fn eight_tries_take_27_to_29_hours_before_the_jitter() {
        let total: Duration = PAUSES.iter().sum();
        assert!((Duration::from_hours(27)..=Duration::from_hours(29)).contains(&total), "{total:?}");
        assert_eq!(PAUSES.len() + 1, 8);
        assert!(PAUSES.is_sorted());
    }

    #[test]
    fn the_jitter_reaches_a_fifth_either_way() {
        for (byte, factor) in [(0, 0.8), (0xff, 1.2)] {
            for (pause, base) in pauses(&Always(byte), None).into_iter().zip(PAUSES) {
                assert!((pause.as_secs_f64() - base.as_secs_f64() * factor).abs() < 0.001);
            }
        }
    }

    #[test]
    fn what_has_no_try_left_or_too_many_is_not_tried_again() {
        assert_eq!(pause(0, Some(Duration::from_secs(1)), &Always(0)), None);
        assert_eq!(pause(TRIES + 1, None, &Always(0)), None);
    }

    proptest! {
        #[test]
        fn a_delivery_has_eight_tries_within_the_jitter(seed: u64) {
            let pauses = pauses(&SeededEntropy::new(seed), None);
            prop_assert_eq!(pauses.len() + 1, TRIES as usize);
            for (pause, base) in pauses.into_iter().zip(PAUSES) {
                prop_assert!(pause >= base.mul_f64(0.799) && pause <= base.mul_f64(1.201));
            }
        }

        #[test]
        fn a_receiver_gets_at_least_the_wait_that_it_asks_for_up_to_a_day(seed: u64, asked in 0_u64..200_000, left in 1..TRIES) {
            let asked = Duration::from_secs(asked);
            let with = pause(left, Some(asked), &SeededEntropy::new(seed)).unwrap();
            let without = pause(left, None, &SeededEntropy::new(seed)).unwrap();
            prop_assert_eq!(with, without.max(asked.min(Duration::from_hours(24))));
        }
    }
}
