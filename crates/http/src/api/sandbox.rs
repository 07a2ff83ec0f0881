//! Plays the network and the people on it, for accounts of the sandbox.

pub(super) mod ban;
pub(super) mod drop;
pub(super) mod edit;
pub(super) mod inbound;
pub(super) mod restore;
pub(super) mod revoke;
pub(super) mod scan;
pub(super) mod settings;
