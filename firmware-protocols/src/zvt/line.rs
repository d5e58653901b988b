//! What both transports offer to the session above them: units go out and come in, and each unit
//! that went out was delivered or the line failed.
//!
//! Drain [`Line::poll`] after each other call. What came in is looked at there, unit by unit, so
//! that the reaction to one goes out before the next is seen: how the bytes were split over reads
//! makes no difference.

use alloc::vec::Vec;
use core::fmt;

use crate::time::{Duration, Instant};
use crate::zvt::serial::SerialLine;
use crate::zvt::tcp::TcpLine;

/// How units travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// RS-232 and USB-CDC: frames with check value and acknowledgements.
    Serial,
    /// TCP: bare units.
    Tcp,
}

/// The protocol's timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// Between two bytes of a serial frame.
    pub t1: Duration,
    /// From a serial frame to its ACK or NAK.
    pub t2: Duration,
    /// From a command to its answer.
    pub t3: Duration,
    /// From one message of a terminal that is master to the next.
    pub t4: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(200),
            t2: Duration::from_secs(5),
            t3: Duration::from_secs(5),
            t4: Duration::from_secs(180),
        }
    }
}

/// What came of the line.
#[derive(Clone, PartialEq, Eq)]
pub enum LineEvent {
    /// A whole unit came in. Serial frames are acknowledged already.
    Received(Vec<u8>),
    /// The unit with this control field went out and arrived (TCP: went out).
    Delivered {
        /// Its class and instruction.
        control: u16,
    },
    /// A unit did not get through; what waited behind it is dropped.
    Failed(LineFailure),
}

/// Units may hold card data: only control field and length are printed.
impl fmt::Debug for LineEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received(bytes) => {
                write!(
                    f,
                    "Received({:04X}, {} bytes)",
                    control_of(bytes),
                    bytes.len()
                )
            }
            Self::Delivered { control } => write!(f, "Delivered({control:04X})"),
            Self::Failed(failure) => write!(f, "Failed({failure:?})"),
        }
    }
}

/// Why a line failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFailure {
    /// NAK after every transmission.
    Rejected,
    /// Neither ACK nor NAK.
    Silent,
    /// A unit stopped half-way (TCP).
    Stalled,
}

/// What a line wants done.
#[derive(Clone, PartialEq, Eq)]
pub enum LineOutput {
    /// Write these bytes.
    Send {
        /// The bytes.
        bytes: Vec<u8>,
        /// Control field of the unit in them; `None` for a lone ACK or NAK.
        control: Option<u16>,
    },
    /// Tell the session.
    Event(LineEvent),
}

/// Bytes may be card data: only control field and length are printed.
impl fmt::Debug for LineOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send {
                bytes,
                control: Some(control),
            } => {
                write!(f, "Send({control:04X}, {} bytes)", bytes.len())
            }
            Self::Send {
                bytes,
                control: None,
            } => write!(f, "Send({bytes:02X?})"),
            Self::Event(event) => event.fmt(f),
        }
    }
}

/// Either transport.
#[derive(Debug)]
pub enum Line {
    /// With frames.
    Serial(SerialLine),
    /// Without.
    Tcp(TcpLine),
}

impl Line {
    /// A line that nothing was sent on yet.
    #[must_use]
    pub const fn new(framing: Framing, timers: Timers) -> Self {
        match framing {
            Framing::Serial => Self::Serial(SerialLine::new(timers)),
            Framing::Tcp => Self::Tcp(TcpLine::new(timers)),
        }
    }

    /// Sends a unit, after those that wait. How often it may go out is not the caller's to say: what
    /// [moves money](crate::zvt::message::moves_money) is not sent again after silence.
    pub fn send(&mut self, unit: Vec<u8>, now: Instant) {
        match self {
            Self::Serial(line) => line.send(unit, now),
            Self::Tcp(line) => line.send(unit),
        }
    }

    /// Bytes came in.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        match self {
            Self::Serial(line) => line.handle_input(bytes, now),
            Self::Tcp(line) => line.handle_input(bytes, now),
        }
    }

    /// Looks at the timers.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self {
            Self::Serial(line) => line.handle_timeout(now),
            Self::Tcp(line) => line.handle_timeout(now),
        }
    }

    /// When to look at the timers next.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Serial(line) => line.deadline(),
            Self::Tcp(line) => line.deadline(),
        }
    }

    /// What to do next; `None` when there is nothing.
    pub fn poll(&mut self) -> Option<LineOutput> {
        match self {
            Self::Serial(line) => line.poll(),
            Self::Tcp(line) => line.poll(),
        }
    }
}

/// Class and instruction of a unit; 0 when it is too short to have them.
pub(crate) fn control_of(unit: &[u8]) -> u16 {
    unit.first_chunk()
        .map_or(0, |control| u16::from_be_bytes(*control))
}
