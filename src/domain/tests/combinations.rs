//! Deposit, remainder and token, each well, failed or unknown (S14): every row of the table in
//! docs/deposit.md, in both ways.

use std::collections::BTreeSet;

use super::outside::Fate;
use super::samples::{nok, order, terminal};
use super::world::World;
use crate::domain::outcome::{Outcome, Verdict};
use crate::domain::request::Request;

const DOCUMENT: &str = include_str!("../../../docs/deposit.md");

/// How one of the three goes, as the first columns of the table say.
const PARTS: [&str; 3] = ["ok", "failed", "unknown"];

/// What a terminal does: an unknown end is found to have happened or not.
fn at_terminal(part: &str) -> Vec<Vec<Fate>> {
    match part {
        "ok" => vec![vec![Fate::Approved]],
        "failed" => vec![vec![Fate::Declined]],
        "unknown" => vec![
            vec![Fate::LostAfter],
            vec![Fate::LostReported],
            vec![Fate::LostBefore],
            vec![Fate::Reversed],
        ],
        other => panic!("{other}"),
    }
}

/// What a processor does; one that never got the request gets it with the inquiry, under its key.
fn at_processor(part: &str) -> Vec<Vec<Fate>> {
    match part {
        "ok" => vec![vec![Fate::Approved]],
        "failed" => vec![vec![Fate::Declined]],
        "unknown" => vec![
            vec![Fate::LostAfter],
            vec![Fate::LostBefore],
            vec![Fate::LostBefore, Fate::Declined],
        ],
        other => panic!("{other}"),
    }
}

/// The name of an end, after checking what it means for the customer.
fn end(world: &World, outcome: &Outcome) -> String {
    let name = match (outcome.verdict, outcome.reason) {
        (Verdict::Approved, None) => "approved".to_owned(),
        (Verdict::Declined, Some(reason)) if outcome.strategy.is_some() => word(reason),
        (Verdict::Approved, Some(reason)) => word(reason),
        (Verdict::Declined, _) => "declined".to_owned(),
        (Verdict::Failed, _) => "failed".to_owned(),
        (Verdict::Cancelled, _) => "cancelled".to_owned(),
    };
    let (paid, held, stored) = match name.as_str() {
        "approved" => (200, 800, 1),
        "remainder_declined" | "second_card_needed" => (200, 0, 1),
        "deposit_not_captured" | "declined" | "failed" => (0, 0, 0),
        other => panic!("not an end of the table: {other}"),
    };
    let payments = world.state.books.payments.values();
    let got = payments.fold((0, 0), |sum, payment| {
        (sum.0 + payment.paid().minor, sum.1 + payment.open().minor)
    });
    assert_eq!(got, (paid, held), "{name}");
    assert_eq!(world.state.books.orders.len(), stored, "{name}");
    name
}

fn word(reason: crate::domain::outcome::Reason) -> String {
    let word = serde_json::to_value(reason).unwrap();
    word.as_str().unwrap().to_owned()
}

/// All ends that a way can come to.
fn ends(way: &str, deposit: &str, remainder: &str, token: &str) -> BTreeSet<String> {
    let (first, second) = match way {
        "token" => (at_terminal(deposit), at_processor(remainder)),
        _ => (at_terminal(remainder), at_processor(deposit)),
    };
    let mut ends = BTreeSet::new();
    for first in &first {
        for second in &second {
            let mut world = World::new();
            // What is not told is no token.
            world.bank.no_card_token = token != "ok";
            let request = Request::DepositTake {
                terminal: terminal(way),
                order: order(0, &[1000]),
                deposit: nok(200),
            };
            let fates: Vec<Fate> = first.iter().chain(second).copied().collect();
            let outcome = world.run(request, &fates);
            world.check_agreement();
            ends.insert(end(&world, &outcome));
        }
    }
    ends
}

#[test]
fn s14_every_row_of_the_documented_table_is_what_happens() {
    let rows: Vec<Vec<&str>> = DOCUMENT
        .lines()
        .map(|line| line.split('|').map(str::trim).collect())
        .filter(|cells: &Vec<&str>| cells.len() == 7 && PARTS.contains(&cells[1]))
        .collect();
    let mut seen = BTreeSet::new();
    for cells in &rows {
        let [deposit, remainder, token] = [cells[1], cells[2], cells[3]];
        assert!(seen.insert((deposit, remainder, token)), "{cells:?}");
        for (way, cell) in [("token", cells[4]), ("single", cells[5])] {
            let documented: BTreeSet<String> = cell
                .split('/')
                .map(|end| end.trim().trim_matches('`').to_owned())
                .collect();
            let happens = ends(way, deposit, remainder, token);
            assert_eq!(happens, documented, "{way} {cells:?}");
        }
    }
    assert_eq!(seen.len(), 27, "all combinations are there");
}
