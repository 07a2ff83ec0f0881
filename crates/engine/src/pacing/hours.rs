//! Days and hours as the clocks of a zone show them, when they are set forward and back too.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use wagate_model::Timestamp;

/// What the clocks of the zone show.
pub(super) fn local(zone: Tz, at: Timestamp) -> NaiveDateTime {
    let at = DateTime::from_timestamp_millis(at.0).unwrap_or(DateTime::UNIX_EPOCH);
    at.with_timezone(&zone).naive_local()
}

/// When the clocks of the zone first show a time; where they skip it, when they show the first
/// quarter of an hour behind it.
fn instant(zone: Tz, mut shown: NaiveDateTime) -> Timestamp {
    for _ in 0..LONGEST_SKIP {
        if let Some(at) = zone.from_local_datetime(&shown).earliest() {
            return Timestamp(at.timestamp_millis());
        }
        shown += chrono::TimeDelta::minutes(15);
    }
    Timestamp(shown.and_utc().timestamp_millis())
}

/// No zone has skipped more than a day, in quarters of an hour.
const LONGEST_SKIP: usize = 4 * 25;

fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// When the day of the zone began in which `at` lies.
pub(super) fn day_began(zone: Tz, at: Timestamp) -> Timestamp {
    instant(zone, local(zone, at).date().and_time(NaiveTime::MIN))
}

/// When the next day of the zone begins.
pub(super) fn next_day_begins(zone: Tz, at: Timestamp) -> Timestamp {
    instant(zone, next_day(local(zone, at).date()).and_time(NaiveTime::MIN))
}

/// Hours of each day, from one time to another; over midnight if `from` is the later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) from: NaiveTime,
    pub(super) to: NaiveTime,
}

impl Hours {
    fn hold(self, time: NaiveTime) -> bool {
        if self.from < self.to { self.from <= time && time < self.to } else { self.from <= time || time < self.to }
    }

    /// When they end, if `at` lies in them.
    pub(super) fn end(self, zone: Tz, at: Timestamp) -> Option<Timestamp> {
        let shown = local(zone, at);
        if !self.hold(shown.time()) {
            return None;
        }
        let day = if shown.time() < self.to { shown.date() } else { next_day(shown.date()) };
        let end = instant(zone, day.and_time(self.to));
        // In the hour that is shown twice the first showing of the end may be past.
        Some(if end > at { end } else { Timestamp(at.0 + 60_000) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn hours(from: (u32, u32), to: (u32, u32)) -> Hours {
        let time = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        Hours { from: time(from), to: time(to) }
    }

    #[test]
    fn quiet_nights_end_in_the_morning_of_the_zone() {
        let night = hours((22, 0), (7, 0));
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(night.end(berlin, at("2026-01-10T20:59:59Z")), None);
        assert_eq!(night.end(berlin, at("2026-01-10T21:00:00Z")), Some(at("2026-01-11T06:00:00Z")));
        assert_eq!(night.end(berlin, at("2026-01-11T05:59:59Z")), Some(at("2026-01-11T06:00:00Z")));
        assert_eq!(night.end(berlin, at("2026-01-11T06:00:00Z")), None);
        // The clocks are set forward in this night, and back in that one.
        assert_eq!(night.end(berlin, at("2026-03-28T23:00:00Z")), Some(at("2026-03-29T05:00:00Z")));
        assert_eq!(night.end(berlin, at("2026-10-24T22:00:00Z")), Some(at("2026-10-25T06:00:00Z")));
    }

    #[test]
    fn an_end_that_the_clocks_skip_is_the_next_time_they_show() {
        let berlin = chrono_tz::Europe::Berlin;
        let end = hours((1, 0), (2, 30)).end(berlin, at("2026-03-29T00:30:00Z"));
        assert_eq!(end, Some(at("2026-03-29T01:00:00Z")));
        // There, midnight itself is skipped.
        let beirut = chrono_tz::Asia::Beirut;
        assert_eq!(next_day_begins(beirut, at("2026-03-28T12:00:00Z")), at("2026-03-28T22:00:00Z"));
    }

    #[test]
    fn a_day_is_as_long_as_its_zone_says() {
        let berlin = chrono_tz::Europe::Berlin;
        let noon = at("2026-03-29T12:00:00Z");
        let length = next_day_begins(berlin, noon).since(day_began(berlin, noon));
        assert_eq!(length.as_secs(), 23 * 3600);
        let noon = at("2026-10-25T12:00:00Z");
        assert_eq!(next_day_begins(berlin, noon).since(day_began(berlin, noon)).as_secs(), 25 * 3600);
    }

    fn zones() -> impl Strategy<Value = Tz> {
        proptest::sample::select(&chrono_tz::TZ_VARIANTS[..])
    }

    proptest! {
        #[test]
        fn quiet_hours_end_after_now_and_within_two_days(zone in zones(), now in 1_500_000_000_000_i64..2_000_000_000_000, from in 0_u32..1440, to in 0_u32..1440) {
            prop_assume!(from != to);
            let hours = hours((from / 60, from % 60), (to / 60, to % 60));
            let now = Timestamp(now);
            if let Some(end) = hours.end(zone, now) {
                prop_assert!(end > now);
                prop_assert!(end.since(now).as_secs() <= 2 * 24 * 3600);
                prop_assert!(hours.hold(local(zone, now).time()));
            } else {
                prop_assert!(!hours.hold(local(zone, now).time()));
            }
        }

        #[test]
        fn now_lies_in_its_day(zone in zones(), now in 1_500_000_000_000_i64..2_000_000_000_000) {
            let now = Timestamp(now);
            prop_assert!(day_began(zone, now) <= now);
            prop_assert!(next_day_begins(zone, now) > now);
        }
    }
}
