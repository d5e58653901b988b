//! The commands that a terminal understands, decoded.

use crate::error::DecodeError;
use crate::zvt::apdu::Apdu;
use crate::zvt::message::{
    AbortRequest, Authorization, BookTotal, ChangeBaudRate, ChangePassword, Diagnosis,
    DisplayKeyInput, DisplayNumericInput, DisplayText, EndOfDay, ForeignReservationReversal,
    Initialisation, LogOff, OfflineTransactions, OpenReservations, PartialReversal,
    PrintSystemConfiguration, PrintTurnoverReceipts, ReadCard, Refund, Registration, RepeatReceipt,
    Reservation, ReservationReversal, ResetTerminal, Reversal, SelectLanguage, SelfTest,
    ServiceMode, SetTerminalClock, SetTerminalId, StatusEnquiry, TelephonicAuthorization, Tip,
    TurnoverTotals,
};

/// A command of the till, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// 05 01; ended by [`TerminalSide::send_status_report`](super::TerminalSide::send_status_report).
    StatusEnquiry(StatusEnquiry),
    /// 06 00.
    Registration(Registration),
    /// 06 01.
    Authorization(Authorization),
    /// 06 02. Accepting it hands nothing over.
    LogOff,
    /// 06 0C.
    Tip(Tip),
    /// 06 10.
    TurnoverTotals(TurnoverTotals),
    /// 06 12.
    PrintTurnoverReceipts(PrintTurnoverReceipts),
    /// 06 18.
    ResetTerminal,
    /// 06 1A.
    PrintSystemConfiguration,
    /// 06 1B.
    SetTerminalId(SetTerminalId),
    /// 06 20.
    RepeatReceipt(RepeatReceipt),
    /// 06 21.
    TelephonicAuthorization(TelephonicAuthorization),
    /// 06 22.
    Reservation(Reservation),
    /// 06 23.
    PartialReversal(PartialReversal),
    /// 06 23 with receipt number FFFF; to be ended by [`Abort`](crate::zvt::message::Abort) B8.
    OpenReservations,
    /// 06 24.
    BookTotal(BookTotal),
    /// 06 25.
    ReservationReversal(ReservationReversal),
    /// 06 26.
    ForeignReservationReversal(ForeignReservationReversal),
    /// 06 30.
    Reversal(Reversal),
    /// 06 31.
    Refund(Refund),
    /// 06 50.
    EndOfDay(EndOfDay),
    /// 06 51.
    OfflineTransactions(OfflineTransactions),
    /// 06 70.
    Diagnosis(Diagnosis),
    /// 06 79.
    SelfTest,
    /// 06 91.
    SetTerminalClock(SetTerminalClock),
    /// 06 93.
    Initialisation(Initialisation),
    /// 06 95.
    ChangePassword(ChangePassword),
    /// 06 B0 while the terminal is idle. Accepting it hands nothing over.
    Abort,
    /// 06 C0; ended by [`TerminalSide::send_card_information`](super::TerminalSide::send_card_information).
    ReadCard(ReadCard),
    /// 06 E0. Accepting it hands nothing over.
    DisplayText(DisplayText),
    /// 06 E1; answered by [`TerminalSide::answer_input`](super::TerminalSide::answer_input).
    DisplayKeyInput(DisplayKeyInput),
    /// 06 E2; answered by [`TerminalSide::answer_input`](super::TerminalSide::answer_input).
    DisplayNumericInput(DisplayNumericInput),
    /// 08 01.
    ServiceMode,
    /// 08 30.
    SelectLanguage(SelectLanguage),
    /// 08 40. Accepting it hands nothing over.
    ChangeBaudRate(ChangeBaudRate),
    /// Anything else, by class and instruction. Usually to be refused with 83.
    Other(u16),
}

impl Command {
    /// Whether accepting it makes the terminal master. Otherwise 80 00 is all of it.
    #[must_use]
    pub const fn hands_over(&self) -> bool {
        !matches!(
            self,
            Self::Abort
                | Self::LogOff
                | Self::DisplayText(_)
                | Self::DisplayKeyInput(_)
                | Self::DisplayNumericInput(_)
                | Self::ChangeBaudRate(_)
        )
    }

    /// From its unit.
    pub fn decode(apdu: Apdu<'_>) -> Result<Self, DecodeError> {
        let data = apdu.data;
        Ok(match apdu.control {
            Registration::CONTROL => Self::Registration(Registration::decode(data)?),
            Authorization::CONTROL => Self::Authorization(Authorization::decode(data)?),
            Tip::CONTROL => Self::Tip(Tip::decode(data)?),
            TurnoverTotals::CONTROL => Self::TurnoverTotals(TurnoverTotals::decode(data)?),
            PrintTurnoverReceipts::CONTROL => {
                Self::PrintTurnoverReceipts(PrintTurnoverReceipts::decode(data)?)
            }
            SetTerminalId::CONTROL => Self::SetTerminalId(SetTerminalId::decode(data)?),
            RepeatReceipt::CONTROL => Self::RepeatReceipt(RepeatReceipt::decode(data)?),
            TelephonicAuthorization::CONTROL => {
                Self::TelephonicAuthorization(TelephonicAuthorization::decode(data)?)
            }
            Reservation::CONTROL => Self::Reservation(Reservation::decode(data)?),
            PartialReversal::CONTROL => {
                let command = PartialReversal::decode(data)?;
                match command.key.receipt {
                    Some(OpenReservations::RECEIPT) => Self::OpenReservations,
                    Some(_) | None => Self::PartialReversal(command),
                }
            }
            BookTotal::CONTROL => Self::BookTotal(BookTotal::decode(data)?),
            ReservationReversal::CONTROL => {
                Self::ReservationReversal(ReservationReversal::decode(data)?)
            }
            ForeignReservationReversal::CONTROL => {
                Self::ForeignReservationReversal(ForeignReservationReversal::decode(data)?)
            }
            Reversal::CONTROL => Self::Reversal(Reversal::decode(data)?),
            Refund::CONTROL => Self::Refund(Refund::decode(data)?),
            EndOfDay::CONTROL => Self::EndOfDay(EndOfDay::decode(data)?),
            OfflineTransactions::CONTROL => {
                Self::OfflineTransactions(OfflineTransactions::decode(data)?)
            }
            Diagnosis::CONTROL => Self::Diagnosis(Diagnosis::decode(data)?),
            SetTerminalClock::CONTROL => Self::SetTerminalClock(SetTerminalClock::decode(data)?),
            Initialisation::CONTROL => Self::Initialisation(Initialisation::decode(data)?),
            ChangePassword::CONTROL => Self::ChangePassword(ChangePassword::decode(data)?),
            ReadCard::CONTROL => Self::ReadCard(ReadCard::decode(data)?),
            DisplayText::CONTROL => Self::DisplayText(DisplayText::decode(data)?),
            DisplayKeyInput::CONTROL => Self::DisplayKeyInput(DisplayKeyInput::decode(data)?),
            DisplayNumericInput::CONTROL => {
                Self::DisplayNumericInput(DisplayNumericInput::decode(data)?)
            }
            StatusEnquiry::CONTROL => Self::StatusEnquiry(StatusEnquiry::decode(data)?),
            SelectLanguage::CONTROL => Self::SelectLanguage(SelectLanguage::decode(data)?),
            ChangeBaudRate::CONTROL => Self::ChangeBaudRate(ChangeBaudRate::decode(data)?),
            ResetTerminal::CONTROL => Self::ResetTerminal,
            PrintSystemConfiguration::CONTROL => Self::PrintSystemConfiguration,
            SelfTest::CONTROL => Self::SelfTest,
            ServiceMode::CONTROL => Self::ServiceMode,
            AbortRequest::CONTROL => Self::Abort,
            LogOff::CONTROL => Self::LogOff,
            other => Self::Other(other),
        })
    }
}
