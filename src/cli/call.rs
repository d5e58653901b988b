//! `posd call`

use std::process::ExitCode;

use serde_json::{Value, json};

use super::client::Address;
use super::{runtime, say};

/// Calls one method and prints its result. The exit code is 1 when the answer is an error.
pub(super) fn run(
    station: &Address,
    method: &str,
    params: &str,
    events: bool,
) -> Result<ExitCode, String> {
    let params: Value = serde_json::from_str(params)
        .map_err(|error| format!("the parameters are not JSON: {error}"))?;
    runtime()?.block_on(async {
        let mut client = station.connect().await?;
        let show = |event: &Value| say(&event.to_string());
        if events {
            let subscribed = client.call("events.subscribe", json!({}), show).await?;
            subscribed.map_err(|error| error.to_string())?;
        }
        let (answer, code) = match client.call(method, params, show).await? {
            Ok(result) => (result, ExitCode::SUCCESS),
            Err(error) => (error, ExitCode::FAILURE),
        };
        say(&serde_json::to_string_pretty(&answer).map_err(|error| error.to_string())?);
        Ok(code)
    })
}
