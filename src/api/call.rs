//! What a connection asks of the station, and what it is answered.

use firmware_protocols::vocabulary::{Currency, Money};
use tokio::sync::oneshot;

use crate::domain::app::Change;
use crate::domain::doubt::Doubt;
use crate::domain::event::{Event, TappedMedium};
use crate::domain::id::{
    ClientName, Fingerprint, IdempotencyKey, LineId, OperationId, OrderId, PaymentId, PoolId,
    ReaderId, TapId, TerminalId, Timestamp,
};
use crate::domain::lease::{Acquire, Acquired, Lease};
use crate::domain::order::Order;
use crate::domain::outcome::Outcome;
use crate::domain::payment::Payment;
use crate::domain::quote::Quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::Request;
use crate::domain::search::Search;

/// One call of an app.
#[derive(Debug)]
pub enum Call {
    /// An operation.
    Ask {
        /// The app's name for it; the station makes one when the method needs none.
        key: Option<IdempotencyKey>,
        /// Digest of the request.
        fingerprint: Fingerprint,
        /// Who asks.
        client: ClientName,
        /// What.
        request: Box<Request>,
        /// Take whichever terminal of these is free, instead of the one in the request.
        pool: Option<PoolId>,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Answer, Refusal>>,
    },
    /// A question that changes nothing.
    Query {
        /// Which.
        query: Query,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Found, Refusal>>,
    },
    /// Let an app in or out.
    Change {
        /// What.
        change: Change,
        /// The app that asks for it.
        by: ClientName,
        /// Where the answer goes, once it is so.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// Have a terminal for itself.
    Acquire {
        /// What is asked for.
        asked: Acquire,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Acquired, Refusal>>,
    },
    /// Give a terminal back.
    Release {
        /// Which terminal.
        terminal: TerminalId,
        /// Who had it.
        app: ClientName,
        /// Where the answer goes: whether it was so.
        reply: oneshot::Sender<Result<bool, Refusal>>,
    },
    /// A connection of an app is there.
    Came(ClientName),
    /// A connection of an app is gone.
    Went(ClientName),
    /// Stop what a terminal is doing.
    Abort {
        /// Which terminal.
        terminal: TerminalId,
        /// Only what this app has asked for; anybody's when absent.
        by: Option<ClientName>,
        /// Where the answer goes: the operation that was told to stop, if one runs.
        reply: oneshot::Sender<Result<Option<OperationId>, Refusal>>,
    },
    /// Hear of what lies on a contactless reader, or of the next thing that is held against it.
    ReadTap {
        /// Which reader.
        reader: ReaderId,
        /// Where the answer goes; nobody waits any more when it is closed.
        reply: oneshot::Sender<Result<TapEnd, Refusal>>,
    },
    /// Stop waiting for a tap.
    AbortRead {
        /// Which reader.
        reader: ReaderId,
        /// Where the answer goes: how many were waiting.
        reply: oneshot::Sender<Result<usize, Refusal>>,
    },
}

/// How an operation stands when its app is answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It ended.
    Finished {
        /// Which.
        operation: OperationId,
        /// How.
        outcome: Box<Outcome>,
    },
    /// Its end is not known yet; the station keeps finding out.
    InDoubt {
        /// Which.
        operation: OperationId,
    },
}

/// Why a call is not carried out.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Against the rules.
    Rejected(Rejection),
    /// The journal cannot be written or read; no money is taken.
    JournalUnavailable,
    /// Nothing of that name is known here.
    NotFound(&'static str),
}

/// A question.
#[derive(Clone, Debug)]
pub enum Query {
    /// A payment.
    Payment(PaymentId),
    /// An order with its payments.
    Order(OrderId),
    /// Orders, by what people know of them.
    Orders(Search),
    /// Orders, by something that was held against a contactless reader.
    Tapped {
        /// The tap.
        tap: TapId,
        /// Only those placed at or after the first time and before the second.
        placed: Option<(Timestamp, Timestamp)>,
        /// At most so many.
        limit: usize,
    },
    /// What somebody should look at.
    Attention {
        /// Authorizations that end within so many days.
        within_days: u32,
        /// At most so many.
        limit: usize,
    },
    /// What some lines cost now.
    Quote {
        /// The order.
        order: OrderId,
        /// The lines; all that wait when empty.
        lines: Vec<LineId>,
    },
    /// An operation by the app's name for it.
    OperationByKey(IdempotencyKey),
    /// An operation by the station's name for it.
    OperationById(OperationId),
    /// Events after a place.
    Events {
        /// The place.
        after: u64,
        /// At most so many.
        limit: u32,
    },
    /// The terminals.
    Terminals,
    /// What this station is.
    Info,
    /// How it is.
    Health,
}

/// The answer to a [`Query`].
#[derive(Clone, Debug)]
pub enum Found {
    /// A payment.
    Payment(Box<Payment>),
    /// An order with its payments, in the sequence of its tenders.
    Order(Box<Order>, Vec<Payment>),
    /// Orders that were searched for, newest first.
    Orders {
        /// As many as were asked for.
        hits: Vec<Hit>,
        /// Whether there are more.
        more: bool,
    },
    /// What somebody should look at, what ends first first.
    Attention {
        /// The payments.
        rows: Vec<Attention>,
        /// There are others.
        more: bool,
    },
    /// A quote.
    Quote {
        /// Version of the order that was quoted.
        version: u64,
        /// The lines that were quoted.
        lines: Vec<LineId>,
        /// What they cost.
        quote: Quote,
        /// The payments that secure them, in sequence.
        payments: Vec<Payment>,
    },
    /// An operation.
    Operation {
        /// Which.
        id: OperationId,
        /// Its method.
        method: String,
        /// When it began.
        started_at: Timestamp,
        /// How it stands.
        standing: Standing,
    },
    /// Events.
    Events(Vec<(u64, Timestamp, Event)>),
    /// Terminals.
    Terminals(Vec<TerminalRow>),
    /// What this station is.
    Info {
        /// Its name.
        station: String,
    },
    /// How it is.
    Health(Health),
}

/// An order that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The order.
    pub order: Order,
    /// When it was placed, or became known here.
    pub placed_at: Timestamp,
    /// What it costs in all, and what its own tenders hold and have paid of that.
    pub quote: Quote,
}

/// A payment that somebody should look at.
#[derive(Clone, Debug)]
pub struct Attention {
    /// The payment.
    pub payment: Payment,
    /// Why.
    pub concern: Concern,
}

/// Why somebody should look at a payment.
#[derive(Clone, Debug)]
pub enum Concern {
    /// Its authorization ends soon, and lines of its order still wait.
    Expiring,
    /// A capture of it waits for its processor.
    Queued {
        /// The operation that goes on with it.
        operation: OperationId,
        /// How much.
        amount: Money,
        /// Since when.
        since: Timestamp,
        /// When its account's processor is tried next; absent while it is being tried.
        next_try: Option<Timestamp>,
        /// It may have been carried out.
        in_doubt: bool,
    },
    /// Goods are gone, and what was promised for them could not be captured.
    CaptureFailed,
    /// Its processor reviews it by hand.
    OnHold,
}

/// How an operation stands.
#[derive(Clone, Debug)]
pub enum Standing {
    /// At work.
    Running,
    /// Its end is not known yet.
    InDoubt(Box<Doubt>),
    /// Ended.
    Finished(Box<Outcome>),
}

/// A terminal, for people.
#[derive(Clone, Debug)]
pub struct TerminalRow {
    /// Which.
    pub id: TerminalId,
    /// What it takes.
    pub currency: Currency,
    /// Whether the line is up and the terminal has answered.
    pub connected: bool,
    /// Why not.
    pub cause: Option<String>,
    /// The operation that has it.
    pub operation: Option<OperationId>,
    /// The app that has it between operations.
    pub lease: Option<Lease>,
}

/// How waiting for a tap ended.
#[derive(Clone, Debug)]
pub enum TapEnd {
    /// Something was held against the reader.
    Tapped(Box<TapTold>),
    /// It was told to stop.
    Aborted,
}

/// A tap, for whoever asked for it.
#[derive(Clone, Debug)]
pub struct TapTold {
    /// Its name.
    pub tap: TapId,
    /// Where.
    pub reader: ReaderId,
    /// What.
    pub media: Vec<MediumTold>,
}

/// One thing that was held against a reader.
#[derive(Clone)]
pub struct MediumTold {
    /// What everybody may know.
    pub shown: TappedMedium,
    /// Of a tag: its identifier.
    pub uid: Option<String>,
    /// Texts that it holds.
    pub texts: Vec<String>,
    /// Addresses that it holds.
    pub uris: Vec<String>,
}

/// What a tag says may name a person: it is not printed.
impl std::fmt::Debug for MediumTold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.shown.fmt(f)
    }
}

/// A contactless reader, for people.
#[derive(Clone, Debug)]
pub struct ReaderRow {
    /// Which.
    pub id: ReaderId,
    /// Whether it is ready.
    pub connected: bool,
    /// What it calls itself, once it is.
    pub name: Option<String>,
    /// Why it is not.
    pub cause: Option<String>,
}

/// How the station is.
#[derive(Clone, Debug)]
pub struct Health {
    /// The journal's failure, if it has failed.
    pub journal: Option<String>,
    /// How far the clock is behind the time of what was recorded last, milliseconds.
    pub clock_behind_ms: i64,
    /// The terminals.
    pub terminals: Vec<TerminalRow>,
    /// The contactless readers.
    pub readers: Vec<ReaderRow>,
    /// Operations whose end is not known yet.
    pub in_doubt: Vec<OperationId>,
    /// How long ago the oldest of them began, milliseconds.
    pub in_doubt_oldest_ms: u64,
    /// Operations at work for an app.
    pub running: usize,
    /// Captures that wait for their processor.
    pub queued: usize,
    /// How long the oldest of them waits, milliseconds.
    pub queued_oldest_ms: u64,
}
