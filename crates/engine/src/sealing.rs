//! Sealing: how secrets lie in the database.
//!
//! A *master key* from configuration wraps *data keys*; a data key (one per account or endpoint)
//! seals values. Every sealed thing names the key that opens it, so the master can be changed while
//! old values stay readable, and only the wrapped data keys are rewritten. Where a value lies
//! (workspace, table, row) is authenticated with it: copied to another row, it does not open.
//!
//! | what | layout |
//! |---|---|
//! | wrapped data key | `W`, version 1, length of the master key's id, that id, nonce (24), ciphertext (32 + 16) |
//! | value | `S`, version 1, id of the data key (8), nonce (24), ciphertext (n + 16) |
//! | both in one | `O`, version 1, length of the wrapped key (2, big endian), wrapped data key, value |
//!
//! The cipher is XChaCha20-Poly1305 with a random nonce each time.

mod cipher;
mod context;
mod data_key;
mod keyring;
mod keys_in_use;
mod layout;
mod master_key;
mod once;
pub(crate) mod rewrap;
#[cfg(test)]
mod tests;

pub use context::SealContext;
pub use data_key::DataKey;
pub use keyring::{Keyring, KeyringError};
pub use keys_in_use::master_keys_in_use;
pub use master_key::{MasterKey, MasterKeyError};

/// Why something sealed could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The master key is not in the keyring: it was removed from configuration too early.
    #[error("sealed under master key `{key_id}`, which is not configured")]
    UnknownMasterKey {
        /// The id that stands in the value.
        key_id: String,
    },
    /// The value belongs to another data key than the one it was opened with.
    #[error("sealed with another data key")]
    OtherDataKey,
    /// The bytes are no sealed value: too short, or of another kind.
    #[error("not a sealed value")]
    Malformed,
    /// A later version of the gateway wrote it.
    #[error("sealed in form version {0}, which this version cannot read")]
    UnsupportedVersion(u8),
    /// The check failed: changed bytes, or moved to another workspace, table or row.
    #[error("sealed value was changed or moved to another row")]
    Tampered,
    /// The cipher refuses more than 256 GiB.
    #[error("value too long to be sealed")]
    TooLong,
}
