//! Fields of a change, in which `null` is not the same as being left out.

use serde::{Deserialize, Deserializer};

/// Reads a field that is there, be it `null`; with `#[serde(default)]`, the outer `None` is one that is
/// left out.
#[expect(clippy::option_option, reason = "left out, `null` and a value are three things")]
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
