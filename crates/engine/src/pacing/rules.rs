//! An account's pacing, checked by field and ready to be asked.

use super::{
    bucket::Rate,
    hours::{self, Hours},
};
use chrono::NaiveTime;
use chrono_tz::Tz;
use std::time::Duration;
use wagate_model::{FieldError, Pacing, QuietHours, Timestamp};

/// What an account's pacing says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// How fast it sends.
    pub(crate) rate: Option<Rate>,
    /// How long a recipient is left alone after a message.
    pub(crate) rest: Option<Duration>,
    new_chats: Option<u32>,
    warm_up_days: Option<u32>,
    quiet: Option<Hours>,
    zone: Tz,
}

impl Rules {
    /// Reads settings; every fault is named from the object on.
    pub(crate) fn read(pacing: &Pacing) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        for (name, value, most) in [
            ("per_minute", pacing.per_minute, 6000),
            ("burst", pacing.burst, 1000),
            ("jitter_ms", pacing.jitter_ms, 60_000),
            ("per_recipient_seconds", pacing.per_recipient_seconds, 3600),
            ("new_chats_per_day", pacing.new_chats_per_day, 100_000),
            ("warm_up_days", pacing.warm_up_days, 90),
        ] {
            if value.is_some_and(|value| !(1..=most).contains(&value)) {
                faults.push(FieldError::new(name, "out_of_range", format!("A number from 1 to {most} was expected.")));
            }
        }
        for (name, value, needed, other) in [
            ("burst", pacing.burst, "per_minute", pacing.per_minute),
            ("warm_up_days", pacing.warm_up_days, "new_chats_per_day", pacing.new_chats_per_day),
        ] {
            if value.is_some() && other.is_none() {
                faults.push(FieldError::new(name, "not_allowed", format!("This needs `{needed}`.")));
            }
        }
        let zone = pacing.time_zone.as_deref().map_or(Ok(Tz::UTC), str::parse::<Tz>);
        if zone.is_err() {
            faults.push(FieldError::format(
                "time_zone",
                "The IANA name of a time zone was expected, such as `Europe/Berlin`.",
            ));
        }
        let quiet = pacing.quiet_hours.as_ref().map(|hours| quiet(hours, &mut faults));
        match zone {
            Ok(zone) if faults.is_empty() => Ok(Self {
                rate: rate(pacing),
                rest: pacing.per_recipient_seconds.map(|seconds| Duration::from_secs(seconds.into())),
                new_chats: pacing.new_chats_per_day,
                warm_up_days: pacing.warm_up_days,
                quiet: quiet.flatten(),
                zone,
            }),
            _ => Err(faults),
        }
    }

    /// The rules of settings that were checked when they were written.
    pub(crate) fn of(pacing: Option<&Pacing>) -> Self {
        pacing.and_then(|pacing| Self::read(pacing).ok()).unwrap_or_default()
    }

    /// Until when nothing is sent, if now is quiet.
    pub(crate) fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.quiet?.end(self.zone, now)
    }

    /// How many chats the account may open on this day.
    pub(crate) fn new_chats_on(&self, created_at: Timestamp, now: Timestamp) -> Option<u32> {
        let most = self.new_chats?;
        let Some(days) = self.warm_up_days else { return Some(most) };
        let age = now.since(created_at).as_secs() / (24 * 3600);
        let day = u32::try_from(age).unwrap_or(u32::MAX).saturating_add(1).min(days);
        let share = u64::from(most) * u64::from(day) / u64::from(days);
        Some(u32::try_from(share).unwrap_or(most).max(1))
    }

    /// When the present day of new chats began, and when the next one begins.
    pub(crate) fn day(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        (hours::day_began(self.zone, now), hours::next_day_begins(self.zone, now))
    }
}

/// Jitter alone is a rate too: nothing but the pauses.
fn rate(pacing: &Pacing) -> Option<Rate> {
    if pacing.per_minute.is_none() && pacing.jitter_ms.is_none() {
        return None;
    }
    Some(Rate {
        each: pacing.per_minute.map_or(Duration::ZERO, |count| Duration::from_mins(1) / count.max(1)),
        burst: pacing.burst.unwrap_or(1).max(1),
        jitter: Duration::from_millis(pacing.jitter_ms.unwrap_or(0).into()),
    })
}

fn quiet(hours: &QuietHours, faults: &mut Vec<FieldError>) -> Option<Hours> {
    let mut read = |name: &str, text: &str| {
        let time = NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5);
        if time.is_none() {
            faults.push(FieldError::format(format!("quiet_hours/{name}"), "A time such as `22:00` was expected."));
        }
        time
    };
    let (from, to) = (read("from", &hours.from), read("to", &hours.to));
    let (from, to) = from.zip(to)?;
    if from == to {
        faults.push(FieldError::new("quiet_hours/to", "out_of_range", "Another time than `from` was expected."));
        return None;
    }
    Some(Hours { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: Duration = Duration::from_hours(24);
    const CREATED: Timestamp = Timestamp(1_763_812_800_000);

    #[test]
    fn every_fault_is_named() {
        let pacing = Pacing {
            per_minute: Some(0),
            jitter_ms: Some(60_001),
            warm_up_days: Some(5),
            time_zone: Some("Middle/Earth".to_owned()),
            quiet_hours: Some(QuietHours { from: "24:00".to_owned(), to: "7:00".to_owned() }),
            ..Pacing::default()
        };
        let fields: Vec<_> = Rules::read(&pacing).unwrap_err().into_iter().map(|fault| fault.field).collect();
        let expected = ["per_minute", "jitter_ms", "warm_up_days", "time_zone", "quiet_hours/from", "quiet_hours/to"];
        assert_eq!(fields, expected);
        assert_eq!(Rules::read(&Pacing::default()).unwrap(), Rules::default());
    }

    #[test]
    fn new_chats_grow_to_their_number_while_the_account_warms_up() {
        let pacing = Pacing { new_chats_per_day: Some(100), warm_up_days: Some(10), ..Pacing::default() };
        let rules = Rules::read(&pacing).unwrap();
        let on = |day: u32| rules.new_chats_on(CREATED, CREATED.plus(DAY * day)).unwrap();
        assert_eq!([on(0), on(1), on(8), on(9), on(10), on(1000)], [10, 20, 90, 100, 100, 100]);
    }

    proptest! {
        #[test]
        fn a_warm_up_never_shrinks_and_never_stands_still_at_none(most in 1_u32..100_000, days in 1_u32..90, day in 0_u32..100) {
            let pacing = Pacing { new_chats_per_day: Some(most), warm_up_days: Some(days), ..Pacing::default() };
            let rules = Rules::read(&pacing).unwrap();
            let on = |day: u32| rules.new_chats_on(CREATED, CREATED.plus(DAY * day)).unwrap();
            prop_assert!(on(day) >= 1 && on(day) <= on(day + 1) && on(day + 1) <= most);
        }
    }
}
