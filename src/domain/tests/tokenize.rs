//! deposit.tokenize: another card for the remainder (S10, S11).

use super::outside::Fate;
use super::samples::{nok, order, terminal};
use super::world::World;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::outcome::{Outcome, Reason, Strategy, Verdict};
use crate::domain::payment::Status;
use crate::domain::rejection::Rejection;
use crate::domain::request::Request;

fn tokenize(name: &str) -> Request {
    Request::DepositTokenize {
        terminal: terminal(name),
        order: OrderId::new("O"),
    }
}

/// An order of 1000 in two lines of which a card without a token has paid a deposit of 200.
fn deposit_without_token() -> World {
    let mut world = World::new();
    world.bank.no_card_token = true;
    let request = Request::DepositTake {
        terminal: terminal("token"),
        order: order(0, &[600, 400]),
        deposit: nok(200),
    };
    let outcome = world.run(request, &[]);
    assert_eq!(outcome.reason, Some(Reason::SecondCardNeeded));
    world.bank.no_card_token = false;
    world
}

/// What the order's tenders have taken and hold.
fn standing(world: &World) -> (u64, u64) {
    let ids = world.order().tenders.iter().map(|tender| &tender.payment);
    ids.map(|id| world.payment(id)).fold((0, 0), |sum, it| {
        (sum.0 + it.paid().minor, sum.1 + it.open().minor)
    })
}

/// Takes 0.01 at a terminal of account `many` before it can hold less: the way by a sale, with a
/// processor that gives it back.
fn only_sales(world: &mut World, name: &str) {
    let profiles = &mut world.state.directory.terminals;
    let profile = profiles.get_mut(&terminal(name)).unwrap();
    profile.capabilities.pre_authorization = false;
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_way_ends_as_its_steps_say() {
    use Fate::*;
    let (single, token) = (
        Some(Strategy::SingleAuthorization),
        Some(Strategy::TokenAuthorization),
    );
    let approved = Verdict::Approved;
    let short = Some(Reason::RemainderDeclined);
    let unreached = Some(Reason::ProcessorUnreachable);
    let declined = Some(Reason::InsufficientFunds);
    // Way, fates, verdict, reason, strategy, taken and held by the order's tenders.
    for (way, fates, verdict, reason, strategy, taken, held) in [
        ("single", &[][..], approved, None, single, 200, 800),
        ("single", &[LostAfter], approved, None, single, 200, 800),
        ("single", &[LostReported], approved, None, single, 200, 800),
        ("single", &[Twice], approved, None, single, 200, 800),
        ("single", &[Partly(500)], approved, short, single, 200, 500),
        (
            "single",
            &[Declined],
            Verdict::Declined,
            declined,
            None,
            200,
            0,
        ),
        (
            "single",
            &[Cancelled],
            Verdict::Cancelled,
            Some(Reason::Aborted),
            None,
            200,
            0,
        ),
        (
            "single",
            &[LostBefore],
            Verdict::Failed,
            Some(Reason::NotCarriedOut),
            None,
            200,
            0,
        ),
        ("token", &[], approved, None, token, 200, 800),
        (
            "token",
            &[LostReported, LostAfter, LostBefore],
            approved,
            None,
            token,
            200,
            800,
        ),
        // What cannot be given back counts as paid.
        (
            "token",
            &[Approved, BatchClosed],
            approved,
            None,
            token,
            201,
            800,
        ),
        (
            "token",
            &[Approved, BatchClosed, Declined],
            Verdict::Declined,
            declined,
            token,
            201,
            0,
        ),
        (
            "token",
            &[Declined],
            Verdict::Declined,
            declined,
            None,
            200,
            0,
        ),
        (
            "token",
            &[Approved, Approved, Declined],
            Verdict::Declined,
            declined,
            token,
            200,
            0,
        ),
        (
            "token",
            &[Approved, Approved, NotSent, NotSent, NotSent],
            Verdict::Failed,
            unreached,
            token,
            200,
            0,
        ),
        (
            "token",
            &[Approved, Approved, Partly(300)],
            approved,
            short,
            token,
            200,
            300,
        ),
        (
            "token",
            &[Approved, Approved, OnHold],
            approved,
            Some(Reason::OnHold),
            token,
            200,
            0,
        ),
    ] {
        let name = format!("{way} {fates:?}");
        let mut world = deposit_without_token();
        let before = world.order().tenders[0].clone();
        let outcome = world.run(tokenize(way), fates);
        world.check_agreement();
        let ended = (outcome.verdict, outcome.reason, outcome.strategy);
        assert_eq!(ended, (verdict, reason, strategy), "{name}");
        assert_eq!(standing(&world), (taken, held), "{name}");
        assert_eq!(world.order().tenders[0], before, "{name}");
        let deposit = world.payment(&before.payment);
        assert_eq!(deposit.paid(), nok(200), "the deposit stands: {name}");
        // Nothing is held beside the order.
        let payments = world.state.books.payments.values();
        let all: u64 = payments.map(|payment| payment.open().minor).sum();
        assert_eq!(all, held, "{name}");
    }
}

#[test]
fn a_second_card_without_a_token_is_let_go_and_a_third_one_secures() {
    for way in ["single", "token"] {
        for fates in [
            &[][..],
            &[Fate::LostReported],
            &[Fate::Approved, Fate::LostAfter],
        ] {
            let mut world = deposit_without_token();
            world.bank.no_card_token = true;
            let refused = world.run(tokenize(way), fates);
            assert_eq!(
                (refused.verdict, refused.reason),
                (Verdict::Declined, Some(Reason::CardNotTokenizable))
            );
            assert_eq!(refused.secured, Some(nok(0)));
            assert_eq!(standing(&world), (200, 0));
            assert_eq!(world.order().tenders.len(), 1);
            world.check_agreement();

            world.bank.no_card_token = false;
            let outcome = world.run(tokenize(way), &[]);
            assert_eq!((outcome.verdict, outcome.reason), (Verdict::Approved, None));
            assert_eq!(standing(&world), (200, 800));
            let secures = world.order().tenders.last().unwrap().payment.clone();
            assert!(world.payment(&secures).card_token.is_some());
            for line in [0, 1] {
                let picked = world.run(world.pickup(&[line]), &[]);
                assert_eq!((picked.verdict, picked.reason), (Verdict::Approved, None));
                world.check_agreement();
            }
            assert_eq!(standing(&world), (1000, 0));
        }
    }
}

#[test]
fn a_token_read_by_a_sale_is_read_for_nothing() {
    let mut world = deposit_without_token();
    only_sales(&mut world, "single");
    let outcome = world.run(tokenize("single"), &[]);
    assert_eq!(outcome.strategy, Some(Strategy::TokenAuthorization));
    let counters: Vec<(u64, u64, u64)> = outcome
        .payments
        .iter()
        .map(|payment| (payment.authorized, payment.captured, payment.refunded))
        .collect();
    assert_eq!(counters, [(1, 1, 1), (800, 0, 0)]);
    assert_eq!(world.order().tenders.len(), 2);
    world.check_agreement();
}

#[test]
fn a_second_card_can_be_topped_up_by_a_third() {
    let mut world = deposit_without_token();
    world.run(tokenize("single"), &[Fate::Partly(500)]);
    let outcome: Outcome = world.run(tokenize("token"), &[]);
    assert_eq!(outcome.reason, None);
    assert_eq!(standing(&world), (200, 800));
    assert_eq!(
        world.ask(tokenize("single")).unwrap_err(),
        Rejection::NothingToSecure
    );
}

#[test]
fn what_cannot_be_secured_is_refused_before_a_card_is_asked_for() {
    let mut world = World::new();
    let unknown = Rejection::OrderUnknown(OrderId::new("O"));
    assert_eq!(world.ask(tokenize("single")).unwrap_err(), unknown);
    world.put_order(0, &[1000], &[]);
    let missing = Rejection::DepositMissing;
    assert_eq!(world.ask(tokenize("single")).unwrap_err(), missing);

    let mut world = deposit_without_token();
    // No processor can use a token that `plain` reads.
    assert_eq!(
        world.ask(tokenize("plain")).unwrap_err(),
        Rejection::NoRoute
    );
    let nowhere = Rejection::TerminalUnknown(terminal("nowhere"));
    assert_eq!(world.ask(tokenize("nowhere")).unwrap_err(), nowhere);
    let profiles = &mut world.state.directory.terminals;
    let profile = profiles.get_mut(&terminal("single")).unwrap();
    profile.capabilities.card_token = false;
    assert_eq!(
        world.ask(tokenize("single")).unwrap_err(),
        Rejection::NoRoute
    );

    let holder = world.ask(tokenize("token")).unwrap();
    let busy = Rejection::OrderBusy { holder };
    assert_eq!(world.ask(world.pickup(&[0])).unwrap_err(), busy);
    world.settle(&[Fate::Approved, Fate::Approved, Fate::OnHold]);
    let secures: PaymentId = world.order().tenders[1].payment.clone();
    assert_eq!(world.payment(&secures).status(), Status::OnHold);
    assert_eq!(
        world.ask(tokenize("token")).unwrap_err(),
        Rejection::PaymentOnHold
    );
}
