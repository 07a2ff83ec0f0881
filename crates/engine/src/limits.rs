//! What is limited by time: requests in a minute and messages in a day.
//!
//! A request is paid for from a *block* of permits, which a node has taken out of the minute's row in
//! the database and spends in memory. So nobody is let in whom the row does not cover, however many
//! nodes there are, and few requests wait for the database.

pub(crate) mod cleaner;
pub(crate) mod limiter;
mod permits;
pub(crate) mod quota;
#[cfg(test)]
mod tests;
mod usage;

pub use permits::Allowance;
