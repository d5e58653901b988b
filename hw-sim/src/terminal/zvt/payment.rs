//! From an accepted command to the host's answer.

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Money;
use firmware_protocols::vocabulary::card::CardToken;
use firmware_protocols::zvt::message::Completion;

use super::command::Extras;
use super::store::Record;
use super::{FaultKind, Job, Phase, RebootPoint, Stage, Terminal, Then};
use crate::bank::{TerminalKind, TerminalTransaction};
use crate::scenario::Outcome;
use crate::terminal::{HostAnswer, HostRequest, Output};
use crate::wallet::{Decline, Pin};

impl Terminal {
    pub(super) fn begin(&mut self, job: Job, now: Instant) {
        // Read before, or typed in from what a customer says on the telephone.
        if !job.kind.reads_card() || job.card.is_some() {
            self.think(job, now);
            return;
        }
        self.tell_status(INSERT_CARD, "Insert, tap or swipe card");
        let presented_at = (!self.face.hold).then(|| now.after(self.config.card_delay));
        self.phase = Phase::Card {
            job,
            presented_at,
            until: now.after(self.config.card_timeout),
        };
        self.on_time(now);
    }

    /// A card is presented. Says whether one was waited for.
    pub(super) fn on_card(&mut self, now: Instant) -> bool {
        let Phase::Card { job, .. } = &self.phase else {
            return false;
        };
        let mut job = job.clone();
        if self.reboots_at(RebootPoint::BeforeCard) {
            self.power_off(now);
            return true;
        }
        if self.outcome == Some(Outcome::Cancel) {
            self.outcome = None;
            self.stop(super::ABORTED, now);
            return true;
        }
        let card = self.face.card;
        job.card = Some(card);
        job.entry_mode = Some(self.face.entry_mode());
        self.face.presentations = self.face.presentations.saturating_add(1);
        if !card.is_readable {
            self.tell_status(NOT_READABLE_STATUS, "Card not readable");
            self.stop(NOT_READABLE, now);
            return true;
        }
        if !self.face.asks_for_pin() {
            self.think(job, now);
            return true;
        }
        self.tell_status(PIN_NEEDED, "Enter PIN");
        self.phase = Phase::Pin {
            job,
            entered_at: (!self.face.hold).then(|| now.after(self.config.pin_delay)),
            until: now.after(self.config.card_timeout),
            tries_left: PIN_TRIES,
        };
        self.on_time(now);
        true
    }

    pub(super) fn think(&mut self, job: Job, now: Instant) {
        if self.reboots_at(RebootPoint::AfterCard) {
            self.power_off(now);
            return;
        }
        if job.card.is_some_and(|card| card.pin == Some(Pin::Wrong)) {
            self.tell_status(WRONG_PIN, "Wrong PIN");
        }
        self.tell_status(PLEASE_WAIT, "Please wait");
        let is_slow = job.kind.reads_card() && job.card.is_some_and(|card| card.is_slow);
        let delay = if is_slow {
            self.config.slow_delay
        } else {
            self.config.host_delay
        };
        self.phase = Phase::Thinking {
            job,
            until: now.after(delay),
        };
        self.on_time(now);
    }

    pub(super) fn ask_host(&mut self, mut job: Job, now: Instant) {
        if self.host_is_down {
            self.stop(COMMUNICATION_ERROR, now);
            return;
        }
        match self.outcome.take() {
            Some(Outcome::Decline(decline)) => {
                self.tell_declined(&job, decline, now);
                return;
            }
            Some(Outcome::Partial(most)) => job.money.minor = job.money.minor.min(most),
            Some(Outcome::Cancel) | None => {}
        }
        let trace = self.store.next_trace();
        let original = job.original.and_then(|receipt| self.store.find(receipt));
        let original = original.map(|record| {
            (
                trace_number(record.trace),
                record.authorization_code.clone(),
            )
        });
        let card = job.card.filter(|_| job.kind.reads_card());
        let transaction = TerminalTransaction {
            merchant: self.config.merchant.clone(),
            terminal_id: self.config.terminal_id.clone(),
            trace_number: trace_number(trace),
            kind: job.kind,
            money: job.money,
            card: card.map(|card| card.name.to_owned()),
            original,
            want_token: job.want_token,
        };
        let request = HostRequest {
            key: self.next_key(),
            transaction,
        };
        self.outputs.push_back(Output::Host(request.clone()));
        self.phase = Phase::Host {
            job,
            request,
            is_abandoned: false,
        };
    }

    pub(super) fn on_host(&mut self, key: &str, answer: HostAnswer, now: Instant) {
        match &self.phase {
            Phase::Host {
                job,
                request,
                is_abandoned,
            } if request.key == key => {
                let (job, request, is_abandoned) = (job.clone(), request.clone(), *is_abandoned);
                self.phase = Phase::Telling;
                self.on_outcome(job, request, answer, is_abandoned, now);
            }
            Phase::Undoing { request, .. } if request.key == key => self.on_undone(&answer, now),
            Phase::Idle
            | Phase::Card { .. }
            | Phase::Reading { .. }
            | Phase::Input { .. }
            | Phase::Pin { .. }
            | Phase::Thinking { .. }
            | Phase::Host { .. }
            | Phase::Undoing { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling
            | Phase::Off { .. } => self.on_orphan(key, &answer),
        }
    }

    fn on_outcome(
        &mut self,
        job: Job,
        request: HostRequest,
        answer: HostAnswer,
        is_abandoned: bool,
        now: Instant,
    ) {
        match answer {
            HostAnswer::Approved {
                authorization_code,
                token,
            } => {
                let trace = request.transaction.trace_number.parse().unwrap_or(0);
                let receipt = self.keep(&job, trace, authorization_code, token, now);
                self.current = Some(receipt);
                self.on_approved(&job, receipt, is_abandoned, now);
            }
            HostAnswer::Declined(_) if is_abandoned => self.rest(now),
            HostAnswer::Declined(decline) => self.tell_declined(&job, decline, now),
            HostAnswer::Unreachable => {
                // It may have been carried out: that is found out, and undone, later.
                self.orphans.push(request);
                if is_abandoned {
                    self.rest(now);
                } else {
                    self.stop(COMMUNICATION_ERROR, now);
                }
            }
        }
    }

    fn on_approved(&mut self, job: &Job, receipt: u16, is_abandoned: bool, now: Instant) {
        if self.reboots_at(RebootPoint::BeforeResult) {
            self.power_off(now);
            return;
        }
        if is_abandoned {
            self.give_up_on_till(Then::Rest, now);
            return;
        }
        if self.faults.take_kind(FaultKind::LoseResult) {
            // It believes that all is told, and waits for the next command.
            self.finish_record(receipt);
            self.side.handle_connected(now);
            self.rest(now);
            return;
        }
        self.tell_approved(job, receipt);
        let late = self.faults.take(|kind| {
            let FaultKind::Late(time) = kind else {
                return None;
            };
            Some(time)
        });
        if let Some(time) = late {
            self.phase = Phase::Late {
                until: now.after(time),
            };
        }
    }

    /// Writes an approved transaction into the store, which survives a reboot.
    fn keep(
        &mut self,
        job: &Job,
        trace: u32,
        authorization_code: String,
        token: Option<String>,
        now: Instant,
    ) -> u16 {
        let original = job
            .original
            .and_then(|receipt| self.store.find_mut(receipt));
        let held = original.as_ref().and_then(|record| record.reserved_minor);
        let original_trace = original.as_ref().map(|record| record.trace);
        let moved_minor = match job.kind {
            TerminalKind::Sale | TerminalKind::Capture | TerminalKind::Refund => job.money.minor,
            TerminalKind::Reduce => held.unwrap_or(0).saturating_sub(job.money.minor),
            TerminalKind::Authorize | TerminalKind::Void | TerminalKind::Reverse => 0,
        };
        match (job.kind, original) {
            (TerminalKind::Reverse, Some(record)) => record.is_reversed = true,
            (_, Some(record)) => record.reserved_minor = Some(0),
            (_, None) => {}
        }
        if job.kind == TerminalKind::Reverse {
            let original = job.original.and_then(|receipt| self.store.find(receipt));
            let reopened = original.and_then(|record| record.original_trace);
            if let Some(trace) = reopened {
                self.store.reopen(trace, &authorization_code);
            }
        }
        let mut record = Record {
            kind: job.kind,
            money: job.money,
            moved_minor,
            reserved_minor: (job.kind == TerminalKind::Authorize).then_some(job.money.minor),
            receipt: 0,
            trace,
            original_trace,
            authorization_code,
            card: job.card,
            entry_mode: job.entry_mode,
            token: token.map(CardToken::new),
            takes_tip: job.takes_tip,
            at: self.wall_clock(now),
            is_final: job.in_sync,
            is_reversed: false,
            is_forgotten: false,
            is_submitted: false,
        };
        record.is_final = job.in_sync || !record.can_be_taken_back();
        self.store.add(record)
    }

    fn tell_approved(&mut self, job: &Job, receipt: u16) {
        let Some(record) = self.store.find(receipt).cloned() else {
            debug_assert!(false, "receipt {receipt} was just kept");
            return;
        };
        self.tell_status(APPROVED, "Approved");
        let unit = self.approved_result(&record, Extras::of(job, self));
        self.tell(Stage::Result, unit);
        // The receipt of a reservation comes when it is booked.
        if record.kind != TerminalKind::Authorize {
            self.print_payment(&record);
        }
        if !self.faults.take_kind(FaultKind::LoseCompletion) {
            self.complete(Completion::default());
        }
    }

    pub(super) fn tell_declined(&mut self, job: &Job, decline: Decline, now: Instant) {
        self.tell_status(DECLINED, "Declined");
        let code = decline.host_code();
        let unit = self.failed_result(code, Some(job), now);
        self.tell(Stage::Information, unit);
        self.print_declined(job, decline);
        self.tell_end(code);
    }

    /// Ends the running command without a payment.
    pub(super) fn stop(&mut self, code: u8, now: Instant) {
        self.outbox.retain(|message| message.stage != Stage::Status);
        let unit = self.failed_result(code, None, now);
        self.tell(Stage::Information, unit);
        self.tell_end(code);
        self.show("Aborted");
    }

    pub(super) fn reboots_at(&mut self, point: RebootPoint) -> bool {
        self.faults.take_kind(FaultKind::Reboot(point))
    }
}

const PIN_TRIES: u8 = 3;

/// As on a receipt.
pub(super) fn trace_number(trace: u32) -> String {
    format!("{trace:06}")
}

/// The amount that stands on a receipt.
pub(super) fn amount_text(money: Money) -> String {
    money.to_string()
}

// Intermediate states.
const INSERT_CARD: u8 = 0x0A;
const NOT_READABLE_STATUS: u8 = 0x0C;
pub(super) const WRONG_PIN: u8 = 0x15;
const PLEASE_WAIT: u8 = 0x17;
const APPROVED: u8 = 0x1C;
const DECLINED: u8 = 0x1D;
const PIN_NEEDED: u8 = 0xCC;

// Result codes.
const NOT_READABLE: u8 = 0x64;
const COMMUNICATION_ERROR: u8 = 0x7D;
