//! The words of the station's own pages: the same ones in every language, and none that only those
//! understand who have built it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LANGUAGES: [&str; 6] = ["en", "nb", "da", "sv", "lt", "de"];

fn assets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets")
}

fn texts(language: &str) -> BTreeMap<String, String> {
    let path = assets().join(format!("texts/{language}.json"));
    let text = fs::read_to_string(path).unwrap();
    let texts: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    // A name that stands there twice would be lost in the map.
    let lines = text.lines().filter(|line| line.contains("\": \""));
    assert_eq!(lines.count(), texts.len(), "{language}");
    texts
}

/// What is put into a text: `{name}`.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts.filter_map(|part| part.split('}').next()).collect()
}

#[test]
fn every_language_says_the_same() {
    let english = texts("en");
    for language in LANGUAGES {
        let other = texts(language);
        let keys =
            |texts: &BTreeMap<String, String>| texts.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&english), keys(&other), "{language}");
        for (key, text) in &other {
            assert!(!text.trim().is_empty(), "{language} {key}");
            let wanted = placeholders(&english[key]);
            assert_eq!(wanted, placeholders(text), "{language} {key}: {text}");
        }
    }
}

/// A prompt, an outcome or a status that is new is shown by another word; that one has to be there.
#[test]
fn what_the_pages_say_is_there_and_what_is_there_is_said() {
    let english = texts("en");
    let mut scripts = String::new();
    for name in ["ui", "shell", "payment", "counter", "till"] {
        let path = assets().join(format!("{name}.js"));
        scripts.push_str(&fs::read_to_string(path).unwrap());
    }
    let is_said = |key: &str| {
        let parts = key.split('.').count();
        // `next.${next_action}`, `${page}.title`
        let made = (1..parts).any(|at| {
            let head: Vec<&str> = key.split('.').take(at).collect();
            let tail = key.split('.').next_back().unwrap();
            scripts.contains(&format!("`{}.${{", head.join(".")))
                || scripts.contains(&format!("}}.{tail}`"))
        });
        made || scripts.contains(&format!("\"{key}\""))
    };
    let unsaid: Vec<&String> = english.keys().filter(|key| !is_said(key)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
    for opening in ["say(\"", "#field(\"", "#form(\"", "#tellFault(\"", "row(\""] {
        for part in scripts.split(opening).skip(1) {
            let key = part.split('"').next().unwrap();
            assert!(english.contains_key(key), "{opening}{key}");
        }
    }
}

#[test]
fn the_words_are_those_of_a_shop() {
    let inside = [
        "api",
        "websocket",
        "json",
        "token",
        "idempotency",
        "operation",
        "authorization",
        "null",
        "undefined",
        "timeout",
        "http",
        "posd",
    ];
    for language in LANGUAGES {
        for (key, text) in texts(language) {
            let lower = text.to_lowercase();
            let words: Vec<&str> = lower
                .split(|letter: char| !letter.is_alphanumeric())
                .collect();
            let found = inside.iter().find(|word| words.contains(*word));
            assert_eq!(found, None, "{language} {key}: {text}");
        }
    }
}
