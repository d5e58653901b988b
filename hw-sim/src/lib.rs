//! The other side of every wire, for tests and for hands.
//!
//! | module | plays |
//! | --- | --- |
//! | [`bank`] | the truth about money; pure |
//! | [`cable`] | the line, and what can happen to what is on it; pure |
//! | [`calendar`] | dates and times out of seconds; pure |
//! | [`nfc`] | a contactless reader (PN532), and tags, cards and phones for it; pure |
//! | [`wallet`] | test cards, and what they and certain amounts provoke; pure |
//! | [`processor`] | the acquirer's HTTP API as values: requests read, answers written, faults; pure |
//! | [`scenario`] | what happens when, written down as a table; pure |
//! | [`terminal`] | card terminals as state machines: bytes in, bytes out; pure |
//! | [`trace`] | conversations as text: recorded, masked, explained; pure |
//! | [`serve`] | all of the above on sockets and pseudo-terminals |
//!
//! Everything marked pure takes the time as an argument and draws no random numbers, so that a
//! test can drive it through days in a moment and always sees the same.

pub mod bank;
pub mod cable;
pub mod calendar;
pub mod nfc;
pub mod processor;
pub mod scenario;
pub mod serve;
pub mod terminal;
pub mod trace;
pub mod wallet;
