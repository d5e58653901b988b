//! A card terminal that speaks ZVT.
//!
//! Framing, the master rule and repeated commands are the codec's
//! ([`firmware_protocols::zvt::terminal_side`]); what a terminal *decides* is here: when it reads a
//! card, what it asks its host, what it keeps, and when it takes a payment back.
//!
//! # Assumptions, where the specification is silent
//!
//! * Results carry tag 1F1F, the receipt number as two BCD bytes, for every till that reads TLV. A
//!   till is in sync mode for one command if that command carries 1F1F, even an empty one: then no
//!   lost acknowledgement makes the terminal reverse anything. A refusal (84 xx) still does.
//! * Sales, reservations, bookings and refunds are taken back when their result is not
//!   acknowledged; reversals and releases of reservations are not: that would charge a customer.
//! * What the terminal took back itself does not count as "last transaction" in a repeat of the
//!   last receipt, and neither does a declined one: it never got a receipt number.
//! * A reboot forgets the registration.
//! * A card that was only read (06 C0) is told as a masked number and, where asked for, a token; no
//!   track is. It serves the command that follows at once.
//! * A key or digits that the till asks for are answered before the 06 B0 that stops them.
//! * A till that never acknowledges (T3) gets 04 0F 6C and 06 1E 6C after the reversal on a serial
//!   line; on TCP the terminal hangs up instead.
//!
//! # Not covered
//!
//! Partial issue of goods (84 9D counts as a refusal), extension of reservations, reservations of
//! other terminals (06 26 finds its own), code pages other than 437.

mod admin;
mod command;
mod config;
pub mod control;
mod delivery;
mod front;
mod keypad;
mod lock;
mod payment;
mod phase;
mod receipt;
mod script;
mod store;
mod undo;

use std::collections::VecDeque;
use std::fmt;

use firmware_protocols::time::Instant;
use firmware_protocols::zvt::message::{ConfigByte, Input, Key};
use firmware_protocols::zvt::terminal_side::{Event, Output as LineOutput};
use firmware_protocols::zvt::{Framing, TerminalSide};

use super::{HostAnswer, HostRequest, Output};
use crate::cable::{Cable, CableFault, Sort, Way};
use crate::scenario::{Outcome, Scenario};
use crate::wallet::Card;

use keypad::Typed;
use phase::{Job, Phase, Then};
use script::{Cue, Script};

pub use config::{Config, Face, Fault, FaultKind, Faults, Gesture, RebootPoint};
pub use keypad::{Pressed, Typing};
pub use store::{BatchTotals, Record, Store};

/// One terminal.
#[derive(Debug)]
pub struct Terminal {
    config: Config,
    side: TerminalSide,
    registered: Registered,
    store: Store,
    face: Face,
    faults: Faults,
    phase: Phase,
    /// Messages to the till, in order.
    outbox: VecDeque<Message>,
    /// What the till is to answer now.
    in_flight: Option<Message>,
    /// The transaction that the running command has made.
    current: Option<u16>,
    /// Questions whose answers nobody waits for any more; what they moved is to be moved back.
    orphans: Vec<HostRequest>,
    /// What is sent now is lost on the line until the till answers or gives up.
    is_swallowing: bool,
    /// What was typed and is not entered yet.
    typed: Typed,
    /// The card that the command before has read.
    read_card: Option<&'static Card>,
    /// The running command ends with a restart.
    restarts: bool,
    /// How often the result may still be sent again to a till that is not ready; for ever without.
    repeats_left: Option<u16>,
    deaf_until: Instant,
    cable: Cable,
    script: Script,
    /// How the next payment ends, whatever the card says.
    outcome: Option<Outcome>,
    host_is_down: bool,
    /// Why the terminal takes no payment at all.
    locked: Option<u8>,
    keys: u64,
    outputs: VecDeque<Output>,
}

/// What the till said of itself.
#[derive(Clone, Copy, Debug)]
struct Registered {
    config: ConfigByte,
    has_currency: bool,
    has_tlv: bool,
    takes_blocks: bool,
    /// The longest unit that the till can take.
    longest: usize,
}

impl Registered {
    /// As after switching on and after log-off.
    const DEFAULT: Self = Self {
        config: ConfigByte(0x86),
        has_currency: false,
        has_tlv: false,
        takes_blocks: false,
        longest: usize::MAX,
    };
}

/// A message to the till.
#[derive(Clone)]
struct Message {
    stage: Stage,
    unit: Vec<u8>,
}

/// The unit may hold a card number or a token: it does not print.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({} bytes)", self.stage, self.unit.len())
    }
}

/// What a message means for the running command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// 04 FF.
    Status,
    /// 04 0F of the transaction that the running command has made.
    Result,
    /// Any other 04 0F.
    Information,
    /// 06 D1, 06 D3.
    Print,
    /// 06 0F, 06 1E.
    End,
}

impl Terminal {
    /// A terminal that was just switched on.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let (receipt, trace) = config.numbers_start_after;
        Self {
            side: TerminalSide::new(config.framing, config.timers),
            registered: Registered::DEFAULT,
            store: Store::starting_after(receipt, trace),
            face: Face {
                card: config.card,
                gesture: None,
                hold: config.hold,
                display: IDLE_DISPLAY.to_owned(),
                presentations: 0,
                receipts_printed: 0,
                paper: VecDeque::new(),
            },
            faults: Faults::default(),
            phase: Phase::Idle,
            outbox: VecDeque::new(),
            in_flight: None,
            current: None,
            orphans: Vec::new(),
            is_swallowing: false,
            typed: Typed::default(),
            read_card: None,
            restarts: false,
            repeats_left: None,
            deaf_until: Instant::default(),
            cable: Cable::new(config.framing),
            script: Script::default(),
            outcome: None,
            host_is_down: false,
            locked: None,
            keys: 0,
            outputs: VecDeque::new(),
            config,
        }
    }

    /// The line is open. On a serial cable a terminal does not notice: what runs goes on.
    pub fn handle_connected(&mut self, now: Instant) {
        if self.config.framing == Framing::Tcp || !self.is_busy() {
            self.side.handle_connected(now);
            self.cable.lose();
        }
        self.pump(now);
    }

    /// The line is gone, and the terminal notices: on TCP, not on a serial cable.
    pub fn handle_disconnected(&mut self, now: Instant) {
        self.side.handle_disconnected(now);
        self.cable.lose();
        self.on_line_gone(now);
        self.pump(now);
    }

    /// Bytes from the till, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        if self.is_off() || now < self.deaf_until {
            return;
        }
        let deaf = self.faults.take(|kind| {
            let FaultKind::Deaf(time) = kind else {
                return None;
            };
            Some(time)
        });
        if let Some(time) = deaf {
            self.deaf_until = now.after(time);
            return;
        }
        self.cable.put(Way::FromTill, bytes.to_vec(), now);
        self.pump(now);
    }

    /// The instant of the last [`Output::Wait`] has come. Calling early or twice is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        if !self.is_off() {
            self.side.handle_timeout(now);
            self.pump(now);
        }
        self.on_time(now);
        self.pump(now);
        self.cue(Cue::Time, now);
    }

    /// The host has answered the question of this key.
    pub fn handle_host(&mut self, key: &str, answer: HostAnswer, now: Instant) {
        self.on_host(key, answer, now);
        self.pump(now);
    }

    /// From now on this card is presented.
    pub const fn choose_card(&mut self, card: &'static Card) {
        self.face.card = card;
    }

    /// How the card is presented from now on; without a word, as suits it.
    pub const fn choose_gesture(&mut self, gesture: Option<Gesture>) {
        self.face.gesture = gesture;
    }

    /// With `hold` nobody presents a card until [`Self::present`], nor enters a PIN until
    /// [`Self::press`].
    pub fn set_hold(&mut self, hold: bool, now: Instant) {
        self.face.hold = hold;
        if !hold {
            self.present(now);
            if let Phase::Pin { entered_at, .. } = &mut self.phase {
                *entered_at = Some(now);
            }
            self.on_time(now);
            self.pump(now);
        }
    }

    /// Presents the card at hand, if the terminal waits for one. Says whether it does.
    pub fn present(&mut self, now: Instant) -> bool {
        let was_waited_for = self.on_card(now) || self.on_card_to_read(now);
        self.pump(now);
        was_waited_for
    }

    /// Enters something, if the terminal waits for that. Says whether it does.
    pub fn enter_input(&mut self, input: &Input, now: Instant) -> bool {
        let was_waited_for = self.enter(input, now);
        self.pump(now);
        was_waited_for
    }

    /// Something will go wrong.
    pub fn add_fault(&mut self, fault: Fault) {
        match fault.kind.on_cable() {
            Some((way, damage)) => self.cable.add(CableFault {
                way,
                sort: Sort::Message,
                skip: 0,
                times: fault.count,
                damage,
            }),
            None => self.faults.push(fault),
        }
    }

    /// Nothing will go wrong any more, by a scenario neither.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
        self.cable.clear();
        self.script = Script::default();
        self.outcome = None;
        self.host_is_down = false;
        self.locked = None;
    }

    /// From now on this happens, in place of what an earlier scenario had still to come.
    pub fn play(&mut self, scenario: &Scenario, now: Instant) {
        self.script = Script::of(scenario, now);
        self.cue(Cue::Start, now);
        self.cue(Cue::Time, now);
        self.pump(now);
    }

    /// Why it takes no payment at all: a code of the terminal's states.
    #[must_use]
    pub const fn locked(&self) -> Option<u8> {
        self.locked
    }

    /// The power goes now.
    pub fn reboot(&mut self, now: Instant) {
        self.power_off(now);
        self.pump(now);
    }

    /// What a person in front of it sees.
    #[must_use]
    pub const fn face(&self) -> &Face {
        &self.face
    }

    /// What it keeps.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Whether a command, a reversal or a reboot is running.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        !matches!(self.phase, Phase::Idle)
    }

    /// Whether it waits for a card now.
    #[must_use]
    pub const fn waits_for_card(&self) -> bool {
        matches!(self.phase, Phase::Card { .. } | Phase::Reading { .. })
    }

    /// Whether it waits for a key or digits now.
    #[must_use]
    pub const fn waits_for_input(&self) -> bool {
        matches!(self.phase, Phase::Input { .. })
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        let line = match self.side.poll() {
            LineOutput::Wait(at) => at,
            // Everything else was taken by `pump` after the last call.
            LineOutput::Send(_) | LineOutput::Event(_) | LineOutput::Close => None,
        };
        let line = line.filter(|_| !self.is_off());
        let deadlines = [
            line,
            self.phase.deadline(),
            self.cable.deadline(),
            self.script.deadline(),
        ];
        Output::Wait(deadlines.into_iter().flatten().min())
    }

    /// Takes what the line has, sends what may be sent, until there is neither.
    fn pump(&mut self, now: Instant) {
        loop {
            if let Some(passed) = self.cable.poll(now) {
                self.on_passed(passed, now);
                continue;
            }
            match self.side.poll() {
                LineOutput::Send(bytes) => self.transmit(bytes, now),
                LineOutput::Event(event) => self.on_event(event, now),
                LineOutput::Close => self.outputs.push_back(Output::Close),
                LineOutput::Wait(_) => {
                    if !self.send_next(now) {
                        return;
                    }
                }
            }
        }
    }

    fn on_event(&mut self, event: Event, now: Instant) {
        if self.is_off() {
            return;
        }
        match event {
            Event::Command(command) => self.on_command(command, now),
            Event::AbortRequested => self.on_abort_request(now),
            Event::Answered(answer) => self.on_answer(answer, now),
            Event::LineFailed(_) => self.on_line_gone(now),
        }
    }

    fn on_time(&mut self, now: Instant) {
        match &self.phase {
            Phase::Card {
                presented_at: Some(at),
                ..
            } if *at <= now => {
                self.on_card(now);
            }
            Phase::Card { until, .. } if *until <= now => self.stop(ABORTED, now),
            Phase::Reading {
                presented_at: Some(at),
                ..
            } if *at <= now => {
                self.on_card_to_read(now);
            }
            Phase::Reading {
                until: Some(until), ..
            } if *until <= now => self.end_reading(ABORTED, now),
            Phase::Input {
                entered_at: Some(at),
                ..
            } if *at <= now => {
                self.enter_as_set_up(now);
            }
            Phase::Input {
                until: Some(until), ..
            } if *until <= now => {
                self.enter(&Input::Key(Key::TimedOut), now);
            }
            Phase::Pin {
                job,
                entered_at: Some(at),
                ..
            } if *at <= now => {
                let job = job.clone();
                self.think(job, now);
            }
            Phase::Pin { until, .. } if *until <= now => self.stop(ABORTED, now),
            Phase::Thinking { job, until } if *until <= now => {
                let job = job.clone();
                self.ask_host(job, now);
            }
            Phase::Late { until } if *until <= now => self.phase = Phase::Telling,
            Phase::Again { message, until } if *until <= now => {
                self.outbox.push_front(message.clone());
                self.phase = Phase::Telling;
            }
            Phase::Off { until } if *until <= now => self.power_on(now),
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
            | Phase::Off { .. } => {}
        }
    }

    const fn is_off(&self) -> bool {
        matches!(self.phase, Phase::Off { .. })
    }

    fn show(&mut self, text: &str) {
        text.clone_into(&mut self.face.display);
    }

    /// Ready for the next command. A till that was never told the end must be heard all the same.
    fn rest(&mut self, now: Instant) {
        if self.side.may_send() {
            self.side.handle_connected(now);
        }
        self.outbox.clear();
        self.in_flight = None;
        self.phase = Phase::Idle;
        self.typed.clear();
        self.current = None;
        self.show(IDLE_DISPLAY);
    }

    fn next_key(&mut self) -> String {
        self.keys = self.keys.saturating_add(1);
        format!(
            "pt-{}-{}-{}",
            self.config.terminal_id, self.config.run, self.keys
        )
    }

    /// The wall clock, in seconds since 1970.
    fn wall_clock(&self, now: Instant) -> u64 {
        let seconds = now.0.checked_div(1000).unwrap_or(0);
        self.config.started_at.saturating_add(seconds)
    }
}

const IDLE_DISPLAY: &str = "Welcome";
/// "Abort by timeout or key".
const ABORTED: u8 = firmware_protocols::zvt::result_code::ABORTED;

#[cfg(test)]
mod tests;
