//! posd: the map of the crate is the way of the data.

pub mod domain;
