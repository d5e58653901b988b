//! order.ship: what leaves for the customer is paid as at a pickup (S04, S05).

use super::outside::Fate;
use super::samples::nok;
use super::world::World;
use crate::domain::id::{LineId, OrderId};
use crate::domain::order::{Fulfilment, LineState};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::Status;
use crate::domain::rejection::Rejection;
use crate::domain::request::Request;

/// Order `O` of which the lines in `shipped` are sent; the others are fetched.
fn world(deposit: u64, lines: &[u64], shipped: &[usize], held: &[u64]) -> World {
    let mut world = World::new();
    world.put_order(deposit, lines, held);
    let order = world.state.books.orders.get_mut(&OrderId::new("O"));
    let order = order.unwrap();
    for at in shipped {
        order.lines[*at].fulfilment = Fulfilment::Ship;
    }
    world.forget_history();
    world
}

fn ship(world: &World, lines: &[usize]) -> Request {
    Request::OrderShip {
        order: OrderId::new("O"),
        version: world.order().version,
        lines: lines.iter().map(|at| LineId::new(at.to_string())).collect(),
    }
}

#[test]
fn lines_are_shipped_and_fetched_on_different_days_from_one_authorization() {
    // Deposit, what is held, then for each hand-over: shipped or fetched, captured and voided after
    // it, status after it.
    use Status::*;
    for (deposit, held, steps) in [
        (
            0,
            1000,
            [
                (true, 500, 0, PartiallyCaptured),
                (false, 800, 0, PartiallyCaptured),
                (false, 1000, 0, Captured),
            ],
        ),
        (
            200,
            1000,
            [
                (true, 600, 0, PartiallyCaptured),
                (false, 840, 0, PartiallyCaptured),
                (false, 1000, 0, Captured),
            ],
        ),
        (
            0,
            1100,
            [
                (true, 500, 0, PartiallyCaptured),
                (false, 800, 0, PartiallyCaptured),
                (false, 1000, 100, Captured),
            ],
        ),
    ] {
        let mut world = world(deposit, &[500, 300, 200], &[0], &[held]);
        let id = world.order().tenders[0].payment.clone();
        for (at, (shipped, captured, voided, status)) in steps.into_iter().enumerate() {
            let request = if shipped {
                ship(&world, &[at])
            } else {
                world.pickup(&[at])
            };
            let outcome = world.run(request, &[]);
            assert_eq!(outcome.verdict, Verdict::Approved);
            let payment = world.payment(&id);
            assert_eq!((payment.captured, payment.voided), (captured, voided));
            assert_eq!(payment.status(), status);
            world.check_agreement();
        }
        assert!(world.order().is_complete());
    }
}

#[test]
fn a_shipment_ends_as_its_captures_do() {
    use Fate::*;
    for (fates, verdict, reason, state) in [
        (&[][..], Verdict::Approved, None, LineState::Fulfilled),
        (&[LostAfter], Verdict::Approved, None, LineState::Fulfilled),
        (&[LostBefore], Verdict::Approved, None, LineState::Fulfilled),
        (
            &[Declined],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
            LineState::Open,
        ),
        (
            &[NotSent, NotSent, NotSent],
            Verdict::Failed,
            Some(Reason::ProcessorUnreachable),
            LineState::Open,
        ),
    ] {
        let mut world = world(0, &[80], &[0], &[100]);
        let outcome = world.run(ship(&world, &[0]), fates);
        assert_eq!((outcome.verdict, outcome.reason), (verdict, reason));
        assert_eq!(world.order().lines[0].state, state, "{fates:?}");
        let due = (state == LineState::Open).then(|| nok(80));
        assert_eq!(outcome.balance_due, due);
        world.check_agreement();
    }
}

#[test]
fn only_lines_that_are_sent_are_shipped() {
    let mut world = world(0, &[80, 20, 30], &[1], &[130]);
    world.state.books.orders.values_mut().for_each(|order| {
        order.lines[2].fulfilment = Fulfilment::CarryOut;
    });
    world.forget_history();
    let version = world.order().version;
    let mut refused = |lines: &[usize]| {
        let request = ship(&world, lines);
        world.ask(request).unwrap_err()
    };
    for (lines, named) in [(&[0][..], "0"), (&[1, 0], "0"), (&[2], "2")] {
        let wrong = Rejection::LineNotShipped(LineId::new(named));
        assert_eq!(refused(lines), wrong);
    }
    assert_eq!(refused(&[]), Rejection::NoLines);
    assert_eq!(refused(&[3]), Rejection::LineUnknown(LineId::new("3")));
    assert_eq!(world.order().version, version, "nothing was reserved");
    let old = Request::OrderShip {
        order: OrderId::new("O"),
        version: version - 1,
        lines: vec![LineId::new("1")],
    };
    assert_eq!(
        world.ask(old).unwrap_err(),
        Rejection::OrderChanged { version }
    );
}
