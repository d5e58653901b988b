//! deposit.take in all its ways (S06 to S13).

use super::outside::Fate;
use super::samples::{authorized, nok, order, tender, terminal};
use super::world::World;
use crate::domain::id::{LineId, OrderId, PaymentId};
use crate::domain::order::{Fulfilment, LineState, Order};
use crate::domain::outcome::{Outcome, Reason, Strategy, Verdict};
use crate::domain::payment::Status;
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::domain::request::Request;

fn deposit(terminal_name: &str, order: Order, minor: u64) -> Request {
    Request::DepositTake {
        terminal: terminal(terminal_name),
        order,
        deposit: nok(minor),
    }
}

/// Takes 200 of 1000; gives the outcome, what was taken in all and what is held.
fn take(name: &str, fates: &[Fate]) -> (World, Outcome, u64, u64) {
    let mut world = World::new();
    let outcome = world.run(deposit(name, order(0, &[1000]), 200), fates);
    world.check_agreement();
    let payments = world.state.books.payments.values();
    let taken = payments.clone().map(|payment| payment.paid().minor).sum();
    let held = payments.map(|payment| payment.open().minor).sum();
    (world, outcome, taken, held)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_way_ends_as_its_steps_say() {
    use Fate::*;
    let remainder = Some(Reason::RemainderDeclined);
    let (single, token) = (Strategy::SingleAuthorization, Strategy::TokenAuthorization);
    // Way, fates, verdict, reason, strategy, taken, held.
    for (way, fates, verdict, reason, strategy, taken, held) in [
        (
            "single",
            &[][..],
            Verdict::Approved,
            None,
            Some(single),
            200,
            800,
        ),
        (
            "single",
            &[LostAfter, LostAfter],
            Verdict::Approved,
            None,
            Some(single),
            200,
            800,
        ),
        (
            "single",
            &[LostReported, LostBefore],
            Verdict::Approved,
            None,
            Some(single),
            200,
            800,
        ),
        (
            "single",
            &[Partly(600)],
            Verdict::Approved,
            remainder,
            Some(single),
            200,
            400,
        ),
        (
            "single",
            &[Partly(200)],
            Verdict::Approved,
            remainder,
            Some(single),
            200,
            0,
        ),
        (
            "single",
            &[Partly(150)],
            Verdict::Approved,
            Some(Reason::BalanceDue),
            Some(single),
            150,
            0,
        ),
        (
            "single",
            &[Approved, Partly(150)],
            Verdict::Approved,
            Some(Reason::BalanceDue),
            Some(single),
            150,
            850,
        ),
        (
            "single",
            &[Declined],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
            None,
            0,
            0,
        ),
        (
            "single",
            &[Cancelled],
            Verdict::Cancelled,
            Some(Reason::Aborted),
            None,
            0,
            0,
        ),
        (
            "single",
            &[Approved, Declined],
            Verdict::Declined,
            Some(Reason::DepositNotCaptured),
            Some(single),
            0,
            0,
        ),
        (
            "single",
            &[Approved, Declined, Declined],
            Verdict::Declined,
            Some(Reason::DepositNotCaptured),
            Some(single),
            0,
            1000,
        ),
        ("token", &[], Verdict::Approved, None, Some(token), 200, 800),
        (
            "token",
            &[LostReported, LostAfter],
            Verdict::Approved,
            None,
            Some(token),
            200,
            800,
        ),
        (
            "token",
            &[Approved, Declined],
            Verdict::Approved,
            remainder,
            Some(token),
            200,
            0,
        ),
        (
            "token",
            &[Approved, NotSent, NotSent, NotSent],
            Verdict::Approved,
            remainder,
            Some(token),
            200,
            0,
        ),
        (
            "token",
            &[Approved, Partly(500)],
            Verdict::Approved,
            remainder,
            Some(token),
            200,
            500,
        ),
        (
            "token",
            &[Approved, OnHold],
            Verdict::Approved,
            Some(Reason::OnHold),
            Some(token),
            200,
            0,
        ),
        (
            "token",
            &[Partly(150)],
            Verdict::Approved,
            Some(Reason::BalanceDue),
            Some(token),
            150,
            800,
        ),
        (
            "token",
            &[Declined],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
            None,
            0,
            0,
        ),
        (
            "plain",
            &[],
            Verdict::Approved,
            Some(Reason::SecondCardNeeded),
            Some(Strategy::SecondCard),
            200,
            0,
        ),
    ] {
        let name = format!("{way} {fates:?}");
        let (world, outcome, got_taken, got_held) = take(way, fates);
        assert_eq!(
            (outcome.verdict, outcome.reason, outcome.strategy),
            (verdict, reason, strategy),
            "{name}"
        );
        assert_eq!((got_taken, got_held), (taken, held), "{name}");
        assert_eq!(outcome.captured, Some(nok(taken)), "{name}");
        assert_eq!(outcome.secured, Some(nok(held)), "{name}");
        let missing = (taken > 0 && taken < 200).then(|| nok(200 - taken));
        assert_eq!(outcome.balance_due, missing, "{name}");
        // The order exists if and only if something was paid for it.
        assert_eq!(
            world.state.books.orders.len(),
            usize::from(taken > 0),
            "{name}"
        );
        if taken > 0 {
            let owed = 1000 - taken;
            assert_eq!(
                world.order().due_for(&[LineId::new("0")], taken),
                nok(owed),
                "{name}"
            );
        }
    }
}

#[test]
fn all_of_it_is_a_plain_sale() {
    for way in ["single", "token", "plain"] {
        let mut world = World::new();
        let outcome = world.run(deposit(way, order(0, &[600, 400]), 1000), &[]);
        assert_eq!(outcome.strategy, Some(Strategy::PaidInFull));
        assert_eq!(
            (outcome.captured, outcome.secured),
            (Some(nok(1000)), Some(nok(0)))
        );
        assert_eq!(outcome.payments[0].card_token, None, "no token is kept");
        assert_eq!(world.order().due_for(&[LineId::new("0")], 1000), nok(0));
        let picked = world.run(world.pickup(&[0, 1]), &[]);
        assert_eq!((picked.verdict, picked.captured), (Verdict::Approved, None));
        assert!(world.order().is_complete());
        world.check_agreement();
    }
}

#[test]
fn a_card_without_a_token_pays_the_deposit_and_another_is_asked_for() {
    let mut world = World::new();
    world.bank.no_card_token = true;
    let outcome = world.run(deposit("token", order(0, &[1000]), 200), &[]);
    assert_eq!(outcome.reason, Some(Reason::SecondCardNeeded));
    assert_eq!(outcome.strategy, Some(Strategy::SecondCard));
    assert_eq!(
        (outcome.captured, outcome.secured),
        (Some(nok(200)), Some(nok(0)))
    );
    world.check_agreement();
}

#[test]
fn carry_out_lines_are_paid_with_the_deposit_and_gone_only_if_all_was_paid() {
    for (fate, state) in [
        (Fate::Approved, LineState::Fulfilled),
        (Fate::Partly(399), LineState::Open),
    ] {
        let mut world = World::new();
        let mut order = order(0, &[1000, 200]);
        order.lines[1].fulfilment = Fulfilment::CarryOut;
        let outcome = world.run(deposit("token", order, 200), &[fate]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        assert_eq!(world.order().lines[1].state, state);
        assert_eq!(outcome.secured, Some(nok(800)), "the remainder is held");
        world.check_agreement();
        if state == LineState::Open {
            // What is missing is due when they go.
            let picked = world.run(world.pickup(&[1]), &[]);
            assert_eq!(picked.captured, Some(nok(1)));
        }
        let picked = world.run(world.pickup(&[0]), &[]);
        assert_eq!(
            picked.verdict,
            if fate == Fate::Approved {
                Verdict::Approved
            } else {
                Verdict::Declined
            }
        );
        world.check_agreement();
    }
}

#[test]
fn a_deposit_that_makes_no_sense_is_refused() {
    let mut world = World::new();
    let mut refused = |order: Order, minor| world.ask(deposit("single", order, minor)).unwrap_err();
    let invalid = |problem| Rejection::OrderInvalid { problem };
    assert_eq!(
        refused(order(0, &[100]), 101),
        invalid(OrderProblem::DepositTooLarge)
    );
    assert_eq!(
        refused(order(0, &[100]), u64::MAX),
        invalid(OrderProblem::DepositTooLarge)
    );
    assert_eq!(refused(order(0, &[100]), 0), Rejection::AmountOutOfRange);
    assert_eq!(refused(order(0, &[]), 1), invalid(OrderProblem::NoLines));
    assert_eq!(
        refused(order(0, &[u64::MAX, 1]), 1),
        invalid(OrderProblem::TotalOutOfRange)
    );
    assert_eq!(
        refused(order(0, &[u64::MAX]), 1),
        invalid(OrderProblem::TotalOutOfRange)
    );
    let mut gone = order(0, &[100, 100]);
    gone.lines[1].state = LineState::Fulfilled;
    assert_eq!(refused(gone, 1), Rejection::LineNotOpen(LineId::new("1")));
    let mut paid = order(0, &[100]);
    paid.tenders = vec![tender(&PaymentId::new("P"))];
    assert_eq!(refused(paid, 1), invalid(OrderProblem::ForeignPayment));
}

#[test]
fn an_order_gets_one_deposit() {
    let mut world = World::new();
    let holder = world.ask(deposit("token", order(0, &[1000]), 200)).unwrap();
    let busy = Rejection::OrderBusy { holder };
    assert_eq!(
        world
            .ask(deposit("single", order(0, &[1000]), 200))
            .unwrap_err(),
        busy
    );
    // Nor can it be stored behind the back of the deposit.
    let put = Request::OrderPut {
        order: order(0, &[1000]),
        payments: Vec::new(),
    };
    assert_eq!(world.ask(put).unwrap_err(), busy);
    world.settle(&[Fate::Approved, Fate::OnHold]);
    let changed = Rejection::OrderChanged {
        version: world.order().version,
    };
    assert_eq!(
        world
            .ask(deposit("single", order(0, &[1000]), 200))
            .unwrap_err(),
        changed
    );
    let tenders = world.order().tenders.clone();
    assert_eq!(tenders.len(), 2, "what is on hold may come to pay");
    assert_eq!(world.payment(&tenders[1].payment).status(), Status::OnHold);
    let picked = world.ask(world.pickup(&[0]));
    assert_eq!(picked.unwrap_err(), Rejection::PaymentOnHold);
}

#[test]
fn an_order_that_nobody_paid_yet_can_get_its_deposit_here() {
    let mut world = World::new();
    let mut stored = order(0, &[1000]);
    stored.version = 7;
    world.run(
        Request::OrderPut {
            order: stored.clone(),
            payments: Vec::new(),
        },
        &[],
    );
    let old = world
        .ask(deposit("single", order(0, &[1000]), 200))
        .unwrap_err();
    assert_eq!(old, Rejection::OrderChanged { version: 7 });
    world.run(deposit("single", stored.clone(), 200), &[]);
    assert_eq!(world.order().version, 8);
    assert_eq!(world.order().deposit, 200);

    let held = authorized(&PaymentId::new("O/0"), 1000, 0);
    let mut world = World::new();
    world.open_account(&held);
    stored.tenders = vec![tender(&held.id)];
    world.run(
        Request::OrderPut {
            order: stored.clone(),
            payments: vec![held],
        },
        &[],
    );
    stored.tenders.clear();
    let changed = Rejection::OrderChanged { version: 7 };
    assert_eq!(
        world.ask(deposit("single", stored, 200)).unwrap_err(),
        changed
    );
}

#[test]
fn the_reference_of_what_is_on_hold_is_kept() {
    let mut world = World::new();
    world.run(
        deposit("token", order(0, &[1000]), 200),
        &[Fate::Approved, Fate::OnHold],
    );
    let id = world.state.books.orders[&OrderId::new("O")].tenders[1]
        .payment
        .clone();
    assert!(world.payment(&id).auth_token.is_some());
}
