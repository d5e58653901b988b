//! Captures that wait for their processor: within limits, in sequence, never twice, never forgotten
//! (S24, S25).

use std::collections::BTreeSet;

use firmware_protocols::time::Duration;

use super::outside::Fate::{self, *};
use super::samples::{nok, terminal};
use super::world::World;
use crate::domain::command::Command;
use crate::domain::effect::{Effect, ProcessorRequest};
use crate::domain::id::{MerchantAccountId, OperationId, PaymentId, Timestamp};
use crate::domain::order::LineState;
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::payment::{Payment, Status};
use crate::domain::rejection::Rejection;
use crate::domain::request::{PickupTender, Request};

pub(super) const AWAY: [Fate; 3] = [NotSent, NotSent, NotSent];
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

pub(super) fn offline() -> World {
    let mut world = World::new();
    world.allow_offline(100, 200);
    world
}

pub(super) fn first() -> PaymentId {
    PaymentId::new("O/0")
}

/// Changes a payment by hand.
fn change(world: &mut World, id: &PaymentId, change: impl FnOnce(&mut Payment)) {
    change(world.state.books.payments.get_mut(id).unwrap());
    world.forget_history();
}

impl World {
    /// Asks for a pickup while the processor is away; the queue is not touched yet.
    pub(super) fn promise(&mut self, request: Request, fates: &[Fate]) -> Outcome {
        let operation = self.ask(request).unwrap();
        let mut fates = fates.iter().copied();
        while self.state.books.operations.contains_key(&operation) {
            let own = |effect: &Effect| match effect {
                Effect::Wake { operation: of, .. } => *of == operation,
                Effect::Terminal { .. }
                | Effect::AcknowledgeTerminal { .. }
                | Effect::ProceedTerminal { .. }
                | Effect::Processor { .. }
                | Effect::Answer { .. }
                | Effect::AnswerInDoubt { .. }
                | Effect::AppsChanged => true,
            };
            let at = self.outbox.iter().position(own).unwrap();
            let effect = self.outbox.remove(at);
            let fate = if Self::is_call(&effect) {
                fates.next().unwrap_or(Approved)
            } else {
                Approved
            };
            self.carry_out(&effect, fate);
        }
        self.outcomes[&operation].clone()
    }
}

/// The queue's captures go out; each call ends as the processor says. Gives what was sent.
pub(super) fn drain(world: &mut World, fate: impl Fn(usize) -> Fate) -> Vec<(i64, u64)> {
    let mut sent = Vec::new();
    loop {
        let own = |effect: &&Effect| !world.is_of_review(effect);
        // No time passes while a call is on its way.
        let mut left = world.outbox.iter().filter(own);
        let Some(next) = left
            .clone()
            .find(|it| World::is_call(it))
            .or_else(|| left.next())
        else {
            return sent;
        };
        let next = world.outbox.iter().position(|it| it == next).unwrap();
        let effect = world.outbox.remove(next);
        let mut with = Approved;
        if let Effect::Processor { request, .. } = &effect {
            with = fate(sent.len());
            sent.push((world.now.0, request.amount().minor));
        }
        world.carry_out(&effect, with);
        assert!(sent.len() < 1_000, "it never ends");
    }
}

fn queued(world: &World) -> Vec<OperationId> {
    let operations = world.state.books.operations.values();
    let queued = operations.filter(|operation| operation.queued().is_some());
    queued.map(|operation| operation.id.clone()).collect()
}

#[test]
fn goods_go_while_the_processor_is_away_and_are_paid_when_it_is_back() {
    let mut world = offline();
    world.put_order(0, &[80, 20], &[100]);
    let outcome = world.promise(world.pickup(&[0]), &AWAY);
    let told = (outcome.verdict, outcome.reason);
    assert_eq!(told, (Verdict::Approved, Some(Reason::AwaitingRetry)));
    assert_eq!(outcome.queued, Some(nok(80)));
    assert_eq!(outcome.captured, Some(nok(0)));
    assert_eq!(outcome.secured, Some(nok(20)));
    assert_eq!(world.order().lines[0].state, LineState::Fulfilled);
    let payment = world.payment(&first());
    assert_eq!((payment.queued, payment.open()), (80, nok(20)));
    assert_eq!(payment.status(), Status::Authorized);

    // The rest pays for the rest, and that capture is a sign that the processor is back.
    let outcome = world.promise(world.pickup(&[1]), &[]);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    assert_eq!(outcome.captured, Some(nok(20)));
    assert_eq!(drain(&mut world, |_| Approved), [(0, 80)]);
    let payment = world.payment(&first());
    assert_eq!((payment.captured, payment.queued), (100, 0));
    assert_eq!(payment.status(), Status::Captured);
    world.check_agreement();
    assert!(world.order().is_complete());
}

#[test]
fn each_limit_is_kept() {
    // What is changed, whether it may go, and the reason.
    type Prepare = fn(&mut World);
    let exceeds = Some(Reason::ExceedsFloorLimit);
    let table: [(&str, Prepare, Option<Reason>); 9] = [
        ("within", |_| {}, Some(Reason::AwaitingRetry)),
        ("one capture", |world| world.allow_offline(79, 200), exceeds),
        (
            "just one capture",
            |world| world.allow_offline(80, 80),
            Some(Reason::AwaitingRetry),
        ),
        (
            "all captures",
            |world| world.allow_offline(100, 79),
            exceeds,
        ),
        (
            "no limit",
            |world| world.state.directory.offline.limits.clear(),
            Some(Reason::ProcessorUnreachable),
        ),
        ("age unknown", |world| set_age(world, None), exceeds),
        ("too old", |world| set_age(world, Some(-3_600_001)), exceeds),
        (
            "young enough",
            |world| set_age(world, Some(-3_600_000)),
            Some(Reason::AwaitingRetry),
        ),
        (
            "ended",
            |world| {
                change(world, &first(), |payment| {
                    payment.expires_at = Some(Timestamp(0));
                });
            },
            exceeds,
        ),
    ];
    for (name, prepare, reason) in table {
        let mut world = offline();
        world.put_order(0, &[80], &[80]);
        prepare(&mut world);
        let outcome = world.promise(world.pickup(&[0]), &AWAY);
        assert_eq!(outcome.reason, reason, "{name}");
        let goes = reason == Some(Reason::AwaitingRetry);
        assert_eq!(world.order().is_complete(), goes, "{name}");
        assert_eq!(queued(&world).len(), usize::from(goes), "{name}");
        let due = if goes { None } else { Some(nok(80)) };
        assert_eq!(outcome.balance_due, due, "{name}");
        drain(&mut world, |_| Approved);
        world.check_agreement();
    }
}

/// Authorizations may be an hour old; this one was made so many milliseconds from now.
fn set_age(world: &mut World, at: Option<i64>) {
    for limit in world.state.directory.offline.limits.values_mut() {
        limit.authorization_age = Some(Duration::from_secs(3_600));
    }
    change(world, &first(), |payment| {
        payment.authorized_at = at.map(Timestamp);
    });
}

#[test]
fn the_total_counts_what_is_queued_now_and_the_next_tender_is_tried() {
    let mut world = offline();
    world.put_order(0, &[80, 80, 80], &[80, 80, 80, 80]);
    world.promise(world.pickup(&[0]), &AWAY);
    world.promise(world.pickup(&[1]), &AWAY);
    // Over the limit of all, but the next tender is reached.
    let outcome = world.promise(world.pickup(&[2]), &AWAY);
    assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
    assert_eq!(outcome.captured, Some(nok(80)));
    assert_eq!(outcome.queued, None);
    drain(&mut world, |_| Approved);
    world.check_agreement();
    let all = world.state.books.payments.values();
    let all: Vec<u64> = all.map(|payment| payment.captured).collect();
    assert_eq!(all, [80, 80, 0, 80]);
}

#[test]
fn a_capture_in_doubt_is_handed_over_and_never_sent_twice() {
    // How the first call ends, whether the processor has done it then.
    for first_call in [LostBefore, LostAfter] {
        let mut world = offline();
        world.put_order(0, &[80], &[80]);
        let fates = [first_call, NotSent, LostAfter, NotSent];
        // An inquiry that is lost is lost on the way back: it says nothing of the capture.
        let fates = if first_call == LostBefore {
            [LostBefore; 4]
        } else {
            fates
        };
        let outcome = world.promise(world.pickup(&[0]), &fates);
        assert_eq!(
            outcome.reason,
            Some(Reason::AwaitingRetry),
            "{first_call:?}"
        );
        assert!(world.told_in_doubt.is_empty());
        drain(&mut world, |_| Approved);
        assert_eq!(world.payment(&first()).captured, 80);
        world.check_agreement();
    }
}

#[test]
fn what_ends_first_is_sent_first_one_after_the_other_with_one_probe_at_a_time() {
    let mut world = World::new();
    world.allow_offline(100, 1_000);
    world.put_order(0, &[10, 20, 30], &[10, 20, 30]);
    for (at, end) in [(0, 50 * DAY), (1, 20 * DAY), (2, 30 * DAY)] {
        let id = PaymentId::new(format!("O/{at}"));
        change(&mut world, &id, |payment| {
            payment.expires_at = Some(Timestamp(end));
        });
    }
    for at in 0..3 {
        world.promise(world.pickup(&[at]), &AWAY);
    }
    assert_eq!(queued(&world).len(), 3);
    // Two probes in vain, always with the head of the queue; then it is back.
    let sent = drain(&mut world, |sent| if sent < 2 { NotSent } else { Approved });
    let expected = [
        (MINUTE, 20),
        (3 * MINUTE, 20),
        (7 * MINUTE, 20),
        (7 * MINUTE, 30),
        (7 * MINUTE, 10),
    ];
    assert_eq!(sent, expected);
    world.check_agreement();
}

#[test]
fn one_that_the_processor_does_not_answer_does_not_hold_up_the_others() {
    let mut world = World::new();
    world.allow_offline(100, 1_000);
    world.put_order(0, &[10, 20], &[10, 20]);
    for at in 0..2 {
        world.promise(world.pickup(&[at]), &AWAY);
    }
    // The first is never answered in the first five tries.
    let mut amounts = Vec::new();
    while !world.outbox.is_empty() {
        let effect = world.outbox.remove(0);
        let mut fate = Approved;
        if let Effect::Processor { request, .. } = &effect {
            amounts.push(request.amount().minor);
            let tries = amounts.iter().filter(|it| **it == 10).count();
            if request.amount() == nok(10) && tries < 5 {
                fate = LostBefore;
            }
        }
        world.carry_out(&effect, fate);
    }
    assert_eq!(amounts, [10, 20, 10, 10, 10, 10]);
    world.check_agreement();
}

#[test]
fn a_calendar_that_is_put_back_stops_no_queue() {
    let mut world = World::new();
    world.allow_offline(100, 1_000);
    world.put_order(0, &[10, 20], &[10, 20]);
    for at in 0..2 {
        world.promise(world.pickup(&[at]), &AWAY);
    }
    // The first one is not answered, then the second cannot be sent: both wait until some time.
    for fate in [Approved, LostBefore, Approved, NotSent] {
        let effect = world.outbox.remove(0);
        world.carry_out(&effect, fate);
    }
    // Back by so much that the second one's time counts as come, and the first one's does not.
    let Some(Effect::Wake { operation, after }) = world.outbox.pop() else {
        panic!("the second one waits");
    };
    let longest = world.state.directory.offline.delay(u32::MAX);
    let back = i64::try_from((longest - after).as_millis()).unwrap();
    world.now = Timestamp(world.now.0 - back - 1);
    world.tell(&Command::Wake(operation)).unwrap();
    drain(&mut world, |_| Approved);
    assert!(queued(&world).is_empty());
    world.check_agreement();
}

#[test]
fn after_seven_days_in_vain_it_is_given_up_and_stays_on_the_payment() {
    let mut world = offline();
    world.put_order(0, &[80, 20], &[100]);
    world.promise(world.pickup(&[0]), &AWAY);
    let operation = queued(&world).remove(0);
    let sent = drain(&mut world, |_| NotSent);
    let minutes: Vec<i64> = sent.iter().map(|(at, _)| at / MINUTE).collect();
    assert_eq!(minutes[..8], [1, 3, 7, 15, 31, 63, 123, 183]);
    assert_eq!(sent.last().unwrap().0, 7 * DAY);
    let outcome = &world.outcomes[&operation];
    let told = (outcome.verdict, outcome.reason, outcome.balance_due);
    assert_eq!(
        told,
        (Verdict::Failed, Some(Reason::CaptureFailed), Some(nok(80)))
    );
    let payment = world.payment(&first());
    assert_eq!(
        (payment.queued, payment.uncaptured, payment.open()),
        (0, 80, nok(100))
    );
    world.check_agreement();
    // Whoever comes back pays for what is gone, too; then nobody has to deal with it any more.
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(100)));
    assert_eq!(world.payment(&first()).uncaptured, 0);
    world.check_agreement();
}

#[test]
fn all_that_waited_with_it_is_given_up_in_its_time() {
    let mut world = offline();
    world.put_order(0, &[10, 20], &[100]);
    world.promise(world.pickup(&[0]), &AWAY);
    world.now = Timestamp(3 * DAY);
    world.promise(world.pickup(&[1]), &AWAY);
    let sent = drain(&mut world, |_| NotSent);
    assert!(queued(&world).is_empty());
    assert_eq!(sent.last().unwrap().0, 10 * DAY);
    assert!(sent.iter().any(|(at, _)| *at == 7 * DAY), "{sent:?}");
    assert_eq!(world.payment(&first()).uncaptured, 30);
    world.check_agreement();
}

#[test]
fn what_may_have_happened_is_not_given_up() {
    let mut world = offline();
    world.put_order(0, &[80], &[80]);
    world.promise(world.pickup(&[0]), &AWAY);
    // The first probe is carried out, and its answer lost.
    let sent = drain(&mut world, |sent| match sent {
        0 => LostAfter,
        1..250 => NotSent,
        _ => Approved,
    });
    assert!(sent.last().unwrap().0 > 8 * DAY);
    let payment = world.payment(&first());
    assert_eq!((payment.captured, payment.uncaptured), (80, 0));
    world.check_agreement();
}

#[test]
fn an_authorization_that_has_ended_meanwhile_is_made_anew() {
    // Fates when the processor is back, captured in all, given up, reason.
    let failed = Some(Reason::CaptureFailed);
    for (fates, captured, uncaptured, reason) in [
        (&[Expired][..], 80, 0, None),
        (&[Expired, LostAfter, NotSent, LostAfter], 80, 0, None),
        (&[Expired, Declined], 0, 80, failed),
        (&[Expired, OnHold], 0, 80, failed),
        (&[Expired, Partly(50)], 50, 30, failed),
        (&[Expired, Approved, Declined], 0, 80, failed),
        (&[Expired, Approved, Expired], 0, 80, failed),
        (&[Declined], 0, 80, failed),
        (&[Partly(50)], 50, 30, failed),
    ] {
        let mut world = offline();
        world.put_order(0, &[80, 20], &[100]);
        world.promise(world.pickup(&[0]), &AWAY);
        let operation = queued(&world).remove(0);
        drain(&mut world, |sent| {
            fates.get(sent).copied().unwrap_or(Approved)
        });
        let outcome = &world.outcomes[&operation];
        assert_eq!(outcome.reason, reason, "{fates:?}");
        let sum =
            |of: fn(&Payment) -> u64| world.state.books.payments.values().map(of).sum::<u64>();
        assert_eq!(sum(|it| it.captured), captured, "{fates:?}");
        assert_eq!(sum(|it| it.uncaptured), uncaptured, "{fates:?}");
        assert_eq!(sum(|it| it.queued), 0, "{fates:?}");
        world.check_agreement();
    }
}

#[test]
fn nobody_else_gets_what_is_promised() {
    let mut world = offline();
    world.put_order(0, &[80], &[80]);
    world.promise(world.pickup(&[0]), &AWAY);
    let id = first();
    let refused = |world: &mut World, request| world.ask(request).unwrap_err();
    let payment = || id.clone();
    let wait = Rejection::AwaitingRetry;
    let capture = Request::Capture {
        payment: payment(),
        amount: None,
    };
    assert_eq!(refused(&mut world, capture), wait);
    assert_eq!(
        refused(&mut world, Request::Void { payment: payment() }),
        wait
    );
    let refund = Request::Refund {
        payment: payment(),
        amount: None,
    };
    assert_eq!(refused(&mut world, refund), wait);
    assert_eq!(world.payment(&id).actions(), []);
    drain(&mut world, |_| Approved);
    world.check_agreement();
}

#[test]
fn the_rest_can_be_released_while_a_part_waits() {
    let mut world = offline();
    world.put_order(0, &[30, 70], &[100]);
    world.promise(world.pickup(&[0]), &AWAY);
    let outcome = world.promise(Request::Void { payment: first() }, &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    drain(&mut world, |_| Approved);
    let payment = world.payment(&first());
    assert_eq!((payment.captured, payment.voided), (30, 70));
    world.check_agreement();
}

#[test]
fn where_it_is_captured_once_the_rest_goes_with_it() {
    let mut world = offline();
    world.capture_once();
    world.put_order(0, &[50, 30], &[100]);
    let outcome = world.promise(world.pickup(&[0]), &AWAY);
    assert_eq!(outcome.secured, Some(nok(0)));
    // Nobody can have the rest: it goes when the capture comes.
    let outcome = world.promise(world.pickup(&[1]), &[]);
    assert_eq!(outcome.reason, Some(Reason::BalanceDue));
    drain(&mut world, |_| Approved);
    world.check_agreement();
    // What the order still needs was held anew.
    let outcome = world.run(world.pickup(&[1]), &[]);
    assert_eq!(outcome.captured, Some(nok(30)));
    world.check_agreement();
}

#[test]
fn a_capture_of_a_payment_is_promised_too_but_nothing_else_is() {
    let mut world = offline();
    world.put_order(0, &[80], &[80]);
    let capture = Request::Capture {
        payment: first(),
        amount: Some(nok(30)),
    };
    let outcome = world.promise(capture, &AWAY);
    assert_eq!(outcome.reason, Some(Reason::AwaitingRetry));
    assert_eq!(outcome.queued, Some(nok(30)));
    let outcome = world.promise(Request::Void { payment: first() }, &AWAY);
    assert_eq!(outcome.reason, Some(Reason::ProcessorUnreachable));
    drain(&mut world, |_| Approved);
    world.check_agreement();
}

#[test]
fn another_account_has_a_queue_of_its_own() {
    let mut world = offline();
    world.put_order(0, &[10, 20], &[10, 20]);
    let tokens = Some(MerchantAccountId::new("tokens"));
    change(&mut world, &PaymentId::new("O/1"), |payment| {
        payment.account = tokens;
    });
    for at in 0..2 {
        world.promise(world.pickup(&[at]), &AWAY);
    }
    let calls = |world: &mut World| {
        let wakes: Vec<Effect> = world.outbox.drain(..).collect();
        for wake in wakes {
            world.carry_out(&wake, Approved);
        }
        world.outbox.len()
    };
    assert_eq!(calls(&mut world), 2);
    drain(&mut world, |_| Approved);
    world.check_agreement();
}

/// The processor is away for the pickup and for the first try after it, answers the next one to
/// nobody, and then says that what was held has ended.
fn fate_of(call: usize) -> Fate {
    match call {
        0..7 => NotSent,
        7 => LostAfter,
        8 => Expired,
        _ => Approved,
    }
}

#[test]
fn a_stop_at_any_point_loses_nothing_and_sends_nothing_twice() {
    let mut stops = 0;
    loop {
        let mut world = offline();
        world.put_order(0, &[50, 30], &[40, 60]);
        world.ask(world.pickup(&[0])).unwrap();
        let mut calls = 0;
        for _ in 0..stops {
            if world.outbox.is_empty() {
                assert!(stops > 15, "only {stops} effects");
                return;
            }
            let effect = world.outbox.remove(0);
            world.carry_out(&effect, fate_of(calls));
            calls += usize::from(World::is_call(&effect));
        }
        world.restart(world.entries.len());
        drain(&mut world, |sent| fate_of(calls + sent));
        world.check_agreement();
        let all = world.state.books.payments.values();
        let captured: u64 = all.map(|payment| payment.captured).sum();
        let gone = world.order().lines[0].state == LineState::Fulfilled;
        assert_eq!((captured, gone), (50, true), "stopped after {stops}");
        stops += 1;
    }
}

#[test]
fn a_card_at_the_terminal_pays_where_nothing_may_be_promised() {
    let mut world = World::new();
    world.allow_offline(10, 10);
    world.put_order(0, &[80], &[80]);
    let outcome = world.promise(world.pickup(&[0]), &AWAY);
    assert_eq!(outcome.reason, Some(Reason::ExceedsFloorLimit));
    let other = PickupTender::Other {
        terminal: terminal("single"),
    };
    let outcome = world.run(world.pickup_with(&[0], other), &[]);
    assert_eq!(outcome.verdict, Verdict::Approved);
    assert!(world.order().is_complete());
    world.check_agreement();
}

#[test]
fn a_try_in_the_queue_asks_by_the_key_of_the_pickup() {
    let mut world = offline();
    world.put_order(0, &[80], &[80]);
    let pickup = world.ask(world.pickup(&[0])).unwrap();
    world.settle(&AWAY);
    let keys: BTreeSet<&OperationId> = world.sent.keys().map(|effect| &effect.operation).collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), [&pickup]);
    let request = ProcessorRequest::Capture {
        amount: nok(80),
        auth_token: world.payment(&first()).auth_token.clone().unwrap(),
    };
    assert_eq!(request.amount(), nok(80));
}
