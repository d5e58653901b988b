//! Every outcome, one row each: its stable name, what to do next, whether it may be tried again,
//! and the code that fits best in each other system.

use serde::{Deserialize, Serialize};

use super::foreign::System::{self, Brp, D365, Dintero, Fundraising};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::rejection::Rejection;

/// What the cashier should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Another means of payment.
    OtherTender,
    /// The customer has to decide, or to tell something.
    AskCustomer,
    /// Void.
    VoidInstead,
    /// Capture a smaller amount.
    CaptureLess,
    /// Refund.
    RefundInstead,
    /// Load the order again.
    Reload,
    /// Wait for the end.
    Wait,
    /// Take the rest with a new payment.
    TakeBalance,
    /// Call support with the operation id.
    CallSupport,
}

/// Whether asking again can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetrySafety {
    /// Nothing has happened: another attempt cannot take money twice.
    Safe,
    /// It may have happened, or things have changed: ask how it stands before another attempt.
    AskFirst,
    /// It has happened, or would be refused again: do what the next action says instead.
    Never,
}

struct Row {
    name: &'static str,
    next_action: NextAction,
    retry_safety: RetrySafety,
    refs: &'static [(System, &'static str)],
}

impl Code {
    /// The stable name, as it stands on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The code of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// What the cashier should do.
    #[must_use]
    pub fn next_action(self) -> NextAction {
        self.row().next_action
    }

    /// Whether asking again can do harm.
    #[must_use]
    pub fn retry_safety(self) -> RetrySafety {
        self.row().retry_safety
    }

    /// Whether the same request can succeed later.
    #[must_use]
    pub fn retryable(self) -> bool {
        matches!(self.next_action(), NextAction::Retry | NextAction::Reload)
            && self.retry_safety() != RetrySafety::Never
    }

    /// What fits best in the vocabularies of other systems: at most one code of each.
    #[must_use]
    pub fn refs(self) -> &'static [(System, &'static str)] {
        self.row().refs
    }
}

impl From<&Outcome> for Code {
    fn from(outcome: &Outcome) -> Self {
        match outcome.reason {
            Some(reason) => Self::from(reason),
            // Of what is no payment nobody is told that it is approved.
            None if outcome.verdict == Verdict::Approved && outcome.payments.is_empty() => {
                Self::Done
            }
            None => Self::from(outcome.verdict),
        }
    }
}

impl From<Verdict> for Code {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Approved => Self::Approved,
            Verdict::Declined => Self::Declined,
            Verdict::Cancelled => Self::Cancelled,
            Verdict::Failed => Self::Failed,
        }
    }
}

impl From<Reason> for Code {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::CardDeclined => Self::CardDeclined,
            Reason::InsufficientFunds => Self::InsufficientFunds,
            Reason::ExpiredCard => Self::ExpiredCard,
            Reason::CardNotReadable => Self::CardNotReadable,
            Reason::CardNotAccepted => Self::CardNotAccepted,
            Reason::CardBlocked => Self::CardBlocked,
            Reason::WrongPin => Self::WrongPin,
            Reason::PinTriesExceeded => Self::PinTriesExceeded,
            Reason::AmountNotAllowed => Self::AmountNotAllowed,
            Reason::CurrencyNotAccepted => Self::CurrencyNotAccepted,
            Reason::HostUnreachable => Self::HostUnreachable,
            Reason::ReservationUnknown => Self::ReservationUnknown,
            Reason::AlreadyReversed => Self::AlreadyReversed,
            Reason::ReversalNotPossible => Self::ReversalNotPossible,
            Reason::TerminalBusy => Self::TerminalBusy,
            Reason::TerminalNotReady => Self::TerminalNotReady,
            Reason::NotSupported => Self::NotSupported,
            Reason::PrinterNotReady => Self::PrinterNotReady,
            Reason::AuthorizationExpired => Self::AuthorizationExpired,
            Reason::AuthorizationNotRenewed => Self::AuthorizationNotRenewed,
            Reason::AuthorizationUnknown => Self::AuthorizationUnknown,
            Reason::ExceedsOpenAmount => Self::ExceedsOpenAmount,
            Reason::MerchantAccountUnknown => Self::MerchantAccountUnknown,
            Reason::CardTypeUnknown => Self::CardTypeUnknown,
            Reason::TenderTypeUnknown => Self::TenderTypeUnknown,
            Reason::OnlyWholeCapture => Self::OnlyWholeCapture,
            Reason::TerminalUnreachable => Self::TerminalUnreachable,
            Reason::ProcessorUnreachable => Self::ProcessorUnreachable,
            Reason::ExceedsFloorLimit => Self::ExceedsFloorLimit,
            Reason::AwaitingRetry => Self::AwaitingRetry,
            Reason::CaptureFailed => Self::CaptureFailed,
            Reason::NotCarriedOut => Self::NotCarriedOut,
            Reason::Aborted => Self::Cancelled,
            Reason::RemainderDeclined => Self::RemainderDeclined,
            Reason::RestNotSecured => Self::RestNotSecured,
            Reason::SecondCardNeeded => Self::SecondCardNeeded,
            Reason::CardNotTokenizable => Self::CardNotTokenizable,
            Reason::DepositNotCaptured => Self::DepositNotCaptured,
            Reason::BalanceDue => Self::BalanceDue,
            Reason::RefundDue => Self::RefundDue,
            Reason::TakenBack => Self::TakenBack,
            Reason::NotTakenBack => Self::NotTakenBack,
            Reason::OnHold => Self::OnHold,
            Reason::TotalsDiffer => Self::TotalsDiffer,
            Reason::Other => Self::Other,
        }
    }
}

impl From<&Rejection> for Code {
    fn from(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            Rejection::TerminalUnknown(_) => Self::TerminalUnknown,
            Rejection::TerminalLocked { .. } => Self::TerminalLocked,
            Rejection::TerminalInDoubt { .. } => Self::TerminalInDoubt,
            Rejection::TerminalLeased { .. } => Self::TerminalLeased,
            Rejection::PoolUnknown(_) => Self::TerminalUnknown,
            Rejection::StationStopping => Self::StationStopping,
            Rejection::NoTerminalFree(_) => Self::NoTerminalFree,
            Rejection::AmountOutOfRange => Self::AmountOutOfRange,
            Rejection::CurrencyMismatch { .. } => Self::CurrencyMismatch,
            Rejection::PaymentUnknown(_) => Self::PaymentUnknown,
            Rejection::PaymentBusy { .. } => Self::PaymentBusy,
            Rejection::PaymentNotReady => Self::PaymentNotReady,
            Rejection::PaymentOnHold => Self::PaymentOnHold,
            Rejection::PaymentEnded => Self::PaymentEnded,
            Rejection::PaymentAlreadyVoided => Self::PaymentAlreadyVoided,
            Rejection::PaymentRefunded => Self::PaymentRefunded,
            Rejection::VoidInstead => Self::VoidInstead,
            Rejection::CaptureLess => Self::CaptureLess,
            Rejection::RefundInstead => Self::RefundInstead,
            Rejection::ExceedsOpenAmount { .. } => Self::ExceedsOpenAmount,
            Rejection::ExceedsCapturedAmount { .. } => Self::ExceedsCapturedAmount,
            Rejection::OnlyWholeCapture { .. } => Self::OnlyWholeCapture,
            Rejection::AwaitingRetry => Self::AwaitingRetry,
            Rejection::NothingToWriteOff => Self::NothingToWriteOff,
            Rejection::NoRoute => Self::NoRoute,
            Rejection::OrderUnknown(_) => Self::OrderUnknown,
            Rejection::OrderChanged { .. } => Self::OrderChanged,
            Rejection::OrderBusy { .. } => Self::OrderBusy,
            Rejection::DepositMissing => Self::DepositMissing,
            Rejection::NothingToSecure => Self::NothingToSecure,
            Rejection::AuthorizedAmountChanged { .. } => Self::AuthorizedAmountChanged,
            Rejection::NoLines => Self::InvalidParams,
            Rejection::LineUnknown(_) => Self::LineUnknown,
            Rejection::LineNotOpen(_) => Self::LineNotOpen,
            Rejection::LineNotShipped(_) => Self::LineNotShipped,
            Rejection::NotInDoubt => Self::NotInDoubt,
            Rejection::EvidenceChanged => Self::EvidenceChanged,
            Rejection::AppUnknown(_) => Self::AppUnknown,
            Rejection::AppNameTaken(_) => Self::AppNameTaken,
            Rejection::TapUnknown => Self::TapUnknown,
            Rejection::TapNotBindable => Self::TapNotBindable,
            Rejection::OrderInvalid { .. } => Self::OrderInvalid,
        }
    }
}

/// Makes the enum, the list of its values and their rows from one table.
macro_rules! catalogue {
    ($($(#[$doc:meta])* $code:ident $name:literal $next:ident $safety:ident [$($system:ident $foreign:literal),*])*) => {
        /// An outcome. The names are part of the API: a name is never changed and never used again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// All of them, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$code => Row {
                        name: $name,
                        next_action: NextAction::$next,
                        retry_safety: RetrySafety::$safety,
                        refs: &[$(($system, $foreign)),*],
                    },)*
                }
            }
        }
    };
}

// Columns: variant, name, next action, retry safety, the nearest codes elsewhere.
catalogue! {
    // How an operation ended, when there is no more to say.
    /// It happened.
    Approved "approved" None Never []
    /// It happened, and no payment has changed.
    Done "done" None Never []
    /// The other side said no.
    Declined "declined" OtherCard Safe [D365 "CCR002", Fundraising "300005", Brp "201", Dintero "rejected"]
    /// Stopped by the customer or the cashier.
    Cancelled "cancelled" None Safe [Fundraising "300101", Brp "205"]
    /// It certainly did not happen.
    Failed "failed" Retry Safe [Fundraising "300002", Brp "201", Dintero "failed"]
    /// It may have happened.
    InDoubt "in_doubt" Wait AskFirst [D365 "CCR025"]
    /// Nothing of that name is in doubt any more, or ever was.
    NotInDoubt "not_in_doubt" Reload AskFirst []
    /// More is known of a doubt than what was shown to the person who decides.
    EvidenceChanged "evidence_changed" Reload AskFirst []

    // The card and its issuer.
    /// Declined without a reason that we know.
    CardDeclined "card_declined" OtherCard Safe [D365 "CCR002", Fundraising "300005", Brp "201", Dintero "rejected"]
    /// Not enough money.
    InsufficientFunds "insufficient_funds" OtherCard Safe [D365 "CCR002", Fundraising "300001", Brp "201", Dintero "rejected"]
    /// The card has expired.
    ExpiredCard "expired_card" OtherCard Safe [D365 "CCR002", Fundraising "200004", Brp "201", Dintero "rejected"]
    /// The card could not be read.
    CardNotReadable "card_not_readable" OtherCard Safe [Brp "201", Dintero "failed"]
    /// This kind of card is not taken here.
    CardNotAccepted "card_not_accepted" OtherCard Safe [D365 "CCR001", Brp "14", Dintero "failed"]
    /// Blocked, lost or stolen.
    CardBlocked "card_blocked" OtherCard Safe [D365 "CCR002", Fundraising "300002", Brp "201", Dintero "rejected"]
    /// Wrong PIN.
    WrongPin "wrong_pin" AskCustomer Safe [D365 "CCR002", Fundraising "300001", Brp "201", Dintero "rejected"]
    /// Too many wrong PINs.
    PinTriesExceeded "pin_tries_exceeded" OtherCard Safe [D365 "CCR002", Fundraising "300001", Brp "201", Dintero "rejected"]
    /// Above or below what the card allows.
    AmountNotAllowed "amount_not_allowed" OtherCard Safe [D365 "CCR002", Fundraising "300005", Brp "201", Dintero "rejected"]
    /// The issuer wants the customer to confirm.
    AuthenticationNeeded "authentication_needed" AskCustomer Safe [D365 "CCR003", Fundraising "200004"]
    /// Stopped by a check for fraud.
    FraudSuspected "fraud_suspected" CallSupport Never [D365 "CCR024", Fundraising "300005", Dintero "rejected"]
    /// The customer said no in an app or at the bank.
    RejectedByCustomer "rejected_by_customer" AskCustomer Safe [Fundraising "300004", Brp "205", Dintero "rejected"]
    /// The order's card type is missing, or not known here.
    CardTypeUnknown "card_type_unknown" TakeBalance Safe [D365 "CCR001", Brp "14"]
    /// The card gives no token that could be used later; nothing is held on it.
    CardNotTokenizable "card_not_tokenizable" OtherCard Safe [Brp "206"]
    /// What is known about a card token could not be fetched.
    CardTokenNotReadable "card_token_not_readable" Retry Safe [D365 "CCR014"]

    // The terminal.
    /// Currency not taken here.
    CurrencyNotAccepted "currency_not_accepted" CallSupport Safe []
    /// The terminal could not reach its host.
    HostUnreachable "host_unreachable" Retry Safe [Fundraising "300001"]
    /// The terminal does not know the reservation.
    ReservationUnknown "reservation_unknown" CallSupport Never []
    /// Reversed before.
    AlreadyReversed "already_reversed" None Never [D365 "CCR023", Dintero "authorization_voided"]
    /// The batch is closed, or it is not the last payment.
    ReversalNotPossible "reversal_not_possible" RefundInstead Never [D365 "CCR013"]
    /// Busy with something else.
    TerminalBusy "terminal_busy" Retry Safe []
    /// Works for another operation.
    TerminalLocked "terminal_locked" Retry Safe []
    /// A payment at it is in doubt, and nobody has parked it.
    TerminalInDoubt "terminal_in_doubt" Wait Safe []
    /// Its totals are not those of the journal.
    TotalsDiffer "totals_differ" CallSupport Never []
    /// Another app has it for itself.
    TerminalLeased "terminal_leased" Retry Safe []
    /// All terminals of the pool are at work or taken.
    NoTerminalFree "no_terminal_free" Retry Safe []
    /// Needs an administrative step or a technician first.
    TerminalNotReady "terminal_not_ready" CallSupport Safe []
    /// The line to the terminal could not be opened.
    TerminalUnreachable "terminal_unreachable" Retry Safe []
    /// No terminal of that name is configured here.
    TerminalUnknown "terminal_unknown" FixRequest Never []
    /// The terminal was asked afterwards and had not done it.
    NotCarriedOut "not_carried_out" Retry Safe [Brp "201", Dintero "failed"]
    /// The terminal or processor cannot do this.
    NotSupported "not_supported" CallSupport Never [Brp "14"]
    /// Printer out of paper or missing.
    PrinterNotReady "printer_not_ready" Retry Safe []

    // The processor and the way to it.
    /// The processor could not be reached; nothing was taken.
    ProcessorUnreachable "processor_unreachable" Retry Safe [Fundraising "300001"]
    /// The processor said something that makes no sense.
    ProcessorAnswerUnexpected "processor_answer_unexpected" CallSupport AskFirst [D365 "CCR004", Brp "204"]
    /// The processor did not accept what the payment was described by.
    PaymentDataInvalid "payment_data_invalid" AskCustomer Safe [Fundraising "200001", Brp "200", Dintero "failed"]
    /// A signature over a request or an answer did not fit.
    SignatureWrong "signature_wrong" CallSupport AskFirst [Brp "400"]
    /// No terminal and no merchant account here can carry it out.
    NoRoute "no_route" CallSupport Safe [D365 "CCR006", Brp "11"]
    /// The payment belongs to a merchant account that this station does not have.
    MerchantAccountUnknown "merchant_account_unknown" TakeBalance Safe [D365 "CCR005", Brp "9"]
    /// The order's tender type is missing, or not known here.
    TenderTypeUnknown "tender_type_unknown" TakeBalance Safe [D365 "CCR028", Brp "10"]
    /// This means of payment is not set up for this kind of sale.
    TenderTypeNotSupported "tender_type_not_supported" OtherTender Safe [D365 "CCR006", Brp "14"]
    /// Too much to be promised while the processor cannot be reached.
    ExceedsFloorLimit "exceeds_floor_limit" OtherTender Safe [D365 "CCR011"]
    /// Accepted; the money is fetched when the processor can be reached again.
    AwaitingRetry "awaiting_retry" Wait Never [Fundraising "300001"]
    /// Nobody confirmed in time.
    SessionExpired "session_expired" AskCustomer Safe [Fundraising "300003"]

    // Payments.
    /// No payment of that name is known here.
    PaymentUnknown "payment_unknown" None Never []
    /// Another operation is at work on the payment.
    PaymentBusy "payment_busy" Retry AskFirst []
    /// Nobody has answered for it yet.
    PaymentNotReady "payment_not_ready" Retry AskFirst [Dintero "initialized"]
    /// The processor is reviewing it; it cannot be used yet.
    PaymentOnHold "payment_on_hold" Retry AskFirst [Dintero "on_hold"]
    /// The processor reviews it by hand.
    OnHold "on_hold" Wait AskFirst [Dintero "on_hold"]
    /// It was rejected or failed; there is no money in it.
    PaymentEnded "payment_ended" OtherCard Never [D365 "CCR002", Dintero "rejected"]
    /// All of it was voided before.
    PaymentAlreadyVoided "payment_already_voided" None Never [D365 "CCR023", Fundraising "300101", Dintero "authorization_voided"]
    /// Money is held, none is taken.
    PaymentAuthorized "payment_authorized" None Never [Dintero "authorized"]
    /// A part of what was held is taken.
    PaymentPartiallyCaptured "payment_partially_captured" None Never [Dintero "partially_captured"]
    /// All that was held is taken.
    PaymentCaptured "payment_captured" None Never [Dintero "captured"]
    /// A part of what was taken is given back.
    PaymentPartiallyRefunded "payment_partially_refunded" None Never [Dintero "partially_refunded"]
    /// All that was taken is given back.
    PaymentRefunded "payment_refunded" None Never [Dintero "refunded"]
    /// A refund where nothing has been taken yet.
    VoidInstead "void_instead" VoidInstead Never []
    /// A part refund where a smaller capture is meant.
    CaptureLess "capture_less" CaptureLess Never []
    /// A void where all was captured.
    RefundInstead "refund_instead" RefundInstead Never []
    /// More than is left to capture.
    ExceedsOpenAmount "exceeds_open_amount" CaptureLess Never []
    /// The processor captures the authorization only whole.
    OnlyWholeCapture "only_whole_capture" TakeBalance Safe []
    /// More than is left to refund.
    ExceedsCapturedAmount "exceeds_captured_amount" FixRequest Never []
    /// The authorization is no longer valid.
    AuthorizationExpired "authorization_expired" TakeBalance Safe [Dintero "authorization_voided"]
    /// The authorization is no longer valid, and the card gives no new one.
    AuthorizationNotRenewed "authorization_not_renewed" TakeBalance Safe [D365 "CCR002", Fundraising "300005", Brp "201", Dintero "rejected"]
    /// The processor does not know the authorization.
    AuthorizationUnknown "authorization_unknown" CallSupport Never []
    /// The order no longer costs what was authorized for it.
    AuthorizedAmountChanged "authorized_amount_changed" Reload AskFirst [D365 "CCR026", Brp "202"]
    /// The money could not be taken, and will not be.
    CaptureFailed "capture_failed" TakeBalance Never [Fundraising "300002", Brp "208", Dintero "failed"]
    /// The payment could not be released.
    VoidFailed "void_failed" Retry AskFirst [D365 "CCR013"]

    // Deposits.
    /// The deposit stands; the remainder could not be held.
    RemainderDeclined "remainder_declined" OtherCard Safe [D365 "CCR002", Fundraising "300005", Brp "201", Dintero "rejected"]
    /// The goods are paid; what stays of the order could not be held anew.
    RestNotSecured "rest_not_secured" None Never []
    /// The deposit stands; another card must secure the remainder.
    SecondCardNeeded "second_card_needed" OtherCard Safe [Brp "206"]
    /// The deposit could not be captured; the authorization was voided.
    DepositNotCaptured "deposit_not_captured" Retry Safe [Fundraising "300002", Brp "208", Dintero "authorization_voided"]
    /// Nothing has been paid on the order yet.
    DepositMissing "deposit_missing" FixRequest Never []
    /// All of the order is paid or held.
    NothingToSecure "nothing_to_secure" None Never []
    /// Nothing is missing that was promised from the payment.
    NothingToWriteOff "nothing_to_write_off" None Never []
    /// The lines are cancelled, but not all could be given back.
    RefundDue "refund_due" RefundInstead Never []
    /// Nobody waited for it any more: it was taken, and given back.
    TakenBack "taken_back" None Never [Fundraising "300101", Brp "205"]
    /// Nobody waited for it any more: it was taken, and could not be given back.
    NotTakenBack "not_taken_back" RefundInstead Never []

    // Orders.
    /// No order of that name is known here.
    OrderUnknown "order_unknown" None Never [Brp "12"]
    /// The order is at another version than the one given.
    OrderChanged "order_changed" Reload AskFirst [D365 "CCR027"]
    /// Another operation is at work on the order.
    OrderBusy "order_busy" Retry AskFirst [D365 "CCR027"]
    /// It was deleted, or became invalid while it was being paid.
    OrderNoLongerValid "order_no_longer_valid" Reload AskFirst [D365 "CCR027", Brp "203"]
    /// It contradicts itself.
    OrderInvalid "order_invalid" FixRequest Never []
    /// The order has no such line.
    LineUnknown "line_unknown" FixRequest Never []
    /// The line was handed over or cancelled, or is being handed over.
    LineNotOpen "line_not_open" Reload AskFirst []
    /// The line is fetched or taken along, not sent.
    LineNotShipped "line_not_shipped" FixRequest Never []
    /// Nothing of that name was held against a contactless reader lately.
    TapUnknown "tap_unknown" AskCustomer Safe []
    /// Two things were held against it at once, or one that has another name each time.
    TapNotBindable "tap_not_bindable" AskCustomer Safe []
    /// The order's own tenders do not cover what is due.
    BalanceDue "balance_due" TakeBalance Safe [D365 "CCR028"]
    /// The order has no payment where it needs one.
    TenderLineMissing "tender_line_missing" TakeBalance Safe [D365 "CCR028"]
    /// Paid before.
    OrderAlreadyPaid "order_already_paid" None Never [Brp "101", Dintero "captured"]
    /// It costs nothing, or less.
    OrderAmountNotPositive "order_amount_not_positive" None Never [Brp "102"]
    /// No store is named in it.
    OrderWithoutStore "order_without_store" FixRequest Never [Brp "100"]
    /// No customer is named in it.
    OrderWithoutCustomer "order_without_customer" AskCustomer Safe [Brp "103"]
    /// It holds goods that must not be paid in this way.
    OrderNotPayable "order_not_payable" OtherTender Never [Brp "108"]
    /// An organisation should pay, and none is named.
    OrganisationMissing "organisation_missing" AskCustomer Safe [Brp "110"]
    /// A list of participants was not filled in.
    ParticipantsMissing "participants_missing" AskCustomer Safe [Brp "111"]

    // What must be known about the customer.
    /// Personal identity number.
    IdentityNumberMissing "identity_number_missing" AskCustomer Safe [Brp "104"]
    /// E-mail or postal address.
    ContactMissing "contact_missing" AskCustomer Safe [Brp "105"]
    /// E-mail address.
    EmailMissing "email_missing" AskCustomer Safe [Brp "106"]
    /// Postal address.
    PostalAddressMissing "postal_address_missing" AskCustomer Safe [Brp "107"]
    /// Telephone number of a mobile payment.
    PhoneNumberInvalid "phone_number_invalid" AskCustomer Safe [Brp "902"]

    // Payment on the customer's account.
    /// Used once already in this sale.
    CustomerAccountAlreadyUsed "customer_account_already_used" OtherTender Never [D365 "CCR007"]
    /// A payment where money is to be given back, or the other way round.
    CustomerAccountWrongSign "customer_account_wrong_sign" OtherTender Never [D365 "CCR008"]
    /// More than is due now.
    CustomerAccountExceedsDue "customer_account_exceeds_due" FixRequest Never [D365 "CCR009"]
    /// Neither the customer's own account nor that of the invoice.
    CustomerAccountNotOwn "customer_account_not_own" AskCustomer Never [D365 "CCR010"]
    /// This customer may not pay on account.
    CustomerAccountNotAllowed "customer_account_not_allowed" OtherTender Never [D365 "CCR012", Brp "505"]
    /// Not enough credit.
    CustomerAccountCreditInsufficient "customer_account_credit_insufficient" OtherTender Safe [D365 "CCR011", Brp "500"]
    /// Too young.
    CustomerAccountTooYoung "customer_account_too_young" OtherTender Never [D365 "CCR012", Brp "501"]
    /// No direct-debit mandate.
    CustomerAccountWithoutMandate "customer_account_without_mandate" OtherTender Safe [D365 "CCR012", Brp "502"]
    /// No direct-debit subscription.
    CustomerAccountWithoutSubscription "customer_account_without_subscription" OtherTender Safe [D365 "CCR012", Brp "506"]
    /// An invoice is still unpaid.
    CustomerAccountInvoiceUnpaid "customer_account_invoice_unpaid" AskCustomer Safe [D365 "CCR012", Brp "503"]

    // Loyalty and gift cards.
    /// More points than this card may redeem.
    LoyaltyPointsInsufficient "loyalty_points_insufficient" OtherTender Safe [D365 "CCR015"]
    /// More than this card may get back.
    LoyaltyRefundExceedsLimit "loyalty_refund_exceeds_limit" OtherTender Safe [D365 "CCR016"]
    /// No such card.
    LoyaltyCardUnknown "loyalty_card_unknown" AskCustomer Safe [D365 "CCR017"]
    /// Blocked.
    LoyaltyCardBlocked "loyalty_card_blocked" OtherTender Never [D365 "CCR018"]
    /// Collects points, but does not pay.
    LoyaltyCardNotAccepted "loyalty_card_not_accepted" OtherTender Never [D365 "CCR019"]
    /// Used once already in this sale.
    LoyaltyAlreadyUsed "loyalty_already_used" OtherTender Never [D365 "CCR022"]
    /// In another currency.
    GiftCardCurrencyMismatch "gift_card_currency_mismatch" OtherTender Never [D365 "CCR020"]
    /// Less on it than asked for.
    GiftCardBalanceInsufficient "gift_card_balance_insufficient" TakeBalance Safe [D365 "CCR021"]
    /// Used elsewhere while it was reserved.
    GiftCardChanged "gift_card_changed" Reload AskFirst [Brp "207"]

    // Agreements and the means of payment behind them.
    /// None is there, and one is needed.
    PaymentMethodMissing "payment_method_missing" AskCustomer Safe [Fundraising "100001"]
    /// Cancelled at the bank or the payment service.
    PaymentMethodCancelled "payment_method_cancelled" AskCustomer Safe [Fundraising "100104"]
    /// Out of date, or must be confirmed again.
    PaymentMethodExpired "payment_method_expired" AskCustomer Safe [Fundraising "200004"]
    /// Failed for good.
    PaymentMethodFailed "payment_method_failed" AskCustomer Never [Fundraising "200005"]
    /// Was not active when the payment was due.
    PaymentMethodInactive "payment_method_inactive" AskCustomer Safe [Fundraising "300006"]
    /// Not active, and nothing is to be paid.
    SubscriptionInactive "subscription_inactive" None Never [Fundraising "100002"]
    /// Ended by the customer or the store.
    SubscriptionCancelled "subscription_cancelled" None Never [Fundraising "100101"]
    /// Ended on its last day.
    SubscriptionExpired "subscription_expired" AskCustomer Never [Fundraising "100103"]

    // Invoices.
    /// No such invoice.
    InvoiceUnknown "invoice_unknown" AskCustomer Never [Brp "300"]
    /// Names no store, or has no reference.
    InvoiceIncomplete "invoice_incomplete" CallSupport Never [Brp "304"]
    /// Nothing is to be paid.
    InvoiceAmountNotPositive "invoice_amount_not_positive" None Never [Brp "302"]
    /// It was deleted, or became invalid while it was being paid.
    InvoiceNoLongerValid "invoice_no_longer_valid" Reload AskFirst [Brp "303"]
    /// None can be made for this subscription.
    InvoiceNotPossible "invoice_not_possible" OtherTender Never [Brp "305"]

    // The request and the station.
    /// Not JSON.
    ParseError "parse_error" FixRequest Never []
    /// Not a request.
    InvalidRequest "invalid_request" FixRequest Never []
    /// No such method.
    MethodNotFound "method_not_found" FixRequest Never []
    /// A parameter is wrong.
    InvalidParams "invalid_params" FixRequest Never []
    /// A language that the catalogue does not have.
    LanguageUnknown "language_unknown" FixRequest Never []
    /// The key was used before, for something else.
    IdempotencyKeyReused "idempotency_key_reused" FixRequest Never []
    /// Zero, or more than this station takes in one go.
    AmountOutOfRange "amount_out_of_range" FixRequest Never [Brp "102"]
    /// Not the currency of the terminal, the payment or the order.
    CurrencyMismatch "currency_mismatch" FixRequest Never []
    /// No key was shown, or none that opens anything; or a pairing code that does not.
    Unauthorized "unauthorized" CallSupport Never []
    /// The app's role does not allow this.
    Forbidden "forbidden" CallSupport Never []
    /// So many apps are connected that there is no place for one more.
    TooManyConnections "too_many_connections" Retry Safe []
    /// The station is about to end, to be updated or switched off.
    StationStopping "station_stopping" Retry Safe []
    /// No app of that name has paired.
    AppUnknown "app_unknown" FixRequest Never []
    /// An app of that name has paired already.
    AppNameTaken "app_name_taken" FixRequest Never []
    /// Nothing of that name is known here.
    NotFound "not_found" None Never []
    /// The journal cannot be written.
    JournalUnavailable "journal_unavailable" CallSupport AskFirst []
    /// Our own fault.
    InternalError "internal_error" CallSupport AskFirst []
    /// Anything else.
    Other "other" CallSupport Safe [Fundraising "300002", Brp "201", Dintero "failed"]
}
