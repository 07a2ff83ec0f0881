//! What follows a failed attempt: the reason's policy, turned into a time.

use backon::{BackoffBuilder, ExponentialBuilder};
use std::time::Duration;
use wagate_model::{Policy, Reason, Timestamp, provider::SendFailure};

/// Most attempts of one message.
const MOST_ATTEMPTS: u32 = 8;
/// Most attempts whose outcome stays unknown.
const MOST_UNKNOWN_ATTEMPTS: u32 = 5;
/// The first pause between attempts; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause between attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// How long a restriction of new chats is believed when the network does not say.
const NEW_CHATS_HELD: Duration = Duration::from_hours(6);
/// How long a status webhook is waited for where a resend would be another message.
const UNKNOWN_WAITS: Duration = Duration::from_mins(15);
/// How long later messages of a chat wait for one that waits for another attempt.
pub(crate) const CHAT_WAITS_AT_MOST: Duration = Duration::from_mins(10);

/// What happens to a message after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another attempt at this time.
    Wait(Timestamp),
    /// Another attempt as soon as the account works again.
    HoldAccount,
    /// Another attempt at this time, and no new chats before.
    HoldNewChats(Timestamp),
    /// It failed.
    GiveUp,
}

/// Decides by the reason alone. `attempt` is the number of the one that failed, `can_resend`
/// whether a resend is the same message for the recipient, `seed` makes the jitter.
pub(crate) fn after_failure(failure: &SendFailure, attempt: u32, can_resend: bool, at: Timestamp, seed: u64) -> Next {
    let asked = failure.retry_after.unwrap_or_default();
    match failure.reason.policy() {
        Policy::Final => Next::GiveUp,
        Policy::HoldAccount => Next::HoldAccount,
        Policy::HoldNewChats => Next::HoldNewChats(at.plus(asked.max(NEW_CHATS_HELD))),
        Policy::Retry if failure.reason == Reason::OutcomeUnknown && !can_resend => Next::Wait(at.plus(UNKNOWN_WAITS)),
        Policy::Retry | Policy::SlowDown(_) => {
            let most = if failure.reason == Reason::OutcomeUnknown { MOST_UNKNOWN_ATTEMPTS } else { MOST_ATTEMPTS };
            if attempt >= most { Next::GiveUp } else { Next::Wait(at.plus(pause(attempt, seed).max(asked))) }
        }
    }
}

fn pause(attempt: u32, seed: u64) -> Duration {
    let mut pauses = ExponentialBuilder::new()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(seed)
        .build();
    pauses.nth(attempt.saturating_sub(1) as usize).unwrap_or(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AT: Timestamp = Timestamp(1_000_000);

    fn any_reason() -> impl Strategy<Value = Reason> {
        proptest::sample::select(Reason::ALL)
    }

    proptest! {
        #[test]
        fn the_reason_alone_decides(reason in any_reason(), attempt in 1_u32..20, seed: u64) {
            let next = after_failure(&SendFailure::new(reason, ""), attempt, true, AT, seed);
            match reason.policy() {
                Policy::Final => prop_assert_eq!(next, Next::GiveUp),
                Policy::HoldAccount => prop_assert_eq!(next, Next::HoldAccount),
                Policy::HoldNewChats => prop_assert!(matches!(next, Next::HoldNewChats(until) if until > AT)),
                Policy::Retry | Policy::SlowDown(_) => match next {
                    Next::Wait(until) => {
                        prop_assert!(attempt < MOST_ATTEMPTS);
                        prop_assert!(until >= AT.plus(FIRST_PAUSE));
                        prop_assert!(until <= AT.plus(LONGEST_PAUSE * 2));
                    }
                    other => prop_assert!(other == Next::GiveUp && attempt >= MOST_UNKNOWN_ATTEMPTS, "{other:?}"),
                },
            }
        }

        #[test]
        fn pauses_grow_and_a_wish_to_wait_is_honoured(attempt in 1_u32..7, seed: u64, wish in 0_u64..10_000) {
            let mut failure = SendFailure::new(Reason::RateLimited, "");
            failure.retry_after = Some(Duration::from_secs(wish));
            let Next::Wait(until) = after_failure(&failure, attempt, true, AT, seed) else {
                return Err(TestCaseError::fail("a rate limit is retried"));
            };
            let shortest = FIRST_PAUSE * 2_u32.pow(attempt - 1);
            prop_assert!(until >= AT.plus(shortest.min(LONGEST_PAUSE).max(Duration::from_secs(wish))));
        }
    }

    #[test]
    fn what_cannot_be_resent_waits_for_news_instead() {
        let unknown = SendFailure::new(Reason::OutcomeUnknown, "");
        assert_eq!(after_failure(&unknown, 1, false, AT, 1), Next::Wait(AT.plus(UNKNOWN_WAITS)));
    }
}
