//! The index of what orders are found by. An order that is stored is found by its own marks and by
//! those of its payments: the rows of the index follow from the tables of both. They are written in
//! the transaction of what changes them, as the difference of what the tables make before and after.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _, ToSql};

use super::Batch;
use super::error::JournalError;
use super::reader::{self, from_json};
use crate::domain::entry::Entry;
use crate::domain::id::OrderId;
use crate::domain::order::Order;
use crate::domain::payment::{Movement, Payment};
use crate::domain::search::Mark;

/// So many changes are kept in memory before they are written, each some hundred bytes. The index is
/// in the sequence of the marks and orders come in another: what is written together is sorted, so
/// that each page of the index is found and changed once for many orders.
const CHANGES_AT_ONCE: usize = 400_000;

/// So many rows are written by one statement.
const ROWS_AT_ONCE: usize = 64;

/// A row of the index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    mark: String,
    placed_at: i64,
    order_seq: i64,
    detail: String,
}

/// Rows that come and go, in sequence. Before each stands how its mark begins, so that they are sorted
/// without looking at most texts.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<(u128, Row, Change)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Comes,
    Goes,
}

/// The rows of the orders that a batch is about, as they were before it.
#[derive(Debug)]
pub(super) struct Before(BTreeMap<OrderId, BTreeSet<Row>>);

impl Before {
    /// To be asked before the orders and payments of the batch are put into their tables.
    pub(super) fn of(connection: &Connection, batch: &Batch) -> Result<Self, JournalError> {
        let mut rows = BTreeMap::new();
        for id in batch.entries.iter().filter_map(|it| marked(it, batch)) {
            if !rows.contains_key(id) {
                let order = reader::order(connection, id)?;
                let now = order.map(|order| rows_of(connection, &order, &[]));
                rows.insert(id.clone(), now.transpose()?.unwrap_or_default());
            }
        }
        Ok(Self(rows))
    }
}

impl Changes {
    /// Notes what a batch has changed, once its orders and payments are in their tables.
    pub(super) fn note(
        &mut self,
        connection: &Connection,
        batch: &Batch,
        before: Before,
    ) -> Result<(), JournalError> {
        for (id, before) in before.0 {
            let stored;
            let near = batch.orders.iter().find(|order| order.id == id);
            let order = if near.is_some() {
                near
            } else {
                stored = reader::order(connection, &id)?;
                stored.as_ref()
            };
            let after = order.map(|order| rows_of(connection, order, &batch.payments));
            let after = after.transpose()?.unwrap_or_default();
            let gone = before.difference(&after).cloned();
            self.extend(gone, Change::Goes);
            let new = after.into_iter().filter(|row| !before.contains(row));
            self.extend(new, Change::Comes);
        }
        Ok(())
    }

    /// Whether they should be written before there are more of them.
    pub(super) const fn are_many(&self) -> bool {
        self.0.len() >= CHANGES_AT_ONCE
    }

    /// Writes them into the index.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<(), JournalError> {
        // Stable: of changes to one row the last one holds.
        self.0.sort_by(|(begin, one, _), (other_begin, other, _)| {
            (begin, one).cmp(&(other_begin, other))
        });
        let mut rest = self.0.as_slice();
        while let Some((_, _, change)) = rest.first() {
            let alike = rest.iter().take(ROWS_AT_ONCE);
            let alike = alike.take_while(|(_, _, it)| it == change).count();
            let (rows, others) = rest.split_at(alike);
            change.of_all(connection, rows)?;
            rest = others;
        }
        self.0.clear();
        Ok(())
    }

    fn extend(&mut self, rows: impl Iterator<Item = Row>, change: Change) {
        self.0.extend(rows.map(|row| (row.begin(), row, change)));
    }
}

impl Change {
    /// Makes it of all these rows, in one statement.
    fn of_all(
        self,
        connection: &Connection,
        rows: &[(u128, Row, Self)],
    ) -> Result<(), JournalError> {
        let (begin, end) = match self {
            Self::Comes => ("INSERT OR IGNORE INTO order_mark VALUES ", ""),
            Self::Goes => (
                "DELETE FROM order_mark WHERE (mark, placed_at, order_seq, detail) IN (VALUES ",
                ")",
            ),
        };
        let values = vec!["(?, ?, ?, ?)"; rows.len()].join(", ");
        let mut statement = connection.prepare_cached(&format!("{begin}{values}{end}"))?;
        let values: Vec<&dyn ToSql> = rows.iter().flat_map(|(_, row, _)| row.values()).collect();
        statement.execute(values.as_slice())?;
        Ok(())
    }
}

impl Row {
    /// The first bytes of the mark: what comes before it as a number comes before it as a text.
    fn begin(&self) -> u128 {
        let mut begin = [0; 16];
        for (to, from) in begin.iter_mut().zip(self.mark.bytes()) {
            *to = from;
        }
        u128::from_be_bytes(begin)
    }

    fn values(&self) -> [&dyn ToSql; 4] {
        [&self.mark, &self.placed_at, &self.order_seq, &self.detail]
    }
}

/// Makes the index anew, of the orders and payments that are there.
pub(super) fn fill(connection: &Connection) -> Result<(), JournalError> {
    let mut select = connection.prepare("SELECT body FROM customer_order")?;
    let bodies = select.query_map([], |row| row.get::<_, String>(0))?;
    let mut changes = Changes::default();
    for body in bodies {
        let rows = rows_of(connection, &from_json(&body?, "order")?, &[])?;
        changes.extend(rows.into_iter(), Change::Comes);
        if changes.are_many() {
            changes.write(connection)?;
        }
    }
    changes.write(connection)
}

/// The rows of an order that is stored. `at_hand` are payments that need not be read.
pub(super) fn rows_of(
    connection: &Connection,
    order: &Order,
    at_hand: &[Payment],
) -> Result<BTreeSet<Row>, JournalError> {
    let mut select =
        connection.prepare_cached("SELECT seq, placed_at FROM customer_order WHERE id = ?")?;
    let place = select.query_row([order.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)));
    let Some((order_seq, placed_at)) = place.optional()? else {
        return Ok(BTreeSet::new());
    };
    let mut marks = Mark::of_order(order);
    let mut select =
        connection.prepare_cached("SELECT id, body FROM payment WHERE order_id = ?")?;
    let mut payments = select.query([order.id.as_str()])?;
    while let Some(row) = payments.next()? {
        let id = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        if let Some(near) = at_hand.iter().find(|payment| payment.id.as_str() == id) {
            marks.extend(Mark::of_payment(near));
        } else {
            let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            marks.extend(Mark::of_payment(&from_json(body, "payment")?));
        }
    }
    let row = |mark: Mark| Row {
        mark: mark.text,
        placed_at,
        order_seq,
        detail: mark.detail,
    };
    Ok(marks.into_iter().map(row).collect())
}

/// Whether the index has a row.
pub(super) fn has(connection: &Connection, row: &Row) -> Result<bool, JournalError> {
    let mut select = connection.prepare_cached(
        "SELECT 1 FROM order_mark
         WHERE mark = ? AND placed_at = ? AND order_seq = ? AND detail = ?",
    )?;
    Ok(select.exists(row.values().as_slice())?)
}

/// The order whose marks an entry may change.
fn marked<'a>(entry: &'a Entry, batch: &'a Batch) -> Option<&'a OrderId> {
    if let Entry::OrderStored { order } = entry {
        return Some(&order.id);
    }
    let tells = matches!(
        entry,
        Entry::PaymentOpened { .. }
            | Entry::PaymentMoved {
                movement: Movement::Authorized { .. } | Movement::AccountTold { .. },
                ..
            }
    );
    let id = entry.payment().filter(|_| tells)?;
    let payment = batch.payments.iter().find(|it| it.id == *id)?;
    payment.order.as_ref()
}

#[cfg(test)]
mod tests {
    use super::super::{Batch, Bodies, Reader, open, verify};
    use crate::domain::entry::Entry;
    use crate::domain::id::{OrderId, SealedToken, Timestamp};
    use crate::domain::order::Order;
    use crate::domain::payment::Payment;
    use crate::domain::search::{Mark, Search, Wanted};

    fn search(mark: Mark) -> Search {
        Search {
            wanted: Wanted::Mark(mark),
            placed: None,
            limit: 10,
        }
    }

    /// As version 1 has left them: an order is stored twice, another one never came in by itself.
    const STORED_BY_VERSION_1: &str = r#"
        INSERT INTO entry (at, operation_id, body) VALUES
            (500, NULL, '{"entry":"order_stored","order":{"id":"O-1","version":1}}'),
            (900, NULL, '{"entry":"order_stored","order":{"id":"O-1","version":2}}'),
            (100, 'op', '{"entry":"step_in_doubt","operation":"op"}');
        INSERT INTO customer_order (id, version, body) VALUES
            ('O-1', 2, '{"id":"O-1","version":2,"currency":"NOK","channel":"online",
              "customer_reference":"C-17","lines":[],"deposit":0,"tenders":[
                {"payment":"O-1/0","tender_type":null,"card_type":null,"prepayment":false}]}'),
            ('O-2', 1, '{"id":"O-2","version":1,"currency":"NOK","channel":"store",
              "customer_reference":"C-17","lines":[],"deposit":0,"tenders":[]}');
        INSERT INTO payment (id, order_id, currency, authorized, captured, voided, refunded,
            card_token, body) VALUES
            ('O-1/0', 'O-1', 'NOK', 500, 0, 0, 0, 'sealed',
             '{"id":"O-1/0","order":"O-1","account":null,"currency":"NOK","authorized":500,
               "captured":0,"voided":0,"refunded":0,"standing":"normal",
               "card":{"masked_pan":"411111******1111","brand":"VISA","entry_mode":null},
               "card_token":null,"auth_token":null,"captures":[],"terminal":null,
               "expires_at":null}');
        PRAGMA user_version = 1;
    "#;

    /// An order by its reference, paid with a card.
    fn batch(number: u64, reference: &str, card: &str) -> Batch {
        let order = format!(
            r#"{{"id":"O-1","version":{number},"currency":"NOK","channel":"online",
              "customer_reference":"{reference}","lines":[],"deposit":0,"tenders":[]}}"#
        );
        let payment = format!(
            r#"{{"id":"O-1/0","order":"O-1","account":null,"currency":"NOK","authorized":500,
              "captured":0,"voided":0,"refunded":0,"standing":"normal",
              "card":{{"masked_pan":"411111******{card}","brand":"VISA","entry_mode":null}},
              "card_token":null,"auth_token":null,"captures":[],"terminal":null,
              "expires_at":null}}"#
        );
        let order: Order = serde_json::from_str(&order).unwrap();
        let payment: Payment = serde_json::from_str(&payment).unwrap();
        Batch {
            ticket: number,
            at: Timestamp(700),
            entries: vec![
                Entry::PaymentOpened {
                    payment: Box::new(payment.clone()),
                },
                Entry::OrderStored {
                    order: Box::new(order.clone()),
                },
            ],
            events: Vec::new(),
            payments: vec![payment],
            orders: vec![order],
        }
    }

    #[test]
    fn an_order_is_found_by_what_it_says_now_and_by_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let (mut writer, reader) = open(&path, &SealedToken::new(String::new())).unwrap();
        let finds = |mark: Mark| reader.find_orders(&search(mark)).unwrap().len();
        let found = || {
            let cards = ["1111", "2222"].map(|card| finds(Mark::card(card).unwrap()));
            let references = ["A", "B", "C"].map(|it| finds(Mark::customer_reference(it)));
            (references, cards)
        };
        writer.write(&[batch(1, "A", "1111")]).unwrap();
        assert_eq!(found(), ([1, 0, 0], [1, 0]));
        // Two changes in one commit: there and away again is not there.
        let group = [batch(2, "B", "1111"), batch(3, "C", "2222")];
        writer.write(&group).unwrap();
        assert_eq!(found(), ([0, 0, 1], [0, 1]));

        let mut bulk = writer.begin().unwrap();
        for batch in [batch(4, "A", "2222"), batch(5, "B", "1111")] {
            bulk.put(&batch, &Bodies::of(&batch).unwrap()).unwrap();
        }
        bulk.commit().unwrap();
        assert_eq!(found(), ([0, 1, 0], [1, 0]));
        assert_eq!(verify(&path, None).unwrap().findings, []);
    }

    #[test]
    fn a_journal_of_version_1_is_brought_up_to_date_and_indexed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let old = rusqlite::Connection::open(&path).unwrap();
        old.execute_batch(include_str!("schema/001.sql")).unwrap();
        old.execute_batch(STORED_BY_VERSION_1).unwrap();
        drop(old);

        let stamp = SealedToken::new("stamp".to_owned());
        let (writer, reader) = open(&path, &stamp).unwrap();
        let found = |reader: &Reader, mark| -> Vec<(OrderId, Timestamp)> {
            let found = reader.find_orders(&search(mark)).unwrap();
            found
                .into_iter()
                .map(|(order, at)| (order.id, at))
                .collect()
        };
        let first = (OrderId::new("O-1"), Timestamp(500));
        let second = (OrderId::new("O-2"), Timestamp(0));
        let by_reference = || Mark::customer_reference("C-17");
        assert_eq!(
            found(&reader, by_reference()),
            [first.clone(), second.clone()]
        );
        let by_card = found(&reader, Mark::card("1111").unwrap());
        assert_eq!(by_card.first(), Some(&first));
        assert_eq!(by_card.len(), 1);
        let order = reader.order(&OrderId::new("O-1")).unwrap().unwrap();
        let payment = reader.payment(&order.tenders[0].payment).unwrap().unwrap();
        assert_eq!(payment.authorized, 500);
        assert_eq!(
            payment.card_token,
            Some(SealedToken::new("sealed".to_owned()))
        );
        assert_eq!(reader.open_entries().unwrap(), []);

        // Once more: nothing is done twice.
        drop(writer);
        let (_writer, reader) = open(&path, &stamp).unwrap();
        assert_eq!(found(&reader, by_reference()), [first, second]);
    }
}
