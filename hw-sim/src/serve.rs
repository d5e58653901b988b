//! The simulators on real sockets and pseudo-terminals.

pub mod cut;
mod guard;
mod host;
pub mod nfc;
mod page;
pub mod processor;
pub mod pty;
pub mod record;
pub mod replay;
pub mod terminal;
mod wire;

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::processor::Invalid;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens; tells the port that was chosen for port 0.
    pub addr: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn new(addr: SocketAddr, task: tokio::task::JoinHandle<()>) -> Self {
        Self { addr, task }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Seconds since 1970.
#[must_use]
pub fn wall_clock() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the servers are where time enters the simulator"
    )]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// State shared by the handlers of a server. A handler that panicked leaves it as it was; for a
/// simulator that is good enough to go on with.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads a JSON body, hands it on, answers 400 with the name of the field where it is wrong.
pub(crate) fn with_body<T>(
    body: &Bytes,
    read: impl FnOnce(&Value) -> Result<T, Invalid>,
) -> Result<T, Box<Response>> {
    crate::processor::parse(body)
        .and_then(|body| read(&body))
        .map_err(|invalid| {
            Box::new((StatusCode::BAD_REQUEST, Json(invalid.body())).into_response())
        })
}

pub(crate) fn done() -> Response {
    Json(json!({ "ok": true })).into_response()
}

pub(crate) fn error(status: StatusCode, word: &str) -> Response {
    (status, Json(json!({ "error": word }))).into_response()
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Box<Response>> {
    let key = headers.get("idempotency-key");
    let key = key.and_then(|key| key.to_str().ok());
    key.filter(|key| !key.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| {
            let body = json!({
                "error": "invalid_request",
                "field": "Idempotency-Key",
                "message": "every POST needs the header Idempotency-Key, a text without line breaks",
            });
            Box::new((StatusCode::BAD_REQUEST, Json(body)).into_response())
        })
}
