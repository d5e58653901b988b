//! What a cashier sees before taking money: what is due for some lines, and what secures it.

use firmware_protocols::vocabulary::Money;

use super::directory::Directory;
use super::flow::refusal;
use super::id::LineId;
use super::order::{LineState, Order};
use super::outcome::Skipped;
use super::payment::{Action, Payment, Status};
use super::rejection::Rejection;

/// What some lines of an order cost now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What is due when the lines are handed over.
    pub due: Money,
    /// What the order's own tenders still hold that can be captured from here.
    pub secured: Money,
    /// What the order's own tenders have paid.
    pub paid: Money,
    /// What the order's own tenders have promised; it is taken when the processor is back.
    pub queued: Money,
    /// Tenders that hold something, or may come to, and cannot be captured from here.
    pub unusable: Vec<Skipped>,
}

/// Quotes some lines. `payments` are those that may pay the order, in sequence.
pub fn quote<'a>(
    directory: &Directory,
    payments: impl Iterator<Item = &'a Payment> + Clone,
    order: &Order,
    lines: &[LineId],
) -> Result<Quote, Rejection> {
    check_lines(order, lines)?;
    let refused = |payment: &Payment| refusal::lasting(directory, order, payment);
    let unusable = payments.clone().filter_map(|payment| {
        let holds = !payment.open().is_zero() || payment.lapsed > 0;
        let reason = refused(payment).filter(|_| holds || payment.status() == Status::OnHold)?;
        let payment = payment.id.clone();
        Some(Skipped { payment, reason })
    });
    Ok(Quote {
        due: due(payments.clone(), order, lines),
        secured: sum(
            order,
            payments
                .clone()
                .filter(|payment| can_pay(payment) && refused(payment).is_none())
                .map(Payment::open),
        ),
        paid: sum(order, payments.clone().map(Payment::paid)),
        queued: sum(
            order,
            payments
                .clone()
                .map(|payment| Money::new(payment.queued, payment.currency)),
        ),
        unusable: unusable.collect(),
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
