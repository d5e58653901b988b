//! The status table and its guards (S27 to S31), on the counters alone.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::Money;

use super::samples::nok;
use crate::domain::id::{PaymentId, SealedToken};
use crate::domain::outcome::Reason;
use crate::domain::payment::{Action, Movement, Payment, Standing, Status};
use crate::domain::rejection::Rejection;

fn payment(authorized: u64, captured: u64, voided: u64, refunded: u64) -> Payment {
    let id = PaymentId::new("P");
    Payment {
        authorized,
        captured,
        voided,
        refunded,
        ..Payment::opened(id, None, None, Currency::NOK)
    }
}

#[test]
fn the_counters_give_the_status_and_the_status_the_actions() {
    use Action::{Capture, Refund, Void};
    let none: &[Action] = &[];
    let table = [
        // authorized, captured, voided, refunded
        (0, 0, 0, 0, Status::Initialized, none),
        (100, 0, 0, 0, Status::Authorized, &[Capture, Void]),
        (100, 0, 40, 0, Status::Authorized, &[Capture, Void]),
        (
            100,
            1,
            0,
            0,
            Status::PartiallyCaptured,
            &[Capture, Void, Refund],
        ),
        (
            100,
            40,
            59,
            0,
            Status::PartiallyCaptured,
            &[Capture, Void, Refund],
        ),
        (100, 100, 0, 0, Status::Captured, &[Refund]),
        (100, 40, 60, 0, Status::Captured, &[Refund]),
        (1, 1, 0, 0, Status::Captured, &[Refund]),
        (100, 0, 100, 0, Status::AuthorizationVoided, &[]),
        (100, 100, 0, 1, Status::PartiallyRefunded, &[Refund]),
        (100, 100, 0, 99, Status::PartiallyRefunded, &[Refund]),
        (100, 40, 60, 39, Status::PartiallyRefunded, &[Refund]),
        (
            100,
            40,
            0,
            39,
            Status::PartiallyRefunded,
            &[Capture, Void, Refund],
        ),
        (100, 100, 0, 100, Status::Refunded, &[]),
        (100, 40, 60, 40, Status::Refunded, &[]),
        // Final for captures; what is still held can be let go.
        (100, 40, 0, 40, Status::Refunded, &[Void]),
        (u64::MAX, u64::MAX, 0, 0, Status::Captured, &[Refund]),
    ];
    for (authorized, captured, voided, refunded, status, actions) in table {
        let payment = payment(authorized, captured, voided, refunded);
        assert!(payment.holds_invariants());
        assert_eq!(payment.status(), status, "{payment:?}");
        assert_eq!(payment.actions(), actions, "{payment:?}");
    }
    for (standing, status) in [
        (Standing::OnHold, Status::OnHold),
        (Standing::Rejected(Reason::CardDeclined), Status::Rejected),
        (Standing::Failed(Reason::Aborted), Status::Failed),
    ] {
        let payment = Payment {
            standing,
            ..payment(0, 0, 0, 0)
        };
        assert_eq!(payment.status(), status);
        assert_eq!(payment.actions(), []);
    }
}

#[test]
fn counters_that_contradict_each_other_are_seen() {
    for (authorized, captured, voided, refunded) in [
        (100, 101, 0, 0),
        (100, 60, 41, 0),
        (100, 100, 0, 101),
        (u64::MAX, u64::MAX, u64::MAX, 0),
        (u64::MAX, u64::MAX, 1, 0),
    ] {
        assert!(!payment(authorized, captured, voided, refunded).holds_invariants());
    }
}

#[test]
fn what_the_status_forbids_is_refused_with_what_to_do_instead() {
    let open = |minor| Err(Rejection::ExceedsOpenAmount { open: nok(minor) });
    let paid = |minor| Err(Rejection::ExceedsCapturedAmount { paid: nok(minor) });
    let held = payment(100, 0, 0, 0);
    assert_eq!(held.check_refund(None), Err(Rejection::VoidInstead));
    assert_eq!(
        held.check_refund(Some(nok(100))),
        Err(Rejection::VoidInstead)
    );
    assert_eq!(
        held.check_refund(Some(nok(99))),
        Err(Rejection::CaptureLess)
    );
    assert_eq!(held.check_capture(Some(nok(101))), open(100));
    assert_eq!(held.check_capture(Some(nok(u64::MAX))), open(100));
    assert_eq!(held.check_capture(Some(nok(100))), Ok(nok(100)));
    let part = payment(100, 30, 0, 0);
    assert_eq!(part.check_capture(Some(nok(71))), open(70));
    assert_eq!(part.check_capture(None), Ok(nok(70)));
    assert_eq!(part.check_refund(Some(nok(31))), paid(30));
    assert_eq!(part.check_void(), Ok(nok(70)));
    let taken = payment(100, 100, 0, 0);
    assert_eq!(taken.check_void(), Err(Rejection::RefundInstead));
    assert_eq!(taken.check_capture(None), open(0));
    let voided = payment(100, 0, 100, 0);
    assert_eq!(voided.check_void(), Err(Rejection::PaymentAlreadyVoided));
    assert_eq!(
        voided.check_capture(None),
        Err(Rejection::PaymentAlreadyVoided)
    );
    assert_eq!(
        voided.check_refund(None),
        Err(Rejection::PaymentAlreadyVoided)
    );
    let refunded = payment(100, 40, 0, 40);
    assert_eq!(refunded.check_capture(Some(nok(1))), open(0));
    assert_eq!(refunded.check_refund(Some(nok(1))), paid(0));
    assert_eq!(refunded.check_void(), Ok(nok(60)));
    let given_back = payment(100, 100, 0, 100);
    assert_eq!(given_back.check_void(), Err(Rejection::PaymentRefunded));
    let euro = Some(Money::new(1, Currency::EUR));
    let mismatch = Err(Rejection::CurrencyMismatch {
        expected: Currency::NOK,
    });
    assert_eq!(held.check_capture(euro), mismatch);
    assert_eq!(taken.check_refund(euro), mismatch);
    for (standing, refusal) in [
        (Standing::Normal, Rejection::PaymentNotReady),
        (Standing::OnHold, Rejection::PaymentOnHold),
        (
            Standing::Rejected(Reason::CardDeclined),
            Rejection::PaymentEnded,
        ),
        (Standing::Failed(Reason::Aborted), Rejection::PaymentEnded),
    ] {
        let payment = Payment {
            standing,
            ..payment(0, 0, 0, 0)
        };
        assert_eq!(payment.check_capture(None), Err(refusal.clone()));
        assert_eq!(payment.check_void(), Err(refusal.clone()));
        assert_eq!(payment.check_refund(None), Err(refusal));
    }
}

#[test]
fn movements_beyond_what_is_there_are_cut_off() {
    let mut payment = payment(100, 0, 0, 0);
    let token = Some(SealedToken::new("c".to_owned()));
    payment.apply(&Movement::Captured {
        amount: u64::MAX,
        token: token.clone(),
    });
    payment.apply(&Movement::Captured { amount: 1, token });
    payment.apply(&Movement::Voided { amount: 1 });
    payment.apply(&Movement::Refunded { amount: u64::MAX });
    payment.apply(&Movement::Refunded { amount: 1 });
    assert_eq!(
        (payment.captured, payment.voided, payment.refunded),
        (100, 0, 100)
    );
    assert_eq!(payment.refundable(), 0);
}

#[test]
fn refunds_go_to_the_newest_capture_first() {
    let mut payment = payment(100, 0, 0, 0);
    for (amount, name) in [(60, "old"), (40, "new")] {
        let token = Some(SealedToken::new(name.to_owned()));
        payment.apply(&Movement::Captured { amount, token });
    }
    let next = |payment: &Payment, minor| {
        let (token, part) = payment.next_refund(nok(minor)).unwrap();
        (token.as_str().to_owned(), part.minor)
    };
    assert_eq!(next(&payment, 70), ("new".to_owned(), 40));
    payment.apply(&Movement::Refunded { amount: 40 });
    assert_eq!(next(&payment, 30), ("old".to_owned(), 30));
    payment.apply(&Movement::Refunded { amount: 30 });
    assert_eq!(payment.refundable(), 30);
}
