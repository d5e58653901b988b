//! Results of the methods: what the station found, in the form that [`super::result`] declares.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::{Card, MaskedPan};
use firmware_protocols::vocabulary::terminal::Receipt;
use serde_json::Value;

use super::call::{Answer, Found, Health, Standing, TerminalRow};
use super::error::tell;
use super::form::{CodeWord, Time, Word, json};
use super::result::{self as wire, Ended, Ending, OperationState};
use super::{Gateway, attention, nfc, order, search};
use crate::domain::doubt::Doubt;
use crate::domain::id::{ClientName, MerchantAccountId, OperationId, OrderId, PaymentId};
use crate::domain::operation::Call;
use crate::domain::outcome::{Outcome, Skipped};
use crate::domain::payment::Payment;
use crate::domain::quote::Quote;
use crate::domain::terminal::TransactionMark;
use crate::outcome::code::Code;
use crate::outcome::text::{Facts, Language};

/// The result of a method that moves money.
pub(super) fn answer(answer: &Answer, language: Language) -> Value {
    json(&match answer {
        Answer::Finished { operation, outcome } => finished(operation, outcome, language),
        Answer::InDoubt { operation } => in_doubt(operation, language),
    })
}

impl Gateway {
    /// The result of a method that only asks.
    pub(super) fn found(&self, found: Found, include_tokens: bool, language: Language) -> Value {
        match found {
            Found::Payment(payment) => json(&self::payment(&payment)),
            Found::Order(order, payments) => {
                let tokens = include_tokens.then_some(&*self.vault);
                json(&order::write(&order, &payments, tokens))
            }
            Found::Orders { hits, more } => json(&search::write(&hits, more)),
            Found::Attention { rows, more } => json(&attention::write(&rows, more)),
            Found::Quote {
                version,
                lines,
                quote,
                payments,
            } => {
                let lines = lines.iter().map(|line| line.as_str().to_owned());
                json(&self::quote(version, lines.collect(), &quote, &payments))
            }
            Found::Operation {
                id,
                method,
                started_at,
                standing,
            } => {
                let (state, result, doubt) = self::standing(&id, standing, language);
                json(&wire::OperationRow {
                    operation_id: id.as_str().to_owned(),
                    method,
                    started_at: Time(started_at),
                    state,
                    result,
                    doubt,
                })
            }
            Found::Terminals(rows) => json(&wire::Terminals {
                terminals: rows.iter().map(terminal).collect(),
            }),
            Found::Info { station } => json(&self.info(station)),
            Found::Health(health) => json(&self::health(&health)),
            Found::Events(_) => Value::Null,
        }
    }

    /// What this station is.
    pub(super) fn info(&self, station: String) -> wire::StationInfo {
        let equipment = self.equipment.borrow();
        let terminals = equipment.terminals.iter();
        wire::StationInfo {
            station,
            version: env!("CARGO_PKG_VERSION"),
            terminals: terminals.map(|id| id.as_str().to_owned()).collect(),
        }
    }
}

fn quote(version: u64, lines: Vec<String>, quote: &Quote, payments: &[Payment]) -> wire::QuoteRow {
    let is_usable = |payment: &&Payment| {
        let mut unusable = quote.unusable.iter();
        !unusable.any(|skipped| skipped.payment == payment.id)
    };
    let secured_by = payments.iter().filter(is_usable);
    let secured_by = secured_by.map(|payment| wire::SecuredBy {
        payment_id: payment.id.as_str().to_owned(),
        open_minor: payment.open().minor,
        masked_pan: payment.card.as_ref().and_then(masked_pan),
        expires_at: payment.expires_at.map(Time),
    });
    wire::QuoteRow {
        order_version: version,
        lines,
        currency: quote.due.currency.code(),
        due_minor: quote.due.minor,
        secured_minor: quote.secured.minor,
        paid_minor: quote.paid.minor,
        queued_minor: quote.queued.minor,
        balance_minor: quote.due.minor.saturating_sub(quote.secured.minor),
        secured_by: secured_by.collect(),
        unusable: quote.unusable.iter().map(skipped).collect(),
    }
}

/// How an operation ended, in words and numbers.
fn finished(operation: &OperationId, outcome: &Outcome, language: Language) -> Ended {
    let code = Code::from(outcome);
    let amounts = [
        outcome.captured,
        outcome.queued,
        outcome.refunded,
        outcome.secured,
        outcome.balance_due,
        outcome.refund_due,
    ];
    let mut currency = amounts.iter().flatten().map(|money| money.currency.code());
    let minor = |amount: Option<Money>| amount.map(|amount| amount.minor);
    Ended {
        strategy: outcome.strategy.map(Word),
        captured_minor: minor(outcome.captured),
        queued_minor: minor(outcome.queued),
        refunded_minor: minor(outcome.refunded),
        secured_minor: minor(outcome.secured),
        balance_due_minor: minor(outcome.balance_due),
        refund_due_minor: minor(outcome.refund_due),
        currency: currency.next(),
        payments: Some(outcome.payments.iter().map(payment).collect()),
        order: outcome.order.as_ref().map(|order| wire::OrderVersion {
            order_id: order.id.as_str().to_owned(),
            version: order.version,
        }),
        skipped: outcome.skipped.iter().map(skipped).collect(),
        reconciliation: outcome.reconciliation.as_deref().map(Into::into),
        receipts: outcome.receipts.iter().map(receipt).collect(),
        ..ended(operation, outcome.verdict.into(), code, language)
    }
}

fn in_doubt(operation: &OperationId, language: Language) -> Ended {
    ended(operation, Ending::InDoubt, Code::InDoubt, language)
}

/// Nothing but how it ended.
fn ended(operation: &OperationId, outcome: Ending, code: Code, language: Language) -> Ended {
    let (message, told) = tell(code, language, &Facts::default());
    Ended {
        operation_id: operation.as_str().to_owned(),
        outcome,
        told,
        message,
        strategy: None,
        captured_minor: None,
        queued_minor: None,
        refunded_minor: None,
        secured_minor: None,
        balance_due_minor: None,
        refund_due_minor: None,
        currency: None,
        payments: None,
        order: None,
        skipped: Vec::new(),
        reconciliation: None,
        receipts: Vec::new(),
    }
}

fn skipped(skipped: &Skipped) -> wire::Skipped {
    wire::Skipped {
        payment_id: skipped.payment.as_str().to_owned(),
        code: CodeWord(Code::from(skipped.reason)),
    }
}

fn standing(
    id: &OperationId,
    standing: Standing,
    language: Language,
) -> (OperationState, Option<Ended>, Option<wire::DoubtRow>) {
    match standing {
        Standing::Running => (OperationState::Running, None, None),
        Standing::InDoubt(doubt) => (
            OperationState::InDoubt,
            Some(in_doubt(id, language)),
            Some(self::doubt(&doubt)),
        ),
        Standing::Finished(outcome) => {
            let result = finished(id, &outcome, language);
            (OperationState::Finished, Some(result), None)
        }
    }
}

/// What a person needs who has to say how it ended.
fn doubt(doubt: &Doubt) -> wire::DoubtRow {
    let (terminal, merchant_account) = match &doubt.call {
        Call::Terminal { terminal, .. } => (Some(terminal.as_str().to_owned()), None),
        Call::Processor { account, .. } => (None, Some(account.as_str().to_owned())),
    };
    let amount = doubt.call.amount();
    wire::DoubtRow {
        terminal,
        merchant_account,
        asked: doubt.call.name().to_owned(),
        amount_minor: amount.map(|amount| amount.minor),
        currency: amount.map(|amount| amount.currency.code()),
        inquiries: doubt.inquiries,
        transaction_before: doubt.before.as_ref().map(mark),
        last_transaction: doubt.last.as_ref().map(mark),
        evidence: doubt.evidence(),
        is_parked: doubt.is_parked,
    }
}

fn mark(mark: &TransactionMark) -> wire::TransactionRow {
    wire::TransactionRow {
        receipt_number: mark.receipt_number.clone(),
        trace_number: mark.trace_number.clone(),
        date: mark.date.clone(),
        time: mark.time.clone(),
    }
}

/// A payment without its tokens.
fn payment(payment: &Payment) -> wire::Payment {
    let terminal = payment.terminal.as_ref();
    let order = payment.order.as_ref().map(OrderId::as_str);
    let account = payment.account.as_ref().map(MerchantAccountId::as_str);
    let mark = terminal.map(|terminal| &terminal.mark);
    wire::Payment {
        payment_id: payment.id.as_str().to_owned(),
        order_id: order.map(str::to_owned),
        merchant_account: account.map(str::to_owned),
        status: Word(payment.status()),
        actions: payment.actions().iter().copied().map(Word).collect(),
        currency: payment.currency.code(),
        authorized_minor: payment.authorized,
        captured_minor: payment.captured,
        voided_minor: payment.voided,
        refunded_minor: payment.refunded,
        queued_minor: payment.queued,
        uncaptured_minor: payment.uncaptured,
        masked_pan: payment.card.as_ref().and_then(masked_pan),
        brand: payment.card.as_ref().and_then(|card| card.brand.clone()),
        has_card_token: payment.card_token.is_some(),
        replaces: payment
            .replaces
            .as_ref()
            .map(PaymentId::as_str)
            .map(str::to_owned),
        receipt_number: mark.and_then(|mark| mark.receipt_number.clone()),
        trace_number: mark.and_then(|mark| mark.trace_number.clone()),
        authorization_code: terminal.and_then(|terminal| terminal.authorization_code.clone()),
        terminal_id: terminal.and_then(|terminal| terminal.terminal_id.clone()),
        authorized_at: payment.authorized_at.map(Time),
        expires_at: payment.expires_at.map(Time),
    }
}

fn receipt(receipt: &Receipt) -> wire::Receipt {
    wire::Receipt {
        kind: Word(receipt.kind),
        lines: receipt.lines.clone(),
    }
}

fn terminal(row: &TerminalRow) -> wire::Terminal {
    let lease = row.lease.as_ref();
    let operation = row.operation.as_ref().map(OperationId::as_str);
    let leased_to = lease.map(|lease| ClientName::as_str(&lease.app));
    wire::Terminal {
        terminal: row.id.as_str().to_owned(),
        currency: row.currency.code(),
        connected: row.connected,
        cause: row.cause.clone(),
        operation_id: operation.map(str::to_owned),
        leased_to: leased_to.map(str::to_owned),
        leased_until: lease.map(|lease| Time(lease.until)),
    }
}

/// A clock that is corrected now and then may step back so far, and nobody needs to hear of it.
const CLOCK_TOLERANCE_S: i64 = 60;

fn health(health: &Health) -> wire::HealthRow {
    let in_doubt = health.in_doubt.iter().map(|id| id.as_str().to_owned());
    let down = health.terminals.iter().any(|terminal| !terminal.connected);
    let clock_behind_s = health.clock_behind_ms.checked_div(1000).unwrap_or(0);
    let set_back = clock_behind_s > CLOCK_TOLERANCE_S;
    let unread = health.readers.iter().any(|reader| !reader.connected);
    let is_well = health.in_doubt.is_empty() && !down && !unread && !set_back;
    let fine = || "ok".to_owned();
    wire::HealthRow {
        state: match (&health.journal, is_well) {
            (Some(_), _) => wire::HealthState::Failed,
            (None, false) => wire::HealthState::Degraded,
            (None, true) => wire::HealthState::Ok,
        },
        journal: health.journal.clone().unwrap_or_else(fine),
        clock: if set_back {
            format!("{clock_behind_s} s behind what was recorded last: was it set back?")
        } else {
            fine()
        },
        terminals: health.terminals.iter().map(terminal).collect(),
        readers: health.readers.iter().map(nfc::reader).collect(),
        in_doubt: in_doubt.collect(),
        running: health.running,
        queued: health.queued,
    }
}

fn masked_pan(card: &Card) -> Option<String> {
    let pan = card.masked_pan.as_ref().map(MaskedPan::as_str);
    pan.map(str::to_owned)
}
