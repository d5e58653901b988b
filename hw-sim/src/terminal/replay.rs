//! A terminal that says what was recorded: bytes in, bytes out, time as an argument.
//!
//! It waits for each unit that the till sent in the recording and then says what the terminal said.
//! A till that says the same in other words is answered all the same (the difference is told); what
//! does not fit the recording at all is refused with 84 83. Times are not kept: it answers at once.

use std::collections::VecDeque;

use firmware_protocols::capture::{Entry, Sender};
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::line::{Line, LineEvent, LineOutput, Timers};
use firmware_protocols::zvt::message::Response;
use firmware_protocols::zvt::result_code::NOT_POSSIBLE;
use firmware_protocols::zvt::{Framing, explain};

use super::Output;

/// The player.
#[derive(Debug)]
pub struct Player {
    framing: Framing,
    timers: Timers,
    line: Line,
    script: VecDeque<Entry>,
    differences: Vec<String>,
    outputs: VecDeque<Output>,
}

impl Player {
    /// A terminal that plays `script`.
    #[must_use]
    pub fn new(framing: Framing, timers: Timers, script: Vec<Entry>) -> Self {
        Self {
            framing,
            timers,
            line: Line::new(framing, timers),
            script: script.into(),
            differences: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// The line is open. The recording goes on where it was.
    pub fn handle_connected(&mut self, now: Instant) {
        self.line = Line::new(self.framing, self.timers);
        self.speak(now);
    }

    /// Bytes from the till, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        self.line.handle_input(bytes, now);
        self.drain(now);
    }

    /// The instant of the last [`Output::Wait`] has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.line.handle_timeout(now);
        self.drain(now);
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        let output = self.outputs.pop_front();
        output.unwrap_or_else(|| Output::Wait(self.line.deadline()))
    }

    /// Whether all of the recording was played.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.script.is_empty()
    }

    /// How the till differed from the one in the recording, once each.
    pub fn take_differences(&mut self) -> Vec<String> {
        std::mem::take(&mut self.differences)
    }

    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.line.poll() {
            match output {
                LineOutput::Send { bytes, .. } => self.outputs.push_back(Output::Send(bytes)),
                LineOutput::Event(LineEvent::Received(unit)) => self.hear(&unit, now),
                LineOutput::Event(LineEvent::Delivered { .. }) => {}
                LineOutput::Event(LineEvent::Failed(failure)) => {
                    self.differences
                        .push(format!("the till is not there: {failure:?}"));
                }
            }
        }
    }

    fn hear(&mut self, unit: &[u8], now: Instant) {
        // The recording is masked: compare what may be written down.
        let said = explain::mask(unit);
        let expected = self
            .script
            .front()
            .filter(|next| next.sender == Sender::Till);
        let fits = expected.is_some_and(|next| next.unit.get(..2) == said.get(..2));
        if expected.is_none_or(|next| next.unit != said) {
            let wanted = expected.map_or("nothing".to_owned(), |next| explain::summary(&next.unit));
            let heard = explain::summary(&said);
            self.differences
                .push(format!("{heard} (recorded: {wanted})"));
        }
        if fits {
            self.script.pop_front();
            self.speak(now);
        } else if !is_response(&said) {
            let refusal = Response::Negative { code: NOT_POSSIBLE };
            self.line.send(refusal.encode(), now);
            self.drain(now);
        }
    }

    /// Says what the terminal said, up to the next word of the till.
    fn speak(&mut self, now: Instant) {
        let is_next = |script: &VecDeque<Entry>| {
            let next = script.front();
            next.is_some_and(|next| next.sender == Sender::Terminal)
        };
        while is_next(&self.script) {
            let entry = self.script.pop_front();
            let unit = entry.map(|entry| entry.unit).unwrap_or_default();
            self.line.send(unit, now);
        }
        self.drain(now);
    }
}

fn is_response(unit: &[u8]) -> bool {
    let control = unit.first_chunk().copied().map_or(0, u16::from_be_bytes);
    Response::is(control)
}

#[cfg(test)]
mod tests;
