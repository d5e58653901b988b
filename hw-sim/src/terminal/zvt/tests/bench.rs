//! A terminal, a till made of the bare codec, and a bank, in virtual time.

use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::terminal::SyncId;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::line::{Line, LineEvent, LineOutput};
use firmware_protocols::zvt::message::{
    Authorization, BookTotal, CommandOptions, ConfigByte, EndOfDay, PartialReversal, Refund,
    Registration, RegistrationTlv, RepeatReceipt, Reservation, ReservationKey, ReservationReversal,
    Response, Reversal, StatusInformation,
};
use firmware_protocols::zvt::{Framing, Password, Timers};

use crate::bank::Bank;
use crate::terminal::zvt::{Config, Fault, FaultKind, Terminal};
use crate::terminal::{HostAnswer, Output};
use crate::wallet;

/// Everything in one place.
pub(super) struct Bench {
    pub(super) terminal: Terminal,
    pub(super) bank: Bank,
    pub(super) now: Instant,
    till: Line,
    framing: Framing,
    /// Units from the terminal, in order.
    pub(super) heard: Vec<Vec<u8>>,
    /// Controls that the till leaves without an answer.
    pub(super) ignores: Vec<u16>,
    /// Answers that the till gives instead of 80 00 00, each once.
    pub(super) answers: Vec<(u16, Response)>,
    /// The host does not answer.
    pub(super) host_is_down: bool,
    /// Nothing gets through, in either direction.
    pub(super) is_cut: bool,
    pub(super) closed: bool,
    pub(super) reboots: u32,
}

impl Bench {
    pub(super) fn new(config: Config) -> Self {
        let framing = config.framing;
        let mut bench = Self {
            terminal: Terminal::new(config),
            bank: Bank::default(),
            now: Instant(1_000),
            till: Line::new(framing, Timers::default()),
            framing,
            heard: Vec::new(),
            ignores: Vec::new(),
            answers: Vec::new(),
            host_is_down: false,
            is_cut: false,
            closed: false,
            reboots: 0,
        };
        bench.terminal.handle_connected(bench.now);
        bench
    }

    /// A registered terminal on a serial line.
    pub(super) fn registered() -> Self {
        Self::registered_with(Config::default())
    }

    pub(super) fn registered_with(config: Config) -> Self {
        let mut bench = Self::new(config);
        bench.register();
        bench
    }

    pub(super) fn register(&mut self) {
        let registration = Registration {
            password: Password::ZERO,
            config: ConfigByte::FULL,
            currency: Bcd::from_number(578),
            service: None,
            tlv: Some(RegistrationTlv::default()),
        };
        self.run(registration.encode());
        assert_eq!(self.controls(), "8000 060F");
    }

    pub(super) fn card(mut self, name: &str) -> Self {
        self.terminal
            .choose_card(wallet::card(name).expect("a card"));
        self
    }

    pub(super) fn fault(&mut self, kind: FaultKind) {
        self.terminal.add_fault(Fault { kind, count: 1 });
    }

    /// Sends a command and lets everything happen that comes of it within three minutes.
    pub(super) fn run(&mut self, unit: Vec<u8>) {
        self.send(unit);
        self.pass(Duration::from_secs(180));
    }

    /// Sends a command; nothing happens yet.
    pub(super) fn send(&mut self, unit: Vec<u8>) {
        self.heard.clear();
        self.till.send(unit, self.now);
        self.settle();
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        loop {
            let next = self.settle();
            match next {
                Some(at) if at <= end => self.now = self.now.max(at),
                Some(_) | None => break,
            }
            self.till.handle_timeout(self.now);
            self.terminal.handle_timeout(self.now);
        }
        self.now = end;
    }

    /// The till's line is gone and open again.
    pub(super) fn reconnect(&mut self) {
        self.till = Line::new(self.framing, Timers::default());
        self.terminal.handle_disconnected(self.now);
        self.settle();
        self.terminal.handle_connected(self.now);
        self.closed = false;
        self.settle();
    }

    /// Moves bytes until nobody has any; gives the next instant of interest.
    fn settle(&mut self) -> Option<Instant> {
        loop {
            let mut is_quiet = true;
            while let Some(output) = self.till.poll() {
                is_quiet = false;
                match output {
                    LineOutput::Send { .. } if self.is_cut => {}
                    LineOutput::Send { bytes, .. } => {
                        self.terminal.handle_input(&bytes, self.now);
                    }
                    LineOutput::Event(LineEvent::Received(unit)) => self.hear(unit),
                    LineOutput::Event(LineEvent::Delivered { .. } | LineEvent::Failed(_)) => {}
                }
            }
            let deadline = self.carry_out(&mut is_quiet);
            if is_quiet {
                let both = [deadline, self.till.deadline()];
                return both.into_iter().flatten().min();
            }
        }
    }

    fn carry_out(&mut self, is_quiet: &mut bool) -> Option<Instant> {
        loop {
            match self.terminal.poll() {
                Output::Send(_) if self.is_cut => {}
                Output::Send(bytes) => self.till.handle_input(&bytes, self.now),
                Output::Host(request) => {
                    let answer = if self.host_is_down {
                        HostAnswer::Unreachable
                    } else {
                        request.ask(&mut self.bank, self.now.0 / 1000)
                    };
                    self.terminal.handle_host(&request.key, answer, self.now);
                }
                Output::Close => self.closed = true,
                Output::Unplug(_) => self.is_cut = true,
                Output::Reboot(_) => {
                    self.reboots += 1;
                    self.till = Line::new(self.framing, Timers::default());
                }
                Output::Wait(deadline) => return deadline,
            }
            *is_quiet = false;
        }
    }

    fn hear(&mut self, unit: Vec<u8>) {
        let control = Apdu::parse(&unit).expect("a unit").control;
        self.heard.push(unit);
        if Response::is(control) || self.ignores.contains(&control) {
            return;
        }
        let special = self.answers.iter().position(|(to, _)| *to == control);
        let answer = special.map_or(Response::Positive, |at| self.answers.remove(at).1);
        self.till.send(answer.encode(), self.now);
    }

    /// What was heard, without intermediate states and receipts.
    pub(super) fn controls(&self) -> String {
        let controls: Vec<String> = self
            .heard
            .iter()
            .map(|unit| Apdu::parse(unit).expect("a unit").control)
            .filter(|control| ![0x04FF, 0x06D1, 0x06D3].contains(control))
            .map(|control| format!("{control:04X}"))
            .collect();
        controls.join(" ")
    }

    /// Status codes of the intermediate states heard.
    pub(super) fn statuses(&self) -> Vec<u8> {
        let statuses = self
            .heard
            .iter()
            .filter(|unit| unit.starts_with(&[4, 0xFF]));
        statuses.map(|unit| unit[3]).collect()
    }

    /// The last 04 0F heard.
    pub(super) fn result(&self) -> StatusInformation<'_> {
        let mut newest_first = self.heard.iter().rev();
        let unit = newest_first.find(|unit| unit.starts_with(&[4, 0x0F]));
        let apdu = Apdu::parse(unit.expect("a 04 0F")).expect("a unit");
        StatusInformation::decode(apdu.data).expect("a result")
    }

    /// `(result code, receipt number)` of the last 04 0F heard.
    pub(super) fn verdict(&self) -> (u8, Option<u64>) {
        let result = self.result();
        let receipt = result.receipt.and_then(|receipt| receipt.number());
        (result.result_code.expect("a code"), receipt)
    }

    /// The code of the last 06 1E heard.
    pub(super) fn abort_code(&self) -> u8 {
        let mut newest_first = self.heard.iter().rev();
        newest_first
            .find(|unit| unit.starts_with(&[6, 0x1E]))
            .expect("a 06 1E")[3]
    }

    /// `(captured, refunded, held)`.
    pub(super) fn money(&self) -> (u64, u64, u64) {
        let totals = self.bank.totals();
        totals
            .first()
            .map_or((0, 0, 0), |(_, captured, refunded, held)| {
                (*captured, *refunded, *held)
            })
    }
}

pub(super) fn number<const N: usize>(value: u64) -> Option<Bcd<N>> {
    Bcd::from_number(value)
}

/// No TLV at all: the till knows no sync.
pub(super) fn plain() -> CommandOptions {
    CommandOptions::default()
}

/// The till knows sync, and this was the last value it heard.
pub(super) fn synced(known: Option<u64>) -> CommandOptions {
    let known = known.and_then(number::<2>);
    CommandOptions {
        sync: Some(SyncId(known.map_or(Vec::new(), |it| it.bytes().to_vec()))),
        ..plain()
    }
}

pub(super) fn sale(minor: u64, options: CommandOptions) -> Vec<u8> {
    Authorization {
        amount: number(minor),
        currency: number(578),
        payment_type: Some(0x40),
        max_status: None,
        options,
    }
    .encode()
}

pub(super) fn reserve(minor: u64, options: CommandOptions) -> Vec<u8> {
    Reservation {
        amount: number(minor),
        currency: number(578),
        payment_type: Some(0x40),
        max_status: None,
        options,
    }
    .encode()
}

pub(super) fn book(receipt: u64, minor: u64) -> Vec<u8> {
    BookTotal {
        key: key(receipt),
        amount: number(minor),
        currency: number(578),
        payment_type: None,
        options: plain(),
    }
    .encode()
}

pub(super) fn reduce(receipt: u64, unused: u64) -> Vec<u8> {
    PartialReversal {
        key: key(receipt),
        amount: number(unused),
        currency: number(578),
        options: plain(),
    }
    .encode()
}

pub(super) fn release(receipt: u64) -> Vec<u8> {
    ReservationReversal {
        receipt: number(receipt),
        amount: None,
        currency: None,
        options: plain(),
    }
    .encode()
}

pub(super) fn reverse(receipt: u64) -> Vec<u8> {
    Reversal {
        password: Password::ZERO,
        receipt: number(receipt),
        amount: None,
        currency: None,
        options: plain(),
    }
    .encode()
}

pub(super) fn refund(minor: u64) -> Vec<u8> {
    Refund {
        password: Password::ZERO,
        amount: number(minor),
        currency: number(578),
        payment_type: None,
        options: plain(),
    }
    .encode()
}

pub(super) fn end_of_day() -> Vec<u8> {
    EndOfDay {
        password: Password::ZERO,
        options: plain(),
    }
    .encode()
}

pub(super) fn repeat() -> Vec<u8> {
    RepeatReceipt {
        password: Password::ZERO,
        service: Some(0x03),
    }
    .encode()
}

fn key(receipt: u64) -> ReservationKey {
    ReservationKey {
        receipt: number(receipt),
        ..ReservationKey::default()
    }
}
