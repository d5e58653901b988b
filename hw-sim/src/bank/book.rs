//! What the bank keeps: authorizations with their counters, captures, credits, refusals.

use firmware_protocols::vocabulary::{Currency, Money};

use super::{Bank, Operation};
use crate::wallet::Decline;

/// Money that was held once, and what became of it. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Number; [`Self::id`] is its name outside.
    pub number: u64,
    /// The merchant's own name for it.
    pub reference: Option<String>,
    /// For whom.
    pub merchant: String,
    /// Test card by name.
    pub card: &'static str,
    /// Where it was made.
    pub origin: Origin,
    /// Currency of all amounts.
    pub currency: Currency,
    /// How far it is.
    pub phase: Phase,
    /// Held in all, increments included.
    pub authorized: u64,
    /// Taken.
    pub captured: u64,
    /// Released by request.
    pub voided: u64,
    /// Released by time.
    pub expired: u64,
    /// Given back of what was taken.
    pub refunded: u64,
    /// Until when it holds, in seconds since 1970.
    pub expires_at: u64,
    /// The issuer's approval code.
    pub authorization_code: String,
    /// Everything that happened to it, oldest first.
    pub movements: Vec<Movement>,
}

impl Authorization {
    /// `au_000001` and so on.
    #[must_use]
    pub fn id(&self) -> String {
        authorization_id(self.number)
    }

    /// What it still holds.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.authorized
            .saturating_sub(self.captured)
            .saturating_sub(self.voided)
            .saturating_sub(self.expired)
    }

    /// INVARIANT: captured + voided + expired ≤ authorized, and refunded ≤ captured.
    pub(super) fn is_sound(&self) -> bool {
        let gone = self
            .captured
            .saturating_add(self.voided)
            .saturating_add(self.expired);
        gone <= self.authorized && self.refunded <= self.captured
    }
}

/// How far an authorization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Approved.
    Approved,
    /// Waits for a person; would hold this many minor units.
    OnHold(u64),
    /// A person said no.
    Rejected,
    /// Its time is over.
    Expired,
}

/// Where an authorization was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// With the card at a terminal.
    Terminal,
    /// Without the card, at the processor.
    Processor,
}

/// One change of an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// What.
    pub kind: MovementKind,
    /// How much, in minor units.
    pub amount_minor: u64,
    /// Idempotency key of the request behind it.
    pub key: String,
}

/// Kinds of movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovementKind {
    /// Held.
    Authorize,
    /// Held more.
    Increment,
    /// Taken.
    Capture,
    /// Released.
    Void,
    /// Released by time.
    Expire,
    /// Given back.
    Refund,
    /// A capture undone; the money is held again.
    ReverseCapture,
    /// A release undone; the money is held again.
    ReverseVoid,
}

impl MovementKind {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Increment => "increment",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Expire => "expire",
            Self::Refund => "refund",
            Self::ReverseCapture => "reverse_capture",
            Self::ReverseVoid => "reverse_void",
        }
    }
}

/// One taking of held money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Number; [`Self::id`] is its name outside.
    pub number: u64,
    /// Number of the authorization.
    pub authorization: u64,
    /// Taken, in minor units.
    pub amount_minor: u64,
    /// Given back of it.
    pub refunded_minor: u64,
    /// Undone by its terminal; nothing is left of it.
    pub is_reversed: bool,
}

impl Capture {
    /// `ca_000001` and so on.
    #[must_use]
    pub fn id(&self) -> String {
        capture_id(self.number)
    }
}

/// Money paid to a card without an earlier payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credit {
    /// Number; [`Self::id`] is its name outside.
    pub number: u64,
    /// By whom.
    pub merchant: String,
    /// Test card by name.
    pub card: &'static str,
    /// How much.
    pub money: Money,
    /// Idempotency key of the request behind it.
    pub key: String,
    /// Undone by its terminal.
    pub is_reversed: bool,
}

impl Credit {
    /// `cr_000001` and so on.
    #[must_use]
    pub fn id(&self) -> String {
        format!("cr_{:06}", self.number)
    }
}

/// A request that was declined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What was asked.
    pub operation: Operation,
    /// By whom.
    pub merchant: String,
    /// How much.
    pub money: Money,
    /// Why not.
    pub decline: Decline,
    /// Idempotency key.
    pub key: String,
}

impl Bank {
    /// Writes one movement into the books. The caller has checked that it fits.
    pub(super) fn post(&mut self, number: u64, kind: MovementKind, amount_minor: u64, key: &str) {
        let Some(one) = self.authorizations.get_mut(&number) else {
            debug_assert!(
                false,
                "movement on authorization {number}, which is not there"
            );
            return;
        };
        let used = self.used.entry((one.card, one.currency.code()));
        let used = used.or_default();
        match kind {
            MovementKind::Authorize | MovementKind::Increment => {
                one.authorized = one.authorized.saturating_add(amount_minor);
                *used = used.saturating_add(amount_minor);
            }
            MovementKind::Capture => one.captured = one.captured.saturating_add(amount_minor),
            MovementKind::Void => {
                one.voided = one.voided.saturating_add(amount_minor);
                *used = used.saturating_sub(amount_minor);
            }
            MovementKind::Expire => {
                one.expired = one.expired.saturating_add(amount_minor);
                *used = used.saturating_sub(amount_minor);
            }
            MovementKind::Refund => {
                one.refunded = one.refunded.saturating_add(amount_minor);
                *used = used.saturating_sub(amount_minor);
            }
            MovementKind::ReverseCapture => {
                one.captured = one.captured.saturating_sub(amount_minor);
            }
            MovementKind::ReverseVoid => {
                one.voided = one.voided.saturating_sub(amount_minor);
                *used = used.saturating_add(amount_minor);
            }
        }
        one.movements.push(Movement {
            kind,
            amount_minor,
            key: key.to_owned(),
        });
        debug_assert!(one.is_sound(), "{kind:?} {amount_minor} unbalances {one:?}");
        self.movements = self.movements.saturating_add(1);
    }

    /// Opens a capture of an authorization and writes its movement.
    pub(super) fn post_capture(&mut self, authorization: u64, amount_minor: u64, key: &str) -> u64 {
        let number = next_number(&self.captures);
        self.captures.insert(
            number,
            Capture {
                number,
                authorization,
                amount_minor,
                refunded_minor: 0,
                is_reversed: false,
            },
        );
        self.post(authorization, MovementKind::Capture, amount_minor, key);
        number
    }
}

pub(super) fn authorization_id(number: u64) -> String {
    format!("au_{number:06}")
}

pub(super) fn capture_id(number: u64) -> String {
    format!("ca_{number:06}")
}

/// The number after the last one of `map`; the first is 1.
pub(super) fn next_number<T>(map: &std::collections::BTreeMap<u64, T>) -> u64 {
    let last = map.last_key_value().map_or(0, |(number, _)| *number);
    last.saturating_add(1)
}
