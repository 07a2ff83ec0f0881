//! The audit log: who changed what.

pub(super) mod list;
