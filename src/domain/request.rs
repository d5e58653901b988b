//! What a POS app can ask for: one variant per operation, checked and typed.

use firmware_protocols::vocabulary::Money;
use serde::{Deserialize, Serialize};

use super::doubt::Finding;
use super::id::{
    LineId, MerchantAccountId, OperationId, OrderId, PaymentId, Reference, TapId, TerminalId,
    Timestamp,
};
use super::order::Order;
use super::payment::Payment;

/// The largest amount that this station takes in one go, in minor units: what every terminal
/// protocol here can carry (ZVT: 6 BCD bytes).
pub const AMOUNT_MAX: u64 = 999_999_999_999;

/// The parameters of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Take money from a card at a terminal.
    Sale {
        /// Where.
        terminal: TerminalId,
        /// How much.
        amount: Money,
        /// Whether a reusable card token is wanted.
        want_token: bool,
        /// What it is for. Only one payment for it can be under way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// Hold money on a card at a terminal.
    Authorize {
        /// Where.
        terminal: TerminalId,
        /// How much.
        amount: Money,
        /// Whether a reusable card token is wanted.
        want_token: bool,
        /// What it is for. Only one payment for it can be under way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<Reference>,
    },
    /// Take held money.
    Capture {
        /// Of which payment.
        payment: PaymentId,
        /// How much; all that is open when absent.
        amount: Option<Money>,
    },
    /// Release all held money that is not captured.
    Void {
        /// Of which payment.
        payment: PaymentId,
    },
    /// Give taken money back.
    Refund {
        /// Of which payment.
        payment: PaymentId,
        /// How much; all that is captured when absent.
        amount: Option<Money>,
    },
    /// Take a deposit and secure the remainder of an order, with one card presentation.
    DepositTake {
        /// Where.
        terminal: TerminalId,
        /// The order, as it will be stored when the deposit is taken.
        order: Order,
        /// What is paid now, carry-out lines not counted.
        deposit: Money,
    },
    /// Secure the remainder of an order whose deposit stands with another card.
    DepositTokenize {
        /// Where.
        terminal: TerminalId,
        /// The order.
        order: OrderId,
    },
    /// Store an order that was made anywhere, or a newer version of it.
    OrderPut {
        /// The order.
        order: Order,
        /// Its payments, in the order of its tenders.
        payments: Vec<Payment>,
    },
    /// Hand lines over and take what is due for them.
    PickupCapture {
        /// The order.
        order: OrderId,
        /// The version that the cashier saw.
        version: u64,
        /// The lines that are handed over.
        lines: Vec<LineId>,
        /// What pays.
        tender: PickupTender,
    },
    /// Send lines to the customer and take what is due for them from the order's own tenders.
    OrderShip {
        /// The order.
        order: OrderId,
        /// The version that the app saw.
        version: u64,
        /// The lines that are sent.
        lines: Vec<LineId>,
    },
    /// Cancel lines that wait.
    OrderCancel {
        /// The order.
        order: OrderId,
        /// The version that the cashier saw.
        version: u64,
        /// The lines; all that wait when empty.
        lines: Vec<LineId>,
        /// What becomes of their share of the deposit.
        share: DepositShare,
    },
    /// Take what was promised while the processor could not be reached. No app asks for it: the
    /// station starts it when it hands goods over without having the money.
    CaptureQueued(QueuedCapture),
    /// Find out what the processor decides about a payment that it reviews by hand. No app asks for
    /// it either.
    Review(Review),
    /// Say how a step in doubt ended, where no machine can.
    OperationResolve(Resolution),
    /// Say whose a tag is.
    NfcBind {
        /// The tap that showed it.
        tap: TapId,
        /// Whose; nobody's any more when absent.
        customer_reference: Option<String>,
    },
    /// Go on without a payment in doubt; if it was taken, it is given back.
    OperationPark(Parking),
    /// Expect no more what was promised and could not be taken.
    PaymentWriteOff(WriteOff),
    /// Ask a terminal what its batch holds, and compare.
    TerminalTotals {
        /// Which.
        terminal: TerminalId,
    },
    /// Close a terminal's batch, and compare.
    TerminalReconcile {
        /// Which.
        terminal: TerminalId,
    },
}

/// A payment in doubt that nobody waits for any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parking {
    /// The operation that is in doubt.
    pub operation: OperationId,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Money that was promised, could not be taken, and is not expected any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOff {
    /// The payment that it was promised from.
    pub payment: PaymentId,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A payment that its processor reviews by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The payment.
    pub payment: PaymentId,
    /// The order that it pays, if any.
    pub order: Option<OrderId>,
}

/// What a person says of a step in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The operation that is in doubt.
    pub operation: OperationId,
    /// How its last step ended.
    pub finding: Finding,
    /// What was known and shown ([`super::doubt::Doubt::evidence`]).
    pub evidence: String,
    /// Who says so.
    pub by: String,
    /// Where that was seen.
    pub reason: String,
}

/// A capture that waits for its processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedCapture {
    /// The payment that it was promised from.
    pub payment: PaymentId,
    /// The order that it pays, if any.
    pub order: Option<OrderId>,
    /// Where it waits.
    pub account: MerchantAccountId,
    /// How much.
    pub amount: Money,
    /// When the authorization ends: what ends first is sent first.
    pub expires_at: Option<Timestamp>,
    /// Since when it waits.
    pub queued_at: Timestamp,
}

/// What becomes of the share of the deposit that was paid for cancelled lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositShare {
    /// It goes back to the customer.
    Refund,
    /// The store keeps it.
    Keep,
}

/// What pays at a pickup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickupTender {
    /// The order's own tenders, in sequence.
    Available,
    /// Another card, at this terminal.
    Other {
        /// Where.
        terminal: TerminalId,
    },
}

impl Request {
    /// Moves what is done at the terminal that it names to another one.
    pub fn place_at(&mut self, at: TerminalId) {
        match self {
            Self::Sale { terminal, .. }
            | Self::Authorize { terminal, .. }
            | Self::DepositTake { terminal, .. }
            | Self::DepositTokenize { terminal, .. }
            | Self::PickupCapture {
                tender: PickupTender::Other { terminal },
                ..
            } => *terminal = at,
            Self::PickupCapture {
                tender: PickupTender::Available,
                ..
            }
            | Self::Capture { .. }
            | Self::Void { .. }
            | Self::Refund { .. }
            | Self::OrderPut { .. }
            | Self::OrderShip { .. }
            | Self::OrderCancel { .. }
            | Self::CaptureQueued(_)
            | Self::Review(_)
            | Self::NfcBind { .. }
            | Self::OperationPark(_)
            | Self::PaymentWriteOff(_)
            | Self::TerminalTotals { .. }
            | Self::TerminalReconcile { .. }
            | Self::OperationResolve(_) => {}
        }
    }

    /// The method name of the API, for people.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Sale { .. } => "payment.sale",
            Self::Authorize { .. } => "payment.authorize",
            Self::Capture { .. } => "payment.capture",
            Self::Void { .. } => "payment.void",
            Self::Refund { .. } => "payment.refund",
            Self::DepositTake { .. } => "deposit.take",
            Self::DepositTokenize { .. } => "deposit.tokenize",
            Self::OrderPut { .. } => "order.put",
            Self::PickupCapture { .. } => "pickup.capture",
            Self::OrderShip { .. } => "order.ship",
            Self::OrderCancel { .. } => "order.cancel",
            Self::CaptureQueued(_) => "payment.capture_queued",
            Self::Review(_) => "payment.review",
            Self::OperationResolve(_) => "operation.resolve",
            Self::NfcBind { .. } => "nfc.bind",
            Self::OperationPark(_) => "operation.park",
            Self::PaymentWriteOff(_) => "payment.write_off",
            Self::TerminalTotals { .. } => "terminal.totals",
            Self::TerminalReconcile { .. } => "terminal.reconcile",
        }
    }

    /// The order it is about.
    #[must_use]
    pub const fn order(&self) -> Option<&OrderId> {
        match self {
            Self::DepositTake { order, .. } | Self::OrderPut { order, .. } => Some(&order.id),
            Self::DepositTokenize { order, .. }
            | Self::PickupCapture { order, .. }
            | Self::OrderShip { order, .. }
            | Self::OrderCancel { order, .. } => Some(order),
            Self::CaptureQueued(queued) => queued.order.as_ref(),
            Self::Review(review) => review.order.as_ref(),
            Self::Sale { .. }
            | Self::Authorize { .. }
            | Self::Capture { .. }
            | Self::Void { .. }
            | Self::Refund { .. }
            | Self::OperationResolve(_)
            | Self::NfcBind { .. }
            | Self::TerminalTotals { .. }
            | Self::TerminalReconcile { .. }
            | Self::OperationPark(_)
            | Self::PaymentWriteOff(_) => None,
        }
    }

    /// The payment it is about.
    #[must_use]
    pub const fn payment(&self) -> Option<&PaymentId> {
        match self {
            Self::Capture { payment, .. }
            | Self::Void { payment }
            | Self::Refund { payment, .. } => Some(payment),
            Self::CaptureQueued(queued) => Some(&queued.payment),
            Self::PaymentWriteOff(wish) => Some(&wish.payment),
            Self::Review(review) => Some(&review.payment),
            Self::Sale { .. }
            | Self::Authorize { .. }
            | Self::DepositTake { .. }
            | Self::DepositTokenize { .. }
            | Self::OrderPut { .. }
            | Self::PickupCapture { .. }
            | Self::OrderShip { .. }
            | Self::OrderCancel { .. }
            | Self::OperationResolve(_)
            | Self::NfcBind { .. }
            | Self::TerminalTotals { .. }
            | Self::TerminalReconcile { .. }
            | Self::OperationPark(_) => None,
        }
    }

    /// The terminal whose batch it is about.
    #[must_use]
    pub const fn batch_of(&self) -> Option<&TerminalId> {
        match self {
            Self::TerminalTotals { terminal } | Self::TerminalReconcile { terminal } => {
                Some(terminal)
            }
            Self::Sale { .. }
            | Self::Authorize { .. }
            | Self::Capture { .. }
            | Self::Void { .. }
            | Self::Refund { .. }
            | Self::DepositTake { .. }
            | Self::DepositTokenize { .. }
            | Self::OrderPut { .. }
            | Self::PickupCapture { .. }
            | Self::OrderShip { .. }
            | Self::OrderCancel { .. }
            | Self::CaptureQueued(_)
            | Self::Review(_)
            | Self::OperationResolve(_)
            | Self::NfcBind { .. }
            | Self::OperationPark(_)
            | Self::PaymentWriteOff(_) => None,
        }
    }

    /// The open operation that it is about to end.
    #[must_use]
    pub const fn resolution(&self) -> Option<&Resolution> {
        match self {
            Self::OperationResolve(resolution) => Some(resolution),
            Self::Sale { .. }
            | Self::Authorize { .. }
            | Self::Capture { .. }
            | Self::Void { .. }
            | Self::Refund { .. }
            | Self::DepositTake { .. }
            | Self::DepositTokenize { .. }
            | Self::OrderPut { .. }
            | Self::PickupCapture { .. }
            | Self::OrderShip { .. }
            | Self::OrderCancel { .. }
            | Self::CaptureQueued(_)
            | Self::Review(_)
            | Self::NfcBind { .. }
            | Self::TerminalTotals { .. }
            | Self::TerminalReconcile { .. }
            | Self::OperationPark(_)
            | Self::PaymentWriteOff(_) => None,
        }
    }

    /// What the payment that it takes is for, where the app has said so.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Sale { reference, .. } | Self::Authorize { reference, .. } => reference.as_ref(),
            Self::Capture { .. }
            | Self::Void { .. }
            | Self::Refund { .. }
            | Self::DepositTake { .. }
            | Self::DepositTokenize { .. }
            | Self::OrderPut { .. }
            | Self::PickupCapture { .. }
            | Self::OrderShip { .. }
            | Self::OrderCancel { .. }
            | Self::CaptureQueued(_)
            | Self::Review(_)
            | Self::OperationResolve(_)
            | Self::NfcBind { .. }
            | Self::TerminalTotals { .. }
            | Self::TerminalReconcile { .. }
            | Self::OperationPark(_)
            | Self::PaymentWriteOff(_) => None,
        }
    }
}
