//! Idempotency keys: a POST asked again with the same key is answered again, not done again.
//!
//! The first request takes a lease on its key for 60 seconds. It ends with the answer being kept,
//! or with the key being forgotten. A lease that ends without either (a crash) may be taken over by
//! the same request. Messages keep their key in the transaction that accepts them and share only
//! `scope_hash` and `check_key`.

mod begin;
pub(crate) mod cleaner;
mod end;
mod scope;
#[cfg(test)]
mod tests;

pub(crate) use begin::ERASED;
pub use begin::{Begun, IdempotencyTicket};
pub(crate) use scope::{check_key, scope_hash};

/// What makes a request the same as an earlier one.
#[derive(Debug, Clone)]
pub struct IdempotencyUse {
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The caller's key, 1 to 255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the request's body in hex.
    pub body_hash: String,
}
