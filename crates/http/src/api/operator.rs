//! What whoever runs this gateway does with workspaces.

pub(super) mod create;
pub(super) mod create_key;
mod limits;
pub(super) mod list;
pub(super) mod read;
pub(super) mod resume;
pub(super) mod suspend;
pub(super) mod update;
