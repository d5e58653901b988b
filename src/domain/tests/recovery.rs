//! The station stops at any point and starts again (S34): no money moves a second time, and every
//! operation ends as the bank has it.

use firmware_protocols::vocabulary::terminal::SyncId;

use super::outside::Fate;
use super::samples::{nok, order, sale, terminal};
use super::world::World;
use crate::domain::effect::Effect;
use crate::domain::order::LineState;
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::request::{DepositShare, PickupTender, Request};

/// A world in which an operation has just begun, and what then happens to its calls.
type Scenario = (&'static str, World, Vec<Fate>);

#[expect(clippy::too_many_lines, reason = "a table")]
fn scenarios() -> Vec<Scenario> {
    use Fate::*;
    let deposit = |name: &str| Request::DepositTake {
        terminal: terminal(name),
        order: order(0, &[1000]),
        deposit: nok(200),
    };
    let mut scenarios = Vec::new();
    let mut add = |name, prepare: &dyn Fn(&mut World) -> Request, fates: &[Fate]| {
        let mut world = World::new();
        // The same amount as before is the hard case: it cannot be told apart by its amount.
        world.run(sale("single", 100), &[]);
        let request = prepare(&mut world);
        world.ask(request).unwrap();
        scenarios.push((name, world, fates.to_vec()));
    };
    for fate in [
        Approved,
        Declined,
        LostBefore,
        LostAfter,
        LostReported,
        Reversed,
        Twice,
    ] {
        add("sale", &|_| sale("single", 100), &[fate]);
        add("deposit", &|_| deposit("single"), &[Approved, fate]);
        add("deposit by token", &|_| deposit("token"), &[Approved, fate]);
        let pickup = |world: &mut World| {
            world.put_order(0, &[80], &[30, 70, 20]);
            world.pickup(&[0])
        };
        add("pickup", &pickup, &[fate, NotSent, Approved, fate]);
        add("authorized anew", &pickup, &[Expired, fate, fate, Expired]);
        let once = |world: &mut World| {
            world.capture_once();
            world.put_order(0, &[80, 20, 10], &[70, 40]);
            world.pickup(&[0])
        };
        add("captured once", &once, &[Approved, fate, fate, fate]);
        let other = |world: &mut World| {
            world.put_order(0, &[80], &[30]);
            world.pickup_with(
                &[0],
                PickupTender::Other {
                    terminal: terminal("single"),
                },
            )
        };
        add("other card", &other, &[fate]);
        let refund = |world: &mut World| {
            let ids = world.put_order(0, &[80], &[100]);
            for minor in [60, 40] {
                let amount = Some(nok(minor));
                world.run(
                    Request::Capture {
                        payment: ids[0].clone(),
                        amount,
                    },
                    &[],
                );
            }
            Request::Refund {
                payment: ids[0].clone(),
                amount: Some(nok(70)),
            }
        };
        add("refund", &refund, &[fate, Approved]);
        let reverse = |world: &mut World| {
            let sold = world.run(sale("plain", 100), &[]);
            Request::Refund {
                payment: sold.payments[0].id.clone(),
                amount: None,
            }
        };
        add("refund at the terminal", &reverse, &[BatchClosed, fate]);
        add("cancel", &cancel, &[fate, NotSent, fate]);
        add("second card", &second_card, &[fate, Approved, fate]);
    }
    scenarios
}

/// A hold is released and a deposit given back.
fn cancel(world: &mut World) -> Request {
    world.put_order(20, &[80], &[100]);
    Request::OrderCancel {
        order: world.order().id.clone(),
        version: world.order().version,
        lines: Vec::new(),
        share: DepositShare::Refund,
    }
}

/// The card of the deposit gave no token; the next one does.
fn second_card(world: &mut World) -> Request {
    world.bank.no_card_token = true;
    let request = Request::DepositTake {
        terminal: terminal("token"),
        order: order(0, &[1000]),
        deposit: nok(200),
    };
    world.run(request, &[]);
    world.bank.no_card_token = false;
    Request::DepositTokenize {
        terminal: terminal("token"),
        order: world.order().id.clone(),
    }
}

/// Stops the station, starts it, lets everything end and compares with the bank.
fn check_recovers(name: &str, mut world: World) {
    world.restart(world.entries.len());
    world.settle(&[]);
    assert!(world.state.books.operations.is_empty(), "{name}");
    world.check_agreement();
    for order in world.state.books.orders.values() {
        let reserved =
            |line: &&crate::domain::order::Line| matches!(line.state, LineState::Reserved(_));
        assert_eq!(order.lines.iter().find(reserved), None, "{name}");
    }
}

#[test]
fn a_stop_at_any_point_ends_as_the_bank_has_it() {
    for (name, mut world, fates) in scenarios() {
        let mut fates = fates.into_iter();
        check_recovers(name, world.clone());
        while !world.outbox.is_empty() {
            let effect = world.outbox.remove(0);
            for told in [false, true] {
                let mut stopped = world.clone();
                stopped.carry_out_unheard(&effect, Fate::Approved, told);
                check_recovers(name, stopped.clone());
                // It stops once more while it finds out.
                stopped.restart(stopped.entries.len());
                check_recovers(name, stopped);
            }
            let fate = if World::is_call(&effect) {
                fates.next()
            } else {
                None
            };
            world.carry_out(&effect, fate.unwrap_or(Fate::Approved));
            check_recovers(name, world.clone());
        }
        world.check_agreement();
    }
}

#[test]
fn whatever_part_of_the_journal_is_left_nothing_is_sent_again() {
    for (_, mut world, fates) in scenarios() {
        world.settle(&fates);
        for durable in 0..=world.entries.len() {
            // `World::tell` refuses a second sending of anything that has left before.
            world.clone().restart(durable);
        }
    }
}

#[test]
fn a_terminal_that_was_never_seen_was_never_asked() {
    let mut world = World::unconnected();
    world.bank.use_alone(&terminal("single"), 100);
    let operation = world.ask(sale("single", 100)).unwrap();
    world.restart(world.entries.len());
    let outcome = &world.outcomes[&operation];
    let told = (outcome.verdict, outcome.reason);
    assert_eq!(told, (Verdict::Failed, Some(Reason::NotCarriedOut)));
    world.check_agreement();
}

#[test]
fn what_the_terminal_told_before_it_was_asked_is_known_after_a_restart() {
    let mut world = World::new();
    world.bank.use_alone(&terminal("single"), 100);
    let operation = world.ask(sale("single", 100)).unwrap();
    world.connect(&terminal("single"));
    world.restart(world.entries.len());
    world.settle(&[]);
    assert_eq!(world.outcomes[&operation].verdict, Verdict::Failed);
    world.check_agreement();
}

#[test]
fn an_operation_in_doubt_goes_on_asking_after_a_restart() {
    let mut world = World::new();
    let operation = world.ask(sale("single", 100)).unwrap();
    let effect = world.outbox.remove(0);
    world.carry_out(&effect, Fate::LostAfter);
    for fate in [Fate::LostBefore, Fate::Approved, Fate::NotSent] {
        let effect = world.outbox.remove(0);
        world.carry_out(&effect, fate);
    }
    world.restart(world.entries.len());
    world.settle(&[]);
    assert_eq!(world.outcomes[&operation].verdict, Verdict::Approved);
    world.check_agreement();
}

/// A terminal forgets what it took back, and keeps no decline that it gave no number. After either
/// its last transaction is the one before: if that has the same amount, it must not be taken for a
/// payment that never reached the terminal.
#[test]
fn what_the_terminal_does_not_keep_is_not_its_last_transaction() {
    for end in [World::take_back, World::decline_without_number] {
        let mut world = World::new();
        world.run(sale("single", 100), &[]);
        world.ask(sale("single", 100)).unwrap();
        let effect = world.outbox.remove(0);
        end(&mut world, &effect);
        world.settle(&[]);
        let outcome = world.run(sale("single", 100), &[Fate::LostBefore]);
        let told = (outcome.verdict, outcome.reason);
        assert_eq!(told, (Verdict::Failed, Some(Reason::NotCarriedOut)));
        world.check_agreement();
    }
}

/// The value that a terminal told with one transaction, echoed behind another one, says that the other
/// one never arrived: the terminal takes it back.
#[test]
fn the_value_of_one_transaction_is_not_told_behind_another_one() {
    let sent = |world: &mut World| {
        world.ask(sale("single", 100)).unwrap();
        match world.outbox.last() {
            Some(Effect::Terminal { sync, .. }) => sync.clone(),
            other => panic!("{other:?}"),
        }
    };
    let mut world = World::new();
    world.run(sale("single", 100), &[]);
    let told = SyncId(vec![0, 1]);
    world.bank.last.get_mut(&terminal("single")).unwrap().sync = Some(told.clone());
    world.connect(&terminal("single"));
    assert_eq!(sent(&mut world), Some(told));
    // The next one comes without a value.
    world.settle(&[]);
    assert_eq!(sent(&mut world), None);
}
