//! Test cards by name, and outcomes by amount.
//!
//! A card is what a technician holds against the simulated reader. Its number is one of the
//! well-known test numbers of the card schemes; it stays inside the simulator and does not print.

use std::fmt;

/// Every card there is.
pub const WALLET: [Card; 12] = [
    APPROVING,
    Card::new("mc-approve", Brand::Mastercard, "5555555555554444"),
    Card::new("decline", Brand::Visa, "4012888888881881").at_host(Decline::IssuerDeclined),
    Card::new("insufficient-funds", Brand::Visa, "4000000000009995")
        .at_host(Decline::InsufficientFunds),
    Card::new("expired", Brand::Mastercard, "5105105105105100").at_host(Decline::ExpiredCard),
    Card::new("no-token", Brand::Amex, "378282246310005").without_token(),
    Card::new("pin", Brand::Mastercard, "5454545454545454").asking_pin(Pin::Right),
    Card::new("pin-wrong", Brand::Mastercard, "5200828282828210").asking_pin(Pin::Wrong),
    Card::new("slow", Brand::Visa, "4242424242424242").slow(),
    Card::new("low-limit", Brand::Visa, "4000056655665556").limited(30_000),
    Card::new("lost-token", Brand::Visa, "4000000000000341").declining_token(),
    Card::new("unreadable", Brand::Unknown, "0000000000000000").unreadable(),
];

/// The card that is used where none is named.
static DEFAULT: Card = APPROVING;

const APPROVING: Card = Card::new("visa-approve", Brand::Visa, "4111111111111111");

/// What every card without a limit of its own may hold and pay in all, in minor units.
pub const DEFAULT_LIMIT_MINOR: u64 = 1_000_000_000_000;

/// The PIN of every card of the wallet.
pub const PIN: &[u8] = b"1234";

/// The card that is used where none is named: `visa-approve`.
#[must_use]
pub fn default_card() -> &'static Card {
    &DEFAULT
}

/// The card of this name.
#[must_use]
pub fn card(name: &str) -> Option<&'static Card> {
    WALLET.iter().find(|card| card.name == name)
}

/// All names, for messages that say what could have been given instead.
#[must_use]
pub fn names() -> String {
    WALLET.map(|card| card.name).join(", ")
}

/// The reusable token of `card` at `merchant`: always the same, another one for each merchant.
///
/// It is lower-case hex, because terminals hand tokens over as bytes and that is how the station
/// writes them down.
#[must_use]
pub fn token(merchant: &str, card: &Card) -> String {
    let text = format!("{merchant}\n{}", card.name);
    format!("{:016x}{:016x}", fnv1a(0, &text), fnv1a(1, &text))
}

/// What an amount provokes, by its last two digits; `None` is an ordinary amount.
#[must_use]
pub fn outcome_by_amount(amount_minor: u64) -> Option<Decline> {
    match amount_minor.checked_rem(100)? {
        5 => Some(Decline::IssuerDeclined),
        13 => Some(Decline::AmountNotAllowed),
        43 => Some(Decline::CardBlocked),
        51 => Some(Decline::InsufficientFunds),
        54 => Some(Decline::ExpiredCard),
        55 => Some(Decline::WrongPin),
        75 => Some(Decline::PinTriesExceeded),
        91 => Some(Decline::HostUnreachable),
        _ => None,
    }
}

/// Whether an amount makes the processor hold an authorization for review by hand (…02, which
/// hosts know as "refer to issuer").
#[must_use]
pub fn is_for_review(amount_minor: u64) -> bool {
    amount_minor.checked_rem(100) == Some(2)
}

/// One test card.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// How people and tests call it.
    pub name: &'static str,
    /// Scheme.
    pub brand: Brand,
    /// What the host says to everything; `None` approves.
    pub host_decline: Option<Decline>,
    /// Whether it asks for a PIN, and which one the cardholder enters.
    pub pin: Option<Pin>,
    /// Whether a merchant gets a reusable token for it.
    pub gives_token: bool,
    /// Whether its token works later, without the card.
    pub token_works: bool,
    /// Whether the host takes long.
    pub is_slow: bool,
    /// Whether the reader can read it.
    pub is_readable: bool,
    /// What it may hold and pay in all, in minor units of each currency.
    pub limit_minor: u64,
    pan: &'static str,
}

impl Card {
    const fn new(name: &'static str, brand: Brand, pan: &'static str) -> Self {
        Self {
            name,
            brand,
            host_decline: None,
            pin: None,
            gives_token: true,
            token_works: true,
            is_slow: false,
            is_readable: true,
            limit_minor: DEFAULT_LIMIT_MINOR,
            pan,
        }
    }

    /// The full number, for the one place that writes a terminal's answer.
    #[must_use]
    pub const fn expose_pan(&self) -> &'static str {
        self.pan
    }

    const fn at_host(mut self, decline: Decline) -> Self {
        self.host_decline = Some(decline);
        self
    }

    const fn without_token(mut self) -> Self {
        self.gives_token = false;
        self
    }

    const fn declining_token(mut self) -> Self {
        self.token_works = false;
        self
    }

    const fn asking_pin(mut self, pin: Pin) -> Self {
        self.pin = Some(pin);
        if let Pin::Wrong = pin {
            self.host_decline = Some(Decline::WrongPin);
        }
        self
    }

    const fn slow(mut self) -> Self {
        self.is_slow = true;
        self
    }

    const fn unreadable(mut self) -> Self {
        self.is_readable = false;
        self
    }

    const fn limited(mut self, limit_minor: u64) -> Self {
        self.limit_minor = limit_minor;
        self
    }
}

/// Everything but the number.
impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({})", self.name)
    }
}

/// Which PIN the cardholder enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The right one.
    Right,
    /// A wrong one.
    Wrong,
}

/// Card scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brand {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// American Express.
    Amex,
    /// None that a terminal knows.
    Unknown,
}

impl Brand {
    /// As printed by a terminal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visa => "VISA",
            Self::Mastercard => "Mastercard",
            Self::Amex => "American Express",
            Self::Unknown => "Unknown",
        }
    }
}

/// Why the bank says no, in the words of the HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decline {
    /// The issuer gives no reason (host code 05).
    IssuerDeclined,
    /// Amount not allowed (host code 13).
    AmountNotAllowed,
    /// Blocked, lost or stolen (host code 43).
    CardBlocked,
    /// Not enough money or credit (host code 51).
    InsufficientFunds,
    /// Card expired (host code 54).
    ExpiredCard,
    /// Wrong PIN (host code 55).
    WrongPin,
    /// Too many wrong PINs (host code 75).
    PinTriesExceeded,
    /// Issuer cannot be reached (host code 91).
    HostUnreachable,
    /// No card of this name.
    CardUnknown,
    /// No such token.
    TokenUnknown,
    /// The token is known, but the issuer takes the card only when it is there.
    CardNotPresent,
    /// The token, authorization or capture belongs to another merchant.
    MerchantMismatch,
    /// Another currency than the original.
    CurrencyMismatch,
    /// No such authorization.
    AuthorizationUnknown,
    /// Its time is over; the money is no longer held.
    AuthorizationExpired,
    /// It is still under review.
    AuthorizationOnHold,
    /// More than the authorization still holds.
    ExceedsOpenAmount,
    /// No such capture.
    CaptureUnknown,
    /// More than was captured and not yet refunded.
    ExceedsCapturedAmount,
    /// This processor takes one capture for each authorization, and there was one.
    AlreadyCaptured,
    /// No such terminal transaction, or nothing in it to undo.
    TransactionUnknown,
    /// The terminal transaction was undone before.
    AlreadyReversed,
}

impl Decline {
    /// All there are.
    pub const ALL: [Self; 22] = [
        Self::IssuerDeclined,
        Self::AmountNotAllowed,
        Self::CardBlocked,
        Self::InsufficientFunds,
        Self::ExpiredCard,
        Self::WrongPin,
        Self::PinTriesExceeded,
        Self::HostUnreachable,
        Self::CardUnknown,
        Self::TokenUnknown,
        Self::CardNotPresent,
        Self::MerchantMismatch,
        Self::CurrencyMismatch,
        Self::AuthorizationUnknown,
        Self::AuthorizationExpired,
        Self::AuthorizationOnHold,
        Self::ExceedsOpenAmount,
        Self::CaptureUnknown,
        Self::ExceedsCapturedAmount,
        Self::AlreadyCaptured,
        Self::TransactionUnknown,
        Self::AlreadyReversed,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::IssuerDeclined => "issuer_declined",
            Self::AmountNotAllowed => "amount_not_allowed",
            Self::CardBlocked => "card_blocked",
            Self::InsufficientFunds => "insufficient_funds",
            Self::ExpiredCard => "expired_card",
            Self::WrongPin => "wrong_pin",
            Self::PinTriesExceeded => "pin_tries_exceeded",
            Self::HostUnreachable => "host_unreachable",
            Self::CardUnknown => "card_unknown",
            Self::TokenUnknown => "token_unknown",
            Self::CardNotPresent => "card_not_present_declined",
            Self::MerchantMismatch => "merchant_mismatch",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::AuthorizationUnknown => "authorization_unknown",
            Self::AuthorizationExpired => "authorization_expired",
            Self::AuthorizationOnHold => "authorization_on_hold",
            Self::ExceedsOpenAmount => "exceeds_open_amount",
            Self::CaptureUnknown => "capture_unknown",
            Self::ExceedsCapturedAmount => "exceeds_captured_amount",
            Self::AlreadyCaptured => "already_captured",
            Self::TransactionUnknown => "transaction_unknown",
            Self::AlreadyReversed => "already_reversed",
        }
    }

    /// The decline of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decline| decline.word() == word)
    }

    /// The two decimal digits a card host answers with, as terminals report them.
    #[must_use]
    pub const fn host_code(self) -> u8 {
        match self {
            Self::IssuerDeclined | Self::CardNotPresent => 5,
            Self::AmountNotAllowed => 13,
            Self::CardUnknown | Self::TokenUnknown => 14,
            Self::CardBlocked => 43,
            Self::InsufficientFunds => 51,
            Self::ExpiredCard => 54,
            Self::WrongPin => 55,
            Self::PinTriesExceeded => 75,
            Self::HostUnreachable => 91,
            Self::MerchantMismatch => 3,
            Self::CurrencyMismatch
            | Self::AuthorizationUnknown
            | Self::AuthorizationExpired
            | Self::AuthorizationOnHold
            | Self::ExceedsOpenAmount
            | Self::CaptureUnknown
            | Self::ExceedsCapturedAmount
            | Self::AlreadyCaptured
            | Self::TransactionUnknown
            | Self::AlreadyReversed => 12,
        }
    }
}

/// A small, stable spread of a text over 64 bits; tokens need no secrecy here, only difference.
fn fnv1a(seed: u8, text: &str) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in std::iter::once(seed).chain(text.bytes()) {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_has_its_own_name_number_and_tokens() {
        for (at, one) in WALLET.iter().enumerate() {
            assert_eq!(card(one.name), Some(one));
            for other in WALLET.iter().skip(at + 1) {
                assert_ne!(one.name, other.name);
                assert_ne!(one.pan, other.pan);
                assert_ne!(token("m", one), token("m", other));
            }
            assert_ne!(token("m", one), token("n", one));
            assert_eq!(token("m", one), token("m", one));
        }
        assert_eq!(card("nobody"), None);
    }

    #[test]
    fn numbers_are_test_numbers_with_a_right_check_digit() {
        for card in WALLET.iter().filter(|card| card.is_readable) {
            let sum: u32 = card
                .pan
                .chars()
                .rev()
                .filter_map(|c| c.to_digit(10))
                .enumerate()
                .map(|(at, digit)| match (at % 2, digit * 2) {
                    (0, _) => digit,
                    (_, twice) if twice > 9 => twice - 9,
                    (_, twice) => twice,
                })
                .sum();
            assert_eq!(sum % 10, 0, "{}", card.name);
        }
    }

    #[test]
    fn numbers_do_not_print() {
        for card in &WALLET {
            assert!(!format!("{card:?}").contains(card.pan));
        }
    }

    #[test]
    fn words_find_their_decline() {
        for decline in Decline::ALL {
            assert_eq!(Decline::from_word(decline.word()), Some(decline));
        }
        assert_eq!(Decline::from_word("because"), None);
    }

    #[test]
    fn amounts_provoke_outcomes() {
        for (amount, outcome) in [
            (80_000, None),
            (1_205, Some(Decline::IssuerDeclined)),
            (13, Some(Decline::AmountNotAllowed)),
            (1_251, Some(Decline::InsufficientFunds)),
            (1_254, Some(Decline::ExpiredCard)),
            (1_255, Some(Decline::WrongPin)),
        ] {
            assert_eq!(outcome_by_amount(amount), outcome, "{amount}");
        }
        assert!(is_for_review(1_002) && !is_for_review(1_020));
    }
}
