//! Connector `sim`: the processor of hw-sim (docs/simulator.md describes its HTTP interface).

use serde_json::{Value, json};

use super::Reply;
use super::http::{Answer, Call};
use crate::config::AccountConfig;
use crate::domain::directory::ProcessorCapabilities;
use crate::domain::effect::ProcessorRequest;
use crate::domain::outcome::Reason;

/// What hw-sim's processor can do; some of it is for the account to say.
pub(super) const fn capabilities(account: &AccountConfig) -> ProcessorCapabilities {
    ProcessorCapabilities {
        partial_capture: account.partial_capture,
        card_token_authorization: true,
        follows_up_terminals: account.follows_up_terminals,
    }
}

/// What a look-up by idempotency key came to.
#[derive(Debug)]
pub(super) enum Inquiry {
    /// The call was carried out; this was the answer.
    Found(Reply),
    /// The processor has never seen the key.
    NotFound,
    /// The answer says neither.
    Unclear,
}

/// The call that carries a request out. `token` is the clear text of the request's token.
pub(super) fn call(key: &str, merchant: &str, request: &ProcessorRequest, token: &str) -> Call {
    let amount = request.amount();
    let mut body = json!({
        "merchant": merchant,
        "amount_minor": amount.minor,
        "currency": amount.currency.code(),
    });
    let path = match request {
        ProcessorRequest::Authorize { .. } => {
            if let Value::Object(body) = &mut body {
                body.insert("card_token".to_owned(), token.into());
                body.insert("reference".to_owned(), key.into());
            }
            "/v1/authorizations".to_owned()
        }
        ProcessorRequest::Capture { .. } => {
            format!("/v1/authorizations/{}/captures", escaped(token))
        }
        ProcessorRequest::Void { .. } => format!("/v1/authorizations/{}/voids", escaped(token)),
        ProcessorRequest::Refund { .. } => format!("/v1/captures/{}/refunds", escaped(token)),
        ProcessorRequest::Review { .. } => {
            return Call {
                path: format!("/v1/authorizations/{}", escaped(token)),
                idempotency_key: None,
                body: None,
            };
        }
    };
    Call {
        path,
        idempotency_key: Some(key.to_owned()),
        body: Some(body),
    }
}

/// The look-up by idempotency key.
pub(super) fn inquiry(key: &str) -> Call {
    Call {
        path: format!("/v1/requests/{}", escaped(key)),
        idempotency_key: None,
        body: None,
    }
}

/// Reads the answer to a look-up.
pub(super) fn read_inquiry(answer: &Answer) -> Inquiry {
    match answer.status {
        200 => {
            let status = answer.body.get("status_code").and_then(Value::as_u64);
            let status = status
                .and_then(|status| u16::try_from(status).ok())
                .unwrap_or(0);
            let body = answer.body.get("body").cloned().unwrap_or_default();
            Inquiry::Found(read_reply(&Answer { status, body }))
        }
        404 => Inquiry::NotFound,
        _ => Inquiry::Unclear,
    }
}

/// Reads what has become of an authorization that was reviewed.
pub(super) fn read_review(answer: &Answer) -> Reply {
    let text = |name: &str| answer.body.get(name).and_then(Value::as_str);
    match (answer.status, text("status")) {
        (200, Some("approved")) => Reply::Approved {
            amount: answer.body.get("authorized_minor").and_then(Value::as_u64),
            token: None,
            expires_at: text("expires_at").map(str::to_owned),
        },
        (200, Some("on_hold")) => Reply::OnHold { token: None },
        (200, Some("rejected")) => Reply::Declined(Reason::CardDeclined),
        (200, Some("expired")) => Reply::Declined(Reason::AuthorizationExpired),
        (_, _) => Reply::Unclear,
    }
}

/// Reads the answer to a call.
pub(super) fn read_reply(answer: &Answer) -> Reply {
    let text = |name: &str| answer.body.get(name).and_then(Value::as_str);
    let token = || text("capture").or(text("authorization")).map(str::to_owned);
    match (answer.status, text("status")) {
        (200 | 201, Some("approved")) => Reply::Approved {
            amount: answer.body.get("amount_minor").and_then(Value::as_u64),
            token: token(),
            expires_at: text("expires_at").map(str::to_owned),
        },
        (200 | 201, Some("on_hold")) => Reply::OnHold { token: token() },
        (200 | 201, Some("declined")) => Reply::Declined(reason(text("decline").unwrap_or(""))),
        (400..=499, _) => Reply::Refused(Reason::NotSupported),
        (_, _) => Reply::Unclear,
    }
}

fn reason(decline: &str) -> Reason {
    match decline {
        "insufficient_funds" => Reason::InsufficientFunds,
        "expired_card" => Reason::ExpiredCard,
        "blocked_card" | "lost_card" | "stolen_card" => Reason::CardBlocked,
        "authorization_expired" => Reason::AuthorizationExpired,
        "authorization_unknown" | "capture_unknown" | "merchant_mismatch" => {
            Reason::AuthorizationUnknown
        }
        "exceeds_open_amount" | "exceeds_captured_amount" => Reason::ExceedsOpenAmount,
        "currency_mismatch" => Reason::CurrencyNotAccepted,
        _ => Reason::CardDeclined,
    }
}

/// Percent-encodes whatever is not plainly allowed in a path segment.
fn escaped(segment: &str) -> String {
    segment
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_escaped() {
        assert_eq!(
            escaped("pt:68001234:000001:A1 B/"),
            "pt%3A68001234%3A000001%3AA1%20B%2F"
        );
    }

    #[test]
    fn answers_are_read() {
        let read = |status, body| format!("{:?}", read_reply(&Answer { status, body }));
        let approved = json!({"status": "approved", "capture": "ca_1", "amount_minor": 5});
        assert!(read(201, approved.clone()).starts_with("Approved"));
        let declined = json!({"status": "declined", "decline": "insufficient_funds"});
        assert_eq!(read(201, declined), "Declined(InsufficientFunds)");
        assert_eq!(
            read(400, json!({"error": "invalid_request"})),
            "Refused(NotSupported)"
        );
        assert_eq!(read(500, json!({})), "Unclear");
        assert_eq!(read(201, json!({"status": "new word"})), "Unclear");
        let found = Answer {
            status: 200,
            body: json!({"status_code": 201, "body": approved}),
        };
        assert!(matches!(
            read_inquiry(&found),
            Inquiry::Found(Reply::Approved { .. })
        ));
    }
}
