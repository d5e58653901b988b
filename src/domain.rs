//! The rules about money, pure: no input or output, no clock, no randomness, no floats.
//!
//! [`engine::decide`] takes what is known, a [`command::Command`] and the time, and either refuses
//! or returns journal entries, events and effects. [`state::Aggregates::apply`] makes an entry
//! true and cannot fail; live work and recovery go through the same `apply`.
//!
//! Reading order: [`request`] (what an app can ask) → [`engine`] → [`flow`] (one file per
//! operation) → [`payment`], [`order`] (the books) → [`recovery`] (what an inquiry proves).

pub mod allocation;
pub mod app;
pub mod arrival;
pub mod command;
pub mod directory;
pub mod doubt;
pub mod draft;
pub mod effect;
pub mod elsewhere;
pub mod engine;
pub mod entry;
pub mod event;
pub mod flow;
pub mod id;
pub mod lease;
pub mod operation;
pub mod order;
pub mod outcome;
pub mod payment;
pub mod queue;
pub mod quote;
pub mod reconciliation;
pub mod recovery;
pub mod rejection;
pub mod request;
pub mod search;
pub mod state;
pub mod summary;
pub mod tap;
pub mod terminal;

#[cfg(test)]
mod tests;
