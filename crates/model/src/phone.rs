//! Numbers and chat addresses: whom a message goes to or comes from.

use crate::FieldError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// Fewest digits of an international number, country code included.
const FEWEST_DIGITS: usize = 7;
/// Most digits of an international number (ITU-T E.164, section 6).
const MOST_DIGITS: usize = 15;
/// Longest local part of a chat address; WhatsApp's own stay below 40 characters.
const LONGEST_LOCAL_PART: usize = 64;

/// A number in E.164 form: `+`, then 7 to 15 digits that do not begin with 0.
///
/// The form and the possible length are checked, not a numbering plan: only the network knows
/// who exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number with its `+`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number without its `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }
}

impl FromStr for PhoneNumber {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let wrong = || {
            FieldError::format(
                "",
                "A number in E.164 form was expected: `+`, country code and number, 7 to 15 digits, such as +15550100001.",
            )
        };
        let digits = text.strip_prefix('+').ok_or_else(wrong)?;
        let plausible = (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if plausible { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a message can be sent: a number, or a chat by its network address
/// (`...@g.us`, `...@newsletter`, `...@lid`, `status@broadcast`).
///
/// A message's `chat_id` is always such an address, so an answer can use it as `to`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatAddress(String);

impl ChatAddress {
    /// The address as it stands in the API and in SQL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is one person: a number, or the network's own id of somebody (`...@lid`).
    pub fn is_person(&self) -> bool {
        self.0.starts_with('+') || self.0.ends_with("@lid")
    }

    /// The number, if this is a chat with one person known by number.
    pub fn phone_number(&self) -> Option<PhoneNumber> {
        self.0.parse().ok()
    }
}

impl From<PhoneNumber> for ChatAddress {
    fn from(number: PhoneNumber) -> Self {
        Self(number.0)
    }
}

impl FromStr for ChatAddress {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        if text.starts_with('+') {
            return text.parse::<PhoneNumber>().map(Self::from);
        }
        let wrong = || {
            FieldError::format(
                "",
                "A number such as +15550100001 or a chat address was expected (...@g.us, ...@newsletter, ...@lid, status@broadcast).",
            )
        };
        let (local, domain) = text.split_once('@').ok_or_else(wrong)?;
        let digits = |b: u8| b.is_ascii_digit() || b == b'-';
        let numbered = !local.is_empty() && local.len() <= LONGEST_LOCAL_PART && local.bytes().all(digits);
        let known = match domain {
            "g.us" | "newsletter" | "lid" => numbered,
            "broadcast" => local == "status",
            _ => false,
        };
        if known { Ok(Self(text.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for ChatAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! text_serde {
    ($name:ident, $pattern:literal, $example:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(|fault: FieldError| de::Error::custom(fault.detail))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some($pattern))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
text_serde!(PhoneNumber, r"^\+[1-9][0-9]{6,14}$", "+15550100001");
text_serde!(
    ChatAddress,
    r"^(\+[1-9][0-9]{6,14}|[0-9-]{1,64}@(g\.us|newsletter|lid)|status@broadcast)$",
    "+15550100001"
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_every_kind_are_taken() {
        for text in [
            "+15550100001",
            "+1234567",
            "120363043211234567@g.us",
            "4915112345-1600000000@g.us",
            "120363111@newsletter",
            "123456789012345@lid",
            "status@broadcast",
        ] {
            assert_eq!(text.parse::<ChatAddress>().map(|a| a.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        let long = format!("{}@g.us", "1".repeat(10_000));
        for text in [
            "",
            "+",
            "15550100001",
            "+0555010000",
            "+123456",
            "+1234567890123456",
            "+1555 0100001",
            "+١٢٣٤٥٦٧٨٩",
            "x@g.us",
            "@g.us",
            "1@example.com",
            "me@broadcast",
            "../1@g.us",
            "1\0@g.us",
            &long,
        ] {
            let fault = text.parse::<ChatAddress>().expect_err(text);
            assert_eq!(fault.code, "invalid_format");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_back_from_its_text(text in "\\+[1-9][0-9]{6,14}") {
            prop_assert_eq!(text.parse::<PhoneNumber>().unwrap().to_string(), text);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            if let Ok(address) = text.parse::<ChatAddress>() {
                prop_assert_eq!(address.as_str(), text);
            }
        }
    }
}
