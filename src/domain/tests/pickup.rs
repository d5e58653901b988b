//! pickup.capture: whose money pays for which lines (S01, S05, S15, S16, S21, S23).

use super::outside::Fate;
use super::samples::{nok, sale, terminal};
use super::world::World;
use crate::domain::id::{LineId, MerchantAccountId, PaymentId};
use crate::domain::order::{Channel, LineState};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::Status;
use crate::domain::quote::quote;
use crate::domain::rejection::Rejection;
use crate::domain::request::{PickupTender, Request};

fn counters(world: &World, ids: &[PaymentId]) -> Vec<(u64, u64)> {
    ids.iter()
        .map(|id| (world.payment(id).captured, world.payment(id).voided))
        .collect()
}

fn other() -> PickupTender {
    PickupTender::Other {
        terminal: terminal("single"),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_tenders_pay_in_sequence_until_it_is_enough() {
    use Fate::*;
    // Held, fates, (captured, voided) of each, verdict, reason, balance.
    for (held, fates, expected, verdict, reason, balance) in [
        (
            &[80][..],
            &[][..],
            &[(80, 0)][..],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[30, 100, 10],
            &[],
            &[(30, 0), (50, 50), (0, 10)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[30, 50, 10],
            &[Declined],
            &[(0, 30), (50, 0), (10, 0)],
            Verdict::Declined,
            Some(Reason::BalanceDue),
            20,
        ),
        (
            &[100, 90],
            &[Declined],
            &[(0, 100), (80, 10)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[100, 90],
            &[NotSent, NotSent, NotSent],
            &[(0, 100), (80, 10)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[100, 90],
            &[LostAfter],
            &[(80, 20), (0, 90)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[100, 90],
            &[LostBefore],
            &[(80, 20), (0, 90)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[100, 90],
            &[Partly(50)],
            &[(80, 20), (0, 90)],
            Verdict::Approved,
            None,
            0,
        ),
        (
            &[50],
            &[],
            &[(50, 0)],
            Verdict::Declined,
            Some(Reason::BalanceDue),
            30,
        ),
        (
            &[80],
            &[Declined],
            &[(0, 0)],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
            80,
        ),
        (
            &[],
            &[],
            &[],
            Verdict::Declined,
            Some(Reason::BalanceDue),
            80,
        ),
    ] {
        let name = format!("{held:?} {fates:?}");
        let mut world = World::new();
        let ids = world.put_order(0, &[80], held);
        // What a store has authorized need not be all of it.
        let order = world.state.books.orders.values_mut().next().unwrap();
        order.channel = Channel::Store;
        world.forget_history();
        let outcome = world.run(world.pickup(&[0]), fates);
        world.check_agreement();
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (verdict, reason),
            "{name}"
        );
        let voids_rest = verdict == Verdict::Approved;
        let got = counters(&world, &ids);
        for (got, expected) in got.iter().zip(expected) {
            assert_eq!(got.0, expected.0, "{name}");
            assert_eq!(got.1, if voids_rest { expected.1 } else { 0 }, "{name}");
        }
        assert_eq!(
            outcome.balance_due.map_or(0, |due| due.minor),
            balance,
            "{name}"
        );
        let state = if voids_rest {
            LineState::Fulfilled
        } else {
            LineState::Open
        };
        assert_eq!(world.order().lines[0].state, state, "{name}");
    }
}

#[test]
fn shares_of_the_remainder_sum_to_it_whatever_the_sequence() {
    for sequence in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut world = World::new();
        let ids = world.put_order(100, &[100, 101, 99], &[300]);
        assert_eq!(world.payment(&ids[0]).status(), Status::PartiallyCaptured);
        for line in sequence {
            world.run(world.pickup(&[line]), &[]);
            world.check_agreement();
        }
        assert_eq!(world.payment(&ids[0]).captured, 300);
        assert_eq!(world.payment(&ids[0]).status(), Status::Captured);
        assert!(world.order().is_complete());
    }
}

#[test]
fn what_is_quoted_is_what_is_taken() {
    let mut world = World::new();
    world.put_order(100, &[100, 101, 99], &[300]);
    for line in 0..3 {
        let order = world.order();
        let payments = order
            .tenders
            .iter()
            .map(|tender| world.payment(&tender.payment));
        let quote = quote(
            &world.state.directory,
            payments,
            order,
            &[LineId::new(line.to_string())],
        )
        .unwrap();
        let outcome = world.run(world.pickup(&[line]), &[]);
        assert_eq!(outcome.captured, Some(quote.due));
        assert_eq!(quote.paid.minor + quote.secured.minor, 300);
    }
}

#[test]
fn another_card_pays_and_the_own_authorizations_stay() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80, 20], &[100]);
    let outcome = world.run(world.pickup_with(&[0], other()), &[]);
    assert_eq!(
        (outcome.verdict, outcome.captured),
        (Verdict::Approved, Some(nok(80)))
    );
    assert_eq!(world.payment(&ids[0]).status(), Status::Authorized);
    assert_eq!(world.order().tenders.len(), 2);
    // The old authorization pays the next pickup; what it still holds then is released.
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(20)));
    assert_eq!(counters(&world, &ids), [(20, 80)]);
    world.check_agreement();
}

#[test]
fn what_another_card_paid_counts_even_if_the_goods_stay() {
    let mut world = World::new();
    world.put_order(0, &[80], &[]);
    let outcome = world.run(world.pickup_with(&[0], other()), &[Fate::Partly(60)]);
    assert_eq!(
        (outcome.verdict, outcome.balance_due),
        (Verdict::Declined, Some(nok(20)))
    );
    assert_eq!(world.order().lines[0].state, LineState::Open);
    let outcome = world.run(world.pickup_with(&[0], other()), &[]);
    assert_eq!(
        (outcome.verdict, outcome.captured),
        (Verdict::Approved, Some(nok(20)))
    );
    assert!(world.order().is_complete());
    world.check_agreement();
}

#[test]
fn another_card_that_does_not_pay_leaves_the_order_as_it_was() {
    for (fate, verdict) in [
        (Fate::Declined, Verdict::Declined),
        (Fate::Cancelled, Verdict::Cancelled),
        (Fate::LostBefore, Verdict::Failed),
        (Fate::Reversed, Verdict::Failed),
    ] {
        let mut world = World::new();
        world.put_order(0, &[80], &[100]);
        let outcome = world.run(world.pickup_with(&[0], other()), &[fate]);
        assert_eq!(
            (outcome.verdict, outcome.balance_due),
            (verdict, Some(nok(80)))
        );
        assert_eq!(world.order().tenders.len(), 1);
        assert_eq!(world.order().lines[0].state, LineState::Open);
        world.run(world.pickup(&[0]), &[]);
        world.check_agreement();
    }
}

#[test]
fn one_of_two_counters_wins() {
    let mut world = World::new();
    world.put_order(0, &[80, 20], &[100]);
    let second = world.pickup(&[0]);
    let third = world.pickup(&[1]);
    let holder = world.ask(world.pickup(&[0])).unwrap();
    let changed = Rejection::OrderChanged {
        version: world.order().version,
    };
    assert_eq!(world.ask(second).unwrap_err(), changed);
    assert_eq!(world.ask(third).unwrap_err(), changed);
    let order_busy = Rejection::OrderBusy {
        holder: holder.clone(),
    };
    assert_eq!(world.ask(world.pickup(&[1])).unwrap_err(), order_busy);
    let void = Request::Void {
        payment: PaymentId::new("O/0"),
    };
    let busy = Rejection::PaymentBusy { holder };
    assert_eq!(world.ask(void).unwrap_err(), busy);
    world.settle(&[]);
    assert_eq!(world.payment(&PaymentId::new("O/0")).captured, 80);
    let gone = Rejection::LineNotOpen(LineId::new("0"));
    assert_eq!(world.ask(world.pickup(&[0])).unwrap_err(), gone);
    world.run(world.pickup(&[1]), &[]);
    world.check_agreement();
}

#[test]
fn all_payments_of_an_order_wait_for_its_pickup() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80], &[50, 50]);
    let holder = world.ask(world.pickup(&[0])).unwrap();
    let busy = Rejection::OrderBusy { holder };
    let void = Request::Void {
        payment: ids[1].clone(),
    };
    assert_eq!(world.ask(void).unwrap_err(), busy);
    world.settle(&[]);
    world.check_agreement();
}

#[test]
fn a_payment_at_work_elsewhere_is_waited_for() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80], &[100]);
    let capture = Request::Capture {
        payment: ids[0].clone(),
        amount: Some(nok(50)),
    };
    let holder = world.ask(capture).unwrap();
    let busy = Rejection::PaymentBusy { holder };
    assert_eq!(world.ask(world.pickup(&[0])).unwrap_err(), busy);
    assert_eq!(
        world.ask(world.pickup_with(&[0], other())).unwrap_err(),
        busy
    );
    world.settle(&[]);
    // What was captured by hand counts.
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.captured, Some(nok(30)));
    world.check_agreement();
}

#[test]
fn a_tender_in_doubt_keeps_the_order_until_it_is_certain() {
    let mut world = World::new();
    world.put_order(0, &[80], &[50, 50]);
    let operation = world.ask(world.pickup(&[0])).unwrap();
    for _ in 0..9 {
        let effect = world.outbox.remove(0);
        world.carry_out(&effect, Fate::LostBefore);
    }
    assert!(world.state.books.operations[&operation].is_in_doubt());
    assert_eq!(world.told_in_doubt, vec![operation.clone()]);
    let busy = Rejection::OrderBusy {
        holder: operation.clone(),
    };
    assert_eq!(
        world.ask(world.pickup_with(&[0], other())).unwrap_err(),
        busy
    );
    world.settle(&[]);
    assert_eq!(world.outcomes[&operation].captured, Some(nok(80)));
    world.check_agreement();
}

#[test]
fn nothing_due_takes_nothing_and_releases_what_is_left() {
    let mut world = World::new();
    let ids = world.put_order(100, &[100], &[140]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    let payment = world.payment(&ids[0]);
    assert_eq!((payment.captured, payment.voided), (100, 40));
    world.check_agreement();
}

#[test]
fn a_tender_of_an_unknown_account_is_passed_over_and_does_not_keep_others_from_release() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80], &[100, 100, 100]);
    let account = Some(MerchantAccountId::new("elsewhere"));
    let books = &mut world.state.books;
    let payment = books.payments.get_mut(&ids[0]).unwrap();
    payment.account.clone_from(&account);
    world.forget_history();
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    assert_eq!(counters(&world, &ids), [(0, 0), (80, 20), (0, 100)]);

    for id in &ids {
        world
            .state
            .books
            .payments
            .get_mut(id)
            .unwrap()
            .account
            .clone_from(&account);
    }
    world
        .state
        .books
        .orders
        .values_mut()
        .for_each(|order| order.lines[0].state = LineState::Open);
    world.forget_history();
    let refund = Request::Refund {
        payment: ids[1].clone(),
        amount: None,
    };
    assert_eq!(world.ask(refund).unwrap_err(), Rejection::NoRoute);
}

#[test]
fn a_tender_whose_terminal_is_at_work_is_passed_over() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80], &[100]);
    // The authorization was made at a terminal here, without a processor behind it.
    let made = world.run(super::samples::authorize("plain", 100), &[]);
    let reference = made.payments[0].terminal.clone();
    let payment = world.state.books.payments.get_mut(&ids[0]).unwrap();
    payment.account = None;
    payment.terminal = reference;
    world.forget_history();
    world.ask(sale("plain", 10)).unwrap();
    let busy = world.ask(world.pickup(&[0])).unwrap();
    assert_eq!(world.outcomes[&busy].reason, Some(Reason::TerminalBusy));
    world.settle(&[]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.captured, Some(nok(80)));
    assert_eq!(counters(&world, &ids), [(80, 20)]);
}

#[test]
fn an_online_order_costs_what_was_authorized_for_it() {
    // Channel, deposit, lines, held, whether its amount has changed since it was authorized.
    for (channel, deposit, lines, held, changed) in [
        (Channel::Online, 0, &[80][..], &[80][..], false),
        (Channel::Online, 0, &[80], &[50, 30], false),
        (Channel::Online, 0, &[70], &[80], false),
        (Channel::Online, 0, &[90], &[80], true),
        (Channel::Online, 0, &[60, 30], &[80], true),
        (Channel::Online, 0, &[90], &[50, 30], true),
        // Nothing was authorized at all, or not yet.
        (Channel::Online, 0, &[90], &[], false),
        (Channel::Online, 0, &[90], &[80, 0], false),
        // A deposit, or another channel, explains it.
        (Channel::Online, 10, &[90], &[80], false),
        (Channel::Store, 0, &[90], &[80], false),
        (Channel::CallCenter, 0, &[90], &[80], false),
    ] {
        let mut world = World::new();
        world.put_order(deposit, lines, held);
        let order = world.state.books.orders.values_mut().next().unwrap();
        order.channel = channel;
        world.forget_history();
        let name = format!("{channel:?} {deposit} {lines:?} {held:?}");
        let expected = Rejection::AuthorizedAmountChanged {
            total: nok(lines.iter().sum()),
            authorized: nok(held.iter().sum()),
        };
        let refused = world.ask(world.pickup(&[0])).err();
        assert_eq!(refused, changed.then_some(expected), "{name}");
        let taken = world.state.books.payments.values();
        let over = taken.filter(|payment| payment.captured > payment.authorized);
        assert_eq!(over.count(), 0, "{name}");
    }
}

#[test]
fn another_card_makes_up_for_a_changed_amount() {
    let mut world = World::new();
    let ids = world.put_order(0, &[60, 30], &[80]);
    assert!(world.ask(world.pickup(&[1])).is_err());
    world.run(world.pickup_with(&[1], other()), &[]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.captured, Some(nok(60)));
    assert_eq!(counters(&world, &ids), [(60, 20)]);
    world.check_agreement();
}

#[test]
fn what_was_released_since_does_not_change_the_amount() {
    let mut world = World::new();
    let ids = world.put_order(0, &[80], &[40, 40]);
    let void = Request::Void {
        payment: ids[1].clone(),
    };
    world.run(void, &[]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.balance_due, Some(nok(40)));
    world.check_agreement();
}

#[test]
fn only_prepayments_of_the_call_centre_pay() {
    let mut world = World::new();
    world.put_order(0, &[80], &[100, 100]);
    let order = world.state.books.orders.values_mut().next().unwrap();
    order.channel = Channel::CallCenter;
    order.tenders[0].prepayment = false;
    world.forget_history();
    world.run(world.pickup(&[0]), &[]);
    assert_eq!(world.payment(&PaymentId::new("O/0")).captured, 0);
    assert_eq!(world.payment(&PaymentId::new("O/1")).captured, 80);
}

#[test]
fn lines_are_named_once_and_exist() {
    let mut world = World::new();
    world.put_order(0, &[80], &[100]);
    let mut refused = |lines: &[usize]| {
        let pickup = world.pickup(lines);
        world.ask(pickup).unwrap_err()
    };
    assert_eq!(refused(&[]), Rejection::NoLines);
    assert_eq!(refused(&[1]), Rejection::LineUnknown(LineId::new("1")));
    assert_eq!(refused(&[0, 0]), Rejection::LineNotOpen(LineId::new("0")));
}
