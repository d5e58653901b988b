//! The methods, what an app must be to call them, what they read and what they answer: the only table
//! of that.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use super::error::ApiError;
use super::request as wire;
use super::result;
use crate::domain::app::Role::{self, Cashier, Supervisor, Technician};
use crate::outcome::code::Code;

/// A method of the API.
#[derive(Debug)]
pub(super) struct Method {
    /// `noun.verb`
    pub(super) name: &'static str,
    /// What it does, in a sentence.
    pub(super) says: &'static str,
    /// The least role that may call it. Without one it is for whoever has no key yet.
    pub(super) least: Option<Role>,
    /// Parameters that take more: the least role that may set them to true.
    pub(super) more: &'static [(&'static str, Role)],
    /// What its parameters look like.
    pub(super) params: Form,
    /// What its result looks like.
    pub(super) result: Form,
    /// An operation: its app names it by an idempotency key.
    pub(super) is_operation: bool,
}

/// How something looks on the wire.
type Form = fn(&mut SchemaGenerator) -> Schema;

/// A method that reads `P` and answers `R`.
const fn method<P: JsonSchema, R: JsonSchema>(
    name: &'static str,
    least: Role,
    says: &'static str,
) -> Method {
    Method {
        least: Some(least),
        ..open::<P, R>(name, says)
    }
}

/// A method that asks for an operation, under an idempotency key.
const fn operation<P: JsonSchema>(name: &'static str, least: Role, says: &'static str) -> Method {
    Method {
        is_operation: true,
        ..method::<P, result::Ended>(name, least, says)
    }
}

/// A method for whoever has no key yet.
const fn open<P: JsonSchema, R: JsonSchema>(name: &'static str, says: &'static str) -> Method {
    Method {
        name,
        says,
        least: None,
        more: &[],
        params: P::json_schema,
        result: SchemaGenerator::subschema_for::<R>,
        is_operation: false,
    }
}

/// All of them.
pub(super) const METHODS: &[Method] = &[
    open::<wire::Pair, result::Paired>("session.pair", "Gives an invited app its key, once."),
    open::<wire::Hello, result::Welcome>(
        "session.hello",
        "Shows the key of the app, first on every connection, and chooses the language.",
    ),
    method::<wire::Nothing, result::StationInfo>(
        "station.info",
        Cashier,
        "Tells which station this is.",
    ),
    method::<wire::Nothing, result::HealthRow>(
        "station.health",
        Cashier,
        "Tells how the station is.",
    ),
    method::<wire::Nothing, result::Terminals>(
        "terminal.list",
        Cashier,
        "Lists the terminals and who works with them.",
    ),
    method::<wire::TerminalAbort, result::Stopping>(
        "terminal.abort",
        Cashier,
        "Stops what a terminal is doing: the operation ends `cancelled` or, too late, `approved`. A cashier's app stops only what it has asked for itself.",
    ),
    Method {
        more: &[("override", Supervisor)],
        ..method::<wire::TerminalAcquire, result::Lease>(
            "terminal.acquire",
            Cashier,
            "Takes a terminal for this app alone, or keeps it longer.",
        )
    },
    method::<wire::TerminalRelease, result::Released>(
        "terminal.release",
        Cashier,
        "Gives a terminal back.",
    ),
    // What a day has brought is for whoever counts the cash.
    method::<wire::TerminalTotals, result::Ended>(
        "terminal.totals",
        Supervisor,
        "Asks a terminal what its open batch holds, and compares it with the journal. Closes nothing.",
    ),
    operation::<wire::TerminalReconcile>(
        "terminal.reconcile",
        Supervisor,
        "Closes a terminal's batch (end of day), and compares it with the journal.",
    ),
    operation::<wire::Sale>("payment.sale", Cashier, "Takes money from a card."),
    operation::<wire::Sale>("payment.authorize", Cashier, "Holds money on a card."),
    operation::<wire::FollowUp>(
        "payment.capture",
        Cashier,
        "Takes held money, all of it without an amount.",
    ),
    operation::<wire::Void>("payment.void", Cashier, "Releases what is held."),
    operation::<wire::FollowUp>(
        "payment.refund",
        Cashier,
        "Gives taken money back, all of it without an amount.",
    ),
    operation::<wire::PaymentWriteOff>(
        "payment.write_off",
        Supervisor,
        "Expects no more what was promised and could not be captured. Moves no money.",
    ),
    method::<wire::PaymentGet, result::Payment>(
        "payment.get",
        Cashier,
        "Tells how a payment stands and what may be done with it.",
    ),
    operation::<wire::DepositTake>(
        "deposit.take",
        Cashier,
        "Takes a deposit and secures the rest of the order with one card presentation.",
    ),
    operation::<wire::DepositTokenize>(
        "deposit.tokenize",
        Cashier,
        "Secures the rest of an order whose deposit stands with another card.",
    ),
    operation::<wire::OrderPut>(
        "order.put",
        Cashier,
        "Stores an order that was made anywhere, or a newer version of it.",
    ),
    // Tokens in the clear are for whoever carries orders between stores.
    Method {
        more: &[("include_tokens", Supervisor)],
        ..method::<wire::OrderGet, result::Order>(
            "order.get",
            Cashier,
            "Gives an order as `order.put` takes it; with tokens, for another store.",
        )
    },
    method::<wire::OrderFind, result::FoundOrders>(
        "order.find",
        Cashier,
        "Finds orders by what people know of them, or lists what somebody should look at.",
    ),
    operation::<wire::OrderShip>(
        "order.ship",
        Cashier,
        "Sends lines and takes what is due for them from the order's own tenders, in sequence.",
    ),
    operation::<wire::OrderCancel>(
        "order.cancel",
        Cashier,
        "Cancels lines, and refunds or keeps the deposit's share of them.",
    ),
    method::<wire::PickupQuote, result::QuoteRow>(
        "pickup.quote",
        Cashier,
        "Tells what lines cost now, and what is secured of it.",
    ),
    operation::<wire::PickupCapture>(
        "pickup.capture",
        Cashier,
        "Hands lines over and takes what is due for them.",
    ),
    method::<wire::NfcRead, result::TapResult>(
        "nfc.read",
        Cashier,
        "Tells what lies on a contactless reader, or is held against it next.",
    ),
    method::<wire::NfcAbort, result::EndedReads>(
        "nfc.abort",
        Cashier,
        "Ends all that wait for a tap on a reader.",
    ),
    operation::<wire::NfcBind>("nfc.bind", Cashier, "Says whose a tag is. Moves no money."),
    method::<wire::OperationGet, result::OperationRow>(
        "operation.get",
        Cashier,
        "Tells how an operation stands, by the app's key for it or by its id.",
    ),
    operation::<wire::OperationResolve>(
        "operation.resolve",
        Supervisor,
        "Takes in what a person has found out about an operation in doubt.",
    ),
    operation::<wire::OperationPark>(
        "operation.park",
        Supervisor,
        "Lets the customer pay elsewhere while an operation is in doubt.",
    ),
    method::<wire::Subscribe, result::Subscribed>(
        "events.subscribe",
        Cashier,
        "Sends every event from a place on, over this connection.",
    ),
    method::<wire::AppInvite, result::Invited>(
        "app.invite",
        Technician,
        "Lets an app pair: gives the code that it sends.",
    ),
    method::<wire::Nothing, result::Apps>(
        "app.list",
        Technician,
        "Lists the apps that have paired.",
    ),
    method::<wire::AppSetRole, result::Done>(
        "app.set_role",
        Technician,
        "Changes what an app may do.",
    ),
    method::<wire::AppRevoke, result::Done>(
        "app.revoke",
        Technician,
        "Lets an app in no more; its connections end.",
    ),
    method::<wire::Nothing, result::Discovered>(
        "rpc.discover",
        Cashier,
        "Gives this document (OpenRPC).",
    ),
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
