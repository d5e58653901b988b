//! A contactless reader on a pseudo-terminal, with its control port.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use firmware_protocols::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::wire::{Happening, Place, Wire};
use super::{done, error, lock, with_body};
use crate::nfc::card::Card;
use crate::nfc::chip::{Chip, Output};
use crate::nfc::control::{self, Order};
use crate::processor::{Invalid, number};

/// A reader that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    /// The link to its pseudo-terminal.
    pub pty: PathBuf,
    /// Its control port.
    pub control: Option<SocketAddr>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts a reader on which `cards` lie.
///
/// # Errors
///
/// The pseudo-terminal or the control port cannot be opened.
pub async fn start(
    pty: PathBuf,
    control: Option<SocketAddr>,
    cards: Vec<Card>,
) -> io::Result<Running> {
    let wire = Wire::open(Place::Pty(pty.clone())).await;
    let wire = wire.map_err(|error| {
        let what = format!(
            "cannot make a pseudo-terminal at {}: {error}",
            pty.display()
        );
        io::Error::new(error.kind(), what)
    })?;
    let shared = Arc::new(Shared {
        chip: Mutex::new(Chip::new()),
        unplugged: Mutex::new(None),
        wake: Notify::new(),
        started: tokio::time::Instant::now(),
    });
    for card in cards {
        shared.touch(|chip, now| chip.tap(card, now));
    }
    let mut tasks = vec![tokio::spawn(run(Arc::clone(&shared), wire))];
    let mut address = None;
    if let Some(addr) = control {
        let listener = TcpListener::bind(addr).await?;
        address = Some(listener.local_addr()?);
        tasks.push(tokio::spawn(serve(shared, listener)));
    }
    Ok(Running {
        pty,
        control: address,
        tasks,
    })
}

/// What the line and the control port have in common.
struct Shared {
    chip: Mutex<Chip>,
    /// Somebody wants the cable pulled for so long.
    unplugged: Mutex<Option<Duration>>,
    wake: Notify,
    started: tokio::time::Instant,
}

impl Shared {
    fn now(&self) -> Instant {
        let since = self.started.elapsed().as_millis();
        Instant(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Does something to the chip and lets the line see what comes of it.
    fn touch<T>(&self, act: impl FnOnce(&mut Chip, Instant) -> T) -> T {
        let now = self.now();
        let result = act(&mut lock(&self.chip), now);
        self.wake.notify_one();
        result
    }
}

/// Moves bytes and time between the chip and the line.
async fn run(shared: Arc<Shared>, mut wire: Wire) {
    loop {
        let deadline = loop {
            let output = lock(&shared.chip).poll();
            match output {
                Output::Send(bytes) => wire.write(&bytes).await,
                Output::Wait(deadline) => break deadline,
            }
        };
        let unplugged = lock(&shared.unplugged).take();
        if let Some(time) = unplugged {
            // The line gives the chip its power.
            lock(&shared.chip).reset();
            wire.unplug(time);
            continue;
        }
        tokio::select! {
            happening = wire.next_before(sleep_until(&shared, deadline)) => match happening {
                Some(Happening::Bytes(bytes)) => {
                    shared.touch(|chip, now| chip.handle_input(&bytes, now));
                }
                Some(Happening::Listening | Happening::Connected | Happening::Disconnected) => {}
                None => shared.touch(Chip::handle_timeout),
            },
            () = shared.wake.notified() => {}
        }
    }
}

async fn sleep_until(shared: &Shared, deadline: Option<Instant>) {
    match deadline {
        Some(Instant(at)) => {
            let at = shared.started.checked_add(Duration::from_millis(at));
            tokio::time::sleep_until(at.unwrap_or(shared.started)).await;
        }
        None => std::future::pending().await,
    }
}

async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let router = Router::new()
        .route("/state", get(state))
        .route("/log", get(log).delete(forget))
        .route("/tap", post(tap))
        .route("/remove", post(remove))
        .route("/fault", post(fault))
        .route("/unplug", post(unplug))
        .with_state(shared);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "control port stopped");
    }
}

async fn state(State(shared): State<Arc<Shared>>) -> Response {
    Json(control::state(&lock(&shared.chip))).into_response()
}

async fn log(State(shared): State<Arc<Shared>>) -> Response {
    Json(control::log(&lock(&shared.chip))).into_response()
}

async fn forget(State(shared): State<Arc<Shared>>) -> Response {
    lock(&shared.chip).clear_log();
    done()
}

async fn tap(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    ordered(&body, control::tap, |card| {
        shared.touch(|chip, now| chip.tap(card, now));
        true
    })
}

async fn remove(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    ordered(&body, control::remove, |name| {
        shared.touch(|chip, _| chip.remove(name.as_deref()))
    })
}

async fn fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    ordered(&body, control::fault, |order| {
        shared.touch(|chip, _| match order {
            Order::Fault(fault, count) => chip.add_fault(fault, count),
            Order::Clear => chip.clear_faults(),
        });
        true
    })
}

async fn unplug(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let read = |body: &serde_json::Value| number(body, "ms", Some(DEFAULT_UNPLUG_MS));
    ordered(&body, read, |ms| {
        *lock(&shared.unplugged) = Some(Duration::from_millis(ms));
        shared.wake.notify_one();
        true
    })
}

/// Reads an order and carries it out; `false` says that there was nothing to do it to.
fn ordered<T>(
    body: &Bytes,
    read: impl FnOnce(&serde_json::Value) -> Result<T, Invalid>,
    act: impl FnOnce(T) -> bool,
) -> Response {
    // An empty body orders nothing in particular.
    let empty = Bytes::from_static(b"{}");
    match with_body(if body.is_empty() { &empty } else { body }, read) {
        Ok(order) => match act(order) {
            true => done(),
            false => error(StatusCode::CONFLICT, "no_such_card"),
        },
        Err(refusal) => *refusal,
    }
}

const DEFAULT_UNPLUG_MS: u64 = 1000;
