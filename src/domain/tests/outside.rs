//! What the outside does with an effect, and what it then reports.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::terminal::{DeclineReason, TerminalRequest, Verdict};

use super::world::{World, steps_of};
use crate::domain::command::{Command, ProcessorEnding, TerminalEnding};
use crate::domain::directory::{OfflineLimit, PartialCapture};
use crate::domain::draft::Decision;
use crate::domain::effect::Effect;
use crate::domain::id::{EffectId, PaymentId, TerminalId};
use crate::domain::operation::{Answer, Call};
use crate::domain::outcome::Reason;

/// What the outside does with an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Approved,
    Partly(u64),
    Declined,
    /// The processor no longer holds it.
    Expired,
    Cancelled,
    NotDone,
    /// Held for review; only an authorization can be.
    OnHold,
    /// Not a byte was sent.
    NotSent,
    /// Lost on the way there.
    LostBefore,
    /// Carried out, and the answer lost on the way back.
    LostAfter,
    /// A terminal told the result and got its acknowledgement; then the line went.
    LostReported,
    /// A terminal told the result, got no acknowledgement and took the money back.
    Reversed,
    /// A terminal reverses nothing of a closed batch.
    BatchClosed,
    /// Approved, and everything told twice.
    Twice,
}

impl World {
    /// Carries one effect out.
    pub(super) fn carry_out(&mut self, effect: &Effect, fate: Fate) {
        match effect {
            Effect::Terminal {
                effect,
                terminal,
                request: TerminalRequest::Inquire,
                ..
            } => {
                self.answer_inquiry(effect, terminal, fate);
            }
            Effect::Terminal {
                effect,
                terminal,
                request,
                ..
            } => {
                let call = Call::Terminal {
                    terminal: terminal.clone(),
                    request: request.clone(),
                };
                self.at_terminal(effect, terminal, &call, fate);
            }
            Effect::Processor {
                effect,
                account,
                request,
                inquire,
            } => {
                let call = Call::Processor {
                    account: account.clone(),
                    request: request.clone(),
                };
                self.at_processor(effect, &call, fate, *inquire);
            }
            Effect::Wake { operation, .. } => {
                // Time matters to what waits for days, and to nothing else here.
                let waits = self.state.books.operations.get(operation);
                let until = waits.and_then(|it| it.pending()?.1.until);
                self.now = until.map_or(self.now, |until| until.max(self.now));
                self.tell(&Command::Wake(operation.clone())).unwrap();
            }
            Effect::AcknowledgeTerminal { .. }
            | Effect::ProceedTerminal { .. }
            | Effect::Answer { .. }
            | Effect::AnswerInDoubt { .. }
            | Effect::AppsChanged => {}
        }
    }

    fn answer_inquiry(&mut self, effect: &EffectId, terminal: &TerminalId, fate: Fate) {
        let last = self.bank.last.get(terminal).cloned().map(Box::new);
        let ending = match fate {
            Fate::LostBefore | Fate::LostAfter | Fate::LostReported => TerminalEnding::InDoubt,
            Fate::NotSent => TerminalEnding::not_done(Reason::TerminalUnreachable),
            Fate::Approved
            | Fate::Partly(_)
            | Fate::Declined
            | Fate::Expired
            | Fate::Cancelled
            | Fate::NotDone
            | Fate::OnHold
            | Fate::Reversed
            | Fate::BatchClosed
            | Fate::Twice => TerminalEnding::LastTransaction(last),
        };
        self.finish_terminal(effect, ending);
    }

    fn at_terminal(&mut self, effect: &EffectId, terminal: &TerminalId, call: &Call, fate: Fate) {
        if fate == Fate::LostBefore {
            return self.finish_terminal(effect, TerminalEnding::InDoubt);
        }
        if fate == Fate::NotSent {
            return self.finish_terminal(
                effect,
                TerminalEnding::not_done(Reason::TerminalUnreachable),
            );
        }
        let before = self.bank.clone();
        let payment = self.payment_of(effect);
        let answer = self.bank.execute(effect, &payment, call, fate);
        let approved = matches!(answer, Answer::Approved(_));
        let tells = approved && !matches!(fate, Fate::LostAfter | Fate::Reversed);
        if tells {
            let result = self.bank.last.get(terminal).cloned().map(Box::new);
            let result = Command::TerminalResult {
                effect: effect.clone(),
                result: result.unwrap(),
            };
            for _ in 0..if fate == Fate::Twice { 2 } else { 1 } {
                let told = self.tell(&result).unwrap();
                let acknowledged = told.effects.iter().any(is_acknowledgement);
                assert!(acknowledged, "a result that is waited for is acknowledged");
            }
        }
        if approved && fate == Fate::Reversed {
            self.bank.reverse(&before);
            return self.finish_terminal(effect, TerminalEnding::InDoubt);
        }
        let lost = approved && matches!(fate, Fate::LostAfter | Fate::LostReported);
        let ending = if lost {
            TerminalEnding::InDoubt
        } else {
            TerminalEnding::Answered(answer)
        };
        self.finish_terminal(effect, ending.clone());
        if fate == Fate::Twice {
            self.finish_terminal(effect, ending);
        }
    }

    fn finish_terminal(&mut self, effect: &EffectId, ending: TerminalEnding) {
        let receipts = Vec::new();
        self.tell(&Command::TerminalFinished {
            effect: effect.clone(),
            ending,
            receipts,
        })
        .unwrap();
    }

    fn at_processor(&mut self, effect: &EffectId, call: &Call, fate: Fate, _inquire: bool) {
        let ending = match fate {
            Fate::NotSent => ProcessorEnding::NotSent,
            Fate::LostBefore => ProcessorEnding::InDoubt,
            Fate::Approved
            | Fate::Partly(_)
            | Fate::Declined
            | Fate::Expired
            | Fate::Cancelled
            | Fate::NotDone
            | Fate::OnHold
            | Fate::LostAfter
            | Fate::LostReported
            | Fate::Reversed
            | Fate::BatchClosed
            | Fate::Twice => {
                let payment = self.payment_of(effect);
                let answer = self.bank.execute(effect, &payment, call, fate);
                let lost = matches!(fate, Fate::LostAfter | Fate::LostReported | Fate::Reversed);
                if lost {
                    ProcessorEnding::InDoubt
                } else {
                    ProcessorEnding::Answered(answer)
                }
            }
        };
        for _ in 0..if fate == Fate::Twice { 2 } else { 1 } {
            let ending = ending.clone();
            self.tell(&Command::ProcessorFinished {
                effect: effect.clone(),
                ending,
            })
            .unwrap();
        }
    }

    /// The processor wants to look at a follow-up by hand.
    pub(super) fn hold_follow_up(&mut self, effect: &Effect) {
        let Effect::Processor { effect, .. } = effect else {
            panic!("not a processor's: {effect:?}");
        };
        let ending = ProcessorEnding::Answered(Answer::OnHold { token: None });
        let effect = effect.clone();
        self.tell(&Command::ProcessorFinished { effect, ending })
            .unwrap();
    }

    /// The processor captures an authorization once and lets the rest go.
    pub(super) fn capture_once(&mut self) {
        self.bank.captures_once = true;
        for account in self.state.directory.accounts.values_mut() {
            account.partial_capture = PartialCapture::Once;
        }
    }

    /// What may be promised while the processor is away, in minor units of one capture and of all.
    pub(super) fn allow_offline(&mut self, capture: u64, total: u64) {
        let limit = OfflineLimit {
            capture,
            total,
            authorization_age: None,
        };
        let limits = &mut self.state.directory.offline.limits;
        limits.insert(Currency::NOK, limit);
    }

    /// The processor captures an authorization only whole.
    pub(super) fn capture_whole(&mut self) {
        self.bank.captures_whole = true;
        for account in self.state.directory.accounts.values_mut() {
            account.partial_capture = PartialCapture::None;
        }
    }

    /// The processor says no, for this reason; the bank has moved nothing.
    pub(super) fn decline(&mut self, effect: &Effect, reason: Reason) {
        let Effect::Processor { effect, .. } = effect else {
            panic!("not a processor's: {effect:?}");
        };
        let ending = ProcessorEnding::Answered(Answer::Declined(reason));
        let effect = effect.clone();
        self.tell(&Command::ProcessorFinished { effect, ending })
            .unwrap();
    }

    /// The terminal ends a request as approved without having told a result before.
    pub(super) fn approve_at_once(&mut self, effect: &Effect) {
        let Effect::Terminal {
            effect,
            terminal,
            request,
            ..
        } = effect
        else {
            panic!("not a terminal's: {effect:?}");
        };
        let call = Call::Terminal {
            terminal: terminal.clone(),
            request: request.clone(),
        };
        let payment = self.payment_of(effect);
        let answer = self.bank.execute(effect, &payment, &call, Fate::Approved);
        self.finish_terminal(effect, TerminalEnding::Answered(answer));
    }

    /// The terminal tells an approval, takes it back all the same, and says that it has stopped.
    pub(super) fn take_back(&mut self, effect: &Effect) {
        let before = self.bank.clone();
        self.carry_out_unheard(effect, Fate::Approved, true);
        self.bank.reverse(&before);
        self.end(effect, Answer::Cancelled);
    }

    /// The terminal tells a decline, which it gave no number.
    pub(super) fn decline_without_number(&mut self, effect: &Effect) {
        let Effect::Terminal {
            effect: id,
            terminal,
            ..
        } = effect
        else {
            panic!("not a terminal's: {effect:?}");
        };
        let mut result = self.bank.last[terminal].clone();
        result.verdict = Verdict::Declined {
            reason: DeclineReason::IssuerDeclined,
            code: 5,
        };
        result.reference.mark.receipt_number = None;
        result.reference.mark.trace_number = None;
        let told = Command::TerminalResult {
            effect: id.clone(),
            result: Box::new(result),
        };
        self.tell(&told).unwrap();
        self.end(effect, Answer::Declined(Reason::CardDeclined));
    }

    fn end(&mut self, effect: &Effect, answer: Answer) {
        let Effect::Terminal { effect, .. } = effect else {
            panic!("not a terminal's: {effect:?}");
        };
        self.finish_terminal(effect, TerminalEnding::Answered(answer));
    }

    /// The terminal tells a result of an effect that is over.
    pub(super) fn tell_stale_result(&mut self, effect: &Effect, amount: u64) -> Decision {
        let Effect::Terminal {
            effect, terminal, ..
        } = effect
        else {
            panic!("not a terminal's: {effect:?}");
        };
        self.bank.use_alone(terminal, amount);
        let result = Box::new(self.bank.last[terminal].clone());
        let effect = effect.clone();
        self.tell(&Command::TerminalResult { effect, result })
            .unwrap()
    }

    /// An effect is carried out, but the station stops before it hears more than, perhaps, the
    /// terminal's result, which it acknowledged. One that was not acknowledged may be taken back.
    pub(super) fn carry_out_unheard(&mut self, effect: &Effect, fate: Fate, told: bool) {
        match effect {
            Effect::Terminal {
                effect,
                terminal,
                request,
                ..
            } if request.moves_money() => {
                let call = Call::Terminal {
                    terminal: terminal.clone(),
                    request: request.clone(),
                };
                let payment = self.payment_of(effect);
                self.bank.execute(effect, &payment, &call, fate);
                let result = self.bank.last.get(terminal).cloned();
                if let Some(result) = result.filter(|_| told) {
                    let effect = effect.clone();
                    let result = Box::new(result);
                    self.tell(&Command::TerminalResult { effect, result })
                        .unwrap();
                }
            }
            Effect::Processor {
                effect,
                account,
                request,
                ..
            } => {
                let call = Call::Processor {
                    account: account.clone(),
                    request: request.clone(),
                };
                let payment = self.payment_of(effect);
                self.bank.execute(effect, &payment, &call, fate);
            }
            Effect::Terminal { .. }
            | Effect::Wake { .. }
            | Effect::AcknowledgeTerminal { .. }
            | Effect::ProceedTerminal { .. }
            | Effect::Answer { .. }
            | Effect::AnswerInDoubt { .. }
            | Effect::AppsChanged => {}
        }
    }

    fn payment_of(&self, effect: &EffectId) -> PaymentId {
        let requested = steps_of(&self.entries, &effect.operation);
        requested[effect.step].0.clone()
    }

    /// Whether an effect asks the outside to move money, or to look it up.
    pub(super) fn is_call(effect: &Effect) -> bool {
        match effect {
            Effect::Terminal { request, .. } => request.moves_money(),
            Effect::Processor { .. } => true,
            Effect::Wake { .. }
            | Effect::AcknowledgeTerminal { .. }
            | Effect::ProceedTerminal { .. }
            | Effect::Answer { .. }
            | Effect::AnswerInDoubt { .. }
            | Effect::AppsChanged => false,
        }
    }
}

fn is_acknowledgement(effect: &Effect) -> bool {
    matches!(effect, Effect::AcknowledgeTerminal { .. })
}
