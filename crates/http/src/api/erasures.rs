//! Erasures of persons' data.

pub(crate) mod create;
pub(crate) mod read;
