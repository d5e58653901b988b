//! Processors that capture an authorization only whole.

use super::outside::Fate::{self, *};
use super::samples::nok;
use super::world::World;
use crate::domain::id::PaymentId;
use crate::domain::order::LineState;
use crate::domain::outcome::{Reason, Skipped, Verdict};
use crate::domain::rejection::Rejection;
use crate::domain::request::Request;

fn world(lines: &[u64], held: &[u64]) -> World {
    let mut world = World::new();
    world.capture_whole();
    world.put_order(0, lines, held);
    world
}

/// Captured, voided and open of each tender, in their sequence.
fn tenders(world: &World) -> Vec<(u64, u64, u64)> {
    let tenders = world.order().tenders.iter();
    tenders
        .map(|tender| world.payment(&tender.payment))
        .map(|it| (it.captured, it.voided, it.open().minor))
        .collect()
}

#[test]
fn a_part_is_taken_by_a_new_authorization_and_the_rest_is_held_anew() {
    // Fates, the tenders then, verdict, reason.
    let approved = Verdict::Approved;
    type Row<'a> = (&'a [Fate], &'a [(u64, u64, u64)], Verdict, Option<Reason>);
    let table: [Row<'_>; 8] = [
        (&[], &[(0, 80, 0), (50, 0, 0), (0, 0, 30)], approved, None),
        (
            &[LostAfter, LostAfter, LostAfter],
            &[(0, 80, 0), (50, 0, 0), (0, 0, 30)],
            approved,
            None,
        ),
        // The rest is not held anew: the old hold stays.
        (
            &[Approved, Approved, Declined],
            &[(0, 0, 80), (50, 0, 0)],
            approved,
            None,
        ),
        (
            &[Approved, Approved, OnHold],
            &[(0, 0, 80), (50, 0, 0), (0, 0, 0)],
            approved,
            None,
        ),
        // The old hold is not released: more is held than is needed, nothing more is taken.
        (
            &[Approved, Approved, Approved, Declined],
            &[(0, 0, 80), (50, 0, 0), (0, 0, 30)],
            approved,
            None,
        ),
        // Nothing is taken; what was there is still there.
        (
            &[Declined],
            &[(0, 0, 80)],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
        ),
        (
            &[Approved, Declined],
            &[(0, 0, 80), (0, 0, 50)],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
        ),
        (
            &[NotSent, NotSent, NotSent],
            &[(0, 0, 80)],
            Verdict::Failed,
            Some(Reason::ProcessorUnreachable),
        ),
    ];
    for (fates, expected, verdict, reason) in table {
        let mut world = world(&[50, 30], &[80]);
        let outcome = world.run(world.pickup(&[0]), fates);
        world.check_agreement();
        assert_eq!(tenders(&world), expected, "{fates:?}");
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (verdict, reason),
            "{fates:?}"
        );
        let goes = world.order().lines[0].state == LineState::Fulfilled;
        assert_eq!(goes, verdict == approved, "{fates:?}");
    }
}

#[test]
fn the_last_pickup_takes_what_is_held_whole() {
    let mut world = world(&[50, 30], &[80]);
    world.run(world.pickup(&[0]), &[]);
    let before = world.sent.len();
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(30)));
    assert_eq!(world.sent.len(), before + 1, "one capture");
    assert_eq!(tenders(&world), [(0, 80, 0), (50, 0, 0), (30, 0, 0)]);
    world.check_agreement();
}

#[test]
fn the_last_pickup_releases_what_stayed_held() {
    let mut world = world(&[50, 30], &[80]);
    world.run(world.pickup(&[0]), &[Approved, Approved, Declined]);
    world.run(world.pickup(&[1]), &[]);
    assert_eq!(tenders(&world), [(0, 80, 0), (50, 0, 0), (30, 0, 0)]);
    world.check_agreement();
}

#[test]
fn whole_tenders_are_simply_captured() {
    let mut world = world(&[80], &[30, 50, 20]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    assert_eq!(tenders(&world), [(30, 0, 0), (50, 0, 0), (0, 20, 0)]);
    world.check_agreement();
}

#[test]
fn without_a_card_token_it_is_passed_over_and_named() {
    let mut world = world(&[50, 30], &[80]);
    let id = PaymentId::new("O/0");
    world.state.books.payments.get_mut(&id).unwrap().card_token = None;
    world.forget_history();
    let outcome = world.run(world.pickup(&[0]), &[]);
    let reason = Reason::OnlyWholeCapture;
    assert_eq!(
        (outcome.verdict, outcome.reason),
        (Verdict::Declined, Some(reason))
    );
    assert_eq!(
        outcome.skipped,
        [Skipped {
            payment: id,
            reason
        }]
    );
    assert_eq!(outcome.balance_due, Some(nok(50)));
    // All of it can be taken.
    let outcome = world.run(world.pickup(&[0, 1]), &[]);
    assert_eq!(outcome.captured, Some(nok(80)));
    world.check_agreement();
}

#[test]
fn an_app_is_told_that_only_all_of_it_can_be_taken() {
    let mut world = world(&[80], &[80]);
    let part = Request::Capture {
        payment: PaymentId::new("O/0"),
        amount: Some(nok(30)),
    };
    let open = nok(80);
    assert_eq!(
        world.ask(part).unwrap_err(),
        Rejection::OnlyWholeCapture { open }
    );
}
