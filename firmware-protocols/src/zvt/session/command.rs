//! From what the station asks to the commands of the till.

use alloc::vec::Vec;

use crate::vocabulary::money::{Currency, Money};
use crate::vocabulary::terminal::{Reservation as ReservationOnHold, SyncId, TerminalRequest};
use crate::wire::bcd::Bcd;
use crate::zvt::message::{
    Authorization, BookTotal, CommandOptions, EndOfDay, OpenReservations, PartialReversal, Refund,
    Registration, RegistrationTlv, RepeatReceipt, Reservation, ReservationKey, ReservationReversal,
    Reversal, StatusEnquiry, TurnoverTotals,
};
use crate::zvt::sequence;

use super::Config;

/// What is added to a command as TLV objects, where the terminal takes TLV at all.
pub(super) struct Extras {
    /// 1F1F, where it is to be sent.
    pub(super) sync: Option<SyncId>,
    /// Whether TLV may be sent.
    pub(super) tlv: bool,
}

impl Extras {
    /// Whether there is anything to add to the command of `request`.
    pub(super) const fn add_to(&self, request: &TerminalRequest) -> bool {
        let wants_token = matches!(
            request,
            TerminalRequest::Sale {
                want_token: true,
                ..
            } | TerminalRequest::Authorize {
                want_token: true,
                ..
            }
        );
        self.tlv && (wants_token || self.sync.is_some())
    }
}

/// What a registration offers. A terminal that refuses is offered less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// TLV objects, and numbers in them.
    Numbers,
    /// TLV objects.
    Tlv,
    Nothing,
}

impl Offer {
    pub(super) const fn less(self) -> Option<Self> {
        match self {
            Self::Numbers => Some(Self::Tlv),
            Self::Tlv => Some(Self::Nothing),
            Self::Nothing => None,
        }
    }
}

/// 06 00.
pub(super) fn registration(config: &Config, offer: Offer) -> Vec<u8> {
    let permitted = [crate::zvt::message::PrintTextBlock::CONTROL].to_vec();
    Registration {
        password: config.password,
        config: config.config_byte,
        currency: Some(currency(config.currency)),
        service: None,
        tlv: (offer != Offer::Nothing).then_some(RegistrationTlv {
            permitted,
            longest: None,
            numbers: (offer == Offer::Numbers).then_some(sequence::OFFER),
        }),
    }
    .encode()
}

/// 05 01.
pub(super) fn status_enquiry(config: &Config) -> Vec<u8> {
    StatusEnquiry {
        password: Some(config.password),
        service: None,
    }
    .encode()
}

/// 06 20: send the status information, print nothing.
pub(super) fn last_transaction(config: &Config) -> Vec<u8> {
    RepeatReceipt {
        password: config.password,
        service: Some(0x03),
    }
    .encode()
}

/// The first command of a request. `None` when the wire cannot express it: an amount of more than
/// 12 digits, a receipt number that is none.
pub(super) fn of_request(
    request: &TerminalRequest,
    extras: &Extras,
    config: &Config,
) -> Option<Vec<u8>> {
    let options = |want_token: bool| options(want_token, extras, config);
    let payment_type = Some(config.payment_type);
    Some(match request {
        TerminalRequest::Sale { amount, want_token } => Authorization {
            amount: Some(minor(*amount)?),
            currency: Some(currency(amount.currency)),
            payment_type,
            max_status: None,
            options: options(*want_token),
        }
        .encode(),
        TerminalRequest::Authorize { amount, want_token } => Reservation {
            amount: Some(minor(*amount)?),
            currency: Some(currency(amount.currency)),
            payment_type,
            max_status: None,
            options: options(*want_token),
        }
        .encode(),
        TerminalRequest::CaptureReservation {
            reservation,
            amount,
        } => book_total(
            reservation,
            *amount,
            naming(reservation, options(false), extras),
        )?,
        TerminalRequest::ReduceReservation {
            reservation,
            unused,
        } => partial_reversal(
            reservation,
            *unused,
            naming(reservation, options(false), extras),
        )?,
        TerminalRequest::VoidReservation { reservation } => ReservationReversal {
            receipt: Some(receipt(&reservation.receipt_number)?),
            amount: None,
            currency: None,
            options: options(false),
        }
        .encode(),
        // The receipt number alone: with an amount beside it some terminals would reverse a part.
        TerminalRequest::Reverse { receipt_number, .. } => Reversal {
            password: config.password,
            receipt: Some(receipt(receipt_number)?),
            amount: None,
            currency: None,
            options: options(false),
        }
        .encode(),
        TerminalRequest::Refund { amount } => Refund {
            password: config.password,
            amount: Some(minor(*amount)?),
            currency: Some(currency(amount.currency)),
            payment_type: None,
            options: options(false),
        }
        .encode(),
        TerminalRequest::Reconcile => EndOfDay {
            password: config.password,
            options: options(false),
        }
        .encode(),
        TerminalRequest::Totals => TurnoverTotals {
            password: config.password,
        }
        .encode(),
        TerminalRequest::OpenReservations => OpenReservations.encode(),
        TerminalRequest::Inquire | TerminalRequest::Status => status_enquiry(config),
    })
}

/// The amount on the wire is the used part.
fn book_total(
    reservation: &ReservationOnHold,
    amount: Money,
    options: CommandOptions,
) -> Option<Vec<u8>> {
    let command = BookTotal {
        key: key(reservation)?,
        amount: Some(minor(amount)?),
        currency: Some(currency(amount.currency)),
        payment_type: None,
        options,
    };
    Some(command.encode())
}

/// The amount on the wire is the unused part.
fn partial_reversal(
    reservation: &ReservationOnHold,
    unused: Money,
    options: CommandOptions,
) -> Option<Vec<u8>> {
    let command = PartialReversal {
        key: key(reservation)?,
        amount: Some(minor(unused)?),
        currency: Some(currency(unused.currency)),
        options,
    };
    Some(command.encode())
}

fn options(want_token: bool, extras: &Extras, config: &Config) -> CommandOptions {
    if !extras.tlv {
        return CommandOptions::default();
    }
    CommandOptions {
        card_reading: want_token.then_some(config.card_reading),
        sync: extras.sync.clone(),
        ..CommandOptions::default()
    }
}

/// A reservation without a receipt number is named by its trace number and approval code. Trace
/// numbers of more than six digits go into a TLV object beside a trace number of zeros.
fn key(reservation: &ReservationOnHold) -> Option<ReservationKey> {
    if !reservation.receipt_number.is_empty() {
        let receipt = Some(receipt(&reservation.receipt_number)?);
        return Some(ReservationKey {
            receipt,
            ..ReservationKey::default()
        });
    }
    let trace = reservation.trace_number.as_deref()?;
    let trace = match trace.len() {
        0..=6 => Bcd::from_digits(trace)?,
        _ => Bcd::from_bytes([0; 3]),
    };
    let mut code = [0; 8];
    let bytes = reservation
        .authorization_code
        .as_deref()
        .unwrap_or_default()
        .bytes();
    for (to, from) in code.iter_mut().zip(bytes) {
        *to = from;
    }
    Some(ReservationKey {
        receipt: None,
        trace: Some(trace),
        authorization_code: Some(code),
    })
}

fn naming(
    reservation: &ReservationOnHold,
    options: CommandOptions,
    extras: &Extras,
) -> CommandOptions {
    let trace = reservation.trace_number.as_deref().unwrap_or_default();
    if !extras.tlv || !reservation.receipt_number.is_empty() || trace.len() <= 6 {
        return options;
    }
    let packed = Bcd::<8>::from_digits(trace).map(|digits| {
        let skip = digits.bytes().iter().take_while(|byte| **byte == 0).count();
        digits.bytes().iter().skip(skip).copied().collect()
    });
    CommandOptions {
        long_trace: packed,
        ..options
    }
}

fn receipt(number: &str) -> Option<Bcd<2>> {
    Bcd::from_digits(number)
}

fn minor(amount: Money) -> Option<Bcd<6>> {
    Bcd::from_number(amount.minor)
}

/// The numeric code has three digits: it always fits.
fn currency(currency: Currency) -> Bcd<2> {
    Bcd::from_number(u64::from(currency.numeric())).unwrap_or(Bcd::from_bytes([0; 2]))
}
