//! Events as notifications: `event {seq, at, event, …}`.

use serde_json::{Value, json};

use crate::clock;
use crate::domain::event::Event;
use crate::domain::id::Timestamp;
use crate::domain::id::{ClientName, TerminalId};
use crate::outcome::code::Code;

/// The notification for an event.
pub(super) fn notification(seq: u64, at: Timestamp, event: &Event) -> Value {
    let mut params = fields(event);
    if let Value::Object(fields) = &mut params {
        fields.insert("seq".to_owned(), seq.into());
        fields.insert("at".to_owned(), clock::format_utc(at).into());
    }
    json!({"jsonrpc": "2.0", "method": "event", "params": params})
}

#[expect(clippy::too_many_lines, reason = "a table: one row for each event")]
fn fields(event: &Event) -> Value {
    match event {
        Event::OperationStarted { operation, method } => json!({
            "event": "operation_started", "operation_id": operation.as_str(), "method": method,
        }),
        Event::OperationInDoubt {
            operation: id,
            terminal,
        } => json!({
            "event": "operation_in_doubt",
            "operation_id": id.as_str(),
            "terminal": terminal.as_ref().map(TerminalId::as_str),
        }),
        Event::OperationResolved {
            operation: id,
            finding,
            by,
        } => json!({
            "event": "operation_resolved", "operation_id": id.as_str(), "finding": finding,
            "by": by,
        }),
        Event::OperationParked { operation, by } => json!({
            "event": "operation_parked", "operation_id": operation.as_str(), "by": by,
        }),
        Event::OperationFinished {
            operation,
            verdict,
            reason,
        } => json!({
            "event": "operation_finished", "operation_id": operation.as_str(), "outcome": verdict,
            "code": reason.map(|reason| Code::from(reason).name()),
        }),
        Event::PaymentChanged {
            payment,
            status,
            authorized_minor,
            captured_minor,
            voided_minor,
            refunded_minor,
            queued_minor,
        } => json!({
            "event": "payment_changed", "payment_id": payment.as_str(), "status": status,
            "authorized_minor": authorized_minor,
            "captured_minor": captured_minor,
            "voided_minor": voided_minor,
            "refunded_minor": refunded_minor,
            "queued_minor": queued_minor,
        }),
        Event::PaymentReviewed { payment, status } => json!({
            "event": "payment_reviewed", "payment_id": payment.as_str(), "status": status,
        }),
        Event::OrderChanged { order, version } => json!({
            "event": "order_changed", "order_id": order.as_str(), "version": version,
        }),
        Event::TerminalPrompt {
            terminal,
            operation,
            kind,
            text,
        } => json!({
            "event": "terminal_prompt",
            "terminal": terminal.as_str(),
            "operation_id": operation.as_str(),
            "prompt": kind,
            "text": text,
        }),
        Event::TerminalConnected { terminal } => json!({
            "event": "terminal_connected", "terminal": terminal.as_str(),
        }),
        Event::TerminalLeased {
            terminal,
            app,
            taken_from,
        } => json!({
            "event": "terminal_leased", "terminal": terminal.as_str(), "app": app.as_str(),
            "taken_from": taken_from.as_ref().map(ClientName::as_str),
        }),
        Event::TerminalReleased { terminal, app } => json!({
            "event": "terminal_released", "terminal": terminal.as_str(), "app": app.as_str(),
        }),
        Event::AppPaired {
            app,
            role,
            check_word,
        } => json!({
            "event": "app_paired", "app": app.as_str(), "role": role, "check_word": check_word,
        }),
        Event::AppRoleChanged { app, role } => json!({
            "event": "app_role_changed", "app": app.as_str(), "role": role,
        }),
        Event::AppRevoked { app } => json!({"event": "app_revoked", "app": app.as_str()}),
        Event::NfcTapped { tap, reader, media } => json!({
            "event": "nfc_tapped", "tap": tap.as_str(), "reader": reader.as_str(), "media": media,
        }),
        Event::NfcReaderConnected { reader } => json!({
            "event": "nfc_reader_connected", "reader": reader.as_str(),
        }),
        Event::NfcReaderDisconnected { reader, cause } => json!({
            "event": "nfc_reader_disconnected", "reader": reader.as_str(), "cause": cause,
        }),
        Event::TerminalDisconnected { terminal, cause } => json!({
            "event": "terminal_disconnected", "terminal": terminal.as_str(), "cause": cause,
        }),
    }
}
