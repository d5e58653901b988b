//! The key of the machine itself: a file in the data directory that lets whoever can read it, the
//! station's own user and group, in as a technician. With it `posd pair` invites the first app.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::api::door::key_of;
use crate::domain::id::ClientName;

/// Owner and group may read it; nobody else.
const MODE: u32 = 0o640;

/// Where it is.
#[must_use]
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("local.key")
}

/// Reads the key.
pub fn read(path: &Path) -> io::Result<String> {
    Ok(fs::read_to_string(path)?.trim_end().to_owned())
}

/// The key of this station: the one that is there, or a new one when it is missing or others could
/// have read it.
pub fn open(data_dir: &Path) -> io::Result<String> {
    let path = path(data_dir);
    if let Ok(metadata) = fs::metadata(&path)
        && metadata.permissions().mode() & 0o137 == 0
        && let Ok(key) = read(&path)
        && !key.is_empty()
    {
        return Ok(key);
    }
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(io::Error::other)?;
    let key = key_of(&ClientName::local(), &secret);
    // Under another name first, so that a crash leaves no half a key.
    let draft = path.with_extension("new");
    let _ = fs::remove_file(&draft);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(&draft)?;
    writeln!(file, "{key}")?;
    file.set_permissions(fs::Permissions::from_mode(MODE))?;
    file.sync_all()?;
    fs::rename(&draft, &path)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_until_it_is_taken_away_or_shown_to_others() {
        let directory = tempfile::tempdir().unwrap();
        let first = open(directory.path()).unwrap();
        let path = path(directory.path());
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o640);
        assert_eq!(open(directory.path()).unwrap(), first);
        assert_eq!(read(&path).unwrap(), first);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let second = open(directory.path()).unwrap();
        assert_ne!(second, first);
        assert_eq!(mode(), 0o640);
        fs::remove_file(&path).unwrap();
        assert_ne!(open(directory.path()).unwrap(), second);
    }
}
