//! One way to write and read the enums that are plain words in JSON, SQL and URLs.

/// A stored or sent word that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {of}; expected one of: {expected}")]
pub struct UnknownWord {
    /// What was read.
    pub word: String,
    /// The name of the type that does not have it.
    pub of: &'static str,
    /// The words that it has, separated by commas.
    pub expected: String,
}

/// Gives an enum without fields `ALL`, `as_str`, `Display` and `FromStr`.
macro_rules! text_enum {
    ($name:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for this value, the same in JSON, SQL and URLs.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err($crate::text::UnknownWord {
                        word: other.chars().take(100).collect(),
                        of: stringify!($name),
                        expected: [$($word),+].join(", "),
                    }),
                }
            }
        }
    };
}
pub(crate) use text_enum;
