//! Reads of the journal and its projections.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::de::DeserializeOwned;

use super::error::JournalError;
use super::schema;
use crate::domain::app::App;
use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{
    Fingerprint, IdempotencyKey, OperationId, OrderId, PaymentId, SealedToken, TerminalId,
    Timestamp,
};
use crate::domain::operation::{Finished, Step};
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::search::{Search, Wanted};
use crate::domain::terminal::Terminal;

/// The cross join keeps SQLite at this order of the tables: few operations are open. Left to
/// itself it reads every entry there is, to be spared the sorting.
const OPEN_ENTRIES: &str = "SELECT e.body FROM operation o CROSS JOIN entry e
     WHERE o.finished_at IS NULL AND e.operation_id = o.id ORDER BY e.seq";

const OPERATION: &str = "SELECT o.id, o.idempotency_key, o.fingerprint, o.method, o.started_at,
         o.finished_at, e.body
     FROM operation o LEFT JOIN entry e ON e.seq = o.finished_entry";

/// The end of the last operation that closed a terminal's batch.
const CLOSED: &str = "SELECT o.finished_entry
     FROM operation o CROSS JOIN entry f ON f.seq = o.finished_entry
     WHERE o.method = 'terminal.reconcile' AND o.finished_entry IS NOT NULL
         AND f.body ->> '$.outcome.reconciliation.terminal' = ?1
         AND f.body ->> '$.outcome.reconciliation.closed' = 1
     ORDER BY o.finished_entry DESC LIMIT 1";

/// What a terminal was asked for after an entry, each with the next answer of its operation, which is
/// its own: only the last step of an operation can be unanswered.
const OF_BATCH: &str = "SELECT r.body, (
         SELECT a.body FROM entry a
         WHERE a.operation_id = r.operation_id AND a.seq > r.seq
             AND a.body LIKE '{\"entry\":\"step_answered\"%'
         ORDER BY a.seq LIMIT 1)
     FROM entry r
     WHERE r.body LIKE '{\"entry\":\"step_requested\"%'
         AND r.body ->> '$.call.terminal.terminal' = ?1 AND r.seq > ?2
     ORDER BY r.seq";

/// What [`payment_columns`] reads.
pub(super) const PAYMENT_COLUMNS: &str = "body, card_token, auth_token";

const FIND_BY_NAME: &str = "SELECT body, placed_at FROM customer_order
     WHERE id = ?1 AND placed_at >= ?2 AND placed_at < ?3 LIMIT ?4";

/// Reads the index from its newest end, and stops when it has enough.
const FIND_BY_MARK: &str = "SELECT o.body, m.placed_at
     FROM order_mark m CROSS JOIN customer_order o ON o.seq = m.order_seq
     WHERE m.mark = ?1 AND m.placed_at >= ?2 AND m.placed_at < ?3 AND m.detail LIKE ?5
     GROUP BY m.placed_at, m.order_seq
     ORDER BY m.placed_at DESC, m.order_seq DESC LIMIT ?4";

/// A connection of its own, for reading.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
}

/// An operation as its table knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// Its name.
    pub id: OperationId,
    /// The app's own name for it.
    pub key: IdempotencyKey,
    /// Method name.
    pub method: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if it did.
    pub finished_at: Option<Timestamp>,
    /// How it ended, if it did.
    pub finished: Option<Finished>,
}

/// Why somebody should look at a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerning {
    /// Its authorization ends by then and still holds money.
    Expiring(Timestamp),
    /// What was promised from it could not be captured.
    Uncaptured,
    /// Its processor reviews it.
    OnHold,
}

impl Concerning {
    /// The ids of such payments: until when (of those that expire), and how many. Each reads an index
    /// of its own, whose condition must stand here word by word.
    const fn select(self) -> &'static str {
        match self {
            Self::Expiring(_) => {
                "SELECT id FROM payment WHERE authorized > captured + voided AND expires_at <= ?1
                 ORDER BY expires_at LIMIT ?2"
            }
            Self::Uncaptured => {
                "SELECT id FROM payment WHERE body ->> '$.uncaptured' > 0 AND ?1 = 0
                 ORDER BY expires_at LIMIT ?2"
            }
            Self::OnHold => {
                "SELECT id FROM payment WHERE body ->> '$.standing' = 'on_hold' AND ?1 = 0
                 ORDER BY expires_at LIMIT ?2"
            }
        }
    }
}

/// An event with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Place in the sequence, without gaps.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Reader {
    /// Opens an existing journal for reading.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            connection: schema::open_for_reading(path)?,
        })
    }

    /// An order.
    pub fn order(&self, id: &OrderId) -> Result<Option<Order>, JournalError> {
        order(&self.connection, id)
    }

    /// Finds orders, newest first, with the times at which they were placed.
    pub fn find_orders(&self, search: &Search) -> Result<Vec<(Order, Timestamp)>, JournalError> {
        let (from, before) = search
            .placed
            .unwrap_or((Timestamp(i64::MIN), Timestamp(i64::MAX)));
        let limit = i64::try_from(search.limit).unwrap_or(i64::MAX);
        let found = |row: &Row<'_>| {
            let body: String = row.get(0)?;
            Ok((body, Timestamp(row.get(1)?)))
        };
        let mut select;
        let rows = match &search.wanted {
            Wanted::Order(id) => {
                select = self.connection.prepare_cached(FIND_BY_NAME)?;
                select.query_map(params![id.as_str(), from.0, before.0, limit], found)?
            }
            Wanted::Mark(mark) => {
                select = self.connection.prepare_cached(FIND_BY_MARK)?;
                let detail = format!("%{}", mark.detail);
                select.query_map(params![mark.text, from.0, before.0, limit, detail], found)?
            }
        };
        rows.map(|row| {
            let (body, placed_at) = row?;
            Ok((from_json(&body, "order")?, placed_at))
        })
        .collect()
    }

    /// A payment, with its sealed tokens.
    pub fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, JournalError> {
        payment_by_id(&self.connection, id)
    }

    /// All payments, oldest first, one page at a time: those after `after`.
    pub fn payments_after(&self, after: &str, limit: u32) -> Result<Vec<Payment>, JournalError> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {PAYMENT_COLUMNS} FROM payment WHERE id > ? ORDER BY id LIMIT ?"
        ))?;
        let rows = select.query_map(params![after, limit], payment_columns)?;
        rows.map(|row| payment(row?)).collect()
    }

    /// Payments that somebody should look at, what ends first first.
    pub fn payments_concerning(
        &self,
        concerning: Concerning,
        limit: u32,
    ) -> Result<Vec<PaymentId>, JournalError> {
        let until = match concerning {
            Concerning::Expiring(until) => until.0,
            Concerning::Uncaptured | Concerning::OnHold => 0,
        };
        let mut select = self.connection.prepare_cached(concerning.select())?;
        let rows = select.query_map(params![until, limit], |row| row.get::<_, String>(0))?;
        Ok(rows
            .map(|id| id.map(PaymentId::new))
            .collect::<Result<_, _>>()?)
    }

    /// The operation under an idempotency key.
    pub fn operation_by_key(
        &self,
        key: &IdempotencyKey,
    ) -> Result<Option<OperationRow>, JournalError> {
        self.operation("o.idempotency_key = ?", key.as_str())
    }

    /// The operation of that name.
    pub fn operation_by_id(&self, id: &OperationId) -> Result<Option<OperationRow>, JournalError> {
        self.operation("o.id = ?", id.as_str())
    }

    /// The entries of all open operations, in order.
    pub fn open_entries(&self) -> Result<Vec<Entry>, JournalError> {
        self.bodies(OPEN_ENTRIES, "entry")
    }

    /// Every entry, in order.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        self.bodies("SELECT body FROM entry ORDER BY seq", "entry")
    }

    /// The steps that a terminal was asked for since its batch was closed last, oldest first, with what
    /// became of them.
    pub fn steps_of_batch(&self, terminal: &TerminalId) -> Result<Vec<Step>, JournalError> {
        let mut select = self.connection.prepare_cached(CLOSED)?;
        let closed = select.query_row([terminal.as_str()], |row| row.get::<_, i64>(0));
        let since = closed.optional()?.unwrap_or(0);
        let mut select = self.connection.prepare_cached(OF_BATCH)?;
        let rows = select.query_map(params![terminal.as_str(), since], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
        })?;
        let mut steps = Vec::new();
        for row in rows {
            let (requested, answered) = row?;
            let requested: Entry = from_json(&requested, "entry")?;
            let answered = answered.map(|body| from_json::<Entry>(&body, "entry"));
            steps.extend(Step::of(&requested, answered.transpose()?.as_ref()));
        }
        Ok(steps)
    }

    /// What is known of the terminals.
    pub fn terminals(&self) -> Result<Vec<(TerminalId, Terminal)>, JournalError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT id, body FROM terminal")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (id, body): (String, String) = row?;
            Ok((TerminalId::new(id), from_json(&body, "terminal")?))
        })
        .collect()
    }

    /// The apps that have paired.
    pub fn apps(&self) -> Result<Vec<App>, JournalError> {
        let apps = self.bodies("SELECT body FROM app", "app")?;
        Ok(apps)
    }

    /// Events after a place, at most `limit`.
    pub fn events_after(&self, seq: u64, limit: u32) -> Result<Vec<StoredEvent>, JournalError> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let mut select = self
            .connection
            .prepare_cached("SELECT seq, at, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?")?;
        let rows = select.query_map(params![seq, limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })?;
        rows.map(|row| {
            let (seq, at, body) = row?;
            let seq = u64::try_from(seq).unwrap_or(0);
            Ok(StoredEvent {
                seq,
                at: Timestamp(at),
                event: from_json(&body, "event")?,
            })
        })
        .collect()
    }

    /// The place of the last event, 0 before the first.
    pub fn last_event(&self) -> Result<u64, JournalError> {
        let last: Option<i64> =
            self.connection
                .query_row("SELECT max(seq) FROM event", [], |row| row.get(0))?;
        Ok(last.map_or(0, |last| u64::try_from(last).unwrap_or(0)))
    }

    /// When the last entry was written.
    pub fn last_entry_at(&self) -> Result<Option<Timestamp>, JournalError> {
        let mut select = self
            .connection
            .prepare("SELECT at FROM entry ORDER BY seq DESC LIMIT 1")?;
        Ok(select
            .query_row([], |row| row.get(0))
            .optional()?
            .map(Timestamp))
    }

    /// The value that the file was stamped with when it was made: it opens with the key that its
    /// tokens are sealed with.
    pub fn key_check(&self) -> Result<Option<SealedToken>, JournalError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT value FROM meta WHERE name = 'key_check'")?;
        Ok(select
            .query_row([], |row| row.get(0))
            .optional()?
            .map(SealedToken::new))
    }

    fn operation(
        &self,
        which: &'static str,
        value: &str,
    ) -> Result<Option<OperationRow>, JournalError> {
        let row = self
            .connection
            .prepare_cached(&format!("{OPERATION} WHERE {which}"))?
            .query_row([value], |row| {
                let fingerprint: String = row.get(2)?;
                let body: Option<String> = row.get(6)?;
                Ok((operation_columns(row)?, fingerprint, body))
            })
            .optional()?;
        let Some((mut operation, fingerprint, body)) = row else {
            return Ok(None);
        };
        if let Some(body) = body
            && let Entry::OperationFinished {
                operation: id,
                outcome,
                ..
            } = from_json(&body, "outcome")?
        {
            let fingerprint = Fingerprint::new(fingerprint);
            operation.finished = Some(Finished {
                id,
                fingerprint,
                outcome: *outcome,
            });
        }
        Ok(Some(operation))
    }

    fn bodies<T: DeserializeOwned>(
        &self,
        select: &'static str,
        what: &str,
    ) -> Result<Vec<T>, JournalError> {
        let mut select = self.connection.prepare(select)?;
        let rows = select.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|body| from_json(&body?, what)).collect()
    }
}

pub(super) fn order(connection: &Connection, id: &OrderId) -> Result<Option<Order>, JournalError> {
    let body: Option<String> = connection
        .prepare_cached("SELECT body FROM customer_order WHERE id = ?")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body, "order")).transpose()
}

pub(super) fn payment_by_id(
    connection: &Connection,
    id: &PaymentId,
) -> Result<Option<Payment>, JournalError> {
    let row = connection
        .prepare_cached(&format!(
            "SELECT {PAYMENT_COLUMNS} FROM payment WHERE id = ?"
        ))?
        .query_row([id.as_str()], payment_columns)
        .optional()?;
    row.map(payment).transpose()
}

fn operation_columns(row: &Row<'_>) -> rusqlite::Result<OperationRow> {
    Ok(OperationRow {
        id: OperationId::new(row.get::<_, String>(0)?),
        key: IdempotencyKey::new(row.get::<_, String>(1)?),
        method: row.get(3)?,
        started_at: Timestamp(row.get(4)?),
        finished_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        finished: None,
    })
}

pub(super) type PaymentColumns = (String, Option<String>, Option<String>);

pub(super) fn payment_columns(row: &Row<'_>) -> rusqlite::Result<PaymentColumns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

pub(super) fn payment(
    (body, card_token, auth_token): PaymentColumns,
) -> Result<Payment, JournalError> {
    let payment: Payment = from_json(&body, "payment")?;
    Ok(Payment {
        card_token: card_token.map(SealedToken::new),
        auth_token: auth_token.map(SealedToken::new),
        ..payment
    })
}

pub(super) fn from_json<T: DeserializeOwned>(body: &str, what: &str) -> Result<T, JournalError> {
    // The parser's message may quote the row: only where it failed is passed on.
    serde_json::from_str(body)
        .map_err(|error| JournalError::corrupt(what, &format_args!("column {}", error.column())))
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_question_is_planned_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        drop(schema::open_for_writing(&path).unwrap());
        let reader = Reader::open(&path).unwrap();
        for key in ["one", "two", "three"] {
            let key = IdempotencyKey::new(key);
            assert_eq!(reader.operation_by_key(&key), Ok(None));
        }
        let select = format!("{OPERATION} WHERE o.idempotency_key = ?");
        let select = reader.connection.prepare_cached(&select).unwrap();
        assert_eq!(select.get_status(StatementStatus::Run), 3);
        assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_search_reads_the_index_from_its_end_and_sorts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        drop(schema::open_for_writing(&path).unwrap());
        let reader = Reader::open(&path).unwrap();
        let explain = format!("EXPLAIN QUERY PLAN {FIND_BY_MARK}");
        let mut explain = reader.connection.prepare(&explain).unwrap();
        let any = params!["tag 1", 0, 1, 1, "%"];
        let plan = explain.query_map(any, |row| row.get(3)).unwrap();
        let plan: Vec<String> = plan.map(Result::unwrap).collect();
        assert_eq!(plan.len(), 2, "{plan:?}");
        assert!(
            plan[0].starts_with("SEARCH m USING PRIMARY KEY"),
            "{plan:?}"
        );
        assert!(
            plan[1].starts_with("SEARCH o USING INTEGER PRIMARY KEY"),
            "{plan:?}"
        );
    }

    #[test]
    fn the_work_list_reads_its_indexes_and_sorts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        drop(schema::open_for_writing(&path).unwrap());
        let reader = Reader::open(&path).unwrap();
        for (concerning, index) in [
            (Concerning::Expiring(Timestamp(1)), "payment_expiring"),
            (Concerning::Uncaptured, "payment_uncaptured"),
            (Concerning::OnHold, "payment_on_hold"),
        ] {
            assert_eq!(reader.payments_concerning(concerning, 5), Ok(Vec::new()));
            let explain = format!("EXPLAIN QUERY PLAN {}", concerning.select());
            let mut explain = reader.connection.prepare(&explain).unwrap();
            let plan = explain.query_map([1, 1], |row| row.get(3)).unwrap();
            let plan: Vec<String> = plan.map(Result::unwrap).collect();
            assert_eq!(plan.len(), 1, "{plan:?}");
            assert!(plan[0].contains(index), "{plan:?}");
        }
    }

    #[test]
    fn a_batch_is_read_by_its_indexes_and_sorts_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        drop(schema::open_for_writing(&path).unwrap());
        let reader = Reader::open(&path).unwrap();
        let plan = |select: &str, arguments: &[&str]| -> Vec<String> {
            let explain = format!("EXPLAIN QUERY PLAN {select}");
            let mut explain = reader.connection.prepare(&explain).unwrap();
            let plan = explain.query_map(rusqlite::params_from_iter(arguments), |row| row.get(3));
            plan.unwrap().map(Result::unwrap).collect()
        };
        let closed = plan(CLOSED, &["till"]);
        assert!(closed[0].contains("operation_closing"), "{closed:?}");
        assert_eq!(closed.len(), 2, "{closed:?}");
        let batch = plan(OF_BATCH, &["till", "0"]);
        assert!(
            batch[0].starts_with("SEARCH r USING INDEX step_at_terminal"),
            "{batch:?}"
        );
        assert!(
            batch
                .iter()
                .any(|it| it.starts_with("SEARCH a USING INDEX entry_of_operation"))
        );
        assert!(
            !batch.iter().any(|it| it.contains("TEMP B-TREE")),
            "{batch:?}"
        );
    }

    #[test]
    fn a_start_does_not_read_what_is_finished() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        drop(schema::open_for_writing(&path).unwrap());
        let reader = Reader::open(&path).unwrap();
        let mut explain = reader
            .connection
            .prepare(&format!("EXPLAIN QUERY PLAN {OPEN_ENTRIES}"))
            .unwrap();
        let plan = explain.query_map([], |row| row.get(3)).unwrap();
        let plan: Vec<String> = plan.map(Result::unwrap).collect();
        assert_eq!(plan.len(), 3, "{plan:?}");
        assert_eq!(plan[0], "SCAN o USING INDEX operation_open");
        assert!(plan[1].starts_with("SEARCH e USING INDEX entry_of_operation"));
    }
}
