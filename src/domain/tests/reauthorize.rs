//! A tender whose authorization has ended at pickup: authorized anew by card token (S17, S18, S26).

use super::outside::Fate::{self, *};
use super::samples::{nok, terminal};
use super::world::World;
use crate::domain::id::{MerchantAccountId, PaymentId, Timestamp};
use crate::domain::order::{Channel, LineState};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::{Payment, Status};
use crate::domain::request::PickupTender;

fn captured(world: &World) -> Vec<(u64, u64)> {
    let payments = world.state.books.orders.values().flat_map(|order| {
        let tenders = order.tenders.iter();
        tenders.map(|tender| world.payment(&tender.payment))
    });
    payments
        .map(|payment| (payment.captured, payment.voided))
        .collect()
}

/// Changes the first tender's payment.
fn change(world: &mut World, change: impl FnOnce(&mut Payment)) {
    let id = PaymentId::new("O/0");
    change(world.state.books.payments.get_mut(&id).unwrap());
    world.forget_history();
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_authorization_that_has_ended_is_made_anew_and_captured() {
    // Held, fates, (captured, voided) of each tender at the end, verdict, reason, balance.
    type Row<'a> = (
        &'a [u64],
        &'a [Fate],
        &'a [(u64, u64)],
        Verdict,
        Option<Reason>,
        u64,
    );
    let approved = Verdict::Approved;
    let no_money = Some(Reason::InsufficientFunds);
    let table: [Row<'_>; 8] = [
        (&[80], &[Expired], &[(0, 80), (80, 0)], approved, None, 0),
        // Only what is needed is held anew.
        (&[100], &[Expired], &[(0, 100), (80, 0)], approved, None, 0),
        // And it is taken before the next tender's money is.
        (
            &[50, 100],
            &[Expired],
            &[(0, 50), (30, 70), (50, 0)],
            approved,
            None,
            0,
        ),
        (
            &[50, 50],
            &[Expired, Approved, Approved, Expired],
            &[(0, 50), (0, 50), (50, 0), (30, 0)],
            approved,
            None,
            0,
        ),
        (
            &[80],
            &[Expired, LostAfter, LostAfter],
            &[(0, 80), (80, 0)],
            approved,
            None,
            0,
        ),
        (
            &[80],
            &[Expired, Declined],
            &[(0, 80)],
            Verdict::Declined,
            Some(Reason::AuthorizationNotRenewed),
            80,
        ),
        (
            &[80],
            &[Expired, OnHold],
            &[(0, 80), (0, 0)],
            Verdict::Declined,
            Some(Reason::OnHold),
            80,
        ),
        // The new authorization stands even if it is not taken; the next pickup can use it.
        (
            &[80],
            &[Expired, Approved, Declined],
            &[(0, 80), (0, 0)],
            Verdict::Declined,
            no_money,
            80,
        ),
    ];
    for (held, fates, expected, verdict, reason, balance) in table {
        let mut world = World::new();
        world.put_order(0, &[80], held);
        let outcome = world.run(world.pickup(&[0]), fates);
        let name = format!("{held:?} {fates:?}");
        world.check_agreement();
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (verdict, reason),
            "{name}"
        );
        assert_eq!(captured(&world), expected, "{name}");
        let due = outcome.balance_due.map_or(0, |due| due.minor);
        assert_eq!(due, balance, "{name}");
    }
}

#[test]
fn the_new_payment_is_linked_and_counts_like_the_old_tender() {
    let mut world = World::new();
    world.put_order(0, &[80], &[100]);
    let order = world.state.books.orders.values_mut().next().unwrap();
    order.tenders[0].card_type = Some("visa".to_owned());
    world.forget_history();
    let outcome = world.run(world.pickup(&[0]), &[Expired]);
    let tenders = &world.order().tenders;
    let made = world.payment(&tenders[1].payment);
    assert_eq!(made.replaces, Some(tenders[0].payment.clone()));
    assert_eq!(tenders[1].card_type.as_deref(), Some("visa"));
    assert_eq!(tenders[1].prepayment, tenders[0].prepayment);
    assert_eq!(outcome.captured, Some(nok(80)));
    assert_eq!(outcome.payments.len(), 2);
    assert_eq!(made.status(), Status::Captured);
}

#[test]
fn it_never_takes_more_in_all_than_the_old_one_held() {
    let mut world = World::new();
    world.put_order(0, &[80, 20, 50], &[100]);
    let order = world.state.books.orders.values_mut().next().unwrap();
    order.channel = Channel::Store;
    world.forget_history();
    world.run(world.pickup(&[0]), &[Expired]);
    // What is left of it pays the next pickup, without asking for the old one again.
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(20)));
    assert_eq!(captured(&world), [(0, 100), (80, 0), (20, 0)]);
    let outcome = world.run(world.pickup(&[2]), &[]);
    assert_eq!(outcome.reason, Some(Reason::BalanceDue));
    assert_eq!(outcome.balance_due, Some(nok(50)));
    world.check_agreement();
}

#[test]
fn another_card_pays_what_could_not_be_authorized_anew() {
    let mut world = World::new();
    world.put_order(0, &[80], &[80]);
    let outcome = world.run(world.pickup(&[0]), &[Expired, Declined]);
    assert_eq!(outcome.balance_due, Some(nok(80)));
    assert_eq!(world.order().lines[0].state, LineState::Open);
    let other = PickupTender::Other {
        terminal: terminal("single"),
    };
    let outcome = world.run(world.pickup_with(&[0], other), &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    assert!(world.order().is_complete());
    world.check_agreement();
}

#[test]
fn without_a_card_token_or_an_account_that_takes_it_nothing_is_made_anew() {
    let table: [&dyn Fn(&mut World); 2] = [
        &|world| change(world, |payment| payment.card_token = None),
        &|world| {
            let many = MerchantAccountId::new("many");
            let account = world.state.directory.accounts.get_mut(&many).unwrap();
            account.card_token_authorization = false;
        },
    ];
    for prepare in table {
        let mut world = World::new();
        world.put_order(0, &[80], &[80]);
        prepare(&mut world);
        let outcome = world.run(world.pickup(&[0]), &[Expired]);
        assert_eq!(outcome.reason, Some(Reason::AuthorizationExpired));
        assert_eq!(outcome.balance_due, Some(nok(80)));
        world.check_agreement();
    }
}

#[test]
fn a_decline_after_its_time_means_that_it_has_ended() {
    // When it ends (it is 0 now), how the processor says no, whether that means it has ended.
    for (end, reason, ended) in [
        (None, Reason::CardDeclined, false),
        (Some(Timestamp(1)), Reason::CardDeclined, false),
        (Some(Timestamp(0)), Reason::CardDeclined, true),
        (Some(Timestamp(0)), Reason::AuthorizationUnknown, true),
        (Some(Timestamp(0)), Reason::ExceedsOpenAmount, false),
        (Some(Timestamp(1)), Reason::AuthorizationExpired, true),
    ] {
        let mut world = World::new();
        world.put_order(0, &[80], &[80]);
        change(&mut world, |payment| payment.expires_at = end);
        world.ask(world.pickup(&[0])).unwrap();
        let effect = world.outbox.remove(0);
        world.decline(&effect, reason);
        let payment = world.payment(&PaymentId::new("O/0"));
        assert_eq!(payment.open().is_zero(), ended, "{end:?} {reason:?}");
        assert_eq!(world.outbox.len(), usize::from(ended));
    }
}

fn capturing_once() -> World {
    let mut world = World::new();
    world.capture_once();
    world
}

#[test]
fn what_stays_after_the_only_capture_is_held_anew() {
    let mut world = capturing_once();
    world.put_order(0, &[50, 30, 20], &[120]);
    let outcome = world.run(world.pickup(&[0]), &[]);
    // What the order still needs, and no more.
    assert_eq!(outcome.captured, Some(nok(50)));
    assert_eq!(outcome.secured, Some(nok(50)));
    assert_eq!(captured(&world), [(50, 70), (0, 0)]);
    // Another authorization stands for that part of it: only the rest may be held anew.
    assert_eq!(world.payment(&PaymentId::new("O/0")).lapsed, 20);
    world.check_agreement();
    world.run(world.pickup(&[1]), &[LostAfter, Approved, LostAfter]);
    assert_eq!(captured(&world), [(50, 70), (30, 20), (0, 0)]);
    world.check_agreement();
    let outcome = world.run(world.pickup(&[2]), &[]);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    assert_eq!(captured(&world), [(50, 70), (30, 20), (20, 0)]);
    world.check_agreement();
}

#[test]
fn goods_go_even_if_what_stays_cannot_be_held() {
    let mut world = capturing_once();
    world.put_order(0, &[50, 30], &[80]);
    let outcome = world.run(world.pickup(&[0]), &[Approved, Declined]);
    let told = (outcome.verdict, outcome.reason, outcome.captured);
    let warned = Some(Reason::RestNotSecured);
    assert_eq!(told, (Verdict::Approved, warned, Some(nok(50))));
    assert_eq!(world.order().lines[0].state, LineState::Fulfilled);
    // The next pickup tries again.
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(30)));
    assert_eq!(captured(&world), [(50, 30), (30, 0)]);
    world.check_agreement();
}
