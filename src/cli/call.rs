//! `posd call`

use std::process::ExitCode;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::{runtime, say};

/// Calls one method and prints its result. The exit code is 1 when the answer is an error.
pub(super) fn run(url: &str, method: &str, params: &str, events: bool) -> Result<ExitCode, String> {
    let params: Value = serde_json::from_str(params)
        .map_err(|error| format!("the parameters are not JSON: {error}"))?;
    runtime()?.block_on(async {
        let (mut socket, _) = tokio_tungstenite::connect_async(url)
            .await
            .map_err(|error| format!("no station answers at {url}: {error}"))?;
        if events {
            let subscribe = json!({"jsonrpc": "2.0", "id": 0, "method": "events.subscribe"});
            let message = Message::text(subscribe.to_string());
            socket
                .send(message)
                .await
                .map_err(|error| error.to_string())?;
        }
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let message = Message::text(request.to_string());
        socket
            .send(message)
            .await
            .map_err(|error| error.to_string())?;
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message.map_err(|error| error.to_string())? else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            if let Some(params) = frame.get("params").filter(|_| events) {
                say(&params.to_string());
            }
            if frame.get("id") != Some(&json!(1)) {
                continue;
            }
            let (answer, code) = match (frame.get("result"), frame.get("error")) {
                (Some(result), _) => (result, ExitCode::SUCCESS),
                (None, error) => (error.unwrap_or(&Value::Null), ExitCode::FAILURE),
            };
            say(&serde_json::to_string_pretty(answer).map_err(|error| error.to_string())?);
            return Ok(code);
        }
        Err("the station closed the connection without an answer".to_owned())
    })
}
