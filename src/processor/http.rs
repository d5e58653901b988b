//! Carries one call to a processor over HTTP. It never sends anything twice, follows no redirect,
//! and tells "certainly not sent" from "may have arrived".

use serde_json::Value;

use crate::config::AccountConfig;
use crate::failpoint;

/// No answer is longer. What would be is no answer, before it fills the memory.
const ANSWER_MAX: usize = 1024 * 1024;

/// A connection pool for all accounts.
#[derive(Clone, Debug)]
pub(super) struct Client {
    inner: reqwest::Client,
}

/// One call, ready to go.
#[derive(Clone, Debug)]
pub struct Call {
    /// Path below the account's URL.
    pub path: String,
    /// Idempotency key, of calls that change something.
    pub idempotency_key: Option<String>,
    /// Body; none for a look-up.
    pub body: Option<Value>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body; null when it was not JSON.
    pub body: Value,
}

/// What became of a call.
#[derive(Clone, Debug)]
pub enum Fate {
    /// Answered.
    Answer(Answer),
    /// No connection: not a byte of the call has left.
    NeverLeft,
    /// It may have arrived.
    InDoubt,
}

impl Client {
    pub(super) fn new() -> Result<Self, String> {
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map(|inner| Self { inner })
            .map_err(|error| format!("HTTP client: {error}"))
    }

    pub(super) async fn send(&self, account: &AccountConfig, call: Call) -> Fate {
        let url = format!("{}{}", account.url, call.path);
        let request = match &call.body {
            Some(body) => self.inner.post(&url).json(body),
            None => self.inner.get(&url),
        };
        let request = match &call.idempotency_key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        failpoint::hit("processor.before_send");
        let answered = request.timeout(account.timeout).send().await;
        failpoint::hit("processor.after_send");
        match answered {
            Ok(response) => {
                let status = response.status().as_u16();
                match read(response).await {
                    Some(body) => Fate::Answer(Answer { status, body }),
                    None if status < 500 => Fate::Answer(Answer {
                        status,
                        body: Value::Null,
                    }),
                    None => Fate::InDoubt,
                }
            }
            Err(error) if error.is_connect() => {
                tracing::warn!(%error, "processor cannot be reached");
                Fate::NeverLeft
            }
            Err(error) => {
                tracing::warn!(%error, "processor has not answered");
                Fate::InDoubt
            }
        }
    }
}

/// The JSON of an answer, where it is some and not too long.
async fn read(mut response: reqwest::Response) -> Option<Value> {
    let mut body = Vec::new();
    while let Some(more) = response.chunk().await.ok()? {
        if more.len() > ANSWER_MAX.saturating_sub(body.len()) {
            tracing::warn!("processor answers without end");
            return None;
        }
        body.extend_from_slice(&more);
    }
    serde_json::from_slice(&body).ok()
}
