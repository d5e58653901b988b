//! What a terminal sends while it is master, and how a command ends.

use alloc::boxed::Box;

use super::command::Offer;
use super::{Running, Session, State, Step, Task, report};
use crate::time::{Duration, Instant};
use crate::vocabulary::terminal::{
    Ending, Receipt, Report, TerminalEvent, TerminalRequest, Verdict,
};
use crate::zvt::apdu::Apdu;
use crate::zvt::message::{
    Abort, Completion, IntermediateStatus, PrintLine, PrintTextBlock, Response, SetDateTime,
    StatusInformation, StatusReport,
};
use crate::zvt::result_code;

/// A terminal that was deaf for a while may end an earlier command now, and that looks like the end of
/// a question for its last transaction that it has none. So often it is asked once more.
const EMPTY_TRIES: u32 = 2;

impl Session {
    pub(super) fn on_command(&mut self, apdu: Apdu<'_>, now: Instant) {
        self.take_as_answer(apdu.control, now);
        if matches!(self.state, State::Offline) {
            return;
        }
        match apdu.control {
            IntermediateStatus::CONTROL => self.on_intermediate_status(apdu.data, now),
            StatusInformation::CONTROL => self.on_status_information(apdu.data, now),
            PrintLine::CONTROL => {
                let receipt = PrintLine::decode(apdu.data)
                    .ok()
                    .and_then(|line| self.printer.line(&line));
                self.on_printed(receipt, now);
            }
            PrintTextBlock::CONTROL => {
                let (block, _) = PrintTextBlock::decode_lenient(apdu.data);
                let [before, this] = self.printer.block(&block);
                if let Some(receipt) = before {
                    self.event(TerminalEvent::Receipt(receipt));
                }
                self.on_printed(this, now);
            }
            SetDateTime::CONTROL => {
                self.restart_t4(now);
                self.answer(Response::Positive, now);
            }
            Completion::CONTROL => {
                self.answer(Response::Positive, now);
                self.on_completion(apdu.data, now);
            }
            Abort::CONTROL => {
                self.answer(Response::Positive, now);
                let (abort, _) = Abort::decode_lenient(apdu.data);
                self.on_abort(&abort, now);
            }
            _ => self.answer(
                Response::Negative {
                    code: result_code::NOT_POSSIBLE,
                },
                now,
            ),
        }
    }

    /// A command of the terminal while we wait for the answer to ours: the answer was lost. Not so
    /// during registration, where it can belong to what the terminal did before we came.
    fn take_as_answer(&mut self, control: u16, now: Instant) {
        let goes_on = matches!(
            control,
            IntermediateStatus::CONTROL
                | StatusInformation::CONTROL
                | PrintLine::CONTROL
                | PrintTextBlock::CONTROL
                | SetDateTime::CONTROL
        );
        let ends = matches!(control, Completion::CONTROL | Abort::CONTROL);
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Asking(task @ Task::Register { .. }) => self.state = State::Asking(task),
            // It may be the end of the request before, sent once more because our ACK was lost.
            State::Asking(Task::Serve(running)) if ends && running.request.moves_money() => {
                self.state = State::Asking(Task::Serve(running));
                self.hang_up();
            }
            State::Asking(task) if goes_on || ends => self.serve(task, now),
            state @ (State::Offline
            | State::Idle
            | State::Pausing(_)
            | State::Asking(_)
            | State::Serving(_)) => self.state = state,
        }
    }

    fn restart_t4(&mut self, now: Instant) {
        if matches!(self.state, State::Serving(_)) {
            self.timer = Some(now.after(self.t4));
        }
    }

    fn on_printed(&mut self, receipt: Option<Receipt>, now: Instant) {
        if let Some(receipt) = receipt {
            self.event(TerminalEvent::Receipt(receipt));
        }
        self.restart_t4(now);
        self.answer(Response::Positive, now);
    }

    fn on_intermediate_status(&mut self, data: &[u8], now: Instant) {
        self.answer(Response::Positive, now);
        let Ok(message) = IntermediateStatus::decode(data) else {
            self.restart_t4(now);
            return;
        };
        if let Some(minutes) = message.timeout.and_then(|minutes| minutes.number())
            && minutes > 0
        {
            self.t4 = Duration::from_secs(minutes.saturating_mul(60));
        }
        self.restart_t4(now);
        if matches!(self.state, State::Serving(Task::Serve(_))) {
            let prompt = report::prompt(&message, self.config.charset);
            self.event(TerminalEvent::Prompt(prompt));
        }
        self.send_abort(now);
    }

    fn on_status_information(&mut self, data: &[u8], now: Instant) {
        // Whatever stands behind a field that nobody knows, the result counts.
        let (message, _) = StatusInformation::decode_lenient(data);
        self.restart_t4(now);
        self.syncs |= message.sync.is_some();
        let transaction = report::transaction(&message, self.config.charset);
        match &mut self.state {
            State::Serving(Task::Recall { last, .. }) => *last = transaction.map(Box::new),
            State::Serving(Task::Serve(running)) if matches!(running.step, Step::Recall { .. }) => {
                running.result = transaction;
            }
            State::Serving(Task::Serve(running)) if running.request.moves_money() => {
                running.totals = Some(report::totals(&message));
                if let Some(transaction) = transaction {
                    running.owes_answer = true;
                    running.result = Some(transaction.clone());
                    self.event(TerminalEvent::Result(transaction));
                    return;
                }
            }
            // Without totals in it, it is the outcome of something else.
            State::Serving(Task::Serve(running))
                if running.request == TerminalRequest::Totals && message.totals.is_some() =>
            {
                running.totals = Some(report::totals(&message));
            }
            State::Offline
            | State::Idle
            | State::Pausing(_)
            | State::Asking(_)
            | State::Serving(_) => {
                // The outcome of something that we did not start must not be acknowledged here.
                if message.result_code.is_some() && message.amount.is_some() {
                    return;
                }
            }
        }
        // Some terminals end a registration or a status enquiry with it, others send it before 06 0F.
        if let State::Serving(Task::Register { .. } | Task::Settle { .. }) = self.state {
            self.may_be_over = message.result_code.unwrap_or(0) == 0;
            self.timer = Some(now.after(self.config.timers.t3));
        }
        self.answer(Response::Positive, now);
    }

    /// 06 0F.
    pub(super) fn on_completion(&mut self, data: &[u8], now: Instant) {
        let task = match core::mem::replace(&mut self.state, State::Idle) {
            State::Serving(task) => task,
            state @ (State::Offline | State::Idle | State::Pausing(_) | State::Asking(_)) => {
                self.state = state;
                return;
            }
        };
        self.timer = None;
        match task {
            Task::Register { offer, tries } => {
                let (completion, _) = Completion::decode_lenient(data);
                if completion.result_code.unwrap_or(0) != 0 {
                    self.pause(Task::Register { offer, tries }, now);
                    return;
                }
                self.tlv = offer != Offer::Nothing;
                if offer == Offer::Numbers && completion.numbers.is_some() {
                    self.numbers.agree();
                }
                self.identity.terminal_id = completion.terminal_id.map(|id| id.digits());
                self.settle(Task::Settle { tries: 0 }, now);
            }
            Task::Settle { tries } => {
                self.learn(data);
                match result_code::is_busy(self.identity.status) {
                    true => self.pause(task, now),
                    false => self.recall(Task::Recall { last: None, tries }, now),
                }
            }
            Task::Recall { last: None, tries } if tries < EMPTY_TRIES => self.pause(task, now),
            Task::Recall { last, .. } => self.ready(last.map(|last| *last)),
            Task::Serve(running) => self.on_request_completed(running, data, now),
        }
    }

    fn on_request_completed(&mut self, mut running: Box<Running>, data: &[u8], now: Instant) {
        match (running.step, &running.request) {
            (Step::Settle { tries }, _) => {
                self.learn(data);
                if result_code::is_busy(self.identity.status) {
                    self.pause(Task::Serve(running), now);
                } else {
                    running.step = Step::Recall { tries };
                    self.recall(Task::Serve(running), now);
                }
            }
            (Step::Recall { tries }, _) if running.result.is_none() && tries < EMPTY_TRIES => {
                self.pause(Task::Serve(running), now);
            }
            (Step::Recall { .. }, _) => {
                let report = Report::LastTransaction(running.result);
                self.finish(Ending::Completed(report));
            }
            (Step::Only, TerminalRequest::Status) => {
                self.learn(data);
                let report = Report::Status(self.identity.clone());
                self.finish(Ending::Completed(report));
            }
            (Step::Only, _) => {
                let (completion, _) = Completion::decode_lenient(data);
                let ending = running.completed(completion.result_code.unwrap_or(0));
                self.finish(ending);
            }
        }
    }

    /// 06 1E.
    fn on_abort(&mut self, abort: &Abort, now: Instant) {
        let task = match core::mem::replace(&mut self.state, State::Idle) {
            State::Serving(task) => task,
            state @ (State::Offline | State::Idle | State::Pausing(_) | State::Asking(_)) => {
                self.state = state;
                return;
            }
        };
        self.timer = None;
        match task {
            Task::Register { .. } | Task::Settle { .. } => self.pause(task, now),
            Task::Recall { last, .. } => self.ready(last.map(|last| *last)),
            Task::Serve(running) => match running.step {
                Step::Settle { .. } => self.pause(Task::Serve(running), now),
                Step::Only | Step::Recall { .. } => {
                    let ending = running.aborted(abort);
                    self.finish(ending);
                }
            },
        }
    }

    /// What a status report says of the terminal.
    fn learn(&mut self, data: &[u8]) {
        let Ok(status) = StatusReport::decode(data) else {
            return;
        };
        self.identity.status = status.status;
        if let Some(software) = report::text(status.software, self.config.charset) {
            self.identity.software = Some(software);
        }
        if let Some(id) = status.terminal_id {
            self.identity.terminal_id = Some(id.digits());
        }
    }
}

impl Running {
    /// How a request ends with 06 0F; `code` is the rare result code in it. See the table in
    /// [`session`](crate::zvt::session).
    fn completed(&self, code: u8) -> Ending {
        let verdict = self.result.as_ref().map(|result| result.verdict);
        let approved = verdict == Some(Verdict::Approved);
        if code != 0 {
            return match approved && self.approval_acknowledged {
                true => Ending::InDoubt,
                false => report::unsuccessful(code),
            };
        }
        if let Some(Verdict::Declined { reason, code }) = verdict {
            return match report::is_host_only(code) {
                true => Ending::InDoubt,
                false => report::declined(reason, code),
            };
        }
        match (&self.request, &self.result) {
            (TerminalRequest::Reconcile, _) => {
                let totals = self.totals.clone().unwrap_or_default();
                Ending::Completed(Report::Reconciled(totals))
            }
            (TerminalRequest::Totals, _) => match &self.totals {
                Some(totals) => Ending::Completed(Report::Totals(totals.clone())),
                None => Ending::InDoubt,
            },
            (_, Some(approved)) => Ending::Completed(Report::Approved(approved.clone())),
            (_, None) => Ending::InDoubt,
        }
    }

    /// How a request ends with 06 1E.
    fn aborted(&self, abort: &Abort) -> Ending {
        let approved = self
            .result
            .as_ref()
            .is_some_and(|it| it.verdict == Verdict::Approved);
        if self.request == TerminalRequest::OpenReservations
            && abort.code == result_code::RESERVATION
        {
            let open = report::open_reservations(abort.open_reservations());
            return Ending::Completed(Report::OpenReservations(open));
        }
        match approved && self.approval_acknowledged {
            true => Ending::InDoubt,
            false => report::unsuccessful(abort.code),
        }
    }
}
