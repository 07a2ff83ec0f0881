//! API keys of the workspace.

pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
pub(super) mod revoke;
pub(super) mod rotate;
pub(super) mod secret;
