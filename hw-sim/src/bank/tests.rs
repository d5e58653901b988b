#![expect(
    clippy::arithmetic_side_effects,
    reason = "a sum that overflows fails the test, as it should"
)]

use firmware_protocols::vocabulary::{Currency, Money};
use proptest::prelude::*;

use super::*;

const DAY: u64 = 24 * 3600;

fn nok(minor: u64) -> Money {
    Money::new(minor, Currency::NOK)
}

fn authorize(card: &str, minor: u64) -> Request {
    Request::Authorize {
        merchant: "shop".to_owned(),
        card_token: format!("card:{card}"),
        money: nok(minor),
        reference: None,
    }
}

fn capture(minor: u64) -> Request {
    Request::Capture {
        authorization: "au_000001".to_owned(),
        merchant: "shop".to_owned(),
        money: nok(minor),
    }
}

fn void(minor: u64) -> Request {
    Request::Void {
        authorization: "au_000001".to_owned(),
        merchant: "shop".to_owned(),
        money: nok(minor),
    }
}

fn refund(capture: &str, minor: u64) -> Request {
    Request::Refund {
        capture: capture.to_owned(),
        merchant: "shop".to_owned(),
        money: nok(minor),
    }
}

fn at_terminal(kind: TerminalKind, trace: &str, minor: u64) -> TerminalTransaction {
    TerminalTransaction {
        merchant: "shop".to_owned(),
        terminal_id: "68001234".to_owned(),
        trace_number: trace.to_owned(),
        kind,
        money: nok(minor),
        card: kind.reads_card().then(|| "visa-approve".to_owned()),
        original: None,
        want_token: true,
    }
}

fn about(kind: TerminalKind, trace: &str, minor: u64, original: (&str, &str)) -> Request {
    let (trace_number, code) = original;
    Request::Terminal(TerminalTransaction {
        original: Some((trace_number.to_owned(), code.to_owned())),
        ..at_terminal(kind, trace, minor)
    })
}

/// Runs requests under keys of their own; gives what each was answered.
fn run(bank: &mut Bank, requests: &[Request]) -> Vec<Status> {
    let before = bank.recorded.len();
    requests
        .iter()
        .enumerate()
        .map(|(at, request)| {
            let key = format!("key-{}", before + at);
            bank.execute(&key, request, 0).expect("new key").status
        })
        .collect()
}

/// `[authorized, captured, voided, expired, refunded]` of the first authorization.
fn counters(bank: &Bank) -> [u64; 5] {
    let one = bank.authorization("au_000001").expect("au_000001");
    [
        one.authorized,
        one.captured,
        one.voided,
        one.expired,
        one.refunded,
    ]
}

const YES: Status = Status::Approved;

const fn no(decline: Decline) -> Status {
    Status::Declined(decline)
}

#[test]
fn an_authorization_is_captured_in_parts_voided_and_refunded() {
    let mut bank = Bank::default();
    let said = run(
        &mut bank,
        &[
            authorize("visa-approve", 80_000),
            capture(20_000),
            capture(30_000),
            capture(30_001),
            void(30_000),
            void(1),
            refund("ca_000001", 15_000),
            refund("ca_000001", 5_001),
            refund("ca_000001", 5_000),
            refund("ca_000003", 1),
        ],
    );
    assert_eq!(
        said,
        [
            YES,
            YES,
            YES,
            no(Decline::ExceedsOpenAmount),
            YES,
            no(Decline::ExceedsOpenAmount),
            YES,
            no(Decline::ExceedsCapturedAmount),
            YES,
            no(Decline::CaptureUnknown),
        ]
    );
    assert_eq!(counters(&bank), [80_000, 50_000, 30_000, 0, 20_000]);
    assert_eq!(bank.totals(), [("NOK", 50_000, 20_000, 0)]);
}

#[test]
fn the_same_key_is_carried_out_once() {
    let mut bank = Bank::default();
    let first = bank.execute("k", &authorize("visa-approve", 100), 0);
    assert_eq!(bank.execute("k", &authorize("visa-approve", 100), 9), first);
    let other = bank.execute("k", &authorize("visa-approve", 101), 9);
    assert_eq!(other, Err(KeyReused));
    assert_eq!(bank.authorizations().count(), 1);
    assert_eq!(
        bank.recorded("k").map(|(_, answer)| Ok(answer.clone())),
        Some(first)
    );
    assert_eq!(bank.recorded("other"), None);
}

#[test]
fn cards_and_amounts_decide() {
    for (card, minor, status) in [
        ("visa-approve", 100, YES),
        ("mc-approve", 100, YES),
        ("no-token", 100, YES),
        ("slow", 100, YES),
        ("decline", 100, no(Decline::IssuerDeclined)),
        ("insufficient-funds", 100, no(Decline::InsufficientFunds)),
        ("expired", 100, no(Decline::ExpiredCard)),
        ("pin-wrong", 100, no(Decline::WrongPin)),
        ("lost-token", 100, no(Decline::CardNotPresent)),
        ("low-limit", 30_000, YES),
        ("low-limit", 30_001, no(Decline::InsufficientFunds)),
        ("nobody", 100, no(Decline::CardUnknown)),
        ("visa-approve", 1_251, no(Decline::InsufficientFunds)),
        ("visa-approve", 1_202, Status::OnHold),
    ] {
        let said = run(&mut Bank::default(), &[authorize(card, minor)]);
        assert_eq!(said, [status], "{card} {minor}");
    }
    let mut plain = Bank::new(Options {
        outcomes_by_amount: false,
        ..Options::default()
    });
    let said = run(&mut plain, &[authorize("visa-approve", 1_251)]);
    assert_eq!(said, [YES]);
}

#[test]
fn holds_and_captures_count_against_the_limit_until_they_are_given_back() {
    let mut bank = Bank::default();
    let low = |minor| authorize("low-limit", minor);
    let full = no(Decline::InsufficientFunds);
    let first = [low(20_000), low(10_001), capture(15_000), low(10_001)];
    assert_eq!(run(&mut bank, &first), [YES, full, YES, full]);
    let then = [
        void(5_000),
        low(15_001),
        refund("ca_000001", 15_000),
        low(30_000),
    ];
    assert_eq!(run(&mut bank, &then), [YES, full, YES, YES]);
}

#[test]
fn tokens_belong_to_one_merchant() {
    let mut bank = Bank::default();
    let sale = Request::Terminal(at_terminal(TerminalKind::Sale, "000001", 100));
    let token = bank.execute("sale", &sale, 0).expect("new key").token;
    let token = token.expect("a token");
    let pay = |merchant: &str, token: &str| Request::Authorize {
        merchant: merchant.to_owned(),
        card_token: token.to_owned(),
        money: nok(500),
        reference: None,
    };
    let said = run(
        &mut bank,
        &[pay("shop", &token), pay("other", &token), pay("shop", "00")],
    );
    let mismatch = no(Decline::MerchantMismatch);
    assert_eq!(said, [YES, mismatch, no(Decline::TokenUnknown)]);
}

#[test]
fn authorizations_expire_by_time_and_by_hand() {
    let mut bank = Bank::default();
    assert_eq!(
        run(&mut bank, &[authorize("visa-approve", 100), capture(40)]),
        [YES, YES]
    );
    let late = bank.execute("late", &capture(1), 7 * DAY).expect("new key");
    assert_eq!(late.status, no(Decline::AuthorizationExpired));
    assert_eq!(counters(&bank), [100, 40, 0, 60, 0]);
    assert_eq!(run(&mut bank, &[refund("ca_000001", 40)]), [YES]);

    let mut bank = Bank::default();
    assert_eq!(run(&mut bank, &[authorize("visa-approve", 100)]), [YES]);
    assert_eq!(bank.expire("au_000001"), Ok(()));
    assert_eq!(bank.expire("au_000002"), Err(Decline::AuthorizationUnknown));
    assert_eq!(
        run(&mut bank, &[void(1)]),
        [no(Decline::AuthorizationExpired)]
    );
    assert_eq!(counters(&bank), [100, 0, 0, 100, 0]);
}

#[test]
fn a_person_decides_on_what_is_on_hold() {
    for (is_approved, authorized, then) in [
        (true, 1_002, YES),
        (false, 0, no(Decline::AuthorizationUnknown)),
    ] {
        let mut bank = Bank::new(Options {
            outcomes_by_amount: true,
            ..Options::default()
        });
        let first = [authorize("visa-approve", 1_002), capture(1_000)];
        let held = no(Decline::AuthorizationOnHold);
        assert_eq!(run(&mut bank, &first), [Status::OnHold, held]);
        assert_eq!(bank.review("au_000001", is_approved), Ok(()));
        assert_eq!(counters(&bank), [authorized, 0, 0, 0, 0]);
        assert_eq!(run(&mut bank, &[capture(1_000)]), [then]);
        assert!(bank.review("au_000001", true).is_err());
    }
}

#[test]
fn a_processor_may_take_one_capture_only() {
    let mut bank = Bank::new(Options {
        several_captures: false,
        ..Options::default()
    });
    let asked = [authorize("visa-approve", 100), capture(40), capture(10)];
    assert_eq!(
        run(&mut bank, &asked),
        [YES, YES, no(Decline::AlreadyCaptured)]
    );
    assert_eq!(counters(&bank), [100, 40, 60, 0, 0]);
}

#[test]
fn a_processor_may_capture_only_whole() {
    let mut bank = Bank::new(Options {
        whole_captures: true,
        ..Options::default()
    });
    let asked = [authorize("visa-approve", 100), capture(40), capture(100)];
    let refused = no(Decline::AmountNotAllowed);
    assert_eq!(run(&mut bank, &asked), [YES, refused, YES]);
    assert_eq!(counters(&bank), [100, 100, 0, 0, 0]);
}

#[test]
fn declines_can_be_forced() {
    let mut bank = Bank::default();
    bank.force_decline(Some(Operation::Capture), Decline::CardBlocked, 1);
    let asked = [authorize("visa-approve", 100), capture(40), capture(40)];
    assert_eq!(run(&mut bank, &asked), [YES, no(Decline::CardBlocked), YES]);
}

#[test]
fn reservations_of_a_terminal_end_in_four_ways() {
    use TerminalKind::{Authorize, Capture, Reduce, Void};
    let held = ("000001", "A0000001");
    for (kind, minor, counted) in [
        (Capture, 3_400, [5_000, 3_400, 1_600, 0, 0]),
        (Reduce, 1_600, [5_000, 3_400, 1_600, 0, 0]),
        (Capture, 0, [5_000, 0, 5_000, 0, 0]),
        (Void, 0, [5_000, 0, 5_000, 0, 0]),
    ] {
        let mut bank = Bank::default();
        let hold = Request::Terminal(at_terminal(Authorize, "000001", 5_000));
        let end = about(kind, "000002", minor, held);
        let again = about(kind, "000003", minor, held);
        let nothing_left = no(Decline::ExceedsOpenAmount);
        assert_eq!(
            run(&mut bank, &[hold, end, again]),
            [YES, YES, nothing_left]
        );
        assert_eq!(counters(&bank), counted, "{kind:?}");
    }
}

#[test]
fn what_a_terminal_did_can_be_undone_once() {
    use TerminalKind::{Authorize, Capture, Refund, Reverse, Sale};
    let undo = |trace, code| about(Reverse, "000009", 0, (trace, code));
    let twice = no(Decline::AlreadyReversed);

    let mut bank = Bank::default();
    let sale = Request::Terminal(at_terminal(Sale, "000001", 700));
    let said = run(
        &mut bank,
        &[sale, undo("000001", "A0000001"), undo("000001", "A0000001")],
    );
    assert_eq!(said, [YES, YES, twice]);
    assert_eq!(counters(&bank), [700, 0, 700, 0, 0]);
    assert_eq!(bank.totals(), [("NOK", 0, 0, 0)]);

    let mut bank = Bank::default();
    let hold = Request::Terminal(at_terminal(Authorize, "000001", 700));
    let take = about(Capture, "000002", 300, ("000001", "A0000001"));
    let said = run(&mut bank, &[hold, take, undo("000002", "A0000001")]);
    assert_eq!(said, [YES, YES, YES]);
    assert_eq!(counters(&bank), [700, 0, 0, 0, 0]);
    assert_eq!(run(&mut bank, &[undo("000001", "A0000001")]), [YES]);
    assert_eq!(counters(&bank), [700, 0, 700, 0, 0]);

    let mut bank = Bank::default();
    let credit = Request::Terminal(at_terminal(Refund, "000001", 700));
    assert_eq!(run(&mut bank, &[credit]), [YES]);
    assert_eq!(bank.totals(), [("NOK", 0, 700, 0)]);
    assert_eq!(run(&mut bank, &[undo("000001", "R0000001")]), [YES]);
    assert_eq!(bank.totals(), []);
}

#[test]
fn the_processor_knows_what_a_terminal_made() {
    let mut bank = Bank::default();
    let hold = Request::Terminal(at_terminal(TerminalKind::Authorize, "000001", 700));
    let sale = Request::Terminal(at_terminal(TerminalKind::Sale, "000002", 900));
    let take = Request::Capture {
        authorization: "pt:68001234:000001:A0000001".to_owned(),
        merchant: "shop".to_owned(),
        money: nok(300),
    };
    let other = Request::Capture {
        authorization: "pt:68001234:000002:A0000001".to_owned(),
        merchant: "shop".to_owned(),
        money: nok(300),
    };
    let back = refund("pt:68001234:000002:A0000002", 900);
    let unknown = no(Decline::AuthorizationUnknown);
    let said = run(&mut bank, &[hold, sale, take, other, back]);
    assert_eq!(said, [YES, YES, YES, unknown, YES]);
    assert_eq!(bank.totals(), [("NOK", 1_200, 900, 400)]);
}

#[test]
fn merchants_and_currencies_are_kept_apart() {
    let mut bank = Bank::default();
    let of = |merchant: &str, currency| Request::Capture {
        authorization: "au_000001".to_owned(),
        merchant: merchant.to_owned(),
        money: Money::new(1, currency),
    };
    let asked = [
        authorize("visa-approve", 100),
        of("other", Currency::NOK),
        of("shop", Currency::EUR),
    ];
    let merchant = no(Decline::MerchantMismatch);
    let currency = no(Decline::CurrencyMismatch);
    assert_eq!(run(&mut bank, &asked), [YES, merchant, currency]);
}

/// Any request at all, on few references, so that they meet.
fn any_request() -> impl Strategy<Value = Request> {
    let reference = prop_oneof![
        (1_u64..5).prop_map(|number| format!("au_{number:06}")),
        (1_u64..5).prop_map(|number| format!("pt:68001234:{number:06}:A{number:07}")),
    ];
    let taken = prop_oneof![
        (1_u64..5).prop_map(|number| format!("ca_{number:06}")),
        (1_u64..5).prop_map(|number| format!("pt:68001234:{number:06}:A{number:07}")),
    ];
    (0_u8..12, reference, taken, 1_u64..5, 0_u64..1_000).prop_map(
        |(which, authorization, capture, original, minor)| {
            let merchant = "shop".to_owned();
            let money = nok(minor);
            let trace = format!("{original:06}");
            let code = format!("A{original:07}");
            let at = |kind| about(kind, &format!("1{original:05}"), minor, (&trace, &code));
            match which {
                0 => authorize("low-limit", minor),
                1 => Request::Capture {
                    authorization,
                    merchant,
                    money,
                },
                2 => Request::Void {
                    authorization,
                    merchant,
                    money,
                },
                3 => Request::Increment {
                    authorization,
                    merchant,
                    money,
                },
                4 => Request::Refund {
                    capture,
                    merchant,
                    money,
                },
                5 => Request::Terminal(at_terminal(TerminalKind::Sale, &trace, minor)),
                6 => Request::Terminal(at_terminal(TerminalKind::Authorize, &trace, minor)),
                7 => at(TerminalKind::Capture),
                8 => at(TerminalKind::Reduce),
                9 => at(TerminalKind::Void),
                10 => at(TerminalKind::Reverse),
                _ => Request::Terminal(at_terminal(TerminalKind::Refund, &trace, minor)),
            }
        },
    )
}

proptest! {
    #[test]
    fn money_is_conserved_whatever_is_asked(
        requests in proptest::collection::vec((any_request(), 0_u64..3 * DAY), 1..60)
    ) {
        let mut bank = Bank::default();
        let mut now = 0;
        for (at, (request, pause)) in requests.iter().enumerate() {
            now += pause;
            let key = format!("key-{at}");
            let first = bank.execute(&key, request, now);
            prop_assert_eq!(bank.execute(&key, request, now), first);
            for one in bank.authorizations() {
                prop_assert!(one.captured + one.voided + one.expired <= one.authorized);
                prop_assert!(one.refunded <= one.captured);
                let taken: u64 = bank
                    .captures()
                    .filter(|capture| capture.authorization == one.number && !capture.is_reversed)
                    .map(|capture| capture.amount_minor)
                    .sum();
                prop_assert_eq!(taken, one.captured);
            }
            // What counts against the limits is exactly what is held or kept.
            let kept: u64 = bank
                .authorizations()
                .map(|one| one.open() + one.captured - one.refunded)
                .sum();
            let used: u64 = bank.used.values().sum();
            prop_assert_eq!(kept, used);
        }
    }
}
