//! Every other operation that moves money, killed at every point that it passes: at the terminal, at
//! the processor, and where an order's money is shipped, cancelled or secured by a second card.

use serde_json::{Value, json};

use super::{IMPATIENT, Store, arm, at_each, connected, ended, points, start};
use crate::scenarios::journal::assert_whole;
use crate::scenarios::{deposit, sale};
use crate::store::{App, Line, Setup, Simulator};

const AMOUNT: u64 = 50_000;

/// An operation that is killed half-way.
#[derive(Clone, Copy)]
struct Deed {
    adapt: fn(Setup) -> Setup,
    /// What is there before; gives what the operation is about.
    prepare: fn(&Store, &mut App) -> Value,
    method: &'static str,
    params: fn(key: &str, about: &Value) -> Value,
    /// What the processor's books say before: authorized, captured, voided, refunded.
    before: [u64; 4],
    /// What they say when it is approved.
    approved: [u64; 4],
    /// Whether it is asked of the terminal, which takes back what it could not tell.
    at_terminal: bool,
}

const SALE: Deed = Deed {
    adapt: Setup::impatient,
    prepare: |_, _| Value::Null,
    method: "payment.sale",
    params: |key, _| sale(key, AMOUNT),
    before: [0; 4],
    approved: [AMOUNT, AMOUNT, 0, 0],
    at_terminal: true,
};

const AUTHORIZE: Deed = Deed {
    method: "payment.authorize",
    approved: [AMOUNT, 0, 0, 0],
    ..SALE
};

/// Of what is held a part is taken.
const CAPTURE: Deed = Deed {
    prepare: |_, app| paid(app, "payment.authorize"),
    method: "payment.capture",
    params: |key, payment| part(key, payment, 30_000),
    before: [AMOUNT, 0, 0, 0],
    approved: [AMOUNT, 30_000, 0, 0],
    at_terminal: false,
    ..SALE
};

const VOID: Deed = Deed {
    method: "payment.void",
    params: |key, payment| json!({"idempotency_key": key, "payment_id": payment}),
    approved: [AMOUNT, 0, AMOUNT, 0],
    ..CAPTURE
};

const REFUND: Deed = Deed {
    prepare: |_, app| paid(app, "payment.sale"),
    method: "payment.refund",
    before: [AMOUNT, AMOUNT, 0, 0],
    approved: [AMOUNT, AMOUNT, 0, 30_000],
    ..CAPTURE
};

const SHIP: Deed = Deed {
    prepare: |_, app| {
        let mut params = deposit("k0", "O-4", 20_000);
        for line in params["order"]["lines"].as_array_mut().unwrap() {
            line["fulfilment"] = json!("ship");
        }
        let taken = app.call("deposit.take", params);
        assert_eq!(taken["captured_minor"], 20_000, "{taken}");
        taken["order"]["version"].clone()
    },
    method: "order.ship",
    params: |key, version| {
        json!({
            "idempotency_key": key, "order_id": "O-4", "order_version": version, "lines": ["1", "2"],
        })
    },
    before: [100_000, 20_000, 0, 0],
    approved: [100_000, 100_000, 0, 0],
    ..CAPTURE
};

/// What is held is released, and the deposit given back.
const CANCEL: Deed = Deed {
    prepare: |_, app| {
        let taken = app.call("deposit.take", deposit("k0", "O-4", 20_000));
        assert_eq!(taken["captured_minor"], 20_000, "{taken}");
        taken["order"]["version"].clone()
    },
    method: "order.cancel",
    params: |key, version| {
        json!({
            "idempotency_key": key, "order_id": "O-4", "order_version": version,
            "deposit": "refund",
        })
    },
    approved: [100_000, 20_000, 80_000, 20_000],
    ..SHIP
};

/// A second card's token is read by a sale of 0.01, which is given back, and holds the remainder.
const TOKENIZE: Deed = Deed {
    adapt: |setup| setup.impatient().without_pre_authorization(),
    prepare: |store, app| {
        store.use_card("no-token");
        let taken = app.call("deposit.take", deposit("k0", "O-10", 20_000));
        assert_eq!(taken["code"], "second_card_needed", "{taken}");
        store.use_card("mc-approve");
        Value::Null
    },
    method: "deposit.tokenize",
    params: |key, _| json!({"idempotency_key": key, "order_id": "O-10"}),
    before: [20_000, 20_000, 0, 0],
    approved: [100_001, 20_001, 0, 1],
    at_terminal: true,
};

#[test]
fn s34_sale_and_authorization_killed_at_every_point() {
    kill_everywhere(SALE);
    kill_everywhere(AUTHORIZE);
}

#[test]
fn s34_follow_ups_at_the_processor_killed_at_every_point() {
    for deed in [CAPTURE, VOID, REFUND] {
        kill_everywhere(deed);
    }
}

/// The processor knows nothing of what its terminals have authorized.
#[test]
fn s34_follow_ups_at_the_terminal_killed_at_every_point() {
    for (deed, approved) in [
        // A booking releases what it does not take.
        (CAPTURE, [AMOUNT, 30_000, 20_000, 0]),
        (VOID, VOID.approved),
        // All of it, by the receipt: a part would be a refund to whatever card is presented.
        (
            Deed {
                params: VOID.params,
                ..REFUND
            },
            [AMOUNT, 0, AMOUNT, 0],
        ),
    ] {
        kill_everywhere(Deed {
            adapt: |setup| Setup {
                more_account: "follows_up_terminals = false".to_owned(),
                ..setup.impatient()
            },
            approved,
            at_terminal: true,
            ..deed
        });
    }
}

#[test]
fn s34_shipment_and_cancellation_killed_at_every_point() {
    kill_everywhere(SHIP);
    kill_everywhere(CANCEL);
}

#[test]
fn s34_second_card_killed_at_every_point() {
    kill_everywhere(TOKENIZE);
}

/// A payment by card; gives its id.
fn paid(app: &mut App, method: &str) -> Value {
    let done = app.call(method, sale("k0", AMOUNT));
    assert_eq!(done["outcome"], "approved", "{done}");
    done["payments"][0]["payment_id"].clone()
}

fn part(key: &str, payment: &Value, amount_minor: u64) -> Value {
    json!({
        "idempotency_key": key, "payment_id": payment,
        "amount_minor": amount_minor, "currency": "NOK",
    })
}

/// Kills a fresh store at each point that the operation passes.
fn kill_everywhere(deed: Deed) {
    let log = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let (store, mut app, about) = open(deed, &[("POSD_FAILPOINT_LOG", log.to_str().unwrap())]);
    arm(&store);
    let done = app.call(deed.method, (deed.params)("k1", &about));
    assert_eq!(done["outcome"], "approved", "{done}");
    assert_eq!(books(&store), deed.approved, "{done}");
    at_each(&points(&log), |point| kill_at(deed, point));
}

/// Kills the operation at one point, starts again, and holds what the app is told against the books.
/// Says whether the point was reached.
fn kill_at(deed: Deed, point: &str) -> bool {
    let (mut store, mut app, about) = open(deed, &[("POSD_FAILPOINT", point)]);
    arm(&store);
    let params = |key: &str| (deed.params)(key, &about);
    let told = app.try_call(deed.method, params("k1"));
    let was_killed = told.is_err();
    store.station.kill();
    assert!(
        store.station.try_start(&[]),
        "{point}: does not start again"
    );
    let mut app = store.station.app();
    let (end, _) = ended(&mut app, deed.method, params);
    if let Ok(told) = told {
        assert_eq!(told.unwrap(), end, "{point}");
    }
    let said = format!("{} at {point}: {end}", deed.method);
    if end["outcome"] == "approved" {
        assert_eq!(books(&store), deed.approved, "{said}");
    } else {
        assert!(deed.at_terminal, "nothing can stop it: {said}");
        assert_eq!(held_and_paid(books(&store)), held_and_paid(deed.before));
        let again = app.call(deed.method, params("k2"));
        assert_eq!(again["outcome"], "approved", "{said}, then {again}");
    }
    let settled = held_and_paid(books(&store));
    assert_eq!(settled, held_and_paid(deed.approved), "{said}");
    // The next payment leaves those before it alone, and the first answer stays the answer.
    let next = app.call("payment.sale", sale("k3", 1_000));
    assert_eq!(next["outcome"], "approved", "{said}, then {next}");
    let [held, paid] = settled;
    assert_eq!(held_and_paid(books(&store)), [held, paid + 1_000], "{said}");
    assert_eq!(app.call(deed.method, params("k1")), end, "{said}");
    assert_whole(&store.station.data_dir, &said);
    was_killed
}

/// Opens a store in which nothing is counted yet, and prepares it.
fn open(deed: Deed, env: &[(&str, &str)]) -> (Store, App, Value) {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &IMPATIENT);
    let setup = (deed.adapt)(Setup::new("a", Some(&terminal), &processor));
    let store = start(directory, terminal, processor, &setup, env);
    let mut app = connected(&store);
    let about = (deed.prepare)(&store, &mut app);
    assert_eq!(books(&store), deed.before);
    (store, app, about)
}

fn books(store: &Store) -> [u64; 4] {
    let counters = ["authorized", "captured", "voided", "refunded"];
    counters.map(|counter| store.processor.booked(&format!("{counter}_minor")))
}

fn held_and_paid([authorized, captured, voided, refunded]: [u64; 4]) -> [u64; 2] {
    [authorized - captured - voided, captured - refunded]
}
