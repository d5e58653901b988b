//! Messages to the till, their acknowledgements, and what comes of there being none.
//!
//! A payment is final when the till has acknowledged its result and, where the till prints, every
//! line of its receipt.

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::message::{ConfigByte, IntermediateStatus};
use firmware_protocols::zvt::terminal_side::Answer;
use firmware_protocols::zvt::text::{self, Text};

use super::{FaultKind, Message, Phase, RebootPoint, Stage, Terminal, Then};
use crate::cable::{Passed, Way};
use crate::terminal::Output;

impl Terminal {
    /// Sends the next message if it is time for it. Says whether it did.
    pub(super) fn send_next(&mut self, now: Instant) -> bool {
        let waits = matches!(
            self.phase,
            Phase::Late { .. } | Phase::Again { .. } | Phase::Off { .. }
        );
        if waits || self.in_flight.is_some() || !self.side.may_send() {
            return false;
        }
        let Some(message) = self.outbox.pop_front() else {
            return false;
        };
        if message.stage == Stage::Result && self.faults.take_kind(FaultKind::LoseOnLine) {
            self.is_swallowing = true;
        }
        let ends = message.stage == Stage::End;
        let sent = self.side.send_raw(message.unit.clone(), ends, now);
        debug_assert_eq!(sent, Ok(()), "may_send said so");
        self.in_flight = Some(message);
        true
    }

    /// Bytes go out.
    pub(super) fn transmit(&mut self, bytes: Vec<u8>, now: Instant) {
        let is_frame = bytes.len() > 1;
        if !(is_frame && self.is_swallowing) {
            self.cable.put(Way::ToTill, bytes, now);
        }
    }

    /// Something has come through the cable.
    pub(super) fn on_passed(&mut self, passed: Passed, now: Instant) {
        match passed {
            Passed::Bytes(Way::ToTill, bytes) => self.outputs.push_back(Output::Send(bytes)),
            Passed::Bytes(Way::FromTill, bytes) if !self.is_off() => {
                self.side.handle_input(&bytes, now);
            }
            Passed::Bytes(Way::FromTill, _) => {}
            Passed::Cut(time) => self.unplug(time),
        }
    }

    /// Somebody pulls the cable.
    pub(super) fn unplug(&mut self, time: Duration) {
        self.cable.lose();
        self.outputs.push_back(Output::Unplug(time));
    }

    pub(super) fn on_answer(&mut self, answer: Answer, now: Instant) {
        self.is_swallowing = false;
        let Some(message) = self.in_flight.take() else {
            return;
        };
        match (message.stage, answer) {
            (Stage::End, _) if std::mem::take(&mut self.restarts) => self.power_off(now),
            (Stage::End, _) => self.rest(now),
            (Stage::Result, Answer::NotReady) if self.repeats_left == Some(0) => self.take_back(),
            (Stage::Result, Answer::NotReady) => {
                self.repeats_left = self.repeats_left.map(|left| left.saturating_sub(1));
                self.phase = Phase::Again {
                    message,
                    until: now.after(NOT_READY_PAUSE),
                };
            }
            (Stage::Result, _) if self.reboots_at(RebootPoint::BeforeAck) => self.power_off(now),
            (stage, Answer::None) => self.on_silence(stage, now),
            (Stage::Result, Answer::Refused { .. } | Answer::PartialIssue { .. }) => {
                self.take_back();
            }
            (Stage::Print, Answer::Refused { .. } | Answer::PartialIssue { .. }) => {
                self.on_unprinted();
            }
            (Stage::Result | Stage::Print, _) => self.on_delivered(now),
            (Stage::Status | Stage::Information, _) => {}
        }
    }

    /// The till has it.
    fn on_delivered(&mut self, now: Instant) {
        let prints = self
            .outbox
            .iter()
            .any(|message| message.stage == Stage::Print);
        if let (false, Some(receipt)) = (prints, self.current) {
            self.finish_record(receipt);
            if self.reboots_at(RebootPoint::AfterResult) {
                self.power_off(now);
                return;
            }
        }
        if self.outbox.is_empty() && matches!(self.phase, Phase::Telling) {
            // The end of the command was lost by a fault: as if it had been told.
            self.rest(now);
        }
    }

    /// The till has no paper. Without its receipt a payment is not final.
    fn on_unprinted(&mut self) {
        let is_final = self
            .current
            .and_then(|receipt| self.store.find(receipt))
            .is_none_or(|record| record.is_final);
        if !is_final {
            self.take_back();
        }
    }

    /// T3 is over and the till has not answered; the terminal is still master.
    fn on_silence(&mut self, stage: Stage, now: Instant) {
        if self.config.framing == Framing::Tcp {
            self.side.close();
            self.on_line_gone(now);
            return;
        }
        match &mut self.phase {
            Phase::Host { is_abandoned, .. } => *is_abandoned = true,
            Phase::Undoing { .. } | Phase::Off { .. } => {}
            Phase::Idle
            | Phase::Card { .. }
            | Phase::Reading { .. }
            | Phase::Input { .. }
            | Phase::Pin { .. }
            | Phase::Thinking { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling => {
                self.outbox.clear();
                if self.current.is_some() {
                    self.give_up_on_till(Then::Announce, now);
                } else if stage == Stage::Status {
                    self.stop(super::ABORTED, now);
                } else {
                    self.rest(now);
                }
            }
        }
    }

    /// There is no till any more, and nobody to tell anything.
    pub(super) fn on_line_gone(&mut self, now: Instant) {
        self.is_swallowing = false;
        self.outbox.clear();
        self.in_flight = None;
        match &mut self.phase {
            Phase::Host { is_abandoned, .. } => *is_abandoned = true,
            Phase::Undoing { then, .. } => *then = Then::Rest,
            Phase::Off { .. } => {}
            Phase::Idle
            | Phase::Card { .. }
            | Phase::Reading { .. }
            | Phase::Input { .. }
            | Phase::Pin { .. }
            | Phase::Thinking { .. }
            | Phase::Late { .. }
            | Phase::Again { .. }
            | Phase::Telling => {
                if self.current.is_some() {
                    self.give_up_on_till(Then::Rest, now);
                } else {
                    self.rest(now);
                }
            }
        }
        self.on_time(now);
    }

    pub(super) fn finish_record(&mut self, receipt: u16) {
        if let Some(record) = self.store.find_mut(receipt) {
            record.is_final = true;
        }
    }

    /// Tells an intermediate state, where the till wants to hear it, and shows it.
    pub(super) fn tell_status(&mut self, status: u8, words: &str) {
        self.show(words);
        if !self.has(ConfigByte::INTERMEDIATE_STATUS) {
            return;
        }
        let words = text::encode(words);
        let lines = if self.registered.has_tlv {
            vec![Text(&words)]
        } else {
            Vec::new()
        };
        let message = IntermediateStatus {
            status,
            timeout: None,
            lines,
        };
        let unit = message.encode();
        self.outbox.push_back(Message {
            stage: Stage::Status,
            unit,
        });
    }
}

const NOT_READY_PAUSE: Duration = Duration::from_secs(2);
