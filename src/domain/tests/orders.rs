//! order.put: versions, and what may be said about payments.

use firmware_protocols::vocabulary::Currency;

use super::samples::{authorized, order, tender};
use super::world::World;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::domain::request::AMOUNT_MAX;
use crate::domain::request::Request;

fn put(version: u64, payments: Vec<Payment>) -> Request {
    let tenders = payments.iter().map(|payment| tender(&payment.id)).collect();
    let order = Order {
        version,
        tenders,
        ..order(0, &[100])
    };
    Request::OrderPut { order, payments }
}

fn held(name: &str, held: u64, captured: u64) -> Payment {
    authorized(&PaymentId::new(name), held, captured)
}

#[test]
fn newer_versions_replace_older_ones() {
    let mut world = World::new();
    world.run(put(5, Vec::new()), &[]);
    world.run(put(5, Vec::new()), &[]);
    let changed = Rejection::OrderChanged { version: 5 };
    assert_eq!(world.ask(put(4, Vec::new())).unwrap_err(), changed);
    assert_eq!(
        world.ask(put(5, vec![held("P", 100, 0)])).unwrap_err(),
        changed
    );
    world.run(put(6, vec![held("P", 100, 0)]), &[]);
    assert_eq!(world.order().version, 6);
    // A pickup raises the version here, so that a stale copy cannot bring its lines back.
    world.open_account(&held("P", 100, 0));
    world.run(world.pickup(&[0]), &[]);
    let version = world.order().version;
    assert!(version > 7);
    let stale = world.ask(put(7, Vec::new())).unwrap_err();
    assert_eq!(stale, Rejection::OrderChanged { version });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_order_that_contradicts_itself_is_refused() {
    let invalid = |problem| Rejection::OrderInvalid { problem };
    let euro = Payment {
        currency: Currency::EUR,
        ..held("P", 100, 0)
    };
    let foreign = Payment {
        order: Some(OrderId::new("other")),
        ..held("P", 100, 0)
    };
    let unowned = Payment {
        order: None,
        ..held("P", 100, 0)
    };
    let impossible = Payment {
        captured: 101,
        ..held("P", 100, 0)
    };
    let overflowing = Payment {
        authorized: u64::MAX,
        captured: u64::MAX,
        voided: u64::MAX,
        ..held("P", 100, 0)
    };
    for (payments, problem) in [
        (vec![euro], OrderProblem::MixedCurrencies),
        (vec![foreign], OrderProblem::ForeignPayment),
        (vec![unowned], OrderProblem::ForeignPayment),
        (vec![impossible], OrderProblem::ImpossibleCounters),
        (vec![overflowing], OrderProblem::ImpossibleCounters),
        (
            vec![held("P", AMOUNT_MAX + 1, 0)],
            OrderProblem::ImpossibleCounters,
        ),
        (
            vec![held("P", 100, 50), held("P", 100, 50)],
            OrderProblem::DuplicateTender,
        ),
        (
            vec![held("P", 100, 51), held("Q", 100, 50)],
            OrderProblem::PaidTooMuch,
        ),
    ] {
        let mut world = World::new();
        assert_eq!(world.ask(put(1, payments)).unwrap_err(), invalid(problem));
    }
    let mut world = World::new();
    let mut refused = |change: &dyn Fn(&mut Order), payments: Vec<Payment>| {
        let mut order = order(0, &[100, 100]);
        change(&mut order);
        world
            .ask(Request::OrderPut { order, payments })
            .unwrap_err()
    };
    let duplicate = |order: &mut Order| order.lines[1].id = order.lines[0].id.clone();
    assert_eq!(
        refused(&duplicate, Vec::new()),
        invalid(OrderProblem::DuplicateLine)
    );
    let too_much = |order: &mut Order| order.deposit = 201;
    assert_eq!(
        refused(&too_much, Vec::new()),
        invalid(OrderProblem::DepositTooLarge)
    );
    let dear = |order: &mut Order| order.lines[0].amount = AMOUNT_MAX;
    assert_eq!(
        refused(&dear, Vec::new()),
        invalid(OrderProblem::TotalOutOfRange)
    );
    let unknown = PaymentId::new("unknown");
    let names_unknown = |order: &mut Order| order.tenders = vec![tender(&unknown)];
    assert_eq!(
        refused(&names_unknown, Vec::new()),
        Rejection::PaymentUnknown(unknown.clone())
    );
    let not_a_tender = vec![held("P", 100, 0)];
    assert_eq!(
        refused(&|_| {}, not_a_tender),
        invalid(OrderProblem::ForeignPayment)
    );
    let twice = |order: &mut Order| {
        order.tenders = vec![tender(&PaymentId::new("P")), tender(&PaymentId::new("P"))];
    };
    assert_eq!(
        refused(&twice, vec![held("P", 100, 50)]),
        invalid(OrderProblem::DuplicateTender)
    );
}

#[test]
fn what_another_store_has_moved_arrives_and_nothing_is_unmoved() {
    // Ours: 100 held, 40 taken.
    for (told, captured, voided, refunded) in [
        (held("P", 100, 0), 40, 0, 0),
        (held("P", 100, 40), 40, 0, 0),
        (held("P", 100, 100), 100, 0, 0),
        (
            Payment {
                voided: 60,
                ..held("P", 100, 40)
            },
            40,
            60,
            0,
        ),
        (
            Payment {
                refunded: 70,
                ..held("P", 100, 90)
            },
            90,
            0,
            70,
        ),
        // More here, less there: ours stay.
        (
            Payment {
                voided: 90,
                ..held("P", 100, 10)
            },
            40,
            0,
            0,
        ),
        (held("P", 200, 90), 40, 0, 0),
    ] {
        let mut world = World::new();
        world.run(put(1, vec![held("P", 100, 40)]), &[]);
        world.run(put(2, vec![told.clone()]), &[]);
        let payment = world.payment(&told.id);
        let ours = (
            payment.authorized,
            payment.captured,
            payment.voided,
            payment.refunded,
        );
        assert_eq!(ours, (100, captured, voided, refunded), "{told:?}");
    }
}

#[test]
fn what_is_told_of_a_payment_at_work_has_to_wait() {
    let mut world = World::new();
    world.run(put(1, vec![held("P", 100, 0)]), &[]);
    world.open_account(&held("P", 100, 0));
    let payment = PaymentId::new("P");
    let holder = world
        .ask(Request::Capture {
            payment,
            amount: None,
        })
        .unwrap();
    let busy = Rejection::PaymentBusy { holder };
    assert_eq!(
        world.ask(put(2, vec![held("P", 100, 100)])).unwrap_err(),
        busy
    );
    world.run(put(2, vec![held("P", 100, 0)]), &[]);
    world.settle(&[]);
    world.check_agreement();
}
