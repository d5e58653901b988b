//! docs/security.md names the test behind each threat: each of them exists.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn each_threat_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let (_, threats) = page.split_once("## Threats").unwrap();
    let rows = threats.lines().filter(|line| line.starts_with("| "));
    let mut tests = String::new();
    for folder in ["src", "tests", "firmware-protocols", "hw-sim"] {
        for file in sources(&root.join(folder)) {
            tests += &fs::read_to_string(file).unwrap();
        }
    }
    let mut named = 0_usize;
    for row in rows.skip(2) {
        let shown = row.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap();
        for name in shown.split('`').skip(1).step_by(2) {
            named += 1;
            assert!(
                tests.contains(&format!("fn {name}(")),
                "no test {name}: {row}"
            );
        }
        assert!(
            shown.contains('`') || shown.trim() == "the same",
            "no test: {row}"
        );
    }
    assert!(named > 20, "only {named}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}
