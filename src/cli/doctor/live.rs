//! What the running station says of itself, or why none answers.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::client::Client;
use super::super::runtime;
use super::Report;
use crate::config::Config;
use crate::local_key;
use crate::terminal::holders;

const CHECK: &str = "station";

/// A station that runs answers at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// The health of the station that runs, if one does.
pub(super) fn ask(config: &Config, report: &mut Report) -> Result<Option<Value>, String> {
    let url = format!("ws://{}/v1", config.listen);
    let asking = async {
        let key = local_key::path(&config.data_dir);
        let mut client = Client::connect(&url, &key).await?;
        let health = client.call("station.health", json!({}), |_| {}).await?;
        health.map_err(|error| error.to_string())
    };
    let asked = runtime()?.block_on(async { tokio::time::timeout(PATIENCE, asking).await });
    match asked.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
        Ok(health) => {
            tell(&url, &health, report);
            Ok(Some(health))
        }
        Err(problem) => {
            explain(config.listen, &problem, report);
            Ok(None)
        }
    }
}

fn tell(url: &str, health: &Value, report: &mut Report) {
    report.ok(CHECK, format!("it runs and answers at {url}"));
    let journal = health["journal"].as_str().unwrap_or("unknown");
    if journal != "ok" {
        let says = format!("the journal cannot be written: {journal}");
        let advice =
            "no money is taken until it can: make room, or look at the disk (docs/journal.md)";
        report.error(CHECK, says, advice);
    }
    let clock = health["clock"].as_str().unwrap_or("ok");
    if clock != "ok" {
        report.warning("clock", clock, "set the clock, or let it be synchronised");
    }
    let in_doubt = health["in_doubt"].as_array().map_or(0, Vec::len);
    if in_doubt > 0 {
        let says = format!("{in_doubt} operations are in doubt");
        let advice = "posd operation show ID tells what happened; a supervisor may end a doubt by \
                      operation.resolve (docs/api.md)";
        report.warning(CHECK, says, advice);
    }
}

/// Nobody answers: is somebody else there?
fn explain(listen: SocketAddr, problem: &str, report: &mut Report) {
    let there = holders::of_port(listen.port());
    if !there.is_listened_to {
        let advice = "start it: systemctl start posd; journalctl -u posd says why it has ended";
        report.warning(CHECK, format!("no station runs at {listen}"), advice);
        return;
    }
    let who = match there.holders.as_slice() {
        [] => "a program of another user; ask as root which".to_owned(),
        some => some.join(", "),
    };
    if there
        .holders
        .iter()
        .any(|holder| holder.starts_with("posd "))
    {
        let says = format!("it runs ({who}) and does not let us in: {problem}");
        let advice = "run posd doctor as the station's user or as root, with the station's own configuration";
        report.error(CHECK, says, advice);
    } else {
        let says = format!("port {} is in use by {who}", listen.port());
        let advice = "stop that program, or choose another station.listen";
        report.error(CHECK, says, advice);
    }
}
