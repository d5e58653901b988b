//! What a terminal asks its host, with the card there.

use firmware_protocols::vocabulary::Money;

use super::book::{authorization_id, next_number};
use super::flows::{Opening, check_owner, check_phase};
use super::{Answer, Bank, Credit, MovementKind, Origin};
use crate::wallet::{self, Decline};

/// One request of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalTransaction {
    /// Whose terminal it is.
    pub merchant: String,
    /// Terminal id.
    pub terminal_id: String,
    /// Trace number of this transaction.
    pub trace_number: String,
    /// What is asked.
    pub kind: TerminalKind,
    /// How much; what it means depends on the kind.
    pub money: Money,
    /// Test card by name; needed where a card is read.
    pub card: Option<String>,
    /// Trace number and approval code of the transaction that this one is about.
    pub original: Option<(String, String)>,
    /// Whether a reusable card token is wanted.
    pub want_token: bool,
}

/// What a terminal asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalKind {
    /// Take the amount now.
    Sale,
    /// Hold the amount.
    Authorize,
    /// Take the amount of what the original holds, release the rest.
    Capture,
    /// Release the amount of what the original holds, take the rest.
    Reduce,
    /// Release all that the original holds.
    Void,
    /// Undo the original, whatever it was.
    Reverse,
    /// Pay the amount to the card.
    Refund,
}

impl TerminalKind {
    const ALL: [Self; 7] = [
        Self::Sale,
        Self::Authorize,
        Self::Capture,
        Self::Reduce,
        Self::Void,
        Self::Reverse,
        Self::Refund,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Authorize => "authorize",
            Self::Capture => "capture",
            Self::Reduce => "reduce",
            Self::Void => "void",
            Self::Reverse => "reverse",
            Self::Refund => "refund",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it needs a card.
    #[must_use]
    pub const fn reads_card(self) -> bool {
        match self {
            Self::Sale | Self::Authorize | Self::Refund => true,
            Self::Capture | Self::Reduce | Self::Void | Self::Reverse => false,
        }
    }
}

/// How the receipt of a terminal names a transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TerminalReference {
    /// Terminal id.
    pub terminal_id: String,
    /// Trace number.
    pub trace_number: String,
    /// Approval code.
    pub authorization_code: String,
}

impl TerminalReference {
    /// Reads `pt:{terminal_id}:{trace_number}:{authorization_code}`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("pt:")?.splitn(3, ':');
        Some(Self {
            terminal_id: parts.next()?.to_owned(),
            trace_number: parts.next()?.to_owned(),
            authorization_code: parts.next()?.to_owned(),
        })
    }
}

/// What one terminal transaction did, so that it can be found by its receipt and undone.
#[derive(Clone, Debug, Default)]
pub(super) struct Booking {
    pub(super) authorization: Option<u64>,
    pub(super) capture: Option<u64>,
    credit: Option<u64>,
    held: u64,
    captured: u64,
    released: u64,
    is_reversed: bool,
}

impl Bank {
    pub(super) fn at_terminal(
        &mut self,
        key: &str,
        asked: &TerminalTransaction,
        now: u64,
    ) -> Result<Answer, Decline> {
        match asked.kind {
            TerminalKind::Sale | TerminalKind::Authorize => self.pay_at_terminal(key, asked, now),
            TerminalKind::Capture => self.settle_at_terminal(key, asked, Taken::Asked),
            TerminalKind::Reduce => self.settle_at_terminal(key, asked, Taken::AllButAsked),
            TerminalKind::Void => self.settle_at_terminal(key, asked, Taken::Nothing),
            TerminalKind::Reverse => self.reverse_at_terminal(key, asked),
            TerminalKind::Refund => self.credit_at_terminal(key, asked),
        }
    }

    fn pay_at_terminal(
        &mut self,
        key: &str,
        asked: &TerminalTransaction,
        now: u64,
    ) -> Result<Answer, Decline> {
        let card = asked.card.as_deref().and_then(wallet::card);
        let card = card.ok_or(Decline::CardUnknown)?;
        self.check_card(card, asked.money)?;
        // Everything is checked.
        let number = self.open_authorization(Opening {
            merchant: &asked.merchant,
            card,
            money: asked.money,
            reference: None,
            origin: Origin::Terminal,
            now,
        });
        let amount = asked.money.minor;
        self.post(number, MovementKind::Authorize, amount, key);
        let is_sale = asked.kind == TerminalKind::Sale;
        let capture = is_sale.then(|| self.post_capture(number, amount, key));
        let booking = Booking {
            authorization: Some(number),
            capture,
            held: amount,
            captured: if is_sale { amount } else { 0 },
            ..Booking::default()
        };
        let token = (asked.want_token && card.gives_token).then(|| {
            let token = wallet::token(&asked.merchant, card);
            let owner = (asked.merchant.clone(), card.name);
            self.issued_tokens.insert(token.clone(), owner);
            token
        });
        let mut answer = self.book(asked, number, booking);
        answer.expires_at = (!is_sale).then(|| now.saturating_add(self.options.hold_seconds));
        answer.token = token;
        Ok(answer)
    }

    /// Ends a reservation: takes a part of what it holds and releases the rest.
    fn settle_at_terminal(
        &mut self,
        key: &str,
        asked: &TerminalTransaction,
        taken: Taken,
    ) -> Result<Answer, Decline> {
        let original = asked.original_reference();
        let one = original
            .and_then(|original| self.bookings.get(&original)?.authorization)
            .and_then(|number| self.authorizations.get(&number))
            .ok_or(Decline::AuthorizationUnknown)?;
        check_owner(one, &asked.merchant, asked.money)?;
        check_phase(one)?;
        let (number, open) = (one.number, one.open());
        let rest = open.checked_sub(asked.money.minor);
        let (captured, released) = match (taken, rest) {
            (Taken::Nothing, _) => (0, open),
            (Taken::Asked, Some(rest)) => (asked.money.minor, rest),
            (Taken::AllButAsked, Some(rest)) => (rest, asked.money.minor),
            (Taken::Asked | Taken::AllButAsked, None) => return Err(Decline::ExceedsOpenAmount),
        };
        if open == 0 {
            return Err(Decline::ExceedsOpenAmount);
        }
        // Everything is checked.
        let capture = (captured > 0).then(|| self.post_capture(number, captured, key));
        if released > 0 {
            self.post(number, MovementKind::Void, released, key);
        }
        let booking = Booking {
            authorization: Some(number),
            capture,
            captured,
            released,
            ..Booking::default()
        };
        let mut answer = self.book(asked, number, booking);
        if taken == Taken::Nothing {
            answer.money.minor = released;
        }
        Ok(answer)
    }

    fn reverse_at_terminal(
        &mut self,
        key: &str,
        asked: &TerminalTransaction,
    ) -> Result<Answer, Decline> {
        let original = asked.original_reference();
        let original = original.ok_or(Decline::TransactionUnknown)?;
        let booking = self.bookings.get(&original);
        let booking = booking.ok_or(Decline::TransactionUnknown)?.clone();
        if booking.is_reversed {
            return Err(Decline::AlreadyReversed);
        }
        self.check_undoable(&booking, &asked.merchant, asked.money)?;
        // Everything is checked.
        if let Some(booking) = self.bookings.get_mut(&original) {
            booking.is_reversed = true;
        }
        self.undo(&booking, key);
        let number = booking.authorization.or(booking.credit).unwrap_or(0);
        let mut answer = Answer::approved(authorization_id(number), asked.money);
        answer.authorization_code = Some(original.authorization_code);
        Ok(answer)
    }

    fn check_undoable(
        &self,
        booking: &Booking,
        merchant: &str,
        money: Money,
    ) -> Result<(), Decline> {
        let Some(number) = booking.authorization else {
            return Ok(());
        };
        let one = self.authorizations.get(&number);
        let one = one.ok_or(Decline::TransactionUnknown)?;
        check_owner(one, merchant, money)?;
        let capture = booking
            .capture
            .and_then(|number| self.captures.get(&number));
        if capture.is_some_and(|capture| capture.refunded_minor > 0) {
            return Err(Decline::ExceedsCapturedAmount);
        }
        // A hold can only be undone whole; part of it may have been taken since.
        let still_held = booking.held.saturating_sub(booking.captured);
        if still_held > one.open() {
            return Err(Decline::ExceedsOpenAmount);
        }
        Ok(())
    }

    fn undo(&mut self, booking: &Booking, key: &str) {
        if let Some(credit) = booking.credit.and_then(|at| self.credits.get_mut(&at)) {
            credit.is_reversed = true;
        }
        let Some(number) = booking.authorization else {
            return;
        };
        if let Some(capture) = booking.capture.and_then(|at| self.captures.get_mut(&at)) {
            capture.is_reversed = true;
            let amount = capture.amount_minor;
            self.post(number, MovementKind::ReverseCapture, amount, key);
        }
        if booking.released > 0 {
            self.post(number, MovementKind::ReverseVoid, booking.released, key);
        }
        if booking.held > 0 {
            self.post(number, MovementKind::Void, booking.held, key);
        }
        self.keep_expired(number);
    }

    fn credit_at_terminal(
        &mut self,
        key: &str,
        asked: &TerminalTransaction,
    ) -> Result<Answer, Decline> {
        let card = asked.card.as_deref().and_then(wallet::card);
        let card = card.ok_or(Decline::CardUnknown)?;
        let forbidden = card.host_decline.or_else(|| {
            let by_amount = wallet::outcome_by_amount(asked.money.minor);
            by_amount.filter(|_| self.options.outcomes_by_amount)
        });
        if let Some(decline) = forbidden {
            return Err(decline);
        }
        // Everything is checked.
        let number = next_number(&self.credits);
        let credit = Credit {
            number,
            merchant: asked.merchant.clone(),
            card: card.name,
            money: asked.money,
            key: key.to_owned(),
            is_reversed: false,
        };
        let mut answer = Answer::approved(credit.id(), asked.money);
        self.credits.insert(number, credit);
        let code = format!("R{number:07}");
        let booking = Booking {
            credit: Some(number),
            ..Booking::default()
        };
        self.bookings.insert(asked.reference(code.clone()), booking);
        answer.authorization_code = Some(code);
        Ok(answer)
    }

    fn book(&mut self, asked: &TerminalTransaction, number: u64, booking: Booking) -> Answer {
        let one = self.authorizations.get(&number);
        let code = one.map(|one| one.authorization_code.clone());
        let code = code.unwrap_or_default();
        self.bookings.insert(asked.reference(code.clone()), booking);
        Answer {
            authorization_code: Some(code),
            ..Answer::approved(authorization_id(number), asked.money)
        }
    }
}

impl TerminalTransaction {
    fn reference(&self, authorization_code: String) -> TerminalReference {
        TerminalReference {
            terminal_id: self.terminal_id.clone(),
            trace_number: self.trace_number.clone(),
            authorization_code,
        }
    }

    fn original_reference(&self) -> Option<TerminalReference> {
        let (trace_number, authorization_code) = self.original.clone()?;
        Some(TerminalReference {
            terminal_id: self.terminal_id.clone(),
            trace_number,
            authorization_code,
        })
    }
}

/// What of a reservation is taken when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Asked,
    AllButAsked,
    Nothing,
}
