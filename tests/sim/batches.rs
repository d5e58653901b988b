//! The end of a terminal's day: its batch is closed once, over nothing that is open, and what is told
//! of it is what the terminal has closed.

use posd::domain::entry::Entry;
use posd::domain::id::{EffectId, OperationId, TerminalId};
use posd::domain::outcome::{Outcome, Reason};
use posd::domain::reconciliation::Reconciliation;
use posd::domain::request::Request;

use crate::apps::till;
use crate::auditor::Check;
use crate::world::World;

impl World<'_> {
    pub(crate) fn on_batch_closed(&mut self, at: usize, step: Option<EffectId>) {
        self.note(format_args!("terminal {at} has closed its batch"));
        let checked = self.auditor.on_batch_closed(&till(at), step);
        self.check(checked);
    }

    /// What was decided about a batch.
    pub(crate) fn check_batches(&self, entries: &[Entry]) -> Check {
        for entry in entries {
            match entry {
                Entry::OperationStarted {
                    operation, request, ..
                } => self.check_nothing_open(operation, request)?,
                Entry::OperationFinished {
                    operation, outcome, ..
                } => self.check_reconciled(operation, outcome)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Only what was put aside may be open at a terminal whose day ends.
    fn check_nothing_open(&self, operation: &OperationId, request: &Request) -> Check {
        let (Some(terminal), Some(shop)) = (request.batch_of(), &self.shop) else {
            return Ok(());
        };
        let mut open = shop.station.books().operations.values();
        let other = open.find(|it| {
            it.id != *operation
                && it.terminal() == Some(terminal)
                && !(it.parked && it.is_in_doubt())
        });
        match other {
            Some(other) => Err(format!("batch: {operation} at {terminal} over {other:?}")),
            None => Ok(()),
        }
    }

    fn check_reconciled(&self, operation: &OperationId, outcome: &Outcome) -> Check {
        let Some(told) = outcome.reconciliation.as_deref() else {
            return Ok(());
        };
        let differs = told
            .groups
            .iter()
            .any(|it| it.here.minor != it.terminal.minor);
        let is_named = outcome.reason == Some(Reason::TotalsDiffer);
        if differs && !is_named {
            return Err(format!("batch: {operation} hides a difference: {told:?}"));
        }
        if differs && !self.may_differ(&told.terminal) {
            return Err(format!("batch: {operation} differs: {told:?}"));
        }
        self.check_closed(operation, told)
    }

    /// What the books were told is what the terminal has closed.
    fn check_closed(&self, operation: &OperationId, told: &Reconciliation) -> Check {
        let sum: u64 = told.groups.iter().map(|it| it.terminal.minor).sum();
        let mut benches = self.outside.benches.iter().enumerate();
        let bench = benches.find(|(at, _)| till(*at) == told.terminal);
        let closed = bench.map_or(0, |(_, bench)| bench.closed);
        // An empty batch is the same closed or not.
        if !told.closed || sum == 0 || sum == closed {
            Ok(())
        } else {
            Err(format!(
                "batch: {operation} tells {told:?}, closed were {closed}"
            ))
        }
    }

    /// Of what was put aside in doubt the books do not know yet what the terminal knows.
    fn may_differ(&self, terminal: &TerminalId) -> bool {
        let Some(shop) = &self.shop else { return true };
        let mut open = shop.station.books().operations.values();
        open.any(|it| it.parked && it.terminal() == Some(terminal))
    }
}
