//! Short hashes: keys that cost 16 bytes however long what they stand for is.

use sha2::{Digest, Sha256};

/// 128 bits of SHA-256.
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of several texts; where one ends and the next begins counts.
pub(crate) fn fingerprint(parts: &[&str]) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = Fingerprint::default();
    for (to, from) in short.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    short
}

/// A message id as WhatsApp Web writes them, `3EB0` and 18 hex digits, derived from the texts.
pub(crate) fn network_id(parts: &[&str]) -> String {
    format!("3EB0{}", hex::encode_upper(&fingerprint(parts)[..9]))
}
