//! Magic numbers: recipients of the simulated network that answer in a way of their own.
//!
//! [`MAGIC_NUMBERS`] is the one table; `docs/sandbox.md` is checked against it.

mod table;

use std::time::Duration;
pub use table::MAGIC_NUMBERS;
use wagate_model::{ChatAddress, Reason, provider::ReceiptKind};

/// A recipient that answers in a way of its own.
#[derive(Debug, Clone, Copy)]
pub struct MagicNumber {
    /// The number in E.164 form.
    pub number: &'static str,
    /// What it does, in a sentence or two for people.
    pub does: &'static str,
    pub(crate) behaviour: Behaviour,
}

/// What a recipient does with messages. The default receives and reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Behaviour {
    /// The network refuses the message; it never arrives.
    pub(crate) refusal: Option<Refusal>,
    /// How the network answers the send of a message that arrived.
    pub(crate) answer: Answer,
    /// What the network says about the message later, in this order.
    pub(crate) news: &'static [News],
    /// Whether the recipient writes back what was written.
    pub(crate) is_echo: bool,
}

/// A message that does not arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal {
    /// When the network refuses.
    pub(crate) when: When,
    /// Why.
    pub(crate) reason: Reason,
    /// Why, in the network's words.
    pub(crate) detail: &'static str,
    /// How long the network asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// What it does to the account.
    pub(crate) effect: Effect,
}

/// When a refusal applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// At every try.
    Always,
    /// At the first try of each message.
    FirstTry,
    /// Until the recipient has written to the account.
    NewChat,
}

/// What a refusal does to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// The account is logged out.
    LogOut,
    /// The account may only receive until it is restored.
    Restrict,
    /// The account is banned until it is restored.
    Ban,
    /// The connection drops and comes back.
    Drop,
}

/// How the network answers the send of a message that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It answers after this time; receipts follow the answer.
    After(Duration),
    /// It answers after this time; receipts do not wait for the answer.
    OvertakenAfter(Duration),
    /// It never answers.
    Never,
    /// The answer to the first try is lost: the sender cannot know that the message arrived.
    FirstLost,
}

/// One thing that the network says about a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    /// What it says.
    pub(crate) kind: ReceiptKind,
    /// How long after the send was answered, in milliseconds.
    pub(crate) after_ms: u16,
    /// Up to how many milliseconds more, by chance.
    pub(crate) jitter_ms: u16,
}

impl Behaviour {
    /// Whether anything happens to a message after it arrived.
    pub(crate) fn has_aftermath(&self) -> bool {
        !self.news.is_empty() || self.is_echo
    }

    /// How long after the arrival the clock of the receipts starts.
    pub(crate) fn news_wait(&self) -> Duration {
        match self.answer {
            Answer::After(wait) => wait,
            Answer::OvertakenAfter(_) | Answer::Never | Answer::FirstLost => Duration::ZERO,
        }
    }
}

/// How the recipient at `chat` behaves; every address that is not in the table receives and reads.
pub(crate) fn behaviour(chat: &ChatAddress) -> &'static Behaviour {
    MAGIC_NUMBERS.iter().find(|it| it.number == chat.as_str()).map_or(&table::ORDINARY, |it| &it.behaviour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use wagate_model::PhoneNumber;

    #[test]
    fn every_magic_number_is_a_valid_number_and_stands_once() {
        for (index, magic) in MAGIC_NUMBERS.iter().enumerate() {
            assert!(magic.number.parse::<PhoneNumber>().is_ok(), "{}", magic.number);
            assert_eq!(magic.number, format!("+1555011{:04}", index + 1));
        }
    }

    #[test]
    fn everybody_else_receives_and_reads() {
        for address in ["+15550100001", "+15550109999", "+491701234567", "120363043211234567@g.us", "+15550119999"] {
            let behaviour = behaviour(&address.parse().unwrap());
            assert!(behaviour.refusal.is_none(), "{address}");
            let kinds: Vec<_> = behaviour.news.iter().map(|news| news.kind).collect();
            assert_eq!(kinds, [ReceiptKind::Delivered, ReceiptKind::Read], "{address}");
        }
    }

    #[test]
    fn what_is_received_is_read_within_two_seconds() {
        let latest = table::ORDINARY.news.iter().map(|news| news.after_ms + news.jitter_ms).max();
        assert!(latest.is_some_and(|latest| latest < 2_000));
    }

    #[test]
    fn the_documentation_has_the_table() {
        let mut table =
            String::from("| number | what it does |\n|---|---|\n| `+1555010NNNN` | receives and reads within 2 s |\n");
        for magic in MAGIC_NUMBERS {
            writeln!(table, "| `{}` | {} |", magic.number, magic.does).unwrap();
        }
        table.push_str("| any other number, and groups | as `+1555010NNNN` |\n");
        let page = include_str!("../../../docs/sandbox.md");
        assert!(page.contains(&table), "docs/sandbox.md must contain:\n{table}");
    }
}
