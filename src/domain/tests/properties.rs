//! S33: whatever apps ask and however the outside answers, the books stay true.

use proptest::prelude::*;

use super::outside::Fate;
use super::samples::{authorize, authorized, nok, order, sale, tender, terminal};
use super::world::World;
use crate::domain::id::{LineId, OrderId, PaymentId};
use crate::domain::order::{LineState, Order};
use crate::domain::payment::{Action, Payment};
use crate::domain::rejection::Rejection;
use crate::domain::request::{DepositShare, PickupTender, Request};

const TERMINALS: [&str; 3] = ["single", "token", "plain"];
const ORDERS: [&str; 2] = ["O", "Q"];

#[derive(Clone, Debug)]
enum Act {
    Sale {
        at: usize,
        minor: u64,
    },
    Authorize {
        at: usize,
        minor: u64,
    },
    Capture {
        which: usize,
        minor: Option<u64>,
    },
    Void {
        which: usize,
    },
    Refund {
        which: usize,
        minor: Option<u64>,
    },
    Deposit {
        order: usize,
        at: usize,
        minor: u64,
    },
    Put {
        order: usize,
        held: Vec<u64>,
    },
    Pickup {
        order: usize,
        lines: Vec<usize>,
        other: Option<usize>,
    },
    /// The outside deals with one of the effects.
    Outside {
        which: usize,
        fate: Fate,
    },
    /// Something that was reported before is reported again.
    Late {
        which: usize,
    },
    Cancel {
        order: usize,
        lines: Vec<usize>,
        share: DepositShare,
    },
    Tokenize {
        order: usize,
        at: usize,
    },
    Connect {
        at: usize,
    },
    /// Somebody uses the terminal without us, then it is connected again.
    Alone {
        at: usize,
        minor: u64,
    },
    Restart,
}

/// Few amounts, so that different payments often have the same one.
fn minor() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(100),
        Just(100),
        Just(250),
        1..400_u64
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Approved),
        1 => Just(Fate::Declined),
        1 => Just(Fate::Cancelled),
        1 => Just(Fate::NotDone),
        1 => Just(Fate::OnHold),
        1 => Just(Fate::NotSent),
        1 => Just(Fate::Expired),
        1 => Just(Fate::LostBefore),
        1 => Just(Fate::LostAfter),
        1 => Just(Fate::LostReported),
        1 => Just(Fate::Reversed),
        1 => Just(Fate::Twice),
        1 => Just(Fate::BatchClosed),
        1 => (0..200_u64).prop_map(Fate::Partly),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let at = || 0..TERMINALS.len();
    let order = || 0..ORDERS.len();
    let lines = prop::collection::vec(0..3_usize, 1..3);
    prop_oneof![
        2 => (at(), minor()).prop_map(|(at, minor)| Act::Sale { at, minor }),
        2 => (at(), minor()).prop_map(|(at, minor)| Act::Authorize { at, minor }),
        3 => (0..20_usize, prop::option::of(minor())).prop_map(|(which, minor)| Act::Capture { which, minor }),
        1 => (0..20_usize).prop_map(|which| Act::Void { which }),
        3 => (0..20_usize, prop::option::of(minor())).prop_map(|(which, minor)| Act::Refund { which, minor }),
        2 => (order(), at(), minor()).prop_map(|(order, at, minor)| Act::Deposit { order, at, minor }),
        1 => (order(), prop::collection::vec(minor(), 0..3)).prop_map(|(order, held)| Act::Put { order, held }),
        4 => (order(), lines, prop::option::of(at()))
            .prop_map(|(order, lines, other)| Act::Pickup { order, lines, other }),
        1 => (order(), prop::collection::vec(0..3_usize, 0..2), prop::bool::ANY).prop_map(|(order, lines, keep)| {
            let share = if keep { DepositShare::Keep } else { DepositShare::Refund };
            Act::Cancel { order, lines, share }
        }),
        2 => (order(), at()).prop_map(|(order, at)| Act::Tokenize { order, at }),
        20 => (0..8_usize, fate()).prop_map(|(which, fate)| Act::Outside { which, fate }),
        2 => (0..50_usize).prop_map(|which| Act::Late { which }),
        1 => at().prop_map(|at| Act::Connect { at }),
        1 => (at(), minor()).prop_map(|(at, minor)| Act::Alone { at, minor }),
        1 => Just(Act::Restart),
    ]
}

fn perform(world: &mut World, act: &Act) {
    match act {
        Act::Sale { at, minor } => drop(world.ask(sale(TERMINALS[*at], *minor))),
        Act::Authorize { at, minor } => drop(world.ask(authorize(TERMINALS[*at], *minor))),
        Act::Capture { which, minor } => follow_up(world, *which, Action::Capture, *minor),
        Act::Void { which } => follow_up(world, *which, Action::Void, None),
        Act::Refund { which, minor } => follow_up(world, *which, Action::Refund, *minor),
        Act::Deposit { order, at, minor } => {
            let order = named(*order, 1);
            let terminal = terminal(TERMINALS[*at]);
            drop(world.ask(Request::DepositTake {
                terminal,
                order,
                deposit: nok(*minor),
            }));
        }
        Act::Put { order, held } => put(world, *order, held),
        Act::Pickup {
            order,
            lines,
            other,
        } => {
            let id = OrderId::new(ORDERS[*order]);
            let version = world
                .state
                .books
                .orders
                .get(&id)
                .map_or(0, |order| order.version);
            let tender = match other {
                None => PickupTender::Available,
                Some(at) => PickupTender::Other {
                    terminal: terminal(TERMINALS[*at]),
                },
            };
            let lines = lines
                .iter()
                .map(|line| LineId::new(line.to_string()))
                .collect();
            drop(world.ask(Request::PickupCapture {
                order: id,
                version,
                lines,
                tender,
            }));
        }
        Act::Cancel {
            order,
            lines,
            share,
        } => cancel(world, *order, lines, *share),
        Act::Tokenize { order, at } => tokenize(world, *order, *at),
        Act::Outside { which, fate } => {
            if !world.outbox.is_empty() {
                let effect = world.outbox.remove(which % world.outbox.len());
                world.carry_out(&effect, *fate);
            }
        }
        Act::Late { which } => world.tell_again(*which),
        Act::Connect { at } => world.connect(&terminal(TERMINALS[*at])),
        Act::Alone { at, minor } => {
            let terminal = terminal(TERMINALS[*at]);
            if world.state.books.holder_of_terminal(&terminal).is_none() {
                world.bank.use_alone(&terminal, *minor);
                world.connect(&terminal);
            }
        }
        Act::Restart => world.restart(world.entries.len()),
    }
}

fn tokenize(world: &mut World, which: usize, at: usize) {
    drop(world.ask(Request::DepositTokenize {
        terminal: terminal(TERMINALS[at]),
        order: OrderId::new(ORDERS[which]),
    }));
}

fn cancel(world: &mut World, which: usize, lines: &[usize], share: DepositShare) {
    let order = OrderId::new(ORDERS[which]);
    let known = world.state.books.orders.get(&order);
    let version = known.map_or(0, |order| order.version);
    let lines = lines.iter().map(|line| LineId::new(line.to_string()));
    drop(world.ask(Request::OrderCancel {
        order,
        version,
        lines: lines.collect(),
        share,
    }));
}

/// Asks for a follow-up of some payment: what its actions do not name is refused, and what they
/// name is refused only because of something else that is going on.
fn follow_up(world: &mut World, which: usize, action: Action, minor: Option<u64>) {
    let payments = &world.state.books.payments;
    let Some(payment) = payments
        .values()
        .nth(which % payments.len().max(1))
        .cloned()
    else {
        return;
    };
    let id = payment.id.clone();
    let amount = minor.map(nok);
    let (request, limit) = match action {
        Action::Capture => (
            Request::Capture {
                payment: id,
                amount,
            },
            payment.open(),
        ),
        Action::Void => (Request::Void { payment: id }, payment.open()),
        Action::Refund => (
            Request::Refund {
                payment: id,
                amount,
            },
            payment.paid(),
        ),
    };
    let fits = minor.is_none_or(|minor| (1..=limit.minor).contains(&minor));
    let allowed = payment.actions().contains(&action) && fits;
    match world.ask(request) {
        Ok(_) => assert!(
            allowed,
            "{action:?} of {minor:?} was let through: {payment:?}"
        ),
        Err(
            Rejection::PaymentBusy { .. }
            | Rejection::OrderBusy { .. }
            | Rejection::TerminalLocked { .. }
            | Rejection::NoRoute
            | Rejection::OnlyWholeCapture { .. },
        ) => {}
        Err(refusal) => assert!(!allowed, "{refusal:?} of {action:?} {minor:?}: {payment:?}"),
    }
}

fn named(which: usize, version: u64) -> Order {
    let mut order = order(0, &[100, 250, 33]);
    order.id = OrderId::new(ORDERS[which]);
    order.version = version;
    order
}

/// A new order from elsewhere, or a newer version of one: what is known of its payments stays.
fn put(world: &mut World, which: usize, held: &[u64]) {
    let id = OrderId::new(ORDERS[which]);
    let known = world.state.books.orders.get(&id);
    let mut order = known.cloned().unwrap_or_else(|| named(which, 0));
    order.version += 1;
    let mut payments = Vec::new();
    for (at, held) in held.iter().enumerate() {
        let name = PaymentId::new(format!("{id}/{at}"));
        let payment = Payment {
            order: Some(id.clone()),
            ..authorized(&name, *held, 0)
        };
        if world.state.books.payments.contains_key(&name) {
            continue;
        }
        order.tenders.push(tender(&name));
        payments.push(payment);
    }
    let request = Request::OrderPut {
        order,
        payments: payments.clone(),
    };
    if world.ask(request).is_ok() {
        for payment in &payments {
            world.open_account(payment);
        }
    }
}

/// Goods that are gone are paid for; lines that nobody fetches right now belong to nobody.
fn check_orders(world: &World) {
    for order in world.state.books.orders.values() {
        let gone = order
            .lines
            .iter()
            .filter(|line| line.state == LineState::Fulfilled);
        let worth: u64 = gone.map(|line| line.amount).sum();
        let taken: u64 = order
            .tenders
            .iter()
            .filter_map(|tender| world.state.books.payments.get(&tender.payment))
            .map(|payment| payment.captured + payment.uncaptured)
            .sum();
        assert!(
            taken >= order.required_after(worth).min(worth),
            "{order:?} for {taken}"
        );
        let reserved =
            |line: &crate::domain::order::Line| matches!(line.state, LineState::Reserved(_));
        assert!(!order.lines.iter().any(reserved), "{order:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s33_the_books_stay_true(acts in prop::collection::vec(act(), 1..80), offline in prop::bool::ANY, mode in 0..3_u8) {
        let mut world = World::new();
        match mode {
            0 => {}
            1 => world.capture_once(),
            _ => world.capture_whole(),
        }
        if offline {
            world.allow_offline(150, 400);
        }
        for act in &acts {
            perform(&mut world, act);
            if world.is_quiet() {
                world.check_agreement();
                check_orders(&world);
            }
        }
        world.settle(&[]);
        world.check_agreement();
        check_orders(&world);
    }
}
