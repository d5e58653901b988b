//! Everything that the journal has on one operation, for whoever follows it.

use std::collections::BTreeSet;

use rusqlite::params;

use super::error::JournalError;
use super::reader::{Reader, StoredEvent, from_json};
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{IdempotencyKey, OperationId, PaymentId, Timestamp};
use crate::domain::operation::own_payment;

/// An entry with its place and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Number.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The fact.
    pub entry: Entry,
}

/// An operation from its start to its end, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its entries, and those of its payments and orders among them.
    pub entries: Vec<StoredEntry>,
    /// Its events.
    pub events: Vec<StoredEvent>,
}

impl Reader {
    /// The operations of a name: an operation, an idempotency key, or a payment. A payment is searched
    /// for in the whole journal.
    pub fn operations_of(&self, name: &str) -> Result<Vec<OperationId>, JournalError> {
        let by_id = self.operation_by_id(&OperationId::new(name))?;
        let found = match by_id {
            Some(found) => Some(found),
            None => self.operation_by_key(&IdempotencyKey::new(name))?,
        };
        if let Some(found) = found {
            return Ok(vec![found.id]);
        }
        if self.payment(&PaymentId::new(name))?.is_none() {
            return Ok(Vec::new());
        }
        let mut select = self.connection.prepare(
            "SELECT operation_id, min(seq) FROM entry
             WHERE operation_id IS NOT NULL AND instr(body, ?) > 0
             GROUP BY operation_id ORDER BY min(seq)",
        )?;
        // As JSON text, so that no other name begins like it.
        let quoted = format!("\"{name}\"");
        let rows = select.query_map([quoted], |row| row.get::<_, String>(0))?;
        Ok(rows
            .map(|row| row.map(OperationId::new))
            .collect::<Result<_, _>>()?)
    }

    /// What the journal has on an operation.
    pub fn story(&self, operation: &OperationId) -> Result<Story, JournalError> {
        let own = self.entries_where(
            "SELECT seq, at, body FROM entry WHERE operation_id = ?1 AND seq >= ?2 AND seq <= ?3",
            (operation.as_str(), 0, i64::MAX),
        )?;
        let (Some(first), Some(last)) = (own.first(), own.last()) else {
            return Ok(Story {
                entries: Vec::new(),
                events: Vec::new(),
            });
        };
        let range = [first.seq, last.seq].map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let (from, until) = (first.at, last.at);
        let payments = payments_of(operation, &own);
        let between = self.entries_where(
            "SELECT seq, at, body FROM entry
             WHERE operation_id IS NULL AND ?1 <> '' AND seq >= ?2 AND seq <= ?3",
            (operation.as_str(), range[0], range[1]),
        )?;
        let theirs = between.into_iter().filter(|stored| {
            let payment = stored.entry.payment();
            payment.is_some_and(|payment| payments.contains(payment))
        });
        let mut entries: Vec<StoredEntry> = own.into_iter().chain(theirs).collect();
        entries.sort_by_key(|stored| stored.seq);
        Ok(Story {
            entries,
            events: self.events_of(operation, from, until)?,
        })
    }

    fn entries_where(
        &self,
        select: &'static str,
        (operation, from, until): (&str, i64, i64),
    ) -> Result<Vec<StoredEntry>, JournalError> {
        let mut select = self.connection.prepare(&format!("{select} ORDER BY seq"))?;
        let rows = select.query_map(params![operation, from, until], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        let rows = rows.map(|row| {
            let (seq, at, body) = row?;
            Ok(StoredEntry {
                seq: u64::try_from(seq).unwrap_or(0),
                at: Timestamp(at),
                entry: from_json(&body, "entry")?,
            })
        });
        rows.collect()
    }

    fn events_of(
        &self,
        operation: &OperationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<StoredEvent>, JournalError> {
        let mut select = self.connection.prepare(
            "SELECT seq, at, body FROM event WHERE at >= ? AND at <= ? AND instr(body, ?) > 0
             ORDER BY seq",
        )?;
        let quoted = format!("\"{operation}\"");
        let rows = select.query_map(params![from.0, until.0, quoted], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        let rows = rows.map(|row| {
            let (seq, at, body) = row?;
            let event: Event = from_json(&body, "event")?;
            Ok(StoredEvent {
                seq: u64::try_from(seq).unwrap_or(0),
                at: Timestamp(at),
                event,
            })
        });
        rows.collect()
    }
}

fn payments_of(operation: &OperationId, entries: &[StoredEntry]) -> BTreeSet<PaymentId> {
    let own = (0..entries.len()).map(|at| own_payment(operation, at));
    let mut payments: BTreeSet<PaymentId> = own.collect();
    for stored in entries {
        if let Entry::StepRequested { payment, .. } = &stored.entry {
            payments.insert(payment.clone());
        }
    }
    payments
}
