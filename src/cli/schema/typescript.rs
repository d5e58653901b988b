//! The types of the API for TypeScript, without a line of code that runs but one list.

use std::fmt::Write as _;

use serde_json::Value;

use super::{referred, rows, text};

/// clients/typescript/src/types.ts.
pub(super) fn types(document: &Value) -> String {
    let mut out = String::from(HEAD);
    let schemas = document.pointer("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
        comment(&mut out, "", schema);
        if schema.get("properties").is_some() {
            let _ = write!(
                out,
                "export interface {name} {{\n{}}}\n\n",
                members(schema, "  ")
            );
        } else {
            let _ = write!(out, "export type {name} = {};\n\n", form(schema, ""));
        }
    }
    out.push_str("/** What each method takes and gives. */\nexport interface Methods {\n");
    for method in rows(document, "/methods") {
        let says = text(method, "/summary").unwrap_or_default();
        let name = text(method, "/name").unwrap_or_default();
        let params = method
            .get("x-params")
            .and_then(referred)
            .unwrap_or_default();
        let result = method.pointer("/result/schema");
        let result = result.map(|schema| form(schema, "  ")).unwrap_or_default();
        let _ = write!(
            out,
            "  /** {says} */\n  {name:?}: {{ params: {params}; result: {result} }};\n"
        );
    }
    out.push_str(
        "}\n\n/** Every event that is known here, by its name. */\nexport interface Events {\n",
    );
    for event in rows(document, "/x-events/events") {
        let says = text(event, "/summary").unwrap_or_default();
        let name = text(event, "/name").unwrap_or_default();
        let schema = event.get("schema").map(|schema| form(schema, "  "));
        let _ = write!(
            out,
            "  /** {says} */\n  {name}: {};\n",
            schema.unwrap_or_default()
        );
    }
    out.push_str(EVENT);
    for method in rows(document, "/methods") {
        if method.get("x-idempotent") == Some(&Value::Bool(true)) {
            let _ = writeln!(out, "  {:?},", text(method, "/name").unwrap_or_default());
        }
    }
    out.push_str(METHOD_WITH_KEY);
    out
}

/// The fields of an object, one a line.
fn members(schema: &Value, indent: &str) -> String {
    let mut out = String::new();
    let required: Vec<&str> = rows(schema, "/required")
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, field) in properties.into_iter().flatten() {
        comment(&mut out, indent, field);
        let mark = if required.contains(&name.as_str()) {
            ""
        } else {
            "?"
        };
        let _ = writeln!(out, "{indent}{name}{mark}: {};", form(field, indent));
    }
    out
}

fn comment(out: &mut String, indent: &str, schema: &Value) {
    if let Some(says) = text(schema, "/description") {
        let _ = writeln!(out, "{indent}/** {} */", says.replace("*/", "* /"));
    }
}

/// How a value of a schema is typed.
fn form(schema: &Value, indent: &str) -> String {
    if let Some(name) = referred(schema) {
        return name.to_owned();
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    let forms: Vec<String> = ["/enum", "/oneOf", "/anyOf", "/allOf"]
        .iter()
        .flat_map(|place| {
            let words = *place == "/enum";
            rows(schema, place).map(move |it| match words {
                true => it.to_string(),
                false => form(it, indent),
            })
        })
        .collect();
    if !forms.is_empty() {
        let is_word = forms.iter().all(|form| form.starts_with('"'));
        let open = is_word && schema.get("x-extensible").is_some();
        return forms.join(" | ") + if open { " | (string & {})" } else { "" };
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            let kinds: Vec<String> = kinds.map(|kind| simple(kind, schema, indent)).collect();
            kinds.join(" | ")
        }
        Some(Value::String(kind)) => simple(kind, schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn simple(kind: &str, schema: &Value, indent: &str) -> String {
    match kind {
        "integer" | "number" => "number".to_owned(),
        "array" => {
            let items = schema.get("items").map(|items| form(items, indent));
            let items = items.unwrap_or_else(|| "unknown".to_owned());
            if items.contains(" | ") {
                format!("({items})[]")
            } else {
                format!("{items}[]")
            }
        }
        "object" if schema.get("properties").is_some() => {
            let deeper = format!("{indent}  ");
            format!("{{\n{}{indent}}}", members(schema, &deeper))
        }
        "object" if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
            "Record<string, never>".to_owned()
        }
        "object" => "Record<string, unknown>".to_owned(),
        other => other.to_owned(),
    }
}

const HEAD: &str = "\
// Made by `posd schema --typescript`; a test compares. Do not edit.
//
// Lists that may get more words take any text beside those that are known today: treat a
// `next_action` that you do not know as \"call_support\".

";

const EVENT: &str = "\
}

/** An event of a station that is newer than this file. */
export interface UnknownEvent {
  event: string & {};
  seq: number;
  at: string;
  [field: string]: unknown;
}

/** Any event that is known here. */
export type Event = Events[keyof Events];

/** The methods that take an idempotency key: make one for each intent, and keep it before you ask. */
export const METHODS_WITH_KEY = [
";

const METHOD_WITH_KEY: &str = "\
] as const;

export type MethodWithKey = (typeof METHODS_WITH_KEY)[number];
";
