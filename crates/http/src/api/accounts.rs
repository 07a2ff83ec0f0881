//! Accounts: connected WhatsApp numbers.

pub(super) mod connect;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod disconnect;
pub(super) mod list;
pub(super) mod qr;
mod qr_image;
pub(super) mod read;
pub(super) mod rename;
