//! Administration: totals, reprints, diagnosis, clock, terminal id, and the like.
//!
//! There is no service menu, no second language and no real serial speed here: what is asked is
//! answered as if it were done.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::terminal::ReceiptKind;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::message::{
    ChangeBaudRate, Completion, ConfigByte, Diagnosis, PrintTurnoverReceipts, SetDateTime,
    SetTerminalClock, SetTerminalId,
};
use firmware_protocols::zvt::result_code::NOT_POSSIBLE;

use super::payment::amount_text;
use super::store::Record;
use super::{Stage, Terminal};
use crate::calendar::Calendar;

impl Terminal {
    /// 06 10: as an end of day, but nothing is submitted.
    pub(super) fn on_turnover_totals(&mut self, now: Instant) {
        self.accept(now);
        let totals = self.told_totals();
        let unit = self.totals_result(&totals, now);
        self.tell(Stage::Information, unit);
        let total = Money::new(totals.total_minor(), self.config.currency);
        self.print_administration("TOTALS", &[format!("Total {}", amount_text(total))]);
        self.complete(Completion::default());
    }

    /// 06 12.
    pub(super) fn on_print_turnover(&mut self, asked: PrintTurnoverReceipts, now: Instant) {
        self.accept(now);
        let last = asked.to.unwrap_or(asked.from);
        let in_range = |record: &&Record| {
            let receipt = u64::from(record.receipt);
            let from = asked.from.number().is_some_and(|from| from <= receipt);
            from && last.number().is_some_and(|last| receipt <= last) && !record.is_forgotten
        };
        let found: Vec<Record> = self
            .store
            .records()
            .iter()
            .filter(in_range)
            .cloned()
            .collect();
        if found.is_empty() {
            // As with the last receipt: no code is specified for "nothing stored".
            self.tell_end(NOT_POSSIBLE);
            return;
        }
        for record in &found {
            self.print_payment(record);
        }
        self.complete(Completion::default());
    }

    /// 06 70.
    pub(super) fn on_diagnosis(&mut self, asked: Diagnosis, now: Instant) {
        self.accept(now);
        let at = Calendar::at(self.wall_clock(now));
        let clock = SetDateTime {
            date: Bcd::from_digits(&at.short_date()),
            time: Bcd::from_digits(&at.time()),
        };
        self.tell(Stage::Information, clock.encode());
        let kind = asked.kind.unwrap_or(EXTENDED);
        self.print_administration("DIAGNOSIS", &[format!("Kind {kind:02X}: all is well")]);
        self.complete(Completion::default());
    }

    /// 06 1A.
    pub(super) fn on_system_configuration(&mut self, now: Instant) {
        self.accept(now);
        let ConfigByte(config) = self.registered.config;
        let lines = [
            format!("Currency {}", self.config.currency.code()),
            format!("Configuration {config:02X}"),
            format!("Line {:?}", self.config.framing),
        ];
        self.print_administration("CONFIGURATION", &lines);
        self.complete(Completion::default());
    }

    /// 06 1B: only while nothing waits for an end of day.
    pub(super) fn on_set_terminal_id(&mut self, asked: SetTerminalId, now: Instant) {
        self.accept(now);
        if self.store.records().iter().any(|one| !one.is_submitted) {
            self.tell_end(END_OF_DAY_OPEN);
            return;
        }
        let none = Bcd::from_bytes([0; 4]);
        self.config.terminal_id = asked.terminal_id.unwrap_or(none).digits();
        self.complete(Completion::default());
    }

    /// 06 91.
    pub(super) fn on_set_clock(&mut self, asked: SetTerminalClock, now: Instant) {
        let date = asked.date.map(|date| date.digits());
        let time = asked.time.map(|time| time.digits());
        let told = date.zip(time);
        let Some(seconds) = told.and_then(|(date, time)| Calendar::read(&date, &time)) else {
            self.refuse(NOT_POSSIBLE, now);
            return;
        };
        let since = now.0.checked_div(1000).unwrap_or(0);
        self.config.started_at = seconds.saturating_sub(since);
        self.accept(now);
        self.complete(Completion::default());
    }

    /// 08 40: over TCP there is no speed.
    pub(super) fn on_baud_rate(&mut self, asked: ChangeBaudRate, now: Instant) {
        match (self.config.framing, asked.bits_per_second()) {
            (Framing::Tcp, _) => self.refuse(CANNOT, now),
            (Framing::Serial, None) => self.refuse(UNKNOWN_RATE, now),
            (Framing::Serial, Some(_)) => self.accept(now),
        }
    }

    /// What has nothing to do but to be done.
    pub(super) fn carry_out(&mut self, completion: Completion, now: Instant) {
        self.accept(now);
        self.complete(completion);
    }

    fn print_administration(&mut self, title: &str, more: &[String]) {
        let mut lines = self.head();
        lines.push(title.to_owned());
        lines.extend_from_slice(more);
        self.print(
            ConfigByte::ADMINISTRATION_RECEIPTS,
            ReceiptKind::Administration,
            &lines,
            None,
        );
    }
}

/// Kind of diagnosis where none is asked for.
const EXTENDED: u8 = 0x02;

const END_OF_DAY_OPEN: u8 = 0xF0;
const CANNOT: u8 = 0x7D;
const UNKNOWN_RATE: u8 = 0xFD;
