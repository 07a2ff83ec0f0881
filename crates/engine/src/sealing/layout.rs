//! The bytes around a ciphertext: kind, version and the id of the key.

use super::SealError;

/// What a sealed blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WrappedKey,
    Value,
    Once,
}

const VERSION: u8 = 1;

impl Kind {
    const fn tag(self) -> u8 {
        match self {
            Self::WrappedKey => b'W',
            Self::Value => b'S',
            Self::Once => b'O',
        }
    }

    /// The two bytes that every blob of this kind begins with.
    pub(super) const fn header(self) -> [u8; 2] {
        [self.tag(), VERSION]
    }

    /// What follows the header, if it is the one of this kind.
    pub(super) fn strip(self, blob: &[u8]) -> Result<&[u8], SealError> {
        match blob {
            [tag, VERSION, rest @ ..] if *tag == self.tag() => Ok(rest),
            [tag, version, ..] if *tag == self.tag() => Err(SealError::UnsupportedVersion(*version)),
            _ => Err(SealError::Malformed),
        }
    }
}
