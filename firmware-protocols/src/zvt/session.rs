//! The till's side of a conversation (PA00P016, "Master-slave principle"; PA00P015, sequences of
//! the commands).
//!
//! ```text
//! Offline ─connected─▶ 06 00 ─▶ 05 01 until idle ─▶ 06 20 ─▶ Ready ─▶ Idle ⇄ a request
//! ```
//!
//! Of every command: it is *asked* (T3 until 80 00 00 or 84 xx), then the terminal is *serving* it
//! as master (T4 until 06 0F or 06 1E) and we only answer.
//!
//! # How a request that moves money ends
//!
//! | last 04 0F | then | ending |
//! | --- | --- | --- |
//! | none | 84 xx | refused |
//! | none, or not approved | 06 1E | declined, aborted (6C) |
//! | approved, not acknowledged | 06 1E | declined: the terminal has reversed |
//! | approved, acknowledged | 06 1E | in doubt: reversed most likely, but the specification leaves room |
//! | approved | 06 0F | approved |
//! | not approved | 06 0F | declined; in doubt where only A0 said so |
//! | none | 06 0F | in doubt: carried out, but nobody knows what |
//! | none | 06 0F or 06 1E before 80 00 00 | in doubt: it may be the end of the request before |
//! | any | silence, a closed line, frames that do not get through | in doubt; not sent if no byte of it left |
//!
//! An inquiry that the terminal refuses is refused or declined: that means "no information", not
//! "not paid". Other requests that move no money are in doubt when the line fails.
//!
//! A status information that nobody asked for is not acknowledged: it was not journalled, and a
//! terminal that hears nothing reverses.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use crate::link::{Busy, Link, Output};
use crate::time::{Duration, Instant};
use crate::vocabulary::terminal::{
    Ending, Identity, SyncId, TerminalEvent, TerminalRequest, Totals, Transaction, Verdict,
};
use crate::zvt::apdu::Apdu;
use crate::zvt::explain;
use crate::zvt::line::{Line, LineEvent, LineOutput, control_of};
use crate::zvt::message::{AbortRequest, Response};
use crate::zvt::result_code;
use crate::zvt::sequence::{Number, Numbers};

use command::{Extras, Offer};
use receipt::ReceiptPrinter;

pub use config::Config;

mod answer;
mod command;
mod config;
mod receipt;
mod report;
mod serving;

/// One terminal, till side.
pub struct Session {
    config: Config,
    line: Line,
    outputs: VecDeque<Queued>,
    state: State,
    /// T3, T4 or the end of a pause.
    timer: Option<Instant>,
    /// T4 of the running command.
    t4: Duration,
    identity: Identity,
    /// Whether the terminal takes TLV objects.
    tlv: bool,
    /// Whether the terminal has sent a sync value on this connection.
    syncs: bool,
    printer: ReceiptPrinter,
    /// A status information has come that may be all of the end there is.
    may_be_over: bool,
    numbers: Numbers,
    /// Numbers of our last command and our last 06 B0: other answers are too late.
    asked: [Option<Number>; 2],
    /// The last numbered command of the terminal, its number, and how it was answered.
    heard: Heard,
}

/// A numbered command of the terminal.
#[derive(Default)]
struct Heard {
    /// Masked: it is kept until the next one.
    unit: Vec<u8>,
    number: Option<Number>,
    /// `None` while the answer is owed.
    answer: Option<Response>,
}

/// An output, and whether it is the first sight that the terminal has of a request.
enum Queued {
    Output(Output),
    Command(Vec<u8>),
}

/// What is awaited.
#[derive(Clone, Debug)]
enum State {
    /// A connection.
    Offline,
    /// A request.
    Idle,
    /// The end of a pause; then the task goes on.
    Pausing(Task),
    /// The answer to a command of this task.
    Asking(Task),
    /// The end of that command. The terminal is master.
    Serving(Task),
}

/// What a command is sent for.
#[derive(Clone, Debug)]
enum Task {
    /// 06 00.
    Register { offer: Offer, tries: u32 },
    /// 05 01 until the terminal is idle.
    Settle { tries: u32 },
    /// 06 20, for the transaction that is told with `Ready`.
    Recall {
        last: Option<Box<Transaction>>,
        tries: u32,
    },
    /// A request of the station.
    Serve(Box<Running>),
}

/// The running request.
#[derive(Clone, Debug)]
struct Running {
    request: TerminalRequest,
    sync: Option<SyncId>,
    step: Step,
    /// A byte of it may have left.
    sent: bool,
    /// TLV objects may be in the command.
    tlv: bool,
    /// They are.
    has_objects: bool,
    /// The last status information with a result.
    result: Option<Transaction>,
    totals: Option<Totals>,
    /// The terminal waits to hear that `result` is durable.
    owes_answer: bool,
    /// The terminal has heard so of an approval. No later result takes that back.
    approval_acknowledged: bool,
    abort: AbortWish,
}

/// Which command of a request is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The request's own.
    Only,
    /// 05 01 of an inquiry.
    Settle { tries: u32 },
    /// 06 20 of an inquiry.
    Recall { tries: u32 },
}

/// How far the cashier's wish to stop has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AbortWish {
    None,
    /// Waits for the terminal to be master.
    Wanted,
    /// 06 B0 was sent and not answered.
    Sent,
}

impl Heard {
    fn is(&self, unit: &[u8], number: Option<Number>) -> bool {
        self.number == number && self.unit == explain::mask(unit)
    }
}

impl Link for Session {
    fn handle_connected(&mut self, now: Instant) {
        self.handle_disconnected(now);
        self.identity = Identity::default();
        self.tlv = self.config.tlv;
        self.syncs = false;
        let offer = match self.config.tlv {
            true => Offer::Numbers,
            false => Offer::Nothing,
        };
        self.register(offer, 0, now);
        self.drain(now);
    }

    fn handle_disconnected(&mut self, _now: Instant) {
        self.give_up();
        self.outputs.retain(|queued| {
            !matches!(
                queued,
                Queued::Command(_) | Queued::Output(Output::Send(_) | Output::Close)
            )
        });
    }

    fn handle_input(&mut self, bytes: &[u8], now: Instant) {
        if matches!(self.state, State::Offline) {
            return;
        }
        self.line.handle_input(bytes, now);
        self.drain(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.line.handle_timeout(now);
        self.drain(now);
        if self.timer.is_none_or(|timer| now < timer) {
            return;
        }
        self.timer = None;
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Pausing(task) => self.resume(task, now),
            state @ State::Serving(Task::Register { .. } | Task::Settle { .. })
                if self.may_be_over =>
            {
                self.state = state;
                self.on_completion(&[], now);
            }
            state @ (State::Asking(_) | State::Serving(_)) => {
                self.state = state;
                self.hang_up();
            }
            state @ (State::Idle | State::Offline) => self.state = state,
        }
        self.drain(now);
    }

    fn start(
        &mut self,
        request: TerminalRequest,
        sync: Option<SyncId>,
        now: Instant,
    ) -> Result<(), Busy> {
        if !matches!(self.state, State::Idle) {
            return Err(Busy);
        }
        let step = match &request {
            TerminalRequest::Inquire => Step::Settle { tries: 0 },
            TerminalRequest::Sale { .. }
            | TerminalRequest::Authorize { .. }
            | TerminalRequest::CaptureReservation { .. }
            | TerminalRequest::ReduceReservation { .. }
            | TerminalRequest::VoidReservation { .. }
            | TerminalRequest::Reverse { .. }
            | TerminalRequest::Refund { .. }
            | TerminalRequest::Status
            | TerminalRequest::OpenReservations
            | TerminalRequest::Totals
            | TerminalRequest::Reconcile => Step::Only,
        };
        let running = Running {
            request,
            sync,
            step,
            sent: false,
            tlv: self.tlv,
            has_objects: false,
            result: None,
            totals: None,
            owes_answer: false,
            approval_acknowledged: false,
            abort: AbortWish::None,
        };
        // Lines that the terminal printed of its own accord and did not finish.
        let _ = self.printer.tear_off();
        self.begin(running, now);
        self.drain(now);
        Ok(())
    }

    fn acknowledge(&mut self, now: Instant) {
        let State::Serving(Task::Serve(running)) = &mut self.state else {
            return;
        };
        if !core::mem::take(&mut running.owes_answer) {
            return;
        }
        let approved = |result: &Transaction| result.verdict == Verdict::Approved;
        running.approval_acknowledged |= running.result.as_ref().is_some_and(approved);
        self.timer = Some(now.after(self.t4));
        self.answer(Response::Positive, now);
        self.drain(now);
    }

    fn abort(&mut self, now: Instant) {
        match &mut self.state {
            State::Asking(Task::Serve(running)) | State::Serving(Task::Serve(running)) => {
                if running.request.moves_money() && running.abort == AbortWish::None {
                    running.abort = AbortWish::Wanted;
                }
            }
            State::Pausing(Task::Serve(_)) => self.finish(Ending::Aborted),
            State::Offline
            | State::Idle
            | State::Pausing(_)
            | State::Asking(_)
            | State::Serving(_) => (),
        }
        self.send_abort(now);
        self.drain(now);
    }

    fn poll(&mut self) -> Output {
        match self.outputs.pop_front() {
            Some(Queued::Output(output)) => output,
            Some(Queued::Command(bytes)) => {
                if let State::Asking(Task::Serve(running)) | State::Serving(Task::Serve(running)) =
                    &mut self.state
                {
                    running.sent = true;
                }
                Output::Send(bytes)
            }
            None => Output::Wait(
                [self.timer, self.line.deadline()]
                    .into_iter()
                    .flatten()
                    .min(),
            ),
        }
    }
}

impl Session {
    /// A session that waits for its connection.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            line: Line::new(config.framing, config.timers),
            outputs: VecDeque::new(),
            state: State::Offline,
            timer: None,
            t4: config.timers.t4,
            identity: Identity::default(),
            tlv: true,
            syncs: false,
            printer: ReceiptPrinter::new(config.charset),
            may_be_over: false,
            numbers: Numbers::none(),
            asked: [None; 2],
            heard: Heard::default(),
            config,
        }
    }

    /// Sends a command and waits for its answer.
    fn ask(&mut self, task: Task, unit: Vec<u8>, now: Instant) {
        self.state = State::Asking(task);
        // T3 runs from delivery; until then the line has a deadline of its own.
        self.timer = None;
        self.t4 = self.config.timers.t4;
        let (unit, number) = self.numbers.command(unit);
        self.asked = [number, None];
        self.may_be_over = false;
        self.line.send(unit, now);
    }

    fn register(&mut self, offer: Offer, tries: u32, now: Instant) {
        self.numbers.forget();
        self.heard = Heard::default();
        let unit = command::registration(&self.config, offer);
        self.ask(Task::Register { offer, tries }, unit, now);
    }

    fn settle(&mut self, task: Task, now: Instant) {
        let unit = command::status_enquiry(&self.config);
        self.ask(task, unit, now);
    }

    fn recall(&mut self, task: Task, now: Instant) {
        let unit = command::last_transaction(&self.config);
        self.ask(task, unit, now);
    }

    /// Sends the first command of a request.
    fn begin(&mut self, mut running: Running, now: Instant) {
        // A terminal that has never shown a sync value is not asked for one.
        let unknown = || self.syncs.then(|| SyncId(Vec::new()));
        let extras = Extras {
            sync: running.sync.clone().or_else(unknown),
            tlv: running.tlv,
        };
        running.has_objects = extras.add_to(&running.request);
        let unit = command::of_request(&running.request, &extras, &self.config);
        let task = Task::Serve(Box::new(running));
        match unit {
            Some(unit) => self.ask(task, unit, now),
            None => self.finish(Ending::NotSent),
        }
    }

    /// Waits before asking a busy terminal again, unless that was tried often enough.
    fn pause(&mut self, task: Task, now: Instant) {
        let tries = match &task {
            Task::Register { tries, .. } | Task::Settle { tries } | Task::Recall { tries, .. } => {
                *tries
            }
            Task::Serve(running) => match running.step {
                Step::Settle { tries } | Step::Recall { tries } => tries,
                Step::Only => 0,
            },
        };
        if tries < self.config.busy_tries {
            self.timer = Some(now.after(self.config.busy_pause));
            self.state = State::Pausing(task);
            return;
        }
        match task {
            Task::Serve(_) => self.finish(answer::refused(result_code::BUSY)),
            Task::Register { .. } | Task::Settle { .. } | Task::Recall { .. } => self.hang_up(),
        }
    }

    fn resume(&mut self, task: Task, now: Instant) {
        match task {
            Task::Register { offer, tries } => self.register(offer, tries.saturating_add(1), now),
            Task::Settle { tries } | Task::Recall { tries, .. } => {
                self.settle(
                    Task::Settle {
                        tries: tries.saturating_add(1),
                    },
                    now,
                );
            }
            Task::Serve(mut running) => {
                running.step = match running.step {
                    Step::Settle { tries } | Step::Recall { tries } => Step::Settle {
                        tries: tries.saturating_add(1),
                    },
                    Step::Only => Step::Only,
                };
                self.settle(Task::Serve(running), now);
            }
        }
    }

    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.line.poll() {
            match output {
                LineOutput::Send { bytes, control } => {
                    let own = control.is_some_and(|control| !Response::is(control));
                    let queued = match own && control != Some(AbortRequest::CONTROL) {
                        true => Queued::Command(bytes),
                        false => Queued::Output(Output::Send(bytes)),
                    };
                    self.outputs.push_back(queued);
                }
                LineOutput::Event(LineEvent::Received(unit)) => self.on_unit(unit, now),
                LineOutput::Event(LineEvent::Delivered { control }) => {
                    let own = !Response::is(control) && control != AbortRequest::CONTROL;
                    if own && matches!(self.state, State::Asking(_)) {
                        self.timer = Some(now.after(self.config.timers.t3));
                    }
                }
                LineOutput::Event(LineEvent::Failed(_)) => self.hang_up(),
            }
        }
    }

    fn on_unit(&mut self, unit: Vec<u8>, now: Instant) {
        let (unit, number) = self.numbers.hear(unit);
        let Ok((apdu, _)) = Apdu::split(&unit) else {
            if !Response::is(control_of(&unit)) {
                self.answer(
                    Response::Negative {
                        code: result_code::PROTOCOL_ERROR,
                    },
                    now,
                );
            }
            return;
        };
        match Response::decode(apdu) {
            Ok(_) if number.is_some() && !self.asked.contains(&number) => (),
            Ok(response) => self.on_response(response, now),
            Err(_) if Response::is(apdu.control) => (),
            // A number that was there before: the terminal did not hear the answer.
            Err(_) if number.is_some() && self.heard.is(&unit, number) => {
                if let Some(response) = self.heard.answer {
                    self.answer(response, now);
                }
            }
            Err(_) => {
                self.heard = Heard {
                    unit: explain::mask(&unit),
                    number,
                    answer: None,
                };
                self.on_command(apdu, now);
            }
        }
    }

    /// Sends 06 B0 if the cashier wants it and the terminal can take it: it is master and has not
    /// told a result.
    fn send_abort(&mut self, now: Instant) {
        let State::Serving(Task::Serve(running)) = &mut self.state else {
            return;
        };
        if running.abort == AbortWish::Wanted && running.result.is_none() {
            running.abort = AbortWish::Sent;
            let (unit, number) = self.numbers.command(AbortRequest.encode());
            let [own, _] = self.asked;
            self.asked = [own, number];
            self.line.send(unit, now);
        }
    }

    fn answer(&mut self, response: Response, now: Instant) {
        self.heard.answer = Some(response);
        let unit = self.numbers.answer(response.encode(), self.heard.number);
        self.line.send(unit, now);
    }

    fn ready(&mut self, last: Option<Transaction>) {
        self.state = State::Idle;
        self.timer = None;
        let identity = self.identity.clone();
        self.event(TerminalEvent::Ready { identity, last });
    }

    /// The running request is over. The one place that says so.
    fn finish(&mut self, ending: Ending) {
        self.state = State::Idle;
        self.timer = None;
        self.tear_off();
        self.event(TerminalEvent::Finished(ending));
    }

    fn tear_off(&mut self) {
        if let Some(receipt) = self.printer.tear_off() {
            self.event(TerminalEvent::Receipt(receipt));
        }
    }

    /// The line cannot be trusted any more.
    fn hang_up(&mut self) {
        self.give_up();
        self.outputs.push_back(Queued::Output(Output::Close));
    }

    /// There is no line any more.
    fn give_up(&mut self) {
        match core::mem::replace(&mut self.state, State::Offline) {
            State::Pausing(Task::Serve(running))
            | State::Asking(Task::Serve(running))
            | State::Serving(Task::Serve(running)) => {
                let ending = if running.sent {
                    Ending::InDoubt
                } else {
                    Ending::NotSent
                };
                self.finish(ending);
            }
            State::Offline
            | State::Idle
            | State::Pausing(_)
            | State::Asking(_)
            | State::Serving(_) => {
                let _ = self.printer.tear_off();
            }
        }
        self.state = State::Offline;
        self.timer = None;
        self.line = Line::new(self.config.framing, self.config.timers);
    }

    fn event(&mut self, event: TerminalEvent) {
        self.outputs.push_back(Queued::Output(Output::Event(event)));
    }
}

/// A running request may hold a token: only what is awaited is printed.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("state", &self.state)
            .field("timer", &self.timer)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
