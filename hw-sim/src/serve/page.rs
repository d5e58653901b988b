//! The pages of the simulators: files that are part of the program, and nothing from elsewhere.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

/// The page of a terminal.
pub(super) fn terminal<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(async || file(HTML, "text/html")))
        .route("/terminal.css", get(async || file(CSS, "text/css")))
        .route("/terminal.js", get(async || file(JS, "text/javascript")))
}

fn file(text: &'static str, kind: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, text).into_response()
}

const HTML: &str = include_str!("page/terminal.html");
const CSS: &str = include_str!("page/terminal.css");
const JS: &str = include_str!("page/terminal.js");

/// Nothing but what comes from here; no other page may frame it and press its keys.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
