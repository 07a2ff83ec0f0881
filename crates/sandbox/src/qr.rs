//! The QR code of an account that waits to be linked: computed when somebody looks, so that
//! nothing runs while nobody does.

use crate::fingerprint::fingerprint;
use std::time::Duration;
use wagate_model::{AccountId, Timestamp, provider::QrCode};

/// How long a code is shown before another one takes its place.
const SHOWN_FOR: Duration = Duration::from_secs(20);

/// The code that `account` shows at `now`.
pub(crate) fn code(account: AccountId, now: Timestamp) -> QrCode {
    let span = i64::try_from(SHOWN_FOR.as_millis()).unwrap_or(i64::MAX);
    let turn = now.0.div_euclid(span);
    let secret = fingerprint(&["qr", &account.to_string(), &turn.to_string()]);
    QrCode {
        text: format!("wagate-sandbox,{account},{}", hex::encode(secret)),
        expires_at: Timestamp(turn.saturating_add(1).saturating_mul(span)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ulid::Ulid;

    #[test]
    fn a_code_stays_for_20_seconds_and_then_is_another() {
        let account = AccountId::from(Ulid(1));
        let first = code(account, Timestamp(40_000));
        assert_eq!(first.expires_at, Timestamp(60_000));
        assert_eq!(code(account, Timestamp(59_999)), first);
        assert_ne!(code(account, Timestamp(60_000)).text, first.text);
    }

    #[test]
    fn two_accounts_never_show_the_same_code() {
        let [one, other] = [1, 2].map(|n| code(AccountId::from(Ulid(n)), Timestamp(0)));
        assert_ne!(one.text, other.text);
    }
}
