//! Goes through a journal from its first entry and says what is not as it was written: the file,
//! the chain of entries, the sequence of events, and the tables, which must be what the entries make
//! them.

use std::fmt;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::bindings::Bindings;
use super::chain::{Head, Link};
use super::error::JournalError;
use super::marks;
use super::reader::{PAYMENT_COLUMNS, from_json, payment, payment_columns};
use super::schema;
use super::walk::each_entry;
use crate::domain::entry::Entry;
use crate::domain::order::Order;
use crate::domain::state::Aggregates;

/// So many orders are compared in one pass over the entries: it bounds the memory that is needed.
const ORDERS_PER_PASS: u64 = 200_000;

/// So many findings are kept; a damaged file may hold millions.
const FINDINGS_MAX: usize = 100;

/// What was gone through, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Entries.
    pub entries: u64,
    /// Events.
    pub events: u64,
    /// The last entry: noted in another place, it proves later that nothing was rewritten.
    pub head: Head,
    /// What is not as it should be, the first of them.
    pub findings: Vec<Finding>,
    /// How many more findings there were.
    pub more: u64,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The database file is damaged; in SQLite's words.
    File(String),
    /// An entry cannot be read.
    Unreadable {
        /// Its number.
        seq: i64,
    },
    /// An entry is not the one that was written there, or the one before it is gone.
    Chain {
        /// Its number.
        seq: i64,
    },
    /// An entry is filed under another operation than its own.
    Misfiled {
        /// Its number.
        seq: i64,
    },
    /// The entry that was noted earlier is not there: the journal was rewritten or cut off.
    NotThere,
    /// Events are missing.
    EventGap {
        /// After this one.
        after: i64,
    },
    /// A table says something else than the entries.
    Differs {
        /// Which table.
        table: &'static str,
        /// Which row.
        id: String,
    },
    /// A table has rows that no entry made, or lacks some.
    Count {
        /// Which table.
        table: &'static str,
        /// Rows that the entries make.
        expected: u64,
        /// Rows that are there.
        found: u64,
    },
}

/// Goes through the journal in this file. A station may be running on it: all is read as it was at
/// one moment. `expected` is a head that was noted earlier, which the chain has to lead through.
pub fn verify(path: &Path, expected: Option<&str>) -> Result<Verification, JournalError> {
    let connection = schema::open_for_reading(path)?;
    check_all(&connection, expected).map_err(|error| error.at(path))
}

fn check_all(
    connection: &Connection,
    expected: Option<&str>,
) -> Result<Verification, JournalError> {
    // One transaction: what is written meanwhile is not seen.
    let snapshot = connection.unchecked_transaction()?;
    let mut done = Verification {
        entries: 0,
        events: 0,
        head: Head::START,
        findings: Vec::new(),
        more: 0,
    };
    check_file(&snapshot, &mut done)?;
    check_entries(&snapshot, expected, &mut done)?;
    check_events(&snapshot, &mut done)?;
    check_operations(&snapshot, &mut done)?;
    check_tables(&snapshot, &mut done)?;
    check_bindings(&snapshot, &mut done)?;
    check_index(&snapshot, &mut done)?;
    Ok(done)
}

impl Verification {
    fn find(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    fn compare(&mut self, same: bool, table: &'static str, id: &str) {
        if !same {
            let id = id.to_owned();
            self.find(Finding::Differs { table, id });
        }
    }
}

fn check_file(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let mut check = connection.prepare("PRAGMA integrity_check(10)")?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?;
    for said in said {
        let said = said?;
        if said != "ok" {
            done.find(Finding::File(said));
        }
    }
    Ok(())
}

/// What SQLite finds wrong with the file, in its own words, without comparing what the rows say: pages and
/// rows are looked at, indexes are not. Much quicker than [`verify`].
pub fn quick_check(path: &Path) -> Result<Vec<String>, JournalError> {
    let connection = schema::open_for_reading(path)?;
    look(&connection).map_err(|error| error.at(path))
}

fn look(connection: &Connection) -> Result<Vec<String>, JournalError> {
    let mut check = connection.prepare("PRAGMA quick_check(5)")?;
    let said = check.query_map([], |row| row.get::<_, String>(0))?;
    let said: Vec<String> = said.collect::<Result<_, _>>()?;
    // SQLite begins a new line where doctor goes on in the same one.
    let said = said.iter().flat_map(|said| said.lines());
    let said = said.filter(|said| *said != "ok" && !said.starts_with("***"));
    Ok(said.map(str::to_owned).collect())
}

fn check_entries(
    connection: &Connection,
    expected: Option<&str>,
    done: &mut Verification,
) -> Result<(), JournalError> {
    let mut is_there = expected.is_none();
    each_entry(connection, |row| {
        done.entries = done.entries.saturating_add(1);
        let seq = row.seq;
        let follows = done.head.followed_by(row.at, &row.body);
        let link = Link::from_bytes(&row.chain).unwrap_or(follows.link);
        // After a break the chain is taken up again from what is there: each break is named once.
        done.head = Head { seq, link };
        if done.head != follows || row.chain != link.as_bytes() {
            done.find(Finding::Chain { seq });
        }
        is_there = is_there || expected == Some(done.head.to_string().as_str());
        match serde_json::from_str::<Entry>(&row.body) {
            Err(_) => done.find(Finding::Unreadable { seq }),
            Ok(entry) => {
                let own = entry.operation().map(|operation| operation.as_str());
                if own != row.operation.as_deref() {
                    done.find(Finding::Misfiled { seq });
                }
            }
        }
        Ok(())
    })?;
    if !is_there {
        done.find(Finding::NotThere);
    }
    Ok(())
}

fn check_events(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let mut select = connection.prepare("SELECT seq FROM event ORDER BY seq")?;
    let mut rows = select.query([])?;
    let mut last = 0_i64;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        done.events = done.events.saturating_add(1);
        if seq != last.saturating_add(1) {
            done.find(Finding::EventGap { after: last });
        }
        last = seq;
    }
    Ok(())
}

/// Every operation has its row, with the key that it was asked under and the entry that ended it.
fn check_operations(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let mut select = connection.prepare(
        "SELECT idempotency_key, fingerprint, method, finished_entry FROM operation WHERE id = ?",
    )?;
    let columns = |row: &Row<'_>| -> rusqlite::Result<(String, String, String, Option<i64>)> {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    };
    let mut started = 0_u64;
    for_entries(connection, |seq, entry| {
        if let Entry::OperationStarted {
            operation,
            key,
            fingerprint,
            request,
            ..
        } = &entry
        {
            started = started.saturating_add(1);
            let row = select.query_row([operation.as_str()], columns).optional()?;
            let same = row.is_some_and(|row| {
                (row.0.as_str(), row.1.as_str(), row.2.as_str())
                    == (key.as_str(), fingerprint.as_str(), request.method())
            });
            done.compare(same, "operation", operation.as_str());
        }
        if let Entry::OperationFinished { operation, .. } = &entry {
            let row = select.query_row([operation.as_str()], columns).optional()?;
            let same = row.is_some_and(|row| row.3 == Some(seq));
            done.compare(same, "operation", operation.as_str());
        }
        Ok(())
    })?;
    check_count(connection, done, "operation", started)
}

/// Applies all entries anew and compares what comes out with the tables, a part of the orders and
/// payments at a time.
fn check_tables(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let orders = count(connection, "customer_order")?;
    let passes = orders
        .checked_div(ORDERS_PER_PASS)
        .unwrap_or(0)
        .saturating_add(1);
    let (mut orders, mut payments, mut terminals, mut apps) = (0_u64, 0_u64, 0_u64, 0_u64);
    for pass in 0..passes {
        let mut books = Aggregates::default();
        for_entries(connection, |_, entry| {
            let id = entry.payment().map(|id| id.as_str());
            let id = id.or(entry.order().map(|id| id.as_str()));
            if id.is_none_or(|id| part_of(id, passes) == pass) {
                books.apply(&entry);
            }
            Ok(())
        })?;
        compare_tables(connection, done, &books)?;
        orders = orders.saturating_add(length(books.orders.len()));
        payments = payments.saturating_add(length(books.payments.len()));
        terminals = length(books.terminals.len());
        apps = length(books.apps.len());
    }
    check_count(connection, done, "customer_order", orders)?;
    check_count(connection, done, "payment", payments)?;
    check_count(connection, done, "terminal", terminals)?;
    check_count(connection, done, "app", apps)
}

fn compare_tables(
    connection: &Connection,
    done: &mut Verification,
    books: &Aggregates,
) -> Result<(), JournalError> {
    let mut select = connection.prepare("SELECT body FROM customer_order WHERE id = ?")?;
    for (id, order) in &books.orders {
        let body: Option<String> = select
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        let found = body.and_then(|body| from_json::<Order>(&body, "order").ok());
        done.compare(found.as_ref() == Some(order), "customer_order", id.as_str());
    }
    let mut select = connection.prepare(&format!(
        "SELECT {PAYMENT_COLUMNS} FROM payment WHERE id = ?"
    ))?;
    for (id, expected) in &books.payments {
        let row = select
            .query_row([id.as_str()], payment_columns)
            .optional()?;
        let found = row.and_then(|row| payment(row).ok());
        done.compare(found.as_ref() == Some(expected), "payment", id.as_str());
    }
    let mut select = connection.prepare("SELECT body FROM terminal WHERE id = ?")?;
    for (id, terminal) in &books.terminals {
        let body: Option<String> = select
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        let found = body.and_then(|body| from_json(&body, "terminal").ok());
        done.compare(found.as_ref() == Some(terminal), "terminal", id.as_str());
    }
    let mut select = connection.prepare("SELECT body FROM app WHERE id = ?")?;
    for (name, app) in &books.apps {
        let body: Option<String> = select
            .query_row([name.as_str()], |row| row.get(0))
            .optional()?;
        let found = body.and_then(|body| from_json(&body, "app").ok());
        done.compare(found.as_ref() == Some(app), "app", name.as_str());
    }
    Ok(())
}

/// Whose tags are.
fn check_bindings(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let mut bindings = Bindings::default();
    for_entries(connection, |_, entry| {
        bindings.apply(&entry);
        Ok(())
    })?;
    for identity in bindings.differing(connection)? {
        done.compare(false, "bound_tag", &identity);
    }
    check_count(connection, done, "bound_tag", length(bindings.count()))
}

/// What orders are found by is what the orders and payments in their tables say.
fn check_index(connection: &Connection, done: &mut Verification) -> Result<(), JournalError> {
    let mut select = connection.prepare("SELECT id, body, placed_at FROM customer_order")?;
    let mut orders = select.query([])?;
    let mut rows = 0_u64;
    while let Some(row) = orders.next()? {
        let (id, body, placed_at): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let order = from_json::<Order>(&body, "order").ok();
        // What cannot be read was named when the tables were compared.
        let Some(order) = order else { continue };
        let Ok(expected) = marks::rows_of(connection, &order, &[]) else {
            continue;
        };
        let is_in_place = order.placed_at.is_none_or(|told| told.0 == placed_at);
        done.compare(is_in_place, "customer_order", &id);
        for row in &expected {
            done.compare(marks::has(connection, row)?, "order_mark", &id);
        }
        rows = rows.saturating_add(length(expected.len()));
    }
    check_count(connection, done, "order_mark", rows)
}

/// All entries that can be read, in order.
fn for_entries(
    connection: &Connection,
    mut visit: impl FnMut(i64, Entry) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    each_entry(connection, |row| {
        match serde_json::from_str(&row.body) {
            Ok(entry) => visit(row.seq, entry),
            // It was named when the entries were checked.
            Err(_) => Ok(()),
        }
    })
}

/// A row that no entry made is found by its being one too many.
fn check_count(
    connection: &Connection,
    done: &mut Verification,
    table: &'static str,
    expected: u64,
) -> Result<(), JournalError> {
    let found = count(connection, table)?;
    if found != expected {
        done.find(Finding::Count {
            table,
            expected,
            found,
        });
    }
    Ok(())
}

fn count(connection: &Connection, table: &'static str) -> Result<u64, JournalError> {
    let select = format!("SELECT count(*) FROM {table}");
    let count: i64 = connection.query_row(&select, [], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Which part of so many an id belongs to.
fn part_of(id: &str, parts: u64) -> u64 {
    let sum = id.bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    sum.checked_rem(parts).unwrap_or(0)
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(said) => write!(f, "the file is damaged: {said}"),
            Self::Unreadable { seq } => write!(f, "entry {seq} cannot be read"),
            Self::Chain { seq } => write!(
                f,
                "entry {seq} does not follow from the one before: it was changed, or others are gone"
            ),
            Self::Misfiled { seq } => {
                write!(f, "entry {seq} is filed under another operation than its own")
            }
            Self::NotThere => f.write_str(
                "the entry that was noted earlier is not there: the journal was rewritten or cut off",
            ),
            Self::EventGap { after } => write!(f, "events are missing after {after}"),
            Self::Differs { table, id } => {
                write!(f, "table {table}, row {id}: not what the entries say")
            }
            Self::Count {
                table,
                expected,
                found,
            } => write!(
                f,
                "table {table}: {found} rows, but the entries make {expected}"
            ),
        }
    }
}
