//! The control port of a terminal: what a hand at the terminal would do, over HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::super::{done, error, guard, lock, page, with_body};
use super::Shared;
use crate::terminal::zvt::Terminal;
use crate::terminal::zvt::control::{self, Order};

/// Serves the control port until the task is aborted.
pub(super) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let router = Router::new()
        .route("/state", get(state))
        .route("/card", post(card))
        .route("/hold", post(hold))
        .route("/present", post(present))
        .route("/type", post(type_in))
        .route("/fault", post(fault))
        .route("/scenario", post(scenario))
        .route("/unplug", post(unplug))
        .route("/plug", post(plug))
        .route("/key", post(key))
        .route("/log", get(log))
        .route("/books", get(books))
        .route("/wallet", get(async || Json(control::cards())))
        .route("/faults", get(async || Json(control::faults())))
        .route("/scenarios", get(async || Json(control::scenarios())))
        .merge(page::terminal())
        .layer(middleware::from_fn(guard::local_only))
        .with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "control port stopped");
    }
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    let mut state = shared.with(|terminal| control::state(terminal));
    let is_plugged = shared.is_plugged.load(Ordering::Relaxed);
    if let Some(state) = state.as_object_mut() {
        state.insert("plugged".to_owned(), is_plugged.into());
    }
    Json(state).into_response()
}

async fn card(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match with_body(&body, control::card) {
        Ok(card) => {
            shared.touch(|terminal, _| terminal.choose_card(card));
            done()
        }
        Err(refusal) => *refusal,
    }
}

async fn hold(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match with_body(&body, control::hold) {
        Ok(hold) => {
            shared.touch(|terminal, now| terminal.set_hold(hold, now));
            done()
        }
        Err(refusal) => *refusal,
    }
}

async fn present(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    // An empty body presents the card at hand.
    let body = if body.is_empty() {
        Bytes::from_static(b"{}")
    } else {
        body
    };
    let read = |body: &Value| Ok((control::optional_card(body)?, control::gesture(body)?));
    let (card, gesture) = match with_body(&body, read) {
        Ok(read) => read,
        Err(refusal) => return *refusal,
    };
    let was_waited_for = shared.touch(|terminal, now| {
        if let Some(card) = card {
            terminal.choose_card(card);
        }
        terminal.choose_gesture(gesture);
        terminal.present(now)
    });
    if was_waited_for {
        shared.note("a card is presented");
        done()
    } else {
        error(StatusCode::CONFLICT, "no_card_expected")
    }
}

async fn type_in(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let input = match with_body(&body, control::input) {
        Ok(input) => input,
        Err(refusal) => return *refusal,
    };
    if shared.touch(|terminal, now| terminal.enter_input(&input, now)) {
        done()
    } else {
        error(StatusCode::CONFLICT, "no_input_expected")
    }
}

async fn key(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let pressed = match with_body(&body, control::key) {
        Ok(pressed) => pressed,
        Err(refusal) => return *refusal,
    };
    if shared.touch(|terminal, now| terminal.press(pressed, now)) {
        done()
    } else {
        error(StatusCode::CONFLICT, "no_key_expected")
    }
}

async fn fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    match with_body(&body, control::fault) {
        Ok(order) => {
            shared.note("something is made to go wrong");
            shared.touch(|terminal, now| match order {
                Order::Fault(fault) => terminal.add_fault(fault),
                Order::Reboot => terminal.reboot(now),
                Order::Clear => terminal.clear_faults(),
            });
            done()
        }
        Err(refusal) => *refusal,
    }
}

async fn scenario(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let body = match with_body(&body, |body| Ok(body.clone())) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    match control::scenario(&body) {
        Ok(scenario) => {
            shared.note("a scenario is played");
            shared.touch(|terminal, now| terminal.play(&scenario, now));
            done()
        }
        Err(message) => {
            let body = json!({ "error": "invalid_scenario", "message": message });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

async fn unplug(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let read = |body: &Value| control::milliseconds(body, Some(DEFAULT_UNPLUG_MS));
    match with_body(&body, read) {
        Ok(ms) => {
            shared.note("the cable is pulled");
            pull(&shared, Duration::from_millis(ms)).await;
            done()
        }
        Err(refusal) => *refusal,
    }
}

/// Puts the cable back, where it was pulled.
async fn plug(State(shared): State<Arc<Shared>>) -> Response {
    if shared.is_plugged.load(Ordering::Relaxed) {
        return error(StatusCode::CONFLICT, "cable_is_in");
    }
    shared.note("the cable is plugged in");
    pull(&shared, Duration::ZERO).await;
    done()
}

async fn pull(shared: &Shared, time: Duration) {
    let (pulled, is_pulled) = oneshot::channel();
    *lock(&shared.unplugged) = Some((time, pulled));
    shared.touch(|_: &mut Terminal, _| ());
    // Nobody pulls when the terminal is gone, or somebody else has pulled meanwhile.
    let _ = is_pulled.await;
}

async fn log(
    State(shared): State<Arc<Shared>>,
    Query(after): Query<BTreeMap<String, u64>>,
) -> Response {
    let after = after.get("after").copied().unwrap_or(0);
    Json(lock(&shared.log).after(after)).into_response()
}

async fn books(State(shared): State<Arc<Shared>>) -> Response {
    match shared.host.books().await {
        Ok(books) => Json(books).into_response(),
        Err(message) => {
            let body = json!({ "error": "processor_unreachable", "message": message });
            (StatusCode::BAD_GATEWAY, Json(body)).into_response()
        }
    }
}

const DEFAULT_UNPLUG_MS: u64 = 1000;
