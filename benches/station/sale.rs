//! What the station adds to a payment at a terminal.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::{self, App};
use crate::database::{self, Follower};
use crate::echo::Server;
use crate::http::{AMOUNT, Http};
use crate::line::Line;
use crate::question;
use crate::store::{Place, Setup, Simulator};
use crate::table::{Samples, Table, micros, ratio, timed};
use crate::till::Till;

const WARM_UP: u32 = 20;
/// Each is followed by its floors, so that what slows the machine slows both.
const SALES: u32 = 200;

/// Commits that a sale waits for, one behind the other: before the terminal hears of it, before
/// the terminal's result is acknowledged, before the app hears of it (ARCHITECTURE.md, invariants
/// 1 and 2).
const COMMITS_AWAITED: usize = 3;

#[derive(Default)]
struct Times {
    sale: Samples,
    bare: Samples,
    echo: Samples,
    line: Samples,
    host: Samples,
    /// The commits of one sale together.
    written: Samples,
}

/// Answers where the journal is that holds the sales.
pub(crate) async fn measure(place: &Place, echo: &Server, table: &mut Table) -> PathBuf {
    let directory = place.directory("sale");
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(&directory, "00000001", &processor);
    let other = Simulator::terminal(&directory, "00000002", &processor);
    let setup = Setup::new(directory.clone(), &processor, Some(terminal.pty()));
    let station = setup.start();
    let mut app = station.app().await;
    let mut echoing = App::connect(&echo.url).await;
    let mut host = Http::connect(processor.address()).await;
    let mut till = Till::connect(other.pty());

    // Warm-up; the commits of its second half are counted.
    let mut unused = Samples::default();
    till.measure(WARM_UP, &mut unused);
    let mut before = 0;
    for number in 0..WARM_UP {
        if number == WARM_UP / 2 {
            before = database::commits(&setup.journal());
        }
        app.call("payment.sale", sale("warm", number)).await;
    }
    let commits = database::commits(&setup.journal()) - before;
    let line = Line::new(till.turns().to_vec());
    let mut follower = Follower::new(setup.journal());

    let text = app::request("payment.sale", &sale("timed", 0));
    let mut times = Times::default();
    for number in 0..SALES {
        let sold = app.call("payment.sale", sale("timed", number));
        let sold = timed(&mut times.sale, sold).await;
        assert_eq!(sold["outcome"], "approved", "{sold}");
        till.measure(1, &mut times.bare);
        timed(&mut times.echo, echoing.echo(&text)).await;
        line.measure(1, &mut times.line);
        timed(&mut times.host, host.host_call(number)).await;
        let (commits, count) = follower.follow(1);
        assert_eq!(count, COMMITS_AWAITED);
        times.written.extend(commits.in_groups(COMMITS_AWAITED));
    }
    let again = sale("timed", 0);
    question::repeat(&mut app, &mut echoing, "payment.sale", &again, table).await;
    drop(app);
    station.process.stop();
    report(
        &times,
        &till,
        f64::from(commits) / f64::from(WARM_UP / 2),
        table,
    );
    setup.journal()
}

fn report(times: &Times, till: &Till, commits: f64, table: &mut Table) {
    let Times {
        sale,
        bare,
        echo,
        line,
        host,
        written,
    } = times;
    let turns = till.turns().len();
    let bytes: usize = till.turns().iter().map(|turn| turn.bytes).sum();
    let floor = Samples::sum(&[echo, line, host, written]);
    table.row(
        "payment.sale",
        &sale.text(),
        &floor.text(),
        &sale.over(&floor),
    );
    table.row("  WebSocket round trip", "", &echo.text(), "");
    table.row(
        &format!("  line: {bytes} bytes in {turns} turns"),
        "",
        &line.text(),
        "",
    );
    table.row("  the terminal's call to its host", "", &host.text(), "");
    table.row(
        &format!("  {COMMITS_AWAITED} durable commits, one after the other"),
        "",
        &written.text(),
        "",
    );
    let outside = Samples::sum(&[line, host]);
    table.row(
        "the same sale by a bare till",
        &bare.text(),
        &outside.text(),
        &bare.over(&outside),
    );
    let added = micros(sale.median()) - micros(bare.median());
    let inside = Samples::sum(&[echo, written]);
    let over = ratio(added, micros(inside.median()));
    table.row(
        "added by the station (difference)",
        &format!("{added:.0} µs"),
        &inside.text(),
        &over,
    );
    table.note(&format!(
        "A sale makes {commits:.1} commits; {COMMITS_AWAITED} of them are awaited, the others keep prompts."
    ));
}

fn sale(kind: &str, number: u32) -> Value {
    json!({
        "idempotency_key": format!("{kind}-{number:04}"), "amount_minor": AMOUNT, "currency": "NOK",
    })
}
