//! Payments in doubt that nobody waits for any more (S36).

use super::outside::Fate;
use super::samples::{authorize, nok, sale, terminal};
use super::world::World;
use crate::domain::id::{OperationId, Reference};
use crate::domain::operation::own_payment;
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::rejection::Rejection;
use crate::domain::request::{Parking, Request};

fn park(operation: &OperationId) -> Request {
    Request::OperationPark(Parking {
        operation: operation.clone(),
        by: "Kari".to_owned(),
        reason: "the customer pays at the other till".to_owned(),
    })
}

/// A payment whose answer is lost, parked by a person. What comes next is left to the world.
fn parked(request: Request, fate: Fate) -> (World, OperationId) {
    let mut world = World::new();
    let operation = world.ask(request).unwrap();
    let effect = world.outbox.remove(0);
    world.carry_out(&effect, fate);
    world.ask(park(&operation)).unwrap();
    (world, operation)
}

fn told(world: &World, operation: &OperationId) -> (Verdict, Option<Reason>) {
    let outcome = &world.outcomes[operation];
    (outcome.verdict, outcome.reason)
}

/// With a terminal whose processor follows up, and with one that has to do it itself.
#[test]
fn what_was_taken_is_given_back_and_what_is_held_released() {
    for request in [
        sale("single", 100),
        sale("plain", 100),
        authorize("single", 100),
        authorize("plain", 100),
    ] {
        let (mut world, operation) = parked(request.clone(), Fate::LostAfter);
        world.settle(&[]);
        let expected = (Verdict::Cancelled, Some(Reason::TakenBack));
        assert_eq!(told(&world, &operation), expected, "{request:?}");
        let payment = world.payment(&own_payment(&operation, 0));
        assert_eq!((payment.open(), payment.paid()), (nok(0), nok(0)));
        world.check_agreement();
    }
}

#[test]
fn what_was_not_taken_ends_as_ever() {
    let (mut world, operation) = parked(sale("single", 100), Fate::LostBefore);
    world.settle(&[]);
    let expected = (Verdict::Failed, Some(Reason::NotCarriedOut));
    assert_eq!(told(&world, &operation), expected);
    world.check_agreement();
}

#[test]
fn what_cannot_be_given_back_is_told() {
    let (mut world, operation) = parked(sale("single", 100), Fate::LostAfter);
    world.settle(&[Fate::Declined]);
    let expected = (Verdict::Approved, Some(Reason::NotTakenBack));
    assert_eq!(told(&world, &operation), expected);
    world.check_agreement();
}

#[test]
fn a_stop_at_any_point_forgets_nothing() {
    for request in [sale("single", 100), authorize("plain", 100)] {
        for stop in 0..12 {
            let (mut world, operation) = parked(request.clone(), Fate::LostAfter);
            for _ in 0..stop {
                if world.outbox.is_empty() {
                    break;
                }
                let effect = world.outbox.remove(0);
                world.carry_out(&effect, Fate::Approved);
            }
            world.restart(world.entries.len());
            world.settle(&[]);
            let expected = (Verdict::Cancelled, Some(Reason::TakenBack));
            assert_eq!(told(&world, &operation), expected, "{request:?}, {stop}");
            world.check_agreement();
        }
    }
}

#[test]
fn only_what_is_in_doubt_is_parked() {
    let mut world = World::new();
    let operation = world.ask(sale("single", 100)).unwrap();
    assert_eq!(world.ask(park(&operation)), Err(Rejection::NotInDoubt));
    world.settle(&[]);
    assert_eq!(world.ask(park(&operation)), Err(Rejection::NotInDoubt));
}

/// One basket is not paid at a second terminal while it may have been paid at the first.
#[test]
fn one_thing_is_paid_once() {
    let basket = |name: &str| Request::Sale {
        terminal: terminal(name),
        amount: nok(100),
        want_token: false,
        reference: Some(Reference::new("B-1")),
    };
    let mut world = World::new();
    let first = world.ask(basket("single")).unwrap();
    let busy = Rejection::PaymentBusy {
        holder: first.clone(),
    };
    let refused = |world: &mut World| world.ask(basket("token")).unwrap_err();
    assert_eq!(refused(&mut world), busy);
    let effect = world.outbox.remove(0);
    world.carry_out(&effect, Fate::LostAfter);
    assert_eq!(refused(&mut world), busy);
    // Another basket is another thing.
    world.ask(sale("plain", 100)).unwrap();
    world.ask(park(&first)).unwrap();
    let second = world.ask(basket("token")).unwrap();
    world.settle(&[]);
    assert_eq!(told(&world, &first).1, Some(Reason::TakenBack));
    assert_eq!(told(&world, &second).0, Verdict::Approved);
    world.check_agreement();
}
