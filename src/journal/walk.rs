//! Entries one after the other, in constant memory.

use std::io::{self, Write};
use std::path::Path;

use rusqlite::Connection;
use serde::de::IgnoredAny;

use super::error::JournalError;
use super::schema;
use crate::domain::id::Timestamp;

/// Writes every entry as one line of JSON: its number, when it was written in milliseconds since
/// 1970, its digest, and the entry itself, byte for byte as the digest was made of it.
pub fn export(path: &Path, out: &mut dyn Write) -> Result<(), JournalError> {
    let connection = schema::open_for_reading(path)?;
    each_entry(&connection, |row| {
        let written = write_line(&row, out);
        written.map_err(|cause| JournalError::other(path, &format_args!("export: {cause}")))
    })?;
    out.flush()
        .map_err(|cause| JournalError::other(path, &format_args!("export: {cause}")))
}

fn write_line(row: &EntryRow, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "{{\"seq\":{},\"at_ms\":{},\"chain\":\"",
        row.seq, row.at.0
    )?;
    row.chain
        .iter()
        .try_for_each(|byte| write!(out, "{byte:02x}"))?;
    // What was damaged into something else than JSON is quoted, so that the line still is JSON.
    match serde_json::from_str::<IgnoredAny>(&row.body) {
        Ok(_) => writeln!(out, "\",\"entry\":{}}}", row.body),
        Err(_) => writeln!(out, "\",\"unreadable\":{}}}", serde_json::json!(row.body)),
    }
}

/// An entry as its row has it.
pub(super) struct EntryRow {
    pub(super) seq: i64,
    pub(super) at: Timestamp,
    pub(super) body: String,
    pub(super) chain: Vec<u8>,
    pub(super) operation: Option<String>,
}

/// All entries in order, as their rows have them.
pub(super) fn each_entry(
    connection: &Connection,
    mut visit: impl FnMut(EntryRow) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut select =
        connection.prepare("SELECT seq, at, body, chain, operation_id FROM entry ORDER BY seq")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        visit(EntryRow {
            seq: row.get(0)?,
            at: Timestamp(row.get(1)?),
            body: row.get(2)?,
            chain: row.get(3)?,
            operation: row.get(4)?,
        })?;
    }
    Ok(())
}
