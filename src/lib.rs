//! posd: the map of the crate is the way of the data.

pub mod domain;
pub mod failpoint;
pub mod journal;
pub mod vault;
