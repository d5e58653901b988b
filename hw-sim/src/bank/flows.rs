//! What merchants ask without the card: hold, take, release, hold more, give back.
//!
//! Each flow first checks everything, in the order that its declines are documented in, and then
//! does everything; past the marked line nothing can fail.

use firmware_protocols::vocabulary::Money;

use super::book::{authorization_id, capture_id, next_number};
use super::{Answer, Authorization, Bank, MovementKind, Origin, Phase, Status, TerminalReference};
use crate::wallet::{self, Card, Decline};

impl Bank {
    pub(super) fn authorize(
        &mut self,
        key: &str,
        merchant: &str,
        card_token: &str,
        money: Money,
        reference: Option<&str>,
        now: u64,
    ) -> Result<Answer, Decline> {
        let card = self.card_of_token(merchant, card_token)?;
        if !card.token_works {
            return Err(Decline::CardNotPresent);
        }
        self.check_card(card, money)?;
        // Everything is checked.
        let is_for_review = self.options.outcomes_by_amount && wallet::is_for_review(money.minor);
        let number = self.open_authorization(Opening {
            merchant,
            card,
            money,
            reference,
            origin: Origin::Processor,
            now,
        });
        if is_for_review {
            self.hold_for_review(number, money);
            let mut answer = Answer::approved(authorization_id(number), money);
            answer.status = Status::OnHold;
            return Ok(answer);
        }
        self.post(number, MovementKind::Authorize, money.minor, key);
        Ok(Answer {
            expires_at: self.authorizations.get(&number).map(|one| one.expires_at),
            ..Answer::approved(authorization_id(number), money)
        })
    }

    pub(super) fn capture(
        &mut self,
        key: &str,
        reference: &str,
        merchant: &str,
        money: Money,
    ) -> Result<Answer, Decline> {
        let one = self.usable_authorization(reference, merchant, money)?;
        if !self.options.several_captures && one.captured > 0 {
            return Err(Decline::AlreadyCaptured);
        }
        if money.minor > one.open() {
            return Err(Decline::ExceedsOpenAmount);
        }
        if self.options.whole_captures && money.minor < one.open() {
            return Err(Decline::AmountNotAllowed);
        }
        // Everything is checked.
        let (number, rest) = (one.number, one.open().saturating_sub(money.minor));
        let capture = self.post_capture(number, money.minor, key);
        if !self.options.several_captures && rest > 0 {
            self.post(number, MovementKind::Void, rest, key);
        }
        Ok(Answer::approved(capture_id(capture), money))
    }

    pub(super) fn void(
        &mut self,
        key: &str,
        reference: &str,
        merchant: &str,
        money: Money,
    ) -> Result<Answer, Decline> {
        let one = self.usable_authorization(reference, merchant, money)?;
        if money.minor > one.open() {
            return Err(Decline::ExceedsOpenAmount);
        }
        // Everything is checked.
        let number = one.number;
        self.post(number, MovementKind::Void, money.minor, key);
        Ok(Answer::approved(self.movement_id("vo"), money))
    }

    pub(super) fn increment(
        &mut self,
        key: &str,
        reference: &str,
        merchant: &str,
        money: Money,
    ) -> Result<Answer, Decline> {
        let one = self.usable_authorization(reference, merchant, money)?;
        let card = wallet::card(one.card).ok_or(Decline::CardUnknown)?;
        self.check_card(card, money)?;
        // Everything is checked.
        let (number, expires_at) = (one.number, one.expires_at);
        self.post(number, MovementKind::Increment, money.minor, key);
        Ok(Answer {
            expires_at: Some(expires_at),
            ..Answer::approved(self.movement_id("in"), money)
        })
    }

    pub(super) fn refund(
        &mut self,
        key: &str,
        reference: &str,
        merchant: &str,
        money: Money,
    ) -> Result<Answer, Decline> {
        let number = self
            .capture_number(reference)
            .ok_or(Decline::CaptureUnknown)?;
        let capture = self.captures.get_mut(&number);
        let capture = capture.ok_or(Decline::CaptureUnknown)?;
        let one = self.authorizations.get(&capture.authorization);
        let one = one.ok_or(Decline::CaptureUnknown)?;
        check_owner(one, merchant, money)?;
        if capture.is_reversed {
            return Err(Decline::AlreadyReversed);
        }
        let refunded = capture.refunded_minor.checked_add(money.minor);
        let refunded = refunded.ok_or(Decline::ExceedsCapturedAmount)?;
        if refunded > capture.amount_minor {
            return Err(Decline::ExceedsCapturedAmount);
        }
        // Everything is checked.
        capture.refunded_minor = refunded;
        let authorization = capture.authorization;
        self.post(authorization, MovementKind::Refund, money.minor, key);
        Ok(Answer::approved(self.movement_id("re"), money))
    }

    /// A person decides on an authorization that is on hold.
    ///
    /// # Errors
    ///
    /// The authorization is unknown, or not on hold ([`Decline::AuthorizationExpired`] stands for
    /// "decided before"), or the card's limit does not allow it any more.
    pub fn review(&mut self, reference: &str, is_approved: bool) -> Result<(), Decline> {
        let number = self.authorization_number(reference);
        let one = number.and_then(|number| self.authorizations.get(&number));
        let one = one.ok_or(Decline::AuthorizationUnknown)?;
        let Phase::OnHold(amount_minor) = one.phase else {
            return Err(Decline::AuthorizationExpired);
        };
        let card = wallet::card(one.card).ok_or(Decline::CardUnknown)?;
        let (number, money) = (one.number, Money::new(amount_minor, one.currency));
        if is_approved {
            self.check_card(card, money)?;
        }
        // Everything is checked.
        self.set_phase(
            number,
            if is_approved {
                Phase::Approved
            } else {
                Phase::Rejected
            },
        );
        if is_approved {
            self.post(number, MovementKind::Authorize, money.minor, "review");
        }
        Ok(())
    }

    /// Ends the time of an authorization at once; what it holds is released.
    ///
    /// # Errors
    ///
    /// [`Decline::AuthorizationUnknown`].
    pub fn expire(&mut self, reference: &str) -> Result<(), Decline> {
        let one = self.authorization(reference);
        let number = one.ok_or(Decline::AuthorizationUnknown)?.number;
        self.expire_number(number);
        Ok(())
    }

    /// The card behind a token; `card:NAME` is what a web shop that has the card itself would give.
    fn card_of_token(&self, merchant: &str, token: &str) -> Result<&'static Card, Decline> {
        if let Some(name) = token.strip_prefix("card:") {
            return wallet::card(name).ok_or(Decline::CardUnknown);
        }
        let own = wallet::WALLET
            .iter()
            .find(|card| card.gives_token && wallet::token(merchant, card) == token);
        match (own, self.issued_tokens.get(token)) {
            (Some(card), _) => Ok(card),
            (None, Some(_)) => Err(Decline::MerchantMismatch),
            (None, None) => Err(Decline::TokenUnknown),
        }
    }

    /// An authorization that can be captured, voided or raised by this merchant now.
    fn usable_authorization(
        &self,
        reference: &str,
        merchant: &str,
        money: Money,
    ) -> Result<&Authorization, Decline> {
        let one = self.authorization(reference);
        let one = one.ok_or(Decline::AuthorizationUnknown)?;
        check_owner(one, merchant, money)?;
        check_phase(one)?;
        Ok(one)
    }

    pub(super) fn open_authorization(&mut self, opening: Opening<'_>) -> u64 {
        let number = next_number(&self.authorizations);
        let expires_at = opening.now.saturating_add(self.options.hold_seconds);
        self.expiries.insert((expires_at, number), ());
        self.authorizations.insert(
            number,
            Authorization {
                number,
                reference: opening.reference.map(str::to_owned),
                merchant: opening.merchant.to_owned(),
                card: opening.card.name,
                origin: opening.origin,
                currency: opening.money.currency,
                phase: Phase::Approved,
                authorized: 0,
                captured: 0,
                voided: 0,
                expired: 0,
                refunded: 0,
                expires_at,
                authorization_code: format!("A{number:07}"),
                movements: Vec::new(),
            },
        );
        number
    }

    fn hold_for_review(&mut self, number: u64, money: Money) {
        self.set_phase(number, Phase::OnHold(money.minor));
    }

    fn set_phase(&mut self, number: u64, phase: Phase) {
        if let Some(one) = self.authorizations.get_mut(&number) {
            one.phase = phase;
        }
    }

    pub(super) fn expire_due(&mut self, now: u64) {
        while let Some((&(at, number), ())) = self.expiries.first_key_value()
            && at <= now
        {
            self.expiries.pop_first();
            self.expire_number(number);
        }
    }

    fn expire_number(&mut self, number: u64) {
        let Some(one) = self.authorizations.get_mut(&number) else {
            return;
        };
        if one.phase == Phase::Rejected {
            return;
        }
        one.phase = Phase::Expired;
        let open = one.open();
        if open > 0 {
            self.post(number, MovementKind::Expire, open, "expiry");
        }
    }

    /// Undoing something must not make an expired authorization hold money again.
    pub(super) fn keep_expired(&mut self, number: u64) {
        let one = self.authorizations.get(&number);
        if one.is_some_and(|one| one.phase == Phase::Expired) {
            self.expire_number(number);
        }
    }

    pub(super) fn authorization_number(&self, reference: &str) -> Option<u64> {
        if let Some(terminal) = TerminalReference::parse(reference) {
            return self.bookings.get(&terminal)?.authorization;
        }
        number_after("au_", reference)
    }

    fn capture_number(&self, reference: &str) -> Option<u64> {
        if let Some(terminal) = TerminalReference::parse(reference) {
            return self.bookings.get(&terminal)?.capture;
        }
        number_after("ca_", reference)
    }

    /// A name for the movement written last.
    fn movement_id(&self, prefix: &str) -> String {
        format!("{prefix}_{:06}", self.movements)
    }
}

/// What a new authorization starts with.
pub(super) struct Opening<'a> {
    pub(super) merchant: &'a str,
    pub(super) card: &'static Card,
    pub(super) money: Money,
    pub(super) reference: Option<&'a str>,
    pub(super) origin: Origin,
    pub(super) now: u64,
}

pub(super) fn check_owner(
    one: &Authorization,
    merchant: &str,
    money: Money,
) -> Result<(), Decline> {
    if one.merchant != merchant {
        return Err(Decline::MerchantMismatch);
    }
    if one.currency != money.currency {
        return Err(Decline::CurrencyMismatch);
    }
    Ok(())
}

pub(super) const fn check_phase(one: &Authorization) -> Result<(), Decline> {
    match one.phase {
        Phase::Approved => Ok(()),
        Phase::OnHold(_) => Err(Decline::AuthorizationOnHold),
        Phase::Rejected => Err(Decline::AuthorizationUnknown),
        Phase::Expired => Err(Decline::AuthorizationExpired),
    }
}

fn number_after(prefix: &str, id: &str) -> Option<u64> {
    let digits = id.strip_prefix(prefix)?;
    // Exactly one text names each authorization: `au_1` is not `au_000001`.
    let number = digits.parse().ok()?;
    (format!("{number:06}") == digits).then_some(number)
}
