//! A terminal's way to its host: a bank of its own, or a processor over HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;

use super::{lock, wall_clock};
use crate::bank::Bank;
use crate::processor;
use crate::terminal::{HostAnswer, HostRequest};
use crate::wallet::Decline;

/// The host.
#[derive(Clone, Debug)]
pub(super) enum Host {
    /// In this process.
    Bank(Arc<Mutex<Bank>>),
    /// Elsewhere.
    Processor(Processor),
}

/// A processor elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Processor {
    url: String,
    http: reqwest::Client,
}

impl Processor {
    pub(super) fn at(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            http: reqwest::Client::new(),
        }
    }
}

impl Host {
    /// Asks; where the answer is lost, asks again under the same key.
    pub(super) async fn ask(&self, request: &HostRequest) -> HostAnswer {
        let processor = match self {
            Self::Bank(bank) => return request.ask(&mut lock(bank), wall_clock()),
            Self::Processor(processor) => processor,
        };
        for _ in 0..TRIES {
            match processor.ask(request).await {
                Some(answer) => return answer,
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        tracing::warn!(url = processor.url, "the processor does not answer");
        HostAnswer::Unreachable
    }

    /// The books, wherever they are kept.
    pub(super) async fn books(&self) -> Result<Value, String> {
        let processor = match self {
            Self::Bank(bank) => return Ok(processor::books(&lock(bank))),
            Self::Processor(processor) => processor,
        };
        let books = async {
            let answer = processor.http.get(format!("{}/books", processor.url));
            answer.timeout(TIMEOUT).send().await?.json().await
        };
        books
            .await
            .map_err(|error: reqwest::Error| format!("no books from {}: {error}", processor.url))
    }
}

impl Processor {
    /// `None`: it is not known what became of it.
    async fn ask(&self, request: &HostRequest) -> Option<HostAnswer> {
        let url = format!("{}/v1/terminal/transactions", self.url);
        let post = self.http.post(url).header("Idempotency-Key", &request.key);
        let body = processor::terminal_request(&request.transaction);
        let answer = post.json(&body).timeout(TIMEOUT).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(%error, "no answer from the processor");
                return None;
            }
        };
        match answer.status() {
            StatusCode::CREATED => processor::host_answer(&answer.json().await.ok()?),
            StatusCode::BAD_REQUEST | StatusCode::CONFLICT => {
                tracing::error!(status = %answer.status(), "the processor refuses the question");
                Some(HostAnswer::Declined(Decline::TransactionUnknown))
            }
            _ => None,
        }
    }
}

const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
const TIMEOUT: Duration = Duration::from_secs(10);
