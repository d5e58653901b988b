//! An operation in progress: the request and, step by step, what was asked and answered.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::Card;
use firmware_protocols::vocabulary::terminal::{Receipt, TerminalRequest, Totals};
use serde::{Deserialize, Serialize};

use super::effect::ProcessorRequest;
use super::entry::Entry;
use super::id::{
    ClientName, EffectId, Fingerprint, IdempotencyKey, MerchantAccountId, OperationId, PaymentId,
    SealedToken, TerminalId, Timestamp,
};
use super::outcome::{Outcome, Reason};
use super::request::{QueuedCapture, Request};
use super::terminal::{TerminalReference, TerminalResult, TransactionMark};

/// One request of a POS app that moves money, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub id: OperationId,
    /// The app's own name for it.
    pub key: IdempotencyKey,
    /// Digest of the request.
    pub fingerprint: Fingerprint,
    /// Who asked.
    pub client: ClientName,
    /// What.
    pub request: Request,
    /// When.
    pub started_at: Timestamp,
    /// Of a pickup: what was due when it began. Of a cancellation: what goes back.
    pub due: Option<Money>,
    /// Nobody waits for it any more.
    pub parked: bool,
    /// What was asked of the outside so far, in order; only the last can be unanswered.
    pub steps: Vec<Step>,
    /// Receipts so far.
    pub receipts: Vec<Receipt>,
}

/// One effect: what was asked, and what is known of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The payment whose money it moves; where it moves none, a name that no payment has.
    pub payment: PaymentId,
    /// What was asked.
    pub call: Call,
    /// Of a terminal: its last transaction before this one.
    pub baseline: Option<TransactionMark>,
    /// Under which name it was sent first, by the operation that handed it over to this one.
    pub sent_as: Option<EffectId>,
    /// Of a terminal: the result that it told, acknowledged but not concluded.
    pub reported: Option<TerminalResult>,
    /// It may have happened, and an inquiry must tell.
    pub in_doubt: bool,
    /// How often it was tried or inquired in vain.
    pub attempts: u32,
    /// The last try was in vain and the next one waits for its time: nothing is on its way.
    pub waiting: bool,
    /// In a queue: not before then is the next one tried.
    pub until: Option<Timestamp>,
    /// How it ended.
    pub answer: Option<Answer>,
}

/// Something asked of the outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Of a terminal.
    Terminal {
        /// Which.
        terminal: TerminalId,
        /// What.
        request: TerminalRequest,
    },
    /// Of a processor.
    Processor {
        /// On which account.
        account: MerchantAccountId,
        /// What.
        request: ProcessorRequest,
    },
}

impl Call {
    /// What it does to the payment, for people.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Terminal { request, .. } => match request {
                TerminalRequest::Sale { .. } => "sale",
                TerminalRequest::Authorize { .. } => "authorize",
                TerminalRequest::CaptureReservation { .. }
                | TerminalRequest::ReduceReservation { .. } => "capture",
                TerminalRequest::VoidReservation { .. } => "void",
                TerminalRequest::Reverse { .. } => "reverse",
                TerminalRequest::Refund { .. } => "refund",
                TerminalRequest::Inquire => "inquire",
                TerminalRequest::Status => "status",
                TerminalRequest::OpenReservations => "open_reservations",
                TerminalRequest::Totals => "totals",
                TerminalRequest::Reconcile => "reconcile",
            },
            Self::Processor { request, .. } => request.name(),
        }
    }

    /// Whether it is about a terminal's batch and no payment.
    #[must_use]
    pub const fn is_about_batch(&self) -> bool {
        match self {
            Self::Terminal { request, .. } => matches!(
                request,
                TerminalRequest::Totals | TerminalRequest::Reconcile
            ),
            Self::Processor { .. } => false,
        }
    }

    /// Whether it closes a terminal's batch.
    #[must_use]
    pub const fn closes_batch(&self) -> bool {
        match self {
            Self::Terminal { request, .. } => matches!(request, TerminalRequest::Reconcile),
            Self::Processor { .. } => false,
        }
    }

    /// How much it is about.
    #[must_use]
    pub const fn amount(&self) -> Option<Money> {
        match self {
            Self::Terminal { request, .. } => match request {
                TerminalRequest::Sale { amount, .. }
                | TerminalRequest::Authorize { amount, .. }
                | TerminalRequest::CaptureReservation { amount, .. }
                | TerminalRequest::Reverse { amount, .. }
                | TerminalRequest::Refund { amount } => Some(*amount),
                TerminalRequest::ReduceReservation { unused, .. } => Some(*unused),
                TerminalRequest::VoidReservation { reservation } => Some(reservation.amount),
                TerminalRequest::Inquire
                | TerminalRequest::Status
                | TerminalRequest::OpenReservations
                | TerminalRequest::Totals
                | TerminalRequest::Reconcile => None,
            },
            Self::Processor { request, .. } => Some(request.amount()),
        }
    }
}

/// The certain end of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It happened.
    Approved(Box<Approval>),
    /// The processor reviews it by hand.
    OnHold {
        /// Reference to the authorization.
        token: Option<SealedToken>,
    },
    /// The other side said no.
    Declined(Reason),
    /// The cardholder or the cashier stopped it.
    Cancelled,
    /// It certainly did not happen.
    NotDone(Reason),
    /// The processor cannot be reached: an operation of the station goes on with it, for as long as
    /// it takes.
    Queued,
}

/// What an approval brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Minor units; absent where the other side did not repeat them.
    pub amount: Option<u64>,
    /// Reference to the authorization or, of a capture, to the capture.
    pub token: Option<SealedToken>,
    /// Reusable reference to the card.
    pub card_token: Option<SealedToken>,
    /// The card.
    pub card: Option<Card>,
    /// How the terminal knows it.
    pub terminal: Option<TerminalReference>,
    /// When the authorization ends.
    pub expires_at: Option<Timestamp>,
    /// Of a terminal's batch: what it holds, or held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
}

/// An operation that ended: its app may ask for the answer for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its name.
    pub id: OperationId,
    /// Digest of the request.
    pub fingerprint: Fingerprint,
    /// How it ended.
    pub outcome: Outcome,
}

impl Step {
    /// The step that an entry requests, with the answer of another one.
    #[must_use]
    pub fn of(requested: &Entry, answered: Option<&Entry>) -> Option<Self> {
        let Entry::StepRequested { payment, call, .. } = requested else {
            return None;
        };
        let answer = match answered {
            Some(Entry::StepAnswered { answer, .. }) => Some(answer.clone()),
            Some(_) | None => None,
        };
        Some(Self {
            answer,
            ..Self::requested(payment, call)
        })
    }

    fn requested(payment: &PaymentId, call: &Call) -> Self {
        Self {
            payment: payment.clone(),
            call: call.clone(),
            baseline: None,
            sent_as: None,
            reported: None,
            in_doubt: false,
            attempts: 0,
            waiting: false,
            until: None,
            answer: None,
        }
    }
}

impl Operation {
    /// Makes an entry about this operation true.
    pub fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::LinesReserved { due, .. } | Entry::LinesCancelled { refund: due, .. } => {
                self.due = Some(*due);
            }
            Entry::StepRequested {
                payment,
                call,
                baseline,
                sent_as,
                ..
            } => self.steps.push(Step {
                baseline: baseline.clone(),
                sent_as: sent_as.clone(),
                ..Step::requested(payment, call)
            }),
            Entry::StepRebased { baseline, .. } => {
                self.change_last(|step| step.baseline.clone_from(baseline));
            }
            Entry::StepReported { result, .. } => {
                self.change_last(|step| step.reported = Some((**result).clone()));
            }
            Entry::StepInDoubt { .. } => self.change_last(|step| step.in_doubt = true),
            Entry::OperationParked { .. } => self.parked = true,
            Entry::StepDelayed {
                attempts, until, ..
            } => {
                self.change_last(|step| {
                    step.attempts = *attempts;
                    step.waiting = true;
                    step.until = *until;
                });
            }
            Entry::StepRepeated { .. } => self.change_last(|step| step.waiting = false),
            Entry::StepAnswered {
                answer, receipts, ..
            } => {
                self.receipts.extend(receipts.iter().cloned());
                self.change_last(|step| {
                    step.answer = Some(answer.clone());
                    step.in_doubt = false;
                    step.waiting = false;
                });
            }
            Entry::OperationStarted { .. }
            | Entry::OperationFinished { .. }
            | Entry::LinesFulfilled { .. }
            | Entry::LinesReleased { .. }
            | Entry::PriceWaived { .. }
            | Entry::OrderStored { .. }
            | Entry::PaymentMoved { .. }
            | Entry::PaymentOpened { .. }
            | Entry::TagBound { .. }
            | Entry::TenderAdded { .. }
            | Entry::TerminalSeen { .. }
            | Entry::LeaseOverridden { .. }
            | Entry::AppPaired { .. }
            | Entry::AppRoleChanged { .. }
            | Entry::AppRevoked { .. } => {}
        }
    }

    /// The step that waits for an answer, with its name.
    #[must_use]
    pub fn pending(&self) -> Option<(EffectId, &Step)> {
        let step = self.steps.last().filter(|step| step.answer.is_none())?;
        let at = self.steps.len().saturating_sub(1);
        let own = || EffectId {
            operation: self.id.clone(),
            step: at,
        };
        Some((step.sent_as.clone().unwrap_or_else(own), step))
    }

    /// Whether the step of that name waits for an answer.
    #[must_use]
    pub fn awaits(&self, effect: &EffectId) -> bool {
        self.pending()
            .is_some_and(|(pending, _)| pending == *effect)
    }

    /// The terminal that is at work for it.
    #[must_use]
    pub fn terminal(&self) -> Option<&TerminalId> {
        match &self.steps.last().filter(|step| step.answer.is_none())?.call {
            Call::Terminal { terminal, .. } => Some(terminal),
            Call::Processor { .. } => None,
        }
    }

    /// Whether an inquiry must tell how its last step ended.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.pending().is_some_and(|(_, step)| step.in_doubt)
    }

    /// The capture that waits for its processor, if that is what it is.
    #[must_use]
    pub const fn queued(&self) -> Option<&QueuedCapture> {
        match &self.request {
            Request::CaptureQueued(queued) => Some(queued),
            Request::Sale { .. }
            | Request::Authorize { .. }
            | Request::Capture { .. }
            | Request::Void { .. }
            | Request::Refund { .. }
            | Request::DepositTake { .. }
            | Request::DepositTokenize { .. }
            | Request::OrderPut { .. }
            | Request::PickupCapture { .. }
            | Request::OrderShip { .. }
            | Request::OrderCancel { .. }
            | Request::Review(_)
            | Request::OperationResolve(_)
            | Request::NfcBind { .. }
            | Request::TerminalTotals { .. }
            | Request::TerminalReconcile { .. }
            | Request::OperationPark(_)
            | Request::PaymentWriteOff(_) => None,
        }
    }

    /// Whether it follows up on a payment that is reviewed.
    #[must_use]
    pub const fn is_review(&self) -> bool {
        matches!(self.request, Request::Review(_))
    }

    /// Whether others have to wait for its end before they touch its payments and its order. What
    /// waits for a processor has its money set apart instead.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.queued().is_none() && !self.is_review()
    }

    /// Whether it is about that payment.
    #[must_use]
    pub fn touches(&self, payment: &PaymentId) -> bool {
        self.request.payment() == Some(payment)
            || self.steps.iter().any(|step| step.payment == *payment)
    }

    /// The payment that this operation opens as number `at`.
    #[must_use]
    pub fn own_payment(&self, at: usize) -> PaymentId {
        own_payment(&self.id, at)
    }

    fn change_last(&mut self, change: impl FnOnce(&mut Step)) {
        if let Some(step) = self.steps.last_mut() {
            change(step);
        }
    }
}

/// The payment that an operation opens as number `at`: unique wherever operation ids are.
#[must_use]
pub fn own_payment(operation: &OperationId, at: usize) -> PaymentId {
    PaymentId::new(format!("{operation}.{at}"))
}
