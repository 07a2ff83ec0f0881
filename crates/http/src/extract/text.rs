//! Short texts in bodies, each a type that exists only within its bounds.
//!
//! A fault's code stands before its sentence (`too_long: ...`); `fault` takes it from there.

use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// One line with something to see in it; the same as [`is_line`] says.
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";
/// No NUL, which not every database keeps.
const ANY: &str = r"^[^\x00]*$";

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $least:literal to $most:literal, $kind:ident, $example:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::read(text).map_err(|(code, detail)| D::Error::custom(format!("{code}: {detail}")))
            }
        }

        impl $name {
            /// Takes a text within the bounds, or says the fault's code and detail.
            pub(crate) fn read(text: String) -> Result<Self, (&'static str, String)> {
                check(&text, $least, $most)?;
                Kind::$kind.check(&text)?;
                Ok(Self(text))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(($least > 0).then_some($least))
                    .max_length(Some($most))
                    .pattern(Some(Kind::$kind.pattern()))
                    .examples([$example])
                    .into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

texts! {
    /// A name for people: one line.
    Name: 1 to 100, Line, "Support desk";
    /// A note for people; may be empty.
    Description: 0 to 500, Any, "Tells the shop's backend";
    /// The caller's own reference: one line.
    ClientRef: 1 to 255, Line, "order-1042";
    /// Why a workspace is suspended: one line, shown to its people.
    SuspendReason: 1 to 500, Line, "The invoice of May is open";
    /// An `https` URL; `http` only where the configuration allows it.
    WebUrl: 1 to 2000, Line, "https://shop.example.com/hooks/whatsapp";
}

#[derive(Clone, Copy)]
enum Kind {
    Line,
    Any,
}

impl Kind {
    const fn pattern(self) -> &'static str {
        match self {
            Self::Line => LINE,
            Self::Any => ANY,
        }
    }

    fn check(self, text: &str) -> Result<(), (&'static str, String)> {
        match self {
            Self::Line if !is_line(text) => {
                Err(("invalid_format", "One line without control characters, and something to see in it.".to_owned()))
            }
            Self::Any if text.contains('\0') => Err(("invalid_format", "The NUL character is not allowed.".to_owned())),
            Self::Line | Self::Any => Ok(()),
        }
    }
}

fn is_line(text: &str) -> bool {
    !text.chars().any(char::is_control) && !text.chars().all(char::is_whitespace)
}

fn check(text: &str, least: usize, most: usize) -> Result<(), (&'static str, String)> {
    if text.chars().count() < least {
        return Err(("too_short", "At least one character was expected.".to_owned()));
    }
    // Bytes first: nobody counts the characters of a megabyte.
    if text.len() > most * 4 || text.chars().count() > most {
        return Err(("too_long", format!("At most {most} characters are allowed.")));
    }
    Ok(())
}
