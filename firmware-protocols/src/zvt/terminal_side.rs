//! The terminal's side of a conversation, for simulators: framing, the master rule, T3, repeated
//! commands. What a terminal decides is not here (PA00P016, "Master-slave principle").
//!
//! # Use
//!
//! As with [`Link`](crate::link::Link): after every call of another method drain
//! [`TerminalSide::poll`] until it returns [`Output::Wait`].
//!
//! 1. [`Event::Command`] comes. Answer it with [`TerminalSide::accept`] or
//!    [`TerminalSide::refuse`], within the till's T3 (5 s).
//! 2. An accepted command makes the terminal master, except those that are over then
//!    ([`Command::hands_over`]). Now `send_*` one message at a time; each is followed by exactly one
//!    [`Event::Answered`] or [`Event::LineFailed`]; only then comes the next. A command that asks for
//!    an input is answered with [`TerminalSide::answer_input`] once there is one.
//! 3. [`TerminalSide::send_completion`], [`TerminalSide::send_status_report`],
//!    [`TerminalSide::send_card_information`] or [`TerminalSide::send_abort`] ends it; after its
//!    [`Event::Answered`] the till is master again.
//!
//! Handled here, without an event: the running command once more (answered 80 00 00 again, not
//! executed), another command meanwhile (84 9C), a command that does not decode or holds an unknown
//! bitmap (84 83), acknowledgements and repetitions of frames.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::time::Instant;
use crate::wire::bcd::Bcd;
use crate::zvt::apdu::Apdu;
use crate::zvt::line::{Framing, Line, LineEvent, LineFailure, LineOutput, Timers};
use crate::zvt::message::{
    Abort, AbortRequest, Completion, Input, IntermediateStatus, PrintLine, PrintTextBlock,
    Response, SetDateTime, StatusInformation, StatusReport,
};
use crate::zvt::sequence::{Number, Numbers};

pub use command::Command;

mod command;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 80 00 00 or 84 00 00.
    Accepted,
    /// 84 9C 00: not ready yet, send it again after 2 s.
    NotReady,
    /// 84 9D: goods for this much were issued.
    PartialIssue {
        /// Minor units.
        amount: Bcd<6>,
    },
    /// 84 xx 00.
    Refused {
        /// Error code, such as CC for "printer not ready".
        code: u8,
    },
    /// Nothing within T3, the connection is gone, or the till went on with a new command.
    None,
}

/// What a simulator hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A command; answer it with [`TerminalSide::accept`] or [`TerminalSide::refuse`].
    Command(Command),
    /// 06 B0 while the terminal is master or waits for an input; answer it with
    /// [`TerminalSide::accept_abort`] or [`TerminalSide::refuse_abort`], also between a message and
    /// its answer. An input is answered first.
    AbortRequested,
    /// How the till answered the last message sent.
    Answered(Answer),
    /// A message or answer did not get through in three transmissions, or a unit from the till
    /// stopped half-way. The terminal is no longer master; there will be no `Answered`.
    LineFailed(LineFailure),
}

/// What the caller must do.
#[derive(PartialEq, Eq)]
pub enum Output {
    /// Write these bytes to the wire, all of them, in this order.
    Send(Vec<u8>),
    /// Something happened.
    Event(Event),
    /// Close the connection.
    Close,
    /// Nothing more until there is input, a call, or this instant.
    Wait(Option<Instant>),
}

/// Bytes may hold tokens: only their number is printed.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(bytes) => write!(f, "Send({} bytes)", bytes.len()),
            Self::Event(event) => write!(f, "Event({event:?})"),
            Self::Close => f.write_str("Close"),
            Self::Wait(at) => write!(f, "Wait({at:?})"),
        }
    }
}

/// The terminal is not master, still waits for an answer, or has no such thing to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotNow;

impl fmt::Display for NotNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the terminal's turn")
    }
}

impl core::error::Error for NotNow {}

/// One terminal's end of a line.
#[derive(Debug)]
pub struct TerminalSide {
    framing: Framing,
    timers: Timers,
    line: Line,
    role: Role,
    /// The last command, to know it again.
    command: Vec<u8>,
    /// A 06 B0 waits for its answer; its number, where there are numbers.
    abort_asked: Option<Option<Number>>,
    outputs: VecDeque<Output>,
    numbers: Numbers,
    /// The running registration offers them.
    offered: bool,
    /// Of the last command, and of what waits for the till's answer.
    asked: Option<Number>,
    sent: Option<Number>,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The till is master.
    Idle,
    /// A command waits for `accept` or `refuse`.
    Asked {
        /// Whether accepting it makes the terminal master.
        hands_over: bool,
    },
    /// The terminal is master and may send.
    Master,
    /// A message waits for the till's answer. T3 runs from its delivery.
    Sent {
        deadline: Option<Instant>,
        /// Whether the till is master after it.
        ends: bool,
    },
}

impl TerminalSide {
    /// A terminal that is idle. Call [`TerminalSide::handle_connected`] when the line is open.
    #[must_use]
    pub const fn new(framing: Framing, timers: Timers) -> Self {
        Self {
            framing,
            timers,
            line: Line::new(framing, timers),
            role: Role::Idle,
            command: Vec::new(),
            abort_asked: None,
            outputs: VecDeque::new(),
            numbers: Numbers::none(),
            offered: false,
            asked: None,
            sent: None,
        }
    }

    /// The till has logged off, or the power was gone: messages are not numbered any more.
    pub const fn forget_registration(&mut self) {
        self.numbers.forget();
        self.offered = false;
    }

    /// The line was opened. Forgets what was half received or not acknowledged.
    pub fn handle_connected(&mut self, _now: Instant) {
        self.reset();
    }

    /// The line is gone. A message without an answer gets [`Answer::None`]; the terminal is no
    /// longer master. A terminal on a serial cable may not notice: then do not call this.
    pub fn handle_disconnected(&mut self, _now: Instant) {
        let unanswered = matches!(self.role, Role::Sent { .. });
        self.reset();
        if unanswered {
            self.event(Event::Answered(Answer::None));
        }
    }

    /// Bytes from the wire, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        self.line.handle_input(bytes, now);
        self.drain(now);
    }

    /// The instant of the last [`Output::Wait`] has come. Calling early or twice is harmless.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.line.handle_timeout(now);
        self.drain(now);
        if let Role::Sent {
            deadline: Some(deadline),
            ends,
        } = self.role
            && deadline <= now
        {
            self.answered(Answer::None, ends);
        }
    }

    /// Answers the last command with 80 00 00.
    pub fn accept(&mut self, now: Instant) -> Result<(), NotNow> {
        let Role::Asked { hands_over } = self.role else {
            return Err(NotNow);
        };
        self.role = if hands_over { Role::Master } else { Role::Idle };
        self.reply(Response::Positive, self.asked, now);
        self.drain(now);
        Ok(())
    }

    /// Answers the last command with 84 `code` 00.
    pub fn refuse(&mut self, code: u8, now: Instant) -> Result<(), NotNow> {
        let Role::Asked { .. } = self.role else {
            return Err(NotNow);
        };
        self.role = Role::Idle;
        self.reply(Response::Negative { code }, self.asked, now);
        self.drain(now);
        Ok(())
    }

    /// Answers a command that asks for an input with 80 00 and what was entered.
    pub fn answer_input(&mut self, input: &Input, now: Instant) -> Result<(), NotNow> {
        let Role::Asked { hands_over: false } = self.role else {
            return Err(NotNow);
        };
        self.role = Role::Idle;
        let unit = self.numbers.answer(input.encode(), self.asked);
        self.line.send(unit, now);
        self.drain(now);
        Ok(())
    }

    /// Answers [`Event::AbortRequested`] with 80 00 00.
    pub fn accept_abort(&mut self, now: Instant) -> Result<(), NotNow> {
        self.answer_abort(Response::Positive, now)
    }

    /// Answers [`Event::AbortRequested`] with 84 `code` 00.
    pub fn refuse_abort(&mut self, code: u8, now: Instant) -> Result<(), NotNow> {
        self.answer_abort(Response::Negative { code }, now)
    }

    /// Sends 04 FF.
    pub fn send_intermediate_status(
        &mut self,
        message: &IntermediateStatus<'_>,
        now: Instant,
    ) -> Result<(), NotNow> {
        self.send(message.encode(), false, now)
    }

    /// Sends 04 0F. The till answers when the result is durable, so this may take a while.
    pub fn send_status_information(
        &mut self,
        message: &StatusInformation<'_>,
        now: Instant,
    ) -> Result<(), NotNow> {
        self.send(message.encode(), false, now)
    }

    /// Sends 04 0F in the form that ends a card reading, after which the till is master.
    pub fn send_card_information(
        &mut self,
        message: &StatusInformation<'_>,
        now: Instant,
    ) -> Result<(), NotNow> {
        self.send(message.encode(), true, now)
    }

    /// Sends 06 D1.
    pub fn send_print_line(&mut self, message: &PrintLine<'_>, now: Instant) -> Result<(), NotNow> {
        self.send(message.encode(), false, now)
    }

    /// Sends 06 D3.
    pub fn send_print_text_block(
        &mut self,
        message: &PrintTextBlock<'_>,
        now: Instant,
    ) -> Result<(), NotNow> {
        self.send(message.encode(), false, now)
    }

    /// Sends 04 01.
    pub fn send_date_time(&mut self, message: SetDateTime, now: Instant) -> Result<(), NotNow> {
        self.send(message.encode(), false, now)
    }

    /// Sends 06 0F, after which the till is master.
    pub fn send_completion(&mut self, message: Completion, now: Instant) -> Result<(), NotNow> {
        self.send(message.encode(), true, now)
    }

    /// Sends 06 0F in the form that follows a status enquiry, after which the till is master.
    pub fn send_status_report(
        &mut self,
        message: &StatusReport<'_>,
        now: Instant,
    ) -> Result<(), NotNow> {
        self.send(message.encode(), true, now)
    }

    /// Sends 06 1E, after which the till is master.
    pub fn send_abort(&mut self, message: &Abort, now: Instant) -> Result<(), NotNow> {
        self.send(message.encode(), true, now)
    }

    /// Sends any unit as it is, for faults that the typed messages cannot express. It is answered
    /// like the others; `ends` says whether the till is master after it.
    pub fn send_raw(&mut self, unit: Vec<u8>, ends: bool, now: Instant) -> Result<(), NotNow> {
        self.send(unit, ends, now)
    }

    /// The terminal hangs up.
    pub fn close(&mut self) {
        self.reset();
        self.outputs.push_back(Output::Close);
    }

    /// What to do next.
    pub fn poll(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        let answer = match self.role {
            Role::Sent { deadline, .. } => deadline,
            Role::Idle | Role::Asked { .. } | Role::Master => None,
        };
        Output::Wait([answer, self.line.deadline()].into_iter().flatten().min())
    }

    /// Whether the terminal is master and waits for no answer, so that `send_*` is accepted.
    #[must_use]
    pub const fn may_send(&self) -> bool {
        matches!(self.role, Role::Master)
    }

    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.line.poll() {
            match output {
                LineOutput::Send { bytes, .. } => self.outputs.push_back(Output::Send(bytes)),
                LineOutput::Event(event) => self.on_line_event(event, now),
            }
        }
    }

    fn on_line_event(&mut self, event: LineEvent, now: Instant) {
        match event {
            LineEvent::Received(unit) => self.on_unit(unit, now),
            LineEvent::Delivered { control } => {
                if let Role::Sent {
                    deadline: deadline @ None,
                    ..
                } = &mut self.role
                    && !Response::is(control)
                {
                    *deadline = Some(now.after(self.timers.t3));
                }
            }
            LineEvent::Failed(failure) => {
                self.role = Role::Idle;
                self.command.clear();
                self.abort_asked = None;
                self.event(Event::LineFailed(failure));
            }
        }
    }

    fn on_unit(&mut self, unit: Vec<u8>, now: Instant) {
        let (unit, number) = self.numbers.hear(unit);
        let Ok((apdu, _)) = Apdu::split(&unit) else {
            let code = PROTOCOL_ERROR;
            self.reply(Response::Negative { code }, number, now);
            return;
        };
        if let Ok(response) = Response::decode(apdu) {
            // Another number: too late, to something else.
            if number.is_none() || number == self.sent {
                self.on_response(response);
            }
            return;
        }
        let repeats = unit == self.command && number == self.asked;
        if let Role::Sent {
            deadline,
            ends: true,
        } = self.role
            && (deadline.is_some() || !repeats)
        {
            // The till has heard the end and has gone on: its answer was lost.
            self.answered(Answer::None, true);
        }
        match self.role {
            Role::Idle => self.on_command(unit, number, now),
            // Answered once the caller has decided; saying nothing is what T3 is for.
            Role::Asked { .. } if repeats => (),
            Role::Master | Role::Sent { .. } if repeats => {
                self.reply(Response::Positive, number, now);
            }
            // Of a command that hands nothing over: it waits for an input.
            Role::Asked { hands_over: false } | Role::Master | Role::Sent { .. }
                if apdu.control == AbortRequest::CONTROL =>
            {
                self.abort_asked = Some(number);
                self.event(Event::AbortRequested);
            }
            Role::Asked { .. } | Role::Master | Role::Sent { .. } => {
                self.reply(Response::Negative { code: BUSY }, number, now);
            }
        }
    }

    fn on_command(&mut self, unit: Vec<u8>, number: Option<Number>, now: Instant) {
        let decoded = Apdu::split(&unit).and_then(|(apdu, _)| Command::decode(apdu));
        let Ok(command) = decoded else {
            self.reply(Response::Negative { code: NOT_POSSIBLE }, number, now);
            return;
        };
        self.asked = number;
        if let Command::Registration(registration) = &command {
            self.forget_registration();
            let tlv = registration.tlv.as_ref();
            self.offered = tlv.is_some_and(|tlv| tlv.numbers.is_some());
        }
        let hands_over = command.hands_over();
        self.command = unit;
        self.role = Role::Asked { hands_over };
        self.event(Event::Command(command));
    }

    fn on_response(&mut self, response: Response) {
        let Role::Sent { ends, .. } = self.role else {
            return;
        };
        let answer = match response {
            Response::Positive => Answer::Accepted,
            Response::PartialIssue { amount } => Answer::PartialIssue { amount },
            Response::Negative { code: BUSY } => Answer::NotReady,
            Response::Negative { code } => Answer::Refused { code },
        };
        self.answered(answer, ends);
    }

    fn answered(&mut self, answer: Answer, ends: bool) {
        self.role = if ends { Role::Idle } else { Role::Master };
        if ends {
            self.command.clear();
            self.abort_asked = None;
        }
        self.event(Event::Answered(answer));
    }

    fn answer_abort(&mut self, response: Response, now: Instant) -> Result<(), NotNow> {
        let Some(number) = self.abort_asked.take() else {
            return Err(NotNow);
        };
        self.reply(response, number, now);
        self.drain(now);
        Ok(())
    }

    fn send(&mut self, unit: Vec<u8>, ends: bool, now: Instant) -> Result<(), NotNow> {
        if !self.may_send() {
            return Err(NotNow);
        }
        self.role = Role::Sent {
            deadline: None,
            ends,
        };
        let takes_offer = |unit: &[u8]| {
            let completion = Apdu::parse(unit).ok();
            let completion = completion.filter(|apdu| apdu.control == Completion::CONTROL);
            completion.is_some_and(|apdu| Completion::decode_lenient(apdu.data).0.numbers.is_some())
        };
        if core::mem::take(&mut self.offered) && takes_offer(&unit) {
            self.sent = None;
            self.line.send(unit, now);
            self.numbers.agree();
        } else {
            let (unit, number) = self.numbers.command(unit);
            self.sent = number;
            self.line.send(unit, now);
        }
        self.drain(now);
        Ok(())
    }

    fn reply(&mut self, response: Response, to: Option<Number>, now: Instant) {
        let unit = self.numbers.answer(response.encode(), to);
        self.line.send(unit, now);
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Events that the caller has not seen yet stay; bytes for a line that is gone do not.
    fn reset(&mut self) {
        self.line = Line::new(self.framing, self.timers);
        self.role = Role::Idle;
        self.command.clear();
        self.abort_asked = None;
        self.outputs
            .retain(|output| !matches!(output, Output::Send(_)));
    }
}

/// "Please wait".
const BUSY: u8 = 0x9C;
/// "Function not possible".
const NOT_POSSIBLE: u8 = 0x83;
/// "ZVT protocol error".
const PROTOCOL_ERROR: u8 = 0x9A;
