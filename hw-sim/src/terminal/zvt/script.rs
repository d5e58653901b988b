//! A scenario that is being played.

use firmware_protocols::time::Instant;

use super::Terminal;
use crate::scenario::{Act, Moment, Scenario, Step};

/// What is still to come of a scenario.
#[derive(Debug, Default)]
pub(super) struct Script {
    steps: Vec<Step>,
    began: Instant,
    /// Payments that a till has asked for since then.
    payments: u64,
}

/// What has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// The beginning.
    Start,
    /// A payment.
    Payment,
    /// Time.
    Time,
}

impl Script {
    pub(super) fn of(scenario: &Scenario, now: Instant) -> Self {
        Self {
            steps: scenario.steps.clone(),
            began: now,
            payments: 0,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let times = self.steps.iter().filter_map(|step| match step.when {
            Moment::After(time) => Some(self.began.after(time)),
            Moment::Start | Moment::Payment(_) | Moment::EveryPayment => None,
        });
        times.min()
    }

    /// Takes what is to happen now; what happens each time stays.
    fn take(&mut self, cue: Cue, now: Instant) -> Vec<Act> {
        if cue == Cue::Payment {
            self.payments = self.payments.saturating_add(1);
        }
        let (began, payments) = (self.began, self.payments);
        let is_due = |step: &Step| match step.when {
            Moment::Start => cue == Cue::Start,
            Moment::Payment(number) => cue == Cue::Payment && number == payments,
            Moment::EveryPayment => cue == Cue::Payment,
            Moment::After(time) => cue == Cue::Time && began.after(time) <= now,
        };
        let due = self.steps.iter().filter(|step| is_due(step));
        let acts = due.map(|step| step.act.clone()).collect();
        self.steps
            .retain(|step| step.when == Moment::EveryPayment || !is_due(step));
        acts
    }
}

impl Terminal {
    /// Lets happen what is to happen now.
    pub(super) fn cue(&mut self, cue: Cue, now: Instant) {
        for act in self.script.take(cue, now) {
            self.act(act, now);
        }
    }

    fn act(&mut self, act: Act, now: Instant) {
        match act {
            Act::Card(card) => self.choose_card(card),
            Act::Hold => self.set_hold(true, now),
            Act::Present => {
                self.present(now);
            }
            Act::Enter(input) => {
                self.enter_input(&input, now);
            }
            Act::Outcome(outcome) => self.outcome = Some(outcome),
            Act::Host { is_down } => self.host_is_down = is_down,
            Act::Lock(code) => self.locked = code,
            Act::Fault(fault) => self.add_fault(fault),
            Act::Reboot => self.reboot(now),
            Act::Unplug(time) => self.unplug(time),
            Act::Cable(fault) => self.cable.add(fault),
        }
    }
}
