//! What a cashier sees before taking money: what is due for some lines, and what secures it.

use firmware_protocols::vocabulary::Money;

use super::id::LineId;
use super::order::{LineState, Order};
use super::payment::{Action, Payment};
use super::rejection::Rejection;

/// What some lines of an order cost now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What is due when the lines are handed over.
    pub due: Money,
    /// What the order's own tenders still hold.
    pub secured: Money,
    /// What the order's own tenders have paid.
    pub paid: Money,
}

/// Quotes some lines. `payments` are those that may pay the order, in sequence.
pub fn quote<'a>(
    payments: impl Iterator<Item = &'a Payment> + Clone,
    order: &Order,
    lines: &[LineId],
) -> Result<Quote, Rejection> {
    check_lines(order, lines)?;
    Ok(Quote {
        due: due(payments.clone(), order, lines),
        secured: sum(
            order,
            payments
                .clone()
                .filter(|payment| can_pay(payment))
                .map(Payment::open),
        ),
        paid: sum(order, payments.map(Payment::paid)),
    })
}

/// What is due when the lines are handed over.
pub fn due<'a>(
    payments: impl Iterator<Item = &'a Payment>,
    order: &Order,
    lines: &[LineId],
) -> Money {
    order.due_for(
        lines,
        sum(order, payments.map(Payment::paid_or_queued)).minor,
    )
}

/// Checks that the lines exist and wait, each named once.
pub(super) fn check_lines(order: &Order, lines: &[LineId]) -> Result<(), Rejection> {
    for (at, id) in lines.iter().enumerate() {
        let line = order
            .line(id)
            .ok_or_else(|| Rejection::LineUnknown(id.clone()))?;
        let named_before = lines.iter().take(at).any(|other| other == id);
        if line.state != LineState::Open || named_before {
            return Err(Rejection::LineNotOpen(id.clone()));
        }
    }
    Ok(())
}

fn can_pay(payment: &Payment) -> bool {
    payment.actions().contains(&Action::Capture)
}

fn sum(order: &Order, amounts: impl Iterator<Item = Money>) -> Money {
    let minor = amounts.fold(0_u64, |sum, amount| sum.saturating_add(amount.minor));
    Money::new(minor, order.currency)
}
