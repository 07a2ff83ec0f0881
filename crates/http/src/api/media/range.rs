//! Which bytes of a file are asked for (RFC 9110, section 14).

use axum::http::{HeaderMap, header};
use std::ops::Range;

/// What an answer shall hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything: nothing else was asked for, or what was asked for is not understood.
    All,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that the file does not have.
    Nothing,
}

/// Reads `Range` and `If-Range` for a file of `size` bytes whose tag is `etag`.
pub(super) fn wanted(headers: &HeaderMap, size: u64, etag: &str) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_other = text(header::IF_RANGE).is_some_and(|tag| tag != format!("\"{etag}\""));
    match text(header::RANGE).filter(|_| !is_other && headers.get_all(header::RANGE).iter().count() == 1) {
        Some(range) => read(range, size).unwrap_or(Wanted::All),
        None => Wanted::All,
    }
}

/// One range; `None` for several, and for what is no range.
fn read(text: &str, size: u64) -> Option<Wanted> {
    let (unit, range) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || range.contains(',') {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let range = match (number(first)?, number(last)?) {
        (None, Some(length)) => size.saturating_sub(length)..size,
        (Some(first), None) => first..size,
        (Some(first), Some(last)) if first <= last => first..size.min(last.saturating_add(1)),
        (None, None) | (Some(_), Some(_)) => return None,
    };
    Some(if range.start < range.end { Wanted::Part(range) } else { Wanted::Nothing })
}

/// Digits, or nothing; the outer `None` for anything else. What is too large is at the end.
#[expect(clippy::option_option, reason = "no number and no range are two things")]
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((!text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        wanted(&headers, 10, "tag")
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(of("bytes=0-0"), Wanted::Part(0..1));
        assert_eq!(of("bytes=2-"), Wanted::Part(2..10));
        assert_eq!(of("bytes=-3"), Wanted::Part(7..10));
        assert_eq!(of("bytes=-30"), Wanted::Part(0..10));
        assert_eq!(of("BYTES = 8-99999999999999999999999"), Wanted::Part(8..10));
        for nothing in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(of(nothing), Wanted::Nothing, "{nothing}");
        }
        for all in
            ["", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "lines=0-1", "bytes=0-1,3-4", "bytes=--1"]
        {
            assert_eq!(of(all), Wanted::All, "{all}");
        }
    }

    #[test]
    fn a_range_of_another_version_is_not_cut() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, "bytes=1-2".parse().unwrap());
        headers.insert(header::IF_RANGE, "\"other\"".parse().unwrap());
        assert_eq!(wanted(&headers, 10, "tag"), Wanted::All);
        headers.insert(header::IF_RANGE, "\"tag\"".parse().unwrap());
        assert_eq!(wanted(&headers, 10, "tag"), Wanted::Part(1..3));
    }
}
