//! Contactless readers: `nfc.read`, `nfc.abort`, `nfc.bind`.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

use super::Gateway;
use super::call::{Call, MediumTold, ReaderRow, Refusal, TapEnd, TapTold};
use super::error::ApiError;
use super::form::{Word, json};
use super::request as wire;
use super::result::{EndedReads, Medium, MediumRead, Reader, TapResult};
use super::text::Text;
use crate::domain::event::TappedMedium;
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
            Ok(ended) => Ok(json(&match ended? {
                TapEnd::Tapped(tap) => tapped(&tap),
                TapEnd::Aborted => TapResult::Aborted,
            })),
            Err(_) => Ok(json(&TapResult::TimedOut)),
        }
    }

    /// Ends all that wait for a tap on a reader.
    pub(super) async fn abort_read(&self, params: &wire::NfcAbort) -> Result<Value, ApiError> {
        let reader = self.reader(params.reader.as_ref())?;
        let (reply, answer) = oneshot::channel();
        let ended: usize = self.call(Call::AbortRead { reader, reply }, answer).await?;
        Ok(json(&EndedReads { ended }))
    }

    pub(super) fn nfc_bind(params: wire::NfcBind) -> Request {
        Request::NfcBind {
            tap: TapId::new(params.tap.into_string()),
            customer_reference: params.customer_reference.map(Text::into_string),
        }
    }

    /// The reader that is named, or the only one.
    fn reader(&self, name: Option<&Text>) -> Result<ReaderId, ApiError> {
        let readers = &self.equipment.borrow().readers;
        let known = || {
            let known: Vec<&str> = readers.iter().map(ReaderId::as_str).collect();
            known.join(", ")
        };
        let wrong = |problem: &str| Err(ApiError::field("reader", problem));
        match (name, readers.as_slice()) {
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
pub(super) fn reader(row: &ReaderRow) -> Reader {
    Reader {
        reader: row.id.as_str().to_owned(),
        connected: row.connected,
        name: row.name.clone(),
        cause: row.cause.clone(),
    }
}

fn tapped(tap: &TapTold) -> TapResult {
    TapResult::Tapped {
        tap: tap.tap.as_str().to_owned(),
        reader: tap.reader.as_str().to_owned(),
        media: tap.media.iter().map(medium).collect(),
    }
}

/// What a tag says goes to who asked, but for what may be the number of a card.
fn medium(medium: &MediumTold) -> MediumRead {
    let shown = |texts: &[String]| {
        let texts = texts.iter().filter(|text| !holds_card_number(text));
        texts.cloned().collect::<Vec<_>>()
    };
    MediumRead {
        medium: everybody(&medium.shown),
        uid: medium.uid.clone(),
        texts: shown(&medium.texts),
        uris: shown(&medium.uris),
    }
}

/// What everybody may know of it.
pub(super) fn everybody(medium: &TappedMedium) -> Medium {
    Medium {
        kind: Word(medium.kind),
        lasting: medium.lasting,
        interrupted: medium.interrupted,
        customer_reference: medium.customer_reference.clone(),
    }
}
