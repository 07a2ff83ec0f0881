//! An endpoint's signing secret: `whsec_` and base64, as Standard Webhooks writes it.

use crate::entropy::Entropy;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use sha2::Sha256;
use std::fmt;

const PREFIX: &str = "whsec_";
const NEW_BYTES: usize = 32;

/// A text that is no webhook secret. Carries nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is `whsec_` and the base64 of 24 to 64 bytes")]
pub struct InvalidSecret;

/// 24 to 64 secret bytes and the text by which customers know them.
pub struct WebhookSecret {
    text: SecretString,
    bytes: SecretSlice<u8>,
}

impl WebhookSecret {
    /// Makes a new secret of 32 bytes.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = vec![0; NEW_BYTES];
        entropy.fill(&mut bytes);
        Self { text: format!("{PREFIX}{}", STANDARD.encode(&bytes)).into(), bytes: bytes.into() }
    }

    /// Reads a secret in the form in which it is shown.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_invalid| InvalidSecret)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(InvalidSecret);
        }
        Ok(Self { text: text.into(), bytes: bytes.into() })
    }

    /// The `whsec_...` text, to be shown once and to be sealed.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// HMAC-SHA256 over the parts in a row, keyed with the secret's bytes (Standard Webhooks).
    pub(super) fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac(self.bytes.expose_secret(), parts)
    }

    /// HMAC-SHA256 of `body`, keyed with the secret as printed (older gateways).
    pub(super) fn sign_with_text(&self, body: &[u8]) -> [u8; 32] {
        hmac(self.expose().as_bytes(), &[body])
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(redacted)")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::OsEntropy;

    #[test]
    fn a_new_secret_reads_back_and_has_32_bytes() {
        let secret = WebhookSecret::generate(&OsEntropy);
        let back = WebhookSecret::parse(secret.expose()).unwrap();
        assert_eq!(back.bytes.expose_secret(), secret.bytes.expose_secret());
        assert_eq!(back.bytes.expose_secret().len(), 32);
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in [
            String::new(),
            "whsec_".to_owned(),
            "whsec_!!!!".to_owned(),
            STANDARD.encode([1; 32]),
            format!("whsec_{}", STANDARD.encode([1; 23])),
            format!("whsec_{}", STANDARD.encode([1; 65])),
        ] {
            assert_eq!(WebhookSecret::parse(&text).unwrap_err(), InvalidSecret, "{text}");
        }
        assert!(WebhookSecret::parse(&format!("whsec_{}", STANDARD.encode([1; 24]))).is_ok());
    }

    #[test]
    fn a_secret_is_not_in_its_debug_text() {
        assert_eq!(format!("{:?}", WebhookSecret::generate(&OsEntropy)), "WebhookSecret(redacted)");
    }
}
