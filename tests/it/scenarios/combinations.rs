//! S14 at a real station: deposit, remainder and token each go well or not, as the table of
//! docs/deposit.md has it. A token that nobody knows of is one that was not told: what that means is
//! tried in the domain alone.

use serde_json::{Value, json};

use super::recovery::{end_of, fault};
use super::{Store, deposit};
use crate::store::{Line, Setup};

/// How one of the three goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Ok,
    Failed,
    Unknown,
}

/// The way of the deposit.
#[derive(Clone, Copy, Debug)]
enum Way {
    Token,
    Single,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    way: Way,
    deposit: Goes,
    remainder: Goes,
    token: Goes,
}

const STORES_AT_ONCE: usize = 6;

#[test]
fn s14_deposit_remainder_and_token_in_every_combination() {
    let all = [Goes::Ok, Goes::Failed, Goes::Unknown];
    let mut cells = Vec::new();
    for way in [Way::Token, Way::Single] {
        for deposit in all {
            for remainder in all {
                for token in [Goes::Ok, Goes::Failed] {
                    cells.push(Cell {
                        way,
                        deposit,
                        remainder,
                        token,
                    });
                }
            }
        }
    }
    for some in cells.chunks(STORES_AT_ONCE) {
        std::thread::scope(|scope| {
            for cell in some {
                scope.spawn(|| check(*cell));
            }
        });
    }
}

fn check(cell: Cell) {
    let soon = ["--t2-ms", "250", "--t3-ms", "1500", "--reboot-ms", "300"];
    let store = Store::open_with(Line::Serial, &soon, |setup| match cell.way {
        Way::Token => setup.impatient().without_pre_authorization(),
        Way::Single => Setup::impatient(setup),
    });
    disturb(&store, cell);
    let mut app = store.station.app();
    app.call("deposit.take", deposit("k1", "O-14", 20_000));
    let end = end_of(&mut app, "k1");
    let said = format!("{cell:?}: {end}");

    let allowed = allowed(cell);
    let name = named(&end);
    assert!(
        allowed.contains(&name),
        "{name} is not in {allowed:?}: {said}"
    );
    let (paid, held, is_stored) = match name {
        "approved" => (20_000, 80_000, true),
        "remainder_declined" | "second_card_needed" => (20_000, 0, true),
        _ => (0, 0, false),
    };
    let booked = |counter: &str| store.processor.booked(counter);
    let captured = booked("captured_minor");
    assert_eq!(captured - booked("refunded_minor"), paid, "{said}");
    let open = booked("authorized_minor") - captured - booked("voided_minor");
    assert_eq!(open, held, "{said}");
    assert_eq!(store.terminal.presentations(), 1, "{said}");
    let order = app.try_call("order.get", json!({"order_id": "O-14"}));
    assert_eq!(order.unwrap().is_ok(), is_stored, "{said}");
}

/// Arranges what goes wrong. What comes first is asked of the terminal, what comes then of the
/// processor: by token first the deposit and then the remainder, else both together and then the
/// deposit's capture.
fn disturb(store: &Store, cell: Cell) {
    let (at_terminal, at_processor, call) = match cell.way {
        Way::Token => (cell.deposit, cell.remainder, "authorize"),
        Way::Single => (cell.remainder, cell.deposit, "capture"),
    };
    match (at_terminal, cell.token) {
        (Goes::Failed, _) => store.use_card("decline"),
        (Goes::Ok | Goes::Unknown, Goes::Ok) => {}
        (Goes::Ok | Goes::Unknown, Goes::Failed | Goes::Unknown) => store.use_card("no-token"),
    }
    if at_terminal == Goes::Unknown {
        fault(store, json!({"kind": "lose_result"}));
    }
    match at_processor {
        Goes::Ok => {}
        Goes::Failed => {
            let decline = json!({"on": call, "decline": "insufficient_funds"});
            store.processor.post("/control/decline", decline);
        }
        Goes::Unknown => {
            let lose = json!({"on": call, "do": "drop_answer", "count": 1});
            store.processor.post("/control/faults", lose);
        }
    }
}

/// The ends that the table allows.
fn allowed(cell: Cell) -> Vec<&'static str> {
    let word = |goes: Goes| format!("{goes:?}").to_lowercase();
    let row = format!(
        "| {} | {} | {} |",
        word(cell.deposit),
        word(cell.remainder),
        word(cell.token)
    );
    let table = include_str!("../../../docs/deposit.md");
    let row = table.lines().find(|line| line.starts_with(&row)).unwrap();
    let column = match cell.way {
        Way::Token => 4,
        Way::Single => 5,
    };
    let ends = row.split('|').nth(column).unwrap().split(" / ");
    ends.map(|end| end.trim().trim_matches('`')).collect()
}

/// An end as the table calls it.
fn named(end: &Value) -> &str {
    let code = end["code"].as_str().unwrap();
    match end["outcome"].as_str().unwrap() {
        "declined" if code == "deposit_not_captured" => code,
        "approved" => code,
        outcome => outcome,
    }
}
