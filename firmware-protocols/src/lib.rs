//! Terminal protocols without input or output: bytes in, messages out, timers as data.
//!
//! | module | holds |
//! | --- | --- |
//! | [`vocabulary`] | the words every layer shares: money, cards, what a terminal is asked and says |
//! | [`time`] | the caller's clock, as a number |
//! | [`link`] | the contract between a driver and a protocol session |
//! | [`error`] | what can be wrong with bytes |
//! | [`capture`] | the text form of a recorded conversation |
//! | [`wire`] | fallible readers, packed decimal, block checks, tag-length-value |
//! | [`zvt`] | the ZVT protocol, till side and terminal side |
//! | [`nfc`] | tags, cards and phones at a contactless reader: what they are asked, and a PN532's frames |
//! | [`oracle`] | what must hold for any input, for tests and fuzzers |
//!
//! Nothing here reads a clock, a socket or a random number. A full card number exists only inside
//! one codec function of each protocol; everything that leaves this crate is masked.
#![no_std]

extern crate alloc;

pub mod capture;
pub mod error;
pub mod link;
pub mod nfc;
pub mod oracle;
pub mod time;
pub mod vocabulary;
pub mod wire;
pub mod zvt;
