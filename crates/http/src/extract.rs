//! What handlers take from a request.

mod authenticated;
mod body;
mod credential;
mod entries;
mod fault;
mod given;
mod idempotency_key;
mod limit;
mod no_body;
mod object;
mod operator;
mod page;
mod path_id;
mod prefer;
mod query;
mod text;
mod word;

#[cfg(test)]
mod tests;

pub(crate) use authenticated::Authenticated;
pub(crate) use body::{Body, BodyLimit, LargeBody, OptionalBody, hash, read_bytes};
pub(crate) use entries::Entries;
pub(crate) use given::given;
pub(crate) use idempotency_key::IdempotencyKey;
pub(crate) use limit::Limit;
pub(crate) use no_body::NoBody;
pub(crate) use object::{JsonObject, Object};
pub(crate) use operator::Operator;
pub(crate) use page::{PageQuery, page};
pub(crate) use path_id::PathId;
pub(crate) use prefer::Prefer;
pub(crate) use query::Query;
pub(crate) use text::{ClientRef, Description, Name, SuspendReason, WebUrl};
pub(crate) use word::{Word, Words};
