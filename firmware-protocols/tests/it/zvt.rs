//! ZVT.

mod conversation;
mod faults;
mod pair;
mod random;
mod redaction;
mod till;
mod together;
mod vectors;
