//! Whether the gateway works, for load balancers and people.

pub(super) mod alive;
pub(super) mod ready;
