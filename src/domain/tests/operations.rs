//! One request, one answer: sales, follow-ups, idempotency, the terminal's lock.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::Money;

use super::outside::Fate;
use super::samples::{authorize, nok, sale, terminal};
use super::world::World;
use crate::domain::id::PaymentId;
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::payment::Status;
use crate::domain::rejection::Rejection;
use crate::domain::request::AMOUNT_MAX;
use crate::domain::request::Request;

fn capture(payment: &PaymentId, minor: Option<u64>) -> Request {
    Request::Capture {
        payment: payment.clone(),
        amount: minor.map(nok),
    }
}

fn refund(payment: &PaymentId, minor: Option<u64>) -> Request {
    Request::Refund {
        payment: payment.clone(),
        amount: minor.map(nok),
    }
}

fn void(payment: &PaymentId) -> Request {
    Request::Void {
        payment: payment.clone(),
    }
}

fn paid_by(outcome: &Outcome) -> PaymentId {
    outcome.payments[0].id.clone()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_sale_ends_as_the_terminal_says() {
    use Fate::*;
    let approved = Verdict::Approved;
    for (fates, verdict, reason, status, taken) in [
        (&[Approved][..], approved, None, Status::Captured, 100),
        (&[Twice], approved, None, Status::Captured, 100),
        (
            &[Partly(60)],
            approved,
            Some(Reason::BalanceDue),
            Status::Captured,
            60,
        ),
        (
            &[Partly(0)],
            Verdict::Declined,
            Some(Reason::AmountNotAllowed),
            Status::Rejected,
            0,
        ),
        (
            &[Declined],
            Verdict::Declined,
            Some(Reason::InsufficientFunds),
            Status::Rejected,
            0,
        ),
        (
            &[Cancelled],
            Verdict::Cancelled,
            Some(Reason::Aborted),
            Status::Failed,
            0,
        ),
        (
            &[NotDone],
            Verdict::Failed,
            Some(Reason::TerminalBusy),
            Status::Failed,
            0,
        ),
        (
            &[NotSent],
            Verdict::Failed,
            Some(Reason::TerminalUnreachable),
            Status::Failed,
            0,
        ),
        (
            &[LostBefore],
            Verdict::Failed,
            Some(Reason::NotCarriedOut),
            Status::Failed,
            0,
        ),
        (&[LostAfter], approved, None, Status::Captured, 100),
        (&[LostReported], approved, None, Status::Captured, 100),
        (
            &[Reversed],
            Verdict::Failed,
            Some(Reason::NotCarriedOut),
            Status::Failed,
            0,
        ),
    ] {
        // The terminal remembers nothing, or another payment of the same amount.
        for before in [None, Some(100)] {
            let mut world = World::new();
            if let Some(before) = before {
                world.run(sale("single", before), &[]);
            }
            let outcome = world.run(sale("single", 100), fates);
            let told = (
                outcome.verdict,
                outcome.reason,
                outcome.payments[0].status(),
            );
            assert_eq!(told, (verdict, reason, status), "{fates:?} {before:?}");
            assert_eq!(outcome.captured, Some(nok(taken)));
            let missing = (verdict == approved && taken < 100).then(|| nok(100 - taken));
            assert_eq!(outcome.balance_due, missing);
            world.check_agreement();
        }
    }
}

#[test]
fn another_amount_proves_nothing_until_the_terminal_tells_more() {
    let mut world = World::new();
    let operation = world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox.remove(0);
    world.bank.use_alone(&terminal("single"), 99);
    world.carry_out(&effect, Fate::LostBefore);
    for _ in 0..12 {
        let effect = world.outbox.remove(0);
        world.carry_out(&effect, Fate::Approved);
    }
    assert_eq!(world.told_in_doubt, vec![operation.clone()], "told once");
    assert!(world.state.books.operations[&operation].is_in_doubt());
    // One chain of inquiries, however often the terminal gets connected.
    for _ in 0..5 {
        world.connect(&terminal("single"));
    }
    assert_eq!(world.outbox.len(), 1);
    // What was there before the step proves that it did not happen.
    world.bank.last.clear();
    world.connect(&terminal("single"));
    assert_eq!(
        world.outcomes[&operation].reason,
        Some(Reason::NotCarriedOut)
    );
    world.settle(&[]);
}

#[test]
fn a_terminal_that_keeps_no_last_transaction_proves_nothing() {
    let mut world = World::new();
    let profile = world
        .state
        .directory
        .terminals
        .get_mut(&terminal("single"))
        .unwrap();
    profile.capabilities.last_transaction = false;
    let operation = world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox.remove(0);
    world.carry_out(&effect, Fate::LostBefore);
    world.connect(&terminal("single"));
    assert!(world.state.books.operations[&operation].is_in_doubt());
}

#[test]
fn a_payment_made_without_us_is_not_taken_for_ours() {
    // The terminal is not connected when it is asked; meanwhile somebody uses it for the same amount.
    for seen_before in [false, true] {
        for fate in [
            Fate::LostBefore,
            Fate::LostAfter,
            Fate::LostReported,
            Fate::Reversed,
        ] {
            let mut world = World::unconnected();
            if seen_before {
                world.connect(&terminal("single"));
            }
            world.bank.use_alone(&terminal("single"), 100);
            let operation = world.ask(sale("single", 100)).unwrap();
            world.connect(&terminal("single"));
            world.settle(&[fate]);
            let taken = matches!(fate, Fate::LostAfter | Fate::LostReported);
            let expected = if taken {
                Verdict::Approved
            } else {
                Verdict::Failed
            };
            assert_eq!(
                world.outcomes[&operation].verdict, expected,
                "{fate:?} {seen_before}"
            );
            world.check_agreement();
        }
    }
}

#[test]
fn follow_ups_are_refused_before_anything_is_sent() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("single", 100), &[]));
    let sent = world.sent.len();
    let mut refused = |request: Request| world.ask(request).unwrap_err();
    assert_eq!(refused(refund(&held, None)), Rejection::VoidInstead);
    assert_eq!(refused(refund(&held, Some(40))), Rejection::CaptureLess);
    assert_eq!(
        refused(capture(&held, Some(101))),
        Rejection::ExceedsOpenAmount { open: nok(100) }
    );
    assert_eq!(
        refused(capture(&held, Some(0))),
        Rejection::AmountOutOfRange
    );
    assert_eq!(refused(sale("single", 0)), Rejection::AmountOutOfRange);
    assert_eq!(
        refused(sale("single", AMOUNT_MAX + 1)),
        Rejection::AmountOutOfRange
    );
    assert_eq!(
        refused(sale("single", u64::MAX)),
        Rejection::AmountOutOfRange
    );
    assert_eq!(
        refused(sale("none", 1)),
        Rejection::TerminalUnknown(terminal("none"))
    );
    let unknown = PaymentId::new("none");
    assert_eq!(
        refused(void(&unknown)),
        Rejection::PaymentUnknown(unknown.clone())
    );
    let euro = Request::Sale {
        terminal: terminal("single"),
        amount: Money::new(1, Currency::EUR),
        want_token: false,
        reference: None,
    };
    assert_eq!(
        refused(euro),
        Rejection::CurrencyMismatch {
            expected: Currency::NOK
        }
    );
    assert_eq!(world.sent.len(), sent);

    world.run(capture(&held, Some(30)), &[]);
    world.run(void(&held), &[]);
    assert_eq!(world.payment(&held).status(), Status::Captured);
    assert_eq!(
        world.ask(void(&held)).unwrap_err(),
        Rejection::RefundInstead
    );
    world.run(refund(&held, Some(10)), &[]);
    assert_eq!(world.payment(&held).status(), Status::PartiallyRefunded);
    world.run(refund(&held, None), &[]);
    assert_eq!(world.payment(&held).status(), Status::Refunded);
    let left = Rejection::ExceedsCapturedAmount { paid: nok(0) };
    assert_eq!(world.ask(refund(&held, Some(1))).unwrap_err(), left);
    assert_eq!(
        world.ask(void(&held)).unwrap_err(),
        Rejection::PaymentRefunded
    );

    let other = paid_by(&world.run(authorize("single", 100), &[]));
    world.run(void(&other), &[]);
    assert_eq!(world.payment(&other).status(), Status::AuthorizationVoided);
    assert_eq!(
        world.ask(void(&other)).unwrap_err(),
        Rejection::PaymentAlreadyVoided
    );
    world.check_agreement();
}

#[test]
fn a_refused_follow_up_leaves_the_payment_as_it_is() {
    for route in ["single", "plain"] {
        for fate in [
            Fate::Declined,
            Fate::NotDone,
            Fate::LostBefore,
            Fate::LostAfter,
        ] {
            let mut world = World::new();
            let held = paid_by(&world.run(authorize(route, 100), &[]));
            world.run(capture(&held, Some(40)), &[fate]);
            world.check_agreement();
            if world.payment(&held).status() == Status::Authorized {
                world.run(void(&held), &[fate]);
            } else {
                world.run(refund(&held, Some(40)), &[fate]);
            }
            world.check_agreement();
        }
    }
}

#[test]
fn a_terminal_books_a_reservation_once_and_lets_the_rest_go() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("plain", 100), &[]));
    let outcome = world.run(capture(&held, Some(70)), &[Fate::Partly(50)]);
    assert_eq!(outcome.captured, Some(nok(50)));
    assert_eq!(
        (outcome.reason, outcome.balance_due),
        (Some(Reason::BalanceDue), Some(nok(20)))
    );
    let payment = world.payment(&held);
    assert_eq!((payment.captured, payment.voided), (50, 50));
    world.check_agreement();
}

#[test]
fn a_refund_goes_over_as_many_captures_as_it_takes() {
    for (fates, verdict, given) in [
        (&[Fate::Approved, Fate::Approved][..], Verdict::Approved, 70),
        (
            &[Fate::Partly(15), Fate::Partly(15), Fate::Approved],
            Verdict::Approved,
            70,
        ),
        (&[Fate::Approved, Fate::Declined], Verdict::Declined, 40),
        (&[Fate::Partly(0)], Verdict::Declined, 0),
        (
            &[Fate::LostAfter, Fate::Approved, Fate::LostBefore],
            Verdict::Approved,
            70,
        ),
    ] {
        let mut world = World::new();
        let held = paid_by(&world.run(authorize("single", 100), &[]));
        world.run(capture(&held, Some(60)), &[]);
        world.run(capture(&held, Some(40)), &[]);
        let outcome = world.run(refund(&held, Some(70)), fates);
        assert_eq!(outcome.verdict, verdict, "{fates:?}");
        assert_eq!(outcome.refunded.map_or(0, |refunded| refunded.minor), given);
        assert_eq!(world.payment(&held).refunded, given);
        world.check_agreement();
    }
}

#[test]
fn a_sale_of_a_closed_batch_is_refunded_to_the_card() {
    let mut world = World::new();
    let sold = paid_by(&world.run(sale("plain", 100), &[]));
    let too_late = world.run(refund(&sold, None), &[Fate::BatchClosed]);
    assert_eq!(too_late.verdict, Verdict::Approved);
    assert_eq!(too_late.refunded, Some(nok(100)));
    world.check_agreement();
}

#[test]
fn a_processor_that_cannot_be_reached_is_tried_thrice_by_its_key() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("single", 100), &[]));
    let outcome = world.run(capture(&held, None), &[Fate::NotSent; 3]);
    assert_eq!(outcome.reason, Some(Reason::ProcessorUnreachable));
    world.run(
        capture(&held, None),
        &[Fate::NotSent, Fate::NotSent, Fate::Approved],
    );
    world.check_agreement();
}

#[test]
fn a_delay_that_ends_too_late_or_twice_sends_nothing() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("single", 100), &[]));
    world.run(capture(&held, Some(50)), &[]);
    world.run(capture(&held, Some(50)), &[]);
    let operation = world.ask(refund(&held, None)).unwrap();
    let first = world.outbox.remove(0);
    // Told twice that nothing was sent: one delay.
    world.carry_out(&first, Fate::NotSent);
    world.carry_out(&first, Fate::NotSent);
    assert_eq!(world.outbox.len(), 1);
    let wake = world.outbox.remove(0);
    world.carry_out(&wake, Fate::Approved);
    world.carry_out(&wake, Fate::Approved);
    assert_eq!(world.outbox.len(), 1);
    let again = world.outbox.remove(0);
    world.carry_out(&again, Fate::Approved);
    // The second capture is being refunded now; the old delay is none of its business.
    assert_eq!(world.outbox.len(), 1);
    world.carry_out(&wake, Fate::Approved);
    assert_eq!(world.outbox.len(), 1);
    world.settle(&[]);
    assert_eq!(world.outcomes[&operation].verdict, Verdict::Approved);
    world.check_agreement();
}

#[test]
fn a_follow_up_that_is_held_for_review_is_in_doubt() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("single", 100), &[]));
    let operation = world.ask(capture(&held, None)).unwrap();
    let effect = world.outbox.remove(0);
    world.hold_follow_up(&effect);
    assert!(world.state.books.operations[&operation].is_in_doubt());
    world.settle(&[]);
    assert_eq!(world.payment(&held).status(), Status::Captured);
}

#[test]
fn one_key_is_one_operation_for_ever() {
    let mut world = World::new();
    let (operation, _) = world.ask_as("k", "", sale("single", 100)).unwrap();
    // While it runs: joins; other parameters are refused.
    let (_, joined) = world.ask_as("k", "", sale("single", 100)).unwrap();
    assert_eq!((joined.entries.len(), joined.effects.len()), (0, 0));
    let other = world.ask_as("k", "other", sale("single", 200)).unwrap_err();
    assert_eq!(other, Rejection::IdempotencyKeyReused);
    world.settle(&[]);
    let first = world.outcomes[&operation].clone();
    // When it is over: the first answer again.
    let (_, again) = world.ask_as("k", "", sale("single", 100)).unwrap();
    assert_eq!((again.entries.len(), again.effects.len()), (0, 1));
    assert_eq!(world.outcomes[&operation], first);
    let other = world.ask_as("k", "other", sale("single", 200)).unwrap_err();
    assert_eq!(other, Rejection::IdempotencyKeyReused);
    assert_eq!(world.sent.len(), 1);
}

#[test]
fn an_app_that_asks_again_hears_at_once_that_it_is_in_doubt() {
    let mut world = World::new();
    world.ask_as("k", "", sale("single", 100)).unwrap();
    world.bank.use_alone(&terminal("single"), 99);
    let effect = world.outbox.remove(0);
    world.carry_out(&effect, Fate::LostBefore);
    for _ in 0..5 {
        let effect = world.outbox.remove(0);
        world.carry_out(&effect, Fate::Approved);
    }
    assert_eq!(world.told_in_doubt.len(), 1);
    world.ask_as("k", "", sale("single", 100)).unwrap();
    assert_eq!(world.told_in_doubt.len(), 2);
}

#[test]
fn a_terminal_works_for_one_operation_until_it_is_certain() {
    let mut world = World::new();
    let holder = world.ask(sale("single", 100)).unwrap();
    let locked = Rejection::TerminalLocked {
        terminal: terminal("single"),
        holder,
    };
    assert_eq!(world.ask(sale("single", 50)).unwrap_err(), locked);
    let effect = world.outbox.remove(0);
    world.bank.use_alone(&terminal("single"), 99);
    world.carry_out(&effect, Fate::LostBefore);
    assert_eq!(world.ask(authorize("single", 50)).unwrap_err(), locked);
    world.ask(sale("token", 50)).unwrap();
}

#[test]
fn a_payment_has_one_operation_at_a_time() {
    let mut world = World::new();
    let held = paid_by(&world.run(authorize("single", 100), &[]));
    let holder = world.ask(capture(&held, Some(10))).unwrap();
    let busy = Rejection::PaymentBusy { holder };
    assert_eq!(world.ask(capture(&held, Some(10))).unwrap_err(), busy);
    assert_eq!(world.ask(void(&held)).unwrap_err(), busy);
    world.settle(&[]);
    world.run(void(&held), &[]);
    world.check_agreement();
}

#[test]
fn a_result_that_nobody_waits_for_is_not_acknowledged() {
    let mut world = World::new();
    world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox[0].clone();
    world.settle(&[Fate::Cancelled]);
    let told = world.tell_stale_result(&effect, 100);
    assert_eq!((told.entries.len(), told.effects.len()), (0, 0));
}

#[test]
fn a_result_that_was_told_is_found_again_whatever_its_amount() {
    let mut world = World::new();
    let operation = world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox.remove(0);
    world.carry_out_unheard(&effect, Fate::Partly(60), true);
    world.carry_out(&effect, Fate::LostBefore);
    world.settle(&[]);
    let outcome = &world.outcomes[&operation];
    assert_eq!(outcome.captured, Some(nok(60)));
    assert_eq!(outcome.balance_due, Some(nok(40)));
    world.check_agreement();
}

#[test]
fn a_line_that_comes_back_after_a_result_tells_how_it_ended() {
    for (kept, verdict) in [(true, Verdict::Approved), (false, Verdict::Failed)] {
        let mut world = World::new();
        let operation = world.ask(sale("single", 100)).unwrap();
        let before = world.bank.clone();
        let effect = world.outbox.remove(0);
        world.carry_out_unheard(&effect, Fate::Approved, true);
        if !kept {
            world.bank.reverse(&before);
        }
        world.connect(&terminal("single"));
        assert_eq!(world.outcomes[&operation].verdict, verdict);
        world.settle(&[]);
        world.check_agreement();
    }
}

#[test]
fn an_approval_without_a_result_before_is_the_last_transaction_too() {
    let mut world = World::new();
    let first = world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox.remove(0);
    world.approve_at_once(&effect);
    assert_eq!(world.outcomes[&first].verdict, Verdict::Approved);
    let second = world.run(sale("single", 100), &[Fate::LostBefore]);
    assert_eq!(second.verdict, Verdict::Failed);
    world.check_agreement();
}
