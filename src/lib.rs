//! posd
