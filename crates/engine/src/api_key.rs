//! API keys: their text form, the checksum that refuses typos without a look-up, and what is kept.
//!
//! A key is `gw_live_` or `gw_test_`, 30 random base62 characters (about 178 bits) and 6 base62
//! characters of the CRC-32 of everything before them. Only its SHA-256 is stored.

use crate::entropy::Entropy;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::{
    fmt,
    hash::{Hash, Hasher},
};
use subtle::ConstantTimeEq as _;
use wagate_model::Mode;

/// The regular expression of a key, for secret scanners.
pub const API_KEY_PATTERN: &str = "gw_(live|test)_[0-9A-Za-z]{36}";

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LIVE: &str = "gw_live_";
const TEST: &str = "gw_test_";
const RANDOM: usize = 30;
const CHECKSUM: usize = 6;
const KEY_LENGTH: usize = LIVE.len() + RANDOM + CHECKSUM;
const SHOWN_PREFIX: usize = LIVE.len() + 4;

/// Why a text is no API key. Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// Another prefix, length or alphabet.
    #[error("not of the form gw_live_... or gw_test_... with 36 letters and digits")]
    Form,
    /// The form is right, the checksum is not: a typo or an invention.
    #[error("the key's checksum is wrong, so a character was mistyped or lost")]
    Checksum,
}

/// A well-formed key with a correct checksum. Whether it is known, only the store can say.
#[derive(Clone)]
pub struct ApiKey {
    text: SecretString,
    mode: Mode,
}

impl ApiKey {
    /// Makes a new key.
    pub fn generate(mode: Mode, entropy: &dyn Entropy) -> Self {
        let mut text = String::with_capacity(KEY_LENGTH);
        text.push_str(match mode {
            Mode::Live => LIVE,
            Mode::Test => TEST,
        });
        push_random(&mut text, entropy);
        let sum = checksum(&text);
        text.push_str(&sum);
        Self { text: text.into(), mode }
    }

    /// Reads a key and checks its checksum, without any look-up.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        let mode = match text {
            _ if text.len() != KEY_LENGTH => return Err(ApiKeyError::Form),
            _ if text.starts_with(LIVE) => Mode::Live,
            _ if text.starts_with(TEST) => Mode::Test,
            _ => return Err(ApiKeyError::Form),
        };
        if !text.bytes().skip(LIVE.len()).all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ApiKeyError::Form);
        }
        let (body, sum) = text.split_at(KEY_LENGTH - CHECKSUM);
        if checksum(body) != sum {
            return Err(ApiKeyError::Checksum);
        }
        Ok(Self { text: text.into(), mode })
    }

    /// The half of the workspace that the key opens.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The whole key, to be shown to its creator once.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// What is stored and looked up in place of the key.
    pub fn hash(&self) -> KeyHash {
        KeyHash(Sha256::digest(self.expose().as_bytes()).into())
    }

    /// The first 12 characters, such as `gw_live_3kT9`, for lists.
    pub fn prefix(&self) -> &str {
        &self.expose()[..SHOWN_PREFIX]
    }

    /// The last 4 characters, for lists.
    pub fn last4(&self) -> &str {
        &self.expose()[KEY_LENGTH - 4..]
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({:?}, redacted)", self.mode)
    }
}

/// SHA-256 of a key's text. Equality takes the same time whatever differs.
#[derive(Clone, Copy)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// A hash as stored in 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A hash as stored in 64 hexadecimal digits; `None` if the text is something else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lowercase hexadecimal digits.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }
}

impl PartialEq for KeyHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for KeyHash {}

impl Hash for KeyHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(redacted)")
    }
}

/// Appends characters without bias: bytes from 248 on, which 62 does not divide, are thrown away.
fn push_random(text: &mut String, entropy: &dyn Entropy) {
    let end = text.len() + RANDOM;
    while text.len() < end {
        let mut bytes = [0; 64];
        entropy.fill(&mut bytes);
        for byte in bytes.into_iter().filter(|byte| *byte < 248).take(end - text.len()) {
            text.push(char::from(BASE62[usize::from(byte) % BASE62.len()]));
        }
    }
}

/// CRC-32 (IEEE) of `body` as 6 base62 characters, filled with `0` on the left.
fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes()) as usize;
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[rest % BASE62.len()];
        rest /= BASE62.len();
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{OsEntropy, seeded::SeededEntropy};
    use proptest::prelude::*;

    #[test]
    fn a_new_key_has_the_published_form_and_reads_back() {
        for (mode, start) in [(Mode::Live, "gw_live_"), (Mode::Test, "gw_test_")] {
            let key = ApiKey::generate(mode, &OsEntropy);
            let text = key.expose();
            assert!(text.starts_with(start));
            assert_eq!(text.len(), 44);
            let back = ApiKey::parse(text).unwrap();
            assert_eq!((back.mode(), back.hash()), (mode, key.hash()));
            assert_eq!(key.prefix(), &text[..12]);
            assert_eq!(key.last4(), &text[40..]);
        }
    }

    #[test]
    fn the_checksum_is_the_crc_32_that_everybody_computes() {
        // CRC-32 of "123456789" is 0xCBF43926, the value every implementation is checked with.
        assert_eq!(checksum("123456789"), base62(0xCBF4_3926));
        assert_eq!(checksum(""), "000000");
    }

    fn base62(mut number: u64) -> String {
        let mut text = String::new();
        while number > 0 {
            let digit = usize::try_from(number % 62).unwrap();
            text.insert(0, char::from(BASE62[digit]));
            number /= 62;
        }
        format!("{text:0>6}")
    }

    #[test]
    fn a_key_of_the_other_mode_with_the_same_rest_is_refused() {
        let key = ApiKey::generate(Mode::Test, &OsEntropy);
        let forged = key.expose().replace("gw_test_", "gw_live_");
        assert_eq!(ApiKey::parse(&forged).unwrap_err(), ApiKeyError::Checksum);
    }

    #[test]
    fn nothing_of_a_key_is_in_its_debug_text() {
        let key = ApiKey::generate(Mode::Live, &OsEntropy);
        let shown = format!("{key:?} {:?}", key.hash());
        assert_eq!(shown, "ApiKey(Live, redacted) KeyHash(redacted)");
    }

    #[test]
    fn a_hash_survives_hexadecimal_and_is_the_sha_256_of_the_text() {
        let key = ApiKey::generate(Mode::Live, &OsEntropy);
        let hash = key.hash();
        assert_eq!(KeyHash::from_hex(&hash.to_hex()), Some(hash));
        assert_eq!(KeyHash::from_bytes(*hash.as_bytes()), hash);
        assert_eq!(hash.to_hex(), hex::encode(Sha256::digest(key.expose())));
        assert_eq!(KeyHash::from_hex("abc"), None);
        assert_eq!(KeyHash::from_hex(&"g".repeat(64)), None);
    }

    proptest! {
        #[test]
        fn every_key_reads_back(seed: u64, live: bool) {
            let mode = if live { Mode::Live } else { Mode::Test };
            let key = ApiKey::generate(mode, &SeededEntropy::new(seed));
            prop_assert_eq!(ApiKey::parse(key.expose()).unwrap().hash(), key.hash());
        }

        #[test]
        fn a_key_with_one_changed_character_is_refused(seed: u64, at in 0..44_usize, to in 0..62_usize) {
            let key = ApiKey::generate(Mode::Live, &SeededEntropy::new(seed));
            let mut bytes = key.expose().as_bytes().to_vec();
            prop_assume!(bytes[at] != BASE62[to]);
            bytes[at] = BASE62[to];
            prop_assert!(ApiKey::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn two_swapped_neighbours_are_refused(seed: u64, at in 8..43_usize) {
            let key = ApiKey::generate(Mode::Live, &SeededEntropy::new(seed));
            let mut bytes = key.expose().as_bytes().to_vec();
            prop_assume!(bytes[at] != bytes[at + 1]);
            bytes.swap(at, at + 1);
            prop_assert!(ApiKey::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn any_other_text_is_refused_without_a_panic(text in ".*") {
            prop_assert!(ApiKey::parse(&text).is_err());
        }

        #[test]
        fn the_right_prefix_and_length_are_not_enough(rest in "[0-9A-Za-z\u{e9}_ -]{30,36}") {
            let text = format!("gw_live_{rest}");
            prop_assert!(ApiKey::parse(&text).is_err());
        }
    }
}
