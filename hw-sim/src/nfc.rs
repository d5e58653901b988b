//! A contactless reader with a PN532 on a serial line, and what people hold against it.
//!
//! | module | plays |
//! | --- | --- |
//! | [`chip`] | the PN532, as libnfc drives it |
//! | [`card`] | one tag, card or phone: what it answers |
//! | [`wallet`] | ready-made ones, by name |
//! | [`control`] | what the control port understands and tells |
//!
//! The frames are those of `firmware_protocols::nfc::pn532`; what a card answers is written here once
//! more, so that reader and card do not share their mistakes.

pub mod card;
pub mod chip;
pub mod control;
pub mod wallet;
