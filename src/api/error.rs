//! Errors and declines as apps see them: a stable code, a sentence for the cashier, what to do next.

use serde::Serialize;

use super::call::Refusal;
use crate::domain::outcome::Reason;
use crate::domain::rejection::{OrderProblem, Rejection};

/// A JSON-RPC error object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApiError {
    /// JSON-RPC code: -32700 to -32600 as the specification says, -32000 for refusals.
    pub code: i32,
    /// For the cashier.
    pub message: String,
    /// The rest.
    pub data: Box<ErrorData>,
}

/// What an app can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorData {
    /// Stable code.
    pub code: &'static str,
    /// What the cashier should do.
    pub next_action: NextAction,
    /// Whether the same request can succeed later.
    pub retryable: bool,
    /// The field that is wrong, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is left, where an amount was too large: minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_minor: Option<u64>,
    /// The order's version here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_version: Option<u64>,
    /// The operation that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

/// What the cashier should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAction {
    /// Nothing.
    None,
    /// Correct the request.
    FixRequest,
    /// The same again, later.
    Retry,
    /// Another card.
    OtherCard,
    /// The customer has to decide.
    AskCustomer,
    /// Void.
    VoidInstead,
    /// Capture a smaller amount.
    CaptureLess,
    /// Refund.
    RefundInstead,
    /// Load the order again.
    Reload,
    /// Wait for the event `operation_finished`.
    Wait,
    /// Take the rest with a new payment.
    TakeBalance,
    /// Call support with the operation id.
    CallSupport,
}

/// How a reason is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) code: &'static str,
    pub(super) message: &'static str,
    pub(super) next_action: NextAction,
    pub(super) retryable: bool,
}

impl ApiError {
    pub(super) fn new(code: i32, name: &'static str, message: &str) -> Self {
        Self {
            code,
            message: message.to_owned(),
            data: Box::new(ErrorData {
                code: name,
                next_action: NextAction::FixRequest,
                retryable: false,
                field: None,
                available_minor: None,
                order_version: None,
                holder: None,
            }),
        }
    }

    /// A parameter is wrong.
    pub(super) fn field(field: &str, problem: &str) -> Self {
        let mut error = Self::new(-32602, "invalid_params", &format!("{field}: {problem}"));
        error.data.field = Some(field.to_owned());
        error
    }

    /// Our own fault; the log knows more.
    pub(super) fn internal() -> Self {
        let mut error = Self::new(-32603, "internal_error", "The station has a fault.");
        error.data.next_action = NextAction::CallSupport;
        error
    }

    fn refused(name: &'static str, message: &str, next_action: NextAction) -> Self {
        let mut error = Self::new(-32000, name, message);
        error.data.next_action = next_action;
        error.data.retryable = matches!(next_action, NextAction::Retry | NextAction::Reload);
        error
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::JournalUnavailable => Self::refused(
                "journal_unavailable",
                "The station cannot record payments now, so it takes none.",
                NextAction::CallSupport,
            ),
            Refusal::NotFound(what) => {
                let mut error = Self::refused("not_found", "Not known here.", NextAction::None);
                error.message = format!("This {what} is not known here.");
                error
            }
        }
    }
}

impl From<Rejection> for ApiError {
    #[expect(clippy::too_many_lines, reason = "a table: one row per rejection")]
    fn from(rejection: Rejection) -> Self {
        let refused = Self::refused;
        match rejection {
            Rejection::IdempotencyKeyReused => {
                let problem = "was used before, for another request";
                let mut error = Self::field("idempotency_key", problem);
                error.data.code = "idempotency_key_reused";
                error
            }
            Rejection::TerminalUnknown(id) => {
                Self::field("terminal", &format!("`{id}` is not configured here"))
            }
            Rejection::TerminalLocked { holder, .. } => {
                let message = "The terminal is busy with another payment.";
                let mut error = refused("terminal_locked", message, NextAction::Retry);
                error.data.holder = Some(holder.as_str().to_owned());
                error
            }
            Rejection::AmountOutOfRange => {
                Self::field("amount_minor", "must be at least 1 and not too large")
            }
            Rejection::CurrencyMismatch { expected } => {
                Self::field("currency", &format!("must be {} here", expected.code()))
            }
            Rejection::PaymentUnknown(_) => refused(
                "payment_unknown",
                "This payment is not known here.",
                NextAction::None,
            ),
            Rejection::OrderUnknown(_) => refused(
                "order_unknown",
                "This order is not known here.",
                NextAction::None,
            ),
            Rejection::PaymentBusy { holder } => {
                let message = "Something else is being done with this payment.";
                let mut error = refused("payment_busy", message, NextAction::Retry);
                error.data.holder = Some(holder.as_str().to_owned());
                error
            }
            Rejection::OrderBusy { holder } => {
                let message = "Something else is being done with this order.";
                let mut error = refused("order_busy", message, NextAction::Retry);
                error.data.holder = Some(holder.as_str().to_owned());
                error
            }
            Rejection::OrderChanged { version } => {
                let message = "The order has changed meanwhile. Load it again.";
                let mut error = refused("order_changed", message, NextAction::Reload);
                error.data.order_version = Some(version);
                error
            }
            Rejection::DepositMissing => refused(
                "deposit_missing",
                "Nothing has been paid on this order yet: take the deposit first.",
                NextAction::FixRequest,
            ),
            Rejection::NothingToSecure => refused(
                "nothing_to_secure",
                "All of this order is paid or secured.",
                NextAction::None,
            ),
            Rejection::LineUnknown(id) => {
                Self::field("lines", &format!("the order has no line `{id}`"))
            }
            Rejection::LineNotOpen(id) => {
                let message = format!("Line {id} has been handed over, cancelled or named twice.");
                refused("line_not_open", &message, NextAction::Reload)
            }
            Rejection::LineNotShipped(id) => {
                Self::field("lines", &format!("line `{id}` is not one to `ship`"))
            }
            Rejection::OrderInvalid { problem } => order_invalid(problem),
            Rejection::PaymentNotReady => refused(
                "payment_not_ready",
                "This payment has no answer yet.",
                NextAction::Retry,
            ),
            Rejection::PaymentOnHold => refused(
                "payment_on_hold",
                "The payment is still being reviewed.",
                NextAction::Retry,
            ),
            Rejection::PaymentEnded => refused(
                "payment_ended",
                "This payment was declined or failed.",
                NextAction::OtherCard,
            ),
            Rejection::PaymentAlreadyVoided => refused(
                "payment_already_voided",
                "This payment was voided before.",
                NextAction::None,
            ),
            Rejection::VoidInstead => refused(
                "void_instead",
                "Nothing has been taken yet: void the payment instead.",
                NextAction::VoidInstead,
            ),
            Rejection::CaptureLess => refused(
                "capture_less",
                "Nothing has been taken yet: capture less instead.",
                NextAction::CaptureLess,
            ),
            Rejection::RefundInstead => refused(
                "refund_instead",
                "The money has been taken: refund it instead.",
                NextAction::RefundInstead,
            ),
            Rejection::ExceedsOpenAmount { open } => {
                let message = format!("Only {open} is left to capture.");
                let mut error = refused("exceeds_open_amount", &message, NextAction::CaptureLess);
                error.data.available_minor = Some(open.minor);
                error
            }
            Rejection::ExceedsCapturedAmount { paid } => {
                let message = format!("Only {paid} is left to refund.");
                let mut error =
                    refused("exceeds_captured_amount", &message, NextAction::FixRequest);
                error.data.available_minor = Some(paid.minor);
                error
            }
            Rejection::NoRoute => refused(
                "no_route",
                "No terminal or merchant account here can do this.",
                NextAction::CallSupport,
            ),
        }
    }
}

fn order_invalid(problem: OrderProblem) -> ApiError {
    let (field, problem) = match problem {
        OrderProblem::NoLines => ("order.lines", "must not be empty"),
        OrderProblem::DuplicateLine => ("order.lines", "two lines have one line_id"),
        OrderProblem::DuplicateTender => ("order.tenders", "two tenders have one payment_id"),
        OrderProblem::DepositTooLarge => (
            "deposit_minor",
            "is larger than what the waiting lines cost",
        ),
        OrderProblem::MixedCurrencies => ("order.tenders", "are not in the order's currency"),
        OrderProblem::ImpossibleCounters => (
            "order.tenders",
            "captured and voided exceed what was authorized, or refunded exceeds captured",
        ),
        OrderProblem::TotalOutOfRange => ("order.lines", "cost too much in all"),
        OrderProblem::ForeignPayment => ("order.tenders", "belong to another order"),
    };
    ApiError::field(field, problem)
}

/// How a reason is told to a cashier. English; other languages come with the catalogue of outcomes.
#[expect(clippy::too_many_lines, reason = "a table: one row per reason")]
pub(super) fn told(reason: Reason) -> Told {
    use NextAction::{
        AskCustomer, CallSupport, None, OtherCard, RefundInstead, Retry, TakeBalance, Wait,
    };
    let (code, message, next_action) = match reason {
        Reason::CardDeclined => ("card_declined", "The card was declined.", OtherCard),
        Reason::InsufficientFunds => (
            "insufficient_funds",
            "There is not enough money on the card.",
            OtherCard,
        ),
        Reason::ExpiredCard => ("expired_card", "The card has expired.", OtherCard),
        Reason::CardNotReadable => ("card_not_readable", "The card cannot be read.", OtherCard),
        Reason::CardNotAccepted => (
            "card_not_accepted",
            "This kind of card is not taken here.",
            OtherCard,
        ),
        Reason::CardBlocked => ("card_blocked", "The card is blocked.", OtherCard),
        Reason::WrongPin => ("wrong_pin", "The PIN was wrong.", AskCustomer),
        Reason::PinTriesExceeded => (
            "pin_tries_exceeded",
            "The PIN was wrong too often.",
            OtherCard,
        ),
        Reason::AmountNotAllowed => (
            "amount_not_allowed",
            "This amount is not allowed for the card.",
            OtherCard,
        ),
        Reason::CurrencyNotAccepted => (
            "currency_not_accepted",
            "This currency is not taken here.",
            CallSupport,
        ),
        Reason::HostUnreachable => (
            "host_unreachable",
            "The terminal cannot reach the bank.",
            Retry,
        ),
        Reason::ReservationUnknown => (
            "reservation_unknown",
            "The terminal does not know this reservation.",
            CallSupport,
        ),
        Reason::AlreadyReversed => (
            "already_reversed",
            "This payment was reversed before.",
            None,
        ),
        Reason::ReversalNotPossible => (
            "reversal_not_possible",
            "The terminal can no longer reverse this payment; refund it to the card.",
            RefundInstead,
        ),
        Reason::TerminalBusy => ("terminal_busy", "The terminal is busy.", Retry),
        Reason::TerminalNotReady => (
            "terminal_not_ready",
            "The terminal is not ready; see its display.",
            CallSupport,
        ),
        Reason::NotSupported => ("not_supported", "This cannot be done here.", CallSupport),
        Reason::PrinterNotReady => (
            "printer_not_ready",
            "The printer is not ready; check the paper.",
            Retry,
        ),
        Reason::AuthorizationExpired => (
            "authorization_expired",
            "The money is no longer held. Take a new payment.",
            TakeBalance,
        ),
        Reason::AuthorizationUnknown => (
            "authorization_unknown",
            "The processor does not know this payment.",
            CallSupport,
        ),
        Reason::ExceedsOpenAmount => (
            "exceeds_open_amount",
            "This is more than is left.",
            CallSupport,
        ),
        Reason::MerchantAccountUnknown => (
            "merchant_account_unknown",
            "The order's card cannot be charged from this store. Take a new payment.",
            TakeBalance,
        ),
        Reason::TerminalUnreachable => (
            "terminal_unreachable",
            "The terminal does not answer; check its cable.",
            Retry,
        ),
        Reason::ProcessorUnreachable => (
            "processor_unreachable",
            "The payment service cannot be reached. Nothing was taken.",
            Retry,
        ),
        Reason::NotCarriedOut => (
            "not_carried_out",
            "The terminal has not taken the payment.",
            Retry,
        ),
        Reason::Aborted => ("cancelled", "The payment was cancelled.", None),
        Reason::RemainderDeclined => (
            "remainder_declined",
            "The deposit is paid, but the rest could not be secured on this card.",
            OtherCard,
        ),
        Reason::SecondCardNeeded => (
            "second_card_needed",
            "The deposit is paid. This card cannot secure the rest; ask for another.",
            OtherCard,
        ),
        Reason::CardNotTokenizable => (
            "card_not_tokenizable",
            "This card cannot secure the rest; nothing is held on it. Ask for another.",
            OtherCard,
        ),
        Reason::DepositNotCaptured => (
            "deposit_not_captured",
            "The deposit could not be taken; what was held on the card is released.",
            Retry,
        ),
        Reason::BalanceDue => (
            "balance_due",
            "The order's cards do not cover this. Take the rest.",
            TakeBalance,
        ),
        Reason::OnHold => ("on_hold", "The payment is being reviewed.", Wait),
        Reason::Other => ("other", "The payment did not go through.", CallSupport),
    };
    let retryable = next_action == Retry;
    Told {
        code,
        message,
        next_action,
        retryable,
    }
}
