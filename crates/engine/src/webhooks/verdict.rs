//! What an answer means, or that there was none.

use crate::outbound::PostOutcome;
use std::time::Duration;

/// Most bytes of an answer that the log of attempts keeps.
const KEPT: usize = 2048;

/// A judged try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What it comes to.
    pub(super) kind: VerdictKind,
    /// The HTTP status, if an answer came.
    pub(super) status_code: Option<u16>,
    /// The name of what went wrong, if none came.
    pub(super) error: Option<String>,
    /// The beginning of the answer.
    pub(super) response: Option<String>,
    /// How long the receiver asks to be left alone.
    pub(super) retry_after: Option<Duration>,
}

/// What a try comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VerdictKind {
    /// 2xx.
    Delivered,
    /// 410: nobody is there any more, nor will be.
    Gone,
    /// 429, 502, 504: too much for the receiver or for what stands before it.
    Overloaded,
    /// Any other answer, redirects among them.
    Refused,
    /// No answer.
    Unanswered,
}

impl VerdictKind {
    fn of_status(status: u16) -> Self {
        match status {
            200..300 => Self::Delivered,
            410 => Self::Gone,
            429 | 502 | 504 => Self::Overloaded,
            _ => Self::Refused,
        }
    }

    /// For the metric; no tenant can be told from it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::Overloaded => "overloaded",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
        }
    }
}

/// Judges what came of a POST.
pub(super) fn judge(outcome: PostOutcome) -> Verdict {
    match outcome.result {
        Ok(answer) => Verdict {
            kind: VerdictKind::of_status(answer.status),
            status_code: Some(answer.status),
            error: None,
            response: Some(beginning(answer.body)),
            retry_after: answer.retry_after,
        },
        Err(error) => Verdict {
            kind: VerdictKind::Unanswered,
            status_code: None,
            error: Some(error.kind.as_str().to_owned()),
            response: None,
            retry_after: None,
        },
    }
}

fn beginning(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(KEPT));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::Answer;

    fn answer(status: u16, body: &str) -> PostOutcome {
        let answer = Answer { status, retry_after: None, body: body.to_owned(), is_body_cut: false };
        PostOutcome { duration_ms: 1, result: Ok(answer) }
    }

    #[test]
    fn only_2xx_is_a_success() {
        for status in 100..=599 {
            let is_delivered = judge(answer(status, "")).kind == VerdictKind::Delivered;
            assert_eq!(is_delivered, (200..300).contains(&status), "{status}");
        }
    }

    #[test]
    fn some_answers_say_more_than_no() {
        for (status, kind) in [
            (301, VerdictKind::Refused),
            (404, VerdictKind::Refused),
            (410, VerdictKind::Gone),
            (429, VerdictKind::Overloaded),
            (500, VerdictKind::Refused),
            (502, VerdictKind::Overloaded),
            (503, VerdictKind::Refused),
            (504, VerdictKind::Overloaded),
        ] {
            assert_eq!(judge(answer(status, "")).kind, kind, "{status}");
        }
    }

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        let kept = judge(answer(200, &"\u{fc}".repeat(3000))).response.unwrap();
        assert_eq!(kept.len(), KEPT);
        let kept = judge(answer(200, &"\u{20ac}".repeat(3000))).response.unwrap();
        assert_eq!(kept.len(), KEPT - KEPT % 3);
    }
}
