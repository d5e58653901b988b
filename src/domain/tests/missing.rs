//! Goods are gone and the money that was promised for them could not be taken: somebody pays it later,
//! or it is written off.

use super::outside::Fate::*;
use super::queue::{AWAY, drain, first, offline};
use super::samples::{nok, terminal};
use super::world::World;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::outcome::Verdict;
use crate::domain::payment::Status;
use crate::domain::rejection::Rejection;
use crate::domain::request::{DepositShare, PickupTender, Request, WriteOff};

/// Lines of 80 and 20 with 100 held; the first is gone, and its money could not be taken.
fn unpaid(lines: &[u64]) -> World {
    let mut world = offline();
    world.put_order(0, lines, &[lines.iter().sum()]);
    world.promise(world.pickup(&[0]), &AWAY);
    drain(&mut world, |_| Declined);
    assert_eq!(world.payment(&first()).uncaptured, 80);
    world
}

fn other() -> PickupTender {
    PickupTender::Other {
        terminal: terminal("single"),
    }
}

fn write_off() -> Request {
    Request::PaymentWriteOff(WriteOff {
        payment: first(),
        by: "office".to_owned(),
        reason: "paid by bank transfer".to_owned(),
    })
}

#[test]
fn what_is_missing_is_taken_without_handing_anything_over() {
    for tender in [PickupTender::Available, other()] {
        let mut world = unpaid(&[80]);
        assert!(world.order().is_complete());
        assert_eq!(world.due(&[]), 80);
        let outcome = world.run(world.pickup_with(&[], tender), &[]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        assert_eq!(outcome.captured, Some(nok(80)));
        assert_eq!(world.due(&[]), 0);
        // The money that the order held is captured, or nobody needs it any more.
        assert!(world.payment(&first()).open().is_zero());
        assert_eq!(world.order().tenders.len(), outcome.payments.len());
        world.check_agreement();
    }
}

#[test]
fn what_another_card_pays_in_part_counts() {
    let mut world = unpaid(&[80, 20]);
    let outcome = world.run(world.pickup_with(&[], other()), &[Partly(50)]);
    assert_eq!(outcome.verdict, Verdict::Declined);
    assert_eq!(outcome.balance_due, Some(nok(30)));
    assert_eq!(world.due(&[]), 30);
    // Only what nobody has paid is written off, so that what still waits costs what it costs.
    assert_eq!(world.run(write_off(), &[]).verdict, Verdict::Approved);
    assert_eq!(world.order().waived, 30);
    assert_eq!((world.due(&[]), world.due(&[1])), (0, 20));
    world.check_agreement();
}

#[test]
fn what_is_written_off_is_expected_no_more() {
    let mut world = unpaid(&[80, 20]);
    assert_eq!(world.due(&[1]), 100);
    let outcome = world.run(write_off(), &[]);
    assert_eq!(
        (outcome.verdict, outcome.captured),
        (Verdict::Approved, None)
    );
    let payment = world.payment(&first());
    assert_eq!((payment.uncaptured, world.order().waived), (0, 80));
    assert_eq!(
        (payment.open(), payment.status()),
        (nok(100), Status::Authorized)
    );
    assert_eq!((world.due(&[]), world.due(&[1])), (0, 20));
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(20)));
    world.check_agreement();
}

#[test]
fn what_was_written_off_is_not_given_back() {
    let mut world = unpaid(&[80, 20]);
    world.run(write_off(), &[]);
    let cancel = Request::OrderCancel {
        order: OrderId::new("O"),
        version: world.order().version,
        lines: Vec::new(),
        share: DepositShare::Refund,
    };
    let outcome = world.run(cancel, &[]);
    assert_eq!(
        (outcome.verdict, outcome.refund_due),
        (Verdict::Approved, None)
    );
    assert_eq!(world.payment(&first()).voided, 100);
    world.check_agreement();
}

#[test]
fn nothing_is_written_off_or_taken_where_nothing_is_missing() {
    let mut world = World::new();
    world.put_order(0, &[80], &[80]);
    let nothing = Rejection::NothingToWriteOff;
    assert_eq!(world.ask(write_off()).unwrap_err(), nothing);
    world.run(world.pickup(&[0]), &[]);
    assert_eq!(world.ask(write_off()).unwrap_err(), nothing);
    let again = world.pickup_with(&[], other());
    assert_eq!(world.ask(again).unwrap_err(), Rejection::NoLines);
    let unknown = Request::PaymentWriteOff(WriteOff {
        payment: PaymentId::new("none"),
        by: String::new(),
        reason: String::new(),
    });
    let problem = Rejection::PaymentUnknown(PaymentId::new("none"));
    assert_eq!(world.ask(unknown).unwrap_err(), problem);
    // Twice, after it was missing.
    let mut world = unpaid(&[80]);
    world.run(write_off(), &[]);
    assert_eq!(
        world.ask(write_off()).unwrap_err(),
        Rejection::NothingToWriteOff
    );
}
