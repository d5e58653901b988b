//! Contactless readers and what was held against them. What a tap tells in the clear ends here: it is
//! looked up by digests, and only who reads a tap is told what a tag says of itself.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::Station;
use super::query::unreadable;
use crate::api::call::{Found, MediumTold, ReaderRow, Refusal, TapEnd, TapTold};
use crate::domain::event::{Event, TappedMedium};
use crate::domain::id::{OrderId, ReaderId, TapId, Timestamp};
use crate::domain::order::Order;
use crate::domain::rejection::Rejection;
use crate::domain::search::{Mark, Search, Wanted};
use crate::domain::tap::{Identity, Medium, MediumKind, Tap, wanted_by};
use crate::nfc::{Report, words};
use crate::vault::TokenKind;

/// The configured readers.
#[derive(Debug, Default)]
pub(super) struct Readers(BTreeMap<ReaderId, Reader>);

#[derive(Debug, Default)]
struct Reader {
    name: Option<String>,
    cause: Option<String>,
    /// Apps that want to hear of the next tap.
    waiting: Vec<oneshot::Sender<Result<TapEnd, Refusal>>>,
    /// What lies there, and nobody has been told yet who asked.
    unread: Option<TapTold>,
}

impl Readers {
    pub(super) fn new(ids: impl Iterator<Item = ReaderId>) -> Self {
        Self(ids.map(|id| (id, Reader::default())).collect())
    }

    /// Others are configured now.
    pub(super) fn keep<'a>(&mut self, ids: impl Iterator<Item = &'a ReaderId>) {
        let mut before = std::mem::take(&mut self.0);
        let now = ids.map(|id| (id.clone(), before.remove(id).unwrap_or_default()));
        self.0 = now.collect();
    }

    pub(super) fn rows(&self) -> Vec<ReaderRow> {
        let rows = self.0.iter().map(|(id, reader)| ReaderRow {
            id: id.clone(),
            connected: reader.name.is_some(),
            name: reader.name.clone(),
            cause: reader.cause.clone(),
        });
        rows.collect()
    }

    /// Answers with the tap that lies there, or with the next one.
    pub(super) fn read(&mut self, id: &ReaderId, reply: oneshot::Sender<Result<TapEnd, Refusal>>) {
        let Some(reader) = self.0.get_mut(id) else {
            let _ = reply.send(Err(Refusal::NotFound("reader")));
            return;
        };
        match reader.unread.take() {
            Some(tap) => {
                let _ = reply.send(Ok(TapEnd::Tapped(Box::new(tap))));
            }
            None => {
                reader.waiting.retain(|waiting| !waiting.is_closed());
                reader.waiting.push(reply);
            }
        }
    }

    /// Ends all that wait for a tap; says how many did.
    pub(super) fn abort(&mut self, id: &ReaderId) -> Result<usize, Refusal> {
        let reader = self.0.get_mut(id).ok_or(Refusal::NotFound("reader"))?;
        let waiting = std::mem::take(&mut reader.waiting).into_iter();
        let told = waiting.map(|waiting| waiting.send(Ok(TapEnd::Aborted)));
        Ok(told.filter(Result::is_ok).count())
    }

    /// The tap goes to all that wait for one; to the next that asks if nobody does.
    fn tapped(&mut self, tap: TapTold) {
        let Some(reader) = self.0.get_mut(&tap.reader) else {
            return;
        };
        let waiting = std::mem::take(&mut reader.waiting).into_iter();
        let told = waiting.map(|waiting| {
            let tap = Box::new(tap.clone());
            waiting.send(Ok(TapEnd::Tapped(tap)))
        });
        let told = told.filter(Result::is_ok).count();
        reader.unread = (told == 0).then_some(tap);
    }
}

impl Station {
    pub(super) fn on_reader(&mut self, id: ReaderId, report: Report, now: Timestamp) {
        if !self.readers.0.contains_key(&id) {
            // It was taken out of the configuration, and this was under way.
            return;
        }
        match report {
            Report::Up { name } => {
                let reader = self.readers.0.entry(id.clone()).or_default();
                reader.name = Some(name);
                reader.cause = None;
                self.tell_apps(vec![Event::NfcReaderConnected { reader: id }], now);
            }
            Report::Down { cause } => {
                let reader = self.readers.0.entry(id.clone()).or_default();
                let is_news = reader.cause.as_ref() != Some(&cause);
                reader.name = None;
                reader.unread = None;
                reader.cause = Some(cause.clone());
                if is_news {
                    tracing::warn!(reader = %id, cause, "contactless reader is not ready");
                    let event = Event::NfcReaderDisconnected { reader: id, cause };
                    self.tell_apps(vec![event], now);
                }
            }
            Report::Tapped { tap, media } => self.on_tapped(id, tap, media, now),
            Report::Cleared => {
                let reader = self.readers.0.entry(id).or_default();
                reader.unread = None;
            }
        }
    }

    fn on_tapped(
        &mut self,
        reader: ReaderId,
        id: TapId,
        media: Vec<words::Medium>,
        now: Timestamp,
    ) {
        let mut tap = Tap {
            id: id.clone(),
            reader: reader.clone(),
            media: Vec::new(),
        };
        let mut told = Vec::new();
        for clear in media {
            let medium = self.sealed_medium(&clear);
            told.push(MediumTold {
                shown: TappedMedium {
                    kind: medium.kind,
                    lasting: medium.identity.is_some(),
                    interrupted: medium.interrupted,
                    customer_reference: self.owner(&medium),
                },
                // The number of a payment card's chip is nobody's business.
                uid: clear.uid.filter(|_| !clear.pays),
                texts: clear.texts,
                uris: clear.uris,
            });
            tap.media.push(medium);
        }
        self.state.taps.remember(tap);
        let event = Event::NfcTapped {
            tap: id.clone(),
            reader: reader.clone(),
            media: told.iter().map(|medium| medium.shown.clone()).collect(),
        };
        self.tell_apps(vec![event], now);
        self.readers.tapped(TapTold {
            tap: id,
            reader,
            media: told,
        });
    }

    /// What is kept of a medium.
    fn sealed_medium(&self, clear: &words::Medium) -> Medium {
        let account = clear.account.as_deref();
        let account = account.map(|account| self.vault.digest(TokenKind::Account, account));
        let uid = clear.uid.as_deref();
        let mut wanted = Vec::new();
        wanted.extend(account.as_deref().map(|it| Wanted::Mark(Mark::account(it))));
        if let Some(uid) = uid.filter(|_| !clear.pays) {
            wanted.push(Wanted::Mark(Mark::tag(uid)));
            wanted.push(Wanted::Mark(Mark::tag(&uid.to_ascii_lowercase())));
        }
        let says = clear.texts.iter().chain(&clear.uris);
        wanted.extend(says.flat_map(|text| wanted_by(text)));
        let identity = account.or_else(|| Some(self.vault.digest(TokenKind::Tag, uid?)));
        Medium {
            kind: if clear.pays {
                MediumKind::PaymentCard
            } else {
                MediumKind::Tag
            },
            identity: identity.map(Identity::new),
            wanted,
            interrupted: clear.interrupted,
        }
    }

    /// Whose a medium is. A journal that cannot be read finds orders no worse for it.
    fn owner(&self, medium: &Medium) -> Option<String> {
        let found = self.reader.bound_to(medium.identity.as_ref()?);
        found.unwrap_or_else(|error| {
            tracing::error!(%error, "journal cannot be read");
            None
        })
    }

    /// Orders of all that was held there at once, newest first.
    pub(super) fn find_by_tap(
        &self,
        tap: &TapId,
        placed: Option<(Timestamp, Timestamp)>,
        limit: usize,
    ) -> Result<Found, Refusal> {
        let tap = self.state.taps.find(tap);
        let tap = tap.ok_or(Refusal::Rejected(Rejection::TapUnknown))?;
        let mut found: BTreeMap<OrderId, (Order, Timestamp)> = BTreeMap::new();
        for medium in &tap.media {
            let owner = self.owner(medium);
            let owner = owner.map(|it| Wanted::Mark(Mark::customer_reference(&it)));
            for wanted in medium.wanted.iter().cloned().chain(owner) {
                let search = Search {
                    wanted,
                    placed,
                    // One more: whether there are more.
                    limit: limit.saturating_add(1),
                };
                let rows = self.reader.find_orders(&search).map_err(unreadable)?;
                found.extend(rows.into_iter().map(|row| (row.0.id.clone(), row)));
            }
        }
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by_key(|(_, placed_at)| std::cmp::Reverse(placed_at.0));
        self.hits(found, limit)
    }
}
