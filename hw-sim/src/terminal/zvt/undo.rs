//! Taking back what the till never heard of, and surviving a power cut.

use firmware_protocols::time::Instant;

use super::payment::trace_number;
use super::{Phase, Registered, Terminal, Then};
use crate::bank::{TerminalKind, TerminalTransaction};
use crate::terminal::{HostAnswer, HostRequest, Output};

impl Terminal {
    /// The till refuses the result: it is reversed, sync or not.
    pub(super) fn take_back(&mut self) {
        self.outbox.clear();
        let receipt = self.current.and_then(|receipt| {
            let record = self.store.find(receipt)?;
            record.can_be_taken_back().then_some(receipt)
        });
        match receipt {
            Some(receipt) => self.start_undo(receipt, Then::Announce),
            None => self.announce(),
        }
    }

    /// The till was not heard: what is not final is reversed.
    pub(super) fn give_up_on_till(&mut self, then: Then, now: Instant) {
        let receipt = self.current.and_then(|receipt| {
            let record = self.store.find(receipt)?;
            (!record.is_final).then_some(receipt)
        });
        match (receipt, then) {
            (Some(receipt), then) => self.start_undo(receipt, then),
            (None, Then::Rest) => self.rest(now),
            // What is final stays; ending the command is all that is left to try.
            (None, Then::Announce | Then::Begin(_) | Then::Submit) => {
                self.complete(firmware_protocols::zvt::message::Completion::default());
            }
        }
    }

    pub(super) fn start_undo(&mut self, receipt: u16, then: Then) {
        let Some(record) = self.store.find(receipt) else {
            return;
        };
        let original = (
            trace_number(record.trace),
            record.authorization_code.clone(),
        );
        let money = record.money;
        let trace = self.store.next_trace();
        let request = HostRequest {
            key: self.next_key(),
            transaction: TerminalTransaction {
                merchant: self.config.merchant.clone(),
                terminal_id: self.config.terminal_id.clone(),
                trace_number: trace_number(trace),
                kind: TerminalKind::Reverse,
                money,
                card: None,
                original: Some(original),
                want_token: false,
            },
        };
        // A silent reversal before the next command stays silent.
        if matches!(then, Then::Announce) {
            self.tell_status(REVERSING, "Reversing");
        }
        self.outputs.push_back(Output::Host(request.clone()));
        self.phase = Phase::Undoing {
            receipt,
            request,
            then,
        };
    }

    pub(super) fn on_undone(&mut self, answer: &HostAnswer, now: Instant) {
        let phase = std::mem::replace(&mut self.phase, Phase::Telling);
        let Phase::Undoing {
            receipt,
            request,
            then,
        } = phase
        else {
            self.phase = phase;
            return;
        };
        if *answer == HostAnswer::Unreachable {
            self.orphans.push(request);
        }
        // Only the sync rule gives the number to the next transaction.
        let reuses_number = matches!(then, Then::Begin(_) | Then::Submit);
        self.store.forget(receipt, reuses_number);
        self.current = None;
        match then {
            Then::Begin(job) => self.begin(job, now),
            Then::Announce => self.announce_stop(now),
            Then::Submit => self.submit(now),
            Then::Rest => self.rest(now),
        }
    }

    /// An answer that nobody waits for: what it moved is moved back.
    pub(super) fn on_orphan(&mut self, key: &str, answer: &HostAnswer) {
        let Some(at) = self.orphans.iter().position(|orphan| orphan.key == key) else {
            return;
        };
        if *answer == HostAnswer::Unreachable {
            return;
        }
        let asked = self.orphans.remove(at).transaction;
        let HostAnswer::Approved {
            authorization_code, ..
        } = answer
        else {
            return;
        };
        if asked.kind == TerminalKind::Reverse {
            return;
        }
        let trace = self.store.next_trace();
        let request = HostRequest {
            key: self.next_key(),
            transaction: TerminalTransaction {
                trace_number: trace_number(trace),
                kind: TerminalKind::Reverse,
                card: None,
                original: Some((asked.trace_number, authorization_code.clone())),
                want_token: false,
                ..asked
            },
        };
        self.outputs.push_back(Output::Host(request.clone()));
        self.orphans.push(request);
    }

    /// Asks once more what nobody got an answer to.
    pub(super) fn resend_orphans(&mut self) {
        let orphans = self.orphans.iter().cloned().map(Output::Host);
        self.outputs.extend(orphans);
    }

    pub(super) fn power_off(&mut self, now: Instant) {
        if let Phase::Host { request, .. } | Phase::Undoing { request, .. } = &self.phase {
            self.orphans.push(request.clone());
        }
        self.outbox.clear();
        self.in_flight = None;
        self.current = None;
        self.is_swallowing = false;
        self.cable.lose();
        self.registered = Registered::DEFAULT;
        self.side.forget_registration();
        self.side.handle_connected(now);
        self.show("");
        self.phase = Phase::Off {
            until: now.after(self.config.reboot_time),
        };
        self.outputs
            .push_back(Output::Reboot(self.config.reboot_time));
    }

    pub(super) fn power_on(&mut self, now: Instant) {
        self.side.handle_connected(now);
        self.rest(now);
        self.resend_orphans();
        if let Some(receipt) = self.store.unfinished().map(|record| record.receipt) {
            self.start_undo(receipt, Then::Rest);
        }
    }

    fn announce(&mut self) {
        self.phase = Phase::Telling;
        self.tell_end(super::ABORTED);
    }

    fn announce_stop(&mut self, now: Instant) {
        self.stop(super::ABORTED, now);
    }
}

const REVERSING: u8 = 0x05;
