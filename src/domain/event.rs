//! What apps are told as it happens. Events are stored with the entries they come from, so a
//! subscriber that was away can be told what it missed.

use firmware_protocols::vocabulary::terminal::PromptKind;
use serde::{Deserialize, Serialize};

use super::app::Role;
use super::doubt::Finding;
use super::id::{ClientName, OperationId, OrderId, PaymentId, ReaderId, TapId, TerminalId};
use super::outcome::{Reason, Verdict};
use super::payment::Status;
use super::tap::MediumKind;

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An operation began.
    OperationStarted {
        /// Which.
        operation: OperationId,
        /// Method name.
        method: String,
    },
    /// Its last step may have happened; the station is finding out.
    OperationInDoubt {
        /// Which.
        operation: OperationId,
        /// The terminal that is asked, if it is one.
        terminal: Option<TerminalId>,
    },
    /// A person has said how its last step ended.
    OperationResolved {
        /// Which.
        operation: OperationId,
        /// What was said.
        finding: Finding,
        /// By whom.
        by: String,
    },
    /// Nobody waits for it any more; the station still finds out how it ended.
    OperationParked {
        /// Which.
        operation: OperationId,
        /// Who says so.
        by: String,
    },
    /// It ended.
    OperationFinished {
        /// Which.
        operation: OperationId,
        /// How.
        verdict: Verdict,
        /// Why.
        reason: Option<Reason>,
    },
    /// A payment's counters or standing changed.
    PaymentChanged {
        /// Which.
        payment: PaymentId,
        /// Its status now.
        status: Status,
        /// Minor units.
        authorized_minor: u64,
        /// Minor units.
        captured_minor: u64,
        /// Minor units.
        voided_minor: u64,
        /// Minor units.
        refunded_minor: u64,
        /// Minor units that wait to be captured.
        #[serde(default, skip_serializing_if = "is_zero")]
        queued_minor: u64,
    },
    /// The processor has decided about a payment that it reviewed by hand.
    PaymentReviewed {
        /// Which.
        payment: PaymentId,
        /// Its status now: authorized or rejected.
        status: Status,
    },
    /// An order changed.
    OrderChanged {
        /// Which.
        order: OrderId,
        /// Its version now.
        version: u64,
    },
    /// The terminal shows something that the cashier should know.
    TerminalPrompt {
        /// Which terminal.
        terminal: TerminalId,
        /// For which operation.
        operation: OperationId,
        /// What it means.
        kind: PromptKind,
        /// The terminal's own text.
        text: Option<String>,
    },
    /// The line to a terminal is up and the terminal is idle.
    TerminalConnected {
        /// Which.
        terminal: TerminalId,
    },
    /// The line to a terminal is down.
    TerminalDisconnected {
        /// Which.
        terminal: TerminalId,
        /// Why, for a technician.
        cause: String,
    },
    /// An app has a terminal for itself.
    TerminalLeased {
        /// Which.
        terminal: TerminalId,
        /// Whose it is.
        app: ClientName,
        /// From whom it was taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_from: Option<ClientName>,
    },
    /// An app has given a terminal back.
    TerminalReleased {
        /// Which.
        terminal: TerminalId,
        /// Whose it was.
        app: ClientName,
    },
    /// An app has paired.
    AppPaired {
        /// Which.
        app: ClientName,
        /// What it may do.
        role: Role,
        /// What it shows too.
        check_word: String,
    },
    /// An app may do something else.
    AppRoleChanged {
        /// Which.
        app: ClientName,
        /// What it may do now.
        role: Role,
    },
    /// An app is let in no more.
    AppRevoked {
        /// Which.
        app: ClientName,
    },
    /// Something was held against a contactless reader. What it is, is told by nobody: whoever asks
    /// for orders names the tap.
    NfcTapped {
        /// Its name.
        tap: TapId,
        /// Where.
        reader: ReaderId,
        /// What kinds of things, one each.
        media: Vec<TappedMedium>,
    },
    /// A contactless reader is ready.
    NfcReaderConnected {
        /// Which.
        reader: ReaderId,
    },
    /// A contactless reader is not there, or what drives it has failed.
    NfcReaderDisconnected {
        /// Which.
        reader: ReaderId,
        /// Why, for a technician.
        cause: String,
    },
}

/// One thing that was held against a reader, as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TappedMedium {
    /// What it is.
    pub kind: MediumKind,
    /// It is recognised when it comes again.
    pub lasting: bool,
    /// It was taken away too early.
    pub interrupted: bool,
    /// Whose it is, by the name that was bound to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_reference: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(minor: &u64) -> bool {
    *minor == 0
}
