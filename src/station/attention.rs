//! The work list: payments that somebody should look at before the customer stands at the counter,
//! or after the goods have gone without the money.

use super::Station;
use super::query::unreadable;
use crate::api::call::{Attention, Concern, Found, Refusal};
use crate::domain::id::{PaymentId, Timestamp};
use crate::domain::order::{Line, LineState, Order};
use crate::domain::payment::{Payment, Status};
use crate::domain::rejection::Rejection;
use crate::domain::{queue, quote};
use crate::journal::Concerning;

/// So many payments are looked at for one answer: those that turn out to need nothing are few.
const LOOKED_AT_MAX: u32 = 2_000;

impl Station {
    /// What somebody should look at, what ends first first; authorizations only if they end before
    /// `until`.
    pub(super) fn attention(&self, until: Timestamp, limit: usize) -> Result<Found, Refusal> {
        let mut found = self.queued();
        for concerning in [
            Concerning::Expiring(until),
            Concerning::Uncaptured,
            Concerning::OnHold,
        ] {
            let payments = self.reader.payments_concerning(concerning, LOOKED_AT_MAX);
            for id in payments.map_err(unreadable)? {
                if let Some(row) = self.concern(&id, concerning)? {
                    found.push(row);
                }
            }
        }
        found.sort_by_key(|row| {
            let end = row.payment.expires_at.unwrap_or(Timestamp(i64::MAX));
            (end, row.payment.id.clone())
        });
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(Found::Attention { rows: found, more })
    }

    /// What memory says of a payment that its table names: it may be past by now.
    fn concern(
        &self,
        id: &PaymentId,
        concerning: Concerning,
    ) -> Result<Option<Attention>, Refusal> {
        let Some(payment) = self.payment(id)? else {
            return Ok(None);
        };
        let concern = match concerning {
            Concerning::Expiring(_) => (!payment.open().is_zero()
                && self.is_waited_for(&payment)?)
            .then_some(Concern::Expiring),
            Concerning::Uncaptured => (payment.uncaptured > 0 && self.is_owed(&payment)?)
                .then_some(Concern::CaptureFailed),
            Concerning::OnHold => (payment.status() == Status::OnHold).then_some(Concern::OnHold),
        };
        Ok(concern.map(|concern| Attention { payment, concern }))
    }

    /// Captures that wait for their processor; all of them are in memory.
    fn queued(&self) -> Vec<Attention> {
        let operations = &self.state.books.operations;
        let rows = operations.values().filter_map(|operation| {
            let queued = operation.queued()?;
            let payment = self.state.books.payments.get(&queued.payment)?;
            Some(Attention {
                payment: payment.clone(),
                concern: Concern::Queued {
                    operation: operation.id.clone(),
                    amount: queued.amount,
                    since: queued.queued_at,
                    next_try: queue::next_try(operations.values(), &queued.account),
                    in_doubt: operation.is_in_doubt(),
                },
            })
        });
        rows.collect()
    }

    /// Whether lines of the payment's order still wait for its money.
    fn is_waited_for(&self, payment: &Payment) -> Result<bool, Refusal> {
        let order = self.order_of(payment)?;
        let waits = |line: &Line| line.state == LineState::Open;
        Ok(order.is_some_and(|order| order.lines.iter().any(waits)))
    }

    /// Whether goods are gone that nobody has paid for.
    fn is_owed(&self, payment: &Payment) -> Result<bool, Refusal> {
        let Some(order) = self.order_of(payment)? else {
            return Ok(true);
        };
        let payments = self.payments(order.usable_tenders().map(|tender| &tender.payment))?;
        Ok(!quote::due(payments.iter(), &order, &[]).is_zero())
    }

    /// A payment may name an order that was never stored: its deposit was declined.
    fn order_of(&self, payment: &Payment) -> Result<Option<Order>, Refusal> {
        match payment.order.clone().map(|order| self.order(order)) {
            None | Some(Err(Refusal::Rejected(Rejection::OrderUnknown(_)))) => Ok(None),
            Some(order) => order.map(Some),
        }
    }
}
