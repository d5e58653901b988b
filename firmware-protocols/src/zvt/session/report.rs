//! From what the terminal sends to the words of the station.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::vocabulary::card::{Card, CardToken};
use crate::vocabulary::money::Currency;
use crate::vocabulary::terminal::{
    DeclineReason, Ending, Prompt, SyncId, Totals, Transaction, Verdict,
};
use crate::wire::bcd::{self, Bcd};
use crate::zvt::message::{
    CARD_GROUPS, CardTotals, IntermediateStatus, OpenReservations, StatusInformation,
};
use crate::zvt::text::{Charset, Text};
use crate::zvt::{card_type, intermediate_status, result_code};

/// Codes above this are the host's, told in A0 beside a 27 of 00.
const HOST_ONLY: u16 = 0xA000;

/// The transaction of a status information; `None` when that has no result code, which makes it
/// something else.
pub(super) fn transaction(
    message: &StatusInformation<'_>,
    charset: Charset,
) -> Option<Transaction> {
    let verdict = match (message.result_code?, message.host_result.unwrap_or(0)) {
        (0, 0) => Verdict::Approved,
        (0, host) => Verdict::Declined {
            reason: DeclineReason::IssuerDeclined,
            code: HOST_ONLY | u16::from(host),
        },
        (code, _) => Verdict::Declined {
            reason: result_code::reason(code),
            code: u16::from(code),
        },
    };
    let long_trace = message
        .long_trace
        .filter(|digits| !digits.is_empty())
        .map(bcd::digits);
    Some(Transaction {
        verdict,
        amount_minor: message.amount.and_then(|amount| amount.number()),
        currency: message.currency.and_then(currency),
        receipt_number: message.receipt.and_then(receipt_number),
        trace_number: long_trace.or_else(|| message.trace.map(|trace| trace.digits())),
        authorization_code: text(message.authorization_code, charset),
        terminal_id: message.terminal_id.map(|id| id.digits()),
        merchant_id: contract(message.contract),
        date: message.date.map(|date| date.digits()),
        time: message.time.map(|time| time.digits()),
        card: card(message, charset),
        token: message.token.map(|token| CardToken::new(hex(token.0))),
        sync: message.sync.map(|sync| SyncId(sync.to_vec())),
    })
}

/// The totals of an end of day.
pub(super) fn totals(message: &StatusInformation<'_>) -> Totals {
    let total_minor = message.amount.and_then(|amount| amount.number());
    let Some(CardTotals {
        first_receipt,
        last_receipt,
        groups,
    }) = message.totals
    else {
        return Totals {
            total_minor,
            ..Totals::default()
        };
    };
    let groups = CARD_GROUPS
        .iter()
        .zip(groups)
        .map(|(name, (count, sum))| {
            (
                (*name).to_owned(),
                u32::from(count),
                sum.number().unwrap_or(0),
            )
        })
        .collect();
    Totals {
        total_minor,
        first_receipt: receipt_number(first_receipt),
        last_receipt: receipt_number(last_receipt),
        groups,
    }
}

/// What the cashier should see.
pub(super) fn prompt(message: &IntermediateStatus<'_>, charset: Charset) -> Prompt {
    let words = intermediate_status::words(message.status).map(str::to_owned);
    Prompt {
        kind: intermediate_status::prompt(message.status),
        text: message.text(charset).or(words),
    }
}

/// How a request ends that the terminal did not carry out.
pub(super) fn unsuccessful(code: u8) -> Ending {
    declined(result_code::reason(code), u16::from(code))
}

/// How a request ends whose result says so.
pub(super) fn declined(reason: DeclineReason, code: u16) -> Ending {
    if code == u16::from(result_code::ABORTED) {
        return Ending::Aborted;
    }
    Ending::Declined { reason, code }
}

/// Whether a decline rests on a host code alone, beside a result code that says all is well.
pub(super) const fn is_host_only(code: u16) -> bool {
    code >= HOST_ONLY
}

/// A text of the terminal, masked; `None` when it is blank.
pub(super) fn text(text: Option<Text<'_>>, charset: Charset) -> Option<String> {
    let text = text?.decode(charset);
    let trimmed = text.trim_matches([' ', '\0']);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A receipt number; `None` for FFFF, which says "none".
pub(super) fn receipt_number(number: Bcd<2>) -> Option<String> {
    (number != OpenReservations::RECEIPT).then(|| number.digits())
}

/// A contract number has up to 15 digits, but it is in a field of its own and no card number: it
/// is not masked. Only letters and digits pass.
fn contract(contract: Option<Text<'_>>) -> Option<String> {
    let Text(bytes) = contract?;
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'/');
    let text: String = bytes
        .iter()
        .filter(|byte| allowed(byte))
        .map(|it| char::from(*it))
        .collect();
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

fn card(message: &StatusInformation<'_>, charset: Charset) -> Option<Card> {
    let named = text(message.card_name, charset);
    let typed = || {
        message
            .card_type
            .and_then(card_type::brand)
            .map(str::to_owned)
    };
    let card = Card {
        masked_pan: message.pan.clone(),
        brand: named.or_else(typed),
        entry_mode: message.entry_mode,
    };
    let empty = Card {
        masked_pan: None,
        brand: None,
        entry_mode: None,
    };
    (card != empty).then_some(card)
}

fn currency(number: Bcd<2>) -> Option<Currency> {
    Currency::from_numeric(u16::try_from(number.number()?).ok()?)
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Receipt numbers of open reservations.
pub(super) fn open_reservations(open: impl Iterator<Item = Bcd<2>>) -> Vec<String> {
    open.filter_map(receipt_number).collect()
}
