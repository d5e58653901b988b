//! Many orders at once, in and out. Whoever takes them in has the data directory to himself: no
//! station is running on it.

use rusqlite::{Transaction, TransactionBehavior};

use super::Batch;
use super::chain::Head;
use super::error::JournalError;
use super::marks::Changes;
use super::reader::{self, Reader, from_json};
use super::schema;
use super::writer::{Bodies, Writer, write_batch};
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::order::Order;
use crate::domain::payment::Payment;

/// Bytes of the journal, in KiB, that are kept in memory meanwhile: orders come in any sequence, and
/// the index has a page of its own for nearly every one of them.
const CACHE_KIB: i64 = 256 * 1024;

/// One transaction that grows batch by batch; what was put is seen by later look-ups. Dropped before
/// [`Self::commit`], nothing of it has happened.
#[derive(Debug)]
pub struct Bulk<'a> {
    transaction: Transaction<'a>,
    head: Head,
    /// Of the index, not written yet.
    marks: Changes,
    /// Where the chain goes on once this is durable.
    durable: &'a mut Head,
}

impl Writer {
    /// Takes the file for this writer alone, as nobody else may use it now: what is written goes to
    /// its place at once, and not to the log first, from which readers would see it.
    pub fn alone(&mut self) -> Result<(), JournalError> {
        let connection = &self.connection;
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        // A transaction is over when its rollback journal is gone from the directory, durably.
        connection.pragma_update(None, "synchronous", "EXTRA")?;
        connection.pragma_update(None, "cache_size", CACHE_KIB.saturating_neg())?;
        Ok(())
    }

    /// Ends [`Self::alone`].
    pub fn shared(&mut self) -> Result<(), JournalError> {
        schema::set_durable(&self.connection)
    }

    /// Begins a transaction for many batches.
    pub fn begin(&mut self) -> Result<Bulk<'_>, JournalError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Bulk {
            transaction,
            head: self.head,
            marks: Changes::default(),
            durable: &mut self.head,
        })
    }
}

impl Bulk<'_> {
    /// An order, as it is with all that was put.
    pub fn order(&self, id: &OrderId) -> Result<Option<Order>, JournalError> {
        reader::order(&self.transaction, id)
    }

    /// A payment, as it is with all that was put.
    pub fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, JournalError> {
        reader::payment_by_id(&self.transaction, id)
    }

    /// Adds a batch. After a failure the transaction is of no use any more.
    pub fn put(&mut self, batch: &Batch, bodies: &Bodies) -> Result<(), JournalError> {
        let (transaction, marks) = (&self.transaction, &mut self.marks);
        self.head = write_batch(transaction, self.head, batch, bodies, marks)?;
        if self.marks.are_many() {
            self.marks.write(&self.transaction)?;
        }
        Ok(())
    }

    /// Makes all of it durable.
    pub fn commit(mut self) -> Result<(), JournalError> {
        self.marks.write(&self.transaction)?;
        self.transaction.commit()?;
        *self.durable = self.head;
        Ok(())
    }
}

impl Reader {
    /// Visits every order with its payments, in the sequence of its tenders, as they were at one
    /// moment. A station may be running. Ends at the first error.
    pub fn each_order<E: From<JournalError>>(
        &self,
        mut visit: impl FnMut(Order, Vec<Payment>) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(JournalError::from(error));
        // One transaction: what is written meanwhile is not seen.
        let snapshot = self.connection.unchecked_transaction().map_err(failed)?;
        let mut select = snapshot
            .prepare("SELECT body FROM customer_order ORDER BY seq")
            .map_err(failed)?;
        let mut rows = select.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let body: String = row.get(0).map_err(failed)?;
            let order: Order = from_json(&body, "order")?;
            let payments = order.tenders.iter().map(|tender| {
                let payment = reader::payment_by_id(&snapshot, &tender.payment)?;
                payment.ok_or_else(|| JournalError::corrupt("order", &"a payment of it is gone"))
            });
            let payments: Vec<Payment> = payments.collect::<Result<_, JournalError>>()?;
            visit(order, payments)?;
        }
        Ok(())
    }
}
