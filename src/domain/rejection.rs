//! Why a request is refused before anything is sent.

use firmware_protocols::vocabulary::{Currency, Money};

use super::id::{
    ClientName, LineId, OperationId, OrderId, PaymentId, PoolId, TerminalId, Timestamp,
};

/// A refusal. Nothing was journalled or sent. Checked in this order of precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The idempotency key was used before, for something else.
    IdempotencyKeyReused,
    /// The station is about to end; what runs is ended first.
    StationStopping,
    /// No terminal of that name is configured here.
    TerminalUnknown(TerminalId),
    /// The terminal is at work for another operation.
    TerminalLocked {
        /// The terminal.
        terminal: TerminalId,
        /// For whom it works.
        holder: OperationId,
    },
    /// A payment at the terminal is in doubt, and nobody has parked it.
    TerminalInDoubt {
        /// The terminal.
        terminal: TerminalId,
        /// The operation that is in doubt.
        holder: OperationId,
    },
    /// Another app has the terminal for itself.
    TerminalLeased {
        /// The terminal.
        terminal: TerminalId,
        /// Whose it is.
        holder: ClientName,
        /// Until when, if it does not use it before; without end when absent.
        until: Option<Timestamp>,
    },
    /// No terminal belongs to that pool.
    PoolUnknown(PoolId),
    /// All terminals of the pool are at work or taken.
    NoTerminalFree(PoolId),
    /// Zero, or more than this station takes in one go.
    AmountOutOfRange,
    /// Not the currency of the terminal, the payment or the order.
    CurrencyMismatch {
        /// The one that would fit.
        expected: Currency,
    },
    /// No payment of that name is known here.
    PaymentUnknown(PaymentId),
    /// Another operation is at work on the payment.
    PaymentBusy {
        /// Which operation.
        holder: OperationId,
    },
    /// Nobody has answered for it yet.
    PaymentNotReady,
    /// The processor is reviewing it.
    PaymentOnHold,
    /// It was rejected or failed; there is no money in it.
    PaymentEnded,
    /// All of it was voided before.
    PaymentAlreadyVoided,
    /// A void where all was captured, and given back since.
    PaymentRefunded,
    /// A refund where nothing has been taken yet.
    VoidInstead,
    /// A part refund where a smaller capture is meant.
    CaptureLess,
    /// A void where all was captured.
    RefundInstead,
    /// More than is left to capture.
    ExceedsOpenAmount {
        /// What is left.
        open: Money,
    },
    /// More than is left to refund.
    ExceedsCapturedAmount {
        /// What is left.
        paid: Money,
    },
    /// The processor captures the authorization only whole.
    OnlyWholeCapture {
        /// All of it.
        open: Money,
    },
    /// All that is left of the payment is promised and waits to be captured.
    AwaitingRetry,
    /// Nothing is missing that was promised from the payment.
    NothingToWriteOff,
    /// Neither a terminal nor a processor here can carry it out.
    NoRoute,
    /// No order of that name is known here.
    OrderUnknown(OrderId),
    /// The order is at another version than the one given.
    OrderChanged {
        /// The version here.
        version: u64,
    },
    /// Another operation is at work on the order.
    OrderBusy {
        /// Which.
        holder: OperationId,
    },
    /// Nothing has been paid on the order yet.
    DepositMissing,
    /// All of the order is paid or held.
    NothingToSecure,
    /// The order costs another amount than the one that was authorized for it.
    AuthorizedAmountChanged {
        /// What it costs.
        total: Money,
        /// What was authorized for it.
        authorized: Money,
    },
    /// No line is named, and nothing is missing for those that are gone.
    NoLines,
    /// The order has no such line.
    LineUnknown(LineId),
    /// The line was handed over or cancelled, or is being handed over.
    LineNotOpen(LineId),
    /// The line is fetched or taken along, not sent.
    LineNotShipped(LineId),
    /// Nothing of that name is in doubt: it has ended, or never was.
    NotInDoubt,
    /// More is known of a doubt than what was shown to the person who decides.
    EvidenceChanged,
    /// No app of that name has paired.
    AppUnknown(ClientName),
    /// An app of that name has paired already.
    AppNameTaken(ClientName),
    /// Nothing of that name was held against a reader lately.
    TapUnknown,
    /// Two things were held against the reader at once, or one that has another name each time.
    TapNotBindable,
    /// A deposit that is larger than the order, or an order that contradicts itself.
    OrderInvalid {
        /// What is wrong.
        problem: OrderProblem,
    },
}

/// How an order contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderProblem {
    /// It has no lines.
    NoLines,
    /// Two lines have one name.
    DuplicateLine,
    /// The deposit is larger than what the lines cost.
    DepositTooLarge,
    /// Two tenders are one payment.
    DuplicateTender,
    /// A payment of it is in another currency.
    MixedCurrencies,
    /// The counters of a payment contradict each other.
    ImpossibleCounters,
    /// The lines together cost more than this station takes.
    TotalOutOfRange,
    /// A payment of it belongs to another order.
    ForeignPayment,
    /// Its payments have taken more than all lines cost.
    PaidTooMuch,
    /// The line of that number is to be fetched at a store that is not known here.
    StoreUnknown(usize),
}
