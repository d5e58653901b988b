//! Tenders that cannot be captured from here: passed over, named, and nothing is sent (S19, S20).

use super::outside::Fate;
use super::samples::{nok, terminal};
use super::world::World;
use crate::domain::id::{MerchantAccountId, PaymentId};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::request::PickupTender;

/// What is wrong with the tender of that number.
fn spoil(world: &mut World, at: usize, reason: Reason) {
    let types = Some(["known".to_owned()].into());
    let payment = PaymentId::new(format!("O/{at}"));
    let books = &mut world.state.books;
    let tender = &mut books.orders.values_mut().next().unwrap().tenders[at];
    if reason == Reason::CardTypeUnknown {
        world.state.directory.card_types = types;
        tender.card_type = Some("unknown".to_owned());
    } else if reason == Reason::TenderTypeUnknown {
        world.state.directory.tender_types = types;
        tender.tender_type = Some("unknown".to_owned());
    } else {
        let payment = books.payments.get_mut(&payment).unwrap();
        payment.account = Some(MerchantAccountId::new("elsewhere"));
    }
    world.forget_history();
}

fn skipped(outcome: &Outcome) -> Vec<(String, Reason)> {
    let skipped = outcome.skipped.iter();
    skipped
        .map(|it| (it.payment.to_string(), it.reason))
        .collect()
}

const REASONS: [Reason; 3] = [
    Reason::MerchantAccountUnknown,
    Reason::CardTypeUnknown,
    Reason::TenderTypeUnknown,
];

#[test]
fn a_tender_that_is_refused_is_named_and_the_next_one_pays() {
    for reason in REASONS {
        let mut world = World::new();
        world.put_order(0, &[80], &[100, 100, 100]);
        spoil(&mut world, 0, reason);
        let outcome = world.run(world.pickup(&[0]), &[]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        assert_eq!(outcome.captured, Some(nok(80)));
        assert_eq!(skipped(&outcome), [("O/0".to_owned(), reason)]);
        assert_eq!(world.payment(&PaymentId::new("O/0")).captured, 0);
    }
}

#[test]
fn a_tender_that_was_not_reached_is_not_named() {
    for reason in REASONS {
        let mut world = World::new();
        world.put_order(0, &[80], &[100, 100]);
        spoil(&mut world, 1, reason);
        let outcome = world.run(world.pickup(&[0]), &[]);
        assert_eq!(skipped(&outcome), []);
    }
}

#[test]
fn when_all_are_refused_nothing_is_sent_and_all_are_named() {
    let mut world = World::new();
    world.put_order(0, &[80], &[100, 100, 100]);
    for (at, reason) in REASONS.into_iter().enumerate() {
        spoil(&mut world, at, reason);
    }
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.verdict, Verdict::Declined);
    assert_eq!(outcome.reason, Some(REASONS[0]));
    assert_eq!(outcome.balance_due, Some(nok(80)));
    assert_eq!(world.sent.len(), 0);
    let all = REASONS.into_iter().enumerate();
    let all: Vec<_> = all
        .map(|(at, reason)| (format!("O/{at}"), reason))
        .collect();
    assert_eq!(skipped(&outcome), all);
    // Another card pays without asking for any of them.
    let other = PickupTender::Other {
        terminal: terminal("single"),
    };
    let outcome = world.run(world.pickup_with(&[0], other), &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    assert_eq!(skipped(&outcome), []);
}

#[test]
fn known_types_and_tenders_without_a_type_are_taken() {
    let mut world = World::new();
    world.put_order(0, &[150], &[100, 100]);
    spoil(&mut world, 0, Reason::CardTypeUnknown);
    spoil(&mut world, 0, Reason::TenderTypeUnknown);
    let order = world.state.books.orders.values_mut().next().unwrap();
    order.tenders[0].card_type = Some("known".to_owned());
    order.tenders[0].tender_type = Some("known".to_owned());
    world.forget_history();
    let outcome = world.run(world.pickup(&[0]), &[]);
    assert_eq!(outcome.captured, Some(nok(150)));
}

#[test]
fn what_was_refused_is_not_authorized_anew_either() {
    for reason in REASONS {
        let mut world = World::new();
        world.put_order(0, &[80], &[80]);
        world.run(world.pickup(&[0]), &[Fate::Expired, Fate::Declined]);
        world.sent.clear();
        spoil(&mut world, 0, reason);
        let outcome = world.run(world.pickup(&[0]), &[]);
        assert_eq!(outcome.reason, Some(reason));
        assert_eq!(world.sent.len(), 0);
    }
}
