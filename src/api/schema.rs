//! The API as a document for machines: OpenRPC, with a JSON Schema (draft 7) for every parameter,
//! result, event and error. It follows from the types that are read and written here, and from the
//! tables of methods and outcomes.

mod tidy;

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema as _, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::ErrorData;
use super::form::{CodeWord, json};
use super::handshake::{PATH, SUBPROTOCOL};
use super::method::{METHODS, Method};
use super::push::Pushed;
use crate::outcome::code::Code;
use crate::outcome::text::{Audience, Facts, Language, text};
use tidy::tidy;

/// All of it.
#[must_use]
pub fn document() -> Value {
    let mut read = generator(SchemaSettings::draft07().for_deserialize());
    let mut written = generator(SchemaSettings::draft07().for_serialize());
    let mut schemas = Map::new();
    let mut methods = Vec::new();
    for method in METHODS {
        let mut params = (method.params)(&mut read);
        let says = format!("Parameters of `{}`.", method.name);
        params.insert("description".to_owned(), says.into());
        let params = tidy(params, &Contract::Deserialize);
        let result = tidy((method.result)(&mut written), &Contract::Serialize);
        let name = format!("{}Params", pascal(method.name));
        methods.push(row(method, &params, &name, &result));
        schemas.insert(name, params);
    }
    let events = events(&mut written, &mut schemas);
    let data = tidy(written.subschema_for::<ErrorData>(), &Contract::Serialize);
    for generator in [&read, &written] {
        let contract = generator.contract();
        for (name, schema) in generator.definitions() {
            if let Ok(schema) = Schema::try_from(schema.clone()) {
                schemas.insert(name.clone(), tidy(schema, contract));
            }
        }
    }
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "posd",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "JSON-RPC 2.0 over WebSocket. Parameters are objects; unknown fields are refused. Results may get more fields, and lists marked `x-extensible` more values: take what you do not know. docs/api.md says how it all belongs together.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "servers": [{
            "name": "this machine",
            "url": format!("ws://127.0.0.1:8471{PATH}"),
            "description": format!("Subprotocol {SUBPROTOCOL}."),
        }],
        "methods": methods,
        "components": {"schemas": schemas, "errors": errors(&data)},
        "x-events": events,
        "x-codes": codes(),
    })
}

fn generator(mut settings: SchemaSettings) -> SchemaGenerator {
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    settings.into_generator()
}

fn row(method: &Method, params: &Value, name: &str, result: &Value) -> Value {
    let required: Vec<&str> = required(params).collect();
    let examples = examples().into_iter();
    let examples = examples.filter(|example| example.method == method.name);
    let described = fields(params).into_iter().map(|(name, schema)| {
        let mut row = Map::new();
        row.insert("name".to_owned(), name.into());
        row.insert("required".to_owned(), required.contains(&name).into());
        row.insert("schema".to_owned(), schema.clone());
        if let Some((_, role)) = method.more.iter().find(|(parameter, _)| *parameter == name) {
            row.insert("x-role".to_owned(), json(role));
        }
        Value::Object(row)
    });
    json!({
        "name": method.name,
        "summary": method.says,
        "paramStructure": "by-name",
        "params": described.collect::<Vec<_>>(),
        "result": {"name": "result", "schema": result},
        "errors": ERRORS.iter().map(|(_, name, _)| {
            json!({"$ref": format!("#/components/errors/{name}")})
        }).collect::<Vec<_>>(),
        "examples": examples.map(|example| json!({
            "name": example.name,
            "params": example.params.into_iter().map(|(name, value)| {
                json!({"name": name, "value": value})
            }).collect::<Vec<_>>(),
            "result": {"name": "result", "value": example.result},
        })).collect::<Vec<_>>(),
        "x-params": {"$ref": format!("#/components/schemas/{name}")},
        "x-role": method.least,
        "x-idempotent": method.is_operation,
    })
}

/// A request and its result. A test asks a station all of them, in their sequence.
#[derive(Deserialize)]
struct Example {
    method: String,
    name: String,
    params: Map<String, Value>,
    result: Value,
}

fn examples() -> Vec<Example> {
    serde_json::from_str(include_str!("schema/examples.json")).unwrap_or_default()
}

/// The fields of an object: those that must be there first, as they are declared.
fn fields(schema: &Value) -> Vec<(&str, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let all = properties.into_iter().flatten();
    let first = required(schema).filter_map(|name| Some((name, properties?.get(name)?)));
    let others = all.map(|(name, schema)| (name.as_str(), schema));
    let others = others.filter(|(name, _)| !required(schema).any(|it| it == *name));
    first.chain(others).collect()
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// One schema for each event, with what stands in all of them.
fn events(generator: &mut SchemaGenerator, schemas: &mut Map<String, Value>) -> Value {
    let all = tidy(Pushed::json_schema(generator), &Contract::Serialize);
    let kinds = all.get("oneOf").and_then(Value::as_array);
    let rows = kinds.into_iter().flatten().filter_map(|kind| {
        let event = kind.pointer("/properties/event/const")?.as_str()?.to_owned();
        let mut kind = kind.clone();
        let says = kind.get("description").cloned();
        for (name, schema) in [
            ("seq", json!({"type": "integer", "minimum": 1, "description": "Its place; without gaps, kept for ever."})),
            ("at", json!({"type": "string", "format": "date-time", "description": "When."})),
        ] {
            kind.get_mut("properties")?.as_object_mut()?.insert(name.to_owned(), schema);
            kind.get_mut("required")?.as_array_mut()?.push(name.into());
        }
        let name = format!("{}Event", pascal(&event));
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        schemas.insert(name, kind);
        Some(json!({"name": event, "summary": says, "schema": reference}))
    });
    let rows: Vec<Value> = rows.collect();
    json!({"method": "event", "events": rows})
}

/// JSON-RPC codes, their names here, and what they say.
const ERRORS: &[(i32, &str, &str)] = &[
    (-32700, "ParseError", "Not JSON."),
    (-32600, "InvalidRequest", "Not a request."),
    (-32601, "MethodNotFound", "There is no such method."),
    (
        -32602,
        "InvalidParams",
        "A parameter is wrong: `data.field` names it.",
    ),
    (-32603, "InternalError", "The station has a fault."),
    (
        -32000,
        "Refused",
        "Refused by a rule: `data.code` says which.",
    ),
];

fn errors(data: &Value) -> Value {
    let rows = ERRORS.iter().map(|(code, name, says)| {
        let error = json!({"code": code, "message": says, "data": data});
        ((*name).to_owned(), error)
    });
    Value::Object(rows.collect())
}

/// Every code of the catalogue: what to do next, and what the cashier reads.
fn codes() -> Value {
    let rows = Code::ALL.iter().map(|code| {
        json!({
            "code": CodeWord(*code),
            "next_action": code.next_action(),
            "retry_safety": code.retry_safety(),
            "retryable": code.retryable(),
            "message": text(*code, Language::English, Audience::Cashier, &Facts::default()),
        })
    });
    rows.collect()
}

/// `payment.sale` → `PaymentSale`
fn pascal(name: &str) -> String {
    let words = name.split(['.', '_']);
    let words = words.map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
