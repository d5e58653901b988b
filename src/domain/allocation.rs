//! One pickup over several tenders: each pays up to what it still holds, in sequence.

use firmware_protocols::vocabulary::Money;

use super::id::PaymentId;
use super::payment::{Action, Payment};

/// The first payment that can take a share of `due`, and the share; `None` when none can.
///
/// Asking again after each capture gives the whole allocation, so that a tender that fails simply
/// drops out of `payments` and the next one takes its place.
pub fn next_share<'a>(
    payments: impl IntoIterator<Item = &'a Payment>,
    due: Money,
) -> Option<(PaymentId, Money)> {
    if due.is_zero() {
        return None;
    }
    payments.into_iter().find_map(|payment| {
        let usable =
            payment.currency == due.currency && payment.actions().contains(&Action::Capture);
        let share = Money::new(payment.open().minor.min(due.minor), due.currency);
        usable.then(|| (payment.id.clone(), share))
    })
}
