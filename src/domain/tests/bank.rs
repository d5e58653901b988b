//! What really moved. It executes each effect at most once and keeps its own books, by payment; it
//! knows nothing of the rules under test.

use std::collections::BTreeMap;

use firmware_protocols::vocabulary::terminal::{TerminalRequest, Verdict};

use super::outside::Fate;
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{EffectId, PaymentId, SealedToken, TerminalId, Timestamp};
use crate::domain::operation::{Answer, Approval, Call};
use crate::domain::outcome::Reason;
use crate::domain::terminal::{TerminalReference, TerminalResult, TransactionMark};

/// Money of one payment, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) authorized: u64,
    pub(super) captured: u64,
    pub(super) voided: u64,
    pub(super) refunded: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Bank {
    pub(super) accounts: BTreeMap<PaymentId, Account>,
    /// Each terminal's last stored transaction.
    pub(super) last: BTreeMap<TerminalId, TerminalResult>,
    /// Whether the customer's card can give a reusable token.
    pub(super) no_card_token: bool,
    /// The processor captures an authorization once and lets the rest go.
    pub(super) captures_once: bool,
    /// The processor captures an authorization only whole.
    pub(super) captures_whole: bool,
    /// What is being reviewed, in minor units.
    held: BTreeMap<PaymentId, u64>,
    executed: BTreeMap<EffectId, Answer>,
    receipts: u64,
}

impl Bank {
    /// Carries an effect out unless it was before, and tells how it ended.
    pub(super) fn execute(
        &mut self,
        effect: &EffectId,
        payment: &PaymentId,
        call: &Call,
        fate: Fate,
    ) -> Answer {
        if let Call::Processor {
            request: ProcessorRequest::Review { .. },
            ..
        } = call
        {
            return self.review(payment, fate);
        }
        if let Some(answer) = self.executed.get(effect) {
            return answer.clone();
        }
        let answer = match fate {
            Fate::Declined => Answer::Declined(Reason::InsufficientFunds),
            Fate::Expired => self.expire(payment, call),
            Fate::BatchClosed => Answer::Declined(Reason::ReversalNotPossible),
            Fate::Cancelled => Answer::Cancelled,
            Fate::NotDone => Answer::NotDone(Reason::TerminalBusy),
            Fate::OnHold
                if matches!(
                    call,
                    Call::Processor {
                        request: ProcessorRequest::Authorize { .. },
                        ..
                    }
                ) =>
            {
                self.held.insert(payment.clone(), amount_of(call));
                Answer::OnHold {
                    token: Some(token(effect)),
                }
            }
            Fate::Partly(part) => self.approve(effect, payment, call, Some(part)),
            Fate::Approved
            | Fate::OnHold
            | Fate::NotSent
            | Fate::LostBefore
            | Fate::LostAfter
            | Fate::LostReported
            | Fate::Reversed
            | Fate::Twice => self.approve(effect, payment, call, None),
        };
        self.executed.insert(effect.clone(), answer.clone());
        if let (Call::Terminal { terminal, request }, Answer::Approved(approval)) = (call, &answer)
        {
            let result = self.result(terminal, request, approval, effect);
            self.last.insert(terminal.clone(), result);
        }
        match (call, answer) {
            (Call::Terminal { terminal, .. }, Answer::Approved(approval)) => {
                let terminal = self.last.get(terminal).map(|last| last.reference.clone());
                Answer::Approved(Box::new(Approval {
                    terminal,
                    ..*approval
                }))
            }
            (_, answer) => answer,
        }
    }

    /// An authorization is held for review.
    pub(super) fn hold(&mut self, payment: &PaymentId, amount: u64) {
        self.held.insert(payment.clone(), amount);
    }

    /// Somebody looks at what is held for review, and may decide.
    fn review(&mut self, payment: &PaymentId, fate: Fate) -> Answer {
        let account = self.accounts.entry(payment.clone()).or_default();
        let approved = |amount: u64| {
            Answer::Approved(Box::new(Approval {
                amount: Some(amount),
                ..Approval::default()
            }))
        };
        if account.authorized > 0 {
            return approved(account.authorized);
        }
        match (fate, self.held.get(payment)) {
            (Fate::Approved, Some(amount)) => {
                account.authorized = *amount;
                approved(*amount)
            }
            (Fate::Declined, _) | (_, None) => {
                self.held.remove(payment);
                Answer::Declined(Reason::CardDeclined)
            }
            (_, Some(_)) => Answer::OnHold { token: None },
        }
    }

    /// What a payment holds is let go when its time is over. Nothing else has a time.
    fn expire(&mut self, payment: &PaymentId, call: &Call) -> Answer {
        let ends = match call {
            Call::Processor { request, .. } => matches!(
                request,
                ProcessorRequest::Capture { .. } | ProcessorRequest::Void { .. }
            ),
            Call::Terminal { .. } => false,
        };
        if !ends {
            return Answer::Declined(Reason::InsufficientFunds);
        }
        let account = self.accounts.entry(payment.clone()).or_default();
        account.voided += account.open();
        Answer::Declined(Reason::AuthorizationExpired)
    }

    /// The terminal takes back what it was not told to keep. Its last transaction is the one before.
    pub(super) fn reverse(&mut self, before: &Self) {
        self.accounts.clone_from(&before.accounts);
        self.last.clone_from(&before.last);
    }

    /// Somebody uses the terminal without us.
    pub(super) fn use_alone(&mut self, terminal: &TerminalId, amount: u64) {
        let reference = self.reference(terminal);
        let result = TerminalResult {
            verdict: Verdict::Approved,
            amount_minor: Some(amount),
            reference,
            card: None,
            card_token: None,
            auth_token: None,
            sync: None,
        };
        self.last.insert(terminal.clone(), result);
    }

    fn approve(
        &mut self,
        effect: &EffectId,
        payment: &PaymentId,
        call: &Call,
        part: Option<u64>,
    ) -> Answer {
        let account = self.accounts.entry(payment.clone()).or_default();
        let whole = match call {
            Call::Processor {
                request: ProcessorRequest::Capture { amount, .. },
                ..
            } if self.captures_whole => Some(amount.minor),
            Call::Processor { .. } | Call::Terminal { .. } => None,
        };
        if whole.is_some_and(|asked| asked != account.open()) {
            return Answer::Declined(Reason::ExceedsOpenAmount);
        }
        let part = part.filter(|_| whole.is_none());
        let cut = |asked: u64| part.map_or(asked, |part| part.min(asked));
        let amount = match call {
            Call::Terminal { request, .. } => account.at_terminal(request, cut),
            Call::Processor { request, .. } => account.at_processor(request, cut),
        };
        let Some(amount) = amount else {
            return Answer::Declined(Reason::ExceedsOpenAmount);
        };
        let captures = match call {
            Call::Processor { request, .. } => matches!(request, ProcessorRequest::Capture { .. }),
            Call::Terminal { .. } => false,
        };
        if captures && self.captures_once && amount > 0 {
            account.voided += account.open();
        }
        let wants_token = match call {
            Call::Terminal { request, .. } => matches!(
                request,
                TerminalRequest::Sale {
                    want_token: true,
                    ..
                } | TerminalRequest::Authorize {
                    want_token: true,
                    ..
                }
            ),
            Call::Processor { .. } => false,
        };
        let gives_token = wants_token && !self.no_card_token;
        Answer::Approved(Box::new(Approval {
            amount: Some(amount),
            token: Some(token(effect)),
            card_token: gives_token.then(|| token(effect)),
            card: None,
            terminal: None,
            expires_at: Some(Timestamp(i64::MAX)),
            totals: None,
        }))
    }

    fn result(
        &mut self,
        terminal: &TerminalId,
        request: &TerminalRequest,
        approval: &Approval,
        effect: &EffectId,
    ) -> TerminalResult {
        let has_token = matches!(
            request,
            TerminalRequest::Sale { .. } | TerminalRequest::Authorize { .. }
        );
        TerminalResult {
            verdict: Verdict::Approved,
            amount_minor: approval.amount,
            reference: self.reference(terminal),
            card: None,
            card_token: approval.card_token.clone(),
            auth_token: has_token.then(|| token(effect)),
            sync: None,
        }
    }

    fn reference(&mut self, terminal: &TerminalId) -> TerminalReference {
        self.receipts += 1;
        TerminalReference {
            terminal: terminal.clone(),
            mark: TransactionMark {
                receipt_number: Some(format!("{:04}", self.receipts)),
                trace_number: None,
                date: None,
                time: None,
            },
            authorization_code: None,
            terminal_id: None,
            merchant_id: None,
        }
    }
}

impl Account {
    const fn open(&self) -> u64 {
        self.authorized - self.captured - self.voided
    }

    const fn paid(&self) -> u64 {
        self.captured - self.refunded
    }

    /// Moves money; `None` when there is not enough of it.
    fn at_terminal(&mut self, request: &TerminalRequest, cut: impl Fn(u64) -> u64) -> Option<u64> {
        match request {
            TerminalRequest::Sale { amount, .. } => {
                let amount = cut(amount.minor);
                self.authorized += amount;
                self.captured += amount;
                Some(amount)
            }
            TerminalRequest::Authorize { amount, .. } => {
                let amount = cut(amount.minor);
                self.authorized += amount;
                Some(amount)
            }
            TerminalRequest::CaptureReservation { amount, .. } => {
                let amount = Some(cut(amount.minor)).filter(|amount| *amount <= self.open())?;
                // A booking of nothing is none: the reservation stays.
                if amount > 0 {
                    self.voided += self.open() - amount;
                    self.captured += amount;
                }
                Some(amount)
            }
            TerminalRequest::VoidReservation { .. } => {
                let open = Some(self.open()).filter(|open| *open > 0)?;
                self.voided += open;
                Some(open)
            }
            TerminalRequest::Reverse { amount, .. } => self.give_back(amount.minor),
            TerminalRequest::Refund { amount } => self.give_back(cut(amount.minor)),
            TerminalRequest::ReduceReservation { .. }
            | TerminalRequest::Inquire
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Totals
            | TerminalRequest::Reconcile => None,
        }
    }

    fn at_processor(
        &mut self,
        request: &ProcessorRequest,
        cut: impl Fn(u64) -> u64,
    ) -> Option<u64> {
        let amount = cut(request.amount().minor);
        let open = self.open();
        let counter = match request {
            ProcessorRequest::Authorize { .. } => &mut self.authorized,
            ProcessorRequest::Refund { .. } => return self.give_back(amount),
            ProcessorRequest::Review { .. } => return None,
            ProcessorRequest::Capture { .. } | ProcessorRequest::Void { .. } if amount > open => {
                return None;
            }
            ProcessorRequest::Capture { .. } => &mut self.captured,
            ProcessorRequest::Void { .. } => &mut self.voided,
        };
        *counter += amount;
        Some(amount)
    }

    fn give_back(&mut self, amount: u64) -> Option<u64> {
        let amount = Some(amount).filter(|amount| *amount <= self.paid())?;
        self.refunded += amount;
        Some(amount)
    }
}

fn amount_of(call: &Call) -> u64 {
    match call {
        Call::Processor { request, .. } => request.amount().minor,
        Call::Terminal { .. } => 0,
    }
}

fn token(effect: &EffectId) -> SealedToken {
    SealedToken::new(format!("sealed:{effect}"))
}
