//! The description of the API as the station prints it, and whether what goes over the wire is what it
//! says. The test client asks here about every answer and every event that it sees.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::{Value, json};

/// Every schema of the document, ready to be used.
pub(crate) struct Contract {
    schemas: Schemas,
    methods: BTreeMap<String, Shape>,
    events: BTreeMap<String, SchemaIndex>,
    error: SchemaIndex,
}

struct Shape {
    params: SchemaIndex,
    result: SchemaIndex,
}

impl Contract {
    /// That of the station under test.
    pub(crate) fn get() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Self::of(&document()))
    }

    /// Apps must take fields that they do not know; here a field that the document does not name is a
    /// fault.
    pub(crate) fn of(document: &Value) -> Self {
        let mut document = document.clone();
        close(&mut document);
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V7);
        compiler.add_resource(HERE, document.clone()).unwrap();
        let mut compile = |place: &str| {
            let place = format!("{HERE}#{place}");
            let compiled = compiler.compile(&place, &mut schemas);
            compiled.unwrap_or_else(|error| panic!("{place}: {error:#}"))
        };
        let methods = rows(&document, "/methods").map(|(at, method)| {
            let shape = Shape {
                params: compile(&format!("/methods/{at}/x-params")),
                result: compile(&format!("/methods/{at}/result/schema")),
            };
            (name(method), shape)
        });
        let methods = methods.collect();
        let events = rows(&document, "/x-events/events");
        let events = events.map(|(at, event)| {
            let schema = compile(&format!("/x-events/events/{at}/schema"));
            (name(event), schema)
        });
        let events = events.collect();
        let error = compile("/components/errors/Refused/data");
        Self {
            schemas,
            methods,
            events,
            error,
        }
    }

    /// A request that was carried out, and its result.
    pub(crate) fn check_result(&self, method: &str, params: &Value, result: &Value) {
        let shape = self.methods.get(method);
        let shape = shape.unwrap_or_else(|| panic!("{method} is not described"));
        self.check(&format!("parameters of {method}"), shape.params, params);
        self.check(&format!("result of {method}"), shape.result, result);
    }

    /// A JSON-RPC error.
    pub(crate) fn check_error(&self, error: &Value) {
        self.check("error", self.error, &error["data"]);
    }

    /// The parameters of a notification.
    pub(crate) fn check_event(&self, event: &Value) {
        let name = event["event"].as_str().unwrap();
        let schema = self.events.get(name);
        let schema = schema.unwrap_or_else(|| panic!("event {name} is not described"));
        self.check(&format!("event {name}"), *schema, event);
    }

    fn check(&self, what: &str, schema: SchemaIndex, value: &Value) {
        if let Err(error) = self.schemas.validate(value, schema) {
            panic!("{what} is not what `posd schema` says: {error:#}\n{value:#}");
        }
    }
}

const HERE: &str = "http://posd.test/openrpc";

/// What `posd schema` prints.
pub(crate) fn document() -> Value {
    serde_json::from_str(&printed(&[])).unwrap()
}

/// What `posd schema` prints in another form.
pub(crate) fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_posd"))
        .arg("schema")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of a list in the document, with their places.
pub(crate) fn rows<'a>(
    document: &'a Value,
    place: &str,
) -> impl Iterator<Item = (usize, &'a Value)> {
    let rows = document.pointer(place).and_then(Value::as_array);
    rows.unwrap().iter().enumerate()
}

/// The name of a row.
pub(crate) fn name(row: &Value) -> String {
    row["name"].as_str().unwrap().to_owned()
}

/// Nothing beside the fields that are named.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.contains_key("properties") {
                let rest = fields.entry("additionalProperties");
                rest.or_insert(json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(rows) => rows.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
