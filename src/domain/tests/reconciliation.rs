//! What the books count of a terminal's batch, and how they are held against what it tells (S48).

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::card::Card;
use firmware_protocols::vocabulary::terminal::{Reservation, TerminalRequest, Totals};

use super::samples::{nok, terminal};
use crate::domain::effect::ProcessorRequest;
use crate::domain::id::{MerchantAccountId, PaymentId, SealedToken};
use crate::domain::operation::{Answer, Approval, Call, Step};
use crate::domain::outcome::Reason;
use crate::domain::reconciliation::{Counted, Reconciliation, Turnover};
use crate::domain::terminal::{TerminalReference, TransactionMark};

/// A step of a payment at the terminal.
pub(super) fn step(payment: &str, request: TerminalRequest, answer: Option<Answer>) -> Step {
    Step {
        payment: PaymentId::new(payment),
        call: Call::Terminal {
            terminal: terminal("single"),
            request,
        },
        baseline: None,
        sent_as: None,
        reported: None,
        in_doubt: answer.is_none(),
        attempts: 0,
        waiting: false,
        until: None,
        answer,
    }
}

/// Carried out under a receipt number, with a card of this brand; for so much, where that is told.
fn done(receipt: &str, brand: Option<&str>, amount: Option<u64>) -> Option<Answer> {
    let mark = TransactionMark {
        receipt_number: Some(receipt.to_owned()),
        trace_number: None,
        date: None,
        time: None,
    };
    let card = brand.map(|brand| Card {
        masked_pan: None,
        brand: Some(brand.to_owned()),
        entry_mode: None,
    });
    Some(Answer::Approved(Box::new(Approval {
        amount,
        card,
        terminal: Some(TerminalReference {
            terminal: terminal("single"),
            mark,
            authorization_code: None,
            terminal_id: None,
            merchant_id: None,
        }),
        ..Approval::default()
    })))
}

fn take(minor: u64) -> TerminalRequest {
    TerminalRequest::Sale {
        amount: nok(minor),
        want_token: false,
    }
}

fn hold(minor: u64) -> TerminalRequest {
    TerminalRequest::Authorize {
        amount: nok(minor),
        want_token: false,
    }
}

fn held(receipt: &str, minor: u64) -> Reservation {
    Reservation {
        receipt_number: receipt.to_owned(),
        trace_number: None,
        authorization_code: None,
        amount: nok(minor),
    }
}

fn book(receipt: &str, minor: u64) -> TerminalRequest {
    TerminalRequest::CaptureReservation {
        reservation: held(receipt, 900),
        amount: nok(minor),
    }
}

fn reduce(receipt: &str, unused: u64) -> TerminalRequest {
    TerminalRequest::ReduceReservation {
        reservation: held(receipt, 900),
        unused: nok(unused),
    }
}

fn release(receipt: &str) -> TerminalRequest {
    TerminalRequest::VoidReservation {
        reservation: held(receipt, 900),
    }
}

fn reverse(receipt: &str, minor: u64) -> TerminalRequest {
    TerminalRequest::Reverse {
        receipt_number: receipt.to_owned(),
        amount: nok(minor),
    }
}

fn back(minor: u64) -> TerminalRequest {
    TerminalRequest::Refund { amount: nok(minor) }
}

/// A visa sale that was carried out for what was asked.
pub(super) fn sold(payment: &str, receipt: &str, minor: u64) -> Step {
    step(payment, take(minor), done(receipt, Some("VISA"), None))
}

fn by_processor() -> Step {
    let request = ProcessorRequest::Capture {
        amount: nok(500),
        auth_token: SealedToken::new("auth".to_owned()),
    };
    Step {
        call: Call::Processor {
            account: MerchantAccountId::new("many"),
            request,
        },
        ..sold("p", "0001", 500)
    }
}

fn compare(told: &Totals, steps: &[Step]) -> Reconciliation {
    let turnover = Turnover::of(steps);
    Reconciliation::of(terminal("single"), Currency::NOK, true, told, &turnover)
}

/// What a terminal tells of its groups, and of the numbers in its batch.
pub(super) fn told(groups: &[(&str, u32, u64)], receipts: Option<(&str, &str)>) -> Totals {
    Totals {
        total_minor: Some(groups.iter().map(|(_, _, minor)| minor).sum()),
        first_receipt: receipts.map(|(first, _)| first.to_owned()),
        last_receipt: receipts.map(|(_, last)| last.to_owned()),
        groups: groups
            .iter()
            .map(|(name, count, minor)| ((*name).to_owned(), *count, *minor))
            .collect(),
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_a_terminal_has_taken_and_given_back_is_counted_once() {
    let visa = Some("VISA");
    let no = |reason| Some(Answer::Declined(reason));
    // Name, steps since the batch was closed last, how many count, what they come to.
    let rows: Vec<(&str, Vec<Step>, u32, u64)> = vec![
        ("nothing", vec![], 0, 0),
        ("a sale", vec![sold("p", "0001", 500)], 1, 500),
        (
            "a sale of which the issuer gave less",
            vec![step("p", take(500), done("0001", visa, Some(300)))],
            1,
            300,
        ),
        (
            "what did not come to anything",
            vec![
                step("p", take(500), no(Reason::CardDeclined)),
                step("q", take(500), Some(Answer::Cancelled)),
                step("r", take(500), Some(Answer::NotDone(Reason::TerminalBusy))),
            ],
            0,
            0,
        ),
        (
            "what is in doubt is counted by nobody yet",
            vec![sold("p", "0001", 500), step("q", take(700), None)],
            1,
            500,
        ),
        (
            "a sale that was undone",
            vec![
                sold("p", "0001", 500),
                sold("q", "0002", 700),
                step("p", reverse("0001", 500), done("0003", visa, None)),
            ],
            1,
            700,
        ),
        (
            "a sale that was not undone",
            vec![
                sold("p", "0001", 500),
                step("p", reverse("0001", 500), no(Reason::ReversalNotPossible)),
            ],
            1,
            500,
        ),
        (
            "what undoes a sale of the day before counts nothing",
            vec![step("p", reverse("0009", 500), done("0010", visa, None))],
            0,
            0,
        ),
        (
            "of two sales with one number the later was undone",
            vec![
                sold("p", "0001", 500),
                sold("q", "0001", 700),
                step("q", reverse("0001", 700), done("0002", visa, None)),
            ],
            1,
            500,
        ),
        (
            "a refund",
            vec![
                sold("p", "0001", 500),
                step("p", back(200), done("0002", visa, None)),
            ],
            2,
            300,
        ),
        (
            "a refund of what was taken the day before: less than nothing is nothing",
            vec![step("p", back(200), done("0001", visa, None))],
            1,
            0,
        ),
        (
            "a hold",
            vec![step("p", hold(900), done("0001", visa, None))],
            0,
            0,
        ),
        (
            "a hold that was released",
            vec![
                step("p", hold(900), done("0001", visa, None)),
                step("p", release("0001"), done("0002", visa, None)),
            ],
            0,
            0,
        ),
        (
            "a hold that was booked in part",
            vec![
                step("p", hold(900), done("0001", visa, None)),
                step("p", book("0001", 600), done("0002", None, None)),
            ],
            1,
            600,
        ),
        (
            "a hold of the day before that was booked but for what was not used",
            vec![step("p", reduce("0009", 250), done("0001", visa, None))],
            1,
            650,
        ),
        ("what a processor did", vec![by_processor()], 0, 0),
        (
            "questions",
            vec![
                step("p", TerminalRequest::Totals, done("0001", None, None)),
                step("p", TerminalRequest::Inquire, done("0001", None, None)),
            ],
            0,
            0,
        ),
    ];
    for (name, steps, count, minor) in rows {
        let compared = compare(&told(&[("VISA", count, minor)], None), &steps);
        assert!(compared.agrees(), "{name}: {compared:?}");
        let here = compared.groups.first().map(|group| group.here);
        let counted = (count > 0).then_some(Counted { count, minor });
        assert_eq!(here, counted, "{name}");
        let more = compare(&told(&[("VISA", count + 1, minor + 1)], None), &steps);
        assert!(!more.agrees(), "{name}: {more:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_difference_is_named_by_what_would_explain_it() {
    let three = || {
        vec![
            sold("p", "0001", 500),
            sold("q", "0002", 700),
            sold("r", "0003", 700),
        ]
    };
    let range = Some(("0001", "0003"));
    // Told, steps, likely, not at the terminal, not here.
    type Row = (
        Totals,
        Vec<Step>,
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    );
    let rows: Vec<Row> = vec![
        (told(&[("VISA", 3, 1_900)], range), three(), &[], &[], &[]),
        // One less: each that is as large could be the one.
        (
            told(&[("VISA", 2, 1_400)], range),
            three(),
            &["p"],
            &[],
            &[],
        ),
        (
            told(&[("VISA", 2, 1_200)], range),
            three(),
            &["q", "r"],
            &[],
            &[],
        ),
        // One less, and no single payment explains it.
        (told(&[("VISA", 2, 1_000)], range), three(), &[], &[], &[]),
        // The terminal has one that is not known here.
        (
            told(&[("VISA", 4, 2_500)], Some(("0001", "0004"))),
            three(),
            &[],
            &[],
            &["0004"],
        ),
        // The terminal had closed its batch by itself in between.
        (
            told(&[("VISA", 1, 700)], Some(("0003", "0003"))),
            three(),
            &[],
            &["p", "q"],
            &[],
        ),
        // 9999 is followed by 0001.
        (
            told(&[("VISA", 3, 900)], Some(("9998", "0001"))),
            vec![sold("p", "9998", 100), sold("q", "9999", 200)],
            &[],
            &[],
            &["0001"],
        ),
        // Without numbers, or with what are none, nothing can be said of them.
        (told(&[("VISA", 4, 2_500)], None), three(), &[], &[], &[]),
        (
            told(&[("VISA", 4, 2_500)], Some(("0000", "x"))),
            three(),
            &[],
            &[],
            &[],
        ),
    ];
    for (told, steps, likely, not_at_terminal, not_here) in rows {
        let compared = compare(&told, &steps);
        let names = |ids: &[PaymentId]| -> Vec<String> {
            ids.iter().map(|id| id.as_str().to_owned()).collect()
        };
        assert_eq!(names(&compared.likely), likely, "{told:?}");
        assert_eq!(
            names(&compared.not_at_terminal),
            not_at_terminal,
            "{told:?}"
        );
        assert_eq!(compared.not_here, not_here, "{told:?}");
    }
}

#[test]
fn cards_are_counted_in_the_group_that_their_name_is_in() {
    let paid = |payment: &str, brand: Option<&str>, minor: u64| {
        step(payment, take(minor), done("0001", brand, None))
    };
    let steps = [
        paid("a", Some("VISA"), 1),
        paid("b", Some("Visa Electron"), 20),
        paid("c", Some("Dankort"), 300),
        paid("d", None, 4_000),
        // What books a hold does not tell the card again.
        step("e", hold(900), done("0002", Some("Mastercard"), None)),
        step("e", book("0002", 900), done("0003", None, None)),
    ];
    let groups = [("Mastercard", 1, 900), ("VISA", 2, 21)];
    let with_other = [groups[0], groups[1], ("other", 2, 4_300)];
    assert!(compare(&told(&with_other, None), &steps).agrees());
    // A terminal that has no such group counts nothing in it.
    let compared = compare(&told(&groups, None), &steps);
    let differs: Vec<&str> = compared
        .groups
        .iter()
        .filter(|group| !group.agrees())
        .map(|group| group.name.as_str())
        .collect();
    assert_eq!(differs, ["other"]);
    // One that names no groups at all is compared by its sum alone.
    let mut sum = told(&[], None);
    for (minor, agrees) in [(5_221, true), (5_220, false)] {
        sum.total_minor = Some(minor);
        assert_eq!(compare(&sum, &steps).agrees(), agrees, "{minor}");
    }
}

#[test]
fn above_what_fits_a_byte_only_sums_are_compared() {
    for (sales, counted, agrees) in [(255, 255, true), (255, 254, false), (256, 0, true)] {
        let steps: Vec<Step> = (0..sales)
            .map(|at| sold(&format!("p{at}"), &format!("{:04}", at + 1), 100))
            .collect();
        let sum = 100 * u64::try_from(sales).unwrap();
        let told = told(&[("VISA", counted, sum)], None);
        assert_eq!(compare(&told, &steps).agrees(), agrees, "{sales}");
    }
}

#[test]
fn at_most_fifty_are_named() {
    let steps: Vec<Step> = (0..80)
        .map(|at| sold(&format!("p{at}"), &format!("{:04}", at + 1), 100))
        .collect();
    let missing = compare(&told(&[("VISA", 79, 7_900)], None), &steps);
    assert_eq!(missing.likely.len(), 50);
    let elsewhere = told(&[("VISA", 200, 1)], Some(("0100", "0299")));
    let elsewhere = compare(&elsewhere, &steps);
    let lists = (elsewhere.not_at_terminal.len(), elsewhere.not_here.len());
    assert_eq!(lists, (50, 50));
}
