//! A data key: one per account or endpoint, seals the values of its owner.

use super::{
    SealContext, SealError,
    cipher::{self, KEY_BYTES, RawKey},
    layout::Kind,
};
use crate::entropy::Entropy;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, ExposeSecretMut as _, SecretSlice};
use sha2::Sha256;
use std::fmt;

const ID_BYTES: usize = 8;
const PURPOSE: &str = "wagate value v1";

/// 32 random bytes that seal values, and an id computed from them. Kept only wrapped.
pub struct DataKey {
    id: [u8; ID_BYTES],
    key: RawKey,
}

impl DataKey {
    /// Makes a new key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self::from_raw(RawKey::init_with_mut(|key| entropy.fill(key)))
    }

    /// Seals `plain` for the place `context`; 50 bytes longer than `plain`.
    pub fn seal(&self, plain: &[u8], context: &SealContext, entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let sealed = cipher::encrypt(&self.key, plain, &context.associated_data(PURPOSE, &self.id), entropy)?;
        Ok([&Kind::Value.header()[..], &self.id, &sealed].concat())
    }

    /// What [`DataKey::seal`] sealed with this key for this place.
    pub fn open(&self, sealed: &[u8], context: &SealContext) -> Result<SecretSlice<u8>, SealError> {
        let rest = Kind::Value.strip(sealed)?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>().ok_or(SealError::Malformed)?;
        if *id != self.id {
            return Err(SealError::OtherDataKey);
        }
        cipher::decrypt(&self.key, rest, &context.associated_data(PURPOSE, id)).map(SecretSlice::from)
    }

    /// A keyed hash under which a value that must stay hidden (a phone number) can be looked up.
    /// `column` separates uses: the same value under two columns has two unrelated hashes.
    pub fn lookup_hash(&self, column: &str, value: &[u8]) -> [u8; 32] {
        let lookup = derive(&self.key, &[b"wagate lookup v1"]);
        derive(&lookup, &[column.as_bytes(), value]).expose_secret().to_owned()
    }

    pub(super) fn from_raw(key: RawKey) -> Self {
        let mut id = [0; ID_BYTES];
        let full = derive(&key, &[b"wagate data key id v1"]);
        id.copy_from_slice(&full.expose_secret()[..ID_BYTES]);
        Self { id, key }
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Result<Self, SealError> {
        if bytes.len() != KEY_BYTES {
            return Err(SealError::Malformed);
        }
        let mut key = RawKey::default();
        key.expose_secret_mut().copy_from_slice(bytes);
        Ok(Self::from_raw(key))
    }

    pub(super) fn raw(&self) -> &RawKey {
        &self.key
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({}, redacted)", hex::encode(self.id))
    }
}

/// HMAC-SHA256 of the parts, each after its length.
#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn derive(key: &RawKey, parts: &[&[u8]]) -> RawKey {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret()).expect("any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    RawKey::init_with_mut(|out| out.copy_from_slice(&mac.finalize().into_bytes()))
}
