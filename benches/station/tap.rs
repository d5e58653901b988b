//! From something that is held against a contactless reader to the order.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::app::{self, App};
use crate::echo::Server;
use crate::store::{Place, Setup, Simulator};
use crate::table::{Samples, Table, timed};

const UID: &str = "04A2B3C4D5E681";

const WARM_UP: u32 = 20;
const TAPS: u32 = 200;

/// What the station takes: from what `posd-nfc` says to the answer of `order.find`. Its words come from
/// here, so that no reader has a part in it.
pub(crate) async fn measure(place: &Place, echo: &Server, table: &mut Table) {
    let directory = place.directory("tap");
    let helper = directory.join("helper");
    let words = directory.join("words");
    pass_on(&helper, &words);
    let processor = Simulator::processor();
    let reader =
        format!("[[reader]]\nid = \"counter\"\nconnection = \"acr122_usb\"\nhelper = {helper:?}\n");
    let setup = Setup::with(directory, &processor, None, &reader);
    let station = setup.start();
    // Ready as soon as the station has started the helper.
    let mut words = File::options().write(true).open(&words).unwrap();
    say(&mut words, &json!({"said": "ready", "name": "bench"}));
    let mut app = station.app().await;
    let mut echoing = App::connect(&echo.url).await;
    app.call("order.put", order()).await;

    let (mut samples, mut floor) = (Samples::default(), Samples::default());
    for number in 0..WARM_UP + TAPS {
        let (mut found, mut bare) = (Samples::default(), Samples::default());
        let read = app::request("nfc.read", &json!({"reader": "counter"}));
        app.send(&read).await;
        let find = timed(&mut found, find(&mut app, &mut words)).await;
        timed(&mut bare, echoing.echo(&read)).await;
        timed(&mut bare, echoing.echo(&find)).await;
        if number >= WARM_UP {
            samples.extend(found);
            floor.extend(bare.in_groups(2));
        }
    }
    station.process.stop();
    table.row(
        "a tap: from posd-nfc's word to the order",
        &samples.text(),
        &floor.text(),
        &samples.over(&floor),
    );
    #[cfg(feature = "nfc")]
    {
        let reader = reader::measure(&place.directory("reader"));
        let what = "  the reader before: until posd-nfc says so";
        table.row(what, &reader.text(), "", "");
    }
    #[cfg(not(feature = "nfc"))]
    table.note("The reader's own part of a tap was not measured: posd-nfc is not built here.");
}

/// A tap, and the orders that are found by it; gives the request that found them.
async fn find(app: &mut App, words: &mut File) -> String {
    let medium = json!({"uid": UID, "pays": false, "interrupted": false});
    say(words, &json!({"said": "tapped", "media": [medium]}));
    let told: Value = serde_json::from_str(&app.receive().await).unwrap();
    let find = app::request("order.find", &json!({"tap": told["result"]["tap"]}));
    let found = app.echo(&find).await;
    assert!(found.contains("\"order_id\""), "{found}");
    find
}

/// Makes a helper that says what is written into a pipe.
fn pass_on(helper: &Path, words: &Path) {
    use rustix::fs::{CWD, FileType, Mode};
    rustix::fs::mknodat(CWD, words, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::fs::write(helper, format!("#!/bin/sh\nexec cat {words:?}\n")).unwrap();
    std::fs::set_permissions(helper, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn say(words: &mut File, said: &Value) {
    writeln!(words, "{said}").unwrap();
}

fn order() -> Value {
    json!({"order": {
        "order_id": "W-1", "version": 1, "currency": "NOK", "channel": "online", "tags": [UID],
        "lines": [{"line_id": "1", "amount_minor": 80_000}], "tenders": [],
    }})
}

/// The reader's part, with libnfc and the simulated PN532, which takes no time of its own.
#[cfg(feature = "nfc")]
mod reader {
    use std::io::{BufRead as _, BufReader};
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use crate::store::Simulator;
    use crate::table::Samples;

    const TAPS: u32 = 20;

    /// From a payment card's coming into the field until it is read: finding it, three commands.
    pub(super) fn measure(directory: &Path) -> Samples {
        let simulator = Simulator::reader(directory);
        let connection = format!("pn532_uart:{}:115200", simulator.pty());
        let mut child = Command::new(env!("CARGO_BIN_EXE_posd-nfc"))
            .arg(connection)
            .env("LIBNFC_LOG_LEVEL", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut until = |word: &str| {
            let word = format!("\"said\":\"{word}\"");
            assert!(lines.any(|line| line.unwrap().contains(&word)), "it ended");
        };
        until("ready");
        let mut samples = Samples::default();
        for _ in 0..TAPS {
            let begun = Instant::now();
            simulator.order("/tap", r#"{"name":"payment"}"#);
            until("tapped");
            samples.push(begun.elapsed());
            simulator.order("/remove", "{}");
            until("cleared");
        }
        // It ends when its input does.
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
        samples
    }
}
