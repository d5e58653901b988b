//! The contract between a driver, which owns the wire, and a protocol session, which owns its meaning.
//!
//! A driver opens a transport, says so by [`Link::handle_connected`], hands every byte to
//! [`Link::handle_input`] and calls [`Link::handle_timeout`] when the instant of the last
//! [`Output::Wait`] has come. **After every call of any other method it drains [`Link::poll`] until
//! that returns `Wait`, before the next call.**
//!
//! A request that moves money is sent at most once. When its fate is unknown the session says
//! [`Ending::InDoubt`](crate::vocabulary::terminal::Ending::InDoubt) and never asks again by itself:
//! the station inquires.

use alloc::vec::Vec;

use crate::time::Instant;
use crate::vocabulary::terminal::{SyncId, TerminalEvent, TerminalRequest};

/// One session with one terminal, till side.
pub trait Link {
    /// The transport is open. The session introduces itself, asks for the last stored transaction
    /// and ends that with [`TerminalEvent::Ready`].
    fn handle_connected(&mut self, now: Instant);

    /// The transport is gone. A running request ends, in doubt where it may have been seen.
    fn handle_disconnected(&mut self, now: Instant);

    /// Bytes from the wire, split anywhere.
    fn handle_input(&mut self, bytes: &[u8], now: Instant);

    /// The instant of the last [`Output::Wait`] has come. Calling early or twice is harmless.
    fn handle_timeout(&mut self, now: Instant);

    /// Begins a request. `sync` is the last transaction-sync value that the station has durably
    /// recorded for this terminal (ZVT tag 1F1F); protocols without one ignore it.
    fn start(
        &mut self,
        request: TerminalRequest,
        sync: Option<SyncId>,
        now: Instant,
    ) -> Result<(), Busy>;

    /// The result of the last [`TerminalEvent::Result`] is durable: the terminal may hear so.
    fn acknowledge(&mut self, now: Instant);

    /// The cashier wants the running request to stop. It still ends with exactly one
    /// [`TerminalEvent::Finished`], which may well be an approval.
    fn abort(&mut self, now: Instant);

    /// What to do next.
    fn poll(&mut self) -> Output;
}

/// What a driver must do for a session.
#[derive(PartialEq, Eq)]
pub enum Output {
    /// Write these bytes to the wire, all of them, in this order.
    Send(Vec<u8>),
    /// Tell the station.
    Event(TerminalEvent),
    /// Close the transport; it may be opened again at once.
    Close,
    /// Nothing more until there is input, a call, or this instant.
    Wait(Option<Instant>),
}

/// Bytes may hold passwords and keys: only their number is printed.
impl core::fmt::Debug for Output {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Send(bytes) => write!(f, "Send({} bytes)", bytes.len()),
            Self::Event(event) => write!(f, "Event({event:?})"),
            Self::Close => f.write_str("Close"),
            Self::Wait(at) => write!(f, "Wait({at:?})"),
        }
    }
}

/// Another request is running, or the session is not registered with the terminal yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl core::fmt::Display for Busy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("terminal is busy or not ready")
    }
}

impl core::error::Error for Busy {}
