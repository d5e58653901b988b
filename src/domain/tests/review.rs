//! What a processor reviews by hand (S32).

use super::outside::Fate::{self, *};
use super::samples::{nok, order, terminal};
use super::world::World;
use crate::domain::effect::Effect;
use crate::domain::id::{PaymentId, SealedToken};
use crate::domain::order::Channel;
use crate::domain::outcome::Verdict;
use crate::domain::payment::{Payment, Standing, Status};
use crate::domain::rejection::Rejection;
use crate::domain::request::{PickupTender, Request};

/// An order whose second payment, of 50, is held for review by its processor.
fn reviewed(first: u64) -> World {
    let mut world = World::new();
    world.bank.hold(&PaymentId::new("O/1"), 50);
    let mut order = order(0, &[80]);
    order.channel = Channel::Store;
    let ids = ["O/0", "O/1"].map(PaymentId::new);
    order.tenders = ids.iter().map(super::samples::tender).collect();
    let paid = super::samples::authorized(&ids[0], first, 0);
    world.open_account(&paid);
    let held = Payment {
        authorized: 0,
        standing: Standing::OnHold,
        ..super::samples::authorized(&ids[1], 0, 0)
    };
    let payments = vec![paid, held];
    world.run(Request::OrderPut { order, payments }, &[]);
    world
}

/// The next question about the review is asked, and answered so.
fn ask_again(world: &mut World, fate: Fate) {
    loop {
        let next = world.outbox.iter().position(|it| world.is_of_review(it));
        let effect = world.outbox.remove(next.expect("somebody asks"));
        world.carry_out(&effect, fate);
        if World::is_call(&effect) {
            return;
        }
    }
}

fn second(world: &World) -> &Payment {
    world.payment(&PaymentId::new("O/1"))
}

#[test]
fn it_is_asked_about_until_it_is_decided_and_pays_then() {
    let mut world = reviewed(30);
    let refused = world.ask(world.pickup(&[0])).unwrap_err();
    assert_eq!(refused, Rejection::PaymentOnHold);
    assert!(world.sent.is_empty(), "nothing is sent");
    for fate in [OnHold, LostBefore, NotSent, NotDone] {
        ask_again(&mut world, fate);
        assert_eq!(second(&world).status(), Status::OnHold, "{fate:?}");
    }
    ask_again(&mut world, Approved);
    assert_eq!(second(&world).status(), Status::Authorized);
    assert_eq!(
        second(&world).card_token,
        Some(SealedToken::new("card".to_owned()))
    );
    assert!(world.state.books.operations.is_empty());
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    assert_eq!(outcome.captured, Some(nok(80)));
    world.check_agreement();
}

#[test]
fn what_is_rejected_pays_nothing() {
    let mut world = reviewed(30);
    ask_again(&mut world, Declined);
    assert_eq!(second(&world).status(), Status::Rejected);
    assert!(world.state.books.operations.is_empty());
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.balance_due, Some(nok(50)));
    world.check_agreement();
}

#[test]
fn a_pickup_that_does_not_need_it_goes_on_and_so_does_another_card() {
    let mut world = reviewed(80);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    let mut world = reviewed(30);
    let other = PickupTender::Other {
        terminal: terminal("single"),
    };
    let outcome = world.run(world.pickup_with(&[0], other), &[]);
    assert_eq!(outcome.captured, Some(nok(80)));
}

#[test]
fn it_is_asked_about_less_and_less_often_and_after_a_restart() {
    let mut world = reviewed(30);
    let mut minutes = Vec::new();
    for at in 0..9 {
        ask_again(&mut world, OnHold);
        minutes.push(world.now.0 / 60_000);
        if at == 4 {
            world.restart(world.entries.len());
        }
    }
    assert_eq!(minutes, [1, 3, 7, 15, 31, 63, 123, 183, 243]);
}

#[test]
fn what_another_store_has_heard_is_not_booked_twice() {
    let mut world = reviewed(30);
    let mut newer = world.order().clone();
    newer.version += 1;
    let told = Payment {
        authorized: 50,
        standing: Standing::Normal,
        ..second(&world).clone()
    };
    let payments = vec![world.payment(&PaymentId::new("O/0")).clone(), told];
    let put = Request::OrderPut {
        order: newer,
        payments,
    };
    world.run(put, &[]);
    assert_eq!(second(&world).authorized, 50);
    ask_again(&mut world, Approved);
    assert_eq!(second(&world).authorized, 50);
    assert!(world.state.books.operations.is_empty());
    world.check_agreement();
}

#[test]
fn the_remainder_of_a_deposit_is_followed_up() {
    let mut world = World::new();
    let deposit = Request::DepositTake {
        terminal: terminal("token"),
        order: order(0, &[100]),
        deposit: nok(20),
    };
    world.run(deposit, &[Approved, OnHold]);
    assert!(
        world
            .outbox
            .iter()
            .any(|it| matches!(it, Effect::Wake { .. }))
    );
    ask_again(&mut world, Approved);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.captured, Some(nok(80)));
    world.check_agreement();
}
