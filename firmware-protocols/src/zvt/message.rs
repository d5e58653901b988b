//! The messages of ZVT, one file per command, requests and their answers together (PA00P015).
//!
//! Till to terminal (owned, small), by number: [`StatusEnquiry`] 05 01; [`Registration`] 06 00,
//! [`Authorization`] 01, [`LogOff`] 02, [`Tip`] 0C, [`TurnoverTotals`] 10,
//! [`PrintTurnoverReceipts`] 12, [`ResetTerminal`] 18, [`PrintSystemConfiguration`] 1A,
//! [`SetTerminalId`] 1B, [`RepeatReceipt`] 20, [`TelephonicAuthorization`] 21, [`Reservation`] 22,
//! [`PartialReversal`] and [`OpenReservations`] 23, [`BookTotal`] 24, [`ReservationReversal`] 25,
//! [`ForeignReservationReversal`] 26, [`Reversal`] 30, [`Refund`] 31, [`EndOfDay`] 50,
//! [`OfflineTransactions`] 51, [`Diagnosis`] 70, [`SelfTest`] 79, [`SetTerminalClock`] 91,
//! [`Initialisation`] 93, [`ChangePassword`] 95, [`AbortRequest`] B0, [`ReadCard`] C0,
//! [`DisplayText`] E0, [`DisplayKeyInput`] E1, [`DisplayNumericInput`] E2; [`ServiceMode`] 08 01,
//! [`SelectLanguage`] 30, [`ChangeBaudRate`] 40.
//!
//! Terminal to till (borrowed): [`SetDateTime`] 04 01, [`StatusInformation`] 0F,
//! [`IntermediateStatus`] FF; [`Completion`] and [`StatusReport`] 06 0F, [`Abort`] 1E,
//! [`PrintLine`] D1, [`PrintTextBlock`] D3. Both ways: [`Response`]; [`Input`] is what 80 00
//! carries after an input.

use alloc::vec::Vec;

use crate::wire::Writer;
use crate::zvt::apdu::Apdu;

mod abort;
mod abort_request;
mod authorization;
mod book_total;
mod change_baud_rate;
mod change_password;
mod completion;
mod diagnosis;
mod display;
mod display_key_input;
mod display_numeric_input;
mod display_text;
mod end_of_day;
mod foreign_reservation_reversal;
mod initialisation;
mod input;
mod intermediate;
mod log_off;
mod offline_transactions;
mod options;
mod partial_reversal;
mod print_line;
mod print_system_configuration;
mod print_text_block;
mod print_turnover_receipts;
mod read_card;
mod refund;
mod registration;
mod repeat_receipt;
mod reservation;
mod reservation_reversal;
mod reset_terminal;
mod response;
mod reversal;
mod select_language;
mod self_test;
mod service_mode;
mod set_date_time;
mod set_terminal_clock;
mod set_terminal_id;
mod status_enquiry;
mod status_information;
mod telephonic_authorization;
mod tip;
mod totals;
mod turnover_totals;

pub use abort::Abort;
pub use abort_request::AbortRequest;
pub use authorization::Authorization;
pub use book_total::BookTotal;
pub use change_baud_rate::ChangeBaudRate;
pub use change_password::ChangePassword;
pub use completion::Completion;
pub use diagnosis::Diagnosis;
pub use display::{Screen, ScreenLine};
pub use display_key_input::DisplayKeyInput;
pub use display_numeric_input::DisplayNumericInput;
pub use display_text::DisplayText;
pub use end_of_day::EndOfDay;
pub use foreign_reservation_reversal::ForeignReservationReversal;
pub use initialisation::Initialisation;
pub use input::{Input, Key};
pub use intermediate::IntermediateStatus;
pub use log_off::LogOff;
pub use offline_transactions::OfflineTransactions;
pub use options::{CommandOptions, Password, ReservationKey};
pub use partial_reversal::{OpenReservations, PartialReversal};
pub use print_line::PrintLine;
pub use print_system_configuration::PrintSystemConfiguration;
pub use print_text_block::{PrintTextBlock, StyledLine};
pub use print_turnover_receipts::PrintTurnoverReceipts;
pub use read_card::ReadCard;
pub use refund::Refund;
pub use registration::{ConfigByte, Registration, RegistrationTlv};
pub use repeat_receipt::RepeatReceipt;
pub use reservation::Reservation;
pub use reservation_reversal::ReservationReversal;
pub use reset_terminal::ResetTerminal;
pub use response::Response;
pub use reversal::Reversal;
pub use select_language::SelectLanguage;
pub use self_test::SelfTest;
pub use service_mode::ServiceMode;
pub use set_date_time::SetDateTime;
pub use set_terminal_clock::SetTerminalClock;
pub use set_terminal_id::SetTerminalId;
pub use status_enquiry::{StatusEnquiry, StatusReport};
pub(crate) use status_information::masked_pan;
pub use status_information::{CardToken, StatusInformation};
pub use telephonic_authorization::TelephonicAuthorization;
pub use tip::Tip;
pub use totals::{CARD_GROUPS, CardTotals};
pub use turnover_totals::TurnoverTotals;

/// What a till sends, with the name of its chapter.
pub const COMMANDS: [(u16, &str); 34] = [
    (StatusEnquiry::CONTROL, "Status-Enquiry"),
    (Registration::CONTROL, "Registration"),
    (Authorization::CONTROL, "Authorization"),
    (LogOff::CONTROL, "Log-Off"),
    (Tip::CONTROL, "Tip"),
    (TurnoverTotals::CONTROL, "Send Turnover Totals"),
    (PrintTurnoverReceipts::CONTROL, "Print Turnover Receipts"),
    (ResetTerminal::CONTROL, "Reset Terminal"),
    (
        PrintSystemConfiguration::CONTROL,
        "Print System Configuration",
    ),
    (SetTerminalId::CONTROL, "Set/Reset Terminal-ID"),
    (RepeatReceipt::CONTROL, "Repeat Receipt"),
    (TelephonicAuthorization::CONTROL, "Telephonic Authorisation"),
    (Reservation::CONTROL, "Pre-Authorisation, Reservation"),
    (PartialReversal::CONTROL, "Partial Reversal, Booking"),
    (BookTotal::CONTROL, "Book Total"),
    (ReservationReversal::CONTROL, "Pre-Authorisation Reversal"),
    (
        ForeignReservationReversal::CONTROL,
        "Reversal of a foreign reservation",
    ),
    (Reversal::CONTROL, "Reversal"),
    (Refund::CONTROL, "Refund"),
    (EndOfDay::CONTROL, "End-of-Day"),
    (OfflineTransactions::CONTROL, "Send Offline Transactions"),
    (Diagnosis::CONTROL, "Diagnosis"),
    (SelfTest::CONTROL, "Selftest"),
    (SetTerminalClock::CONTROL, "Set Date and Time in PT"),
    (Initialisation::CONTROL, "Initialisation"),
    (ChangePassword::CONTROL, "Change Password"),
    (AbortRequest::CONTROL, "Abort (of the till)"),
    (ReadCard::CONTROL, "Read Card"),
    (DisplayText::CONTROL, "Display Text"),
    (
        DisplayKeyInput::CONTROL,
        "Display Text with Function-Key Input",
    ),
    (
        DisplayNumericInput::CONTROL,
        "Display Text with Numerical Input",
    ),
    (ServiceMode::CONTROL, "Activate Service-Mode"),
    (SelectLanguage::CONTROL, "Select Language"),
    (ChangeBaudRate::CONTROL, "Change Baudrate"),
];

/// The commands that may move money, or tell only once what has moved (06 50 and 06 51). 06 23 is here
/// although one of its forms only asks.
const MOVES_MONEY: [u16; 12] = [
    Authorization::CONTROL,
    Tip::CONTROL,
    TelephonicAuthorization::CONTROL,
    Reservation::CONTROL,
    PartialReversal::CONTROL,
    BookTotal::CONTROL,
    ReservationReversal::CONTROL,
    ForeignReservationReversal::CONTROL,
    Reversal::CONTROL,
    Refund::CONTROL,
    EndOfDay::CONTROL,
    OfflineTransactions::CONTROL,
];

/// Whether a message may move money. A line sends such a message again only where the other side has
/// said that it did not understand it; the specification's repetition after silence is left out. What is
/// not known may move money.
#[must_use]
pub fn moves_money(control: u16) -> bool {
    MOVES_MONEY.contains(&control) || name(control).is_none()
}

/// What a terminal sends while it is master, with the name of its chapter.
pub const REPORTS: [(u16, &str); 7] = [
    (SetDateTime::CONTROL, "Set Date and Time in ECR"),
    (StatusInformation::CONTROL, "Status-Information"),
    (
        IntermediateStatus::CONTROL,
        "Intermediate-Status Information",
    ),
    (Completion::CONTROL, "Completion"),
    (Abort::CONTROL, "Abort (of the terminal)"),
    (PrintLine::CONTROL, "Print Line on ECR"),
    (PrintTextBlock::CONTROL, "Print Text-Block"),
];

/// The name of a message; `None` for one that is not covered.
#[must_use]
pub fn name(control: u16) -> Option<&'static str> {
    if Response::is(control) {
        return Some("Response");
    }
    let known = COMMANDS.iter().chain(&REPORTS);
    let found = known.copied().find(|(number, _)| *number == control);
    found.map(|(_, name)| name)
}

/// A whole unit out of its control field and data.
fn unit(control: u16, data: &Writer) -> Vec<u8> {
    Apdu {
        control,
        data: data.as_slice(),
    }
    .encode()
}
