//! ZVT, the German till-to-terminal protocol, both sides.
//!
//! # Covered
//!
//! Two documents of the ZVT user group define it: PA00P016 (transport, application rules) and
//! PA00P015 (commands, bitmaps, TLV objects, codes).
//!
//! | chapter | module |
//! | --- | --- |
//! | PA00P016 serial transport: framing, check value, acknowledgements, T1, T2 | [`serial`] |
//! | PA00P016 TCP/IP transport | [`tcp`] |
//! | PA00P016 structure of the APDU | [`apdu`] |
//! | PA00P015 bitmaps | [`bitmap`] |
//! | PA00P015 TLV container | [`crate::wire::tlv`] |
//! | PA00P015 messages, listed with their numbers there | [`message`] |
//! | PA00P015 result codes, terminal status, intermediate status, card types | [`result_code`], [`intermediate_status`], [`card_type`] |
//! | PA00P015 message numbers (1F73), offered by the till and taken by the terminal | `sequence` |
//! | PA00P016 master rule, T3, T4, transaction synchronisation (1F1F) | [`session`], [`terminal_side`] |
//!
//! # Assumptions, each because terminals in the field differ
//!
//! - The terminal may send 04 FF, 04 0F, 06 D1, 06 D3 and 04 01 in any order until 06 0F or 06 1E,
//!   a second 04 0F included; the last one counts.
//! - A frame that arrives while an ACK is awaited is the ACK, unless it repeats the last one.
//! - A print attribute FF ("line feed") at the end of a text block ends the receipt.
//! - A bitmap that no table knows ends the reading of a message, not the payment.
//! - Any high nibble of an LLVAR prefix is taken.
//! - 27 = 00 with a host code in A0 is not an approval.
//! - The sync tag 1F1F is echoed when the station knows a value, and sent empty only to a terminal
//!   that has shown on this connection that it uses it: the tag changes what a terminal does when
//!   an acknowledgement is lost, so no terminal is taught it by accident.
//!
//! - 06 0C (tip) comes with a password or without one.
//! - 08 01 (service mode) has no data, and 08 30 (language) one byte, ended by 06 0F.
//!
//! # What the till sends, and what it only could
//!
//! [`session`] sends what a station asks for today: 05 01, 06 00, 01, 20, 22 to 25, 30, 31, 50, B0.
//! The others are there as messages and in [`terminal_side`], because a till of another make may
//! send them to a simulator.
//!
//! # What is known of peers in the field
//!
//! | peer | here |
//! | --- | --- |
//! | terminals that end 06 00 or 05 01 with 04 0F, or send one before 06 0F | taken as the end when nothing follows within T3 |
//! | 06 0F with a result code | not 00: a failure |
//! | 84 83 to a TLV object | said again with less: without numbers, then without TLV |
//! | 06 0F of several hundred bytes, in pieces | length FF, little end first |
//! | the connection closed right after 06 0F, or while printing | nothing is lost, or in doubt |
//! | money taken and no 06 0F | in doubt after T4, then asked for by 06 20 |
//! | 84 9C without end | a till asks [`Config::busy_tries`] times; a terminal repeats 04 0F as often as 02 says |
//! | 06 20 that tells an older transaction, or of an empty memory | told as it is; the station compares, and asks an empty memory again |
//! | a till that restarts while the terminal waits for its answer to 04 0F | what it did not start is not acknowledged |
//! | garbage before the first frame, lost ACK, lost 80 00, any split | [`serial`], [`session`] |
//! | readers that stop at a bitmap which they do not know | 37, 88 and A0 are written last, behind the container |
//! | writers of LLVAR prefixes without the F | read; F is written |
//!
//! # Not covered, by chapter
//!
//! - Issue of goods (06 03, 06 04; the answer 84 9D is), goods groups, blocked goods (4C).
//! - File transfer and software update (08 10 to 08 14, 04 0C, 04 0D), OPT actions (08 20 and
//!   following), activation of a card reader (08 50), images (70 to 75).
//! - GeldKarte (9A, AF), card data from the till (22, 23, 24, 2D, 0E, 3A): dropped where it is read.
//! - Service connections opened by the terminal (port 20008), TLS.
//! - Receipts that the till would compose itself: the terminal sends lines.
//!
//! The terminal refuses what is not covered (84 83); the till does so too, and the payment goes on.

pub mod apdu;
pub mod bitmap;
pub mod card_type;
pub mod explain;
pub mod intermediate_status;
pub mod line;
pub mod message;
pub mod recorder;
pub mod result_code;
pub(crate) mod sequence;
pub mod serial;
pub mod session;
pub mod tag;
pub mod tcp;
pub mod terminal_side;
pub mod text;

pub use line::{Framing, Timers};
pub use message::Password;
pub use session::{Config, Session};
pub use terminal_side::TerminalSide;
