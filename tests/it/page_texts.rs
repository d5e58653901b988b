//! The words of the station's own pages: the same ones in every language, and none that only those
//! understand who have built it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use firmware_protocols::vocabulary::Currency;

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

/// What a browser knows of a currency is not in which units its amounts are counted.
#[test]
fn the_pages_count_every_currency_as_the_station_does() {
    let script = fs::read_to_string(assets().join("ui.js")).unwrap();
    let table = script.split_once("const DIGITS = {").unwrap().1;
    let table = table.split_once("};").unwrap().0;
    let mut digits = BTreeMap::new();
    for row in table.trim().lines() {
        let (count, codes) = row.trim().split_once(": \"").unwrap();
        let codes = codes.trim_end_matches("\",").split(' ');
        digits.extend(codes.map(|code| (code.to_owned(), count.parse::<u16>().unwrap())));
    }
    let letters = || b'A'..=b'Z';
    let codes =
        letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
    let mut known = 0;
    for code in codes {
        let code = str::from_utf8(&code).unwrap();
        // What is no money, such as gold, has none.
        let Some(exponent) = Currency::from_code(code).and_then(Currency::exponent) else {
            assert!(!digits.contains_key(code), "{code}");
            continue;
        };
        known += 1;
        assert_eq!(digits.get(code).copied().unwrap_or(2), exponent, "{code}");
    }
    assert!(known > 150, "{known}");
}
