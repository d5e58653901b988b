//! Money is given back for goods that the customer has had: it is not asked for again with the next
//! lines. A deposit on goods that wait is, and what was paid too much is no reduction.

use super::samples::{nok, terminal};
use super::world::World;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::outcome::Verdict;
use crate::domain::request::{DepositShare, PickupTender, Request};

fn refund(minor: u64) -> Request {
    Request::Refund {
        payment: PaymentId::new("O/0"),
        amount: Some(nok(minor)),
    }
}

#[test]
fn what_came_back_is_not_paid_for_again() {
    // Deposit, given back after line 0 of 50 is gone, then due for line 1 of 30, waived.
    for (deposit, back, due_then, waived) in [
        (0, 50, 30, 50),
        (0, 20, 30, 20),
        // Of the deposit of 10 a part is for line 1.
        (10, 50, 27, 50),
        (10, 53, 30, 50),
    ] {
        let mut world = World::new();
        world.put_order(deposit, &[50, 30], &[80]);
        world.run(world.pickup(&[0]), &[]);
        let paid = world.payment(&PaymentId::new("O/0")).paid().minor;
        let outcome = world.run(refund(back), &[]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        assert_eq!(
            (world.order().waived, world.due(&[])),
            (waived, back - waived)
        );
        assert_eq!(world.due(&[1]), due_then, "{deposit} {back}");
        // A payment of which all was given back takes no more.
        let other = PickupTender::Other {
            terminal: terminal("single"),
        };
        let outcome = world.run(world.pickup_with(&[1], other), &[]);
        assert_eq!(outcome.captured, Some(nok(due_then)));
        // In all, the customer has paid what both cost but for what came back.
        let paid = paid + due_then - back;
        assert_eq!(paid, 80 - waived);
        assert_eq!(world.due(&[]), 0);
        world.check_agreement();
    }
}

/// Lines of 50, 30 and 20 are fetched one by one; after each a part of its price comes back. In the end the
/// customer has paid what all cost but for what came back.
#[test]
fn whatever_comes_back_when_all_else_is_paid_once() {
    for (deposit, first, second, third) in deposits_and_returns(&[0, 10, 33, 100]) {
        let mut world = World::new();
        world.put_order(deposit, &[50, 30, 20], &[100]);
        for (line, back) in [first, second, third].into_iter().enumerate() {
            let other = PickupTender::Other {
                terminal: terminal("single"),
            };
            let outcome = world.run(world.pickup_with(&[line], other), &[]);
            assert_eq!(outcome.verdict, Verdict::Approved);
            give_back(&mut world, back);
        }
        let back = first + second + third;
        let tenders = world.order().usable_tenders();
        let paid = tenders.map(|it| world.payment(&it.payment).paid().minor);
        let paid: u64 = paid.sum();
        assert_eq!(paid, 100 - back, "{deposit} {first} {second} {third}");
        assert_eq!((world.order().waived, world.due(&[])), (back, 0));
        world.check_agreement();
    }
}

/// Each deposit with each return of nothing, a part and all of the three lines.
fn deposits_and_returns(deposits: &[u64]) -> Vec<(u64, u64, u64, u64)> {
    let mut all = Vec::new();
    for deposit in deposits {
        for first in [0, 7, 50] {
            for second in [0, 7, 30] {
                for third in [0, 7, 20] {
                    all.push((*deposit, first, second, third));
                }
            }
        }
    }
    all
}

/// Gives back from whichever payments have taken it, the newest first.
fn give_back(world: &mut World, amount: u64) {
    let mut rest = amount;
    let order = world.order().clone();
    for tender in order.tenders.iter().rev() {
        let part = rest.min(world.payment(&tender.payment).paid().minor);
        if part > 0 {
            let refund = Request::Refund {
                payment: tender.payment.clone(),
                amount: Some(nok(part)),
            };
            assert_eq!(world.run(refund, &[]).verdict, Verdict::Approved);
            rest -= part;
        }
    }
    assert_eq!(rest, 0);
}

#[test]
fn a_deposit_that_went_back_is_due_again() {
    let mut world = World::new();
    world.put_order(30, &[50, 30], &[80]);
    world.run(refund(30), &[]);
    assert_eq!(world.order().waived, 0);
    assert_eq!(world.due(&[0, 1]), 80);
}

#[test]
fn what_another_store_says_does_not_bring_the_price_back() {
    let mut world = World::new();
    world.put_order(0, &[50, 30], &[80]);
    world.run(world.pickup(&[0]), &[]);
    world.run(refund(50), &[]);
    let mut order = world.order().clone();
    order.version += 1;
    order.waived = 0;
    let payments = vec![world.payment(&PaymentId::new("O/0")).clone()];
    world.run(Request::OrderPut { order, payments }, &[]);
    assert_eq!((world.order().waived, world.due(&[1])), (50, 30));
}

#[test]
fn a_cancellation_after_a_return_gives_nothing_back_twice() {
    for (deposit, due_back) in [(0, None), (10, Some(nok(3)))] {
        let mut world = World::new();
        world.put_order(deposit, &[50, 30], &[80]);
        world.run(world.pickup(&[0]), &[]);
        world.run(refund(50), &[]);
        let cancel = Request::OrderCancel {
            order: OrderId::new("O"),
            version: world.order().version,
            lines: Vec::new(),
            share: DepositShare::Refund,
        };
        let outcome = world.run(cancel, &[]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        assert_eq!(outcome.refunded, due_back);
        assert!(world.payment(&PaymentId::new("O/0")).paid().is_zero());
        world.check_agreement();
    }
}
