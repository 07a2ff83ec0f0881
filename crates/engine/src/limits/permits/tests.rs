//! Whatever nodes do and whenever: never too much, and too little by what is in their hands alone.

use super::*;
use proptest::prelude::*;

/// The database's side of one workspace: what is used of each minute.
#[derive(Default)]
struct Row {
    window_start: i64,
    used: u64,
}

impl Row {
    fn take(&mut self, now: i64, (count, least): (u32, u32), most: u32) -> Block {
        let window_start = Counted::Requests.window_of(Timestamp(now)).0;
        if window_start != self.window_start {
            *self = Self { window_start, used: 0 };
        }
        let granted = u64::from(count).min(u64::from(most).saturating_sub(self.used));
        let granted = if granted < u64::from(least) { 0 } else { granted };
        self.used += granted;
        Block {
            granted: u32::try_from(granted).unwrap(),
            used: self.used,
            window_start: Timestamp(window_start),
            now: Timestamp(now),
        }
    }
}

/// One node asks for `cost`, some time after whatever happened before.
#[derive(Debug, Clone)]
struct Step {
    node: usize,
    cost: u32,
    waiting: u32,
    /// Before the request, in milliseconds.
    pause: u64,
    /// Until the database looks at its clock, and from there until its answer is here.
    way: (u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let cost = prop_oneof![9 => Just(1_u32), 1 => 2_u32..40];
    let pause = prop_oneof![20 => 0_u64..50, 1 => 0_u64..70_000];
    (0_usize..3, cost, 0_u32..8, pause, (0_u64..30, 0_u64..30)).prop_map(|(node, cost, waiting, pause, way)| Step {
        node,
        cost,
        waiting,
        pause,
        way,
    })
}

proptest! {
    #[test]
    fn no_window_admits_more_than_it_has(limit in 0_u32..300, begin in 0_i64..60_000, steps in prop::collection::vec(step(), 1..400)) {
        let origin = Instant::now();
        let mut elapsed = 0_u64;
        let at = |elapsed: u64| origin + Duration::from_millis(elapsed);
        let now = |elapsed: u64| begin + i64::try_from(elapsed).unwrap();
        let mut row = Row::default();
        let mut nodes = [Permits::none(origin); 3];
        let mut admitted = std::collections::BTreeMap::<i64, u64>::new();
        for Step { node, cost, waiting, pause, way } in steps {
            elapsed += pause;
            let mut tries = 0;
            loop {
                tries += 1;
                prop_assert!(tries < 5, "the database is asked again and again");
                let permits = &mut nodes[node];
                match permits.spend(at(elapsed), limit, cost) {
                    Spent::Unknown => {
                        let ask = permits.ask(at(elapsed), limit, cost, waiting.max(cost));
                        let asked = at(elapsed);
                        elapsed += way.0;
                        let block = row.take(now(elapsed), ask, limit);
                        elapsed += way.1;
                        permits.take(asked, &block);
                    }
                    Spent::Yes(allowance) => {
                        let window = now(elapsed).div_euclid(60_000);
                        prop_assert_eq!(allowance.resets_at.0, (window + 1) * 60_000, "spent in the window it was taken from");
                        *admitted.entry(window).or_default() += u64::from(cost);
                        break;
                    }
                    Spent::No(allowance) => {
                        // Only for want of permits: whatever others left unspent is all that is missing.
                        let others: u32 = (0..3).filter(|other| *other != node).map(|other| nodes[other].unspent_of(Timestamp(row.window_start))).sum();
                        let window = now(elapsed).div_euclid(60_000);
                        let taken = admitted.get(&window).copied().unwrap_or(0);
                        prop_assert!(taken + u64::from(cost) + u64::from(others) > u64::from(limit), "{allowance:?}");
                        break;
                    }
                }
            }
        }
        for (window, count) in admitted {
            prop_assert!(count <= u64::from(limit), "{count} in minute {window}");
        }
    }

    #[test]
    fn a_block_is_never_nothing_and_never_much(limit in 0_u32.., rest in 0_u32.., left in 0_u64..=60_000) {
        let rest = rest.min(limit);
        let size = block(limit, rest, Duration::from_millis(left));
        prop_assert!(size >= 1);
        prop_assert!(size == 1 || size <= rest / 32);
        prop_assert!(block(limit, rest, Duration::ZERO) == 1 && block(limit, 0, WINDOW) == 1);
        prop_assert!(size >= block(limit, rest, Duration::from_millis(left / 2)), "less time, no larger block");
        prop_assert!(size >= block(limit, rest / 2, Duration::from_millis(left)), "less left, no larger block");
    }
}

#[test]
fn blocks_of_a_small_limit_are_small() {
    assert_eq!(block(100, 100, WINDOW), 3);
    assert_eq!(block(100, 50, WINDOW), 1);
    assert_eq!(block(100, 100, Duration::from_secs(4)), 1);
    assert_eq!(block(1_000_000, 1_000_000, WINDOW), 31_250);
    assert_eq!(block(1_000_000, 1_000_000, Duration::from_secs(1)), 2_083);
}

#[test]
fn a_limit_that_is_raised_counts_at_once() {
    let now = Instant::now();
    let mut permits = Permits::none(now);
    permits.take(now, &Block { granted: 10, used: 10, window_start: Timestamp(0), now: Timestamp(0) });
    for _ in 0..10 {
        assert!(matches!(permits.spend(now, 10, 1), Spent::Yes(_)));
    }
    assert!(matches!(permits.spend(now, 10, 1), Spent::No(Allowance { remaining: 0, .. })));
    assert_eq!(permits.spend(now, 20, 1), Spent::Unknown);
    assert_eq!(permits.spend(now + WINDOW, 10, 1), Spent::Unknown, "a new window");
}
