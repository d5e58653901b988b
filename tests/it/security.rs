//! docs/security.md names the test behind each threat: each of them exists.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn each_threat_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let (_, threats) = page.split_once("\n## Threats\n").unwrap();
    let (threats, _) = threats.split_once("\n## ").unwrap();
    let mut tests = String::new();
    for folder in ["src", "tests", "firmware-protocols", "hw-sim"] {
        for file in sources(&root.join(folder)) {
            tests += &fs::read_to_string(file).unwrap();
        }
    }
    let mut named = 0_usize;
    for row in rows_of(threats) {
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
    assert!(named > 60, "only {named}");
    rows_of(&page);
}

/// The rows of all tables, without their heads. Each table begins with its head: an empty line in its
/// middle would make text of what follows.
fn rows_of(text: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    for table in text.split("\n\n").filter(|it| it.starts_with('|')) {
        let mut lines = table.lines();
        let head = lines.next().unwrap();
        let columns = |row: &str| row.matches(" |").count();
        let under = lines.next().unwrap_or_default();
        assert!(under.starts_with("| ---"), "no head: {head}");
        for row in lines {
            assert_eq!(columns(row), columns(head), "{row}");
            rows.push(row);
        }
    }
    rows
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
