//! What is read from a tag, a card or a phone that is held against a contactless reader, and nothing
//! that pays.
//!
//! | module | holds |
//! | --- | --- |
//! | [`target`] | what a reader tells of a target when it has selected it |
//! | [`command`] | the closed list of what is ever sent to a target |
//! | [`reading`] | the order in which it is sent, and what is made of the answers |
//! | [`presence`] | what lies on a reader from one look to the next |
//! | [`payment`] | EMV: the offered applications, the payment account reference |
//! | [`ndef`] | NFC Forum NDEF 1.0: records of text and addresses |
//! | [`memory`] | where tags of type 2 and type 4 keep them |
//! | [`pn532`] | the frames of a PN532 on a serial line, both ways |
//!
//! Covered: ISO/IEC 14443-3 and -4 targets; NFC Forum Type 2 and Type 4 tags; EMV Contactless Book B,
//! 3.3 (PPSE); EMV Book 1, 11.3 (SELECT); EMV Book 3, 6.5.7 (GET DATA) with tag 9F24; NDEF 1.0 with
//! the record types text (RTD Text 1.0) and URI (RTD URI 1.0).
//!
//! Assumed: the reader does anticollision, block chaining and check sums.
//!
//! Not covered, on purpose: GET PROCESSING OPTIONS and READ RECORD, without which no card tells its
//! number; writing of any kind; keys and encryption. Not covered yet: FeliCa, Type 1, Type 5, NDEF
//! records in chunks, smart posters.

pub mod command;
pub mod memory;
pub mod ndef;
pub mod payment;
pub mod pn532;
pub mod presence;
pub mod reading;
pub mod target;

pub use command::Command;
pub use ndef::Record;
pub use payment::AccountReference;
pub use presence::Presence;
pub use reading::{Found, Reading, Step};
pub use target::Target;
