//! What apps were promised: the API of today against the document of the last release. What has come
//! since is free; what an app may rely on stays.
//!
//! At a release: `posd schema > tests/it/golden/openrpc.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::contract::{document, name, rows};

const RELEASED: &str = include_str!("golden/openrpc.json");

#[test]
fn nothing_breaks_an_app_of_the_last_release() {
    let released = serde_json::from_str(RELEASED).unwrap();
    let broken = breaks(&released, &document());
    assert!(
        broken.is_empty(),
        "this would break apps:\n{}",
        broken.join("\n")
    );
}

/// What an app of `old` would stumble over.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut sides = Sides {
        old,
        new,
        broken: Vec::new(),
    };
    sides.methods();
    sides.events();
    let codes = |document: &Value| -> BTreeSet<String> {
        let codes = rows(document, "/x-codes");
        codes
            .map(|(_, row)| row["code"].as_str().unwrap().to_owned())
            .collect()
    };
    for code in codes(old).difference(&codes(new)) {
        sides.broken.push(format!("code {code} is gone"));
    }
    let data = "/components/errors/Refused/data";
    if let (Some(old), Some(new)) = (old.pointer(data), new.pointer(data)) {
        sides.given("error data", old, new);
    }
    sides.broken
}

struct Sides<'a> {
    old: &'a Value,
    new: &'a Value,
    broken: Vec<String>,
}

impl<'a> Sides<'a> {
    fn say(&mut self, place: &str, what: &str) {
        self.broken.push(format!("{place}: {what}"));
    }

    fn methods(&mut self) {
        let by_name = |document: &'a Value| -> BTreeMap<String, &'a Value> {
            let methods = rows(document, "/methods");
            methods.map(|(_, row)| (name(row), row)).collect()
        };
        let now = by_name(self.new);
        for (name, old) in by_name(self.old) {
            let Some(new) = now.get(&name) else {
                self.say(&name, "the method is gone");
                continue;
            };
            let rank = |method: &Value| {
                let roles = ["cashier", "supervisor", "technician"];
                roles.iter().position(|role| method["x-role"] == **role)
            };
            if rank(new) > rank(old) {
                self.say(&name, "asks for a higher role");
            }
            if new["x-idempotent"] != old["x-idempotent"] {
                self.say(&name, "another promise about repeats");
            }
            let params = format!("{name} params");
            self.taken(&params, &old["x-params"], &new["x-params"]);
            let result = format!("{name} result");
            let (old, new) = (&old["result"]["schema"], &new["result"]["schema"]);
            self.given(&result, old, new);
        }
    }

    fn events(&mut self) {
        for (_, old) in rows(self.old, "/x-events/events") {
            let event = name(old);
            let mut now = rows(self.new, "/x-events/events");
            match now.find(|(_, row)| name(row) == event) {
                Some((_, new)) => self.given(&event, &old["schema"], &new["schema"]),
                None => self.say(&event, "the event is gone"),
            }
        }
    }

    /// What an app sends: all that was taken is taken.
    fn taken(&mut self, place: &str, old: &Value, new: &Value) {
        let (old, new) = (resolve(self.old, old), resolve(self.new, new));
        let (old_forms, new_forms) = (forms(old), forms(new));
        if old_forms.len() > 1 || new_forms.len() > 1 {
            for form in old_forms {
                self.one_of(place, form, &new_forms, Self::taken);
            }
            return;
        }
        let (old, new) = (
            resolve(self.old, old_forms[0]),
            resolve(self.new, new_forms[0]),
        );
        if !kinds(old).is_subset(&kinds(new)) {
            self.say(place, "another type");
        }
        match (words(old), words(new)) {
            (Some(old), Some(new)) if !old.is_subset(&new) => self.say(place, "a value is gone"),
            (None, Some(_)) => self.say(place, "takes only some values"),
            _ => {}
        }
        for (limit, is_narrower) in LIMITS {
            let (old, new) = (old[limit].as_i64(), new[limit].as_i64());
            if new.is_some_and(|new| old.is_none_or(|old| is_narrower(old, new))) {
                self.say(place, &format!("{limit} is narrower"));
            }
        }
        for rule in ["pattern", "format"] {
            if !new[rule].is_null() && new[rule] != old[rule] {
                self.say(place, &format!("another {rule}"));
            }
        }
        for field in required(new).difference(&required(old)) {
            self.say(place, &format!("{field} must be there"));
        }
        for (field, old) in fields(old) {
            let place = format!("{place}.{field}");
            match fields(new).get(field) {
                Some(new) => self.taken(&place, old, new),
                None => self.say(&place, "the field is gone"),
            }
        }
        if !old["items"].is_null() {
            self.taken(&format!("{place}[]"), &old["items"], &new["items"]);
        }
    }

    /// What an app gets: all that was there is there, and nothing that was not said.
    fn given(&mut self, place: &str, old: &Value, new: &Value) {
        let (old, new) = (resolve(self.old, old), resolve(self.new, new));
        let (old_forms, new_forms) = (forms(old), forms(new));
        if old_forms.len() > 1 || new_forms.len() > 1 {
            for form in new_forms {
                let turned = |sides: &mut Self, place: &str, new: &Value, old: &Value| {
                    sides.given(place, old, new);
                };
                self.one_of(place, form, &old_forms, turned);
            }
            return;
        }
        let (old, new) = (
            resolve(self.old, old_forms[0]),
            resolve(self.new, new_forms[0]),
        );
        if !kinds(new).is_subset(&kinds(old)) {
            self.say(place, "another type");
        }
        match (words(old), words(new)) {
            (Some(old_words), Some(new)) => {
                let may_grow = old["x-extensible"] == true;
                if !may_grow && !new.is_subset(&old_words) {
                    self.say(place, "a value that was not announced");
                }
            }
            (Some(_), None) => self.say(place, "any value"),
            (None, _) => {}
        }
        for field in required(old).difference(&required(new)) {
            self.say(place, &format!("{field} may be missing"));
        }
        for (field, old) in fields(old) {
            let place = format!("{place}.{field}");
            match fields(new).get(field) {
                Some(new) => self.given(&place, old, new),
                None => self.say(&place, "the field is gone"),
            }
        }
        if !old["items"].is_null() {
            self.given(&format!("{place}[]"), &old["items"], &new["items"]);
        }
    }

    /// One of the others must do.
    fn one_of(
        &mut self,
        place: &str,
        form: &Value,
        others: &[&Value],
        check: impl Fn(&mut Self, &str, &Value, &Value),
    ) {
        let before = self.broken.len();
        for other in others {
            check(self, place, form, other);
            if self.broken.len() == before {
                return;
            }
            self.broken.truncate(before);
        }
        self.say(place, "one of its forms is gone or new");
    }
}

type IsNarrower = fn(i64, i64) -> bool;

const LIMITS: [(&str, IsNarrower); 6] = [
    ("minimum", |old, new| new > old),
    ("minLength", |old, new| new > old),
    ("minItems", |old, new| new > old),
    ("maximum", |old, new| new < old),
    ("maxLength", |old, new| new < old),
    ("maxItems", |old, new| new < old),
];

/// What a reference refers to.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let place = schema["$ref"]
        .as_str()
        .or(schema["allOf"][0]["$ref"].as_str());
    match place {
        Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// The forms that a value may have; words are one form.
fn forms(schema: &Value) -> Vec<&Value> {
    if words(schema).is_some() {
        return vec![schema];
    }
    let lists = ["oneOf", "anyOf"].map(|list| schema[list].as_array());
    let forms: Vec<&Value> = lists.into_iter().flatten().flatten().collect();
    if forms.is_empty() {
        vec![schema]
    } else {
        forms
    }
}

fn words(schema: &Value) -> Option<BTreeSet<String>> {
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().map(Value::to_string).collect());
    }
    if !schema["const"].is_null() {
        return Some(BTreeSet::from([schema["const"].to_string()]));
    }
    let forms = schema["oneOf"].as_array()?;
    let words = forms.iter().map(|form| {
        let word = &form["const"];
        (!word.is_null()).then(|| word.to_string())
    });
    words.collect()
}

fn kinds(schema: &Value) -> BTreeSet<String> {
    match &schema["type"] {
        Value::String(kind) => BTreeSet::from([kind.clone()]),
        Value::Array(kinds) => kinds
            .iter()
            .map(|kind| kind.as_str().unwrap().to_owned())
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            let word = words(schema).map(|_| "string".to_owned());
            word.into_iter().collect()
        }
    }
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array();
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn fields(schema: &Value) -> BTreeMap<&str, &Value> {
    let fields = schema["properties"].as_object();
    let fields = fields.into_iter().flatten();
    fields.map(|(name, field)| (name.as_str(), field)).collect()
}

/// A document with one method, one event and one code.
fn small() -> Value {
    json!({
        "methods": [{
            "name": "tea.make", "x-role": "cashier", "x-idempotent": true,
            "x-params": {"$ref": "#/components/schemas/TeaMakeParams"},
            "result": {"name": "result", "schema": {"$ref": "#/components/schemas/Tea"}},
        }],
        "components": {
            "schemas": {
                "TeaMakeParams": {
                    "type": "object", "additionalProperties": false, "required": ["kind"],
                    "properties": {
                        "kind": {"type": "string", "enum": ["green", "black"]},
                        "cups": {"type": ["integer", "null"], "minimum": 1, "maximum": 8},
                        "note": {"type": "string", "maxLength": 200},
                        "place": {"anyOf": [{"type": "string"}, {"type": "object",
                            "required": ["pool"], "properties": {"pool": {"type": "string"}}}]},
                    },
                },
                "Tea": {
                    "type": "object", "required": ["state"],
                    "properties": {
                        "state": {"type": "string", "enum": ["hot"], "x-extensible": true},
                        "size": {"type": "string", "enum": ["small"]},
                        "leaves": {"type": "array", "items": {"type": "integer"}},
                        "cup": {"allOf": [{"$ref": "#/components/schemas/Cup"}]},
                    },
                },
                "Cup": {"type": "object", "properties": {"colour": {"type": "string"}}},
                "Spilt": {"type": "object", "required": ["event"],
                    "properties": {"event": {"type": "string", "const": "spilt"}}},
            },
            "errors": {"Refused": {"data": {"type": "object", "required": ["code"],
                "properties": {"code": {"type": "string"}}}}},
        },
        "x-events": {"events": [
            {"name": "spilt", "schema": {"$ref": "#/components/schemas/Spilt"}},
        ]},
        "x-codes": [{"code": "no_water"}],
    })
}

/// Puts a value in a place of the small document, or takes the place out of it.
fn changed(place: &str, value: &Value) -> Value {
    let mut document = small();
    let (parent, last) = place.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(fields) if value.is_null() => {
            fields.remove(last).unwrap();
        }
        Value::Object(fields) => {
            fields.insert(last.to_owned(), value.clone());
        }
        Value::Array(rows) if value.is_null() => {
            rows.remove(last.parse().unwrap());
        }
        Value::Array(rows) => rows.push(value.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => panic!("{place}"),
    }
    document
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one row for each change")]
fn a_change_that_breaks_an_app_is_found() {
    let params = "/components/schemas/TeaMakeParams";
    let tea = "/components/schemas/Tea";
    let gone = Value::Null;
    for (place, value, what) in [
        ("/methods/0", gone.clone(), "tea.make: the method is gone"),
        ("/methods/0/x-role", json!("supervisor"), "a higher role"),
        (
            "/methods/0/x-idempotent",
            json!(false),
            "promise about repeats",
        ),
        (
            &format!("{params}/required/-"),
            json!("cups"),
            "cups must be there",
        ),
        (
            &format!("{params}/properties/note"),
            gone.clone(),
            "params.note: the field is gone",
        ),
        (
            &format!("{params}/properties/kind/enum"),
            json!(["green"]),
            "a value is gone",
        ),
        (
            &format!("{params}/properties/note/enum"),
            json!(["a"]),
            "takes only some values",
        ),
        (
            &format!("{params}/properties/note/pattern"),
            json!("^a"),
            "another pattern",
        ),
        (
            &format!("{params}/properties/note/maxLength"),
            json!(99),
            "maxLength is narrower",
        ),
        (
            &format!("{params}/properties/cups/minimum"),
            json!(2),
            "minimum is narrower",
        ),
        (
            &format!("{params}/properties/cups/type"),
            json!("integer"),
            "cups: another type",
        ),
        (
            &format!("{params}/properties/place/anyOf/1"),
            gone.clone(),
            "forms is gone",
        ),
        (
            &format!("{tea}/required/0"),
            gone.clone(),
            "state may be missing",
        ),
        (
            &format!("{tea}/properties/leaves"),
            gone.clone(),
            "result.leaves: the field is gone",
        ),
        (
            &format!("{tea}/properties/leaves/items/type"),
            json!("string"),
            "leaves[]: another type",
        ),
        (
            &format!("{tea}/properties/size/type"),
            json!(["string", "null"]),
            "size: another type",
        ),
        (
            &format!("{tea}/properties/size/enum"),
            json!(["small", "big"]),
            "not announced",
        ),
        (
            "/components/schemas/Cup/properties/colour",
            gone.clone(),
            "cup.colour: the field is",
        ),
        (
            "/components/schemas/Spilt/properties/event/const",
            json!("spilled"),
            "not announced",
        ),
        (
            "/components/errors/Refused/data/required/0",
            gone.clone(),
            "code may be missing",
        ),
        (
            "/x-events/events/0",
            gone.clone(),
            "spilt: the event is gone",
        ),
        ("/x-codes/0", gone, "code no_water is gone"),
    ] {
        let broken = breaks(&small(), &changed(place, &value)).join("\n");
        assert!(broken.contains(what), "{place}: {broken:?}");
    }
}

#[test]
fn what_is_new_breaks_nobody() {
    assert_eq!(breaks(&small(), &small()), [""; 0]);
    let params = "/components/schemas/TeaMakeParams";
    let tea = "/components/schemas/Tea";
    let method = json!({"name": "tea.drink"});
    for (place, value) in [
        ("/methods/-", method.clone()),
        (
            &format!("{params}/properties/sugar"),
            json!({"type": "integer"}),
        ),
        (&format!("{params}/properties/kind/enum/-"), json!("white")),
        (&format!("{params}/properties/note/maxLength"), json!(300)),
        (&format!("{params}/properties/cups/maximum"), Value::Null),
        (
            &format!("{params}/properties/note/type"),
            json!(["string", "null"]),
        ),
        (
            &format!("{params}/properties/place/anyOf/-"),
            json!({"type": "integer"}),
        ),
        (&format!("{params}/required/0"), Value::Null),
        (&format!("{tea}/properties/leaf"), json!({"type": "string"})),
        (&format!("{tea}/properties/state/enum/-"), json!("cold")),
        (&format!("{tea}/required/-"), json!("leaves")),
        ("/components/schemas/Saucer", json!({"type": "object"})),
        (
            "/x-events/events/-",
            json!({"name": "stirred", "schema": {}}),
        ),
        ("/x-codes/-", json!({"code": "no_milk"})),
    ] {
        assert_eq!(
            breaks(&small(), &changed(place, &value)),
            [""; 0],
            "{place}"
        );
    }
}
