//! How fast an account sends: its rate, its recipients' rest, its quiet hours, its new chats.
//!
//! Pure arithmetic on times; the lane asks it, and what must survive a restart (the chats opened in
//! a day) is in the database.

mod bucket;
mod hours;
mod pace;
mod rules;

use bucket::Bucket;
pub(crate) use pace::Pace;
pub(crate) use rules::Rules;
