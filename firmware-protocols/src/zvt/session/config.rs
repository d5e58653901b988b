//! How to talk to one terminal.

use crate::time::Duration;
use crate::vocabulary::money::Currency;
use crate::zvt::line::{Framing, Timers};
use crate::zvt::message::{ConfigByte, Password};
use crate::zvt::text::Charset;

/// What differs from terminal to terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How units travel.
    pub framing: Framing,
    /// Password of the terminal.
    pub password: Password,
    /// Currency to register with.
    pub currency: Currency,
    /// T1 to T4.
    pub timers: Timers,
    /// Who prints and who controls; [`ConfigByte::FULL`] unless a terminal needs another.
    pub config_byte: ConfigByte,
    /// Whether to switch TLV on. It is switched off by itself for a terminal that refuses it.
    pub tlv: bool,
    /// 19 of payments: 40 lets the terminal decide.
    pub payment_type: u8,
    /// 1F15 of a payment that wants a card token: 80, with the algorithm in the low bits.
    pub card_reading: u8,
    /// Character set of texts that do not name one.
    pub charset: Charset,
    /// How long to wait before asking a busy terminal again.
    pub busy_pause: Duration,
    /// How often to ask a busy terminal.
    pub busy_tries: u32,
}

impl Config {
    /// What suits most terminals.
    #[must_use]
    pub fn new(framing: Framing, currency: Currency) -> Self {
        Self {
            framing,
            password: Password::ZERO,
            currency,
            timers: Timers::default(),
            config_byte: ConfigByte::FULL,
            tlv: true,
            payment_type: 0x40,
            card_reading: 0x80,
            charset: Charset::Cp437,
            busy_pause: Duration::from_secs(2),
            busy_tries: 150,
        }
    }
}
