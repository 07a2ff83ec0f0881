//! Counting what is about to be accepted against the quota of the day, in the same transaction.

use super::{Accept, AcceptOutcome, Fate};
use std::collections::{BTreeMap, BTreeSet};
use wagate_model::Timestamp;
use wagate_store::{
    Result, Tx, idempotency,
    rate_limits::{self, Counted, Key},
};

/// What requests of one workspace and mode want of a day, and what the day still has for them.
#[derive(Default)]
struct Wish {
    count: u32,
    most: u32,
    left: u64,
    refused: u64,
}

type Wishes = BTreeMap<(Timestamp, Key), Wish>;

/// Counts the new messages, a row for each workspace and day however many they are. A request that
/// the day does not have room for becomes `OverQuota`, its key is free again, and repeats of it in
/// the same commit are refused with it.
pub(super) async fn count(tx: &mut Tx, items: &[Accept], outcomes: &mut [AcceptOutcome]) -> Result<()> {
    let mut wishes = wishes(items, outcomes);
    let days: BTreeSet<Timestamp> = wishes.keys().map(|(day, _)| *day).collect();
    for day in days {
        let of_day = wishes.iter_mut().filter(|((of, _), _)| *of == day);
        let mut of_day: Vec<_> = of_day.map(|((_, key), wish)| (*key, wish)).collect();
        let counts: Vec<_> = of_day.iter().map(|(key, wish)| (*key, wish.count)).collect();
        let used = rate_limits::add(tx, Counted::Messages, day, &counts).await?;
        for (key, wish) in &mut of_day {
            let before = used.get(key).copied().unwrap_or(u64::MAX).saturating_sub(wish.count.into());
            wish.left = u64::from(wish.most).saturating_sub(before);
        }
    }
    if wishes.values().any(|wish| wish.left < u64::from(wish.count)) {
        refuse(tx, items, outcomes, &mut wishes).await?;
    }
    Ok(())
}

fn wishes(items: &[Accept], outcomes: &[AcceptOutcome]) -> Wishes {
    let mut wishes = Wishes::new();
    for (item, outcome) in items.iter().zip(outcomes) {
        let count = new_messages(outcome);
        if count > 0 {
            let wish = wishes.entry(place(item)).or_default();
            wish.count = wish.count.saturating_add(count);
            // What is known last of a limit that changes.
            wish.most = item.quota.most;
        }
    }
    wishes
}

/// Refuses what the days have no room for, in the order of the requests.
async fn refuse(tx: &mut Tx, items: &[Accept], outcomes: &mut [AcceptOutcome], wishes: &mut Wishes) -> Result<()> {
    let mut refused = BTreeMap::new();
    for (item, outcome) in items.iter().zip(&mut *outcomes) {
        let count = u64::from(new_messages(outcome));
        let Some(wish) = wishes.get_mut(&place(item)).filter(|_| count > 0) else { continue };
        if count <= wish.left {
            wish.left -= count;
            continue;
        }
        wish.refused += count;
        *outcome = AcceptOutcome::OverQuota(wish.left);
        if let Some(row) = &item.idempotency {
            idempotency::abandon(tx, row.workspace_id, &row.scope_hash, &row.token).await?;
            refused.insert(row.token.clone(), wish.left);
        }
    }
    for outcome in outcomes {
        if let AcceptOutcome::Before(row) = outcome
            && let Some(left) = refused.get(&row.token)
        {
            *outcome = AcceptOutcome::OverQuota(*left);
        }
    }
    for ((day, key), wish) in wishes.iter().filter(|(_, wish)| wish.refused > 0) {
        rate_limits::take_back(tx, Counted::Messages, *day, *key, wish.refused).await?;
    }
    Ok(())
}

const fn place(item: &Accept) -> (Timestamp, Key) {
    (item.quota.day, (item.workspace_id, item.mode))
}

fn new_messages(outcome: &AcceptOutcome) -> u32 {
    let AcceptOutcome::Done(fates) = outcome else { return 0 };
    let stored = fates.iter().filter(|fate| **fate == Fate::Stored).count();
    u32::try_from(stored).unwrap_or(u32::MAX)
}
