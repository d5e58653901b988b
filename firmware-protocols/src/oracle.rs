//! What must hold whatever comes in, as plain functions: for tests, and for fuzzers that invent the
//! input.
//!
//! | function | what must hold |
//! | --- | --- |
//! | [`message()`] | reading never panics; what was read, written and read again is the same |
//! | [`trace`] | a unit can be explained; what may be written down is as long, and may be written down |
//! | [`line()`] | bytes mean the same however they are cut |
//! | [`till`] | no panic, one ending for each request, a deadline while one runs |
//! | [`terminal`] | no panic, at most one answer for each message sent |
//! | [`frames`] | a PN532's frames mean the same however they are cut |
//! | [`reading`] | a target that is read is sent what may be sent, and the reading ends |
//!
//! [`till`] and [`terminal`] take a script: bytes that say what happens next, see [`script`].

use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::time::Instant;
use crate::zvt::apdu::Apdu;
use crate::zvt::explain;
use crate::zvt::line::{Framing, Line, LineEvent, LineOutput, Timers};
use crate::zvt::message::{
    self, Abort, AbortRequest, Completion, Input, IntermediateStatus, LogOff, PrintLine,
    PrintSystemConfiguration, PrintTextBlock, ResetTerminal, Response, SelfTest, ServiceMode,
    SetDateTime, StatusInformation, StatusReport,
};
use crate::zvt::terminal_side::Command;

pub mod contactless;
pub mod script;

pub use contactless::{frames, reading};
pub use script::{terminal, till};

/// What did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken(pub &'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for Broken {}

/// One unit, alone.
pub fn message(unit: &[u8]) -> Result<(), Broken> {
    let control = crate::zvt::line::control_of(unit);
    if control != Completion::CONTROL {
        return holds(unit, rewrite);
    }
    // What was asked decides which of two forms it has; each has to hold by itself.
    holds(unit, |unit| {
        Ok(Completion::decode(Apdu::parse(unit)?.data)?.encode())
    })?;
    holds(unit, |unit| {
        Ok(StatusReport::decode(Apdu::parse(unit)?.data)?.encode())
    })
}

/// One unit, explained and written down.
pub fn trace(unit: &[u8]) -> Result<(), Broken> {
    let _ = explain::explain(unit);
    let masked = explain::mask(unit);
    match masked.len() == unit.len() && explain::mask(&masked) == masked {
        true => Ok(()),
        false => Err(Broken(
            "what may be written down may not be written down again",
        )),
    }
}

fn holds(
    unit: &[u8],
    rewrite: impl Fn(&[u8]) -> Result<Vec<u8>, DecodeError>,
) -> Result<(), Broken> {
    let Ok(once) = rewrite(unit) else {
        return Ok(());
    };
    match rewrite(&once) {
        Ok(twice) if twice == once => Ok(()),
        Ok(_) => Err(Broken("written twice, it is not the same")),
        Err(_) => Err(Broken("what was written cannot be read")),
    }
}

/// Reads a unit and writes what was read. 06 0F is a status report where it can be nothing else.
pub fn rewrite(unit: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let apdu = Apdu::parse(unit)?;
    let data = apdu.data;
    Ok(match apdu.control {
        StatusInformation::CONTROL => StatusInformation::decode(data)?.encode(),
        IntermediateStatus::CONTROL => IntermediateStatus::decode(data)?.encode(),
        PrintLine::CONTROL => PrintLine::decode(data)?.encode(),
        PrintTextBlock::CONTROL => PrintTextBlock::decode(data)?.encode(),
        SetDateTime::CONTROL => SetDateTime::decode(data)?.encode(),
        Abort::CONTROL => Abort::decode(data)?.encode(),
        Completion::CONTROL => match Completion::decode(data) {
            Ok(completion) => completion.encode(),
            Err(_) => StatusReport::decode(data)?.encode(),
        },
        POSITIVE => match Input::decode(data, true) {
            Some(input) => input.encode(),
            None => Response::decode(apdu)?.encode(),
        },
        control if Response::is(control) => Response::decode(apdu)?.encode(),
        _ => rewrite_command(apdu)?,
    })
}

fn rewrite_command(apdu: Apdu<'_>) -> Result<Vec<u8>, DecodeError> {
    Ok(match Command::decode(apdu)? {
        Command::StatusEnquiry(it) => it.encode(),
        Command::Registration(it) => it.encode(),
        Command::Authorization(it) => it.encode(),
        Command::LogOff => LogOff.encode(),
        Command::Tip(it) => it.encode(),
        Command::TurnoverTotals(it) => it.encode(),
        Command::PrintTurnoverReceipts(it) => it.encode(),
        Command::ResetTerminal => ResetTerminal.encode(),
        Command::PrintSystemConfiguration => PrintSystemConfiguration.encode(),
        Command::SetTerminalId(it) => it.encode(),
        Command::RepeatReceipt(it) => it.encode(),
        Command::TelephonicAuthorization(it) => it.encode(),
        Command::Reservation(it) => it.encode(),
        Command::PartialReversal(it) => it.encode(),
        Command::OpenReservations => message::OpenReservations.encode(),
        Command::BookTotal(it) => it.encode(),
        Command::ReservationReversal(it) => it.encode(),
        Command::ForeignReservationReversal(it) => it.encode(),
        Command::Reversal(it) => it.encode(),
        Command::Refund(it) => it.encode(),
        Command::EndOfDay(it) => it.encode(),
        Command::OfflineTransactions(it) => it.encode(),
        Command::Diagnosis(it) => it.encode(),
        Command::SelfTest => SelfTest.encode(),
        Command::SetTerminalClock(it) => it.encode(),
        Command::Initialisation(it) => it.encode(),
        Command::ChangePassword(it) => it.encode(),
        Command::Abort => AbortRequest.encode(),
        Command::ReadCard(it) => it.encode(),
        Command::DisplayText(it) => it.encode(),
        Command::DisplayKeyInput(it) => it.encode(),
        Command::DisplayNumericInput(it) => it.encode(),
        Command::ServiceMode => ServiceMode.encode(),
        Command::SelectLanguage(it) => it.encode(),
        Command::ChangeBaudRate(it) => it.encode(),
        Command::Other(control) => return Err(DecodeError::UnknownMessage { control }),
    })
}

/// Bytes on a line: the first one chooses the transport and how they are cut.
pub fn line(input: &[u8]) -> Result<(), Broken> {
    let Some((choice, bytes)) = input.split_first() else {
        return Ok(());
    };
    let framing = match choice & 1 {
        0 => Framing::Serial,
        _ => Framing::Tcp,
    };
    let piece = usize::from(choice >> 1).max(1);
    let whole = units(framing, core::iter::once(bytes));
    let cut = units(framing, bytes.chunks(piece));
    match whole == cut {
        true => Ok(()),
        false => Err(Broken("cut otherwise, the bytes mean something else")),
    }
}

/// The units that a line takes out of pieces that all come at the same time.
fn units<'a>(framing: Framing, pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut line = Line::new(framing, Timers::default());
    let mut units = Vec::new();
    for piece in pieces {
        line.handle_input(piece, Instant(0));
        while let Some(output) = line.poll() {
            if let LineOutput::Event(LineEvent::Received(unit)) = output {
                units.push(unit);
            }
        }
    }
    units
}

const POSITIVE: u16 = 0x8000;
