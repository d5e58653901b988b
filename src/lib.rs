//! posd: the map of the crate is the way of the data.
//!
//! [`api`] parses a request → [`station`] takes it in → [`domain`] decides → [`journal`] makes it
//! durable → [`station`] hands the effects out → [`terminal`] and [`processor`] carry them to the
//! outside. ARCHITECTURE.md tells it at length.

pub mod api;
pub mod cli;
pub mod clock;
pub mod config;
pub mod devices;
pub mod domain;
pub mod failpoint;
pub mod journal;
pub mod local_key;
pub mod logging;
pub mod masking;
pub mod nfc;
pub mod outcome;
mod page;
pub mod processor;
pub mod station;
pub mod terminal;
pub mod trail;
pub mod vault;
