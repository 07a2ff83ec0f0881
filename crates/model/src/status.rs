//! A message's status and the only ways it may change.

use serde::{Deserialize, Serialize};

/// Where a message stands. For outgoing messages it only moves forward:
/// `scheduled < queued < sending < sent < delivered < read`; the other words are ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for its `send_at`.
    Scheduled,
    /// Accepted, waits for its turn (or is held; see `hold_reason`).
    Queued,
    /// An attempt is in flight, its outcome is unknown, or another one waits for `next_attempt_at`.
    Sending,
    /// The network took it.
    Sent,
    /// It reached the recipient's device.
    Delivered,
    /// The recipient saw it.
    Read,
    /// Given up; `reason` says why.
    Failed,
    /// Cancelled before an attempt was in flight.
    Cancelled,
    /// Its `expires_at` passed before an attempt was in flight.
    Expired,
    /// An incoming message.
    Received,
}

crate::text::text_enum!(Status {
    Scheduled => "scheduled",
    Queued => "queued",
    Sending => "sending",
    Sent => "sent",
    Delivered => "delivered",
    Read => "read",
    Failed => "failed",
    Cancelled => "cancelled",
    Expired => "expired",
    Received => "received",
});

impl Status {
    /// Whether a message may go from this status to `next`.
    ///
    /// Gaps are fine (`sending` to `read`), going back is not, and proof of delivery overrides
    /// `failed`, whichever comes first.
    pub fn may_become(self, next: Self) -> bool {
        use Status::{Cancelled, Delivered, Expired, Failed, Queued, Read, Received, Scheduled, Sending, Sent};
        match (self, next) {
            (Failed, Delivered | Read)
            | (Scheduled | Queued | Sending | Sent, Failed)
            | (Scheduled | Queued | Sending, Cancelled | Expired) => true,
            (Read | Failed | Cancelled | Expired | Received, _)
            | (_, Scheduled | Received | Cancelled | Expired)
            | (Delivered, Failed) => false,
            (
                from @ (Scheduled | Queued | Sending | Sent | Delivered),
                to @ (Queued | Sending | Sent | Delivered | Read),
            ) => from.rank() < to.rank(),
        }
    }

    /// Whether nothing more is owed for a message: it was sent or its life ended.
    /// `Prefer: wait` waits for this.
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Scheduled | Self::Queued | Self::Sending)
    }

    /// Whether no status can follow but the proof of delivery after `failed`.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Read | Self::Failed | Self::Cancelled | Self::Expired | Self::Received)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Scheduled => 0,
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Sent => 3,
            Self::Delivered => 4,
            Self::Read => 5,
            Self::Failed | Self::Cancelled | Self::Expired | Self::Received => 6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_status() -> impl Strategy<Value = Status> {
        proptest::sample::select(Status::ALL)
    }

    proptest! {
        #[test]
        fn a_status_never_goes_back_in_whatever_order_receipts_come(news in proptest::collection::vec(any_status(), 0..30)) {
            let mut status = Status::Queued;
            for next in news {
                if status.may_become(next) {
                    let proof = status == Status::Failed && matches!(next, Status::Delivered | Status::Read);
                    prop_assert!(next.rank() > status.rank() || proof, "{status} to {next}");
                    status = next;
                }
            }
        }

        #[test]
        fn every_order_of_receipts_ends_the_same(mut order in Just(vec![Status::Sent, Status::Delivered, Status::Read]).prop_shuffle(), lost in 0usize..3) {
            order.remove(lost);
            let end = order.iter().fold(Status::Sending, |now, next| if now.may_become(*next) { *next } else { now });
            let best = order.iter().max_by_key(|s| s.rank()).copied().unwrap();
            prop_assert_eq!(end, best);
        }
    }

    #[test]
    fn nothing_follows_itself_or_an_end_but_proof_of_delivery() {
        for from in Status::ALL {
            assert!(!from.may_become(*from), "{from}");
            for to in Status::ALL {
                if from.is_end() && from.may_become(*to) {
                    assert_eq!(*from, Status::Failed);
                    assert!(matches!(to, Status::Delivered | Status::Read));
                }
            }
        }
    }

    #[test]
    fn what_is_sent_cannot_be_cancelled_but_may_fail() {
        assert!(!Status::Sent.may_become(Status::Cancelled));
        assert!(Status::Sent.may_become(Status::Failed));
        assert!(!Status::Delivered.may_become(Status::Failed));
    }
}
