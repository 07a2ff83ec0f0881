//! What happened outside, told once, twice, late and in any order.

mod account;
mod inbound;
mod outcome;
mod receipts;
