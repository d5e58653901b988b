//! Events as notifications: `event {seq, at, event, …}`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::form::{self, CodeWord, Time, Word};
use super::nfc::everybody;
use super::result::{Ending, Medium};
use crate::domain::app::Role;
use crate::domain::doubt::Finding;
use crate::domain::event::Event;
use crate::domain::id::{ClientName, TerminalId, Timestamp};
use crate::domain::payment::Status;
use crate::outcome::code::Code;
use firmware_protocols::vocabulary::terminal::PromptKind;

/// The notification for an event.
pub(super) fn notification(seq: u64, at: Timestamp, event: &Event) -> Value {
    let params = Notification {
        seq,
        at: Time(at),
        event: fields(event),
    };
    json!({"jsonrpc": "2.0", "method": "event", "params": form::json(&params)})
}

/// What stands in every event, and the event.
#[derive(Serialize)]
struct Notification {
    seq: u64,
    at: Time,
    #[serde(flatten)]
    event: Pushed,
}

/// An event on the wire.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Pushed {
    /// An operation began.
    OperationStarted {
        operation_id: String,
        /// The method that was called.
        method: String,
    },
    /// The last step of an operation may have happened; the station is finding out.
    OperationInDoubt {
        operation_id: String,
        /// The terminal that is asked, if it is one.
        terminal: Option<String>,
    },
    /// A person has said how the last step of an operation ended.
    OperationResolved {
        operation_id: String,
        finding: Word<Finding>,
        /// The app that said it.
        by: String,
    },
    /// Nobody waits for an operation any more; the station still finds out how it ended.
    OperationParked {
        operation_id: String,
        /// The app that said it.
        by: String,
    },
    /// An operation ended.
    OperationFinished {
        operation_id: String,
        outcome: Ending,
        /// Why, when it is not plainly approved.
        code: Option<CodeWord>,
    },
    /// A payment's counters or standing changed. Amounts are minor units.
    PaymentChanged {
        payment_id: String,
        status: Word<Status>,
        authorized_minor: u64,
        captured_minor: u64,
        voided_minor: u64,
        refunded_minor: u64,
        /// What waits to be captured when the processor is back.
        queued_minor: u64,
    },
    /// The processor has decided about a payment that it reviewed by hand.
    PaymentReviewed {
        payment_id: String,
        /// `authorized` or `rejected`.
        status: Word<Status>,
    },
    /// An order changed.
    OrderChanged {
        order_id: String,
        /// Its version now.
        version: u64,
    },
    /// The terminal shows something that the cashier should know.
    TerminalPrompt {
        terminal: String,
        operation_id: String,
        prompt: Word<PromptKind>,
        /// The terminal's own text.
        text: Option<String>,
    },
    /// The line to a terminal is up and the terminal is idle.
    TerminalConnected { terminal: String },
    /// The line to a terminal is down.
    TerminalDisconnected {
        terminal: String,
        /// Why, for a technician.
        cause: String,
    },
    /// An app has a terminal for itself.
    TerminalLeased {
        terminal: String,
        app: String,
        /// The app that it was taken from.
        taken_from: Option<String>,
    },
    /// An app has given a terminal back.
    TerminalReleased { terminal: String, app: String },
    /// An app has paired.
    AppPaired {
        app: String,
        role: Word<Role>,
        /// For people to compare with what the app shows.
        check_word: String,
    },
    /// An app may do something else.
    AppRoleChanged { app: String, role: Word<Role> },
    /// An app is let in no more.
    AppRevoked { app: String },
    /// Something was held against a contactless reader.
    NfcTapped {
        /// For `order.find` and `nfc.bind`.
        tap: String,
        reader: String,
        media: Vec<Medium>,
    },
    /// A contactless reader is ready.
    NfcReaderConnected { reader: String },
    /// A contactless reader is not there, or what drives it has failed.
    NfcReaderDisconnected {
        reader: String,
        /// Why, for a technician.
        cause: String,
    },
}

#[expect(clippy::too_many_lines, reason = "a table: one row for each event")]
fn fields(event: &Event) -> Pushed {
    let text = |text: &str| text.to_owned();
    match event {
        Event::OperationStarted { operation, method } => Pushed::OperationStarted {
            operation_id: text(operation.as_str()),
            method: method.clone(),
        },
        Event::OperationInDoubt {
            operation,
            terminal,
        } => Pushed::OperationInDoubt {
            operation_id: text(operation.as_str()),
            terminal: terminal.as_ref().map(TerminalId::as_str).map(text),
        },
        Event::OperationResolved {
            operation,
            finding,
            by,
        } => Pushed::OperationResolved {
            operation_id: text(operation.as_str()),
            finding: Word(*finding),
            by: by.clone(),
        },
        Event::OperationParked { operation, by } => Pushed::OperationParked {
            operation_id: text(operation.as_str()),
            by: by.clone(),
        },
        Event::OperationFinished {
            operation,
            verdict,
            reason,
        } => Pushed::OperationFinished {
            operation_id: text(operation.as_str()),
            outcome: (*verdict).into(),
            code: reason.map(Code::from).map(CodeWord),
        },
        Event::PaymentChanged {
            payment,
            status,
            authorized_minor,
            captured_minor,
            voided_minor,
            refunded_minor,
            queued_minor,
        } => Pushed::PaymentChanged {
            payment_id: text(payment.as_str()),
            status: Word(*status),
            authorized_minor: *authorized_minor,
            captured_minor: *captured_minor,
            voided_minor: *voided_minor,
            refunded_minor: *refunded_minor,
            queued_minor: *queued_minor,
        },
        Event::PaymentReviewed { payment, status } => Pushed::PaymentReviewed {
            payment_id: text(payment.as_str()),
            status: Word(*status),
        },
        Event::OrderChanged { order, version } => Pushed::OrderChanged {
            order_id: text(order.as_str()),
            version: *version,
        },
        Event::TerminalPrompt {
            terminal,
            operation,
            kind,
            text: shown,
        } => Pushed::TerminalPrompt {
            terminal: text(terminal.as_str()),
            operation_id: text(operation.as_str()),
            prompt: Word(*kind),
            text: shown.clone(),
        },
        Event::TerminalConnected { terminal } => Pushed::TerminalConnected {
            terminal: text(terminal.as_str()),
        },
        Event::TerminalLeased {
            terminal,
            app,
            taken_from,
        } => Pushed::TerminalLeased {
            terminal: text(terminal.as_str()),
            app: text(app.as_str()),
            taken_from: taken_from.as_ref().map(ClientName::as_str).map(text),
        },
        Event::TerminalReleased { terminal, app } => Pushed::TerminalReleased {
            terminal: text(terminal.as_str()),
            app: text(app.as_str()),
        },
        Event::AppPaired {
            app,
            role,
            check_word,
        } => Pushed::AppPaired {
            app: text(app.as_str()),
            role: Word(*role),
            check_word: check_word.clone(),
        },
        Event::AppRoleChanged { app, role } => Pushed::AppRoleChanged {
            app: text(app.as_str()),
            role: Word(*role),
        },
        Event::AppRevoked { app } => Pushed::AppRevoked {
            app: text(app.as_str()),
        },
        Event::NfcTapped { tap, reader, media } => Pushed::NfcTapped {
            tap: text(tap.as_str()),
            reader: text(reader.as_str()),
            media: media.iter().map(everybody).collect(),
        },
        Event::NfcReaderConnected { reader } => Pushed::NfcReaderConnected {
            reader: text(reader.as_str()),
        },
        Event::NfcReaderDisconnected { reader, cause } => Pushed::NfcReaderDisconnected {
            reader: text(reader.as_str()),
            cause: cause.clone(),
        },
        Event::TerminalDisconnected { terminal, cause } => Pushed::TerminalDisconnected {
            terminal: text(terminal.as_str()),
            cause: cause.clone(),
        },
    }
}
