//! The one place that calls the cipher: XChaCha20-Poly1305 with a random nonce before the text.

use super::SealError;
use crate::entropy::Entropy;
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::{ExposeSecret as _, SecretBox};

pub(super) const KEY_BYTES: usize = 32;
pub(super) const NONCE_BYTES: usize = 24;
pub(super) const TAG_BYTES: usize = 16;

/// A 256 bit key that is wiped when dropped and never printed.
pub(super) type RawKey = SecretBox<[u8; KEY_BYTES]>;

/// Nonce and ciphertext of `plain`, in that order.
pub(super) fn encrypt(key: &RawKey, plain: &[u8], aad: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(key.expose_secret().into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|chacha20poly1305::Error| SealError::TooLong)?;
    let mut out = Vec::with_capacity(NONCE_BYTES + sealed.len());
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

/// What [`encrypt`] sealed.
pub(super) fn decrypt(key: &RawKey, sealed: &[u8], aad: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Malformed)?;
    if text.len() < TAG_BYTES {
        return Err(SealError::Malformed);
    }
    XChaCha20Poly1305::new(key.expose_secret().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: text, aad })
        .map_err(|chacha20poly1305::Error| SealError::Tampered)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of draft-irtf-cfrg-xchacha, appendix A.3.1.
    #[test]
    fn the_cipher_is_the_published_one() {
        let key = RawKey::init_with_mut(|key| {
            for (byte, value) in key.iter_mut().zip(0x80_u8..) {
                *byte = value;
            }
        });
        let nonce: Vec<u8> = (0x40..0x58).collect();
        let aad = hex::decode("50515253c0c1c2c3c4c5c6c7").unwrap();
        let text = hex::decode(concat!(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb",
            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452",
            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9",
            "21f9664c97637da9768812f615c68b13b52e",
            "c0875924c1c7987947deafd8780acf49",
        ))
        .unwrap();
        let plain = decrypt(&key, &[nonce, text].concat(), &aad).unwrap();
        assert_eq!(
            String::from_utf8(plain).unwrap(),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
             sunscreen would be it."
        );
    }
}
