//! A consistent copy of a journal while a station is running on it.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::error::JournalError;
use super::schema;

/// Copies the journal at `from` to a new file at `to`: all that was durable at one moment, in a
/// database of its own. The copy is whole and on the disk when this returns, or it is not there.
/// What is sealed stays sealed: the key is no part of it.
pub fn backup(from: &Path, to: &Path) -> Result<(), JournalError> {
    let failed = |cause: std::io::Error| JournalError::other(to, &cause);
    let connection = schema::open_for_reading(from)?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    // Made beside its place and then put there in one go; what is there already stays as it is.
    let whole = tempfile::Builder::new()
        .prefix(".posd-backup-")
        .tempfile_in(directory)
        .map_err(failed)?;
    let path = whole
        .path()
        .to_str()
        .ok_or_else(|| JournalError::other(to, &"the name of its directory is not UTF-8"))?;
    let copied = connection.execute("VACUUM INTO ?", [path]);
    copied.map_err(|error| JournalError::from(error).at(to))?;
    whole
        .as_file()
        .set_permissions(Permissions::from_mode(0o600))
        .map_err(failed)?;
    whole.as_file().sync_all().map_err(failed)?;
    whole
        .persist_noclobber(to)
        .map_err(|error| failed(error.error))?;
    File::open(directory)
        .and_then(|it| it.sync_all())
        .map_err(failed)
}
