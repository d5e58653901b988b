//! Several tills at few terminals.

use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use super::{Store, sale};
use crate::store::{Line, Setup, Simulator, Station, wait_for};

#[test]
fn s44_two_tills_share_one_terminal() {
    let store = Store::open_with(Line::Serial, &[], |setup| Setup {
        more_station: "lease_grace_ms = 300".to_owned(),
        ..setup
    });
    let app = |name, role| store.station.app_with(&store.station.pair(name, role));
    let (mut one, mut two) = (app("till-1", "cashier"), app("till-2", "cashier"));
    let mut lead = app("lead", "supervisor");
    one.call("events.subscribe", json!({}));

    // The second is told who has it, whatever it asks.
    let had = one.call("terminal.acquire", json!({"ttl_s": 3_600}));
    assert_eq!(had["terminal"], "till", "{had}");
    for (method, params) in [
        ("terminal.acquire", json!({})),
        ("payment.sale", sale("k0", 1)),
    ] {
        let refused = two.refused(method, params);
        assert_eq!(refused["data"]["code"], "terminal_leased", "{refused}");
        assert_eq!(refused["data"]["app"], "till-1", "{refused}");
    }
    let released = two.call("terminal.release", json!({}));
    assert_eq!(released["released"], false, "{released}");
    let listed = two.call("terminal.list", json!({}));
    assert_eq!(listed["terminals"][0]["leased_to"], "till-1", "{listed}");
    let refused = two.refused("terminal.acquire", json!({"override": true}));
    assert_eq!(refused["data"]["needs"], "supervisor", "{refused}");

    // Nor does it stop what the first is doing.
    store.terminal.post("/hold", json!({"hold": true}));
    let asked = one.send("payment.sale", sale("k1", 1_000)).unwrap();
    one.event(|event| event["prompt"] == "present_card");
    let refused = two.refused("terminal.abort", json!({}));
    assert_eq!(refused["data"]["code"], "terminal_locked", "{refused}");
    // A supervisor may have it next, and the payment goes on.
    let taken = lead.call("terminal.acquire", json!({"override": true}));
    assert_eq!(taken["taken_from"], "till-1", "{taken}");
    let told = one.event(|event| event["taken_from"] == "till-1");
    assert_eq!(told["app"], "lead", "{told}");
    store.terminal.post("/present", json!({}));
    store.terminal.post("/hold", json!({"hold": false}));
    let told = one.answer(asked).unwrap().unwrap();
    assert_eq!(told["outcome"], "approved", "{told}");
    let refused = one.refused("payment.sale", sale("k2", 1_000));
    assert_eq!(refused["data"]["app"], "lead", "{refused}");
    lead.call("terminal.release", json!({}));

    // A lost app's lease ends by itself.
    two.call("terminal.acquire", json!({"ttl_s": 3_600}));
    let refused = one.refused("payment.sale", sale("k2", 1_000));
    assert_eq!(refused["data"]["app"], "till-2", "{refused}");
    drop(two);
    wait_for("the lease of an app that is gone to end", || {
        one.try_call("terminal.acquire", json!({})).unwrap().ok()
    });
    let told = one.call("payment.sale", sale("k2", 2_000));
    assert_eq!(told["outcome"], "approved", "{told}");
    store.assert_books(3_000, 3_000, 0, 0);

    let mut export = Command::new(env!("CARGO_BIN_EXE_posd"));
    let journal = store.station.data_dir.join("journal.db");
    let exported = export.args(["journal", "export", "--journal"]).arg(journal);
    let exported = String::from_utf8(exported.output().unwrap().stdout).unwrap();
    let recorded = r#""entry":"lease_overridden","terminal":"till","from":"till-1","by":"lead""#;
    assert_eq!(exported.matches(recorded).count(), 1);
}

/// What a till got for each of its sales: the amount that it asked for, and the result.
fn sell(station: &Station, key: &str, till: u64) -> Vec<(u64, Value)> {
    let mut app = station.app_with(key);
    let sold = (0..4_u64).map(|at| {
        let amount = 1_000 * (till + 1) + at;
        let mut ask = sale(&format!("{till}-{at}"), amount);
        ask["terminal"] = json!({"pool": "counter"});
        let told = wait_for("a terminal of the pool", || {
            match app.try_call("payment.sale", ask.clone()).unwrap() {
                Ok(told) => Some(told),
                Err(refused) => {
                    assert_eq!(refused["data"]["code"], "no_terminal_free", "{refused}");
                    None
                }
            }
        });
        // The same again is the same, wherever a terminal is free by now.
        assert_eq!(app.call("payment.sale", ask), told);
        (amount, told)
    });
    sold.collect()
}

#[test]
fn s45_six_tills_at_a_pool_of_three_terminals() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = |id: &str| {
        let id = ["--terminal-id", id];
        Simulator::terminal(Line::Tcp, directory.path(), &processor, &id)
    };
    let terminals = ["10000001", "10000002", "10000003"].map(terminal);
    let mut setup = Setup::new("a", Some(&terminals[0]), &processor);
    setup.more_terminal = "pools = [\"counter\"]\n".to_owned();
    for (at, terminal) in terminals.iter().enumerate().skip(1) {
        setup.more_terminal += &format!(
            "[[terminal]]\nid = \"till-{at}\"\nprotocol = \"zvt\"\ncurrency = \"NOK\"\n\
             merchant_account = \"nordic\"\npools = [\"counter\"]\n{}\n",
            terminal.line()
        );
    }
    let station = Station::start(directory.path(), &setup);
    let keys: Vec<String> = (0..6)
        .map(|till| station.pair(&format!("till-{till}"), "cashier"))
        .collect();

    let sold: Vec<(u64, Value)> = thread::scope(|scope| {
        let tills = keys.iter().enumerate().map(|(till, key)| {
            let till = u64::try_from(till).unwrap();
            let station = &station;
            scope.spawn(move || sell(station, key, till))
        });
        let tills: Vec<_> = tills.collect();
        let sold = tills.into_iter().map(|till| till.join().unwrap());
        sold.flatten().collect()
    });

    let mut payments = std::collections::BTreeSet::new();
    for (amount, told) in &sold {
        assert_eq!(told["outcome"], "approved", "{told}");
        assert_eq!(told["captured_minor"], *amount, "{told}");
        let payment = &told["payments"][0];
        assert_eq!(payment["captured_minor"], *amount, "{told}");
        assert!(payments.insert(payment["payment_id"].to_string()), "{told}");
    }
    assert_eq!(payments.len(), 24);
    let presentations = terminals.each_ref().map(Simulator::presentations);
    assert_eq!(presentations.iter().sum::<u64>(), 24);
    assert!(
        presentations.iter().all(|count| *count > 0),
        "{presentations:?}"
    );
    let total: u64 = sold.iter().map(|(amount, _)| amount).sum();
    assert_eq!(processor.booked("captured_minor"), total);

    // Another till's key is not an answer to this one, not even to the same question.
    let mut other = station.app_with(&keys[1]);
    let mut ask = sale("0-0", 1_000);
    ask["terminal"] = json!({"pool": "counter"});
    let refused = other.refused("payment.sale", ask.clone());
    assert_eq!(
        refused["data"]["code"], "idempotency_key_reused",
        "{refused}"
    );
    ask["terminal"] = json!({"pool": "attic"});
    ask["idempotency_key"] = json!("new");
    let refused = other.refused("payment.sale", ask);
    assert_eq!(refused["data"]["field"], "terminal.pool", "{refused}");
}
