//! `posd pair` and `posd apps`

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value is total: what is missing is null"
)]

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use serde_json::{Value, json};

use super::client::{Address, Client};
use super::{runtime, say};
use crate::domain::app::Role;

/// A pairing code is good for ten minutes; nobody comes after that.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// List the apps that have paired.
    List,
    /// Let an app in no more. Its connections are cut off at once.
    Revoke {
        /// Name of the app.
        app: String,
    },
    /// Change what an app may do.
    Role {
        /// Name of the app.
        app: String,
        /// What it may do from now on.
        #[arg(value_parser = role)]
        role: Role,
    },
}

/// Reads a role.
pub(super) fn role(text: &str) -> Result<Role, String> {
    let roles = [Role::Cashier, Role::Supervisor, Role::Technician];
    let found = roles.into_iter().find(|role| role.to_string() == text);
    found.ok_or_else(|| "one of cashier, supervisor, technician".to_owned())
}

/// Shows a pairing code, and waits until an app has used it.
pub(super) fn pair(
    station: &Address,
    app: &str,
    role: Role,
    origin: Option<&str>,
) -> Result<ExitCode, String> {
    runtime()?.block_on(async {
        let mut client = station.connect().await?;
        ask(&mut client, "events.subscribe", json!({})).await?;
        let mut invite = json!({"app": app, "role": role});
        if let Some(origin) = origin {
            invite["origin"] = origin.into();
        }
        let invited = ask(&mut client, "app.invite", invite).await?;
        say(&format!("code: {}", text(&invited["code"])));
        say("Enter it in the app within ten minutes. It is good once.");
        let paired = client.event(|event| event["event"] == "app_paired" && event["app"] == app);
        let Ok(paired) = tokio::time::timeout(PATIENCE, paired).await else {
            return Err(format!("nobody has used the code; `{app}` is not paired"));
        };
        let paired = paired?;
        say(&format!(
            "paired: {app} as {}, check word: {}",
            text(&paired["role"]),
            text(&paired["check_word"])
        ));
        say(&format!(
            "The app must show the same word. If it does not: posd apps revoke {app}"
        ));
        Ok(ExitCode::SUCCESS)
    })
}

pub(super) fn run(station: &Address, what: &What) -> Result<ExitCode, String> {
    runtime()?.block_on(async {
        let mut client = station.connect().await?;
        match what {
            What::List => {
                let listed = ask(&mut client, "app.list", json!({})).await?;
                for app in listed["apps"].as_array().into_iter().flatten() {
                    let fields = ["app", "role", "check_word", "paired_at", "origin"];
                    let row = fields.map(|field| app[field].as_str().unwrap_or("-"));
                    let [name, role, word, paired_at, origin] = row;
                    say(&format!(
                        "{name:<20} {role:<11} {word:<7} {paired_at:<25} {origin}"
                    ));
                }
            }
            What::Revoke { app } => {
                ask(&mut client, "app.revoke", json!({"app": app})).await?;
                say(&format!("{app} is let in no more"));
            }
            What::Role { app, role } => {
                ask(
                    &mut client,
                    "app.set_role",
                    json!({"app": app, "role": role}),
                )
                .await?;
                say(&format!("{app} is {role} now"));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Calls a method that must give a result.
async fn ask(client: &mut Client, method: &str, params: Value) -> Result<Value, String> {
    client.call(method, params, |_| {}).await?.map_err(|error| {
        let data = &error["data"];
        let problem = data["problem"].as_str();
        let why = problem.or(error["message"].as_str());
        format!("{}: {}", text(&data["code"]), why.unwrap_or("refused"))
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
