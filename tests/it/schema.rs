//! `posd schema`: the description of the API, and what is made from it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use boon::{Compiler, Draft, Schemas};
use serde_json::{Value, json};

use crate::contract::{Contract, document, printed};
use crate::store::{App, Setup, Simulator, Station};

#[test]
fn the_types_are_what_the_command_prints() {
    let types = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/typescript/src/types.ts");
    assert!(
        fs::read_to_string(types).unwrap() == printed(&["--typescript"]),
        "run: posd schema --typescript > clients/typescript/src/types.ts"
    );
}

#[test]
fn the_page_is_what_the_command_prints() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
    assert!(
        fs::read_to_string(page).unwrap() == printed(&["--markdown"]),
        "run: posd schema --markdown > docs/api.md"
    );
}

#[test]
fn every_field_says_what_it_is() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        assert!(schema["description"].is_string(), "{name}");
        let mut silent = Vec::new();
        find_silent(name, schema, &mut silent);
        assert!(silent.is_empty(), "without a description: {silent:?}");
    }
    for method in document["methods"].as_array().unwrap() {
        assert!(method["summary"].is_string(), "{method}");
    }
}

fn find_silent(path: &str, schema: &Value, silent: &mut Vec<String>) {
    let fields = schema["properties"].as_object();
    for (name, field) in fields.into_iter().flatten() {
        let path = format!("{path}.{name}");
        if field["description"].is_null() && field["$ref"].is_null() {
            silent.push(path.clone());
        }
        find_silent(&path, field, silent);
    }
    for list in ["oneOf", "anyOf"] {
        for part in schema[list].as_array().into_iter().flatten() {
            find_silent(path, part, silent);
        }
    }
}

#[test]
fn parameters_take_no_other_fields_and_results_may_grow() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let closed = schema["additionalProperties"] == json!(false);
        let goes_in = name.ends_with("Params") || name.ends_with("Input");
        assert_eq!(closed, goes_in, "{name}");
    }
}

/// The official one, as its package has it.
#[test]
fn the_document_is_openrpc() {
    let Some(openrpc) = meta_schema() else {
        return;
    };
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.set_default_draft(Draft::V7);
    // It refers to draft 7 by other names.
    for draft_7 in [
        "https://meta.json-schema.tools",
        "https://meta.json-schema.tools/",
    ] {
        let alias = json!({
            "$ref": "http://json-schema.org/draft-07/schema",
            "definitions": {"JSONSchemaObject": {"properties": {"$ref": {"type": "string"}}}},
        });
        compiler.add_resource(draft_7, alias).unwrap();
    }
    let mut openrpc = openrpc;
    openrpc.as_object_mut().unwrap().remove("$schema");
    compiler
        .add_resource("https://meta.open-rpc.org/", openrpc)
        .unwrap();
    let schema = compiler.compile("https://meta.open-rpc.org/", &mut schemas);
    let schema = schema.unwrap_or_else(|error| panic!("{error:#}"));
    let document = document();
    if let Err(error) = schemas.validate(&document, schema) {
        panic!("{error:#}");
    }
    let mut wrong = document;
    wrong["methods"][0]["paramStructure"] = json!("by-guess");
    assert!(schemas.validate(&wrong, schema).is_err());
}

/// Installed by npm for the tests; the version stands here.
fn meta_schema() -> Option<Value> {
    let skipped = |why: &str| {
        let _ = writeln!(io::stderr(), "SKIPPED the_document_is_openrpc: {why}");
        None
    };
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("openrpc");
    fs::create_dir_all(&home).unwrap();
    let package = "@open-rpc/meta-schema";
    if !home.join("node_modules").join(package).is_dir() {
        let npm = Command::new("npm")
            .args([
                "install",
                "--no-save",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
            ])
            .arg(format!("{package}@1.14.9"))
            .current_dir(&home)
            .output();
        match npm {
            Err(_) => return skipped("no npm"),
            Ok(npm) if !npm.status.success() => return skipped("npm could not install it"),
            Ok(_) => {}
        }
    }
    let print = format!("process.stdout.write(JSON.stringify(require('{package}').default))");
    let node = Command::new("node")
        .args(["-e", &print])
        .current_dir(&home)
        .output();
    let node = node.unwrap();
    assert!(node.status.success(), "{node:?}");
    Some(serde_json::from_slice(&node.stdout).unwrap())
}

#[test]
fn a_station_gives_the_document_to_whoever_has_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let setup = Setup::new("a", None, &processor);
    let station = Station::start(directory.path(), &setup);
    let key = station.pair("till", "cashier");
    let told = station.app_with(&key).call("rpc.discover", json!({}));
    assert!(told == document());
    let mut stranger = App::stranger(station.url()).unwrap();
    let refused = stranger.refused("rpc.discover", json!({}));
    assert_eq!(refused["data"]["code"], "unauthorized");
}

#[test]
#[should_panic(expected = "is not what `posd schema` says")]
fn a_field_that_is_not_described_is_found() {
    let result = json!({"released": true, "more": 1});
    Contract::get().check_result("terminal.release", &json!({}), &result);
}

#[test]
#[should_panic(expected = "is not what `posd schema` says")]
fn a_word_that_is_not_described_is_found() {
    let event = json!({"event": "app_role_changed", "seq": 1, "at": "2026-01-31T12:00:00Z",
        "app": "till", "role": "owner"});
    Contract::get().check_event(&event);
}
