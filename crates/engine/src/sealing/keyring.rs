//! The keyring: the master key that wraps, and older ones that still unwrap.

use super::{DataKey, MasterKey, SealContext, SealError, cipher, layout::Kind};
use crate::entropy::Entropy;
use secrecy::ExposeSecret as _;

const PURPOSE: &str = "wagate data key v1";

/// Why a set of master keys is no keyring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Two keys share an id, so a value would not say which one it needs.
    #[error("two master keys have the id `{id}`")]
    DuplicateId {
        /// The id given twice.
        id: String,
    },
}

/// The current master key and those that it replaced.
#[derive(Debug)]
pub struct Keyring {
    current: MasterKey,
    old: Vec<MasterKey>,
}

impl Keyring {
    /// A keyring that wraps with `current` and unwraps with any of them.
    pub fn new(current: MasterKey, old: Vec<MasterKey>) -> Result<Self, KeyringError> {
        let mut ids: Vec<&str> = std::iter::once(&current).chain(&old).map(MasterKey::id).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(KeyringError::DuplicateId { id: twice[0].to_owned() });
        }
        Ok(Self { current, old })
    }

    /// The id of the master key that wraps now; what names another one is due for rewrapping.
    pub fn current_id(&self) -> &str {
        self.current.id()
    }

    /// Wraps a data key for the place where the wrapped form will lie.
    pub fn wrap(&self, key: &DataKey, context: &SealContext, entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let id = self.current.id().as_bytes();
        let aad = context.associated_data(PURPOSE, id);
        let sealed = cipher::encrypt(self.current.raw(), key.raw().expose_secret(), &aad, entropy)?;
        let length = u8::try_from(id.len()).map_err(|_too_long| SealError::TooLong)?;
        Ok([&Kind::WrappedKey.header()[..], &[length], id, &sealed].concat())
    }

    /// The data key that [`Keyring::wrap`] wrapped, under whichever configured master key.
    pub fn unwrap(&self, wrapped: &[u8], context: &SealContext) -> Result<DataKey, SealError> {
        let (id, sealed) = split(wrapped)?;
        let master = std::iter::once(&self.current)
            .chain(&self.old)
            .find(|key| key.id() == id)
            .ok_or_else(|| SealError::UnknownMasterKey { key_id: id.to_owned() })?;
        let plain = cipher::decrypt(master.raw(), sealed, &context.associated_data(PURPOSE, id.as_bytes()))?;
        DataKey::from_slice(secrecy::SecretSlice::from(plain).expose_secret())
    }

    /// The same data key under the current master key, or `None` if it is wrapped by it already.
    pub fn rewrap(
        &self,
        wrapped: &[u8],
        context: &SealContext,
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        if Self::master_id(wrapped)? == self.current_id() {
            return Ok(None);
        }
        self.wrap(&self.unwrap(wrapped, context)?, context, entropy).map(Some)
    }

    /// The id of the master key that a wrapped data key needs.
    pub fn master_id(wrapped: &[u8]) -> Result<&str, SealError> {
        split(wrapped).map(|(id, _)| id)
    }
}

/// Master key id and ciphertext of a wrapped data key.
fn split(wrapped: &[u8]) -> Result<(&str, &[u8]), SealError> {
    let (length, rest) = Kind::WrappedKey.strip(wrapped)?.split_first().ok_or(SealError::Malformed)?;
    let (id, sealed) = rest.split_at_checked(usize::from(*length)).ok_or(SealError::Malformed)?;
    let id = std::str::from_utf8(id).map_err(|_not_text| SealError::Malformed)?;
    Ok((id, sealed))
}
