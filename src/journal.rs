//! The journal: every fact durable before anyone hears of it.
//!
//! A [`Writer`] commits groups of batches (`synchronous=FULL`). The tables beside `entry` are
//! projections, written in the same transaction, so that a request loads only what it is about. A
//! [`Reader`] has a connection of its own and never waits for the writer. A [`Journal`] is the
//! writer on a thread of its own: batches that wait together commit together. Whoever wants to say
//! when a group commits, or never does, keeps the [`Writer`] in hand.

mod backup;
mod bindings;
mod bulk;
mod chain;
mod error;
mod marks;
mod reader;
mod schema;
mod story;
mod verify;
mod walk;
mod writer;

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

pub use backup::backup;
pub use bulk::Bulk;
pub use chain::Head;
pub use error::{JournalError, JournalErrorKind};
pub use reader::{Concerning, OperationRow, Reader, StoredEvent};
pub use story::{StoredEntry, Story};
pub use verify::{Finding, Verification, quick_check, verify};
pub use walk::export;
pub use writer::{Bodies, Writer};

use crate::domain::entry::Entry;
use crate::domain::event::Event;
use crate::domain::id::{SealedToken, Timestamp};
use crate::domain::order::Order;
use crate::domain::payment::Payment;

/// What one decision adds: written in one transaction, possibly together with others.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Number of the batch; the [`Commit`] names it again.
    pub ticket: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// Facts.
    pub entries: Vec<Entry>,
    /// Events with their sequence numbers.
    pub events: Vec<(u64, Event)>,
    /// Payments that the entries changed, as they are now.
    pub payments: Vec<Payment>,
    /// Orders that the entries changed, as they are now.
    pub orders: Vec<Order>,
}

/// All batches up to and with `ticket` are durable, or the journal has failed at one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The last batch of the group.
    pub ticket: u64,
    /// Whether it is durable. After a failure nothing more is written.
    pub result: Result<(), JournalError>,
}

/// Opens or creates the journal at `path` and brings its schema up to date. A new file is stamped
/// with `key_check`; [`Reader::key_check`] tells the stamp of the file that was found.
pub fn open(path: &Path, key_check: &SealedToken) -> Result<(Writer, Reader), JournalError> {
    let writer = Writer::open(path, key_check)?;
    Ok((writer, Reader::open(path)?))
}

/// The writer on its thread. Dropping it commits what waits and ends the thread.
#[derive(Debug)]
pub struct Journal {
    batches: Option<mpsc::Sender<Batch>>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Starts the thread, which reports each group commit to `on_commit`.
    pub fn start(
        writer: Writer,
        on_commit: impl Fn(Commit) + Send + 'static,
    ) -> Result<Self, JournalError> {
        let (batches, waiting) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer::run(writer, &waiting, on_commit))
            .map_err(|cause| JournalError::no_thread(&cause))?;
        Ok(Self {
            batches: Some(batches),
            thread: Some(thread),
        })
    }

    /// Hands a batch to the writer. Its fate comes as a [`Commit`].
    pub fn append(&self, batch: Batch) {
        // A writer that is gone has reported why; the station has stopped taking money then.
        if let Some(batches) = &self.batches {
            let _ = batches.send(batch);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.batches = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::TerminalId;

    fn batch(ticket: u64) -> Batch {
        let terminal = TerminalId::new(format!("till-{ticket}"));
        Batch {
            ticket,
            at: Timestamp(7),
            entries: vec![Entry::TerminalSeen {
                terminal: terminal.clone(),
                last: None,
                sync: None,
            }],
            events: vec![(ticket, Event::TerminalConnected { terminal })],
            payments: Vec::new(),
            orders: Vec::new(),
        }
    }

    fn start(writer: Writer, told: mpsc::Sender<Commit>) -> Journal {
        Journal::start(writer, move |commit| {
            let _ = told.send(commit);
        })
        .unwrap()
    }

    #[test]
    fn batches_are_durable_in_order_and_found_after_reopening() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let stamp = SealedToken::new("first".to_owned());
        let (told, commits) = mpsc::channel();
        let (writer, _) = open(&path, &stamp).unwrap();
        let journal = start(writer, told);
        for ticket in 1..=100 {
            journal.append(batch(ticket));
        }
        drop(journal);
        let commits: Vec<Commit> = commits.iter().collect();
        assert!(commits.iter().all(|commit| commit.result.is_ok()));
        assert!(
            commits
                .windows(2)
                .all(|pair| pair[0].ticket < pair[1].ticket)
        );
        assert_eq!(commits.last().unwrap().ticket, 100);

        let other = SealedToken::new("second".to_owned());
        let (_writer, reader) = open(&path, &other).unwrap();
        assert_eq!(reader.key_check().unwrap(), Some(stamp));
        assert_eq!(reader.entries().unwrap().len(), 100);
        assert_eq!(reader.terminals().unwrap().len(), 100);
        let seqs: Vec<u64> = reader
            .events_after(97, 10)
            .unwrap()
            .iter()
            .map(|event| event.seq)
            .collect();
        assert_eq!(seqs, [98, 99, 100]);
    }

    #[test]
    fn a_failed_commit_is_reported_and_nothing_follows_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let stamp = SealedToken::new("x".to_owned());
        let (told, commits) = mpsc::channel();
        let (writer, reader) = open(&path, &stamp).unwrap();
        let journal = start(writer, told);
        // An event number that is taken cannot be written a second time.
        journal.append(batch(1));
        assert!(commits.recv().unwrap().result.is_ok());
        journal.append(batch(1));
        assert!(commits.recv().unwrap().result.is_err());
        journal.append(batch(2));
        drop(journal);
        assert!(commits.recv().is_err());
        assert_eq!(reader.entries().unwrap().len(), 1);
    }

    #[test]
    fn a_journal_of_a_newer_version_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = open(&path, &SealedToken::new(String::new())).unwrap_err();
        assert_eq!(error.kind, JournalErrorKind::TooNew);
    }
}
