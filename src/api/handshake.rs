//! Who may open a connection: a browser only from an allowed origin, and nobody by a foreign host
//! name (cross-site WebSocket hijacking, DNS rebinding). Whose key it has is asked later.

use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};

use super::door::Door;

/// The path of this version of the API.
pub(super) const PATH: &str = "/v1";

/// The subprotocol of this version of the API.
pub(super) const SUBPROTOCOL: &str = "posd.v1";

/// Tells the origin that a handshake came from, or why it is refused.
pub(super) fn check(
    request: &Request,
    scheme: &str,
    door: &Door,
    hosts: &[String],
) -> Result<Option<String>, (StatusCode, &'static str)> {
    if request.uri().path() != PATH {
        return Err((StatusCode::NOT_FOUND, "the API is at /v1"));
    }
    let host = request.headers().get(header::HOST);
    if !is_ours(host, hosts) {
        return Err((StatusCode::FORBIDDEN, "unknown host"));
    }
    // A program sends no origin; a browser always does, and cannot lie about it.
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(None);
    };
    // The station's own pages may knock, as those of apps that are paired or invited may.
    let own = host.and_then(|host| host.to_str().ok());
    let own = own.map(|host| format!("{scheme}://{host}"));
    let known = origin
        .to_str()
        .ok()
        .filter(|origin| own.as_deref() == Some(*origin) || door.knows_origin(origin));
    let Some(known) = known else {
        tracing::warn!(?origin, "connection from an origin that is not paired");
        return Err((StatusCode::FORBIDDEN, "origin not allowed"));
    };
    Ok(Some(known.to_owned()))
}

/// The answer to a handshake, with the subprotocol where it is asked for.
pub(super) fn with_subprotocol(request: &Request, mut response: Response) -> Response {
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
    response
}

/// Whether the client addressed this machine by a name that cannot be anyone else's, or by one that it
/// is configured to have.
pub(super) fn is_ours(host: Option<&HeaderValue>, hosts: &[String]) -> bool {
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
