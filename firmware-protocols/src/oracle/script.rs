//! Till and terminal under a script that bytes say.
//!
//! The first byte chooses the transport (bit 1), TLV (bit 2) and what the terminal does with a
//! command (bit 4). Then comes one step after the other: a byte whose low three bits say what
//! happens, and what that takes.
//!
//! | step | till | terminal |
//! | --- | --- | --- |
//! | 0 | so many bytes come in, as they are (next byte) | the same |
//! | 1 | so many bytes come in as a whole unit (next byte) | the same |
//! | 2 | the instant of the last `Wait` comes | the same |
//! | 3 | so many tenths of a second pass (next byte) | the same |
//! | 4 | a request starts (next byte says which) | a message is sent; its low bit ends the command |
//! | 5 | the result is acknowledged | an abort is accepted |
//! | 6 | the cashier wants to stop | a command that waits is answered |
//! | 7 | the line closes (next byte even) or opens | the same |

use alloc::string::String;
use alloc::vec::Vec;

use super::Broken;
use crate::link::{Link as _, Output};
use crate::time::{Duration, Instant};
use crate::vocabulary::money::{Currency, Money};
use crate::vocabulary::terminal::{Reservation, TerminalEvent, TerminalRequest};
use crate::zvt::line::{Framing, Timers};
use crate::zvt::message::{Input, Key};
use crate::zvt::serial::encode_frame;
use crate::zvt::terminal_side::{self, Event};
use crate::zvt::{Config, Session, TerminalSide};

/// A till.
pub fn till(script: &[u8]) -> Result<(), Broken> {
    let (mut steps, first) = Steps::new(script);
    let config = Config {
        tlv: first & 0x02 != 0,
        ..Config::new(steps.framing, Currency::EUR)
    };
    let mut till = Till {
        session: Session::new(config),
        now: Instant(0),
        deadline: None,
        started: 0,
        ended: 0,
    };
    till.session.handle_connected(till.now);
    till.drain()?;
    while let Some(step) = steps.next() {
        till.take(step)?;
        till.drain()?;
    }
    till.session.handle_disconnected(till.now);
    till.drain()?;
    match (till.ended == till.started, till.deadline) {
        (true, None) => Ok(()),
        (true, Some(_)) => Err(Broken("a line that is gone has a deadline")),
        (false, _) => Err(Broken("a request has no ending")),
    }
}

struct Till {
    session: Session,
    now: Instant,
    deadline: Option<Instant>,
    started: u32,
    ended: u32,
}

impl Till {
    fn take(&mut self, step: Step) -> Result<(), Broken> {
        match step {
            Step::Input(bytes) => self.session.handle_input(&bytes, self.now),
            Step::Wake => {
                self.now = self.deadline.unwrap_or(self.now).max(self.now);
                self.session.handle_timeout(self.now);
            }
            Step::Pass(time) => {
                self.now = self.now.after(time);
                self.session.handle_timeout(self.now);
            }
            Step::Act(which) => {
                let is_free = self.started == self.ended;
                let outcome = self.session.start(request(which), None, self.now);
                if outcome.is_ok() && !is_free {
                    return Err(Broken("a second request starts while one runs"));
                }
                self.started = self.started.saturating_add(u32::from(outcome.is_ok()));
            }
            Step::Acknowledge => self.session.acknowledge(self.now),
            Step::Abort => self.session.abort(self.now),
            Step::Line(false) => self.session.handle_disconnected(self.now),
            Step::Line(true) => self.session.handle_connected(self.now),
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), Broken> {
        for _ in 0..MOST_OUTPUTS {
            match self.session.poll() {
                Output::Send(_) | Output::Close => (),
                Output::Event(TerminalEvent::Finished(_)) => {
                    self.ended = self.ended.saturating_add(1);
                    if self.ended > self.started {
                        return Err(Broken("a request ends twice"));
                    }
                }
                Output::Event(_) => (),
                Output::Wait(deadline) => {
                    self.deadline = deadline;
                    return match (self.started == self.ended, deadline) {
                        (false, None) => Err(Broken("a request runs without a deadline")),
                        (true, _) | (false, Some(_)) => Ok(()),
                    };
                }
            }
        }
        Err(Broken("a till that never waits"))
    }
}

/// A terminal.
pub fn terminal(script: &[u8]) -> Result<(), Broken> {
    let (mut steps, first) = Steps::new(script);
    let mut terminal = Terminal {
        side: TerminalSide::new(steps.framing, Timers::default()),
        now: Instant(0),
        deadline: None,
        on_command: first,
        waits: false,
    };
    terminal.side.handle_connected(terminal.now);
    terminal.drain()?;
    while let Some(step) = steps.next() {
        terminal.take(step);
        terminal.drain()?;
    }
    Ok(())
}

struct Terminal {
    side: TerminalSide,
    now: Instant,
    deadline: Option<Instant>,
    /// What is done with a command: bit 4 accepts it, bit 8 lets it wait.
    on_command: u8,
    /// A message was sent and not answered.
    waits: bool,
}

impl Terminal {
    fn take(&mut self, step: Step) {
        let now = self.now;
        match step {
            Step::Input(bytes) => self.side.handle_input(&bytes, now),
            Step::Wake => {
                self.now = self.deadline.unwrap_or(now).max(now);
                self.side.handle_timeout(self.now);
            }
            Step::Pass(time) => {
                self.now = now.after(time);
                self.side.handle_timeout(self.now);
            }
            Step::Act(which) => {
                let unit = Vec::from([0x04, 0x0F, 0x02, 0x27, which]);
                let sent = self.side.send_raw(unit, which & 1 != 0, now);
                self.waits |= sent.is_ok();
            }
            Step::Acknowledge => {
                let _ = self.side.accept_abort(now);
            }
            Step::Abort => {
                let answered = self.side.answer_input(&Input::Key(Key::Ok), now);
                if answered.is_err() {
                    let _ = self.side.accept(now);
                }
            }
            Step::Line(false) => self.side.handle_disconnected(now),
            Step::Line(true) => {
                self.side.handle_connected(now);
                self.waits = false;
            }
        }
    }

    fn drain(&mut self) -> Result<(), Broken> {
        for _ in 0..MOST_OUTPUTS {
            match self.side.poll() {
                terminal_side::Output::Send(_) => (),
                terminal_side::Output::Close => return Err(Broken("a terminal closes unasked")),
                terminal_side::Output::Event(event) => self.on_event(event)?,
                terminal_side::Output::Wait(deadline) => {
                    self.deadline = deadline;
                    return match (self.waits, deadline) {
                        (true, None) => Err(Broken("an answer is awaited without a deadline")),
                        (true, Some(_)) | (false, _) => Ok(()),
                    };
                }
            }
        }
        Err(Broken("a terminal that never waits"))
    }

    fn on_event(&mut self, event: Event) -> Result<(), Broken> {
        match event {
            Event::Command(_) if self.on_command & 0x08 != 0 => Ok(()),
            Event::Command(_) => {
                let answered = match self.on_command & 0x04 != 0 {
                    true => self.side.accept(self.now),
                    false => self.side.refuse(0x83, self.now),
                };
                answered.map_err(|_| Broken("a command cannot be answered"))
            }
            Event::Answered(_) => match core::mem::take(&mut self.waits) {
                true => Ok(()),
                false => Err(Broken("an answer to nothing")),
            },
            Event::LineFailed(_) => {
                self.waits = false;
                Ok(())
            }
            Event::AbortRequested => Ok(()),
        }
    }
}

/// One step of a script.
enum Step {
    Input(Vec<u8>),
    Wake,
    Pass(Duration),
    Act(u8),
    Acknowledge,
    Abort,
    Line(bool),
}

struct Steps<'a> {
    framing: Framing,
    rest: &'a [u8],
}

impl<'a> Steps<'a> {
    fn new(script: &'a [u8]) -> (Self, u8) {
        let (first, rest) = script.split_first().unwrap_or((&0, &[]));
        let framing = match first & 1 {
            0 => Framing::Serial,
            _ => Framing::Tcp,
        };
        (Self { framing, rest }, *first)
    }

    fn next(&mut self) -> Option<Step> {
        Some(match self.byte()? & 0x07 {
            0 => Step::Input(self.bytes()?.to_vec()),
            1 => {
                let unit = self.bytes()?;
                Step::Input(match self.framing {
                    Framing::Serial => encode_frame(unit),
                    Framing::Tcp => unit.to_vec(),
                })
            }
            2 => Step::Wake,
            3 => Step::Pass(Duration::from_millis(
                u64::from(self.byte()?).saturating_mul(100),
            )),
            4 => Step::Act(self.byte()?),
            5 => Step::Acknowledge,
            6 => Step::Abort,
            _ => Step::Line(self.byte()? & 1 != 0),
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// As many as the next byte says, or what there is.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let wanted = usize::from(self.byte()?).min(self.rest.len());
        let (bytes, rest) = self.rest.split_at_checked(wanted)?;
        self.rest = rest;
        Some(bytes)
    }
}

fn request(which: u8) -> TerminalRequest {
    let amount = Money::new(u64::from(which), Currency::EUR);
    let want_token = which & 0x80 != 0;
    let reservation = || Reservation {
        receipt_number: String::from("0001"),
        trace_number: None,
        authorization_code: None,
        amount,
    };
    match which % 12 {
        0 => TerminalRequest::Sale { amount, want_token },
        1 => TerminalRequest::Authorize { amount, want_token },
        2 => TerminalRequest::CaptureReservation {
            reservation: reservation(),
            amount,
        },
        3 => TerminalRequest::ReduceReservation {
            reservation: reservation(),
            unused: amount,
        },
        4 => TerminalRequest::VoidReservation {
            reservation: reservation(),
        },
        5 => TerminalRequest::Reverse {
            receipt_number: String::from("0001"),
            amount,
        },
        6 => TerminalRequest::Refund { amount },
        7 => TerminalRequest::Inquire,
        8 => TerminalRequest::Status,
        9 => TerminalRequest::OpenReservations,
        10 => TerminalRequest::Totals,
        _ => TerminalRequest::Reconcile,
    }
}

/// No single step makes as many outputs as this.
const MOST_OUTPUTS: usize = 100_000;
