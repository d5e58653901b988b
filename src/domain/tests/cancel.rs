//! order.cancel: what was held is released, the deposit's share goes back or is kept (S23).

use super::outside::Fate;
use super::samples::{nok, order, terminal};
use super::world::World;
use crate::domain::id::{ClientName, LineId, OrderId};
use crate::domain::order::{Fulfilment, LineState};
use crate::domain::outcome::{Reason, Verdict};
use crate::domain::payment::Status;
use crate::domain::rejection::{OrderProblem, Rejection};
use crate::domain::request::{DepositShare, Request};

fn cancel(world: &World, lines: &[usize], share: DepositShare) -> Request {
    Request::OrderCancel {
        order: OrderId::new("O"),
        version: world.order().version,
        lines: lines.iter().map(|at| LineId::new(at.to_string())).collect(),
        share,
    }
}

/// Captured, voided and refunded over all payments of the order.
fn moved(world: &World) -> [u64; 3] {
    let ids = world.order().tenders.iter().map(|tender| &tender.payment);
    ids.map(|id| world.payment(id)).fold([0; 3], |sum, it| {
        [
            sum[0] + it.captured,
            sum[1] + it.voided,
            sum[2] + it.refunded,
        ]
    })
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_customer_pays_for_what_was_fetched_and_for_what_is_kept() {
    use DepositShare::{Keep, Refund};
    // Deposit, lines, held by each tender (the first paid the deposit), fetched before, cancelled
    // (all that wait when empty), share, then captured, voided, refunded, kept, deposit left.
    type Row = (
        u64,
        &'static [u64],
        &'static [u64],
        &'static [usize],
        &'static [usize],
        DepositShare,
        [u64; 5],
    );
    let rows: &[Row] = &[
        (
            200,
            &[600, 400],
            &[1000],
            &[0],
            &[],
            Refund,
            [680, 320, 80, 0, 120],
        ),
        (
            200,
            &[600, 400],
            &[1000],
            &[0],
            &[],
            Keep,
            [680, 320, 0, 80, 120],
        ),
        (
            200,
            &[600, 400],
            &[1000],
            &[],
            &[],
            Refund,
            [200, 800, 200, 0, 0],
        ),
        (
            200,
            &[600, 400],
            &[1000],
            &[],
            &[],
            Keep,
            [200, 800, 0, 200, 0],
        ),
        (
            0,
            &[600, 400],
            &[1000],
            &[0],
            &[],
            Refund,
            [600, 400, 0, 0, 0],
        ),
        (0, &[600, 400], &[1000], &[], &[], Keep, [0, 1000, 0, 0, 0]),
        // Lines still wait: their share of the deposit stays, and so does the hold.
        (
            200,
            &[600, 400],
            &[1000],
            &[],
            &[1],
            Refund,
            [200, 0, 80, 0, 120],
        ),
        (
            200,
            &[600, 400],
            &[1000],
            &[],
            &[1],
            Keep,
            [200, 0, 0, 80, 120],
        ),
        // Thirds: nothing is lost by rounding.
        (
            100,
            &[100, 100, 100],
            &[300],
            &[0],
            &[1],
            Refund,
            [166, 0, 33, 0, 66],
        ),
        (
            100,
            &[100, 100, 100],
            &[300],
            &[0],
            &[],
            Refund,
            [166, 134, 66, 0, 33],
        ),
        (
            300,
            &[100, 100, 100],
            &[300],
            &[0],
            &[],
            Refund,
            [300, 0, 200, 0, 100],
        ),
        // The deposit is on one tender, the hold on another.
        (
            200,
            &[600, 400],
            &[200, 800],
            &[],
            &[],
            Refund,
            [200, 800, 200, 0, 0],
        ),
        (
            200,
            &[600, 400],
            &[200, 800],
            &[0],
            &[],
            Refund,
            [680, 320, 80, 0, 120],
        ),
    ];
    for (deposit, lines, held, fetched, cancelled, share, expected) in rows {
        let name = format!("{deposit} {lines:?} {held:?} {fetched:?} {cancelled:?} {share:?}");
        let mut world = World::new();
        world.put_order(*deposit, lines, held);
        // Only the first tender has paid the deposit.
        for id in world
            .order()
            .tenders
            .iter()
            .skip(1)
            .map(|it| it.payment.clone())
            .collect::<Vec<_>>()
        {
            let payment = world.state.books.payments.get_mut(&id).unwrap();
            payment.captured = 0;
            payment.captures.clear();
            let payment = payment.clone();
            world.open_account(&payment);
        }
        world.forget_history();
        if !fetched.is_empty() {
            world.run(world.pickup(fetched), &[]);
        }
        let outcome = world.run(cancel(&world, cancelled, *share), &[]);
        world.check_agreement();
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (Verdict::Approved, None),
            "{name}"
        );
        let [captured, voided, refunded] = moved(&world);
        let order = world.order();
        let got = [captured, voided, refunded, order.kept, order.deposit];
        assert_eq!(got, *expected, "{name}");
        assert_eq!(
            outcome.refunded.map_or(0, |it| it.minor),
            refunded,
            "{name}"
        );
        assert_eq!(outcome.refund_due, None, "{name}");
        for (at, line) in order.lines.iter().enumerate() {
            let gone = cancelled.is_empty() || cancelled.contains(&at);
            let state = match (fetched.contains(&at), gone) {
                (true, _) => LineState::Fulfilled,
                (false, true) => LineState::Cancelled,
                (false, false) => LineState::Open,
            };
            assert_eq!(line.state, state, "{name}");
        }
        // What is left is fetched: in the end exactly the price was paid and nothing is held.
        let waiting: Vec<usize> = (0..lines.len())
            .filter(|at| world.order().lines[*at].state == LineState::Open)
            .collect();
        if !waiting.is_empty() {
            world.run(world.pickup(&waiting), &[]);
        }
        let [captured, voided, refunded] = moved(&world);
        assert_eq!(captured - refunded, world.order().price().minor, "{name}");
        assert_eq!(captured + voided, held.iter().sum::<u64>(), "{name}");
        world.check_agreement();
    }
}

#[test]
fn a_cancellation_stands_whatever_becomes_of_its_money() {
    use Fate::*;
    // 80 of the deposit go back after the hold of 320 is released. Fates, reason, voided, refunded.
    let due = Some(Reason::RefundDue);
    for (fates, reason, voided, refunded) in [
        (&[][..], None, 320, 80),
        (&[LostAfter, LostAfter], None, 320, 80),
        (&[LostBefore, LostBefore], None, 320, 80),
        (&[Twice, Twice], None, 320, 80),
        (&[Declined], None, 0, 80),
        (&[Approved, Declined], due, 320, 0),
        (&[Approved, NotSent, NotSent, NotSent], due, 320, 0),
        (&[Approved, Partly(50)], None, 320, 80),
    ] {
        let mut world = World::new();
        world.put_order(200, &[600, 400], &[1000]);
        world.run(world.pickup(&[0]), &[]);
        let outcome = world.run(cancel(&world, &[], DepositShare::Refund), fates);
        world.check_agreement();
        assert_eq!(
            (outcome.verdict, outcome.reason),
            (Verdict::Approved, reason)
        );
        let [captured, got_voided, got_refunded] = moved(&world);
        assert_eq!(
            [captured, got_voided, got_refunded],
            [680, voided, refunded],
            "{fates:?}"
        );
        let owed = (refunded < 80).then(|| nok(80 - refunded));
        assert_eq!(outcome.refund_due, owed, "{fates:?}");
        assert_eq!(world.order().lines[1].state, LineState::Cancelled);
    }
}

/// The remainder is held at the processor, and the deposit was paid at the terminal, which gives it back
/// after the hold is released: unless somebody else has been given it.
#[test]
fn a_terminal_that_another_app_has_gives_nothing_back_for_this_one() {
    for (has_it, refunded) in [("till", 200), ("kiosk", 0)] {
        let mut world = World::new();
        let request = Request::DepositTake {
            terminal: terminal("token"),
            order: order(0, &[600, 400]),
            deposit: nok(200),
        };
        world.run(request, &[]);
        let only = (terminal("token"), ClientName::new(has_it));
        world.state.only_for = [only].into();
        let outcome = world.run(cancel(&world, &[], DepositShare::Refund), &[]);
        assert_eq!(moved(&world), [200, 800, refunded], "{has_it}");
        let due = (refunded == 0).then(|| nok(200));
        assert_eq!(outcome.refund_due, due, "{has_it}");
        world.check_agreement();
    }
}

#[test]
fn an_unpaid_carry_out_line_is_no_deposit() {
    for (fate, refunded, kept) in [(Fate::Approved, 0, 200), (Fate::Partly(150), 0, 50)] {
        let mut world = World::new();
        let mut order = order(0, &[1000, 100]);
        order.lines[1].fulfilment = Fulfilment::CarryOut;
        let request = Request::DepositTake {
            terminal: terminal("single"),
            order,
            deposit: nok(200),
        };
        // Paid with the deposit, the line is gone; else it still waits and its money is not kept.
        world.run(request, &[Fate::Approved, fate]);
        let outcome = world.run(cancel(&world, &[], DepositShare::Keep), &[]);
        assert_eq!(outcome.verdict, Verdict::Approved);
        let [captured, _, back] = moved(&world);
        if fate == Fate::Approved {
            assert_eq!((captured, back, world.order().kept), (300, refunded, kept));
        } else {
            assert_eq!(captured - back, world.order().kept);
        }
        world.check_agreement();
    }
}

#[test]
fn only_what_waits_can_be_cancelled() {
    let mut world = World::new();
    let ids = world.put_order(200, &[600, 400], &[1000]);
    let old = Request::OrderCancel {
        order: OrderId::new("O"),
        version: 0,
        lines: Vec::new(),
        share: DepositShare::Keep,
    };
    let changed = Rejection::OrderChanged { version: 1 };
    assert_eq!(world.ask(old).unwrap_err(), changed);
    let unknown = cancel(&world, &[7], DepositShare::Keep);
    let line = Rejection::LineUnknown(LineId::new("7"));
    assert_eq!(world.ask(unknown).unwrap_err(), line);
    world.run(world.pickup(&[0]), &[]);
    let gone = cancel(&world, &[0, 1], DepositShare::Keep);
    let line = Rejection::LineNotOpen(LineId::new("0"));
    assert_eq!(world.ask(gone).unwrap_err(), line);

    let holder = world.ask(cancel(&world, &[1], DepositShare::Keep)).unwrap();
    let busy = Rejection::OrderBusy { holder };
    assert_eq!(world.ask(world.pickup(&[1])).unwrap_err(), busy);
    world.settle(&[]);
    assert_eq!(world.payment(&ids[0]).status(), Status::Captured);
    let nothing = cancel(&world, &[], DepositShare::Refund);
    let problem = OrderProblem::NoLines;
    assert_eq!(
        world.ask(nothing).unwrap_err(),
        Rejection::OrderInvalid { problem }
    );
}
