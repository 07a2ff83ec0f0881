//! One file per command of the binary.

pub mod config;
pub mod dev;
pub mod key;
pub mod workspace;
