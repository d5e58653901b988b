//! Who may give orders: programs and our own page, not whatever page a browser happens to show.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error;

/// Refuses what comes by a name that somebody else may own (DNS rebinding), and what a page of
/// another origin sends.
pub(super) async fn local_only(request: Request, next: Next) -> Response {
    match is_ours(request.headers()) {
        true => next.run(request).await,
        false => error(StatusCode::FORBIDDEN, "foreign_page"),
    }
}

fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(HeaderValue::to_str);
    let Some(Ok(host)) = text(header::HOST) else {
        return false;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // An address is an address; a name may be made to point here.
    let is_address = name
        .trim_matches(['[', ']'])
        .parse::<std::net::IpAddr>()
        .is_ok();
    let has_our_name = is_address
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok()
        || name == "localhost";
    let has_our_origin = match text(header::ORIGIN) {
        None => true,
        Some(Ok(origin)) => origin.strip_prefix("http://") == Some(host),
        Some(Err(_)) => false,
    };
    has_our_name && has_our_origin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        is_ours(&headers)
    }

    #[test]
    fn a_foreign_page_gives_no_orders() {
        assert!(check("127.0.0.1:8481", None));
        assert!(check("[::1]:8481", None));
        assert!(check("localhost:8481", Some("http://localhost:8481")));
        assert!(check("192.0.2.7", Some("http://192.0.2.7")));
        assert!(!check("127.0.0.1:8481", Some("http://127.0.0.1:8471")));
        assert!(!check("127.0.0.1:8481", Some("https://shop.example")));
        assert!(!check("127.0.0.1:8481", Some("null")));
        assert!(!check("shop.example:8481", None));
        assert!(!check(
            "shop.example:8481",
            Some("http://shop.example:8481")
        ));
        assert!(!is_ours(&HeaderMap::new()));
    }
}
