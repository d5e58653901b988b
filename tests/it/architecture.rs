//! Who may import whom, read from the sources; see ARCHITECTURE.md, "Who may import whom".

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use crate::source::{Source, walk};

mod proof;
mod rules;

use rules::{RULES, Rule};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const SOURCES: [&str; 3] = ["src", "firmware-protocols/src", "hw-sim/src"];
const LINES_PER_FILE: usize = 700;

#[test]
fn imports_follow_the_rules() -> Result<(), Box<dyn Error>> {
    let libraries = libraries()?;
    let mut faults = Vec::new();
    for source in sources()? {
        for rule in RULES {
            faults.extend(faults_of(&source, rule, &libraries));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    Ok(())
}

#[test]
fn sources_are_tidy() -> Result<(), Box<dyn Error>> {
    let mut faults = Vec::new();
    for source in sources()? {
        faults.extend(untidy(&source));
    }
    for source in walk(Path::new(ROOT), "tests")? {
        faults.extend(untidy(&source));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    Ok(())
}

#[test]
fn the_modules_stand_where_the_map_says() -> Result<(), Box<dyn Error>> {
    let root = Path::new(ROOT);
    if root.join("src/station.rs").exists() {
        for module in ["domain", "journal", "api"] {
            let file = format!("src/{module}.rs");
            assert!(
                root.join(&file).exists(),
                "{file} is missing: do the rules still match?"
            );
        }
    }
    let protocols = fs::read_to_string(root.join("firmware-protocols/src/lib.rs"))?;
    assert!(
        protocols.contains("#![no_std]"),
        "firmware-protocols must be no_std"
    );
    for source in sources()? {
        assert!(
            !source.file.ends_with("/mod.rs"),
            "{}: use foo.rs + foo/",
            source.file
        );
    }
    Ok(())
}

#[test]
fn every_member_takes_the_shared_lints() -> Result<(), Box<dyn Error>> {
    for (file, manifest) in manifests()? {
        let shared = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"));
        assert_eq!(
            shared.and_then(toml::Value::as_bool),
            Some(true),
            "{file}: needs [lints] workspace = true"
        );
    }
    Ok(())
}

#[test]
fn every_dependency_has_its_reason() -> Result<(), Box<dyn Error>> {
    let reasons = fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md"))?;
    let rows: String = reasons
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    for (file, manifest) in manifests()?
        .into_iter()
        .filter(|(file, _)| file == "Cargo.toml")
    {
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let dependencies = manifest.get(table).and_then(|table| table.as_table());
            for name in dependencies.into_iter().flat_map(|table| table.keys()) {
                assert!(
                    rows.contains(&format!("`{name}`")),
                    "{file}: ARCHITECTURE.md, Dependencies, gives no reason for {name}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn forbidden_dependencies_are_absent() -> Result<(), Box<dyn Error>> {
    for (package, forbidden) in [
        (
            "firmware-protocols",
            ["tokio", "serialport", "rusqlite", "posd"].as_slice(),
        ),
        ("hw-sim", &["posd", "rusqlite"]),
        ("posd", &["hw-sim", "nfc1", "nfc1-sys", "openssl-sys"]),
    ] {
        let reached = dependencies_of(package)?;
        assert!(
            reached.contains(package),
            "cargo tree did not list {package} itself"
        );
        for name in forbidden {
            assert!(
                !reached.contains(*name),
                "{package} must not depend on {name}"
            );
        }
    }
    Ok(())
}

fn faults_of(source: &Source, rule: &Rule, libraries: &BTreeSet<String>) -> Vec<String> {
    let inside = |modules: &[&str]| modules.iter().any(|module| is_in(&source.file, module));
    if !inside(rule.files) || inside(rule.not_in) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for named in &source.names {
        let path = named.segments.join("::");
        let library = named.segments.first().map_or("", String::as_str);
        let unknown = !rule.crates.is_empty()
            && libraries.contains(library)
            && !rule.crates.contains(&library);
        let forbidden = rule.never.iter().any(|never| covers(never, &path))
            && !rule.except.iter().any(|except| starts(except, &path));
        let ending = rule.never_ending.iter().any(|end| path.ends_with(end));
        if unknown || forbidden || ending {
            faults.push(format!(
                "{}:{}: names {path}: {}",
                source.file, named.line, rule.reason
            ));
        }
    }
    for token in source.tokens.iter().filter(|token| !token.test) {
        let float = token.text.contains('.') && token.text.len() > 1;
        let word = if float { "1.0" } else { token.text.as_str() };
        if rule.words.contains(&word) {
            faults.push(format!(
                "{}:{}: says {}: {}",
                source.file, token.line, token.text, rule.reason
            ));
        }
    }
    faults
}

/// Whether `file` is the module `module` (a path without `.rs`) or lies below it.
fn is_in(file: &str, module: &str) -> bool {
    file.strip_prefix(module)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn starts(prefix: &str, path: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether `path` is `never` or below it, or a glob that would bring it in.
fn covers(never: &str, path: &str) -> bool {
    starts(never, path)
        || path
            .strip_suffix("::*")
            .is_some_and(|glob| starts(glob, never))
}

fn untidy(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault =
        |line: usize, what: &str| faults.push(format!("{}:{line}: {what}", source.file));
    for (at, token) in source.tokens.iter().enumerate() {
        let after: Vec<_> = source
            .tokens
            .iter()
            .skip(at.saturating_add(1))
            .take(2)
            .map(|t| t.text.as_str())
            .collect();
        match (token.text.as_str(), after.as_slice()) {
            ("todo" | "unimplemented" | "dbg", ["!", "(" | "[" | "{"]) => {
                fault(
                    token.line,
                    &format!("{}!: finish it or leave it out", token.text),
                );
            }
            ("[", ["allow", "("]) => {
                let mut attribute = source.tokens.iter().skip(at).take_while(|t| t.text != "]");
                if !attribute.any(|t| t.text == "reason") {
                    fault(
                        token.line,
                        "#[allow(…)] without reason: use #[expect(…, reason = \"…\")]",
                    );
                }
            }
            _ => {}
        }
    }
    let lines = source.text.lines().count();
    if lines > LINES_PER_FILE && !source.file.starts_with("tests/") {
        fault(
            lines,
            &format!("longer than {LINES_PER_FILE} lines: split it by what it decides"),
        );
    }
    faults
}

fn sources() -> Result<Vec<Source>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for folder in SOURCES {
        let found = walk(Path::new(ROOT), folder)?;
        assert!(!found.is_empty(), "nothing found in {folder}");
        sources.extend(found);
    }
    Ok(sources)
}

/// The manifest of every member of the workspace.
fn manifests() -> Result<Vec<(String, toml::Table)>, Box<dyn Error>> {
    let read = |file: &str| -> Result<toml::Table, Box<dyn Error>> {
        Ok(fs::read_to_string(Path::new(ROOT).join(file))?.parse()?)
    };
    let members = read("Cargo.toml")?
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(|members| members.as_array())
        .ok_or("Cargo.toml has no workspace.members")?
        .clone();
    let mut manifests = Vec::new();
    for member in members {
        let folder = member
            .as_str()
            .ok_or("a workspace member is not a string")?;
        let file = if folder == "." {
            "Cargo.toml".to_owned()
        } else {
            format!("{folder}/Cargo.toml")
        };
        let manifest = read(&file)?;
        manifests.push((file, manifest));
    }
    Ok(manifests)
}

/// Every crate that some member depends on, as it is named in source.
fn libraries() -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut libraries: BTreeSet<String> = ["alloc", "core", "std", "rand", "posd"]
        .map(str::to_owned)
        .into();
    for (_, manifest) in manifests()? {
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let dependencies = manifest.get(table).and_then(|table| table.as_table());
            for name in dependencies.into_iter().flat_map(|table| table.keys()) {
                libraries.insert(name.replace('-', "_"));
            }
        }
    }
    Ok(libraries)
}

/// What `package` is built from, tests apart.
fn dependencies_of(package: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(ROOT)
        .args([
            "tree",
            "--offline",
            "--edges",
            "no-dev",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let listing = String::from_utf8(output.stdout)?;
    Ok(listing
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect())
}
