//! 80 00 and 84 xx to our commands (PA00P016, "Response to a command").

use alloc::boxed::Box;

use super::{AbortWish, Running, Session, State, Step, Task};
use crate::time::Instant;
use crate::vocabulary::terminal::Ending;
use crate::zvt::message::Response;
use crate::zvt::result_code;

impl Session {
    pub(super) fn on_response(&mut self, response: Response, now: Instant) {
        match core::mem::replace(&mut self.state, State::Idle) {
            State::Asking(task) => match response {
                Response::Positive | Response::PartialIssue { .. } => {
                    self.serve(task, now);
                    self.send_abort(now);
                }
                Response::Negative { code } => self.on_refusal(task, code, now),
            },
            State::Serving(Task::Serve(mut running)) => {
                // Only 06 B0 can be meant. Refused or not, the end comes as 06 0F or 06 1E.
                if running.abort == AbortWish::Sent {
                    running.abort = AbortWish::None;
                }
                self.state = State::Serving(Task::Serve(running));
            }
            State::Serving(task) => match response {
                // The 80 00 before was the late answer to something else.
                Response::Negative { code } => self.on_refusal(task, code, now),
                Response::Positive | Response::PartialIssue { .. } => {
                    self.state = State::Serving(task);
                }
            },
            state @ (State::Offline | State::Idle | State::Pausing(_)) => {
                self.state = state;
            }
        }
    }

    /// The terminal is master from here on.
    pub(super) fn serve(&mut self, task: Task, now: Instant) {
        if let Task::Serve(running) = &task
            && !running.tlv
        {
            self.tlv = false;
        }
        self.state = State::Serving(task);
        self.timer = Some(now.after(self.t4));
    }

    /// 84 xx to a command.
    fn on_refusal(&mut self, task: Task, code: u8, now: Instant) {
        self.timer = None;
        let is_busy = code == result_code::BUSY;
        match task {
            Task::Register { offer, tries } => match offer.less() {
                Some(less) if code == result_code::NOT_POSSIBLE => self.register(less, tries, now),
                Some(_) | None => self.pause(task, now),
            },
            Task::Settle { .. } if is_busy => self.pause(task, now),
            // A terminal without this command is idle for all we can know.
            Task::Settle { tries } => self.recall(Task::Recall { last: None, tries }, now),
            Task::Recall { .. } if is_busy => self.pause(task, now),
            Task::Recall { last, .. } => self.ready(last.map(|last| *last)),
            Task::Serve(running) => self.on_request_refused(running, code, now),
        }
    }

    fn on_request_refused(&mut self, mut running: Box<Running>, code: u8, now: Instant) {
        match (running.step, code) {
            (Step::Settle { .. } | Step::Recall { .. }, result_code::BUSY) => {
                self.pause(Task::Serve(running), now);
            }
            (Step::Settle { tries }, _) => {
                running.step = Step::Recall { tries };
                self.recall(Task::Serve(running), now);
            }
            (Step::Recall { .. }, _) => self.finish(refused(code)),
            // It may be the TLV objects that it does not know. It has refused to begin, so asking
            // again in other words moves nothing twice.
            (Step::Only, result_code::NOT_POSSIBLE)
                if running.has_objects && running.request.moves_money() =>
            {
                running.tlv = false;
                self.begin(*running, now);
            }
            (Step::Only, _) => self.finish(refused(code)),
        }
    }
}

/// How a request ends that the terminal did not begin.
pub(super) fn refused(code: u8) -> Ending {
    Ending::Refused {
        reason: result_code::reason(code),
        code: u16::from(code),
    }
}
