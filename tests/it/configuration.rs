//! The configuration as technicians see it: the page, and the command that checks a file.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[test]
fn the_page_is_what_the_command_prints() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    assert_eq!(
        std::fs::read_to_string(page).unwrap(),
        printed(&["docs"]),
        "run: posd config docs > docs/configuration.md"
    );
}

#[test]
fn the_schema_names_every_key() {
    let schema: Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    let terminal = &schema["properties"]["terminal"]["items"];
    assert_eq!(terminal["properties"]["baud"]["default"], 9600);
    let required = terminal["required"].as_array().unwrap();
    assert!(required.contains(&Value::from("currency")), "{required:?}");
}

#[test]
fn a_file_is_right_or_its_line_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("posd.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        posd(&["check", file.to_str().unwrap()])
    };
    let right = "[station]\nname = \"oslo\"\ndata_dir = \"data\"\n";
    let output = check(right);
    assert!(output.status.success(), "{output:?}");
    assert!(
        !directory.path().join("data").exists(),
        "checking a file makes nothing"
    );
    let output = check(&format!("{right}listn = \"127.0.0.1:1\"\n"));
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        told,
        format!(
            "posd: {}:4: station.listn: unknown key `listn`; did you mean `listen`?\n",
            file.display()
        )
    );
    std::fs::remove_file(&file).unwrap();
    let output = posd(&["check", file.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("cannot be read: No such file"), "{told}");
}

#[test]
fn the_file_of_the_readme_is_right() {
    let blocks = include_str!("../../README.md").split("```toml").skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let lines = block.lines().map(str::trim_start);
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        posd::config::Config::parse(&text).unwrap();
    }
}

fn printed(arguments: &[&str]) -> String {
    let output = posd(arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn posd(arguments: &[&str]) -> Output {
    let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
    posd.arg("config").args(arguments).output().unwrap()
}
