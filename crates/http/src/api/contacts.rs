//! Contacts: the cards of people, and whether they want messages.

mod card;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod export;
pub(super) mod import;
pub(super) mod list;
pub(super) mod opt_in;
pub(super) mod opt_out;
pub(super) mod read;
pub(super) mod read_import;
pub(super) mod report;
pub(super) mod update;
