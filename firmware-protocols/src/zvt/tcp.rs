//! Bare units over TCP (PA00P016, "TCP/IP").
//!
//! Nothing but the length field separates them: a packet may hold half of one or several.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::time::Instant;
use crate::zvt::apdu::Apdu;
use crate::zvt::line::{LineEvent, LineFailure, LineOutput, Timers, control_of};

/// One TCP connection.
pub struct TcpLine {
    timers: Timers,
    buffer: Vec<u8>,
    /// When the last bytes came.
    fed_at: Instant,
    /// A unit that has begun has to be complete by then.
    stalled_at: Option<Instant>,
    outputs: VecDeque<LineOutput>,
}

impl TcpLine {
    /// A connection that was just opened.
    #[must_use]
    pub const fn new(timers: Timers) -> Self {
        Self {
            timers,
            buffer: Vec::new(),
            fed_at: Instant(0),
            stalled_at: None,
            outputs: VecDeque::new(),
        }
    }

    /// Sends a unit. There is no acknowledgement: it counts as delivered.
    pub fn send(&mut self, unit: Vec<u8>) {
        let control = control_of(&unit);
        self.outputs.push_back(LineOutput::Send {
            bytes: unit,
            control: Some(control),
        });
        self.outputs
            .push_back(LineOutput::Event(LineEvent::Delivered { control }));
    }

    /// Bytes came in. [`TcpLine::poll`] takes the units out of them, one at a time.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        if self.buffer.is_empty() || self.stalled_at.is_none() {
            self.stalled_at = Some(now.after(self.timers.t3));
        }
        self.buffer.extend_from_slice(bytes);
        self.fed_at = now;
    }

    /// Looks at the timer.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.stalled_at.is_some_and(|at| at <= now) {
            self.stalled_at = None;
            self.buffer = Vec::new();
            self.outputs
                .push_back(LineOutput::Event(LineEvent::Failed(LineFailure::Stalled)));
        }
    }

    /// When to look at the timer next.
    #[must_use]
    pub const fn deadline(&self) -> Option<Instant> {
        self.stalled_at
    }

    /// What to do next; `None` when there is nothing.
    pub fn poll(&mut self) -> Option<LineOutput> {
        if let Some(output) = self.outputs.pop_front() {
            return Some(output);
        }
        let unit = take_unit(&mut self.buffer)?;
        let begun = !self.buffer.is_empty();
        self.stalled_at = begun.then(|| self.fed_at.after(self.timers.t3));
        Some(LineOutput::Event(LineEvent::Received(unit)))
    }
}

/// The first whole unit of a buffer. What is left stands in memory of its own: a buffer that lives on
/// keeps nothing of what was taken out.
pub(crate) fn take_unit(buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let (_, behind) = Apdu::split(buffer).ok()?;
    let used = buffer.len().saturating_sub(behind.len());
    let behind = buffer.split_off(used);
    Some(core::mem::replace(buffer, behind))
}

/// The buffer may hold card data: only its length is printed.
impl fmt::Debug for TcpLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TcpLine({} bytes buffered)", self.buffer.len())
    }
}
