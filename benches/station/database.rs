//! The floor of a durable fact: the rows that the station wrote, written again into a copy of its
//! file, one transaction for each of its decisions, without serializing or deciding anything.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde_json::Value;

use crate::table::Samples;

/// A copy of a journal that follows it.
pub(crate) struct Follower {
    journal: PathBuf,
    writer: Connection,
    last_entry: i64,
    last_event: i64,
}

/// The rows of one decision.
#[derive(Debug, Default)]
struct Batch {
    rows: Vec<Row>,
    /// Has events.
    tells: bool,
}

#[derive(Debug)]
struct Row {
    insert: &'static str,
    cells: Vec<Cell>,
}

impl Follower {
    /// Copies the journal of a running station.
    pub(crate) fn new(journal: PathBuf) -> Self {
        let copy = journal.with_file_name("copy.db");
        let reader = open_for_reading(&journal);
        reader
            .execute("VACUUM INTO ?", [copy.to_str().unwrap()])
            .unwrap();
        let writer = Connection::open(&copy).unwrap();
        writer.pragma_update(None, "journal_mode", "WAL").unwrap();
        writer.pragma_update(None, "synchronous", "FULL").unwrap();
        let last = |table: &str| {
            let select = format!("SELECT coalesce(max(seq), 0) FROM {table}");
            writer.query_row(&select, [], |row| row.get(0)).unwrap()
        };
        Self {
            last_entry: last("entry"),
            last_event: last("event"),
            journal,
            writer,
        }
    }

    /// Writes what the station has written since, so many of its decisions in one commit. How long
    /// each commit took, and how many decisions there were.
    pub(crate) fn follow(&mut self, group: usize) -> (Samples, usize) {
        let batches = self.written();
        let mut samples = Samples::default();
        for batches in batches.chunks(group) {
            let begun = Instant::now();
            let transaction = self.writer.transaction().unwrap();
            for row in batches.iter().flat_map(|batch| &batch.rows) {
                let mut insert = transaction.prepare_cached(row.insert).unwrap();
                insert.execute(params_from_iter(&row.cells)).unwrap();
            }
            transaction.commit().unwrap();
            samples.push(begun.elapsed());
        }
        (samples, batches.len())
    }

    /// Decision by decision. Events that come without an entry (prompts) are left out, as nothing
    /// waits for them.
    fn written(&mut self) -> Vec<Batch> {
        let reader = open_for_reading(&self.journal);
        let mut batches: Vec<Batch> = Vec::new();
        let select = "SELECT * FROM entry WHERE seq > ? ORDER BY seq";
        for cells in rows(&reader, select, self.last_entry.into()) {
            self.last_entry = integer(&cells[0]);
            let body: Value = serde_json::from_str(text(&cells[3])).unwrap();
            let name = body["entry"].as_str().unwrap();
            if ["operation_started", "step_reported", "step_answered"].contains(&name) {
                batches.push(Batch::default());
            }
            let batch = batches.last_mut().unwrap();
            batch.tells |= ["operation_started", "operation_finished"].contains(&name);
            batch.rows.push(Row {
                insert: ENTRY,
                cells,
            });
            batch.add_projection(&reader, name, &body);
        }
        self.add_events(&reader, &mut batches);
        batches
    }

    fn add_events(&mut self, reader: &Connection, batches: &mut [Batch]) {
        let mut telling = batches.iter_mut().filter(|batch| batch.tells);
        let mut current: Option<&mut Batch> = None;
        let select = "SELECT * FROM event WHERE seq > ? ORDER BY seq";
        for cells in rows(reader, select, self.last_event.into()) {
            self.last_event = integer(&cells[0]);
            let body: Value = serde_json::from_str(text(&cells[2])).unwrap();
            let name = body["event"].as_str().unwrap();
            if name.starts_with("terminal_") {
                continue;
            }
            // A beginning is told first in its decision, an end last.
            if name == "operation_started" {
                current = None;
            }
            let batch = current.take().or_else(|| telling.next()).unwrap();
            batch.rows.push(Row {
                insert: EVENT,
                cells,
            });
            if name != "operation_finished" {
                current = Some(batch);
            }
        }
    }
}

impl Batch {
    /// The rows of the tables beside the entries, as they are at the end: as long as they were.
    fn add_projection(&mut self, reader: &Connection, entry: &str, body: &Value) {
        let name = |field: &str| {
            body[field]["id"]
                .as_str()
                .or(body[field].as_str())
                .map(str::to_owned)
        };
        let (insert, table, id) = match entry {
            "operation_started" => (OPERATION, "operation", name("operation")),
            "operation_finished" => (FINISH, "operation", name("operation")),
            "payment_opened" | "payment_moved" => (PAYMENT, "payment", name("payment")),
            "lines_reserved" | "lines_fulfilled" | "order_stored" => {
                (ORDER, "customer_order", name("order"))
            }
            "terminal_seen" => (TERMINAL, "terminal", name("terminal")),
            _ => return,
        };
        let select = format!("SELECT * FROM {table} WHERE id = ?");
        let mut found = rows(reader, &select, Cell::Text(id.unwrap()));
        let mut cells = found.pop().unwrap();
        match insert {
            // Finished later.
            OPERATION => cells.truncate(5),
            FINISH => cells = vec![cells[5].clone(), cells[6].clone(), cells[0].clone()],
            _ => {}
        }
        let is_known = self
            .rows
            .iter()
            .any(|row| row.insert == insert && row.cells[0] == cells[0]);
        if !is_known {
            self.rows.push(Row { insert, cells });
        }
    }
}

/// How many transactions have been committed to a database since it was opened: SQLite counts them
/// in the header of its shared memory (`iChange`).
pub(crate) fn commits(journal: &Path) -> u32 {
    let mut shared = journal.as_os_str().to_owned();
    shared.push("-shm");
    let header = std::fs::read(shared).unwrap();
    u32::from_ne_bytes(header[8..12].try_into().unwrap())
}

/// The least that opening a journal takes.
pub(crate) fn bare_open(journal: &Path) {
    let connection = Connection::open(journal).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    let select = "SELECT count(*) FROM operation WHERE finished_at IS NULL";
    let open: i64 = connection.query_row(select, [], |row| row.get(0)).unwrap();
    assert_eq!(open, 0);
}

/// The least that taking the rows of a journal in takes: all of its tables are written once more, in
/// one durable transaction of a new file, without parsing, checking or sealing anything.
pub(crate) fn copy_all(journal: &Path) {
    let connection = Connection::open(journal.with_file_name("all.db")).unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    connection
        .pragma_update(None, "synchronous", "FULL")
        .unwrap();
    connection
        .pragma_update(None, "cache_size", -65_536)
        .unwrap();
    connection
        .execute("ATTACH ? AS full", [journal.to_str().unwrap()])
        .unwrap();
    let of_kind = |kind: &str, column: &str| -> Vec<String> {
        let select = format!(
            "SELECT {column} FROM full.sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL"
        );
        let mut select = connection.prepare(&select).unwrap();
        let texts = select.query_map([], |row| row.get(0)).unwrap();
        texts.map(Result::unwrap).collect()
    };
    let transaction = connection.unchecked_transaction().unwrap();
    for sql in of_kind("table", "sql")
        .iter()
        .chain(&of_kind("index", "sql"))
    {
        transaction.execute_batch(sql).unwrap();
    }
    for name in of_kind("table", "name") {
        let copy = format!("INSERT INTO main.{name} SELECT * FROM full.{name}");
        transaction.execute_batch(&copy).unwrap();
    }
    transaction.commit().unwrap();
}

/// The least that writing orders out takes: what is stored of them, as it is, line by line.
pub(crate) fn write_bodies(journal: &Path, target: &Path) {
    let reader = open_for_reading(journal);
    let mut out = BufWriter::new(std::fs::File::create(target).unwrap());
    let mut select = reader
        .prepare(
            "SELECT o.body, p.body FROM customer_order o JOIN payment p ON p.id = o.id || '/0'
             ORDER BY o.seq",
        )
        .unwrap();
    let mut rows = select.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let [order, payment] = [0, 1].map(|at| row.get::<_, String>(at).unwrap());
        writeln!(out, "{order}{payment}").unwrap();
    }
    out.into_inner().unwrap().sync_all().unwrap();
}

fn open_for_reading(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn rows(reader: &Connection, select: &str, parameter: Cell) -> Vec<Vec<Cell>> {
    let mut select = reader.prepare_cached(select).unwrap();
    let columns = select.column_count();
    let cells = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    let rows = select.query_map([parameter], cells).unwrap();
    rows.map(Result::unwrap).collect()
}

fn text(cell: &Cell) -> &str {
    let Cell::Text(text) = cell else {
        panic!("not a text: {cell:?}");
    };
    text
}

fn integer(cell: &Cell) -> i64 {
    let Cell::Integer(integer) = cell else {
        panic!("not an integer: {cell:?}");
    };
    *integer
}

const ENTRY: &str = "INSERT INTO entry VALUES (?, ?, ?, ?, ?)";
const EVENT: &str = "INSERT INTO event VALUES (?, ?, ?)";
const OPERATION: &str = "INSERT INTO operation (id, idempotency_key, fingerprint, method, started_at) VALUES (?, ?, ?, ?, ?)";
const FINISH: &str = "UPDATE operation SET finished_at = ?, finished_entry = ? WHERE id = ?";
const PAYMENT: &str = "INSERT OR REPLACE INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ORDER: &str = "INSERT OR REPLACE INTO customer_order VALUES (?, ?, ?, ?, ?)";
const TERMINAL: &str = "INSERT OR REPLACE INTO terminal VALUES (?, ?)";
