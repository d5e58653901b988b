//! The processor's HTTP server.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use super::cut::{Cut, CutListener};
use super::{Running, done, error, idempotency_key, lock, wall_clock, with_body};
use crate::bank::{Bank, KeyReused, Operation, Options, Request};
use crate::processor::{self, FaultKind, Faults, Invalid};
use crate::wallet;

/// Starts the processor on `addr` with a bank of its own.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn start(addr: SocketAddr, options: Options) -> io::Result<Running> {
    let listener = TcpListener::bind(addr).await?;
    let addr = listener.local_addr()?;
    let processor = Arc::new(Mutex::new(Processor {
        bank: Bank::new(options.clone()),
        faults: Faults::default(),
        options,
    }));
    let service = router(processor).into_make_service_with_connect_info::<Cut>();
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(CutListener(listener), service).await {
            tracing::error!(%error, "processor stopped");
        }
    });
    Ok(Running::new(addr, task))
}

struct Processor {
    bank: Bank,
    faults: Faults,
    options: Options,
}

type Shared = State<Arc<Mutex<Processor>>>;

fn router(processor: Arc<Mutex<Processor>>) -> Router {
    Router::new()
        .route("/v1/authorizations", post(authorize))
        .route("/v1/authorizations/{reference}", get(authorization))
        .route("/v1/authorizations/{reference}/captures", post(capture))
        .route("/v1/authorizations/{reference}/voids", post(void))
        .route("/v1/authorizations/{reference}/increments", post(increment))
        .route("/v1/captures/{reference}/refunds", post(refund))
        .route("/v1/terminal/transactions", post(terminal))
        .route("/v1/requests/{key}", get(request))
        .route("/v1/tokens", get(tokens))
        .route("/books", get(books))
        .route("/control/faults", post(add_fault))
        .route("/control/expire", post(expire))
        .route("/control/decline", post(decline))
        .route("/control/review", post(review))
        .route("/control/limit", post(limit))
        .route("/control/reset", post(reset))
        .with_state(processor)
}

async fn authorize(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(shared, cut, &headers, &body, processor::authorize).await
}

async fn capture(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = |body: &Value| processor::capture(reference, body);
    answer(shared, cut, &headers, &body, read).await
}

async fn void(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = |body: &Value| processor::void(reference, body);
    answer(shared, cut, &headers, &body, read).await
}

async fn increment(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = |body: &Value| processor::increment(reference, body);
    answer(shared, cut, &headers, &body, read).await
}

async fn refund(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = |body: &Value| processor::refund(reference, body);
    answer(shared, cut, &headers, &body, read).await
}

async fn terminal(
    shared: Shared,
    cut: ConnectInfo<Cut>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(
        shared,
        cut,
        &headers,
        &body,
        processor::terminal_transaction,
    )
    .await
}

/// Reads one money request, carries it out, and spoils the answer where a fault says so.
async fn answer(
    State(processor): Shared,
    ConnectInfo(cut): ConnectInfo<Cut>,
    headers: &HeaderMap,
    body: &Bytes,
    read: impl FnOnce(&Value) -> Result<Request, Invalid>,
) -> Response {
    let key = match idempotency_key(headers) {
        Ok(key) => key,
        Err(refusal) => return *refusal,
    };
    let request = match with_body(body, read) {
        Ok(request) => request,
        Err(refusal) => return *refusal,
    };
    let fault = lock(&processor).faults.take(request.operation());
    if fault == Some(FaultKind::ErrorBefore) {
        return error(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    }
    let answer = lock(&processor).bank.execute(&key, &request, wall_clock());
    let answer = match answer {
        Ok(answer) => (
            StatusCode::CREATED,
            Json(processor::answer(&request, &answer)),
        )
            .into_response(),
        Err(KeyReused) => error(StatusCode::CONFLICT, "idempotency_key_reused"),
    };
    spoil(answer, fault, &cut).await
}

async fn spoil(answer: Response, fault: Option<FaultKind>, cut: &Cut) -> Response {
    match fault {
        None => answer,
        Some(FaultKind::ErrorBefore) => error(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Some(FaultKind::ErrorAfter) => error(StatusCode::INTERNAL_SERVER_ERROR, "internal_error"),
        Some(FaultKind::DropAnswer) => {
            cut.cut();
            answer
        }
        Some(FaultKind::Delay(delay_ms)) => {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            answer
        }
    }
}

async fn request(
    State(processor): Shared,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(key): Path<String>,
) -> Response {
    let (fault, answer) = {
        let mut processor = lock(&processor);
        let fault = processor.faults.take(Operation::Inquire);
        let answer = match processor.bank.recorded(&key) {
            Some((request, answer)) => Json(json!({
                "status_code": processor::status_code(),
                "body": processor::answer(request, answer),
            }))
            .into_response(),
            None => error(StatusCode::NOT_FOUND, "not_found"),
        };
        (fault, answer)
    };
    spoil(answer, fault, &cut).await
}

async fn authorization(State(processor): Shared, Path(reference): Path<String>) -> Response {
    match lock(&processor).bank.authorization(&reference) {
        Some(one) => Json(processor::authorization(one)).into_response(),
        None => error(StatusCode::NOT_FOUND, "not_found"),
    }
}

async fn books(State(processor): Shared) -> Response {
    Json(processor::books(&lock(&processor).bank)).into_response()
}

#[derive(serde::Deserialize)]
struct TokensOf {
    merchant: String,
}

/// The tokens that cards give at a merchant, for tests that play a web shop.
async fn tokens(Query(of): Query<TokensOf>) -> Response {
    let tokens: Map<String, Value> = wallet::WALLET
        .iter()
        .filter(|card| card.gives_token && card.is_readable)
        .map(|card| {
            (
                card.name.to_owned(),
                wallet::token(&of.merchant, card).into(),
            )
        })
        .collect();
    Json(Value::Object(tokens)).into_response()
}

async fn add_fault(State(processor): Shared, body: Bytes) -> Response {
    match with_body(&body, processor::fault) {
        Ok(fault) => {
            lock(&processor).faults.push(fault);
            done()
        }
        Err(refusal) => *refusal,
    }
}

async fn expire(State(processor): Shared, body: Bytes) -> Response {
    let read = |body: &Value| processor::text_field(body, "authorization");
    match with_body(&body, read) {
        Ok(reference) => outcome(lock(&processor).bank.expire(&reference)),
        Err(refusal) => *refusal,
    }
}

async fn decline(State(processor): Shared, body: Bytes) -> Response {
    match with_body(&body, processor::decline_rule) {
        Ok((on, decline, count)) => {
            lock(&processor).bank.force_decline(on, decline, count);
            done()
        }
        Err(refusal) => *refusal,
    }
}

async fn review(State(processor): Shared, body: Bytes) -> Response {
    match with_body(&body, processor::review) {
        Ok((reference, is_approved)) => {
            outcome(lock(&processor).bank.review(&reference, is_approved))
        }
        Err(refusal) => *refusal,
    }
}

async fn limit(State(processor): Shared, body: Bytes) -> Response {
    match with_body(&body, processor::limit) {
        Ok((card, limit_minor)) => outcome(lock(&processor).bank.limit(card, limit_minor)),
        Err(refusal) => *refusal,
    }
}

async fn reset(State(processor): Shared) -> Response {
    let mut processor = lock(&processor);
    processor.bank = Bank::new(processor.options.clone());
    processor.faults = Faults::default();
    done()
}

fn outcome(result: Result<(), wallet::Decline>) -> Response {
    match result {
        Ok(()) => done(),
        Err(decline) => error(StatusCode::CONFLICT, decline.word()),
    }
}
