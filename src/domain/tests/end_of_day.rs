//! End of day as an operation: what is asked, what stands in its way, and what a lost closing came to (S48).

use firmware_protocols::vocabulary::terminal::{TerminalRequest, Totals};
use firmware_protocols::vocabulary::{Currency, Money};

use super::outside::Fate;
use super::reconciliation::{sold, step, told};
use super::samples::{sale, terminal};
use super::world::World;
use crate::domain::command::{Command, TerminalEnding};
use crate::domain::effect::Effect;
use crate::domain::flow::reconcile::judge;
use crate::domain::id::{ClientName, Fingerprint, IdempotencyKey, OperationId, Timestamp};
use crate::domain::operation::{Answer, Approval, Operation};
use crate::domain::outcome::{Outcome, Reason, Verdict};
use crate::domain::reconciliation::Turnover;
use crate::domain::rejection::Rejection;
use crate::domain::request::{Parking, Request};

/// A closing whose answer was lost, behind these totals.
fn closing(before: Option<Answer>) -> Operation {
    Operation {
        id: OperationId::new("op"),
        key: IdempotencyKey::new("key"),
        fingerprint: Fingerprint::new("print"),
        client: ClientName::new("till"),
        request: Request::TerminalReconcile {
            terminal: terminal("single"),
        },
        started_at: Timestamp(0),
        due: None,
        parked: false,
        steps: vec![
            step("none", TerminalRequest::Totals, before),
            step("none", TerminalRequest::Reconcile, None),
        ],
        receipts: Vec::new(),
    }
}

#[test]
fn totals_tell_whether_a_batch_was_closed() {
    let full = || told(&[("VISA", 2, 900)], Some(("0001", "0002")));
    let grown = || told(&[("VISA", 3, 950)], Some(("0001", "0003")));
    let empty = || told(&[("VISA", 0, 0)], None);
    let said = |totals: Totals| {
        Some(Answer::Approved(Box::new(Approval {
            totals: Some(totals),
            ..Approval::default()
        })))
    };
    let not_closed = Some(Answer::NotDone(Reason::NotCarriedOut));
    let untold = Some(Answer::NotDone(Reason::NotSupported));
    for (before, now, expected) in [
        (said(full()), empty(), said(full())),
        (said(full()), full(), not_closed.clone()),
        (said(full()), grown(), None),
        // To say nothing is not to say that there is nothing.
        (said(full()), Totals::default(), None),
        (said(empty()), empty(), said(empty())),
        (said(Totals::default()), Totals::default(), not_closed),
        (said(empty()), full(), None),
        (untold.clone(), empty(), None),
        (untold, full(), None),
        (None, empty(), None),
    ] {
        let proved = judge(&closing(before.clone()), &now);
        assert_eq!(proved, expected, "{before:?}, then {now:?}");
    }
}

/// The terminal answers what it was asked last; gives what that was.
fn answer(world: &mut World, ending: TerminalEnding) -> TerminalRequest {
    let asked = world
        .outbox
        .iter()
        .rposition(|effect| matches!(effect, Effect::Terminal { .. }));
    let Effect::Terminal {
        effect, request, ..
    } = world.outbox.remove(asked.unwrap())
    else {
        unreachable!();
    };
    let finished = Command::TerminalFinished {
        effect,
        ending,
        receipts: Vec::new(),
    };
    world.tell(&finished).unwrap();
    request
}

/// A terminal has taken 500, and the end of its day is asked for.
fn evening(closes: bool) -> (World, OperationId) {
    let mut world = World::new();
    let steps = [sold("p", "0001", 500)];
    let turnover = Turnover::of(&steps);
    world.state.turnovers.insert(terminal("single"), turnover);
    let terminal = terminal("single");
    let request = match closes {
        true => Request::TerminalReconcile { terminal },
        false => Request::TerminalTotals { terminal },
    };
    let operation = world.ask(request).unwrap();
    (world, operation)
}

fn end(outcome: &Outcome) -> (Verdict, Option<Reason>, Option<bool>) {
    let closed = outcome.reconciliation.as_ref().map(|it| it.closed);
    (outcome.verdict, outcome.reason, closed)
}

#[test]
fn a_batch_is_asked_for_closed_once_and_compared() {
    use TerminalEnding::{InDoubt, Reconciled, Totals as Told};
    use Verdict::{Approved, Failed};
    let full = || told(&[("VISA", 1, 500)], Some(("0001", "0001")));
    let more = || told(&[("VISA", 2, 700)], Some(("0001", "0002")));
    let empty = || told(&[("VISA", 0, 0)], None);
    let refused = || TerminalEnding::not_done(Reason::NotSupported);
    let differs = Some(Reason::TotalsDiffer);
    type Row = (
        bool,
        Vec<TerminalEnding>,
        (Verdict, Option<Reason>, Option<bool>),
    );
    let rows: Vec<Row> = vec![
        (false, vec![Told(full())], (Approved, None, Some(false))),
        (false, vec![Told(more())], (Approved, differs, Some(false))),
        (
            false,
            vec![InDoubt],
            (Failed, Some(Reason::TerminalUnreachable), None),
        ),
        (
            true,
            vec![Told(full()), Reconciled(full())],
            (Approved, None, Some(true)),
        ),
        (
            true,
            vec![Told(full()), Reconciled(more())],
            (Approved, differs, Some(true)),
        ),
        // What a closing does not tell was told before it.
        (
            true,
            vec![Told(full()), Reconciled(Totals::default())],
            (Approved, None, Some(true)),
        ),
        (
            true,
            vec![refused(), Reconciled(full())],
            (Approved, None, Some(true)),
        ),
        (
            true,
            vec![InDoubt],
            (Failed, Some(Reason::TerminalUnreachable), None),
        ),
        (
            true,
            vec![Told(full()), InDoubt, Told(empty())],
            (Approved, None, Some(true)),
        ),
        (
            true,
            vec![Told(full()), InDoubt, Told(full())],
            (Failed, Some(Reason::NotCarriedOut), None),
        ),
    ];
    for (closes, endings, expected) in rows {
        let name = format!("{endings:?}");
        let (mut world, operation) = evening(closes);
        let asked: Vec<TerminalRequest> = endings
            .into_iter()
            .map(|ending| answer(&mut world, ending))
            .collect();
        let closings = asked.iter().filter(|it| **it == TerminalRequest::Reconcile);
        assert_eq!(closings.count(), usize::from(asked.len() > 1), "{name}");
        let outcome = world.outcomes.get(&operation);
        assert_eq!(outcome.map(end), Some(expected), "{name}");
    }
}

#[test]
fn a_closing_of_which_nothing_is_proved_stays_in_doubt_and_is_not_sent_again() {
    let (mut world, operation) = evening(true);
    let full = told(&[("VISA", 1, 500)], None);
    let grown = told(&[("VISA", 2, 700)], None);
    answer(&mut world, TerminalEnding::Totals(full));
    answer(&mut world, TerminalEnding::InDoubt);
    for ending in [
        TerminalEnding::Totals(grown),
        TerminalEnding::InDoubt,
        TerminalEnding::LastTransaction(None),
    ] {
        let asked = answer(&mut world, ending);
        assert_eq!(asked, TerminalRequest::Totals);
        assert!(world.state.books.operations[&operation].is_in_doubt());
        world.tell(&Command::Wake(operation.clone())).unwrap();
    }
}

#[test]
fn only_what_was_put_aside_may_be_open_at_a_terminal_whose_day_ends() {
    let close = || Request::TerminalReconcile {
        terminal: terminal("single"),
    };
    let mut world = World::new();
    let nobody = Request::TerminalTotals {
        terminal: terminal("nobody"),
    };
    let unknown = Rejection::TerminalUnknown(terminal("nobody"));
    assert_eq!(world.ask(nobody).unwrap_err(), unknown);

    let holder = world.ask(sale("single", 700)).unwrap();
    let locked = Rejection::TerminalLocked {
        terminal: terminal("single"),
        holder: holder.clone(),
    };
    assert_eq!(world.ask(close()).unwrap_err(), locked);
    answer(&mut world, TerminalEnding::InDoubt);
    let in_doubt = Rejection::TerminalInDoubt {
        terminal: terminal("single"),
        holder: holder.clone(),
    };
    assert_eq!(world.ask(close()).unwrap_err(), in_doubt);

    // Another terminal is none of its business.
    let elsewhere = Request::TerminalReconcile {
        terminal: terminal("plain"),
    };
    assert!(world.ask(elsewhere).is_ok());
    let aside = Request::OperationPark(Parking {
        operation: holder,
        by: "supervisor".to_owned(),
        reason: "paid in cash".to_owned(),
    });
    world.ask(aside).unwrap();
    assert!(world.ask(close()).is_ok());
}

/// A batch that was closed cannot be changed: what is taken back later is declined, or paid anew.
#[test]
fn what_was_submitted_is_not_undone_afterwards() {
    let mut world = World::new();
    let paid = world.run(sale("plain", 500), &[]);
    let payment = paid.payments[0].id.clone();
    let refund = Request::Refund {
        payment: payment.clone(),
        amount: None,
    };
    let outcome = world.run(refund, &[Fate::BatchClosed]);
    assert_eq!(world.payment(&payment).captured, 500);
    let refunded = world.payment(&payment).refunded;
    let is_back = outcome.verdict == Verdict::Approved;
    assert_eq!(refunded, if is_back { 500 } else { 0 }, "{outcome:?}");
    assert_eq!(
        outcome.refunded,
        is_back.then(|| Money::new(500, Currency::NOK))
    );
    world.check_agreement();
}
