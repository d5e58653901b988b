//! Pickups from many tills at once: each has orders of its own, paid online.

use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::App;
use crate::database::{self, Follower};
use crate::echo::Server;
use crate::http::{AMOUNT, Http};
use crate::question;
use crate::store::{Place, Setup, Simulator, Station};
use crate::table::{Samples, Table, ratio, timed};

const TILLS: u32 = 64;
const ORDERS_PER_TILL: u32 = 40;

pub(crate) async fn measure(place: &Place, echo: &Server, table: &mut Table) {
    let directory = place.directory("pickup");
    let processor = Simulator::processor();
    let setup = Setup::new(directory.clone(), &processor, None);
    let station = setup.start();
    let references = authorize(&processor, "order").await;
    let (puts, _) = at_all_tills(&station, |till, number| {
        let reference =
            &references[usize::try_from(till).unwrap()][usize::try_from(number).unwrap()];
        (
            "order.put",
            json!({"order": order(till, number, reference)}),
        )
    })
    .await;

    let mut follower = Follower::new(setup.journal());
    let before = database::commits(&setup.journal());
    let busy = station.process.busy();
    let (pickups, waits) = at_all_tills(&station, |till, number| {
        ("pickup.capture", pickup(till, number))
    })
    .await;
    let commits = database::commits(&setup.journal()) - before;
    let busy = station.process.busy() - busy;
    let count = TILLS * ORDERS_PER_TILL;
    let (written, decisions) = follower.follow(TILLS.try_into().unwrap());
    assert_eq!(decisions, usize::try_from(2 * count).unwrap());
    let written = f64::from(count) / written.total();

    let mut app = station.app().await;
    let quote = json!({"order_id": id(0, 0)});
    let mut echoing = App::connect(&echo.url).await;
    question::repeat(&mut app, &mut echoing, "pickup.quote", &quote, table).await;
    drop(app);
    station.process.stop();

    let captures = capture(&processor).await;

    let name = |what: &str| format!("{what}, {TILLS} connections");
    let text = |rate: f64| format!("{rate:.0} /s");
    table.row(&name("order.put"), &text(puts), "", "");
    let what = name("pickup.capture");
    table.row(&format!("{what}: at once"), &text(pickups), "", "");
    let over = ratio(pickups, written);
    table.row(
        "  SQLite alone, 64 decisions a commit",
        "",
        &text(written),
        &over,
    );
    let over = ratio(pickups, captures);
    table.row(
        "  processor alone, 64 connections",
        "",
        &text(captures),
        &over,
    );
    table.row("  one pickup, as its till sees it", &waits.text(), "", "");
    table.note(&format!(
        "Pickups at once: {:.1} decisions in a commit (each pickup is 2 decisions), {:.0} µs of \
         processor time of the station for each.",
        f64::from(2 * count) / f64::from(commits),
        busy / f64::from(count) * 1e6,
    ));
}

/// Calls a method for each order, at all tills at once: calls per second, and the time of each.
async fn at_all_tills(
    station: &Station,
    call: impl Fn(u32, u32) -> (&'static str, Value),
) -> (f64, Samples) {
    let mut apps = Vec::new();
    for till in 0..TILLS {
        let calls: Vec<_> = (0..ORDERS_PER_TILL)
            .map(|number| call(till, number))
            .collect();
        apps.push((station.app().await, calls));
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (mut app, calls) in apps {
        tasks.spawn(async move {
            let mut samples = Samples::default();
            for (method, params) in calls {
                let done = timed(&mut samples, app.call(method, params)).await;
                assert_eq!(done["outcome"], "approved", "{done}");
            }
            samples
        });
    }
    let mut samples = Samples::default();
    for part in tasks.join_all().await {
        samples.extend(part);
    }
    let rate = f64::from(TILLS * ORDERS_PER_TILL) / begun.elapsed().as_secs_f64();
    (rate, samples)
}

/// Holds money for each order, as the web shop did. The references, till by till.
async fn authorize(processor: &Simulator, kind: &'static str) -> Vec<Vec<String>> {
    let mut tasks = JoinSet::new();
    for till in 0..TILLS {
        let address = processor.address().to_owned();
        tasks.spawn(async move {
            let mut http = Http::connect(&address).await;
            let mut references = Vec::new();
            for number in 0..ORDERS_PER_TILL {
                references.push(http.authorize(&format!("{kind}-{till}-{number}")).await);
            }
            references
        });
    }
    tasks.join_all().await
}

/// Takes as much money without a station: captures per second.
async fn capture(processor: &Simulator) -> f64 {
    let references = authorize(processor, "bare").await;
    let mut connections = Vec::new();
    for references in references {
        connections.push((Http::connect(processor.address()).await, references));
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (mut http, references) in connections {
        tasks.spawn(async move {
            for reference in references {
                http.capture(&format!("capture-{reference}"), &reference)
                    .await;
            }
        });
    }
    tasks.join_all().await;
    f64::from(TILLS * ORDERS_PER_TILL) / begun.elapsed().as_secs_f64()
}

fn id(till: u32, number: u32) -> String {
    format!("O-{till:02}-{number:04}")
}

fn order(till: u32, number: u32, reference: &str) -> Value {
    json!({
        "order_id": id(till, number), "version": 1, "currency": "NOK", "channel": "online",
        "lines": [{"line_id": "1", "amount_minor": AMOUNT, "description": "chair"}],
        "tenders": [{
            "authorized_minor": AMOUNT, "merchant_account": "nordic", "auth_token": reference,
        }],
    })
}

fn pickup(till: u32, number: u32) -> Value {
    let id = id(till, number);
    json!({
        "idempotency_key": format!("pickup-{id}"), "order_id": id, "order_version": 1,
        "lines": ["1"], "use": "available",
    })
}
