//! The gateway over HTTP: the REST API, its OpenAPI document and the pages that show it.
//!
//! No rule and no SQL lives here. A request goes credential, then body, then one function of
//! [`wagate_engine::Engine`], and what that answers becomes JSON or a problem document:
//!
//! | module | holds |
//! |---|---|
//! | `router` | all routes, the layers around them, and the document |
//! | `api` | one file per verb of a resource |
//! | `extract` | what handlers take: who asks, bodies, queries, ids |
//! | `problem` | the one table from errors to statuses |
//! | `idempotency` | the first answer again for the same key |
//! | `rate_limit` | counts requests, and says how many are left |
//! | `to_the_end` | requests end though their callers hang up |
//! | `request_context` | request ids, spans, metrics, headers that every answer carries |

mod answer;
mod api;
mod client_address;
mod docs;
mod extract;
mod idempotency;
mod leftover;
mod openapi;
mod parts;
mod problem;
mod rate_limit;
mod request_context;
mod router;
mod to_the_end;

pub use openapi::openapi;
pub use parts::HttpParts;
pub use router::{router, router_with, taking_messages};
