//! Card terminals as state machines.
