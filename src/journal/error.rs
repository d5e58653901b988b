//! Why the journal cannot be read or written.

use std::fmt;
use std::path::Path;

/// A failure of the journal. It names no SQL and no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalError {
    /// What a person can do about it.
    pub kind: JournalErrorKind,
    /// Cause, for the log.
    pub cause: String,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalErrorKind {
    /// Another process writes to the database.
    Busy,
    /// No room on the disk.
    Full,
    /// The file is damaged, or not a journal of posd.
    Corrupt,
    /// It was written by a newer version of posd.
    TooNew,
    /// The directory is missing or not writable, or the disk failed.
    Other,
}

impl JournalError {
    pub(super) fn other(path: &Path, cause: &dyn fmt::Display) -> Self {
        let cause = format!("{}: {cause}", path.display());
        Self {
            kind: JournalErrorKind::Other,
            cause,
        }
    }

    /// With the file that it is about.
    pub(super) fn at(self, path: &Path) -> Self {
        let cause = format!("{}: {}", path.display(), self.cause);
        Self { cause, ..self }
    }

    pub(super) fn no_thread(cause: &dyn fmt::Display) -> Self {
        Self {
            kind: JournalErrorKind::Other,
            cause: format!("no thread: {cause}"),
        }
    }

    /// A row that this version cannot read.
    pub(super) fn corrupt(what: &str, cause: &dyn fmt::Display) -> Self {
        Self {
            kind: JournalErrorKind::Corrupt,
            cause: format!("{what}: {cause}"),
        }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalErrorKind::Busy,
            Some(ErrorCode::DiskFull) => JournalErrorKind::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalErrorKind::Corrupt,
            Some(_) | None => JournalErrorKind::Other,
        };
        Self {
            kind,
            cause: error.to_string(),
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = match self.kind {
            JournalErrorKind::Busy => "journal is in use by another process",
            JournalErrorKind::Full => "disk is full",
            JournalErrorKind::Corrupt => "journal is damaged: go back to a backup",
            JournalErrorKind::TooNew => "journal was written by a newer posd",
            JournalErrorKind::Other => "journal cannot be used",
        };
        write!(f, "{advice} ({})", self.cause)
    }
}

impl std::error::Error for JournalError {}
