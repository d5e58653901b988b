//! What is configured here and what it can do. Flows choose by capability, never by name.

use std::collections::{BTreeMap, BTreeSet};

use firmware_protocols::time::Duration;
use firmware_protocols::vocabulary::Currency;

use super::id::{ClientName, MerchantAccountId, PoolId, TerminalId, Timestamp};

/// The terminals and merchant accounts of this station.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Terminals by id.
    pub terminals: BTreeMap<TerminalId, TerminalProfile>,
    /// Merchant accounts by id.
    pub accounts: BTreeMap<MerchantAccountId, ProcessorCapabilities>,
    /// Card type ids of the surrounding system that are taken here; all when absent.
    pub card_types: Option<BTreeSet<String>>,
    /// Tender type ids of the surrounding system that are taken here; all when absent.
    pub tender_types: Option<BTreeSet<String>>,
    /// Store ids of the surrounding system that lines may be fetched at; all when absent.
    pub stores: Option<BTreeSet<String>>,
    /// What may be promised while a processor cannot be reached.
    pub offline: Offline,
}

/// What may be promised while a processor cannot be reached, and how it is kept.
#[derive(Clone, Debug)]
pub struct Offline {
    /// By currency; nothing is queued in a currency that is not there.
    pub limits: BTreeMap<Currency, OfflineLimit>,
    /// How long after the first try in vain the next one follows; then twice as long each time.
    pub retry_first: Duration,
    /// How long a capture is retried, from when it was queued.
    pub retry_for: Duration,
}

impl Offline {
    /// How long to wait after so many delays: twice as long each time, up to sixty times as long.
    #[must_use]
    pub fn delay(&self, before: u32) -> Duration {
        let factor = 1_u32.checked_shl(before).unwrap_or(LONGEST_DELAY);
        self.retry_first
            .saturating_mul(factor.clamp(1, LONGEST_DELAY))
    }

    /// How long it is until a retry is due; `None` when it is. A time that is farther away than the
    /// longest delay was noted before the calendar was put back: it is due.
    #[must_use]
    pub fn wait(&self, until: Timestamp, now: Timestamp) -> Option<Duration> {
        let left = until.since(now);
        (!left.is_zero() && left <= self.delay(u32::MAX)).then_some(left)
    }
}

/// The delay between two tries is never longer than so many times the first one.
const LONGEST_DELAY: u32 = 60;

impl Default for Offline {
    fn default() -> Self {
        Self {
            limits: BTreeMap::new(),
            retry_first: Duration::from_secs(60),
            retry_for: Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

/// How much may be queued in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineLimit {
    /// Minor units of one capture.
    pub capture: u64,
    /// Minor units of all that this station has queued at a time.
    pub total: u64,
    /// How old an authorization may be; one of unknown age is too old. Any age when absent.
    pub authorization_age: Option<Duration>,
}

/// A configured terminal.
#[derive(Clone, Debug)]
pub struct TerminalProfile {
    /// The currency it takes.
    pub currency: Currency,
    /// The merchant account that its acquirer books on, if a processor here can follow up.
    pub account: Option<MerchantAccountId>,
    /// What it can do.
    pub capabilities: TerminalCapabilities,
    /// The only app that it works for; any when absent.
    pub app: Option<ClientName>,
    /// The pools that it belongs to.
    pub pools: BTreeSet<PoolId>,
}

/// What a terminal protocol can do.
#[derive(Clone, Copy, Debug)]
pub struct TerminalCapabilities {
    /// Hold money without taking it.
    pub pre_authorization: bool,
    /// Give a reusable card token.
    pub card_token: bool,
    /// Take less than what is held; the terminal itself can do so once per reservation.
    pub partial_capture: bool,
    /// Tell the last transaction, so that a lost answer can be found again.
    pub last_transaction: bool,
}

/// What a connector can do.
#[derive(Clone, Copy, Debug)]
pub struct ProcessorCapabilities {
    /// How often one authorization can be captured in part.
    pub partial_capture: PartialCapture,
    /// Authorize without the card, by card token.
    pub card_token_authorization: bool,
    /// Capture, void and refund what a terminal of this account has authorized.
    pub follows_up_terminals: bool,
}

/// How often one authorization can be captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialCapture {
    /// Only whole.
    None,
    /// Once, the rest is released.
    Once,
    /// As often as money is left.
    Many,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_that_a_calendar_put_back_has_moved_away_is_due() {
        let offline = Offline::default();
        let longest = offline.delay(u32::MAX);
        let now = Timestamp(1_000);
        let wait = |until| offline.wait(until, now);
        assert_eq!(wait(Timestamp(1_000)), None);
        assert_eq!(wait(Timestamp(999)), None);
        assert_eq!(wait(Timestamp(1_001)), Some(Duration::from_millis(1)));
        assert_eq!(wait(now.after(longest)), Some(longest));
        assert_eq!(wait(now.after(longest * 48)), None);
    }
}
