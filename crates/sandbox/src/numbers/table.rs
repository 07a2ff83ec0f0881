//! The table of magic numbers itself.

use super::{Answer, Behaviour, Effect, MagicNumber, News, Refusal, When};
use std::time::Duration;
use wagate_model::{Reason, provider::ReceiptKind};

const DELIVERED: News = News { kind: ReceiptKind::Delivered, after_ms: 300, jitter_ms: 200 };
const READ: News = News { kind: ReceiptKind::Read, after_ms: 1_000, jitter_ms: 500 };
const AT_ONCE: Answer = Answer::After(Duration::ZERO);

/// What everybody does who is not in the table.
pub(super) const ORDINARY: Behaviour =
    Behaviour { refusal: None, answer: AT_ONCE, news: &[DELIVERED, READ], is_echo: false };

/// Every number that behaves in a way of its own, in order.
pub const MAGIC_NUMBERS: &[MagicNumber] = &[
    refuses("+15550110001", "is not on WhatsApp: `recipient_not_on_whatsapp`", Reason::RecipientNotOnWhatsapp),
    magic(
        "+15550110002",
        "rate limits the first try of each message: `rate_limited`, and asks to wait 1 s",
        refusing(Refusal { retry_after: Some(Duration::from_secs(1)), ..first_try(Reason::RateLimited, Effect::None) }),
    ),
    magic(
        "+15550110003",
        "accepts and never answers: the outcome stays unknown, and no receipt comes",
        Behaviour { answer: Answer::Never, news: &[], ..ORDINARY },
    ),
    magic(
        "+15550110004",
        "is restricted for new chats: `new_chats_restricted` until it has written to the account",
        refusing(Refusal { when: When::NewChat, ..refusal(Reason::NewChatsRestricted) }),
    ),
    magic("+15550110005", "receives and never reads", Behaviour { news: &[DELIVERED], ..ORDINARY }),
    magic("+15550110006", "answers every text with the same text", Behaviour { is_echo: true, ..ORDINARY }),
    magic(
        "+15550110007",
        "takes 5 s to answer the send",
        Behaviour { answer: Answer::After(Duration::from_secs(5)), ..ORDINARY },
    ),
    refuses("+15550110008", "blocks us: `recipient_blocked_us`", Reason::RecipientBlockedUs),
    magic(
        "+15550110009",
        "logs the account out at the first try of each message: `logged_out`",
        refusing(first_try(Reason::LoggedOut, Effect::LogOut)),
    ),
    refuses("+15550110010", "finds the network down at every try: `provider_unavailable`", Reason::ProviderUnavailable),
    magic(
        "+15550110011",
        "gets the account restricted at the first try of each message: `account_restricted`, held until restored",
        refusing(first_try(Reason::AccountRestricted, Effect::Restrict)),
    ),
    magic(
        "+15550110012",
        "takes the message and fails it later: a receipt with `content_invalid`",
        Behaviour { news: &[failed(300)], ..ORDINARY },
    ),
    magic(
        "+15550110013",
        "says that it read before it says that it received",
        Behaviour { news: &[at(READ, 300), at(DELIVERED, 600)], ..ORDINARY },
    ),
    magic(
        "+15550110014",
        "gives every receipt twice",
        Behaviour { news: &[DELIVERED, at(DELIVERED, 550), READ, at(READ, 1_550)], ..ORDINARY },
    ),
    magic(
        "+15550110015",
        "accepts, and the answer to the first try is lost: `outcome_unknown`; the next try is a repeat of the same message",
        Behaviour { answer: Answer::FirstLost, ..ORDINARY },
    ),
    magic(
        "+15550110016",
        "finds that we write to it too fast, at the first try of each message: `pair_rate_limited`",
        refusing(first_try(Reason::PairRateLimited, Effect::None)),
    ),
    magic(
        "+15550110017",
        "receives and reads before the send is answered, which takes 3 s",
        Behaviour { answer: Answer::OvertakenAfter(Duration::from_secs(3)), ..ORDINARY },
    ),
    magic(
        "+15550110018",
        "fails the message later, and then receives and reads it all the same",
        Behaviour { news: &[failed(200), at(DELIVERED, 600), READ], ..ORDINARY },
    ),
    refuses("+15550110019", "gets content that the network refuses: `content_invalid`", Reason::ContentInvalid),
    magic(
        "+15550110020",
        "drops the connection at the first try of each message: `provider_unavailable`, connected again after 1 s",
        refusing(first_try(Reason::ProviderUnavailable, Effect::Drop)),
    ),
    magic(
        "+15550110021",
        "gets the account banned at the first try of each message: `account_banned` until restored",
        refusing(first_try(Reason::AccountBanned, Effect::Ban)),
    ),
];

const fn magic(number: &'static str, does: &'static str, behaviour: Behaviour) -> MagicNumber {
    MagicNumber { number, does, behaviour }
}

/// A number for which the network refuses every message for one reason.
const fn refuses(number: &'static str, does: &'static str, reason: Reason) -> MagicNumber {
    magic(number, does, refusing(refusal(reason)))
}

const fn refusing(refusal: Refusal) -> Behaviour {
    Behaviour { refusal: Some(refusal), ..ORDINARY }
}

const fn first_try(reason: Reason, effect: Effect) -> Refusal {
    Refusal { when: When::FirstTry, effect, ..refusal(reason) }
}

const fn refusal(reason: Reason) -> Refusal {
    let detail = "the sandbox refused it, as it does for this number";
    Refusal { when: When::Always, reason, detail, retry_after: None, effect: Effect::None }
}

const fn failed(after_ms: u16) -> News {
    News { kind: ReceiptKind::Failed(Reason::ContentInvalid), after_ms, jitter_ms: 0 }
}

const fn at(news: News, after_ms: u16) -> News {
    News { after_ms, jitter_ms: 0, ..news }
}
