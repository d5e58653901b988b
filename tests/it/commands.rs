//! `posd` as a technician meets it when something is in its way: what is wrong, where, and an exit code.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::Connection;

/// Exit code, and what it says of what went wrong.
fn posd(arguments: &[&str]) -> (Option<i32>, String) {
    let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
    let output = posd.args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

/// The configuration of a station at an address where it cannot start: somebody else is there.
fn station(directory: &Path, taken: SocketAddr) -> String {
    let file = directory.join("posd.toml");
    let data_dir = directory.join("data");
    let text = format!(
        "[station]\nname = \"a\"\ndata_dir = \"{}\"\nlisten = \"{taken}\"\n",
        data_dir.display()
    );
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn what_cannot_be_printed_is_not_taken_for_printed() {
    for command in [
        ["schema", "--markdown"],
        ["outcomes", "--markdown"],
        ["config", "docs"],
    ] {
        let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = posd.args(command).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert!(said.contains("standard output: No space left"), "{said}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap();
    let config = station(directory.path(), taken);
    let (code, said) = posd(&["run", "--config", &config]);
    assert_eq!(code, Some(1));
    let expected = format!("posd: cannot listen for apps at {taken}: Address already in use");
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.contains("posd doctor"), "{said}");
}

#[test]
fn no_key_is_made_in_the_place_of_one_that_was_lost() {
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = station(directory.path(), other.local_addr().unwrap());
    let run = || posd(&["run", "--config", &config]);
    let key = directory.path().join("data/token.key");
    run();
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let (code, said) = run();
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("the token key {} is missing", key.display())),
        "{said}"
    );
    assert!(!key.exists(), "a new key would be taken for the old one");
    fs::write(&key, kept).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&key, mode).unwrap();
    assert!(run().1.contains("cannot listen"), "the old key opens it");
}

#[test]
fn a_journal_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = station(directory.path(), other.local_addr().unwrap());
    posd(&["run", "--config", &config]);
    let journal = directory.path().join("data/journal.db");
    let (code, said) = posd(&["backup", "--config", &config, &config]);
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        format!("posd: {config} is there already: a copy gets a new name\n")
    );
    let others = Connection::open(directory.path().join("others.db")).unwrap();
    others.execute_batch("CREATE TABLE t (a)").unwrap();
    let database = Connection::open(&journal).unwrap();
    database.pragma_update(None, "user_version", 999).unwrap();
    drop(database);
    for command in [&["run"][..], &["journal", "verify"], &["journal", "export"]] {
        let (code, said) = posd(&[command, &["--config", &config]].concat());
        assert_eq!(code, Some(1));
        let expected = format!("newer posd ({}: schema 999", journal.display());
        assert!(said.contains(&expected), "{command:?}: {said}");
    }
    fs::rename(directory.path().join("others.db"), &journal).unwrap();
    let (code, said) = posd(&["run", "--config", &config]);
    assert_eq!(code, Some(1));
    assert!(said.contains("no journal of posd"), "{said}");
}

#[test]
fn the_configuration_of_the_package_is_meant_where_none_is_named() {
    for command in [
        &["run"][..],
        &["config", "check"],
        &["doctor", "--json"],
        &["journal", "verify"],
        &["backup", "copy.db"],
        &["operation", "show", "k"],
        &["orders", "export"],
        &["orders", "import", "-"],
        &["reconcile"],
        &["call", "station.health"],
    ] {
        let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
        let help = posd.args(command).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        assert!(help.contains("/etc/posd/posd.toml"), "{command:?}: {help}");
    }
}
