//! Frames on a serial line (PA00P016, "Serial transport").
//!
//! ```text
//! 10 02  unit, every 10 doubled  10 03  CRC low  CRC high        then, from the other side: 06 or 15
//! ```
//!
//! The CRC is over the undoubled unit and the 03; its own bytes are never doubled. ACK (06) and NAK
//! (15) are lone bytes, sent before the contents are looked at. A frame goes out up to three times.
//!
//! Sending and receiving are two machines that share only two facts: a fresh frame from the other
//! side proves that ours arrived, and a frame that repeats the last one while nothing of ours was
//! acknowledged since is a repetition, which is acknowledged but not executed. Repetitions end with
//! the third wait for an ACK: an equal frame that comes later is somebody who begins anew.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::time::{Duration, Instant};
use crate::wire::crc::Kermit;
use crate::zvt::explain;
use crate::zvt::line::{LineEvent, LineFailure, LineOutput, Timers, control_of};
use crate::zvt::message::{Response, moves_money};

/// Start of frame follows DLE.
const STX: u8 = 0x02;
/// End of frame follows DLE.
const ETX: u8 = 0x03;
const ACK: u8 = 0x06;
const DLE: u8 = 0x10;
const NAK: u8 = 0x15;

/// A frame goes out this often at most.
const TRANSMISSIONS: u8 = 3;

/// Three header bytes, the two of a long length, and the longest data.
const LONGEST_UNIT: usize = 5 + 0xFFFF;

/// One serial line.
pub struct SerialLine {
    timers: Timers,
    /// What came in and was not looked at yet. It is, before anything else is, unless the line
    /// was given up meanwhile.
    input: VecDeque<u8>,
    /// When the last of it came.
    fed_at: Instant,
    receiver: Receiver,
    flight: Option<Flight>,
    waiting: VecDeque<Vec<u8>>,
    /// The last good unit, until one of ours is acknowledged, and until when it may be repeated. It is
    /// kept for as long as nothing follows it, so it is masked.
    last_good: Option<(Vec<u8>, Instant)>,
    /// Garbage was on the line until then: what looks like a NAK may be a part of it.
    noisy_until: Instant,
    outputs: VecDeque<LineOutput>,
}

/// The frame that waits for its ACK.
struct Flight {
    control: u16,
    frame: Vec<u8>,
    transmissions: u8,
    deadline: Instant,
}

impl SerialLine {
    /// A line that was just opened.
    #[must_use]
    pub const fn new(timers: Timers) -> Self {
        Self {
            timers,
            input: VecDeque::new(),
            fed_at: Instant(0),
            receiver: Receiver::new(timers.t1),
            flight: None,
            waiting: VecDeque::new(),
            last_good: None,
            noisy_until: Instant(0),
            outputs: VecDeque::new(),
        }
    }

    /// Sends a unit, after those that wait for their turn.
    pub fn send(&mut self, unit: Vec<u8>, now: Instant) {
        self.waiting.push_back(unit);
        self.send_next(now);
    }

    /// Bytes came in. [`SerialLine::poll`] looks at them, one at a time.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        self.input.extend(bytes);
        self.fed_at = now;
    }

    /// Looks at the timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.receiver.expired(now) {
            self.reject(now);
        }
        let Some(flight) = self.flight.as_ref().filter(|flight| flight.deadline <= now) else {
            return;
        };
        // After silence nobody knows whether the terminal has begun.
        if moves_money(flight.control) {
            self.fail(LineFailure::Silent);
        } else {
            self.transmit_again(LineFailure::Silent, now);
        }
    }

    /// When to look at the timers next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let flight = self.flight.as_ref().map(|flight| flight.deadline);
        [self.receiver.deadline, flight].into_iter().flatten().min()
    }

    /// What to do next; `None` when there is nothing.
    pub fn poll(&mut self) -> Option<LineOutput> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            let Some(byte) = self.input.pop_front() else {
                // What was read is not kept, nor is the memory that it was in.
                self.input = VecDeque::new();
                return None;
            };
            self.take(byte, self.fed_at);
        }
    }

    fn take(&mut self, byte: u8, now: Instant) {
        match self.receiver.take(byte, now) {
            Received::Nothing => (),
            Received::Noise => self.noisy_until = now.after(self.timers.t1),
            Received::Ack => self.delivered(now),
            Received::Nak => self.on_nak(now),
            Received::BadFrame => self.reject(now),
            Received::Unit(unit) => self.on_unit(unit, now),
        }
    }

    fn on_unit(&mut self, unit: Vec<u8>, now: Instant) {
        self.push_byte(ACK);
        // An equal answer is a fresh one if it can be to our newer command.
        let asked = self
            .flight
            .as_ref()
            .is_some_and(|flight| !Response::is(flight.control));
        let answers = asked && Response::is(control_of(&unit));
        let masked = explain::mask(&unit);
        let repeats = |(last, until): &(Vec<u8>, Instant)| *last == masked && now < *until;
        if self.last_good.as_ref().is_some_and(repeats) && !answers {
            return;
        }
        // The other side would not speak if it still waited for our frame.
        self.delivered(now);
        let repetitions = self.timers.t2.saturating_mul(TRANSMISSIONS.into());
        self.last_good = Some((masked, now.after(repetitions)));
        self.outputs
            .push_back(LineOutput::Event(LineEvent::Received(unit)));
    }

    fn on_nak(&mut self, now: Instant) {
        let Some(flight) = &self.flight else {
            return;
        };
        // A wrong ACK costs a wait; a wrong NAK could cost a second payment.
        if moves_money(flight.control) && now < self.noisy_until {
            return;
        }
        self.transmit_again(LineFailure::Rejected, now);
    }

    fn delivered(&mut self, now: Instant) {
        let Some(flight) = self.flight.take() else {
            return;
        };
        self.last_good = None;
        let event = LineEvent::Delivered {
            control: flight.control,
        };
        self.outputs.push_back(LineOutput::Event(event));
        self.send_next(now);
    }

    fn reject(&mut self, now: Instant) {
        self.noisy_until = now.after(self.timers.t1);
        self.push_byte(NAK);
    }

    fn send_next(&mut self, now: Instant) {
        if self.flight.is_some() {
            return;
        }
        let Some(unit) = self.waiting.pop_front() else {
            return;
        };
        self.flight = Some(Flight {
            control: control_of(&unit),
            frame: encode_frame(&unit),
            transmissions: 0,
            deadline: now,
        });
        self.transmit_again(LineFailure::Silent, now);
    }

    fn transmit_again(&mut self, otherwise: LineFailure, now: Instant) {
        let Some(flight) = &mut self.flight else {
            return;
        };
        if flight.transmissions >= TRANSMISSIONS {
            self.fail(otherwise);
            return;
        }
        flight.transmissions = flight.transmissions.saturating_add(1);
        flight.deadline = now.after(self.timers.t2);
        let bytes = flight.frame.clone();
        self.outputs.push_back(LineOutput::Send {
            bytes,
            control: Some(flight.control),
        });
    }

    fn fail(&mut self, failure: LineFailure) {
        self.flight = None;
        self.waiting.clear();
        self.outputs
            .push_back(LineOutput::Event(LineEvent::Failed(failure)));
    }

    fn push_byte(&mut self, byte: u8) {
        self.outputs.push_back(LineOutput::Send {
            bytes: [byte].to_vec(),
            control: None,
        });
    }
}

/// Frames hold units, and those may hold card data: only states are printed.
impl fmt::Debug for SerialLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SerialLine")
            .field("receiving", &self.receiver.phase)
            .field(
                "awaits_ack_of",
                &self.flight.as_ref().map(|flight| flight.control),
            )
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}

/// A unit as a frame.
#[must_use]
pub fn encode_frame(unit: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(unit.len().saturating_add(8));
    frame.extend_from_slice(&[DLE, STX]);
    let mut crc = Kermit::new();
    for byte in unit {
        crc.update(*byte);
        frame.push(*byte);
        if *byte == DLE {
            frame.push(DLE);
        }
    }
    crc.update(ETX);
    frame.extend_from_slice(&[DLE, ETX]);
    frame.extend_from_slice(&crc.value().to_le_bytes());
    frame
}

/// Listens to one direction of a line, without a word of its own.
pub struct Tap {
    receiver: Receiver,
}

/// What passes by.
#[derive(Clone, PartialEq, Eq)]
pub enum Heard {
    /// A whole frame.
    Unit(Vec<u8>),
    /// 06.
    Ack,
    /// 15.
    Nak,
    /// A frame that does not fit its check value.
    Broken,
}

impl Tap {
    /// A tap on a line on which nothing was heard yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            receiver: Receiver::new(Duration::ZERO),
        }
    }

    /// One byte has passed.
    pub fn take(&mut self, byte: u8) -> Option<Heard> {
        match self.receiver.take(byte, Instant(0)) {
            Received::Nothing | Received::Noise => None,
            Received::Ack => Some(Heard::Ack),
            Received::Nak => Some(Heard::Nak),
            Received::BadFrame => Some(Heard::Broken),
            Received::Unit(unit) => Some(Heard::Unit(unit)),
        }
    }
}

impl Default for Tap {
    fn default() -> Self {
        Self::new()
    }
}

/// What was heard may be card data.
impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tap({:?})", self.receiver.phase)
    }
}

/// Units may be card data: only their length is printed.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => write!(f, "Unit({} bytes)", unit.len()),
            Self::Ack => f.write_str("Ack"),
            Self::Nak => f.write_str("Nak"),
            Self::Broken => f.write_str("Broken"),
        }
    }
}

/// Takes bytes apart, one at a time.
struct Receiver {
    t1: Duration,
    phase: Phase,
    unit: Vec<u8>,
    crc: Kermit,
    /// The next byte of the frame has to be there by then.
    deadline: Option<Instant>,
}

/// What was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing, or noise.
    Outside,
    /// DLE outside a frame.
    OutsideDle,
    /// A byte of the unit, or the start.
    Inside,
    /// DLE inside a frame.
    InsideDle,
    /// The end of the unit.
    Etx,
    /// The low byte of the check value.
    CrcLow(u8),
}

/// What a byte amounts to.
enum Received {
    Nothing,
    Noise,
    Ack,
    Nak,
    BadFrame,
    Unit(Vec<u8>),
}

impl Receiver {
    const fn new(t1: Duration) -> Self {
        Self {
            t1,
            phase: Phase::Outside,
            unit: Vec::new(),
            crc: Kermit::new(),
            deadline: None,
        }
    }

    fn take(&mut self, byte: u8, now: Instant) -> Received {
        let (next, received) = match (self.phase, byte) {
            (Phase::Outside | Phase::OutsideDle, DLE) => (Phase::OutsideDle, Received::Nothing),
            (Phase::Outside | Phase::OutsideDle, ACK) => (Phase::Outside, Received::Ack),
            (Phase::Outside | Phase::OutsideDle, NAK) => (Phase::Outside, Received::Nak),
            (Phase::OutsideDle | Phase::InsideDle, STX) => self.begin(),
            (Phase::Outside | Phase::OutsideDle, _) => (Phase::Outside, Received::Noise),
            (Phase::Inside, DLE) => (Phase::InsideDle, Received::Nothing),
            (Phase::Inside, _) | (Phase::InsideDle, DLE) => self.add(byte),
            (Phase::InsideDle, ETX) => (Phase::Etx, Received::Nothing),
            (Phase::InsideDle, _) => (Phase::Outside, Received::BadFrame),
            (Phase::Etx, low) => (Phase::CrcLow(low), Received::Nothing),
            (Phase::CrcLow(low), high) => (Phase::Outside, self.end(low, high)),
        };
        self.phase = next;
        self.deadline = match next {
            Phase::Outside | Phase::OutsideDle => {
                // Nothing is kept of a frame that broke.
                self.unit = Vec::new();
                None
            }
            Phase::Inside | Phase::InsideDle | Phase::Etx | Phase::CrcLow(_) => {
                Some(now.after(self.t1))
            }
        };
        received
    }

    /// Whether a frame has stopped half-way; it is forgotten then.
    fn expired(&mut self, now: Instant) -> bool {
        let expired = self.deadline.is_some_and(|deadline| deadline <= now);
        if expired {
            self.deadline = None;
            self.phase = Phase::Outside;
            self.unit = Vec::new();
        }
        expired
    }

    /// Also inside a frame: the one before it has lost its end.
    fn begin(&mut self) -> (Phase, Received) {
        self.unit = Vec::new();
        self.crc = Kermit::new();
        (Phase::Inside, Received::Nothing)
    }

    fn add(&mut self, byte: u8) -> (Phase, Received) {
        if self.unit.len() >= LONGEST_UNIT {
            return (Phase::Outside, Received::BadFrame);
        }
        self.unit.push(byte);
        self.crc.update(byte);
        (Phase::Inside, Received::Nothing)
    }

    fn end(&mut self, low: u8, high: u8) -> Received {
        self.crc.update(ETX);
        if self.crc.value() != u16::from_le_bytes([low, high]) {
            return Received::BadFrame;
        }
        Received::Unit(core::mem::take(&mut self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESULT: [u8; 16] = [
        0x04, 0x0F, 0x0D, 0x27, 0x00, 0x22, 0xF0, 0xF8, 0x47, 0x11, 0x12, 0x34, 0x56, 0x78, 0x11,
        0x12,
    ];

    /// A line lives for days, so it must not keep what it has heard: no memory but that of the last
    /// unit, which is masked.
    #[test]
    fn a_line_that_is_idle_holds_no_card_number() {
        let whole = encode_frame(&RESULT);
        let (torn, _) = whole.split_at(whole.len() - 5);
        let broken = [torn, &[ETX, DLE, ETX, 0, 0]].concat();
        let aborted = [torn, &[DLE, NAK]].concat();
        for heard in [&whole[..], torn, &broken, &aborted] {
            let mut line = SerialLine::new(Timers::default());
            line.handle_input(heard, Instant(0));
            while line.poll().is_some() {}
            line.handle_timeout(Instant(60_000));
            while line.poll().is_some() {}
            assert_eq!(line.input.capacity(), 0);
            assert_eq!(line.receiver.unit.capacity(), 0);
            let kept = line.last_good.map(|(unit, _)| unit);
            let number = |unit: &Vec<u8>| unit.windows(3).any(|it| it == [0x34, 0x56, 0x78]);
            assert!(!kept.as_ref().is_some_and(number));
            assert_eq!(kept.is_some(), heard == whole);
        }
    }
}
