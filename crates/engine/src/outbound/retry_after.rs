//! `Retry-After`: seconds or an HTTP date, as a wait of at most a day.

use chrono::NaiveDateTime;
use reqwest::header::HeaderValue;
use std::time::Duration;
use wagate_model::Timestamp;

/// The longest wait that a receiver can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(24);

/// The three forms of RFC 9110, section 5.6.7; a recipient must take all of them.
const DATE_FORMS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// The wait a receiver asks for; zero for a date in the past, `None` for what is neither form.
pub(super) fn parse(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_or(MAX_RETRY_AFTER, Duration::from_secs)
    } else {
        let at = DATE_FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        Timestamp(at.and_utc().timestamp_millis()).since(now)
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's examples.
    const RFC_DATE: Timestamp = Timestamp(784_111_777_000);

    fn wait(text: &str, now: Timestamp) -> Option<u64> {
        parse(&HeaderValue::from_str(text).unwrap(), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_are_taken_and_bounded_to_a_day() {
        for (text, seconds) in
            [("0", 0), ("120", 120), (" 5 ", 5), ("86401", 86_400), ("99999999999999999999999", 86_400)]
        {
            assert_eq!(wait(text, RFC_DATE), Some(seconds), "{text}");
        }
    }

    #[test]
    fn all_three_forms_of_a_date_are_taken() {
        let now = RFC_DATE.minus(Duration::from_secs(90));
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(wait(text, now), Some(90), "{text}");
        }
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_and_one_far_away_is_a_day() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(wait(date, RFC_DATE.plus(Duration::from_secs(1))), Some(0));
        assert_eq!(wait(date, Timestamp(0)), Some(86_400));
    }

    #[test]
    fn anything_else_is_ignored() {
        for text in ["", "soon", "-1", "1.5", "+3", "Sun, 99 Nov 1994 08:49:37 GMT", "2026-01-01T00:00:00Z"] {
            assert_eq!(wait(text, RFC_DATE), None, "{text}");
        }
    }
}
