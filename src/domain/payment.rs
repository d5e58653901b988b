//! One payment: four counters, and everything else follows from them.
//!
//! | status | when |
//! | --- | --- |
//! | `initialized` | created, no answer yet |
//! | `on_hold` | the processor is reviewing it by hand |
//! | `authorized` | authorized > 0, nothing captured, not all voided; what is queued is still held |
//! | `partially_captured` | 0 < captured, captured + voided < authorized, nothing refunded |
//! | `captured` | captured > 0, captured + voided = authorized, nothing refunded |
//! | `authorization_voided` | nothing captured, voided = authorized; final |
//! | `partially_refunded` | 0 < refunded < captured |
//! | `refunded` | refunded = captured > 0; final |
//! | `rejected` | declined; final |
//! | `failed` | technical failure or cancelled; final |

use firmware_protocols::vocabulary::card::Card;
use firmware_protocols::vocabulary::{Currency, Money};
use serde::{Deserialize, Serialize};

use super::id::{MerchantAccountId, OrderId, PaymentId, SealedToken, Timestamp};
use super::outcome::Reason;
use super::rejection::Rejection;
use super::search::AccountReference;
use super::terminal::TerminalReference;

/// One authorization and what followed from it.
///
/// INVARIANT: captured + voided + queued + tied <= authorized, refunded <= captured, and
/// lapsed <= voided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its name, the same in every store.
    pub id: PaymentId,
    /// The order it pays, if any.
    pub order: Option<OrderId>,
    /// Where it was authorized; follow-ups go to the same account.
    pub account: Option<MerchantAccountId>,
    /// Currency of all counters.
    pub currency: Currency,
    /// Minor units authorized in all.
    pub authorized: u64,
    /// Minor units captured in all.
    pub captured: u64,
    /// Minor units voided in all.
    pub voided: u64,
    /// Minor units refunded in all.
    pub refunded: u64,
    /// Set while the processor reviews it, or when it ended without money.
    pub standing: Standing,
    /// The card.
    pub card: Option<Card>,
    /// Reusable reference to the card.
    pub card_token: Option<SealedToken>,
    /// Reference to the authorization.
    pub auth_token: Option<SealedToken>,
    /// What was captured, newest last.
    pub captures: Vec<Capture>,
    /// How the terminal knows it, if one made it.
    pub terminal: Option<TerminalReference>,
    /// When the authorization ends, where known.
    pub expires_at: Option<Timestamp>,
    /// When it was authorized, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized_at: Option<Timestamp>,
    /// Minor units that are promised and wait to be captured: nobody else may have them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub queued: u64,
    /// Minor units that the processor lets go with a capture that waits: it captures only once.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tied: u64,
    /// Minor units that were promised and could not be captured, and that nobody has taken since.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uncaptured: u64,
    /// Minor units that were still held when the authorization ended; they are among those voided.
    /// So much may be authorized anew by card token.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lapsed: u64,
    /// The payment that ended and that this one was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PaymentId>,
    /// The card account, where the system that made the payment told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub par: Option<AccountReference>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(amount: &u64) -> bool {
    *amount == 0
}

/// One capture: refunds refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// Minor units captured.
    pub amount: u64,
    /// Minor units of it refunded.
    pub refunded: u64,
    /// Reference to it.
    pub token: Option<SealedToken>,
}

/// What the counters alone do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing special.
    Normal,
    /// The processor reviews it.
    OnHold,
    /// Declined, for this reason.
    Rejected(Reason),
    /// Ended technically, or cancelled, for this reason.
    Failed(Reason),
}

/// See the table of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table above says each")]
pub enum Status {
    Initialized,
    OnHold,
    Authorized,
    PartiallyCaptured,
    Captured,
    AuthorizationVoided,
    PartiallyRefunded,
    Refunded,
    Rejected,
    Failed,
}

/// What may be done with a payment now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Take held money.
    Capture,
    /// Release held money.
    Void,
    /// Give taken money back.
    Refund,
}

/// Something that happened to a payment's money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// Money is held.
    Authorized {
        /// Minor units.
        amount: u64,
        /// The card.
        card: Option<Card>,
        /// Reusable reference to the card.
        card_token: Option<SealedToken>,
        /// Reference to the authorization.
        auth_token: Option<SealedToken>,
        /// How the terminal knows it.
        terminal: Option<TerminalReference>,
        /// When it ends.
        expires_at: Option<Timestamp>,
        /// When it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// Held money was taken.
    Captured {
        /// Minor units.
        amount: u64,
        /// Reference to the capture.
        token: Option<SealedToken>,
    },
    /// Held money was released.
    Voided {
        /// Minor units.
        amount: u64,
    },
    /// Taken money was given back.
    Refunded {
        /// Minor units.
        amount: u64,
    },
    /// The authorization has ended: what it still held is held no more.
    Lapsed,
    /// A new authorization stands for a part of what this one held when it ended.
    Replaced {
        /// Minor units.
        amount: u64,
        /// The new payment.
        by: PaymentId,
    },
    /// The processor reviews it.
    HeldForReview {
        /// Reference to the authorization that it may become.
        token: Option<SealedToken>,
        /// Reusable reference to the card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card_token: Option<SealedToken>,
    },
    /// Held money is promised: an operation of the station captures it when it can.
    CaptureQueued {
        /// Minor units.
        amount: u64,
        /// Minor units that go when it is captured, as the processor captures only once.
        rest: u64,
    },
    /// What was promised was taken.
    QueuedCaptured {
        /// Minor units taken.
        amount: u64,
        /// Minor units promised.
        of: u64,
        /// Reference to the capture.
        token: Option<SealedToken>,
    },
    /// What was promised is promised from elsewhere now.
    CaptureUnqueued {
        /// Minor units.
        amount: u64,
    },
    /// What was promised could not be taken: it is nobody's again.
    CaptureFailed {
        /// Minor units.
        amount: u64,
    },
    /// What was promised and could not be taken is not expected any more.
    WrittenOff {
        /// Minor units.
        amount: u64,
    },
    /// The card account is known, from now on or anew.
    AccountTold {
        /// Which.
        par: AccountReference,
    },
    /// Declined.
    Rejected(Reason),
    /// Ended without money, for a technical reason or because someone stopped it.
    Failed(Reason),
}

impl Payment {
    /// A payment that nobody has answered yet.
    #[must_use]
    pub const fn opened(
        id: PaymentId,
        order: Option<OrderId>,
        account: Option<MerchantAccountId>,
        currency: Currency,
    ) -> Self {
        Self {
            id,
            order,
            account,
            currency,
            authorized: 0,
            captured: 0,
            voided: 0,
            refunded: 0,
            standing: Standing::Normal,
            card: None,
            card_token: None,
            auth_token: None,
            captures: Vec::new(),
            terminal: None,
            expires_at: None,
            authorized_at: None,
            queued: 0,
            tied: 0,
            uncaptured: 0,
            lapsed: 0,
            replaces: None,
            par: None,
        }
    }

    /// What is held, neither captured nor voided, and promised to nobody.
    #[must_use]
    pub const fn open(&self) -> Money {
        let promised = self.queued.saturating_add(self.tied);
        Money::new(self.held().saturating_sub(promised), self.currency)
    }

    /// Minor units that are neither captured nor voided.
    const fn held(&self) -> u64 {
        let gone = self.captured.saturating_add(self.voided);
        self.authorized.saturating_sub(gone)
    }

    /// What goods may go for: captured and not refunded, or promised.
    #[must_use]
    pub const fn paid_or_queued(&self) -> Money {
        Money::new(self.paid().minor.saturating_add(self.queued), self.currency)
    }

    /// What is captured and not refunded.
    #[must_use]
    pub const fn paid(&self) -> Money {
        Money::new(self.captured.saturating_sub(self.refunded), self.currency)
    }

    /// Whether it holds or may come to hold money, or has taken some.
    #[must_use]
    pub fn secures(&self) -> bool {
        self.authorized > 0 || self.standing == Standing::OnHold
    }

    /// The status that the counters give.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.standing {
            Standing::Rejected(_) => return Status::Rejected,
            Standing::Failed(_) => return Status::Failed,
            Standing::OnHold => return Status::OnHold,
            Standing::Normal => {}
        }
        if self.authorized == 0 {
            Status::Initialized
        } else if self.refunded > 0 && self.refunded == self.captured {
            Status::Refunded
        } else if self.refunded > 0 {
            Status::PartiallyRefunded
        } else if self.captured > 0 && self.held() == 0 {
            Status::Captured
        } else if self.captured > 0 {
            Status::PartiallyCaptured
        } else if self.held() == 0 {
            Status::AuthorizationVoided
        } else {
            Status::Authorized
        }
    }

    /// What the status allows. Money that is still held can always be released.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        let status = self.status();
        let mut actions = Vec::new();
        if status.is_live() && status != Status::Refunded && !self.open().is_zero() {
            actions.push(Action::Capture);
        }
        if status.is_live() && !self.open().is_zero() {
            actions.push(Action::Void);
        }
        if status.is_live() && !self.paid().is_zero() {
            actions.push(Action::Refund);
        }
        actions
    }

    /// Checks a capture; without an amount all that is open is meant.
    pub fn check_capture(&self, amount: Option<Money>) -> Result<Money, Rejection> {
        self.check_live()?;
        let open = self.open();
        let amount = self.check_currency(amount.unwrap_or(open))?;
        if self.status() == Status::AuthorizationVoided {
            return Err(Rejection::PaymentAlreadyVoided);
        }
        if self.status() == Status::Refunded {
            let open = Money::zero(self.currency);
            return Err(Rejection::ExceedsOpenAmount { open });
        }
        self.check_queue(open)?;
        if open.is_zero() || amount.minor > open.minor {
            return Err(Rejection::ExceedsOpenAmount { open });
        }
        Ok(amount)
    }

    /// Checks a void, which releases all that is open.
    pub fn check_void(&self) -> Result<Money, Rejection> {
        self.check_live()?;
        if self.status() == Status::AuthorizationVoided {
            return Err(Rejection::PaymentAlreadyVoided);
        }
        if !self.open().is_zero() {
            return Ok(self.open());
        }
        self.check_queue(self.open())?;
        Err(if self.paid().is_zero() {
            Rejection::PaymentRefunded
        } else {
            Rejection::RefundInstead
        })
    }

    /// Checks a refund; without an amount all that is paid is meant.
    pub fn check_refund(&self, amount: Option<Money>) -> Result<Money, Rejection> {
        self.check_live()?;
        if self.status() == Status::AuthorizationVoided {
            return Err(Rejection::PaymentAlreadyVoided);
        }
        if self.captured == 0 {
            self.check_queue(self.open())?;
            let part = amount.is_some_and(|amount| amount.minor < self.open().minor);
            return Err(if part {
                Rejection::CaptureLess
            } else {
                Rejection::VoidInstead
            });
        }
        let paid = self.paid();
        let amount = self.check_currency(amount.unwrap_or(paid))?;
        if paid.is_zero() || amount.minor > paid.minor {
            return Err(Rejection::ExceedsCapturedAmount { paid });
        }
        Ok(amount)
    }

    /// Makes a movement true. Amounts beyond the invariant are cut off: what the outside has really
    /// done is then named by the reconciliation, never by a counter that lies.
    pub fn apply(&mut self, movement: &Movement) {
        match movement {
            Movement::Authorized {
                amount,
                card,
                card_token,
                auth_token,
                terminal,
                expires_at,
                at,
            } => {
                self.authorized = self.authorized.saturating_add(*amount);
                self.standing = Standing::Normal;
                self.card.clone_from(card);
                self.card_token.clone_from(card_token);
                self.auth_token.clone_from(auth_token);
                self.terminal.clone_from(terminal);
                self.expires_at = *expires_at;
                self.authorized_at = *at;
            }
            Movement::Captured { amount, token } => {
                let amount = (*amount).min(self.open().minor);
                self.uncaptured = self.uncaptured.saturating_sub(amount);
                self.apply_capture(amount, token.as_ref());
            }
            Movement::Voided { amount } => {
                let amount = (*amount).min(self.open().minor);
                self.voided = self.voided.saturating_add(amount);
            }
            Movement::Refunded { amount } => self.apply_refund((*amount).min(self.paid().minor)),
            Movement::Lapsed => {
                let open = self.open().minor;
                self.voided = self.voided.saturating_add(open);
                self.lapsed = self.lapsed.saturating_add(open);
            }
            Movement::Replaced { amount, .. } => {
                self.lapsed = self.lapsed.saturating_sub(*amount);
            }
            Movement::CaptureQueued { amount, rest } => {
                let amount = (*amount).min(self.open().minor);
                self.queued = self.queued.saturating_add(amount);
                let rest = (*rest).min(self.open().minor);
                self.tied = self.tied.saturating_add(rest);
            }
            Movement::QueuedCaptured { amount, of, token } => {
                let of = self.unqueue(*of);
                let amount = (*amount).min(of);
                let missing = of.saturating_sub(amount);
                self.uncaptured = self.uncaptured.saturating_add(missing);
                self.apply_capture(amount, token.as_ref());
            }
            Movement::CaptureUnqueued { amount } => {
                self.unqueue(*amount);
            }
            Movement::CaptureFailed { amount } => {
                let amount = self.unqueue(*amount);
                self.uncaptured = self.uncaptured.saturating_add(amount);
            }
            Movement::WrittenOff { amount } => {
                self.uncaptured = self.uncaptured.saturating_sub(*amount);
            }
            Movement::HeldForReview { token, card_token } => {
                self.standing = Standing::OnHold;
                self.auth_token.clone_from(token);
                self.card_token.clone_from(card_token);
            }
            Movement::AccountTold { par } => self.par = Some(par.clone()),
            Movement::Rejected(reason) => self.standing = Standing::Rejected(*reason),
            Movement::Failed(reason) => self.standing = Standing::Failed(*reason),
        }
        debug_assert!(self.holds_invariants(), "{self:?}");
    }

    /// Whether the counters can be true.
    #[must_use]
    pub const fn holds_invariants(&self) -> bool {
        let Some(gone) = self.captured.checked_add(self.voided) else {
            return false;
        };
        let Some(gone) = gone.checked_add(self.queued) else {
            return false;
        };
        let Some(gone) = gone.checked_add(self.tied) else {
            return false;
        };
        gone <= self.authorized && self.refunded <= self.captured && self.lapsed <= self.voided
    }

    /// How much of the captures can be refunded by reference, in minor units.
    #[must_use]
    pub fn refundable(&self) -> u64 {
        let with_token = self
            .captures
            .iter()
            .filter(|capture| capture.token.is_some());
        with_token
            .map(|capture| capture.amount.saturating_sub(capture.refunded))
            .fold(0, u64::saturating_add)
    }

    /// The capture to refund next, newest first, and how much it can take of `amount`.
    #[must_use]
    pub fn next_refund(&self, amount: Money) -> Option<(SealedToken, Money)> {
        let capture = self
            .captures
            .iter()
            .rev()
            .find(|capture| capture.token.is_some() && capture.refunded < capture.amount)?;
        let left = capture.amount.saturating_sub(capture.refunded);
        let token = capture.token.clone()?;
        Some((token, Money::new(left.min(amount.minor), self.currency)))
    }

    fn apply_capture(&mut self, amount: u64, token: Option<&SealedToken>) {
        self.captured = self.captured.saturating_add(amount);
        self.captures.push(Capture {
            amount,
            refunded: 0,
            token: token.cloned(),
        });
    }

    /// Ends a promise, and gives what it was about. Where the processor captures once there is only
    /// one, and what is tied to it is free again.
    fn unqueue(&mut self, amount: u64) -> u64 {
        let amount = amount.min(self.queued);
        self.queued = self.queued.saturating_sub(amount);
        self.tied = 0;
        amount
    }

    fn apply_refund(&mut self, amount: u64) {
        self.refunded = self.refunded.saturating_add(amount);
        let mut rest = amount;
        for capture in self.captures.iter_mut().rev() {
            let part = rest.min(capture.amount.saturating_sub(capture.refunded));
            capture.refunded = capture.refunded.saturating_add(part);
            rest = rest.saturating_sub(part);
        }
    }

    fn check_live(&self) -> Result<(), Rejection> {
        match self.status() {
            Status::OnHold => Err(Rejection::PaymentOnHold),
            Status::Initialized => Err(Rejection::PaymentNotReady),
            Status::Rejected | Status::Failed => Err(Rejection::PaymentEnded),
            Status::Authorized
            | Status::PartiallyCaptured
            | Status::Captured
            | Status::AuthorizationVoided
            | Status::PartiallyRefunded
            | Status::Refunded => Ok(()),
        }
    }

    /// Where nothing but promised money is left, there is nothing to do but wait.
    const fn check_queue(&self, open: Money) -> Result<(), Rejection> {
        if open.is_zero() && self.queued > 0 {
            Err(Rejection::AwaitingRetry)
        } else {
            Ok(())
        }
    }

    fn check_currency(&self, amount: Money) -> Result<Money, Rejection> {
        if amount.currency == self.currency {
            Ok(amount)
        } else {
            Err(Rejection::CurrencyMismatch {
                expected: self.currency,
            })
        }
    }
}

impl Status {
    /// Whether money is or was moved by it.
    const fn is_live(self) -> bool {
        match self {
            Self::Initialized | Self::OnHold | Self::Rejected | Self::Failed => false,
            Self::Authorized
            | Self::PartiallyCaptured
            | Self::Captured
            | Self::AuthorizationVoided
            | Self::PartiallyRefunded
            | Self::Refunded => true,
        }
    }
}
