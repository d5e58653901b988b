//! A connection to a running station, with the key of the machine itself or another one.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON value is total: what is missing is null"
)]

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::config::Config;
use crate::local_key;

/// Which station is meant, and with which key.
#[derive(Debug, Args)]
pub(super) struct Address {
    /// Configuration of the station; it says where the station is and where its local key is.
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        default_value = super::CONFIG
    )]
    config: PathBuf,
    /// Address of a station on this machine, where it is not the one of the configuration.
    #[arg(long, global = true)]
    url: Option<String>,
    /// File that holds the key, instead of the station's local key.
    #[arg(long, value_name = "FILE", global = true)]
    key_file: Option<PathBuf>,
}

impl Address {
    /// Connects and shows the key.
    pub(super) async fn connect(&self) -> Result<Client, String> {
        let config = || Config::read(&self.config).map_err(|error| error.to_string());
        let url = match &self.url {
            Some(url) => url.clone(),
            None => format!("ws://{}/v1", config()?.listen),
        };
        if !is_here(&url) {
            return Err(format!(
                "{url}: only a station on this machine is called, at ws:// and a loopback address: its key \
                 does not go over a network. Run posd there"
            ));
        }
        let key_file = match &self.key_file {
            Some(path) => path.clone(),
            None => local_key::path(&config()?.data_dir),
        };
        Client::connect(&url, &key_file).await
    }
}

/// Whether an address is one of this machine, where nobody listens in.
fn is_here(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else {
        return false;
    };
    let host = url.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    url.scheme_str() == Some("ws") && (is_loopback || host == "localhost")
}

/// A connection that has shown its key.
pub(super) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u64,
}

impl Client {
    pub(super) async fn connect(url: &str, key_file: &Path) -> Result<Self, String> {
        let key = local_key::read(key_file)
            .map_err(|error| format!("key {}: {error}", key_file.display()))?;
        let (socket, _) = tokio_tungstenite::connect_async(url)
            .await
            .map_err(|error| format!("no station answers at {url}: {error}"))?;
        let mut client = Self { socket, next_id: 1 };
        let hello = client.call("session.hello", json!({"key": key}), |_| {});
        hello.await?.map_err(|error| {
            let said = error["message"].as_str().unwrap_or_default();
            format!("{}: {said}", key_file.display())
        })?;
        Ok(client)
    }

    /// Calls a method; the inner error is a refusal. Events that come meanwhile are shown to
    /// `on_event`.
    pub(super) async fn call(
        &mut self,
        method: &str,
        params: Value,
        mut on_event: impl FnMut(&Value),
    ) -> Result<Result<Value, Value>, String> {
        let id = self.send(method, params).await?;
        loop {
            let mut frame = self.next_frame().await?;
            if frame["method"] == "event" {
                on_event(&frame["params"]);
            } else if frame["id"] == id {
                return Ok(match frame.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(frame["result"].take()),
                });
            }
        }
    }

    /// Sends a request and returns its id.
    pub(super) async fn send(&mut self, method: &str, params: Value) -> Result<u64, String> {
        let id = self.next_id;
        self.next_id = id.saturating_add(1);
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let message = Message::text(request.to_string());
        let sent = self.socket.send(message).await;
        sent.map_err(|error| format!("{method}: {error}"))?;
        Ok(id)
    }

    /// The next event for which `is_it` holds.
    pub(super) async fn event(&mut self, is_it: impl Fn(&Value) -> bool) -> Result<Value, String> {
        loop {
            let mut frame = self.next_frame().await?;
            if frame["method"] == "event" && is_it(&frame["params"]) {
                return Ok(frame["params"].take());
            }
        }
    }

    async fn next_frame(&mut self) -> Result<Value, String> {
        loop {
            let message = self.socket.next().await.ok_or("the station is gone")?;
            if let Message::Text(text) = message.map_err(|error| error.to_string())? {
                return serde_json::from_str(&text).map_err(|error| error.to_string());
            }
        }
    }
}
