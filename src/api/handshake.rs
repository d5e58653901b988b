//! Who may open a connection: a browser only from an allowed origin, and nobody by a foreign host
//! name (cross-site WebSocket hijacking, DNS rebinding). Whose key it has is asked later.

use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};

use super::door::Door;

/// The path of this version of the API.
pub(super) const PATH: &str = "/v1";

/// The subprotocol of this version of the API.
pub(super) const SUBPROTOCOL: &str = "posd.v1";

/// Accepts or refuses a handshake, and tells the origin that it came from.
#[expect(
    clippy::result_large_err,
    reason = "the library's callback has this signature"
)]
pub(super) fn check(
    request: &Request,
    mut response: Response,
    door: &Door,
    hosts: &[String],
    told_origin: &mut Option<String>,
) -> Result<Response, ErrorResponse> {
    if request.uri().path() != PATH {
        return Err(refusal(StatusCode::NOT_FOUND, "the API is at /v1"));
    }
    if !is_ours(request.headers().get(header::HOST), hosts) {
        return Err(refusal(StatusCode::FORBIDDEN, "unknown host"));
    }
    // A program sends no origin; a browser always does, and cannot lie about it.
    if let Some(origin) = request.headers().get(header::ORIGIN) {
        let known = origin
            .to_str()
            .ok()
            .filter(|origin| door.knows_origin(origin));
        let Some(known) = known else {
            tracing::warn!(?origin, "connection from an origin that is not paired");
            return Err(refusal(StatusCode::FORBIDDEN, "origin not allowed"));
        };
        *told_origin = Some(known.to_owned());
    }
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let offers_ours = offered
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|name| name.trim() == SUBPROTOCOL);
    if offers_ours {
        let name = HeaderValue::from_static(SUBPROTOCOL);
        response
            .headers_mut()
            .insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    }
    Ok(response)
}

/// Whether the client addressed this machine by a name that cannot be anyone else's, or by one that it
/// is configured to have.
fn is_ours(host: Option<&HeaderValue>, hosts: &[String]) -> bool {
    let Some(host) = host.and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
        || hosts.iter().any(|ours| ours.eq_ignore_ascii_case(name))
}

fn refusal(status: StatusCode, why: &str) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(why.to_owned()));
    *response.status_mut() = status;
    response
}
