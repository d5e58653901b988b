//! The methods, and what an app must be to call them: the only table of that.

use serde_json::Value;

use super::error::ApiError;
use crate::domain::app::Role::{self, Cashier, Supervisor, Technician};
use crate::outcome::code::Code;

/// A method of the API.
#[derive(Debug)]
struct Method {
    /// `noun.verb`
    name: &'static str,
    /// The least role that may call it. Without one it is for whoever has no key yet.
    least: Option<Role>,
    /// Parameters that take more: the least role that may set them to true.
    more: &'static [(&'static str, Role)],
}

const fn method(name: &'static str, least: Role) -> Method {
    Method {
        name,
        least: Some(least),
        more: &[],
    }
}

const fn open(name: &'static str) -> Method {
    Method {
        name,
        least: None,
        more: &[],
    }
}

/// All of them.
const METHODS: &[Method] = &[
    open("session.pair"),
    open("session.hello"),
    method("station.info", Cashier),
    method("station.health", Cashier),
    method("terminal.list", Cashier),
    method("terminal.abort", Cashier),
    Method {
        more: &[("override", Supervisor)],
        ..method("terminal.acquire", Cashier)
    },
    method("terminal.release", Cashier),
    method("payment.sale", Cashier),
    method("payment.authorize", Cashier),
    method("payment.capture", Cashier),
    method("payment.void", Cashier),
    method("payment.refund", Cashier),
    method("payment.get", Cashier),
    method("deposit.take", Cashier),
    method("deposit.tokenize", Cashier),
    method("order.put", Cashier),
    // Tokens in the clear are for whoever carries orders between stores.
    Method {
        more: &[("include_tokens", Supervisor)],
        ..method("order.get", Cashier)
    },
    method("order.find", Cashier),
    method("order.ship", Cashier),
    method("order.cancel", Cashier),
    method("pickup.quote", Cashier),
    method("pickup.capture", Cashier),
    method("nfc.read", Cashier),
    method("nfc.abort", Cashier),
    method("nfc.bind", Cashier),
    method("operation.get", Cashier),
    method("operation.resolve", Supervisor),
    method("operation.park", Supervisor),
    method("events.subscribe", Cashier),
    method("app.invite", Technician),
    method("app.list", Technician),
    method("app.set_role", Technician),
    method("app.revoke", Technician),
];

/// Whether an app of this role, or somebody without a key, may call a method. Who has no key does not
/// learn which methods there are.
pub(super) fn check(name: &str, params: &Value, role: Option<Role>) -> Result<(), ApiError> {
    let method = METHODS.iter().find(|method| method.name == name);
    let (method, role) = match (method, role) {
        (Some(Method { least: None, .. }), _) => return Ok(()),
        (_, None) => return Err(ApiError::unauthorized()),
        (None, Some(_)) => {
            let problem = "there is no such method";
            return Err(ApiError::malformed(-32601, Code::MethodNotFound, problem));
        }
        (Some(method), Some(role)) => (method, role),
    };
    let asked = |parameter: &str| params.get(parameter) == Some(&Value::Bool(true));
    let more = method.more.iter().filter(|(name, _)| asked(name));
    let needed = more.map(|(_, least)| Some(*least)).max().flatten();
    match needed.max(method.least) {
        Some(needed) if role < needed => Err(ApiError::forbidden(name, role, needed)),
        Some(_) | None => Ok(()),
    }
}

/// The name, if it is that of a method.
pub(super) fn known(name: &str) -> Option<&'static str> {
    let method = METHODS.iter().find(|method| method.name == name);
    method.map(|method| method.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(name: &str, params: &Value, role: Option<Role>) -> String {
        match check(name, params, role) {
            Ok(()) => "ok".to_owned(),
            Err(error) => error.in_short().1,
        }
    }

    #[test]
    fn each_method_asks_for_its_role() {
        let none = json!({});
        assert_eq!(code("session.hello", &none, None), "ok");
        // Without a key, one that exists and one that does not look alike.
        let stranger = code("payment.sale", &none, None);
        assert_eq!(stranger, "unauthorized");
        assert_eq!(code("payment.explode", &none, None), stranger);
        assert_ne!(code("payment.explode", &none, Some(Technician)), "ok");
        assert_eq!(code("payment.sale", &none, Some(Cashier)), "ok");
        let resolve = "operation.resolve";
        let told = code(resolve, &none, Some(Cashier));
        assert_eq!(told, "operation.resolve needs supervisor, this is cashier");
        assert_eq!(code(resolve, &none, Some(Supervisor)), "ok");
        assert_eq!(code(resolve, &none, Some(Technician)), "ok");
        assert_ne!(code("app.invite", &none, Some(Supervisor)), "ok");
    }

    #[test]
    fn a_parameter_may_ask_for_more() {
        let with = json!({"order_id": "O", "include_tokens": true});
        let without = json!({"order_id": "O", "include_tokens": false});
        assert_eq!(code("order.get", &without, Some(Cashier)), "ok");
        assert_ne!(code("order.get", &with, Some(Cashier)), "ok");
        assert_eq!(code("order.get", &with, Some(Supervisor)), "ok");
    }
}
