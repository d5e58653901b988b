//! Where a terminal is in its work: what it waits for, and what it does then.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::EntryMode;
use firmware_protocols::zvt::message::ReadCard;

use super::Message;
use super::front::Wanted;
use crate::bank::TerminalKind;
use crate::terminal::HostRequest;
use crate::wallet::Card;

/// What the terminal waits for.
#[derive(Debug)]
pub(super) enum Phase {
    /// A command.
    Idle,
    /// A card.
    Card {
        job: Job,
        presented_at: Option<Instant>,
        until: Instant,
    },
    /// A card that is only read.
    Reading {
        asked: ReadCard,
        presented_at: Option<Instant>,
        until: Option<Instant>,
    },
    /// A key or digits, by the till's order.
    Input {
        wanted: Wanted,
        entered_at: Option<Instant>,
        until: Option<Instant>,
    },
    /// The PIN.
    Pin {
        job: Job,
        /// When the cardholder has entered it; nobody does so by himself without.
        entered_at: Option<Instant>,
        until: Instant,
        tries_left: u8,
    },
    /// Its own slowness.
    Thinking { job: Job, until: Instant },
    /// The host's answer.
    Host {
        job: Job,
        request: HostRequest,
        /// The line has died meanwhile.
        is_abandoned: bool,
    },
    /// The host's answer to a reversal.
    Undoing {
        receipt: u16,
        request: HostRequest,
        then: Then,
    },
    /// The moment at which a late result is told.
    Late { until: Instant },
    /// The moment at which a result is sent again that the till was not ready for.
    Again { message: Message, until: Instant },
    /// The till's acknowledgements of what is in the outbox.
    Telling,
    /// The power.
    Off { until: Instant },
}

impl Phase {
    /// When it is over, or what it waits for happens of itself.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Card {
                presented_at: at,
                until,
                ..
            }
            | Self::Pin {
                entered_at: at,
                until,
                ..
            } => Some(at.map_or(*until, |at| at.min(*until))),
            Self::Reading {
                presented_at: at,
                until,
                ..
            }
            | Self::Input {
                entered_at: at,
                until,
                ..
            } => [*at, *until].into_iter().flatten().min(),
            Self::Thinking { until, .. }
            | Self::Late { until }
            | Self::Again { until, .. }
            | Self::Off { until } => Some(*until),
            Self::Idle | Self::Host { .. } | Self::Undoing { .. } | Self::Telling => None,
        }
    }
}

/// What follows a reversal.
#[derive(Debug)]
pub(super) enum Then {
    /// The command that noticed the need for it.
    Begin(Job),
    /// The end of day that noticed the need for it.
    Submit,
    /// The till hears that nothing was paid.
    Announce,
    /// Nothing.
    Rest,
}

/// What the running command is to do.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) kind: TerminalKind,
    pub(super) money: Money,
    pub(super) want_token: bool,
    /// A tip may be added later.
    pub(super) takes_tip: bool,
    /// Receipt number of the transaction that it is about.
    pub(super) original: Option<u16>,
    /// The till knows transaction sync.
    pub(super) in_sync: bool,
    pub(super) card: Option<&'static Card>,
    pub(super) entry_mode: Option<EntryMode>,
}
