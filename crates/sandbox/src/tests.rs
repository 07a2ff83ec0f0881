//! The sandbox as the engine meets it: through the provider's contract, with a sink that records.
//!
//! The runtime's clock is paused, so hours of timers pass at once; what is waited for is an event.

mod linking;
mod magic_numbers;
mod playing;
mod recovery;
mod stage;
mod witness;
