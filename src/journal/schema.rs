//! The database file: how it is opened and how its schema grows. A migration that was released is
//! never changed; the next one is added below it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::chain::{Head, Link};
use super::error::{JournalError, JournalErrorKind};
use super::marks;
use super::walk::each_entry;

/// Schema versions: number n brings `user_version` from n to n + 1.
const MIGRATIONS: [Migration; 8] = [
    Migration::sql(include_str!("schema/001.sql")),
    Migration {
        sql: include_str!("schema/002.sql"),
        fill: Some(link_entries),
    },
    Migration::sql(include_str!("schema/003.sql")),
    Migration::sql(include_str!("schema/004.sql")),
    Migration::sql(include_str!("schema/005.sql")),
    Migration::sql(include_str!("schema/006.sql")),
    Migration {
        sql: include_str!("schema/007.sql"),
        fill: Some(marks::fill),
    },
    Migration::sql(include_str!("schema/008.sql")),
];

/// One step of the schema.
struct Migration {
    sql: &'static str,
    /// What SQL alone cannot fill in, for rows that are there already.
    fill: Option<Fill>,
}

type Fill = fn(&Connection) -> Result<(), JournalError>;

impl Migration {
    const fn sql(sql: &'static str) -> Self {
        Self { sql, fill: None }
    }
}

/// Opens the database, sets it to durable commits and brings the schema up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, JournalError> {
    // SQLite would make it readable for whoever the process lets read; its other files have its mode. Why
    // it cannot be made, SQLite says.
    let own = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path);
    drop(own);
    let open = || {
        let mut connection = Connection::open(path)?;
        // One writer at a time, from the first moment: a second daemon on the same file must not start.
        connection.pragma_update(None, "locking_mode", "NORMAL")?;
        connection.busy_timeout(std::time::Duration::from_secs(2))?;
        set_durable(&connection)?;
        keep_plans(&connection)?;
        migrate(&mut connection)?;
        Ok(connection)
    };
    open().map_err(|error: JournalError| error.at(path))
}

/// What is committed is durable, and readers do not wait for it.
pub(super) fn set_durable(connection: &Connection) -> Result<(), JournalError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(())
}

/// Opens the database for reading only. Its schema has to be up to date: only a station brings it there.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, JournalError> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(2))?;
        keep_plans(&connection)?;
        if version(&connection)? < MIGRATIONS.len() {
            return Err(JournalError {
                kind: JournalErrorKind::Other,
                cause: "it was written by an older posd: start the station once with this version"
                    .to_owned(),
            });
        }
        Ok(connection)
    };
    open().map_err(|error: JournalError| error.at(path))
}

/// The last entry of the chain, which the next one follows.
pub(super) fn head(connection: &Connection) -> Result<Head, JournalError> {
    let mut select =
        connection.prepare("SELECT seq, chain FROM entry ORDER BY seq DESC LIMIT 1")?;
    let row: Option<(i64, Vec<u8>)> = select
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, chain)) = row else {
        return Ok(Head::START);
    };
    let link = Link::from_bytes(&chain)
        .ok_or_else(|| JournalError::corrupt("entry", &"its digest is not one"))?;
    Ok(Head { seq, link })
}

/// A prepared statement stays prepared. SQLite may else plan one anew for each value that is bound,
/// and did so for the look-up by idempotency key, which every operation begins with.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Which migrations a file has seen; an error when it knows some that we do not.
fn version(connection: &Connection) -> Result<usize, JournalError> {
    let version: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))?;
    if version > MIGRATIONS.len() {
        return Err(JournalError {
            kind: JournalErrorKind::TooNew,
            cause: format!("schema {version}, this version knows {}", MIGRATIONS.len()),
        });
    }
    Ok(version)
}

fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    let version = version(connection)?;
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0))?;
    if version == 0 && tables > 0 {
        return Err(JournalError {
            kind: JournalErrorKind::Corrupt,
            cause: "a database, but no journal of posd".to_owned(),
        });
    }
    for (at, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration.sql)?;
        if let Some(fill) = migration.fill {
            fill(&transaction)?;
        }
        let next = i64::try_from(at.saturating_add(1)).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", next)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Links the entries of a journal that was begun without a chain.
fn link_entries(connection: &Connection) -> Result<(), JournalError> {
    let mut link = connection.prepare("UPDATE entry SET chain = ? WHERE seq = ?")?;
    let mut head = Head::START;
    each_entry(connection, |row| {
        head = head.followed_by(row.at, &row.body);
        link.execute(params![head.link.as_bytes(), row.seq])?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::verify;

    #[test]
    fn a_journal_without_a_chain_gets_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(MIGRATIONS[0].sql).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            r#"INSERT INTO entry (at, body) VALUES
                 (1, '{"entry":"terminal_seen","terminal":"a","last":null,"sync":null}'),
                 (2, '{"entry":"terminal_seen","terminal":"b","last":null,"sync":null}');
               INSERT INTO terminal VALUES
                 ('a', '{"last":null,"sync":null}'), ('b', '{"last":null,"sync":null}');"#,
        )
        .unwrap();
        drop(old);
        assert!(verify(&path, None).is_err(), "too old to be read");
        let connection = open_for_writing(&path).unwrap();
        let done = verify(&path, None).unwrap();
        assert_eq!((done.entries, done.findings.as_slice()), (2, [].as_slice()));
        assert_eq!(done.head, head(&connection).unwrap());
    }
}
