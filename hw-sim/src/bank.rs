//! The truth about money: who holds what, what was really taken, and what was given back.
//!
//! Terminals and the processor stand in front of this one bank. It is deterministic: the time is an
//! argument (seconds since 1970), ids are counters. Every request has an idempotency key; the same
//! request under the same key is carried out once and answered alike for ever.
//!
//! Cards have limits; what is held and what was taken count against them, what was released or given
//! back does not.

mod book;
mod flows;
mod terminal_flows;

use std::collections::BTreeMap;

use firmware_protocols::vocabulary::Money;

use crate::wallet::{self, Card, Decline};

pub use book::{Authorization, Capture, Credit, Movement, MovementKind, Origin, Phase, Refused};
pub use terminal_flows::{TerminalKind, TerminalReference, TerminalTransaction};

/// How a bank is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long an authorization holds money, in seconds.
    pub hold_seconds: u64,
    /// Whether an authorization can be captured in several parts; otherwise the first capture
    /// releases the rest.
    pub several_captures: bool,
    /// Whether an authorization can be captured only whole.
    pub whole_captures: bool,
    /// Whether certain amounts provoke declines (see [`wallet::outcome_by_amount`]).
    pub outcomes_by_amount: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hold_seconds: 7 * 24 * 3600,
            several_captures: true,
            whole_captures: false,
            outcomes_by_amount: true,
        }
    }
}

/// The bank.
#[derive(Debug, Default)]
pub struct Bank {
    options: Options,
    authorizations: BTreeMap<u64, Authorization>,
    captures: BTreeMap<u64, Capture>,
    credits: BTreeMap<u64, Credit>,
    refused: Vec<Refused>,
    bookings: BTreeMap<TerminalReference, terminal_flows::Booking>,
    /// Authorizations by the instant at which they expire.
    expiries: BTreeMap<(u64, u64), ()>,
    /// What counts against the limit, by card and currency.
    used: BTreeMap<(&'static str, &'static str), u64>,
    limits: BTreeMap<&'static str, u64>,
    issued_tokens: BTreeMap<String, (String, &'static str)>,
    recorded: BTreeMap<String, (Request, Answer)>,
    forced: Vec<ForcedDecline>,
    movements: u64,
}

/// Something asked of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Hold money on a card that is not there.
    Authorize {
        /// For whom.
        merchant: String,
        /// The card's token, or `card:NAME` for a test card by its name.
        card_token: String,
        /// How much.
        money: Money,
        /// The merchant's own name for it.
        reference: Option<String>,
    },
    /// Take held money.
    Capture {
        /// `au_…` or `pt:…`.
        authorization: String,
        /// By whom.
        merchant: String,
        /// How much.
        money: Money,
    },
    /// Release held money.
    Void {
        /// `au_…` or `pt:…`.
        authorization: String,
        /// By whom.
        merchant: String,
        /// How much.
        money: Money,
    },
    /// Hold more.
    Increment {
        /// `au_…` or `pt:…`.
        authorization: String,
        /// By whom.
        merchant: String,
        /// How much more.
        money: Money,
    },
    /// Give taken money back.
    Refund {
        /// `ca_…` or `pt:…`.
        capture: String,
        /// By whom.
        merchant: String,
        /// How much.
        money: Money,
    },
    /// What a terminal asks its host.
    Terminal(TerminalTransaction),
}

impl Request {
    /// What kind of request this is, for faults and forced declines.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::Authorize { .. } => Operation::Authorize,
            Self::Capture { .. } => Operation::Capture,
            Self::Void { .. } => Operation::Void,
            Self::Increment { .. } => Operation::Increment,
            Self::Refund { .. } => Operation::Refund,
            Self::Terminal(_) => Operation::Terminal,
        }
    }

    const fn money(&self) -> Money {
        match self {
            Self::Authorize { money, .. }
            | Self::Capture { money, .. }
            | Self::Void { money, .. }
            | Self::Increment { money, .. }
            | Self::Refund { money, .. } => *money,
            Self::Terminal(transaction) => transaction.money,
        }
    }

    fn merchant(&self) -> &str {
        match self {
            Self::Authorize { merchant, .. }
            | Self::Capture { merchant, .. }
            | Self::Void { merchant, .. }
            | Self::Increment { merchant, .. }
            | Self::Refund { merchant, .. } => merchant,
            Self::Terminal(transaction) => &transaction.merchant,
        }
    }
}

/// Kinds of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Hold money.
    Authorize,
    /// Take held money.
    Capture,
    /// Release held money.
    Void,
    /// Hold more money.
    Increment,
    /// Give money back.
    Refund,
    /// Anything from a terminal.
    Terminal,
    /// The question what became of a key; moves nothing.
    Inquire,
}

/// What the bank says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Yes, no or later.
    pub status: Status,
    /// Id of what was made: an authorization, capture, void, increment or refund.
    pub made: Option<String>,
    /// The amount asked for; of a void at a terminal, what was released.
    pub money: Money,
    /// Until when the money is held, in seconds since 1970.
    pub expires_at: Option<u64>,
    /// The issuer's approval code, told to terminals only.
    pub authorization_code: Option<String>,
    /// Reusable card token, told to terminals that asked for it.
    pub token: Option<String>,
}

/// Verdict of the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Carried out.
    Approved,
    /// Nothing was moved.
    Declined(Decline),
    /// Somebody will look at it; nothing is held yet.
    OnHold,
}

/// The key was used before for another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyReused;

impl Bank {
    /// An empty bank.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Carries `request` out, or repeats what was answered to it before.
    ///
    /// # Errors
    ///
    /// [`KeyReused`] when `key` belongs to another request; nothing is carried out.
    pub fn execute(&mut self, key: &str, request: &Request, now: u64) -> Result<Answer, KeyReused> {
        if let Some((earlier, answer)) = self.recorded.get(key) {
            return if earlier == request {
                Ok(answer.clone())
            } else {
                Err(KeyReused)
            };
        }
        self.expire_due(now);
        let answer = self.decide(key, request, now).unwrap_or_else(|decline| {
            self.refuse(key, request, decline);
            Answer::declined(decline, request.money())
        });
        self.recorded
            .insert(key.to_owned(), (request.clone(), answer.clone()));
        Ok(answer)
    }

    /// What was asked and answered under `key`.
    #[must_use]
    pub fn recorded(&self, key: &str) -> Option<(&Request, &Answer)> {
        self.recorded
            .get(key)
            .map(|(request, answer)| (request, answer))
    }

    /// One authorization, by its id or by a terminal's reference.
    #[must_use]
    pub fn authorization(&self, reference: &str) -> Option<&Authorization> {
        let number = self.authorization_number(reference)?;
        self.authorizations.get(&number)
    }

    /// All authorizations that were ever approved or put on hold, oldest first.
    pub fn authorizations(&self) -> impl Iterator<Item = &Authorization> {
        self.authorizations.values()
    }

    /// All captures, oldest first.
    pub fn captures(&self) -> impl Iterator<Item = &Capture> {
        self.captures.values()
    }

    /// Money paid to cards without an earlier payment, oldest first.
    pub fn credits(&self) -> impl Iterator<Item = &Credit> {
        self.credits.values()
    }

    /// Everything that was declined, oldest first.
    pub fn refused(&self) -> impl Iterator<Item = &Refused> {
        self.refused.iter()
    }

    /// What of each currency is taken, given back and held: `(code, captured, refunded, held)`.
    #[must_use]
    pub fn totals(&self) -> Vec<(&'static str, u64, u64, u64)> {
        let mut totals: BTreeMap<&'static str, (u64, u64, u64)> = BTreeMap::new();
        for one in self.authorizations.values() {
            let sum = totals.entry(one.currency.code()).or_default();
            sum.0 = sum.0.saturating_add(one.captured);
            sum.1 = sum.1.saturating_add(one.refunded);
            sum.2 = sum.2.saturating_add(one.open());
        }
        for credit in self.credits.values().filter(|credit| !credit.is_reversed) {
            let sum = totals.entry(credit.money.currency.code()).or_default();
            sum.1 = sum.1.saturating_add(credit.money.minor);
        }
        totals
            .into_iter()
            .map(|(code, (captured, refunded, held))| (code, captured, refunded, held))
            .collect()
    }

    /// Makes the next `count` requests of this kind (of any kind that moves money, when `None`) be
    /// declined.
    pub fn force_decline(&mut self, on: Option<Operation>, decline: Decline, count: u64) {
        self.forced.push(ForcedDecline { on, decline, count });
    }

    /// Gives a card another limit.
    ///
    /// # Errors
    ///
    /// The wallet has no such card.
    pub fn limit(&mut self, card: &str, limit_minor: u64) -> Result<(), Decline> {
        let card = wallet::card(card).ok_or(Decline::CardUnknown)?;
        self.limits.insert(card.name, limit_minor);
        Ok(())
    }

    fn decide(&mut self, key: &str, request: &Request, now: u64) -> Result<Answer, Decline> {
        if let Some(decline) = self.take_forced(request.operation()) {
            return Err(decline);
        }
        match request {
            Request::Authorize {
                merchant,
                card_token,
                money,
                reference,
            } => self.authorize(key, merchant, card_token, *money, reference.as_deref(), now),
            Request::Capture {
                authorization,
                merchant,
                money,
            } => self.capture(key, authorization, merchant, *money),
            Request::Void {
                authorization,
                merchant,
                money,
            } => self.void(key, authorization, merchant, *money),
            Request::Increment {
                authorization,
                merchant,
                money,
            } => self.increment(key, authorization, merchant, *money),
            Request::Refund {
                capture,
                merchant,
                money,
            } => self.refund(key, capture, merchant, *money),
            Request::Terminal(transaction) => self.at_terminal(key, transaction, now),
        }
    }

    fn refuse(&mut self, key: &str, request: &Request, decline: Decline) {
        self.refused.push(Refused {
            operation: request.operation(),
            merchant: request.merchant().to_owned(),
            money: request.money(),
            decline,
            key: key.to_owned(),
        });
    }

    fn take_forced(&mut self, operation: Operation) -> Option<Decline> {
        let at = self
            .forced
            .iter()
            .position(|forced| forced.on.is_none_or(|on| on == operation))?;
        let forced = self.forced.get_mut(at)?;
        let decline = forced.decline;
        forced.count = forced.count.saturating_sub(1);
        if forced.count == 0 {
            self.forced.remove(at);
        }
        Some(decline)
    }

    /// Whether the issuer lets `card` pay `money` more.
    fn check_card(&self, card: &Card, money: Money) -> Result<(), Decline> {
        if let Some(decline) = card.host_decline {
            return Err(decline);
        }
        if self.options.outcomes_by_amount
            && let Some(decline) = wallet::outcome_by_amount(money.minor)
        {
            return Err(decline);
        }
        let limit = self.limits.get(card.name).copied();
        let limit = limit.unwrap_or(card.limit_minor);
        let used = self.used.get(&(card.name, money.currency.code())).copied();
        match used.unwrap_or(0).checked_add(money.minor) {
            Some(sum) if sum <= limit => Ok(()),
            Some(_) | None => Err(Decline::InsufficientFunds),
        }
    }
}

impl Answer {
    fn approved(made: String, money: Money) -> Self {
        Self {
            status: Status::Approved,
            made: Some(made),
            money,
            expires_at: None,
            authorization_code: None,
            token: None,
        }
    }

    fn declined(decline: Decline, money: Money) -> Self {
        Self {
            status: Status::Declined(decline),
            made: None,
            money,
            expires_at: None,
            authorization_code: None,
            token: None,
        }
    }
}

#[derive(Debug)]
struct ForcedDecline {
    on: Option<Operation>,
    decline: Decline,
    count: u64,
}

#[cfg(test)]
mod tests;
