//! The words that every layer shares, from the codec to the journal.
//!
//! With feature `serde` they can be stored; clear tokens ([`card::CardToken`]) never can.

pub mod card;
pub mod money;
pub mod terminal;

pub use money::{Currency, Money};
