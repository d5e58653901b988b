//! `posd reconcile`

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value is total: what is missing is null"
)]

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::client::{Address, Client};
use super::{runtime, say, say_error};

/// Which terminals.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// One terminal; not needed where there is only one.
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    terminal: Option<String>,
    /// Every terminal of the station, one after the other.
    #[arg(long)]
    all: bool,
}

/// How an end of day went; of several the worst counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Agrees,
    Differs,
    CouldNot,
}

pub(super) fn run(station: &Address, which: &Which) -> ExitCode {
    let end = runtime().and_then(|runtime| runtime.block_on(close(station, which)));
    let end = end.unwrap_or_else(|problem| {
        say_error(&problem);
        End::CouldNot
    });
    match end {
        End::Agrees => ExitCode::SUCCESS,
        End::Differs => ExitCode::from(1),
        End::CouldNot => ExitCode::from(2),
    }
}

async fn close(station: &Address, which: &Which) -> Result<End, String> {
    let mut client = station.connect().await?;
    let terminals: Vec<Option<String>> = if which.all {
        let info = client.call("station.info", json!({}), |_| {}).await?;
        let info = info.map_err(|error| error["message"].to_string())?;
        let ids = info["terminals"].as_array().into_iter().flatten();
        ids.map(|id| id.as_str().map(str::to_owned)).collect()
    } else {
        vec![which.terminal.clone()]
    };
    if terminals.is_empty() {
        say("this station has no terminal: there is nothing to close");
    }
    let mut worst = End::Agrees;
    for terminal in terminals {
        worst = worst.max(close_one(&mut client, terminal.as_deref()).await?);
    }
    Ok(worst)
}

/// One try. What became of one whose answer did not come here is asked for by its key, which is told.
async fn close_one(client: &mut Client, terminal: Option<&str>) -> Result<End, String> {
    let key = format!("reconcile:{}", uuid::Uuid::now_v7());
    let mut params = json!({"idempotency_key": key});
    let name = terminal.unwrap_or("terminal");
    if let Some(terminal) = terminal {
        params["terminal"] = terminal.into();
    }
    let answer = match client.call("terminal.reconcile", params, |_| {}).await {
        Ok(answer) => answer,
        Err(problem) => return Err(format!("{name}: {problem}; operation key {key}")),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let data = &error["data"];
            let holder = data["holder"].as_str();
            let holder = holder.map_or_else(String::new, |id| format!(" (operation {id})"));
            let why = data["problem"].as_str().or(error["message"].as_str());
            let why = why.unwrap_or("refused");
            say_error(&format!("{name}: {}: {why}{holder}", text(&data["code"])));
            return Ok(End::CouldNot);
        }
    };
    let compared = &answer["reconciliation"];
    if answer["outcome"] != "approved" || compared["closed"] != true {
        let told = text(&answer["message"]);
        let operation = text(&answer["operation_id"]);
        let code = text(&answer["code"]);
        say_error(&format!("{name}: {code}: {told} (operation {operation})"));
        return Ok(End::CouldNot);
    }
    tell(&answer["operation_id"], compared);
    Ok(if compared["agrees"] == true {
        End::Agrees
    } else {
        End::Differs
    })
}

fn tell(operation: &Value, compared: &Value) {
    let word = match compared["agrees"].as_bool() {
        Some(true) => "agrees",
        Some(false) | None => "differs",
    };
    let (terminal, currency) = (text(&compared["terminal"]), text(&compared["currency"]));
    say(&format!(
        "{terminal}: closed, {word} (operation {})",
        text(operation)
    ));
    let counted = |side: &Value| format!("{:>4} {:>12}", side["count"], side["amount_minor"]);
    for group in compared["groups"].as_array().into_iter().flatten() {
        let mark = if group["agrees"] == true { ' ' } else { '!' };
        say(&format!(
            "{mark} {:<20} journal {}  terminal {}  {currency} minor units",
            text(&group["group"]),
            counted(&group["journal"]),
            counted(&group["terminal"]),
        ));
    }
    for (field, what) in [
        ("likely", "would explain it"),
        ("not_at_terminal", "not in the terminal's batch"),
        ("not_in_journal", "receipt number not in the journal"),
    ] {
        for named in compared[field].as_array().into_iter().flatten() {
            say(&format!("! {}: {what}", text(named)));
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
