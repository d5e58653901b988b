//! The data directory and what is in it: journal, keys, room.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::Report;
use crate::config::Config;
use crate::domain::id::Timestamp;
use crate::journal::{self, Reader};
use crate::local_key;
use crate::station::data_dir;
use crate::vault::Vault;

/// Bytes. A day of payments takes some of them; with less it is a matter of hours.
const ROOM_SMALL: u64 = 512 * 1024 * 1024;
const ROOM_NONE: u64 = 16 * 1024 * 1024;

pub(super) fn configuration(path: &Path, report: &mut Report) {
    const CHECK: &str = "configuration";
    match mode(path) {
        Some(mode) if mode & 0o022 != 0 => report.warning(
            CHECK,
            format!(
                "{} can be changed by others (mode {mode:04o})",
                path.display()
            ),
            format!("chmod 0644 {}", path.display()),
        ),
        Some(_) | None => report.ok(CHECK, format!("{} is right", path.display())),
    }
}

pub(super) fn check(config: &Config, report: &mut Report) {
    let directory = &config.data_dir;
    if !data_dir(directory, report) {
        return;
    }
    room(directory, report);
    let journal = journal_of(config);
    let is_there = journal.exists();
    if is_there {
        database(&journal, report);
    } else {
        report.ok(
            "journal",
            format!("{} is made on the first start", journal.display()),
        );
    }
    token_key(config, is_there, report);
    let key = local_key::path(directory);
    match mode(&key) {
        Some(mode) if mode & 0o137 != 0 => report.warning(
            "local key",
            format!("{} can be read by others (mode {mode:04o})", key.display()),
            "restart the station: it makes another one when this could have been read",
        ),
        Some(_) => report.ok("local key", format!("{} is there", key.display())),
        None if is_there => report.warning(
            "local key",
            format!("{} is missing", key.display()),
            "restart the station: posd call, posd pair and posd apps need it",
        ),
        None => {}
    }
}

/// When the journal was written last, if it can be read.
pub(super) fn last_entry(config: &Config) -> Option<Timestamp> {
    let reader = Reader::open(&journal_of(config)).ok()?;
    reader.last_entry_at().ok()?
}

fn journal_of(config: &Config) -> PathBuf {
    config.data_dir.join("journal.db")
}

fn data_dir(directory: &Path, report: &mut Report) -> bool {
    const CHECK: &str = "data directory";
    let name = directory.display();
    let metadata = match fs::metadata(directory) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let advice = "it is made on the first start; if there was one, its disk is not mounted";
            report.warning(CHECK, format!("{name} is not there"), advice);
            return false;
        }
        Err(error) => {
            let advice = way_in(Errno::from_io_error(&error));
            report.error(CHECK, format!("{name}: {error}"), advice);
            return false;
        }
    };
    if !metadata.is_dir() {
        let advice = "name a directory as station.data_dir";
        report.error(CHECK, format!("{name} is no directory"), advice);
        return false;
    }
    let mode = metadata.permissions().mode() & 0o7777;
    let access = rustix::fs::Access::READ_OK | rustix::fs::Access::WRITE_OK;
    if let Err(error) = rustix::fs::access(directory, access) {
        report.error(CHECK, format!("{name}: {error}"), way_in(Some(error)));
        return false;
    }
    if mode & 0o022 != 0 {
        let says = format!("{name} can be changed by others (mode {mode:04o})");
        report.warning(CHECK, says, format!("chmod 0700 {name}"));
    } else {
        report.ok(CHECK, format!("{name} is there"));
    }
    true
}

/// What may help where the directory cannot be read and written.
const fn way_in(error: Option<Errno>) -> &'static str {
    match error {
        Some(Errno::ACCESS) => "run posd doctor as the station's user or as root",
        Some(Errno::ROFS) => {
            "its disk is mounted read-only: journalctl -k says whether errors on the disk are why; then \
             mount -o remount,rw, and look at /etc/fstab"
        }
        // Root would be told the same.
        Some(Errno::PERM) => "lsattr -d says whether it is immutable; chattr -i makes it writable",
        Some(_) | None => "journalctl -k says whether something is wrong with its disk",
    }
}

fn room(directory: &Path, report: &mut Report) {
    let Ok(disk) = rustix::fs::statvfs(directory) else {
        return;
    };
    told_room(disk.f_bavail.saturating_mul(disk.f_frsize), report);
}

fn told_room(free: u64, report: &mut Report) {
    const CHECK: &str = "free space";
    let mib = free.checked_div(1024 * 1024).unwrap_or(0);
    let says = format!("{mib} MiB are free for the journal");
    let advice = "make room on this disk: without it no money is taken";
    match free {
        0..ROOM_NONE => report.error(CHECK, says, advice),
        ROOM_NONE..ROOM_SMALL => report.warning(CHECK, says, advice),
        ROOM_SMALL.. => report.ok(CHECK, says),
    }
}

fn database(path: &Path, report: &mut Report) {
    const CHECK: &str = "journal";
    match journal::quick_check(path) {
        Ok(findings) if findings.is_empty() => {
            report.ok(CHECK, format!("{} is whole", path.display()));
        }
        Ok(findings) => {
            let says = format!("{} is damaged: {}", path.display(), findings.join("; "));
            let advice = "stop the station, keep the file, and go back to a copy (docs/journal.md)";
            report.error(CHECK, says, advice);
        }
        Err(error) => {
            let advice = "docs/journal.md says what can be done; never edit the file";
            report.error(CHECK, error.to_string(), advice);
        }
    }
}

fn token_key(config: &Config, journal_is_there: bool, report: &mut Report) {
    const CHECK: &str = "token key";
    let path = config.data_dir.join("token.key");
    let name = path.display();
    match Vault::existing(&path) {
        Err(error) => {
            let advice = format!("chmod 0600 {name}; if it is damaged, put your copy back");
            report.error(CHECK, error.to_string(), advice);
        }
        Ok(None) if journal_is_there => report.warning(
            CHECK,
            format!("{name} is missing"),
            "if the key is the systemd credential posd-token-key, all is well; otherwise put your copy \
             back: without it the tokens of stored orders cannot be used",
        ),
        Ok(None) => report.ok(CHECK, format!("{name} is made on the first start")),
        Ok(Some(_)) if !journal_is_there => report.ok(CHECK, format!("{name} is there")),
        Ok(Some(_)) => {
            let reader = Reader::open(&journal_of(config));
            match reader.map(|reader| data_dir::open_vault(config, &reader)) {
                Ok(Err(error)) => report.error(
                    CHECK,
                    error.to_string(),
                    "put the key back that belongs to this journal",
                ),
                Ok(Ok(_)) | Err(_) => report.ok(CHECK, format!("{name} belongs to the journal")),
            }
        }
    }
}

fn mode(path: &Path) -> Option<u32> {
    let metadata = fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & 0o7777)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn only_who_may_not_is_sent_for_one_who_may() {
        for (error, named) in [
            (Some(Errno::ACCESS), "as root"),
            (Some(Errno::ROFS), "read-only"),
            (Some(Errno::PERM), "immutable"),
            (Some(Errno::IO), "disk"),
            (None, "disk"),
        ] {
            let advice = way_in(error);
            assert!(advice.contains(named), "{error:?}: {advice}");
            assert_eq!(advice.contains("root"), error == Some(Errno::ACCESS));
        }
    }

    #[test]
    fn little_room_is_a_warning_and_none_an_error() {
        for (free, level) in [
            (0, Level::Error),
            (ROOM_NONE, Level::Warning),
            (ROOM_SMALL, Level::Ok),
        ] {
            let mut report = Report::default();
            told_room(free, &mut report);
            assert_eq!(report.worst(), level);
        }
    }
}
