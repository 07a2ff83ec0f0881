//! Short hashes: keys that cost 16 bytes however long what they stand for is.

use sha2::{Digest, Sha256};
use wagate_model::{MessageId, id::Ulid};

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

/// The id of an outgoing message. It begins with the time, so that new ids stand side by side in a
/// database's index: random ones would dirty a page of it for each message.
pub(crate) fn outgoing_id(message: MessageId) -> String {
    let distinct = &fingerprint(&["outgoing", &message.to_string()])[..8];
    format!("3EB0{:012X}{}", Ulid::from(message).timestamp_ms(), hex::encode_upper(distinct))
}

/// A message id as WhatsApp Web writes them, `3EB0` and 18 hex digits, derived from the texts.
pub(crate) fn network_id(parts: &[&str]) -> String {
    format!("3EB0{}", hex::encode_upper(&fingerprint(parts)[..9]))
}
