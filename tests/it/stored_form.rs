//! The stored form of entries. A journal is read for years: one entry of each kind stands in
//! `golden/entries.jsonl`, and must be read and written as it stands there.

use posd::domain::entry::Entry;

const GOLDEN: &str = include_str!("golden/entries.jsonl");

#[test]
fn stored_entries_read_and_write_as_they_always_did() {
    for line in GOLDEN.lines() {
        let entry: Entry =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(serde_json::to_string(&entry).unwrap(), line);
    }
}

#[test]
fn every_kind_of_entry_has_its_line() {
    let kinds: Vec<String> = GOLDEN
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["entry"].to_string())
        .collect();
    // The source names the kinds; a new one without a line here fails.
    let source = include_str!("../../src/domain/entry.rs");
    let source = source
        .split_once("pub enum Entry {")
        .unwrap()
        .1
        .split_once("\n}\n")
        .unwrap()
        .0;
    let variants = source.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.strip_suffix(" {")?;
        name.chars().next()?.is_ascii_uppercase().then_some(name)
    });
    let variants: Vec<&str> = variants.collect();
    assert!(variants.len() > 10, "{variants:?}");
    for variant in variants {
        let mut name = String::new();
        for c in variant.chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        }
        assert!(
            kinds.contains(&format!("\"{name}\"")),
            "no golden line for {variant}"
        );
    }
}
