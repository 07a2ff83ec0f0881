//! Bytes that a caller wrote into a message in base64.

use super::incoming::{Incoming, Stored};
use super::upload::{not_stored, too_large};
use crate::{Engine, Error, Result, media::NotStored};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use wagate_model::{FieldError, WorkspaceId};

/// How many characters are decoded at once; a multiple of four.
const AT_ONCE: usize = 64 * 1024;

impl Engine {
    /// Decodes piece by piece into the object store. Faults name `field`.
    pub(super) async fn store_base64(
        &self,
        workspace_id: WorkspaceId,
        field: &str,
        text: &str,
        limit: u64,
    ) -> Result<Stored> {
        let refused =
            || Error::invalid(FieldError::format(field, "Base64 with padding was expected (RFC 4648, section 4)."));
        let mut incoming = Incoming::begin(&self.media, self.new_location(workspace_id), limit);
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(AT_ONCE.min(rest.len()));
            rest = after;
            // Padding ends the data, so it is nowhere else.
            let is_whole = rest.is_empty() || !piece.ends_with(b"=");
            let decoded = BASE64_STANDARD.decode(piece).ok().filter(|_| is_whole);
            let written = match decoded {
                Some(bytes) => incoming.write(Bytes::from(bytes)).await.map_err(|error| match error {
                    NotStored::TooLarge(limit) => Error::invalid(too_large(field, limit)),
                    error @ NotStored::Storage(_) => not_stored(error),
                }),
                None => Err(refused()),
            };
            if let Err(error) = written {
                incoming.abort().await;
                return Err(error);
            }
        }
        incoming.finish().await.map_err(not_stored)
    }
}
