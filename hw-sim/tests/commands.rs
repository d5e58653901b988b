//! What `hw-sim` says when it is asked for something that is not there: what, and where else to look.

use std::process::Command;

#[test]
fn what_is_not_there_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let no_recording = directory.path().join("notes.txt");
    std::fs::write(&no_recording, "no recording\n").unwrap();
    let no_recording = no_recording.to_str().unwrap();
    for (command, said) in [
        (&["decode", "nowhere.txt"][..], "`nowhere.txt` is no file"),
        (&["decode", no_recording], no_recording),
        (
            &["replay", "--tcp", "127.0.0.1:0", no_recording],
            no_recording,
        ),
        (
            &["terminal", "--tcp", "127.0.0.1:0", "--scenario", "nonesuch"],
            "nonesuch is no file, and no scenario that is there (hw-sim presets)",
        ),
        (
            &[
                "record",
                "--between",
                "/nowhere/tty",
                "till",
                "--to",
                "/dev/null",
            ],
            "/nowhere/tty: No such file",
        ),
    ] {
        let mut sim = Command::new(env!("CARGO_BIN_EXE_hw-sim"));
        let output = sim.args(command).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{command:?}");
        assert!(told.contains(said), "{command:?}: {told}");
    }
}
