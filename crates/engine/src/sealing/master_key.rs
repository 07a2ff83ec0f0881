//! A master key: from configuration, with the id by which values refer to it.

use super::cipher::{KEY_BYTES, RawKey};
use crate::entropy::Entropy;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretString};
use std::{fmt, str::FromStr};

const LONGEST_ID: usize = 32;

/// Why a text is no master key. Carries nothing of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// There is no colon.
    #[error("a master key is written `id:base64`")]
    Form,
    /// The id has other characters or is too long.
    #[error("a master key's id has 1 to 32 characters out of a-z, 0-9, `-` and `_`")]
    Id,
    /// What follows the colon is not base64 of 32 bytes.
    #[error("a master key is 32 bytes in base64, such as `openssl rand -base64 32` prints")]
    Bytes,
}

/// 32 bytes under a name. Written `id:base64` in configuration.
pub struct MasterKey {
    id: String,
    key: RawKey,
}

impl MasterKey {
    /// Makes a new key, for development and for the first start.
    pub fn generate(id: &str, entropy: &dyn Entropy) -> Result<Self, MasterKeyError> {
        Ok(Self { id: checked_id(id)?, key: RawKey::init_with_mut(|key| entropy.fill(key)) })
    }

    /// The id that stands in what this key wraps.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The text that [`MasterKey::from_str`] reads, to be written to a file that only its owner reads.
    pub fn to_config_text(&self) -> SecretString {
        format!("{}:{}", self.id, STANDARD.encode(self.key.expose_secret())).into()
    }

    pub(super) fn raw(&self) -> &RawKey {
        &self.key
    }
}

impl FromStr for MasterKey {
    type Err = MasterKeyError;

    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let (id, key) = text.trim().split_once(':').ok_or(MasterKeyError::Form)?;
        let id = checked_id(id)?;
        let mut raw = RawKey::default();
        // base64 of 32 bytes has 44 characters; the decoder wants room for whole groups.
        let mut room = secrecy::SecretBox::<[u8; 36]>::init_with(|| [0; 36]);
        let length = STANDARD.decode_slice(key, room.expose_secret_mut()).unwrap_or(0);
        if length != KEY_BYTES {
            return Err(MasterKeyError::Bytes);
        }
        raw.expose_secret_mut().copy_from_slice(&room.expose_secret()[..KEY_BYTES]);
        Ok(Self { id, key: raw })
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, redacted)", self.id)
    }
}

fn checked_id(id: &str) -> Result<String, MasterKeyError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(allowed) {
        return Err(MasterKeyError::Id);
    }
    Ok(id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_key_survives_its_configuration_text() {
        let key = MasterKey::generate("2026-01", &OsEntropy).unwrap();
        let back: MasterKey = key.to_config_text().expose_secret().parse().unwrap();
        assert_eq!(back.id(), "2026-01");
        assert_eq!(back.key.expose_secret(), key.key.expose_secret());
    }

    #[test]
    fn a_bad_key_is_refused_with_what_is_wrong() {
        let good = STANDARD.encode([7; 32]);
        for (text, error) in [
            (good.clone(), MasterKeyError::Form),
            (format!(":{good}"), MasterKeyError::Id),
            (format!("Upper:{good}"), MasterKeyError::Id),
            (format!("{}:{good}", "a".repeat(33)), MasterKeyError::Id),
            (format!("a:{}", STANDARD.encode([7; 31])), MasterKeyError::Bytes),
            (format!("a:{}", STANDARD.encode([7; 33])), MasterKeyError::Bytes),
            (format!("a:{}", STANDARD.encode([7; 400])), MasterKeyError::Bytes),
            ("a:".to_owned(), MasterKeyError::Bytes),
            ("a:not base64".to_owned(), MasterKeyError::Bytes),
        ] {
            assert_eq!(text.parse::<MasterKey>().unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn a_master_key_is_not_in_its_debug_text() {
        let key: MasterKey = format!("main:{}", STANDARD.encode([7; 32])).parse().unwrap();
        assert_eq!(format!("{key:?}"), "MasterKey(main, redacted)");
    }
}
