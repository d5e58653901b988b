//! A tender of an order on the wire: all that another store needs to know of its payment, so that it
//! can capture, release and give back as this one would.

use firmware_protocols::vocabulary::card::{Card, MaskedPan};

use super::error::ApiError;
use super::form::Time;
use super::order::read_time;
use super::request as wire;
use super::result;
use super::text::Text;
use crate::domain::id::{PaymentId, SealedToken, TerminalId};
use crate::domain::order::Tender;
use crate::domain::payment::{Capture, Payment, Standing};
use crate::domain::search::AccountReference;
use crate::domain::terminal::{TerminalReference, TransactionMark};
use crate::vault::{TokenKind, Vault, VaultError};

/// A payment account reference has exactly so many characters (EMV Payment Tokenisation).
const PAR_LENGTH: usize = 29;

/// Fills in what tender number `at` says of its payment.
pub(super) fn read(
    vault: &Vault,
    at: usize,
    tender: wire::Tender,
    payment: Payment,
) -> Result<Payment, ApiError> {
    let field = |name: &str| format!("order.tenders[{at}].{name}");
    let expires_at = read_time(&field("expires_at"), tender.expires_at.as_ref())?;
    let authorized_at = read_time(&field("authorized_at"), tender.authorized_at.as_ref())?;
    let gone = tender
        .captured_minor
        .0
        .saturating_add(tender.voided_minor.0);
    if tender.authorized_minor.0 > gone && tender.auth_token.is_none() {
        let problem = "must be there when money is held";
        return Err(ApiError::field(&field("auth_token"), problem));
    }
    if tender.on_hold && tender.authorized_minor.0 > 0 {
        let problem = "must be 0 while it is being reviewed";
        return Err(ApiError::field(&field("authorized_minor"), problem));
    }
    let par = match &tender.par {
        None => None,
        Some(par) => {
            let par = read_par(&field("par"), par)?;
            Some(AccountReference {
                sealed: seal(vault, TokenKind::Account, par)?,
                digest: vault.digest(TokenKind::Account, par),
            })
        }
    };
    let sealed = |kind, token: &Option<Text>| {
        let token = token.as_ref();
        let token = token.map(|token| seal(vault, kind, token.as_str()));
        token.transpose()
    };
    let auth_token = sealed(TokenKind::Reference, &tender.auth_token)?;
    let card = tender.masked_pan.is_some() || tender.brand.is_some();
    Ok(Payment {
        authorized: tender.authorized_minor.0,
        captured: tender.captured_minor.0,
        voided: tender.voided_minor.0,
        refunded: tender.refunded_minor.0,
        queued: tender.queued_minor.0,
        standing: if tender.on_hold {
            Standing::OnHold
        } else {
            Standing::Normal
        },
        captures: read_captures(vault, &field("captures"), &tender)?,
        card: card.then(|| Card {
            masked_pan: tender.masked_pan.map(|pan| MaskedPan::of(pan.as_str())),
            brand: tender.brand.map(Text::into_string),
            entry_mode: None,
        }),
        card_token: sealed(TokenKind::Card, &tender.card_token)?,
        auth_token,
        terminal: tender.terminal.map(read_terminal),
        authorized_at,
        expires_at,
        lapsed: tender.lapsed_minor.0,
        replaces: tender.replaces.map(|id| PaymentId::new(id.into_string())),
        par,
        ..payment
    })
}

/// Captures that are not told one by one are taken for one, with the authorization's own reference.
fn read_captures(
    vault: &Vault,
    field: &str,
    tender: &wire::Tender,
) -> Result<Vec<Capture>, ApiError> {
    let sealed = |token: Option<&Text>| {
        let token = token.map(|token| seal(vault, TokenKind::Reference, token.as_str()));
        token.transpose()
    };
    let Some(captures) = &tender.captures else {
        if tender.captured_minor.0 == 0 {
            return Ok(Vec::new());
        }
        return Ok(vec![Capture {
            amount: tender.captured_minor.0,
            refunded: tender.refunded_minor.0,
            token: sealed(tender.auth_token.as_ref())?,
        }]);
    };
    let sum = |minor: fn(&wire::TenderCapture) -> u64| {
        captures.iter().map(minor).fold(0, u64::saturating_add)
    };
    let add_up = sum(|it| it.amount_minor.0) == tender.captured_minor.0
        && sum(|it| it.refunded_minor.0) == tender.refunded_minor.0
        && captures
            .iter()
            .all(|it| it.refunded_minor.0 <= it.amount_minor.0);
    if !add_up {
        let problem = "do not add up to captured_minor and refunded_minor";
        return Err(ApiError::field(field, problem));
    }
    let captures = captures.iter().map(|capture| {
        Ok(Capture {
            amount: capture.amount_minor.0,
            refunded: capture.refunded_minor.0,
            token: sealed(capture.capture_token.as_ref())?,
        })
    });
    captures.collect()
}

/// Another store's terminal is never asked from here, whatever ours are called.
fn read_terminal(told: wire::TenderTerminal) -> TerminalReference {
    let text = |text: Option<Text>| text.map(Text::into_string);
    TerminalReference {
        terminal: TerminalId::elsewhere(),
        mark: TransactionMark {
            receipt_number: text(told.receipt_number),
            trace_number: text(told.trace_number),
            date: text(told.date),
            time: text(told.time),
        },
        authorization_code: text(told.authorization_code),
        terminal_id: text(told.terminal_id),
        merchant_id: text(told.merchant_id),
    }
}

/// Checks a payment account reference.
pub(super) fn read_par<'a>(field: &str, par: &'a Text) -> Result<&'a str, ApiError> {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if par.as_str().len() == PAR_LENGTH && par.as_str().bytes().all(is_part) {
        Ok(par.as_str())
    } else {
        let problem = format!("must be {PAR_LENGTH} capital letters and digits");
        Err(ApiError::field(field, &problem))
    }
}

fn seal(vault: &Vault, kind: TokenKind, clear: &str) -> Result<SealedToken, ApiError> {
    let sealed = vault.seal(kind, clear);
    sealed.map_err(|_: VaultError| ApiError::internal())
}

/// The form in which [`read`] takes it; with clear tokens where there is a vault to open them with.
pub(super) fn write(tender: &Tender, payment: &Payment, tokens: Option<&Vault>) -> result::Tender {
    let open = |kind, token: Option<&SealedToken>| tokens?.unseal(kind, token?).ok();
    let card = payment.card.as_ref();
    let masked = card.and_then(|card| card.masked_pan.clone());
    let par = payment.par.as_ref().map(|par| &par.sealed);
    let account = payment.account.as_ref();
    let replaces = payment.replaces.as_ref();
    let captures = payment.captures.iter().map(|capture| result::Capture {
        amount_minor: capture.amount,
        refunded_minor: capture.refunded,
        capture_token: open(TokenKind::Reference, capture.token.as_ref()),
    });
    result::Tender {
        payment_id: payment.id.as_str().to_owned(),
        prepayment: tender.prepayment,
        tender_type: tender.tender_type.clone(),
        card_type: tender.card_type.clone(),
        merchant_account: account.map(|id| id.as_str().to_owned()),
        masked_pan: masked.map(String::from),
        brand: card.and_then(|card| card.brand.clone()),
        authorized_at: payment.authorized_at.map(Time),
        expires_at: payment.expires_at.map(Time),
        replaces: replaces.map(|id| id.as_str().to_owned()),
        card_token: open(TokenKind::Card, payment.card_token.as_ref()),
        auth_token: open(TokenKind::Reference, payment.auth_token.as_ref()),
        par: open(TokenKind::Account, par),
        authorized_minor: payment.authorized,
        captured_minor: payment.captured,
        voided_minor: payment.voided,
        refunded_minor: payment.refunded,
        queued_minor: payment.queued,
        lapsed_minor: payment.lapsed,
        on_hold: payment.standing == Standing::OnHold,
        captures: captures.collect(),
        terminal: payment.terminal.as_ref().map(write_terminal),
    }
}

fn write_terminal(reference: &TerminalReference) -> result::TenderTerminal {
    result::TenderTerminal {
        receipt_number: reference.mark.receipt_number.clone(),
        trace_number: reference.mark.trace_number.clone(),
        date: reference.mark.date.clone(),
        time: reference.mark.time.clone(),
        authorization_code: reference.authorization_code.clone(),
        terminal_id: reference.terminal_id.clone(),
        merchant_id: reference.merchant_id.clone(),
    }
}
