//! One value with a data key of its own, in one blob: for rows that hold a single secret.

use super::{DataKey, Keyring, SealContext, SealError, layout::Kind};
use crate::entropy::Entropy;
use secrecy::SecretSlice;

impl Keyring {
    /// Seals `plain` with a fresh data key and puts both into one blob.
    pub fn seal_once(&self, plain: &[u8], context: &SealContext, entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let key = DataKey::generate(entropy);
        join(&self.wrap(&key, context, entropy)?, &key.seal(plain, context, entropy)?)
    }

    /// What [`Keyring::seal_once`] sealed.
    pub fn open_once(&self, blob: &[u8], context: &SealContext) -> Result<SecretSlice<u8>, SealError> {
        let (wrapped, value) = split(blob)?;
        self.unwrap(wrapped, context)?.open(value, context)
    }

    /// The same blob with its data key under the current master key; the value's bytes stay.
    /// `None` if that is so already.
    pub fn rewrap_once(
        &self,
        blob: &[u8],
        context: &SealContext,
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, SealError> {
        let (wrapped, value) = split(blob)?;
        match self.rewrap(wrapped, context, entropy)? {
            Some(wrapped) => join(&wrapped, value).map(Some),
            None => Ok(None),
        }
    }

    /// The id of the master key that a blob needs.
    pub fn master_id_once(blob: &[u8]) -> Result<&str, SealError> {
        Self::master_id(split(blob)?.0)
    }
}

fn join(wrapped: &[u8], value: &[u8]) -> Result<Vec<u8>, SealError> {
    let length = u16::try_from(wrapped.len()).map_err(|_too_long| SealError::TooLong)?;
    Ok([&Kind::Once.header()[..], &length.to_be_bytes(), wrapped, value].concat())
}

fn split(blob: &[u8]) -> Result<(&[u8], &[u8]), SealError> {
    let (length, rest) = Kind::Once.strip(blob)?.split_first_chunk::<2>().ok_or(SealError::Malformed)?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(SealError::Malformed)
}
