//! docs/api.md: the chapters of `api.md.in`, with tables and a reference from the document.

use std::fmt::Write as _;

use serde_json::Value;

use super::{referred, rows, text};

const CHAPTERS: &str = include_str!("api.md.in");

/// A result longer than this is not shown; the document has it.
const RESULT_MAX: usize = 700;

/// The page.
pub(super) fn page(document: &Value) -> String {
    let mut out = String::new();
    for line in CHAPTERS.lines() {
        let asked = line.strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
        let mut words = asked.unwrap_or_default().split(' ');
        match (words.next(), words.next()) {
            (Some("methods"), Some(first)) => {
                let names: Vec<&str> = std::iter::once(first).chain(words).collect();
                methods(&mut out, document, &names);
            }
            (Some("fields"), Some(name)) => {
                let schemas = document.pointer("/components/schemas");
                if let Some(schema) = schemas.and_then(|schemas| schemas.get(name)) {
                    fields(&mut out, schema, "field");
                }
            }
            (Some("events"), _) => events(&mut out, document),
            (Some("reference"), _) => reference(&mut out, document),
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

fn methods(out: &mut String, document: &Value, names: &[&str]) {
    out.push_str("| method | parameters | |\n| --- | --- | --- |\n");
    for name in names {
        let mut all = rows(document, "/methods");
        let Some(method) = all.find(|method| text(method, "/name") == Some(name)) else {
            continue;
        };
        let params: Vec<String> = rows(method, "/params")
            .map(|param| {
                let must = param.get("required") == Some(&Value::Bool(true));
                let name = text(param, "/name").unwrap_or_default();
                format!("`{name}{}`", if must { "" } else { "?" })
            })
            .collect();
        let says = text(method, "/summary").unwrap_or_default();
        let _ = writeln!(
            out,
            "| [`{name}`](#{}) | {} | {says} |",
            anchor(name),
            params.join(", ")
        );
    }
}

fn events(out: &mut String, document: &Value) {
    out.push_str("| `event` | fields | |\n| --- | --- | --- |\n");
    for event in rows(document, "/x-events/events") {
        let name = text(event, "/name").unwrap_or_default();
        let says = text(event, "/summary").unwrap_or_default();
        let schema = event.get("schema").and_then(referred);
        let schema = schema.and_then(|name| document.pointer("/components/schemas")?.get(name));
        let known = ["event", "seq", "at"];
        let fields = ordered(schema.unwrap_or(&Value::Null));
        let fields = fields.iter().filter(|(name, _, _)| !known.contains(name));
        let fields: Vec<String> = fields.map(|(name, _, _)| format!("`{name}`")).collect();
        let _ = writeln!(out, "| `{name}` | {} | {says} |", fields.join(", "));
    }
}

fn reference(out: &mut String, document: &Value) {
    for method in rows(document, "/methods") {
        method_in_full(out, document, method);
    }
    out.push_str("## Types\n");
    let schemas = document.pointer("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
        if name.ends_with("Params") || name.ends_with("Event") {
            continue;
        }
        let says = text(schema, "/description").unwrap_or_default();
        let _ = write!(out, "\n### {name}\n\n{says}\n");
        if name == "Code" {
            out.push_str("[outcomes.md](outcomes.md) lists them.\n");
        } else if schema.get("properties").is_some() {
            out.push('\n');
            fields(out, schema, "field");
        } else if words(schema).is_empty() {
            for form in ["/oneOf", "/anyOf"] {
                for form in rows(schema, form) {
                    let says = text(form, "/description").unwrap_or_default();
                    if form.get("properties").is_some() {
                        let _ = write!(out, "\n{says}\n\n");
                        fields(out, form, "field");
                    }
                }
            }
        } else {
            let _ = write!(out, "\n{}\n", listed(schema));
        }
    }
}

fn method_in_full(out: &mut String, document: &Value, method: &Value) {
    let name = text(method, "/name").unwrap_or_default();
    let says = text(method, "/summary").unwrap_or_default();
    let _ = write!(out, "### {name}\n\n{says}");
    match text(method, "/x-role") {
        Some(role) => {
            let _ = write!(out, " For role `{role}`");
        }
        None => out.push_str(" For whoever has no key yet"),
    }
    for param in rows(method, "/params") {
        if let (Some(name), Some(role)) = (text(param, "/name"), text(param, "/x-role")) {
            let _ = write!(out, "; `{name}` for `{role}`");
        }
    }
    let result = method.pointer("/result/schema").map(kind);
    let _ = write!(out, ". Result: {}.\n\n", result.unwrap_or_default());
    let params = method.get("x-params").and_then(referred);
    let params = params.and_then(|name| document.pointer("/components/schemas")?.get(name));
    if let Some(params) = params.filter(|params| !ordered(params).is_empty()) {
        fields(out, params, "parameter");
        out.push('\n');
    }
    for example in rows(method, "/examples") {
        let title = text(example, "/name").unwrap_or_default();
        let params = rows(example, "/params").filter_map(|param| {
            Some((
                text(param, "/name")?.to_owned(),
                param.get("value")?.clone(),
            ))
        });
        let params = Value::Object(params.collect());
        let _ = write!(out, "{title}:\n\n```json\n{params}\n");
        let result = example.pointer("/result/value").map(Value::to_string);
        if let Some(result) = result.filter(|result| result.len() <= RESULT_MAX) {
            let _ = writeln!(out, "{result}");
        }
        out.push_str("```\n\n");
    }
}

/// A table of the fields of an object.
fn fields(out: &mut String, schema: &Value, what: &str) {
    let _ = write!(out, "| {what} | | |\n| --- | --- | --- |\n");
    for (name, must, field) in ordered(schema) {
        let optional = if must { "" } else { "?" };
        let says = text(field, "/description").unwrap_or_default();
        let says = says.replace('|', "\\|");
        let _ = writeln!(out, "| `{name}{optional}` | {} | {says} |", kind(field));
    }
}

/// The fields of an object, those that must be there first, as they are declared.
fn ordered(schema: &Value) -> Vec<(&str, bool, &Value)> {
    let required: Vec<&str> = rows(schema, "/required")
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let first = required.iter().filter_map(|name| {
        let field = properties?.get(*name)?;
        Some((*name, true, field))
    });
    let others = properties.into_iter().flatten();
    let others = others.filter(|(name, _)| !required.contains(&name.as_str()));
    let others = others.map(|(name, field)| (name.as_str(), false, field));
    first.chain(others).collect()
}

/// What a value is, in words.
fn kind(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return format!("[{name}](#{})", anchor(name));
    }
    if !words(schema).is_empty() {
        return listed(schema);
    }
    for place in ["/allOf", "/anyOf", "/oneOf"] {
        let forms: Vec<String> = rows(schema, place).map(kind).collect();
        if !forms.is_empty() {
            return forms.join(" or ");
        }
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            let kinds: Vec<String> = kinds.map(|kind| simple(kind, schema)).collect();
            kinds.join(" or ")
        }
        Some(Value::String(kind)) => simple(kind, schema),
        _ => "anything".to_owned(),
    }
}

fn simple(kind: &str, schema: &Value) -> String {
    let number = |limit: &str| schema.get(limit).and_then(Value::as_u64);
    match kind {
        "integer" => match (number("minimum"), number("maximum")) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (Some(from), None) if from > 0 => format!("number from {from}"),
            _ => "number".to_owned(),
        },
        "boolean" => "true or false".to_owned(),
        "string" if text(schema, "/format") == Some("date-time") => "time".to_owned(),
        "string" => "text".to_owned(),
        "array" => {
            let items = schema.get("items").map(self::kind);
            format!("list of {}", items.unwrap_or_default())
        }
        "object" if text(schema, "/properties/pool/type").is_some() => "`{pool}`".to_owned(),
        other => other.to_owned(),
    }
}

fn words(schema: &Value) -> Vec<&str> {
    let only = schema.get("const").into_iter();
    let listed = only.chain(rows(schema, "/enum"));
    let said = rows(schema, "/oneOf").filter_map(|form| form.get("const"));
    listed.chain(said).filter_map(Value::as_str).collect()
}

/// The words of a list, with what they mean where that is said.
fn listed(schema: &Value) -> String {
    let said: Vec<String> = rows(schema, "/oneOf")
        .filter_map(|form| {
            let says = text(form, "/description")?.trim_end_matches('.');
            Some(format!("`{}` ({says})", text(form, "/const")?))
        })
        .collect();
    if !said.is_empty() {
        return said.join(", ");
    }
    let words = words(schema).into_iter().map(|word| format!("`{word}`"));
    words.collect::<Vec<_>>().join(", ")
}

/// How a heading is pointed at.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || *c == '_');
    kept.map(|c| c.to_ascii_lowercase()).collect()
}
