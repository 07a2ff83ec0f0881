//! Identifiers: a prefix that says of what, and 128 bits whose first 48 are the time.

use crate::{Clock, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr, sync::Mutex};
pub use ulid::Ulid;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id such as `{prefix}_01jd0c2q4w8v7h3n5k6m9p0r1s` was expected")]
pub struct InvalidId {
    /// The prefix that ids of this kind carry.
    pub prefix: &'static str,
}

const DIGITS: usize = 26;

fn parse_digits(text: &str) -> Option<Ulid> {
    let lowercase = |b: u8| b.is_ascii_digit() || b.is_ascii_lowercase();
    if text.len() != DIGITS || !text.bytes().all(lowercase) {
        return None;
    }
    let id = Ulid::from_string(text).ok()?;
    // Base32 has letters that are read as others (i, l, o); only the canonical text is an id.
    (id.to_string().to_ascii_lowercase() == text).then_some(id)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// What the text of such an id begins with, without the underscore.
            pub const PREFIX: &'static str = $prefix;
        }

        impl From<Ulid> for $name {
            fn from(id: Ulid) -> Self { Self(id) }
        }

        impl From<$name> for Ulid {
            fn from(id: $name) -> Self { id.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; DIGITS];
                let text = self.0.array_to_str(&mut digits);
                text.make_ascii_lowercase();
                write!(f, "{}_{}", $prefix, text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(parse_digits)
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{26}$")))
                    .examples([concat!($prefix, "_01jd0c2q4w8v7h3n5k6m9p0r1s")])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    /// A tenant.
    WorkspaceId = "ws";
    /// A file that goes with messages.
    MediaId = "med";
    /// A connected number.
    AccountId = "acc";
    /// A message in either direction.
    MessageId = "msg";
    /// An API key.
    KeyId = "key";
    /// An event.
    EventId = "evt";
    /// A customer's webhook endpoint.
    EndpointId = "ep";
    /// One event on its way to one endpoint.
    DeliveryId = "dlv";
    /// One POST of a delivery.
    WebhookAttemptId = "wha";
    /// A line of the audit log.
    AuditId = "aud";
    /// A person of a workspace.
    UserId = "usr";
    /// A process that runs lanes.
    NodeId = "node";
    /// The messages between one account and one address.
    ChatId = "chat";
    /// A person whom a workspace writes with.
    ContactId = "con";
    /// A file of contacts on its way in.
    ImportId = "imp";
    /// The erasure of a person's data.
    ErasureId = "era";
    /// One HTTP request, for logs and support.
    RequestId = "req";
}

/// Makes ids that grow within this process even when the clock stands still or steps back.
pub struct IdSource {
    clock: std::sync::Arc<dyn Clock>,
    random: Box<dyn Fn() -> u128 + Send + Sync>,
    last: Mutex<Ulid>,
}

impl IdSource {
    /// A source that takes time from `clock` and 80 random bits from each call of `random`.
    pub fn new(clock: std::sync::Arc<dyn Clock>, random: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self { clock, random: Box::new(random), last: Mutex::new(Ulid::nil()) }
    }

    /// The next id, greater than every earlier one of this source.
    pub fn next<T: From<Ulid>>(&self) -> T {
        let now = u64::try_from(self.clock.now().0).unwrap_or(0);
        // A poisoned lock holds a whole id still: the value is replaced in one assignment.
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = if now > last.timestamp_ms() {
            Ulid::from_parts(now, (self.random)())
        } else {
            // Overflow would take 2^80 ids in one millisecond; the time part then moves on by one.
            last.increment().unwrap_or_else(|full| Ulid::from_parts(full.timestamp_ms() + 1, 0))
        };
        *last = id;
        T::from(id)
    }

    /// The time that the source's clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl fmt::Debug for IdSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdSource").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    struct Hand(AtomicI64);
    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn ids_grow_while_the_clock_steps_back() {
        let hand = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let source = IdSource::new(hand.clone(), || 7);
        let mut last: MessageId = source.next();
        for time in [1_000_000, 999_000, 5, 1_000_001, 1_000_000] {
            hand.0.store(time, Ordering::Relaxed);
            let id: MessageId = source.next();
            assert!(id > last, "{id} after {last} at {time}");
            assert!(id.to_string() > last.to_string());
            last = id;
        }
    }

    proptest! {
        #[test]
        fn an_id_is_read_back_from_its_text(bits: u128) {
            let id = MessageId::from(Ulid(bits));
            prop_assert_eq!(id.to_string().parse::<MessageId>(), Ok(id));
        }

        #[test]
        fn only_canonical_text_is_an_id(text in "(msg_)?[0-9a-zA-Z_./\0]{0,40}") {
            if let Ok(id) = text.parse::<MessageId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = MessageId::from(Ulid(5)).to_string();
        assert!(id.parse::<AccountId>().is_err());
        assert!(id.to_uppercase().parse::<MessageId>().is_err());
    }
}
