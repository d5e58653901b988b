//! The index of what orders are found by. It is written in the transaction of the entries that say
//! so: an order that is stored brings its own marks and those of its tenders, a payment that becomes
//! known or gets its card brings its own.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Batch;
use super::error::JournalError;
use super::reader::from_json;
use crate::domain::entry::Entry;
use crate::domain::id::OrderId;
use crate::domain::order::Order;
use crate::domain::payment::{Movement, Payment};
use crate::domain::search::Mark;

/// Indexes what a batch says. Its orders and payments are in their tables.
pub(super) fn note(connection: &Connection, batch: &Batch) -> Result<(), JournalError> {
    let mut stored = Vec::new();
    for entry in &batch.entries {
        if let Entry::OrderStored { order } = entry
            && let Some(order) = batch.orders.iter().find(|it| it.id == order.id)
        {
            index_order(connection, order, &batch.payments)?;
            stored.push(&order.id);
        }
    }
    for payment in batch.entries.iter().filter_map(|it| with_card(it, batch)) {
        // An order that is not stored yet brings its payments' marks when it is.
        let order = payment.order.as_ref().filter(|id| !stored.contains(id));
        let marks = Mark::of_payment(payment);
        if let Some(order) = order.filter(|_| !marks.is_empty())
            && let Some(place) = place_of(connection, order)?
        {
            insert(connection, place, &marks)?;
        }
    }
    Ok(())
}

/// Indexes every order that is stored, as a journal does that was written before there was an index.
pub(super) fn fill(connection: &Connection) -> Result<(), JournalError> {
    let mut select = connection.prepare("SELECT body FROM customer_order")?;
    let bodies = select.query_map([], |row| row.get::<_, String>(0))?;
    for body in bodies {
        index_order(connection, &from_json(&body?, "order")?, &[])?;
    }
    Ok(())
}

/// The payment whose card an entry tells.
fn with_card<'a>(entry: &Entry, batch: &'a Batch) -> Option<&'a Payment> {
    let tells = matches!(
        entry,
        Entry::PaymentOpened { .. }
            | Entry::PaymentMoved {
                movement: Movement::Authorized { .. },
                ..
            }
    );
    let payment = entry.payment().filter(|_| tells)?;
    batch.payments.iter().find(|it| it.id == *payment)
}

/// `at_hand` are payments that need not be read.
fn index_order(
    connection: &Connection,
    order: &Order,
    at_hand: &[Payment],
) -> Result<(), JournalError> {
    let Some(place) = place_of(connection, &order.id)? else {
        return Ok(());
    };
    connection
        .prepare_cached("DELETE FROM order_mark WHERE order_seq = ?")?
        .execute([place.seq])?;
    let mut marks = Mark::of_order(order);
    for tender in &order.tenders {
        let near = at_hand.iter().find(|it| it.id == tender.payment);
        if let Some(payment) = near {
            marks.extend(Mark::of_payment(payment));
            continue;
        }
        let body: Option<String> = connection
            .prepare_cached("SELECT body FROM payment WHERE id = ?")?
            .query_row([tender.payment.as_str()], |row| row.get(0))
            .optional()?;
        if let Some(body) = body {
            marks.extend(Mark::of_payment(&from_json(&body, "payment")?));
        }
    }
    insert(connection, place, &marks)
}

/// Where an order stands.
#[derive(Clone, Copy)]
struct Place {
    seq: i64,
    placed_at: i64,
}

fn place_of(connection: &Connection, order: &OrderId) -> Result<Option<Place>, JournalError> {
    let mut select =
        connection.prepare_cached("SELECT seq, placed_at FROM customer_order WHERE id = ?")?;
    let place = select.query_row([order.as_str()], |row| {
        Ok(Place {
            seq: row.get(0)?,
            placed_at: row.get(1)?,
        })
    });
    Ok(place.optional()?)
}

fn insert(connection: &Connection, place: Place, marks: &[Mark]) -> Result<(), JournalError> {
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO order_mark (mark, placed_at, order_seq, detail)
         VALUES (?, ?, ?, ?)",
    )?;
    for mark in marks {
        insert.execute(params![mark.text, place.placed_at, place.seq, mark.detail])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Reader, open};
    use crate::domain::id::{OrderId, SealedToken, Timestamp};
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
