//! A till and a terminal wired together, in virtual time.

use std::collections::VecDeque;

use firmware_protocols::link::{Link as _, Output};
use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::{SyncId, TerminalEvent, TerminalRequest};
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::line::Timers;
use firmware_protocols::zvt::message::{Abort, Completion, StatusReport};
use firmware_protocols::zvt::terminal_side::{self, Command, Event, TerminalSide};
use firmware_protocols::zvt::{Config, Session};

/// What a scripted terminal does next, after a command or after the answer to its last message.
#[derive(Clone, Debug)]
pub(super) enum Say {
    Accept,
    Refuse(u8),
    Unit(Vec<u8>),
    /// A unit after which the till is master.
    End(Vec<u8>),
}

/// Decides whether a packet arrives.
pub(super) type Judge = dyn FnMut(Way, &[u8]) -> bool;

/// Which way a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ToTill,
    ToTerminal,
}

pub(super) struct Pair {
    pub(super) till: Session,
    pub(super) terminal: TerminalSide,
    pub(super) now: Instant,
    till_deadline: Option<Instant>,
    terminal_deadline: Option<Instant>,
    wire: VecDeque<(Way, Vec<u8>)>,
    /// What came out of the till.
    pub(super) events: Vec<TerminalEvent>,
    /// What came out of the terminal.
    pub(super) heard: Vec<Event>,
    pub(super) closed: bool,
    /// What the terminal does at each command that is not start-up.
    pub(super) scripts: VecDeque<Vec<Say>>,
    script: VecDeque<Say>,
    /// What the terminal answers to 06 20.
    pub(super) last: Option<Vec<u8>>,
    /// What the terminal says about an abort.
    pub(super) on_abort: Option<Vec<Say>>,
    /// Looks at each packet and says whether it arrives.
    pub(super) arrives: Box<Judge>,
}

impl Pair {
    pub(super) fn new(config: Config) -> Self {
        let terminal = TerminalSide::new(config.framing, Timers::default());
        Self {
            till: Session::new(config),
            terminal,
            now: Instant(0),
            till_deadline: None,
            terminal_deadline: None,
            wire: VecDeque::new(),
            events: Vec::new(),
            heard: Vec::new(),
            closed: false,
            scripts: VecDeque::new(),
            script: VecDeque::new(),
            last: None,
            on_abort: None,
            arrives: Box::new(|_, _| true),
        }
    }

    pub(super) fn connect(&mut self) {
        self.closed = false;
        self.wire.clear();
        self.terminal.handle_disconnected(self.now);
        self.script.clear();
        self.drain_terminal();
        self.terminal.handle_connected(self.now);
        self.till.handle_connected(self.now);
        self.drain_till();
        self.settle();
    }

    pub(super) fn start(
        &mut self,
        request: TerminalRequest,
        sync: Option<SyncId>,
        script: Vec<Say>,
    ) {
        self.scripts.push_back(script);
        self.till.start(request, sync, self.now).unwrap();
        self.drain_till();
        self.settle();
    }

    pub(super) fn acknowledge(&mut self) {
        self.till.acknowledge(self.now);
        self.drain_till();
        self.settle();
    }

    pub(super) fn abort(&mut self) {
        self.till.abort(self.now);
        self.drain_till();
        self.settle();
    }

    /// The terminal goes on of its own accord.
    pub(super) fn say(&mut self, script: Vec<Say>) {
        self.script = script.into();
        self.say_next();
        self.drain_terminal();
        self.settle();
    }

    /// Carries packets until none is left.
    pub(super) fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some((way, bytes)) = self.wire.pop_front() else {
                return;
            };
            if !(self.arrives)(way, &bytes) {
                continue;
            }
            match way {
                Way::ToTill => {
                    self.till.handle_input(&bytes, self.now);
                    self.drain_till();
                }
                Way::ToTerminal => {
                    self.terminal.handle_input(&bytes, self.now);
                    self.drain_terminal();
                }
            }
        }
        panic!("the two never stop talking");
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        for _ in 0..10_000 {
            let next = [self.till_deadline, self.terminal_deadline]
                .into_iter()
                .flatten()
                .min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return;
            };
            self.now = self.now.max(next);
            self.till.handle_timeout(self.now);
            self.drain_till();
            self.terminal.handle_timeout(self.now);
            self.drain_terminal();
            self.settle();
        }
        panic!("timers that do not go");
    }

    fn drain_till(&mut self) {
        loop {
            match self.till.poll() {
                Output::Send(bytes) => self.wire.push_back((Way::ToTerminal, bytes)),
                Output::Event(event) => self.events.push(event),
                Output::Close => {
                    self.closed = true;
                    self.wire.clear();
                }
                Output::Wait(deadline) => {
                    self.till_deadline = deadline;
                    return;
                }
            }
        }
    }

    fn drain_terminal(&mut self) {
        loop {
            match self.terminal.poll() {
                terminal_side::Output::Send(bytes) => self.wire.push_back((Way::ToTill, bytes)),
                terminal_side::Output::Event(event) => self.on_event(event),
                terminal_side::Output::Close => self.closed = true,
                terminal_side::Output::Wait(deadline) => {
                    self.terminal_deadline = deadline;
                    return;
                }
            }
        }
    }

    fn on_event(&mut self, event: Event) {
        self.heard.push(event.clone());
        match event {
            Event::Command(command) => {
                self.script = self.script_for(&command).into();
                self.say_next();
            }
            Event::Answered(_) => self.say_next(),
            Event::AbortRequested => {
                let Some(script) = self.on_abort.take() else {
                    self.terminal.refuse_abort(0x83, self.now).unwrap();
                    return;
                };
                self.script = script.into();
                self.terminal.accept_abort(self.now).unwrap();
                self.say_next();
            }
            Event::LineFailed(_) => self.script.clear(),
        }
    }

    fn script_for(&mut self, command: &Command) -> Vec<Say> {
        match command {
            Command::Registration(registration) => {
                let terminal_id = Bcd::from_digits("68001234");
                let completion = Completion {
                    terminal_id,
                    numbers: registration.tlv.as_ref().and_then(|tlv| tlv.numbers),
                    ..Completion::default()
                };
                vec![Say::Accept, Say::End(completion.encode())]
            }
            Command::StatusEnquiry(_) => {
                vec![Say::Accept, Say::End(StatusReport::default().encode())]
            }
            Command::RepeatReceipt(_) => match self.last.clone() {
                Some(last) => vec![Say::Accept, Say::Unit(last), done()],
                None => vec![Say::Accept, stop(0x83)],
            },
            _ => self.scripts.pop_front().unwrap_or(vec![Say::Refuse(0x83)]),
        }
    }

    /// Says what is next unless the terminal waits for an answer.
    fn say_next(&mut self) {
        while let Some(say) = self.script.pop_front() {
            let outcome = match say.clone() {
                Say::Accept => self.terminal.accept(self.now),
                Say::Refuse(code) => self.terminal.refuse(code, self.now),
                Say::Unit(unit) => self.terminal.send_raw(unit, false, self.now),
                Say::End(unit) => self.terminal.send_raw(unit, true, self.now),
            };
            if outcome.is_err() {
                self.script.push_front(say);
                return;
            }
        }
    }
}

/// 06 0F.
pub(super) fn done() -> Say {
    Say::End(Completion::default().encode())
}

/// 06 1E.
pub(super) fn stop(code: u8) -> Say {
    Say::End(
        Abort {
            code,
            ..Abort::default()
        }
        .encode(),
    )
}
