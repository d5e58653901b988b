//! The turnover store: what the terminal has carried out and not yet submitted. It survives a
//! reboot.

use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::{CardToken, EntryMode};

use crate::bank::TerminalKind;
use crate::wallet::{Brand, Card};

/// One transaction that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What was done.
    pub kind: TerminalKind,
    /// The amount as asked for.
    pub money: Money,
    /// What was taken from (or, for a refund, paid to) the card, in minor units.
    pub moved_minor: u64,
    /// What a reservation still holds, in minor units; `None` for everything else.
    pub reserved_minor: Option<u64>,
    /// Receipt number.
    pub receipt: u16,
    /// Trace number.
    pub trace: u32,
    /// Trace number of the transaction that this one is about.
    pub original_trace: Option<u32>,
    /// The issuer's approval code.
    pub authorization_code: String,
    /// The card.
    pub card: Option<&'static Card>,
    /// How it was read, where it was there.
    pub entry_mode: Option<EntryMode>,
    /// Reusable card token, in hex.
    pub token: Option<CardToken>,
    /// A tip may still be added.
    pub takes_tip: bool,
    /// When, in seconds since 1970.
    pub at: u64,
    /// The till has the result for certain, or the terminal is not to reverse it by itself.
    pub is_final: bool,
    /// It was undone.
    pub is_reversed: bool,
    /// It was undone by the terminal itself, so that it was never there.
    pub is_forgotten: bool,
    /// It was submitted by an end of day.
    pub is_submitted: bool,
}

impl Record {
    /// Whether an end of day counts it.
    fn counts(&self) -> bool {
        let is_counted = matches!(
            self.kind,
            TerminalKind::Sale
                | TerminalKind::Capture
                | TerminalKind::Reduce
                | TerminalKind::Refund
        );
        is_counted && !self.is_reversed && !self.is_forgotten && !self.is_submitted
    }
}

/// The store, and the numbers that go on receipts.
#[derive(Debug, Default)]
pub struct Store {
    records: Vec<Record>,
    last_receipt: u16,
    last_trace: u32,
    batches_closed: u64,
}

impl Store {
    /// A store that gives out these numbers last.
    #[must_use]
    pub const fn starting_after(last_receipt: u16, last_trace: u32) -> Self {
        Self {
            records: Vec::new(),
            last_receipt,
            last_trace,
            batches_closed: 0,
        }
    }

    /// Everything in it, oldest first.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// A trace number that was not used yet; 999999 is followed by 000001.
    pub fn next_trace(&mut self) -> u32 {
        self.last_trace = match self.last_trace {
            0..=999_998 => self.last_trace.saturating_add(1),
            _ => 1,
        };
        self.last_trace
    }

    /// Adds a record under the next receipt number, and tells that number.
    pub fn add(&mut self, mut record: Record) -> u16 {
        self.last_receipt = following(self.last_receipt);
        record.receipt = self.last_receipt;
        self.records.push(record);
        self.last_receipt
    }

    /// The last transaction of any kind that was not taken back by the terminal itself.
    #[must_use]
    pub fn last(&self) -> Option<&Record> {
        self.records.iter().rev().find(|one| !one.is_forgotten)
    }

    /// The newest record of this receipt number.
    #[must_use]
    pub fn find(&self, receipt: u16) -> Option<&Record> {
        let mut newest_first = self.records.iter().rev();
        newest_first.find(|one| one.receipt == receipt && !one.is_forgotten)
    }

    /// The newest record of this receipt number, to change it.
    pub fn find_mut(&mut self, receipt: u16) -> Option<&mut Record> {
        let mut newest_first = self.records.iter_mut().rev();
        newest_first.find(|one| one.receipt == receipt && !one.is_forgotten)
    }

    /// The newest record of this trace number and approval code.
    #[must_use]
    pub fn find_trace(&self, trace: u32, authorization_code: &str) -> Option<&Record> {
        self.records.iter().rev().find(|one| {
            one.trace == trace && one.authorization_code == authorization_code && !one.is_forgotten
        })
    }

    /// The record that a till without transaction sync has not acknowledged, if any.
    #[must_use]
    pub fn unfinished(&self) -> Option<&Record> {
        self.records
            .iter()
            .rev()
            .find(|one| !one.is_final && !one.is_forgotten)
    }

    /// The terminal takes a transaction back by itself. With `reuse_number` the next transaction
    /// gets its receipt number.
    pub fn forget(&mut self, receipt: u16, reuse_number: bool) {
        let last = self.last_receipt;
        let Some(record) = self.find_mut(receipt) else {
            return;
        };
        record.is_reversed = true;
        record.is_forgotten = true;
        record.is_final = true;
        let (original, held) = (record.original_trace, record.reserved_minor);
        let code = record.authorization_code.clone();
        // What it did to its reservation is undone with it.
        if let (Some(original), None) = (original, held) {
            self.reopen(original, &code);
        }
        if reuse_number && receipt == last {
            self.last_receipt = preceding(last);
        }
    }

    /// Receipt numbers of reservations that still hold something.
    pub fn open_reservations(&self) -> impl Iterator<Item = u16> {
        self.records
            .iter()
            .filter(|one| one.reserved_minor.is_some_and(|held| held > 0) && !one.is_reversed)
            .map(|one| one.receipt)
    }

    /// What an end of day submits.
    #[must_use]
    pub fn totals(&self) -> BatchTotals {
        self.totals_without(None)
    }

    /// The last transaction that counts in it.
    #[must_use]
    pub fn last_counted(&self) -> Option<u16> {
        let mut counted = self.records.iter().filter(|one| one.counts());
        counted.next_back().map(|one| one.receipt)
    }

    /// The same as if a transaction had never been.
    #[must_use]
    pub fn totals_without(&self, left_out: Option<u16>) -> BatchTotals {
        let mut totals = BatchTotals::default();
        let mut given_back = [0_u64; 7];
        let open = self.records.iter().filter(|one| !one.is_submitted);
        for one in open.filter(|one| !one.is_forgotten) {
            totals.first_receipt = totals.first_receipt.or(Some(one.receipt));
            totals.last_receipt = Some(one.receipt);
            let group = one.card.map_or(6, |card| card_group(card.brand));
            let sums = totals.groups.get_mut(group).zip(given_back.get_mut(group));
            if let (true, Some((sum, given))) =
                (one.counts() && Some(one.receipt) != left_out, sums)
            {
                sum.0 = sum.0.saturating_add(1);
                if one.kind == TerminalKind::Refund {
                    *given = given.saturating_add(one.moved_minor);
                } else {
                    sum.1 = sum.1.saturating_add(one.moved_minor);
                }
            }
        }
        for (sum, given) in totals.groups.iter_mut().zip(given_back) {
            sum.1 = sum.1.saturating_sub(given);
        }
        totals
    }

    /// How many ends of day there were.
    #[must_use]
    pub const fn batches_closed(&self) -> u64 {
        self.batches_closed
    }

    /// Submits everything. Reservations stay, and so does the last transaction, for repeats of its
    /// receipt; nothing of it can be reversed any more.
    pub fn submit(&mut self) {
        self.batches_closed = self.batches_closed.saturating_add(1);
        let last = self.last().map(|one| one.receipt);
        self.records.retain(|one| {
            let is_last = Some(one.receipt) == last && !one.is_forgotten;
            let holds = one.reserved_minor.is_some_and(|held| held > 0) && !one.is_reversed;
            is_last || holds
        });
        for one in &mut self.records {
            one.is_submitted = true;
        }
    }

    /// A reservation holds again what it held.
    pub(super) fn reopen(&mut self, trace: u32, authorization_code: &str) {
        let reservation = self.records.iter_mut().rev().find(|one| {
            one.trace == trace
                && one.authorization_code == authorization_code
                && one.kind == TerminalKind::Authorize
        });
        if let Some(one) = reservation {
            one.reserved_minor = Some(one.money.minor);
        }
    }
}

/// Sums of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchTotals {
    /// First receipt number in it.
    pub first_receipt: Option<u16>,
    /// Last receipt number in it.
    pub last_receipt: Option<u16>,
    /// Count and sum by card group, in the order of BMP 60.
    pub groups: [(u64, u64); 7],
}

impl BatchTotals {
    /// All groups together, in minor units.
    #[must_use]
    pub fn total_minor(&self) -> u64 {
        let sums = self.groups.iter().map(|(_, sum)| *sum);
        sums.fold(0, u64::saturating_add)
    }
}

/// The receipt number after this one; 9999 is followed by 0001.
#[must_use]
pub(super) const fn following(receipt: u16) -> u16 {
    match receipt {
        0..=9998 => receipt.saturating_add(1),
        _ => 1,
    }
}

const fn preceding(receipt: u16) -> u16 {
    match receipt {
        0 | 1 => 9999,
        _ => receipt.saturating_sub(1),
    }
}

const fn card_group(brand: Brand) -> usize {
    match brand {
        Brand::Mastercard => 2,
        Brand::Amex => 3,
        Brand::Visa => 4,
        Brand::Unknown => 6,
    }
}
