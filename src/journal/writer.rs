//! The writer: batches that wait together become durable together.

use std::path::Path;
use std::sync::mpsc;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::chain::Head;
use super::error::JournalError;
use super::marks::{Before, Changes};
use super::{Batch, Commit, bindings, schema};
use crate::domain::entry::Entry;
use crate::domain::id::{SealedToken, Timestamp};
use crate::domain::order::Order;
use crate::domain::payment::Payment;
use crate::domain::terminal::Terminal;
use crate::failpoint;

/// So many batches share one commit at most: keeps the wait of the first of them short.
const BATCHES_PER_COMMIT: usize = 256;

/// Bytes. A payment takes a few thousand, and each table that it changes some pages.
const ROOM_TO_PROVE: usize = 256 * 1024;

/// What the rows of a batch hold, as JSON: it can be made on any thread.
#[derive(Clone, Debug)]
pub struct Bodies {
    entries: Vec<String>,
    events: Vec<String>,
    payments: Vec<String>,
    orders: Vec<String>,
}

impl Bodies {
    /// Of a batch.
    pub fn of(batch: &Batch) -> Result<Self, JournalError> {
        // The token columns hold the tokens; the body does not repeat them.
        let payments = batch.payments.iter().map(|payment| {
            json(&Payment {
                card_token: None,
                auth_token: None,
                ..payment.clone()
            })
        });
        let events = batch.events.iter().map(|(_, event)| json(event));
        Ok(Self {
            entries: batch.entries.iter().map(json).collect::<Result<_, _>>()?,
            events: events.collect::<Result<_, _>>()?,
            payments: payments.collect::<Result<_, _>>()?,
            orders: batch.orders.iter().map(json).collect::<Result<_, _>>()?,
        })
    }
}

/// The one connection that writes.
#[derive(Debug)]
pub struct Writer {
    pub(super) connection: Connection,
    /// The last durable entry.
    pub(super) head: Head,
}

impl Writer {
    pub(super) fn open(path: &Path, key_check: &SealedToken) -> Result<Self, JournalError> {
        let connection = schema::open_for_writing(path)?;
        connection.execute(
            "INSERT OR IGNORE INTO meta (name, value) VALUES ('key_check', ?)",
            [key_check.as_str()],
        )?;
        let head = schema::head(&connection)?;
        Ok(Self { connection, head })
    }

    /// Makes a group of batches durable, all of them or none. After a failure nothing may be
    /// written any more: later batches stand on the failed ones.
    pub fn write(&mut self, group: &[Batch]) -> Result<(), JournalError> {
        self.head = write(&mut self.connection, self.head, group)?;
        Ok(())
    }

    /// Makes sure that there is room to write: more than a payment's entries take, durably, and gone
    /// again.
    pub fn prove_room(&mut self) -> Result<(), JournalError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let room = "x".repeat(ROOM_TO_PROVE);
        transaction.execute("INSERT OR REPLACE INTO meta VALUES ('room', ?)", [room])?;
        transaction.commit()?;
        self.connection
            .execute("DELETE FROM meta WHERE name = 'room'", [])?;
        Ok(())
    }
}

/// Writes until the sender is gone, or until a commit fails.
pub(super) fn run(mut writer: Writer, waiting: &mpsc::Receiver<Batch>, on_commit: impl Fn(Commit)) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(BATCHES_PER_COMMIT));
        let ticket = group.last().map_or(0, |batch| batch.ticket);
        failpoint::hit("journal.before_commit");
        let result = writer.write(&group);
        failpoint::hit("journal.after_commit");
        let failed = result.is_err();
        on_commit(Commit { ticket, result });
        if failed {
            return;
        }
    }
}

/// Writes a group behind the head of the chain; returns the new head.
fn write(
    connection: &mut Connection,
    mut head: Head,
    group: &[Batch],
) -> Result<Head, JournalError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut marks = Changes::default();
    for batch in group {
        let bodies = Bodies::of(batch)?;
        head = write_batch(&transaction, head, batch, &bodies, &mut marks)?;
    }
    marks.write(&transaction)?;
    transaction.commit()?;
    Ok(head)
}

/// Writes one batch behind the head of the chain; returns the new head. What it changes in the index
/// is noted, and is to be written before the transaction is committed.
pub(super) fn write_batch(
    transaction: &Transaction<'_>,
    mut head: Head,
    batch: &Batch,
    bodies: &Bodies,
    marks: &mut Changes,
) -> Result<Head, JournalError> {
    let before = Before::of(transaction, batch)?;
    for (entry, body) in batch.entries.iter().zip(&bodies.entries) {
        head = append(transaction, head, batch.at, entry, body)?;
    }
    for ((seq, _), body) in batch.events.iter().zip(&bodies.events) {
        let mut insert =
            transaction.prepare_cached("INSERT INTO event (seq, at, body) VALUES (?, ?, ?)")?;
        insert.execute(params![integer(*seq)?, batch.at.0, body])?;
    }
    for (payment, body) in batch.payments.iter().zip(&bodies.payments) {
        put_payment(transaction, payment, body)?;
    }
    for (order, body) in batch.orders.iter().zip(&bodies.orders) {
        put_order(transaction, batch.at, order, body)?;
    }
    marks.note(transaction, batch, before)?;
    Ok(head)
}

fn append(
    transaction: &Transaction<'_>,
    head: Head,
    at: Timestamp,
    entry: &Entry,
    body: &str,
) -> Result<Head, JournalError> {
    let head = head.followed_by(at, body);
    let operation = entry
        .operation()
        .map(crate::domain::id::OperationId::as_str);
    transaction
        .prepare_cached(
            "INSERT INTO entry (seq, at, operation_id, body, chain) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![
            head.seq,
            at.0,
            operation,
            body,
            head.link.as_bytes()
        ])?;
    if let Entry::OperationStarted {
        operation,
        key,
        fingerprint,
        request,
        at,
        ..
    } = entry
    {
        transaction
            .prepare_cached(
                "INSERT INTO operation (id, idempotency_key, fingerprint, method, started_at)
                 VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![
                operation.as_str(),
                key.as_str(),
                fingerprint.as_str(),
                request.method(),
                at.0
            ])?;
    }
    if let Entry::OperationFinished { operation, at, .. } = entry {
        transaction
            .prepare_cached(
                "UPDATE operation SET finished_at = ?, finished_entry = ? WHERE id = ?",
            )?
            .execute(params![at.0, head.seq, operation.as_str()])?;
    }
    if let Entry::TerminalSeen {
        terminal,
        last,
        sync,
    } = entry
    {
        let seen = Terminal {
            last: last.clone(),
            sync: sync.clone(),
        };
        transaction
            .prepare_cached("INSERT OR REPLACE INTO terminal (id, body) VALUES (?, ?)")?
            .execute(params![terminal.as_str(), json(&seen)?])?;
    }
    note_app(transaction, entry)?;
    bindings::note(transaction, entry)?;
    Ok(head)
}

fn note_app(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), JournalError> {
    if let Entry::AppPaired { app, .. } = entry {
        transaction
            .prepare_cached("INSERT INTO app (id, body) VALUES (?, ?)")?
            .execute(params![app.name.as_str(), json(app)?])?;
    }
    if let Entry::AppRoleChanged { app, role, .. } = entry {
        transaction
            .prepare_cached(
                "UPDATE app SET body = json_set(body, '$.role', ? ->> '$') WHERE id = ?",
            )?
            .execute(params![json(role)?, app.as_str()])?;
    }
    if let Entry::AppRevoked { app, .. } = entry {
        transaction
            .prepare_cached("DELETE FROM app WHERE id = ?")?
            .execute([app.as_str()])?;
    }
    Ok(())
}

fn put_payment(
    transaction: &Transaction<'_>,
    payment: &Payment,
    body: &str,
) -> Result<(), JournalError> {
    let token = SealedToken::as_str;
    transaction
        .prepare_cached(
            "INSERT INTO payment (id, order_id, account, currency, authorized, captured, voided,
                 refunded, expires_at, card_token, auth_token, body)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET
                 authorized = excluded.authorized, captured = excluded.captured,
                 voided = excluded.voided, refunded = excluded.refunded,
                 expires_at = excluded.expires_at, card_token = excluded.card_token,
                 auth_token = excluded.auth_token, body = excluded.body",
        )?
        .execute(params![
            payment.id.as_str(),
            payment
                .order
                .as_ref()
                .map(crate::domain::id::OrderId::as_str),
            payment
                .account
                .as_ref()
                .map(crate::domain::id::MerchantAccountId::as_str),
            payment.currency.code(),
            integer(payment.authorized)?,
            integer(payment.captured)?,
            integer(payment.voided)?,
            integer(payment.refunded)?,
            payment.expires_at.map(|at| at.0),
            payment.card_token.as_ref().map(token),
            payment.auth_token.as_ref().map(token),
            body,
        ])?;
    Ok(())
}

fn put_order(
    transaction: &Transaction<'_>,
    at: Timestamp,
    order: &Order,
    body: &str,
) -> Result<(), JournalError> {
    let placed_at = order.placed_at.map(|at| at.0);
    transaction
        .prepare_cached(
            "INSERT INTO customer_order (id, version, placed_at, body)
             VALUES (?1, ?2, coalesce(?3, ?4), ?5)
             ON CONFLICT (id) DO UPDATE SET
                 version = ?2, placed_at = coalesce(?3, placed_at), body = ?5",
        )?
        .execute(params![
            order.id.as_str(),
            integer(order.version)?,
            placed_at,
            at.0,
            body
        ])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, JournalError> {
    serde_json::to_string(value).map_err(|error| JournalError::corrupt("entry", &error))
}

/// SQLite has signed integers; every amount that was admitted fits by far.
fn integer(value: u64) -> Result<i64, JournalError> {
    i64::try_from(value).map_err(|error| JournalError::corrupt("integer", &error))
}
