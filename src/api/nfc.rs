//! Contactless readers: `nfc.read`, `nfc.abort`, `nfc.bind`.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Gateway;
use super::call::{Call, MediumTold, ReaderRow, Refusal, TapEnd, TapTold};
use super::error::{ApiError, word};
use super::request as wire;
use super::text::Text;
use crate::domain::id::{ReaderId, TapId};
use crate::domain::request::Request;
use crate::masking::holds_card_number;

const TIMEOUT_DEFAULT_MS: u64 = 30_000;
const TIMEOUT_MAX_MS: u64 = 300_000;

impl Gateway {
    /// Hands a call to the station and waits for its answer.
    pub(super) async fn call<T>(
        &self,
        call: Call,
        answer: oneshot::Receiver<Result<T, Refusal>>,
    ) -> Result<T, ApiError> {
        // A station that is gone takes its connections with it.
        self.calls
            .send(call)
            .await
            .map_err(|_| ApiError::internal())?;
        answer
            .await
            .map_err(|_| ApiError::internal())?
            .map_err(ApiError::from)
    }

    /// What lies on a reader, or what is held against it next. Nobody holds anything there: that is
    /// an ending, not an error.
    pub(super) async fn read_tap(&self, params: &wire::NfcRead) -> Result<Value, ApiError> {
        let reader = self.reader(params.reader.as_ref())?;
        let timeout = params.timeout_ms.unwrap_or(TIMEOUT_DEFAULT_MS);
        if !(1..=TIMEOUT_MAX_MS).contains(&timeout) {
            let problem = format!("must be from 1 to {TIMEOUT_MAX_MS}");
            return Err(ApiError::field("timeout_ms", &problem));
        }
        let (reply, answer) = oneshot::channel();
        let reading = self.call(Call::ReadTap { reader, reply }, answer);
        match tokio::time::timeout(Duration::from_millis(timeout), reading).await {
            Ok(ended) => Ok(match ended? {
                TapEnd::Tapped(tap) => tapped(&tap),
                TapEnd::Aborted => json!({"outcome": "aborted"}),
            }),
            Err(_) => Ok(json!({"outcome": "timed_out"})),
        }
    }

    /// Ends all that wait for a tap on a reader.
    pub(super) async fn abort_read(&self, params: &wire::NfcAbort) -> Result<Value, ApiError> {
        let reader = self.reader(params.reader.as_ref())?;
        let (reply, answer) = oneshot::channel();
        let ended: usize = self.call(Call::AbortRead { reader, reply }, answer).await?;
        Ok(json!({"ended": ended}))
    }

    pub(super) fn nfc_bind(params: wire::NfcBind) -> Request {
        Request::NfcBind {
            tap: TapId::new(params.tap.into_string()),
            customer_reference: params.customer_reference.map(Text::into_string),
        }
    }

    /// The reader that is named, or the only one.
    fn reader(&self, name: Option<&Text>) -> Result<ReaderId, ApiError> {
        let known = || {
            let known: Vec<&str> = self.readers.iter().map(ReaderId::as_str).collect();
            known.join(", ")
        };
        let wrong = |problem: &str| Err(ApiError::field("reader", problem));
        match (name, &*self.readers) {
            (_, []) => wrong("no contactless reader is configured here"),
            (Some(name), all) => {
                let mut all = all.iter();
                let found = all.find(|id| id.as_str() == name.as_str());
                found.map_or_else(
                    || wrong(&format!("must be one of {}", known())),
                    |id| Ok(id.clone()),
                )
            }
            (None, [only]) => Ok(only.clone()),
            (None, [_, ..]) => wrong(&format!("must name one of {}", known())),
        }
    }
}

/// A reader in `station.health`.
pub(super) fn reader(row: &ReaderRow) -> Value {
    json!({
        "reader": row.id.as_str(),
        "connected": row.connected,
        "name": row.name,
        "cause": row.cause,
    })
}

fn tapped(tap: &TapTold) -> Value {
    json!({
        "outcome": "tapped",
        "tap": tap.tap.as_str(),
        "reader": tap.reader.as_str(),
        "media": tap.media.iter().map(medium).collect::<Vec<_>>(),
    })
}

/// What a tag says goes to who asked, but for what may be the number of a card.
fn medium(medium: &MediumTold) -> Value {
    let mut row = word(&medium.shown);
    let shown = |texts: &[String]| {
        let texts = texts.iter().filter(|text| !holds_card_number(text));
        texts.cloned().collect::<Vec<_>>()
    };
    if let Value::Object(row) = &mut row {
        if let Some(uid) = &medium.uid {
            row.insert("uid".to_owned(), uid.as_str().into());
        }
        for (name, texts) in [("texts", &medium.texts), ("uris", &medium.uris)] {
            let texts = shown(texts);
            if !texts.is_empty() {
                row.insert(name.to_owned(), texts.into());
            }
        }
    }
    row
}
