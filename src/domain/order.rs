//! An order: lines that are handed over one by one, and the payments that secure them.

use firmware_protocols::vocabulary::{Currency, Money};
use serde::{Deserialize, Serialize};

use super::id::{LineId, OperationId, OrderId, PaymentId, Timestamp};
use super::search::PhoneEnd;

/// What the customer bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its name.
    pub id: OrderId,
    /// Raised by one with every change, here or elsewhere.
    pub version: u64,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// Where it was made.
    pub channel: Channel,
    /// Who bought it, in the words of the system that made it.
    pub customer_reference: Option<String>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Minor units paid when the order was made, carry-out lines not counted.
    pub deposit: u64,
    /// Minor units of deposit that the store keeps for cancelled lines.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub kept: u64,
    /// Minor units of its price that the customer need not pay: given back for goods that are gone, or
    /// written off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waived: u64,
    /// Its payments, in the sequence in which they are used.
    pub tenders: Vec<Tender>,
    /// When it was made; of one that did not say, when it became known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_at: Option<Timestamp>,
    /// The end of the customer's phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneEnd>,
    /// Tags by which it is found: of a loyalty card, of a pickup slip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// How far an order is, for a cashier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// An operation is at work on it.
    Busy,
    /// Nothing was handed over yet.
    Waiting,
    /// Something was handed over or cancelled, something waits.
    PartlyDone,
    /// Nothing waits any more.
    Done,
    /// All of it was cancelled.
    Cancelled,
}

/// Where an order was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// In a store.
    Store,
    /// In the web shop.
    Online,
    /// By the call centre: only its tenders marked as prepayment count.
    CallCenter,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its name within the order.
    pub id: LineId,
    /// For people.
    pub description: Option<String>,
    /// Minor units, for all pieces of the line.
    pub amount: u64,
    /// How it reaches the customer.
    pub fulfilment: Fulfilment,
    /// How far that is.
    pub state: LineState,
}

impl Line {
    /// Whether it is neither handed over nor on its way out; a cancelled line costs nothing.
    #[must_use]
    pub const fn awaits(&self) -> bool {
        match self.state {
            LineState::Open | LineState::Cancelled => true,
            LineState::Reserved(_) | LineState::Fulfilled => false,
        }
    }
}

/// How a line reaches the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Taken along at once.
    CarryOut,
    /// Fetched at a store later.
    Pickup {
        /// Which store, where that is fixed.
        store: Option<String>,
    },
    /// Sent.
    Ship,
}

/// How far a line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Nothing happened yet.
    Open,
    /// This operation is taking the money for it right now.
    Reserved(OperationId),
    /// Handed over.
    Fulfilled,
    /// Will not be handed over.
    Cancelled,
}

/// One means of payment on an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// The payment.
    pub payment: PaymentId,
    /// Tender type of the surrounding system.
    pub tender_type: Option<String>,
    /// Card type of the surrounding system.
    pub card_type: Option<String>,
    /// Whether it may pay for goods when the call centre took it.
    pub prepayment: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(minor: &u64) -> bool {
    *minor == 0
}

impl Order {
    /// What all lines cost that are not cancelled.
    #[must_use]
    pub fn total(&self) -> Money {
        self.sum(|line| line.state != LineState::Cancelled)
    }

    /// What the carry-out lines cost; they are paid in full when the order is made.
    #[must_use]
    pub fn carry_out_total(&self) -> Money {
        self.sum(|line| {
            line.state != LineState::Cancelled && line.fulfilment == Fulfilment::CarryOut
        })
    }

    /// The line of that name.
    #[must_use]
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// Whether no line waits any more.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.lines.iter().all(|line| match line.state {
            LineState::Open | LineState::Reserved(_) => false,
            LineState::Fulfilled | LineState::Cancelled => true,
        })
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let count =
            |is_it: fn(&LineState) -> bool| self.lines.iter().filter(|it| is_it(&it.state)).count();
        let all = self.lines.len();
        if count(|state| matches!(state, LineState::Reserved(_))) > 0 {
            Progress::Busy
        } else if count(|state| *state == LineState::Cancelled) == all {
            Progress::Cancelled
        } else if self.is_complete() {
            Progress::Done
        } else if count(|state| *state == LineState::Open) == all {
            Progress::Waiting
        } else {
            Progress::PartlyDone
        }
    }

    /// The tenders that may pay at a pickup, in sequence.
    pub fn usable_tenders(&self) -> impl Iterator<Item = &Tender> {
        self.tenders
            .iter()
            .filter(|tender| self.channel != Channel::CallCenter || tender.prepayment)
    }

    /// What the customer must have paid in all once `handed_over` minor units of the lines that
    /// wait for fulfilment are gone: the deposit, and the same share of the rest, but for what is
    /// waived. Rounded so that the last hand-over makes it exactly the total.
    #[must_use]
    pub fn required_after(&self, handed_over: u64) -> u64 {
        self.before_waiver(handed_over).saturating_sub(self.waived)
    }

    fn before_waiver(&self, handed_over: u64) -> u64 {
        let carry_out = self.carry_out_total().minor;
        let waiting = self.total().minor.saturating_sub(carry_out);
        let at_once = carry_out.saturating_add(self.kept);
        if waiting == 0 {
            return at_once;
        }
        let remainder = u128::from(waiting.saturating_sub(self.deposit));
        let share = remainder
            .saturating_mul(u128::from(handed_over))
            .checked_div(u128::from(waiting))
            .unwrap_or(0);
        let share = u64::try_from(share).unwrap_or(u64::MAX);
        at_once
            .saturating_add(self.deposit.min(waiting))
            .saturating_add(share)
    }

    /// What the customer pays in all: the lines, and what is kept for cancelled ones, but for what is
    /// waived.
    #[must_use]
    pub fn price(&self) -> Money {
        let total = self.total();
        let price = total.minor.saturating_add(self.kept);
        Money::new(price.saturating_sub(self.waived), total.currency)
    }

    /// What is waived in all when `given` minor units go back of `paid`: what goods cost that are gone.
    /// What was paid too much is none of that, and neither is a deposit on what waits: given back, it
    /// is due again.
    #[must_use]
    pub fn waived_after(&self, paid: u64, given: u64) -> u64 {
        let too_much = paid.saturating_sub(self.price().minor);
        let gone = self.carry_out_total().minor.saturating_add(self.kept);
        let gone = gone.saturating_add(self.fulfilled());
        let for_goods = given.saturating_sub(too_much);
        let waived = self.waived.saturating_add(for_goods).min(gone);
        waived.max(self.waived)
    }

    /// What the lines cost that waited for fulfilment and were handed over.
    #[must_use]
    pub fn fulfilled(&self) -> u64 {
        let counts = |line: &Line| {
            line.fulfilment != Fulfilment::CarryOut && line.state == LineState::Fulfilled
        };
        self.sum(counts).minor
    }

    /// The lines will not be handed over.
    pub fn cancel(&mut self, lines: &[LineId]) {
        for line in self.lines.iter_mut().filter(|it| lines.contains(&it.id)) {
            line.state = LineState::Cancelled;
        }
    }

    /// The order with these lines cancelled, and with that share of the deposit that is on the
    /// others.
    #[must_use]
    pub fn without(&self, lines: &[LineId]) -> Self {
        let waiting = |order: &Self| {
            let carry_out = order.carry_out_total().minor;
            u128::from(order.total().minor.saturating_sub(carry_out))
        };
        let mut left = self.clone();
        left.cancel(lines);
        let deposit = u128::from(self.deposit)
            .saturating_mul(waiting(&left))
            .checked_div(waiting(self))
            .unwrap_or(0);
        left.deposit = u64::try_from(deposit).unwrap_or(self.deposit);
        left
    }

    /// What is due when `lines` are handed over and `paid` minor units have been paid so far.
    #[must_use]
    pub fn due_for(&self, lines: &[LineId], paid: u64) -> Money {
        let handed_over = self.sum(|line| {
            line.fulfilment != Fulfilment::CarryOut
                && (line.state == LineState::Fulfilled || lines.contains(&line.id))
        });
        let due = self.required_after(handed_over.minor).saturating_sub(paid);
        Money::new(due, self.currency)
    }

    /// Whether lines are reserved for that operation.
    #[must_use]
    pub fn is_reserved_for(&self, operation: &OperationId) -> bool {
        let reserved = LineState::Reserved(operation.clone());
        self.lines.iter().any(|line| line.state == reserved)
    }

    /// The lines reserved for an operation get another state.
    pub fn end_reservation(&mut self, operation: &OperationId, state: &LineState) {
        let reserved = LineState::Reserved(operation.clone());
        for line in self.lines.iter_mut().filter(|line| line.state == reserved) {
            line.state = state.clone();
        }
    }

    fn sum(&self, counts: impl Fn(&Line) -> bool) -> Money {
        let minor = self
            .lines
            .iter()
            .filter(|line| counts(line))
            .fold(0_u64, |sum, line| sum.saturating_add(line.amount));
        Money::new(minor, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(deposit: u64, amounts: &[u64]) -> Order {
        let line = |(at, amount): (usize, &u64)| Line {
            id: LineId::new(at.to_string()),
            description: None,
            amount: *amount,
            fulfilment: Fulfilment::Pickup { store: None },
            state: LineState::Open,
        };
        Order {
            id: OrderId::new("O"),
            version: 1,
            currency: Currency::NOK,
            channel: Channel::Store,
            customer_reference: None,
            lines: amounts.iter().enumerate().map(line).collect(),
            deposit,
            kept: 0,
            waived: 0,
            tenders: Vec::new(),
            placed_at: None,
            phone: None,
            tags: Vec::new(),
        }
    }

    #[test]
    fn the_remainder_is_due_in_shares_that_sum_to_it() {
        // (deposit, line amounts, what each successive pickup of one line costs)
        for (deposit, amounts, dues) in [
            (0, vec![80_000], vec![80_000]),
            (20_000, vec![100_000], vec![80_000]),
            (100, vec![100, 100, 100], vec![66, 67, 67]),
            (300, vec![100, 100, 100], vec![0, 0, 0]),
            (1, vec![1, 1], vec![0, 1]),
        ] {
            let mut order = order(deposit, &amounts);
            let mut paid = deposit;
            for (at, expected) in dues.iter().enumerate() {
                let lines = [LineId::new(at.to_string())];
                let due = order.due_for(&lines, paid).minor;
                assert_eq!(
                    due, *expected,
                    "deposit {deposit}, {amounts:?}, pickup {at}"
                );
                paid += due;
                order.lines[at].state = LineState::Fulfilled;
            }
            assert_eq!(paid, order.total().minor);
        }
    }

    #[test]
    fn carry_out_lines_are_paid_when_the_order_is_made() {
        let mut order = order(20, &[100, 50]);
        order.lines[1].fulfilment = Fulfilment::CarryOut;
        order.lines[1].state = LineState::Fulfilled;
        assert_eq!(order.due_for(&[LineId::new("0")], 70).minor, 80);
    }
}
