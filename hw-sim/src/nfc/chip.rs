//! A PN532 on a serial line (NXP UM0701-02), as far as libnfc 1.8 uses it: bytes in, bytes out, time as
//! an argument.

use std::collections::{BTreeMap, VecDeque};

use firmware_protocols::nfc::pn532::{
    self, ACK, Decoder, FROM_CHIP, Frame, NACK, SYNTAX_ERROR, TO_CHIP,
};
use firmware_protocols::time::{Duration, Instant};

use super::card::{Card, Powered, Trick};

/// What a driver must do for a chip. After every call of a `handle_*` method, `poll` is drained until
/// it says `Wait`.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Write these bytes to the line.
    Send(Vec<u8>),
    /// Nothing more until there is input, a call, or this instant.
    Wait(Option<Instant>),
}

/// What goes wrong with one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not even acknowledged.
    NoAck,
    /// It is called broken.
    Nack,
    /// It is acknowledged and never answered.
    Silent,
    /// A check sum of the answer is wrong.
    BadChecksum,
    /// It is answered by a syntax error.
    ErrorFrame,
    /// The answer ends in the middle.
    Truncate,
    /// Something else stands before the answer.
    Noise,
}

/// One exchange with a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// When the card was asked.
    pub at: Instant,
    /// Which.
    pub card: String,
    /// What it was sent.
    pub command: Vec<u8>,
    /// What it answered, if it did.
    pub answer: Option<Vec<u8>>,
}

/// A chip, and what lies on its antenna.
#[derive(Clone, Debug)]
pub struct Chip {
    decoder: Decoder,
    output: VecDeque<Vec<u8>>,
    registers: BTreeMap<[u8; 2], u8>,
    asleep: bool,
    field: bool,
    /// SetParameters: ATS is asked for (fAutomaticRATS).
    with_ats: bool,
    /// Tries to find a target; 255 stands for no end.
    tries: u8,
    cards: Vec<InField>,
    selected: Option<u32>,
    meetings: u32,
    busy: Option<Busy>,
    faults: VecDeque<(Fault, u32)>,
    log: Vec<Exchange>,
    commands: u64,
}

#[derive(Clone, Debug)]
struct InField {
    number: u32,
    card: Card,
    powered: Powered,
    /// Deselected: does not answer until the field was off.
    halted: bool,
    exchanges: u32,
}

/// What takes its time.
#[derive(Clone, Debug)]
enum Busy {
    /// An answer that is ready, and when it goes.
    Answering(Vec<u8>, Instant),
    /// InListPassiveTarget without an end.
    Listing(u8),
    /// InAutoPoll: the kinds, and when it ends.
    Polling(Vec<u8>, Option<Instant>),
}

impl Chip {
    /// One that was just given power: it sleeps, and knows nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            decoder: Decoder::default(),
            output: VecDeque::new(),
            registers: BTreeMap::new(),
            asleep: true,
            field: false,
            with_ats: true,
            tries: u8::MAX,
            cards: Vec::new(),
            selected: None,
            meetings: 0,
            busy: None,
            faults: VecDeque::new(),
            log: Vec::new(),
            commands: 0,
        }
    }

    /// Power was cut and is back; what lies on the antenna still does.
    pub fn reset(&mut self) {
        *self = Self {
            cards: std::mem::take(&mut self.cards),
            meetings: self.meetings,
            log: std::mem::take(&mut self.log),
            commands: self.commands,
            ..Self::new()
        };
    }

    /// A card comes into the field.
    pub fn tap(&mut self, card: Card, now: Instant) {
        self.meetings = self.meetings.wrapping_add(1);
        let powered = card.powered(self.meetings);
        self.cards.push(InField {
            number: self.meetings,
            card,
            powered,
            halted: false,
            exchanges: 0,
        });
        self.look_again(now);
    }

    /// A card leaves, or all do; whether there was one.
    pub fn remove(&mut self, name: Option<&str>) -> bool {
        let before = self.cards.len();
        self.cards
            .retain(|it| name.is_some_and(|name| it.card.name != name));
        self.cards.len() < before
    }

    /// So many of the next commands go wrong, behind those that do already.
    pub fn add_fault(&mut self, fault: Fault, count: u32) {
        self.faults.push_back((fault, count));
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Whether it sleeps.
    #[must_use]
    pub const fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// Whether its field is on.
    #[must_use]
    pub const fn has_field(&self) -> bool {
        self.field
    }

    /// Whether a command runs that ends when a card comes.
    #[must_use]
    pub const fn waits_for_card(&self) -> bool {
        matches!(self.busy, Some(Busy::Listing(_) | Busy::Polling(..)))
    }

    /// How many commands it was given.
    #[must_use]
    pub const fn commands(&self) -> u64 {
        self.commands
    }

    /// What lies on its antenna.
    pub fn cards(&self) -> impl Iterator<Item = &str> {
        self.cards.iter().map(|it| it.card.name.as_str())
    }

    /// Everything that was exchanged with cards.
    #[must_use]
    pub fn log(&self) -> &[Exchange] {
        &self.log
    }

    /// Forgets the log.
    pub fn clear_log(&mut self) {
        self.log.clear();
    }

    /// Bytes from the line, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        let mut bytes = bytes;
        if self.asleep {
            // Awake after the first bytes of the preamble (7.2.11); all before is lost.
            let Some(start) = bytes.iter().position(|byte| *byte == WAKE_UP) else {
                return;
            };
            self.asleep = false;
            self.decoder = Decoder::default();
            bytes = bytes.get(start..).unwrap_or_default();
        }
        self.decoder.handle_input(bytes);
        while let Some(frame) = self.decoder.poll() {
            match frame {
                Frame::Data(data) => self.on_command(&data, now),
                // The host wants no answer any more (6.2.1.6).
                Frame::Ack => self.busy = None,
                Frame::Nack => {}
                Frame::Broken => self.output.push_back(NACK.to_vec()),
            }
        }
    }

    /// The instant of the last [`Output::Wait`] has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.busy.take() {
            Some(Busy::Answering(answer, at)) if at <= now => self.output.push_back(answer),
            Some(Busy::Polling(_, Some(until))) if until <= now => {
                self.answer(IN_AUTO_POLL, &[0x00]);
            }
            other => self.busy = other,
        }
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        if let Some(bytes) = self.output.pop_front() {
            return Output::Send(bytes);
        }
        Output::Wait(match &self.busy {
            Some(Busy::Answering(_, at) | Busy::Polling(_, Some(at))) => Some(*at),
            Some(Busy::Listing(_) | Busy::Polling(_, None)) | None => None,
        })
    }

    fn on_command(&mut self, data: &[u8], now: Instant) {
        // A new command ends the one before (6.2.1.6).
        self.busy = None;
        let [TO_CHIP, command, parameters @ ..] = data else {
            self.output.push_back(ACK.to_vec());
            self.output.push_back(SYNTAX_ERROR.to_vec());
            return;
        };
        self.commands = self.commands.saturating_add(1);
        match self.next_fault() {
            Some(Fault::NoAck) => {}
            Some(Fault::Nack) => self.output.push_back(NACK.to_vec()),
            Some(Fault::Silent) => self.output.push_back(ACK.to_vec()),
            Some(Fault::ErrorFrame) => {
                self.output.push_back(ACK.to_vec());
                self.output.push_back(SYNTAX_ERROR.to_vec());
            }
            spoilt @ (Some(Fault::BadChecksum | Fault::Truncate | Fault::Noise) | None) => {
                self.output.push_back(ACK.to_vec());
                self.carry_out(*command, parameters, now);
                if let (Some(fault), Some(answer)) = (spoilt, self.output.back_mut()) {
                    spoil(answer, fault);
                }
            }
        }
    }

    fn next_fault(&mut self) -> Option<Fault> {
        let (fault, count) = self.faults.front_mut()?;
        let fault = *fault;
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.faults.pop_front();
        }
        Some(fault)
    }

    fn carry_out(&mut self, command: u8, parameters: &[u8], now: Instant) {
        match (command, parameters) {
            // Communication line test: it comes back. Nothing else is tested here.
            (DIAGNOSE, [0x00, ..]) => self.answer(command, parameters),
            (DIAGNOSE, _) => self.answer(command, &[0x00]),
            // PN532, version 1.6, supports ISO 18092 and 14443 A and B.
            (GET_FIRMWARE_VERSION, _) => self.answer(command, &[0x32, 0x01, 0x06, 0x07]),
            (READ_REGISTER, addresses) => {
                let values = addresses.as_chunks().0.iter();
                let values = values.map(|at| self.registers.get(at).copied().unwrap_or_default());
                let values: Vec<u8> = values.collect();
                self.answer(command, &values);
            }
            (WRITE_REGISTER, rows) => {
                for [high, low, value] in rows.as_chunks().0 {
                    self.registers.insert([*high, *low], *value);
                }
                self.answer(command, &[]);
            }
            (SET_PARAMETERS, [flags, ..]) => {
                self.with_ats = flags & AUTOMATIC_RATS != 0;
                self.answer(command, &[]);
            }
            (SAM_CONFIGURATION, _) => self.answer(command, &[]),
            (POWER_DOWN, _) => {
                self.answer(command, &[0x00]);
                self.set_field(false);
                self.asleep = true;
            }
            (RF_CONFIGURATION, [item, values @ ..]) => {
                match (item, values) {
                    (0x01, [flags, ..]) => self.set_field(flags & 0x01 != 0),
                    (0x05, [_, _, tries, ..]) => self.tries = *tries,
                    _ => {}
                }
                self.answer(command, &[]);
            }
            (IN_DATA_EXCHANGE, [_target, bytes @ ..]) => self.exchange(command, bytes, now),
            (IN_COMMUNICATE_THRU, bytes) => self.exchange(command, bytes, now),
            (IN_LIST_PASSIVE_TARGET, [_, kind, ..]) => self.list(*kind),
            (IN_DESELECT, _) => {
                if let Some(card) = self.selected.take().and_then(|it| self.in_field(it)) {
                    card.halted = true;
                }
                self.answer(command, &[0x00]);
            }
            (IN_RELEASE, _) => {
                self.selected = None;
                self.answer(command, &[0x00]);
            }
            (IN_AUTO_POLL, [count, period, kinds @ ..]) => {
                self.busy = Some(Busy::Polling(
                    kinds.to_vec(),
                    poll_end(*count, *period, now),
                ));
                self.look_again(now);
            }
            _ => self.output.push_back(SYNTAX_ERROR.to_vec()),
        }
    }

    fn answer(&mut self, command: u8, parameters: &[u8]) {
        self.output.push_back(answer_frame(command, parameters));
    }

    fn set_field(&mut self, on: bool) {
        if self.field && !on {
            self.selected = None;
        }
        if on && !self.field {
            for it in &mut self.cards {
                self.meetings = self.meetings.wrapping_add(1);
                it.powered = it.card.powered(self.meetings);
                it.halted = false;
            }
        }
        self.field = on;
    }

    fn in_field(&mut self, number: u32) -> Option<&mut InField> {
        self.cards.iter_mut().find(|it| it.number == number)
    }

    /// InListPassiveTarget (7.3.5); switches the field on. `kind` is the modulation: 0 is type A, 3 is
    /// type B at 106 kbit/s; nobody here speaks another one.
    fn list(&mut self, kind: u8) {
        self.set_field(true);
        if let Some(found) = self.select(|card| match kind {
            0x00 => !card.is_type_b(),
            0x03 => card.is_type_b(),
            _ => false,
        }) {
            let parameters = [&[0x01, 0x01], &found[..]].concat();
            self.answer(IN_LIST_PASSIVE_TARGET, &parameters);
        } else if self.tries == u8::MAX {
            self.busy = Some(Busy::Listing(kind));
        } else {
            self.answer(IN_LIST_PASSIVE_TARGET, &[0x00]);
        }
    }

    /// Selects the first card that answers and is wanted.
    fn select(&mut self, wanted: impl Fn(&Card) -> bool) -> Option<Vec<u8>> {
        let mut cards = self.cards.iter();
        let it = cards.find(|it| !it.halted && wanted(&it.card))?;
        self.selected = Some(it.number);
        Some(it.card.target_data(&it.powered, self.with_ats))
    }

    /// A card has come: whoever waits for one may find it.
    fn look_again(&mut self, now: Instant) {
        match self.busy.take() {
            Some(Busy::Listing(kind)) => self.list(kind),
            Some(Busy::Polling(kinds, until)) => {
                self.set_field(true);
                let found = kinds.iter().find_map(|kind| {
                    let data = self.select(|card| is_polled(*kind, card))?;
                    Some((*kind, data))
                });
                match found {
                    Some((kind, data)) => {
                        let length = u8::try_from(data.len().saturating_add(1)).unwrap_or(u8::MAX);
                        let parameters = [&[0x01, kind, length, 0x01], &data[..]].concat();
                        self.answer(IN_AUTO_POLL, &parameters);
                    }
                    None if until.is_some_and(|until| until <= now) => {
                        self.answer(IN_AUTO_POLL, &[0x00]);
                    }
                    None => self.busy = Some(Busy::Polling(kinds, until)),
                }
            }
            other => self.busy = other,
        }
    }

    /// InDataExchange and InCommunicateThru (7.3.8, 7.3.9): status, and what the card answers.
    fn exchange(&mut self, command: u8, bytes: &[u8], now: Instant) {
        let thru = command == IN_COMMUNICATE_THRU;
        let Some(it) = self.selected.and_then(|number| self.in_field(number)) else {
            return self.answer(command, &[TIME_OUT]);
        };
        // R(NAK): "are you there?", below the level of APDUs.
        let answer = match bytes {
            [0xB2] if thru && it.card.is_iso_dep() => Some(vec![0xA2]),
            [0xBA, 0x01] if thru && it.card.is_type_b() => Some(vec![0xAA, 0x01]),
            _ => {
                it.exchanges = it.exchanges.saturating_add(1);
                let leaves = it
                    .card
                    .leaves_after
                    .is_some_and(|after| it.exchanges > after);
                let answer = it.card.answer(&mut it.powered, bytes);
                answer.filter(|_| !leaves)
            }
        };
        let (name, delay) = (it.card.name.clone(), it.card.answer_delay);
        let status = match (it.card.trick, &answer) {
            (Some(Trick::NadBit), Some(_)) => 0x80,
            (Some(Trick::EmptyAts) | None, Some(_)) => 0x00,
            (_, None) => TIME_OUT,
        };
        let is_gone = answer.is_none() && it.card.leaves_after.is_some();
        if is_gone {
            self.cards.retain(|it| it.card.name != name);
        }
        if self.log.len() < LOG_MAX {
            self.log.push(Exchange {
                at: now,
                card: name,
                command: bytes.to_vec(),
                answer: answer.clone(),
            });
        }
        let parameters = [&[status], &answer.unwrap_or_default()[..]].concat();
        if delay.is_zero() {
            self.answer(command, &parameters);
        } else {
            let frame = answer_frame(command, &parameters);
            self.busy = Some(Busy::Answering(frame, now.after(delay)));
        }
    }
}

impl Default for Chip {
    fn default() -> Self {
        Self::new()
    }
}

const WAKE_UP: u8 = 0x55;
const TIME_OUT: u8 = 0x01;
const AUTOMATIC_RATS: u8 = 0x10;
const LOG_MAX: usize = 100_000;

const DIAGNOSE: u8 = 0x00;
const GET_FIRMWARE_VERSION: u8 = 0x02;
const READ_REGISTER: u8 = 0x06;
const WRITE_REGISTER: u8 = 0x08;
const SET_PARAMETERS: u8 = 0x12;
const SAM_CONFIGURATION: u8 = 0x14;
const POWER_DOWN: u8 = 0x16;
const RF_CONFIGURATION: u8 = 0x32;
const IN_DATA_EXCHANGE: u8 = 0x40;
const IN_COMMUNICATE_THRU: u8 = 0x42;
const IN_DESELECT: u8 = 0x44;
const IN_LIST_PASSIVE_TARGET: u8 = 0x4A;
const IN_RELEASE: u8 = 0x52;
const IN_AUTO_POLL: u8 = 0x60;

fn answer_frame(command: u8, parameters: &[u8]) -> Vec<u8> {
    let head = [FROM_CHIP, command.wrapping_add(1)];
    pn532::encode(&[&head, parameters].concat())
}

/// InAutoPoll, 7.3.13: kinds of targets.
const fn is_polled(kind: u8, card: &Card) -> bool {
    match kind {
        // Type A at large; MIFARE; type A with APDUs.
        0x00 => !card.is_type_b(),
        0x10 => !card.is_type_b() && !card.is_iso_dep(),
        0x20 => !card.is_type_b() && card.is_iso_dep(),
        0x03 | 0x23 => card.is_type_b(),
        _ => false,
    }
}

/// The period counts in 150 ms; 255 times is for ever.
fn poll_end(count: u8, period: u8, now: Instant) -> Option<Instant> {
    let periods = u64::from(count).saturating_mul(u64::from(period));
    let all = Duration::from_millis(periods.saturating_mul(150));
    (count < u8::MAX).then(|| now.after(all))
}

fn spoil(answer: &mut Vec<u8>, fault: Fault) {
    match fault {
        Fault::BadChecksum => {
            // The last but one byte is the check sum.
            if let Some(check) = answer.iter_mut().nth_back(1) {
                *check ^= 0x55;
            }
        }
        Fault::Truncate => answer.truncate(answer.len().div_euclid(2)),
        Fault::Noise => {
            answer.splice(..0, [0x5A, 0x00, 0xA5]);
        }
        Fault::NoAck | Fault::Nack | Fault::Silent | Fault::ErrorFrame => {}
    }
}
