//! What a frame holds: the JSON-RPC envelope, and the parameters of a method.

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::error::ApiError;
use super::request as wire;
use super::unambiguous::{self, TWICE};
use crate::outcome::code::Code;

pub(super) fn parse(frame: &Message) -> Result<Value, ApiError> {
    let Message::Text(text) = frame else {
        let problem = "frames must be text";
        return Err(ApiError::malformed(-32700, Code::ParseError, problem));
    };
    unambiguous::read(text.as_str()).map_err(|error| {
        let said = error.to_string();
        // The parser follows 128 brackets into each other and no further.
        let problem = if said.starts_with("recursion limit") {
            "this is nested too deeply"
        } else if said.starts_with(TWICE) {
            TWICE
        } else {
            "this is not JSON"
        };
        ApiError::malformed(-32700, Code::ParseError, problem)
    })
}

type Opened = (Option<Value>, String, Value);

/// Takes a JSON-RPC envelope apart. On error the id is given back as far as it was readable.
pub(super) fn open(envelope: Value) -> Result<Opened, (Value, ApiError)> {
    let invalid = |id: Value, problem: &str| {
        let error = ApiError::malformed(-32600, Code::InvalidRequest, problem);
        Err((id, error))
    };
    let Ok(wire::Envelope {
        jsonrpc,
        id,
        method,
        params,
    }) = wire::Envelope::deserialize(envelope)
    else {
        return invalid(
            Value::Null,
            "a request is an object with jsonrpc, id, method, params",
        );
    };
    let valid_id = match &id {
        None | Some(Value::Null | Value::String(_)) => true,
        // Others were rounded when they were read: what would go back is not what came.
        Some(Value::Number(number)) => !number.is_f64(),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => false,
    };
    if !valid_id {
        let problem = "id must be text, a whole number of at most 64 bits, or null";
        return invalid(Value::Null, problem);
    }
    let back = id.clone().unwrap_or_default();
    if jsonrpc.as_deref() != Some("2.0") {
        return invalid(back, "jsonrpc must be \"2.0\"");
    }
    let Some(Value::String(method)) = method else {
        return invalid(back, "method must be text");
    };
    match params {
        Value::Null => Ok((id, method, json!({}))),
        Value::Object(_) => Ok((id, method, params)),
        Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            invalid(back, "params must be an object")
        }
    }
}

/// Reads parameters; the error names the field. The parser's words may repeat the value, so only
/// those that we wrote or that name fields go out.
pub(super) fn read<T: DeserializeOwned>(params: &Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(params).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.inner().to_string();
        if let Some(field) = quoted_after(&problem, "missing field `") {
            let field = if path == "." {
                field.to_owned()
            } else {
                format!("{path}.{field}")
            };
            return ApiError::field(&field, "is missing");
        }
        if let Some(field) = quoted_after(&problem, "unknown field `") {
            let known = match problem.split_once("expected ") {
                Some((_, known)) if !known.is_empty() => format!("expected {known}"),
                Some(_) | None => "there are none here".to_owned(),
            };
            let shown = if crate::masking::holds_card_number(field) {
                "…"
            } else {
                field
            };
            // The path ends with the field itself.
            let shown = match path.rsplit_once('.') {
                Some((parent, _)) if !parent.is_empty() => format!("{parent}.{shown}"),
                _ => shown.to_owned(),
            };
            return ApiError::field(&shown, &format!("is not a parameter; {known}"));
        }
        // Their list is long.
        if path == "currency" || path.ends_with(".currency") {
            return ApiError::field(&path, "must be an ISO 4217 code such as NOK");
        }
        let known = problem
            .split_once("expected ")
            .map(|(_, known)| match known {
                "u32" | "u64" => "a whole number",
                known => known,
            });
        let known = known.map(|known| format!("expected {known}"));
        ApiError::field(&path, known.as_deref().unwrap_or(&problem))
    })
}

fn quoted_after<'a>(problem: &'a str, prefix: &str) -> Option<&'a str> {
    problem
        .strip_prefix(prefix)?
        .split_once('`')
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_back_as_it_came_or_is_refused() {
        let open_with = |id: &str| {
            let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"m"}}"#);
            open(parse(&Message::text(text)).unwrap())
        };
        for id in [
            "null",
            "\"a\"",
            "0",
            "-9223372036854775808",
            "18446744073709551615",
        ] {
            let (back, _, _) = open_with(id).unwrap();
            assert_eq!(back.unwrap().to_string(), id);
        }
        for id in [
            "18446744073709551616",
            "-9223372036854775809",
            "9007199254740993.5",
            "1.0",
            "1e3",
            "true",
        ] {
            let (back, _) = open_with(id).unwrap_err();
            assert_eq!(back, Value::Null, "{id}");
        }
    }
}
