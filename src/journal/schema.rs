//! The database file: how it is opened and how its schema grows. A migration that was released is
//! never changed; the next one is added below it.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{JournalError, JournalErrorKind};

/// Schema versions: number n brings `user_version` from n to n + 1.
const MIGRATIONS: [&str; 1] = [include_str!("schema/001.sql")];

/// Opens the database, sets it to durable commits and brings the schema up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, JournalError> {
    let mut connection =
        Connection::open(path).map_err(|error| JournalError::other(path, &error))?;
    // One writer at a time, from the first moment: a second daemon on the same file must not start.
    connection.pragma_update(None, "locking_mode", "NORMAL")?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    keep_plans(&connection)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the database for reading only.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| JournalError::other(path, &error))?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// A prepared statement stays prepared. SQLite may else plan one anew for each value that is bound,
/// and did so for the look-up by idempotency key, which every operation begins with.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let version: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))?;
    if version > MIGRATIONS.len() {
        return Err(JournalError {
            kind: JournalErrorKind::TooNew,
            cause: format!("schema {version}, this version knows {}", MIGRATIONS.len()),
        });
    }
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        let next = i64::try_from(at.saturating_add(1)).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}
