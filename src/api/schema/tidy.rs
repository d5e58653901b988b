//! Brings what schemars made into the form of JSON Schema draft 7, and leaves out what only Rust knows.

use schemars::Schema;
use schemars::generate::Contract;
use schemars::transform::{
    RecursiveTransform, RemoveRefSiblings, ReplaceUnevaluatedProperties, Transform as _,
};
use serde_json::{Value, json};

/// What a field of this name is everywhere, where its type says nothing more.
const FIELDS: &[(&str, &str)] = &[
    ("actions", "What may be done with it now."),
    ("amount_minor", "Minor units."),
    ("app", "Name of an app."),
    ("apps", "All that are let in."),
    ("attention", "The payments."),
    ("authorization_code", "As on the receipt."),
    ("authorized_at", "When the authorization was given."),
    ("authorized_minor", "Minor units that were authorized."),
    ("brand", "Of the card, such as Visa."),
    ("capture_token", "Reference by which it is refunded."),
    ("captured_minor", "Minor units that were captured."),
    ("card_type", "As the configuration names it."),
    ("channel", "Where it was made; `store` without it."),
    ("check_word", "For people to compare."),
    ("code", "Stable name."),
    ("connected", "Whether it answers."),
    (
        "customer_reference",
        "Whose it is, as the shop knows its customers.",
    ),
    ("date", "As the terminal writes it."),
    (
        "deposit",
        "What becomes of the deposit's share of the lines.",
    ),
    ("deposit_minor", "Minor units of the deposit."),
    ("description", "For people."),
    ("ended", "How many were waiting."),
    ("event", "Which event it is."),
    ("expires_at", "When it ends."),
    (
        "fulfilment",
        "How it reaches the customer; `pickup` without it.",
    ),
    ("idempotency_key", "The app's own name for the operation."),
    ("info", "What it describes."),
    ("line_id", "Its name within the order."),
    ("lines", "Lines of the order, by their `line_id`."),
    (
        "masked_pan",
        "At most the first six and the last four digits.",
    ),
    ("media", "Each thing that was held there."),
    ("merchant_account", "As the configuration names it."),
    ("merchant_id", "As on the receipt."),
    ("methods", "The methods."),
    ("openrpc", "Version of OpenRPC."),
    ("operation_id", "The operation; also the support reference."),
    ("order", "The order."),
    ("order_id", "The order."),
    ("order_version", "Version of the order."),
    ("orders", "The orders."),
    ("outcome", "How it ended."),
    ("paid_minor", "Minor units that were paid."),
    ("paired_at", "When it paired."),
    ("payment_id", "The payment."),
    ("pool", "Whichever terminal of this pool is free."),
    ("reader", "Name of the contactless reader."),
    ("readers", "The contactless readers."),
    ("reason", "Why."),
    ("receipt_number", "As on the receipt."),
    ("refunded_minor", "Minor units that were refunded."),
    ("released", "Whether this app had it."),
    ("started_at", "When it began."),
    ("state", "Where it is; `open` without it."),
    ("stopping", "Whether there was anything to stop."),
    ("tender_type", "As the configuration names it."),
    ("terminal", "Name of the terminal."),
    ("terminal_id", "As on the receipt."),
    ("terminals", "The terminals."),
    ("time", "As the terminal writes it."),
    ("total_minor", "Minor units that the lines cost together."),
    ("trace_number", "As on the receipt."),
    ("until", "Until when."),
    (
        "use",
        "Who pays: the order's own tenders, in sequence, or another card at `terminal`.",
    ),
    ("version", "Version of the order."),
    ("voided_minor", "Minor units that were voided."),
];

/// A schema as it stands in the document.
pub(super) fn tidy(mut schema: Schema, contract: &Contract) -> Value {
    let mut plain = RecursiveTransform(|schema: &mut Schema| {
        plain(schema);
        if contract.is_serialize() {
            never_null(schema);
        }
    });
    plain.transform(&mut schema);
    // Draft 7 has no `unevaluatedProperties`, and nothing beside a reference.
    ReplaceUnevaluatedProperties::default().transform(&mut schema);
    RemoveRefSiblings::default().transform(&mut schema);
    schema.into()
}

fn plain(schema: &mut Schema) {
    let is_ours = |format: &Value| {
        let format = format.as_str().unwrap_or_default();
        format.starts_with("uint") || format.starts_with("int")
    };
    if schema.get("format").is_some_and(is_ours) {
        schema.remove("format");
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::String(says)) = schema.get_mut("description") {
        *says = says.replace('\n', " ");
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in properties.into_iter().flatten() {
        let Some(field) = field.as_object_mut() else {
            continue;
        };
        let says = FIELDS.iter().find(|(known, _)| known == name);
        if let (Some((_, says)), false) = (says, field.contains_key("$ref")) {
            field.entry("description").or_insert_with(|| (*says).into());
        }
    }
}

/// What may be left out of a result is left out, never null.
fn never_null(schema: &mut Schema) {
    let required = schema.get("required").cloned().unwrap_or_default();
    let required = required.as_array().cloned().unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in properties.into_iter().flatten() {
        if required.iter().any(|it| it == name) {
            continue;
        }
        if let Some(Value::Array(types)) = field.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = &**types {
                field["type"] = only.clone();
            }
        }
        let forms = field.get("anyOf").and_then(Value::as_array);
        let forms: Vec<Value> = forms.into_iter().flatten().cloned().collect();
        if let [form, null] = &*forms
            && *null == json!({"type": "null"})
            && let Some(field) = field.as_object_mut()
        {
            field.remove("anyOf");
            let form = form.as_object().into_iter().flatten();
            field.extend(form.map(|(name, value)| (name.clone(), value.clone())));
        }
    }
}
