//! The messages of ZVT, one file per command, requests and their answers together (PA00P015).
//!
//! Till to terminal (owned, small): [`Registration`], [`Authorization`], [`Reservation`],
//! [`PartialReversal`], [`BookTotal`], [`ReservationReversal`], [`Reversal`], [`Refund`],
//! [`EndOfDay`], [`StatusEnquiry`], [`RepeatReceipt`], [`AbortRequest`].
//! Terminal to till (borrowed): [`StatusInformation`], [`IntermediateStatus`], [`PrintLine`],
//! [`PrintTextBlock`], [`SetDateTime`], [`Completion`], [`StatusReport`], [`Abort`]. Both ways:
//! [`Response`].

mod abort;
mod abort_request;
mod authorization;
mod book_total;
mod completion;
mod end_of_day;
mod intermediate;
mod options;
mod partial_reversal;
mod print_line;
mod print_text_block;
mod refund;
mod registration;
mod repeat_receipt;
mod reservation;
mod reservation_reversal;
mod response;
mod reversal;
mod set_date_time;
mod status_enquiry;
mod status_information;
mod totals;

pub use abort::Abort;
pub use abort_request::AbortRequest;
pub use authorization::Authorization;
pub use book_total::BookTotal;
pub use completion::Completion;
pub use end_of_day::EndOfDay;
pub use intermediate::IntermediateStatus;
pub use options::{CommandOptions, Password, ReservationKey};
pub use partial_reversal::{OpenReservations, PartialReversal};
pub use print_line::PrintLine;
pub use print_text_block::{PrintTextBlock, StyledLine};
pub use refund::Refund;
pub use registration::{ConfigByte, Registration, RegistrationTlv};
pub use repeat_receipt::RepeatReceipt;
pub use reservation::Reservation;
pub use reservation_reversal::ReservationReversal;
pub use response::Response;
pub use reversal::Reversal;
pub use set_date_time::SetDateTime;
pub use status_enquiry::{StatusEnquiry, StatusReport};
pub use status_information::{CardToken, StatusInformation};
pub use totals::{CARD_GROUPS, CardTotals};
