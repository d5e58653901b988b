//! Answers to questions. They read memory first, as it is newer than the tables, and change nothing.

use std::time::Duration;

use super::{Connection, Station};
use crate::api::call::{Found, Health, Hit, Query, Refusal, Standing, TerminalRow};
use crate::domain::doubt::Doubt;
use crate::domain::id::{LineId, OrderId, PaymentId, TerminalId, Timestamp};
use crate::domain::operation::Operation;
use crate::domain::order::{LineState, Order};
use crate::domain::payment::Payment;
use crate::domain::quote;
use crate::domain::rejection::Rejection;
use crate::domain::search::Search;
use crate::domain::state::Aggregates;
use crate::journal::{JournalError, OperationRow};

/// Seconds.
const DAY: u64 = 24 * 60 * 60;

impl Station {
    pub(super) fn query(&self, query: Query, now: Timestamp) -> Result<Found, Refusal> {
        match query {
            Query::Payment(id) => {
                let payment = self.payment(&id)?;
                let unknown = Rejection::PaymentUnknown(id);
                Ok(Found::Payment(Box::new(
                    payment.ok_or(Refusal::Rejected(unknown))?,
                )))
            }
            Query::Order(id) => {
                let order = self.order(id)?;
                let tenders = order.tenders.iter().map(|tender| &tender.payment);
                let payments = self.payments(tenders)?;
                Ok(Found::Order(Box::new(order), payments))
            }
            Query::Orders(search) => self.find_orders(search),
            Query::Tapped { tap, placed, limit } => self.find_by_tap(&tap, placed, limit),
            Query::Attention { within_days, limit } => {
                let days = Duration::from_secs(u64::from(within_days).saturating_mul(DAY));
                self.attention(now.after(days), limit)
            }
            Query::Quote { order, lines } => self.quote(order, lines),
            Query::OperationByKey(key) => {
                let mut open = self.state.books.operations.values();
                match open.find(|operation| operation.key == key) {
                    Some(operation) => Ok(running(&self.state.books, operation)),
                    None => finished(self.reader.operation_by_key(&key)),
                }
            }
            Query::OperationById(id) => match self.state.books.operations.get(&id) {
                Some(operation) => Ok(running(&self.state.books, operation)),
                None => finished(self.reader.operation_by_id(&id)),
            },
            Query::Events { after, limit } => {
                let events = self.reader.events_after(after, limit).map_err(unreadable)?;
                let rows = events
                    .into_iter()
                    .map(|event| (event.seq, event.at, event.event));
                Ok(Found::Events(rows.collect()))
            }
            Query::Terminals => Ok(Found::Terminals(self.terminal_rows(now))),
            Query::Info => Ok(Found::Info {
                station: self.name.clone(),
            }),
            Query::Health => Ok(Found::Health(self.health(now))),
        }
    }

    /// One more than asked for is looked up: whether there are more.
    fn find_orders(&self, search: Search) -> Result<Found, Refusal> {
        let limit = search.limit;
        let search = Search {
            limit: limit.saturating_add(1),
            ..search
        };
        let found = self.reader.find_orders(&search).map_err(unreadable)?;
        self.hits(found, limit)
    }

    /// What people are told of orders that were found, of the first so many.
    pub(super) fn hits(
        &self,
        found: Vec<(Order, Timestamp)>,
        limit: usize,
    ) -> Result<Found, Refusal> {
        let more = found.len() > limit;
        let hits = found.into_iter().take(limit).map(|(stored, placed_at)| {
            let in_memory = self.state.books.orders.get(&stored.id).cloned();
            let order = in_memory.unwrap_or(stored);
            let usable = order.usable_tenders().map(|tender| &tender.payment);
            let payments = self.payments(usable)?;
            let quote = quote::quote(&self.state.directory, payments.iter(), &order, &[])
                .map_err(Refusal::Rejected)?;
            Ok(Hit {
                placed_at: order.placed_at.unwrap_or(placed_at),
                order,
                quote,
            })
        });
        Ok(Found::Orders {
            hits: hits.collect::<Result<_, Refusal>>()?,
            more,
        })
    }

    /// Without lines, all that wait are quoted.
    fn quote(&self, id: OrderId, lines: Vec<LineId>) -> Result<Found, Refusal> {
        let order = self.order(id)?;
        let waiting = order
            .lines
            .iter()
            .filter(|line| line.state == LineState::Open);
        let lines = if lines.is_empty() {
            waiting.map(|line| line.id.clone()).collect()
        } else {
            lines
        };
        let usable = order.usable_tenders().map(|tender| &tender.payment);
        let payments = self.payments(usable)?;
        let quote = quote::quote(&self.state.directory, payments.iter(), &order, &lines)
            .map_err(Refusal::Rejected)?;
        Ok(Found::Quote {
            version: order.version,
            lines,
            quote,
            payments,
        })
    }

    pub(super) fn order(&self, id: OrderId) -> Result<Order, Refusal> {
        let order = match self.state.books.orders.get(&id) {
            Some(order) => Some(order.clone()),
            None => self.reader.order(&id).map_err(unreadable)?,
        };
        order.ok_or(Refusal::Rejected(Rejection::OrderUnknown(id)))
    }

    pub(super) fn payments<'a>(
        &self,
        ids: impl Iterator<Item = &'a PaymentId>,
    ) -> Result<Vec<Payment>, Refusal> {
        let found = ids
            .map(|id| self.payment(id))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    pub(super) fn payment(&self, id: &PaymentId) -> Result<Option<Payment>, Refusal> {
        match self.state.books.payments.get(id) {
            Some(payment) => Ok(Some(payment.clone())),
            None => self.reader.payment(id).map_err(unreadable),
        }
    }

    fn terminal_rows(&self, now: Timestamp) -> Vec<TerminalRow> {
        let row = |(id, connection): (&TerminalId, &Connection)| {
            Some(TerminalRow {
                id: id.clone(),
                currency: self.state.directory.terminals.get(id)?.currency,
                connected: connection.connected,
                cause: connection.cause.clone(),
                operation: self
                    .state
                    .books
                    .holder_of_terminal(id)
                    .map(|held| held.id.clone()),
                lease: self.leases.of(&self.state, id, now).cloned(),
            })
        };
        self.connections.iter().filter_map(row).collect()
    }

    fn health(&self, now: Timestamp) -> Health {
        let operations = &self.state.books.operations;
        let open = operations.values();
        let running = open.clone().filter(|operation| operation.holds()).count();
        let in_doubt = open.clone().filter(|operation| operation.is_in_doubt());
        let queued = open
            .clone()
            .filter(|operation| operation.queued().is_some());
        let age = |operation: &Operation| now.since(operation.started_at).as_millis();
        let oldest = |ages: Option<u128>| u64::try_from(ages.unwrap_or(0)).unwrap_or(u64::MAX);
        Health {
            journal: self.outbox.failure().map(ToString::to_string),
            terminals: self.terminal_rows(now),
            readers: self.readers.rows(),
            clock_behind_ms: self.recorded_at.0.saturating_sub(now.0).max(0),
            in_doubt_oldest_ms: oldest(in_doubt.clone().map(age).max()),
            queued_oldest_ms: oldest(queued.clone().map(age).max()),
            queued: queued.count(),
            in_doubt: in_doubt.map(|operation| operation.id.clone()).collect(),
            running,
        }
    }
}

fn running(books: &Aggregates, operation: &Operation) -> Found {
    Found::Operation {
        id: operation.id.clone(),
        method: operation.request.method().to_owned(),
        started_at: operation.started_at,
        standing: match Doubt::of(books, operation) {
            Some(doubt) => Standing::InDoubt(Box::new(doubt)),
            None => Standing::Running,
        },
    }
}

fn finished(row: Result<Option<OperationRow>, JournalError>) -> Result<Found, Refusal> {
    let row = row
        .map_err(unreadable)?
        .ok_or(Refusal::NotFound("operation"))?;
    let standing = row.finished.map_or(Standing::Running, |finished| {
        Standing::Finished(Box::new(finished.outcome))
    });
    Ok(Found::Operation {
        id: row.id,
        method: row.method,
        started_at: row.started_at,
        standing,
    })
}

pub(super) fn unreadable(error: JournalError) -> Refusal {
    tracing::error!(%error, "journal cannot be read");
    Refusal::JournalUnavailable
}
