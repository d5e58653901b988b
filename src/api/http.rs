//! The request that every connection begins with: the handshake of an app's WebSocket, or a browser
//! that fetches one of the station's own pages.
//!
//! One request, one answer, and the connection ends; only a WebSocket lives on. So there is no HTTP
//! server here beside the one that the handshake needs anyway.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{
    Request, Response, create_response, write_response,
};
use tokio_tungstenite::tungstenite::http::{Method, StatusCode, Uri, Version, header};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};

use super::session::Line;
use super::{Gateway, handshake, metrics};
use crate::page;

/// Longest head of a request. A browser sends the cookies of every page of this machine along.
const HEAD_MAX: usize = 16 * 1024;

/// Longest path; ours are short.
const PATH_MAX: usize = 256;

/// A browser sends some fifteen.
const HEADERS_MAX: usize = 64;

/// So much of what comes behind a request is read before the connection ends: an end with unread bytes
/// would take the answer away from the browser.
const BODY_MAX: u64 = 64 * 1024;

/// What a connection turned out to be.
pub(super) enum Visit<S> {
    /// An app, with the origin of its page.
    App(Box<WebSocketStream<S>>, Option<String>),
    /// It has had its answer.
    Answered,
}

/// What is said to a browser, or to whoever else asks without a WebSocket.
pub(super) struct Answer {
    status: StatusCode,
    kind: &'static str,
    body: String,
    /// A further header and its value.
    more: Option<(&'static str, String)>,
}

/// What an address gives: one line here for each that is no page.
async fn route(path: &str, gateway: &Gateway) -> Option<Answer> {
    if path == "/metrics" {
        let told = metrics::page(gateway).await?;
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        return Some(Answer::new(StatusCode::OK, kind, told));
    }
    let page = page::find(path)?;
    Some(Answer::new(StatusCode::OK, page.kind, page.body))
}

/// Reads the request, and answers it.
pub(super) async fn meet<S: Line>(
    mut stream: S,
    is_encrypted: bool,
    config: WebSocketConfig,
    gateway: &Gateway,
) -> Result<Visit<S>, Error> {
    let (request, rest) = match read(&mut stream).await? {
        Ok(read) => read,
        Err(answer) => return end(stream, answer.to_bytes(None, is_encrypted)).await,
    };
    let answer = if request.headers().contains_key(header::UPGRADE) {
        let scheme = if is_encrypted { "https" } else { "http" };
        let checked = handshake::check(&request, scheme, &gateway.door, &gateway.hosts);
        match checked.map(|origin| (origin, create_response(&request))) {
            Ok((origin, Ok(response))) => {
                let response = handshake::with_subprotocol(&request, response);
                let stream = accept(stream, &response, rest, config).await?;
                return Ok(Visit::App(Box::new(stream), origin));
            }
            Ok((_, Err(_))) => Answer::plain(StatusCode::BAD_REQUEST, "not a WebSocket handshake"),
            Err((status, why)) => Answer::plain(status, why),
        }
    } else {
        fetch(&request, gateway).await
    };
    end(stream, answer.to_bytes(Some(&request), is_encrypted)).await
}

async fn accept<S: Line>(
    mut stream: S,
    response: &Response,
    rest: Vec<u8>,
    config: WebSocketConfig,
) -> Result<WebSocketStream<S>, Error> {
    let mut head = Vec::new();
    write_response(&mut head, response)?;
    stream.write_all(&head).await?;
    stream.flush().await?;
    let role = Role::Server;
    Ok(WebSocketStream::from_partially_read(stream, rest, role, Some(config)).await)
}

/// The request, and what has come behind it; otherwise what its sender is told.
async fn read<S: Line>(stream: &mut S) -> Result<Result<(Request, Vec<u8>), Answer>, Error> {
    let mut bytes = Vec::with_capacity(1024);
    let length = loop {
        let seen = bytes.len().saturating_sub(3);
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(Error::Protocol(ProtocolError::HandshakeIncomplete));
        }
        let news = bytes.get(seen..).unwrap_or_default();
        if let Some(at) = news.windows(4).position(|window| window == b"\r\n\r\n") {
            break seen.saturating_add(at).saturating_add(4);
        }
        if bytes.len() > HEAD_MAX {
            return Ok(Err(too_large(&bytes)));
        }
    };
    let rest = bytes.split_off(length);
    if bytes.len() > HEAD_MAX {
        return Ok(Err(too_large(&bytes)));
    }
    Ok(parse(&bytes).map(|request| (request, rest)))
}

fn too_large(bytes: &[u8]) -> Answer {
    let first = bytes.iter().position(|byte| *byte == b'\n');
    if first.is_none_or(|length| length > PATH_MAX.saturating_mul(2)) {
        return Answer::plain(StatusCode::URI_TOO_LONG, "the address is too long");
    }
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    Answer::plain(status, "the head of the request is too large")
}

fn parse(head: &[u8]) -> Result<Request, Answer> {
    let bad = || Answer::plain(StatusCode::BAD_REQUEST, "this is not HTTP");
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return Err(Answer::plain(status, "there are too many headers"));
        }
        Ok(httparse::Status::Partial) | Err(_) => return Err(bad()),
    }
    let path = parsed.path.unwrap_or_default();
    if path.len() > PATH_MAX {
        return Err(Answer::plain(
            StatusCode::URI_TOO_LONG,
            "the address is too long",
        ));
    }
    let version = match parsed.version {
        Some(0) => Version::HTTP_10,
        _ => Version::HTTP_11,
    };
    let mut request = Request::builder()
        .method(parsed.method.unwrap_or_default())
        .uri(path.parse::<Uri>().map_err(|_| bad())?)
        .version(version);
    for header in parsed.headers.iter() {
        request = request.header(header.name, header.value);
    }
    request.body(()).map_err(|_| bad())
}

/// What somebody gets who asks for no WebSocket.
async fn fetch(request: &Request, gateway: &Gateway) -> Answer {
    if !handshake::is_ours(request.headers().get(header::HOST), &gateway.hosts) {
        return Answer::plain(StatusCode::FORBIDDEN, "unknown host");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = Answer::plain(StatusCode::METHOD_NOT_ALLOWED, "pages are only read");
        answer.more = Some(("allow", "GET, HEAD".to_owned()));
        return answer;
    }
    let path = request.uri().path();
    if path == handshake::PATH {
        let mut answer = Answer::plain(StatusCode::UPGRADE_REQUIRED, "this is for WebSockets");
        answer.more = Some(("upgrade", "websocket".to_owned()));
        return answer;
    }
    let missing = || Answer::plain(StatusCode::NOT_FOUND, "there is nothing here");
    let answer = route(path, gateway).await.unwrap_or_else(missing);
    answer.unless_known(request)
}

impl Answer {
    /// An answer of a media type.
    pub(super) fn new(status: StatusCode, kind: &'static str, body: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            body: body.into(),
            more: None,
        }
    }

    fn plain(status: StatusCode, why: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", format!("{why}\n"))
    }

    /// Without its body when the browser has it already.
    fn unless_known(mut self, request: &Request) -> Self {
        if self.status != StatusCode::OK {
            return self;
        }
        let digest = Sha256::digest(self.body.as_bytes());
        let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(digest));
        let known = request.headers().get(header::IF_NONE_MATCH);
        if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body.clear();
        }
        self.more = Some(("etag", tag));
        self
    }

    /// The answer as it goes out. What the browser is to hold a page to: it runs and shows what the station
    /// itself has sent, talks to this station and to nobody else, and is in no frame.
    fn to_bytes(&self, request: Option<&Request>, is_encrypted: bool) -> Vec<u8> {
        let host = request.and_then(|request| request.headers().get(header::HOST));
        let host = host.and_then(|host| host.to_str().ok());
        // Some browsers do not count a WebSocket of the same host as 'self'. The host of a page is ours.
        let socket = match host.filter(|_| self.status == StatusCode::OK) {
            Some(host) if is_encrypted => format!(" wss://{host}"),
            Some(host) => format!(" ws://{host}"),
            None => String::new(),
        };
        let Self {
            status, kind, body, ..
        } = self;
        let mut head = format!(
            "HTTP/1.1 {status}\r\n\
             connection: close\r\n\
             content-type: {kind}\r\n\
             content-length: {length}\r\n\
             cache-control: no-cache\r\n\
             content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; \
             connect-src 'self'{socket}; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\
             cross-origin-opener-policy: same-origin\r\n\
             permissions-policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n\
             referrer-policy: no-referrer\r\n\
             x-content-type-options: nosniff\r\n",
            length = body.len(),
        );
        if let Some((name, value)) = &self.more {
            // Into text: it cannot fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("\r\n");
        let only_head = request.is_some_and(|request| *request.method() == Method::HEAD);
        if !only_head {
            head.push_str(body);
        }
        head.into_bytes()
    }
}

/// Sends an answer, and ends the connection.
async fn end<S: Line>(mut stream: S, answer: Vec<u8>) -> Result<Visit<S>, Error> {
    stream.write_all(&answer).await?;
    stream.shutdown().await?;
    let mut behind = stream.take(BODY_MAX);
    let mut sink = [0; 1024];
    while behind.read(&mut sink).await? > 0 {}
    Ok(Visit::Answered)
}
