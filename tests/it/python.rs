//! The Python client, by its own tests, against a station with a terminal and a processor.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::store::{Line, Setup, Simulator, Station};

#[test]
fn the_python_client_keeps_its_promises() {
    let has_python = Command::new("python3")
        .args([
            "-c",
            "import sys, sqlite3; sys.exit(sys.version_info < (3, 9))",
        ])
        .stderr(Stdio::null())
        .status();
    if !has_python.is_ok_and(|status| status.success()) {
        let _ = writeln!(io::stderr(), "SKIPPED the Python client: no Python 3.9");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &[]);
    let mut setup = Setup::new("a", Some(&terminal), &processor);
    // A test holds the card back for as long as a killed program takes to come back.
    setup.completion_ms = 60_000;
    let station = Station::start(directory.path(), &setup);
    let tested = Command::new("python3")
        .args(["-B", "-m", "unittest", "test_posd"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/python"))
        .env("POSD_URL", station.url())
        .env("POSD_LOCAL_KEY", station.local_key())
        .env("POSD_TERMINAL", terminal.url())
        .env("POSD_PROCESSOR", processor.url())
        .output()
        .unwrap();
    assert!(
        tested.status.success(),
        "{}",
        String::from_utf8_lossy(&tested.stderr)
    );
}
