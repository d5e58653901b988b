//! One connection: frames in, calls to the station, frames out. Several requests can be in flight;
//! a slow one never holds up another.

use std::io;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::call::{Answer, Call, Found, Query};
use super::convert::{self, fingerprint};
use super::door::{Seat, Ticket};
use super::envelope::{open, parse, read};
use super::error::ApiError;
use super::http::Visit;
use super::request as wire;
use super::result::Subscribed;
use super::{Gateway, form, http, method, push, reply, schema};
use crate::domain::app::{Change, Role};
use crate::domain::id::{ClientName, IdempotencyKey, OperationId, OrderId, PaymentId};
use crate::outcome::text::Language;

/// So many frames may wait for one connection; events beyond them stay in the journal.
const BACKLOG_MAX: usize = 128;

/// Who connects and says nothing is not an app.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// An app that has not taken its answers by then asks again by its idempotency keys.
const PARTING_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves one connection to its end.
pub(super) async fn run<S: Line>(
    opening: impl Future<Output = io::Result<S>>,
    is_encrypted: bool,
    gateway: Gateway,
) -> Result<(), Error> {
    let ticket = gateway.door.wait();
    let visit = tokio::select! {
        visit = accept(opening, is_encrypted, &gateway) => visit?,
        () = ticket.shown_out() => return Ok(()),
        () = gateway.is_closing() => return Ok(()),
    };
    let Visit::App(socket, origin) = visit else {
        return Ok(());
    };
    let (outgoing, frames) = mpsc::channel::<Value>(BACKLOG_MAX);
    let connection = Arc::new(Connection {
        visitor: std::sync::Mutex::new(Visitor {
            seat: None,
            language: gateway.language,
        }),
        gateway,
        origin,
        outgoing,
        subscription: Mutex::new(None),
    });
    let ended = serve(*socket, frames, &connection, ticket).await;
    connection.leave().await;
    ended
}

/// What a connection's bytes go over.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Line for S {}

/// The handshakes, or the answer to a browser that fetches a page.
async fn accept<S: Line>(
    opening: impl Future<Output = io::Result<S>>,
    is_encrypted: bool,
    gateway: &Gateway,
) -> Result<Visit<S>, Error> {
    let config = WebSocketConfig::default()
        .read_buffer_size(4096)
        .max_message_size(Some(gateway.limits.frame_bytes))
        .max_frame_size(Some(gateway.limits.frame_bytes));
    let accepting = async { http::meet(opening.await?, is_encrypted, config, gateway).await };
    tokio::time::timeout(HANDSHAKE_TIMEOUT, accepting)
        .await
        .map_err(|_| Error::ConnectionClosed)?
}

async fn serve<S: Line>(
    socket: WebSocketStream<S>,
    mut frames: mpsc::Receiver<Value>,
    connection: &Arc<Connection>,
    ticket: Ticket,
) -> Result<(), Error> {
    let (mut sink, mut source) = socket.split();
    let limits = connection.gateway.limits;
    let mut apps = connection.gateway.door.watch();
    let mut ticket = Some(ticket);
    let places = Arc::new(Semaphore::new(limits.in_flight));
    let mut place = None;
    loop {
        tokio::select! {
            biased;
            frame = frames.recv() => {
                let Some(frame) = frame else { return Ok(()) };
                let message = Message::Text(Utf8Bytes::from(frame.to_string()));
                let sending = tokio::time::timeout(limits.unread, sink.send(message));
                let Ok(sent) = sending.await else {
                    tracing::warn!("a client does not read; it is cut off");
                    return Ok(());
                };
                sent?;
            }
            () = shown_out(ticket.as_ref()) => return Ok(()),
            () = connection.gateway.is_closing() => {
                drop(place);
                let parting = part(&mut sink, &mut frames, &places, limits.in_flight);
                let _ = tokio::time::timeout(PARTING_TIMEOUT, parting).await;
                return Ok(());
            }
            changed = apps.changed() => {
                if changed.is_err() || connection.is_revoked() {
                    return Ok(());
                }
            }
            // What there is no place for waits in the socket.
            free = Arc::clone(&places).acquire_owned(), if place.is_none() => place = free.ok(),
            message = source.next(), if place.is_some() => match message {
                None => return Ok(()),
                Some(Ok(Message::Close(_))) => {
                    // Sends the answer to it, without which the app's side counts as cut off.
                    let _ = tokio::time::timeout(PARTING_TIMEOUT, sink.flush()).await;
                    return Ok(());
                }
                Some(Ok(frame @ (Message::Text(_) | Message::Binary(_)))) => {
                    if ticket.is_some() {
                        // One at a time: what comes behind the key is asked by the app.
                        tokio::select! {
                            () = connection.handle(&frame) => {}
                            () = shown_out(ticket.as_ref()) => return Ok(()),
                        }
                        ticket = ticket.filter(|_| connection.caller().is_none());
                        continue;
                    }
                    let connection = Arc::clone(connection);
                    let place = place.take();
                    tokio::spawn(async move {
                        connection.handle(&frame).await;
                        drop(place);
                    });
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(error),
            },
        }
    }
}

/// The station ends: answers that are on their way are sent, then the app is told to come again.
async fn part<S: Line>(
    sink: &mut SplitSink<WebSocketStream<S>, Message>,
    frames: &mut mpsc::Receiver<Value>,
    places: &Semaphore,
    in_flight: usize,
) -> Result<(), Error> {
    let all = u32::try_from(in_flight).unwrap_or(u32::MAX);
    loop {
        let frame = tokio::select! {
            biased;
            frame = frames.recv() => frame,
            // No request is being answered any more.
            _ = places.acquire_many(all) => frames.try_recv().ok(),
        };
        let Some(frame) = frame else { break };
        sink.send(Message::Text(Utf8Bytes::from(frame.to_string())))
            .await?;
    }
    let reason = CloseFrame {
        code: CloseCode::Restart,
        reason: Utf8Bytes::from_static("the station stops"),
    };
    sink.send(Message::Close(Some(reason))).await
}

async fn shown_out(ticket: Option<&Ticket>) {
    match ticket {
        Some(ticket) => ticket.shown_out().await,
        None => std::future::pending().await,
    }
}

/// What the requests of one connection share.
pub(super) struct Connection {
    pub(super) gateway: Gateway,
    /// Of the page that opened it.
    pub(super) origin: Option<String>,
    outgoing: mpsc::Sender<Value>,
    visitor: std::sync::Mutex<Visitor>,
    /// Sends events; a connection has one at most.
    subscription: Mutex<Option<AbortHandle>>,
}

/// Who is at the other end.
pub(super) struct Visitor {
    /// There once it has shown a key.
    pub(super) seat: Option<Seat>,
    pub(super) language: Language,
}

/// The app that asks, and what it may do now.
pub(super) struct Caller {
    pub(super) app: ClientName,
    pub(super) role: Role,
}

impl Connection {
    pub(super) fn visitor(&self) -> MutexGuard<'_, Visitor> {
        self.visitor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn caller(&self) -> Option<Caller> {
        let visitor = self.visitor();
        let seat = visitor.seat.as_ref()?;
        Some(Caller {
            app: seat.app.clone(),
            role: self.gateway.door.role(seat)?,
        })
    }

    fn is_revoked(&self) -> bool {
        self.visitor().seat.is_some() && self.caller().is_none()
    }

    /// Carries the request in a frame out and answers it.
    async fn handle(self: &Arc<Self>, frame: &Message) {
        let parsed = parse(frame).map_err(|error| (Value::Null, error));
        let (id, method, params) = match parsed.and_then(open) {
            Ok(parts) => parts,
            Err((id, error)) => {
                self.fail(&id, &error).await;
                return;
            }
        };
        let result = self.dispatch(&method, params).await;
        // A notification gets no answer, whatever became of it.
        let Some(id) = id else { return };
        match result {
            Ok(result) => {
                self.send(json!({"jsonrpc": "2.0", "id": id, "result": result}))
                    .await;
            }
            Err(error) => self.fail(&id, &error).await,
        }
    }

    async fn fail(&self, id: &Value, error: &ApiError) {
        let error = error.to_wire(self.visitor().language);
        self.send(json!({"jsonrpc": "2.0", "id": id, "error": error}))
            .await;
    }

    /// Puts a frame into the way out, once there is room. An app that has gone asks again by its
    /// idempotency key.
    async fn send(&self, frame: Value) {
        let _ = self.outgoing.send(frame).await;
    }

    async fn dispatch(self: &Arc<Self>, method: &str, params: Value) -> Result<Value, ApiError> {
        let caller = self.caller();
        let role = caller.as_ref().map(|caller| caller.role);
        if let Err(error) = method::check(method, &params, role) {
            let app = caller.as_ref().map(|caller| caller.app.as_str());
            // Of a name that is not ours nothing is logged: it may hold anything.
            let (_, problem) = error.in_short();
            tracing::warn!(app, method = method::known(method), problem, "not allowed");
            return Err(error);
        }
        let Some(caller) = caller else {
            return self.let_in(method, &params).await;
        };
        let print = fingerprint(method, &params, &caller.app);
        let Some((key, request)) = self.gateway.request(method, &params, &caller.app)? else {
            return self.question(method, params, &caller).await;
        };
        let (reply, answer) = oneshot::channel();
        let language = self.visitor().language;
        let request = Box::new(request);
        let call = Call::Ask {
            key,
            pool: convert::pool(&params),
            fingerprint: print,
            client: caller.app,
            request,
            reply,
        };
        let answer: Answer = self.gateway.call(call, answer).await?;
        Ok(reply::answer(&answer, language))
    }

    /// The methods for whoever has shown no key.
    async fn let_in(&self, method: &str, params: &Value) -> Result<Value, ApiError> {
        match method {
            "session.hello" => self.greet(read(params)?).await,
            "session.pair" => self.pair(read(params)?).await,
            _ => Err(ApiError::unauthorized()),
        }
    }

    /// The methods that move no money.
    async fn question(
        self: &Arc<Self>,
        method: &str,
        params: Value,
        caller: &Caller,
    ) -> Result<Value, ApiError> {
        let mut include_tokens = false;
        let query = match method {
            "session.hello" | "session.pair" => return self.let_in(method, &params).await,
            "app.invite" => return self.invite(read(&params)?, caller),
            "app.list" => return read(&params).map(|wire::Nothing {}| self.list_apps()),
            "app.set_role" | "app.revoke" => {
                let change = change(method, &params)?;
                return self.change(change, caller.app.clone()).await;
            }
            "rpc.discover" => return read(&params).map(|wire::Nothing {}| schema::document()),
            "station.info" => read(&params).map(|wire::Nothing {}| Query::Info)?,
            "station.health" => read(&params).map(|wire::Nothing {}| Query::Health)?,
            "terminal.list" => read(&params).map(|wire::Nothing {}| Query::Terminals)?,
            "terminal.abort" => return self.abort(read(&params)?, caller).await,
            "terminal.acquire" => return self.acquire(read(&params)?, caller).await,
            "terminal.release" => return self.release(read(&params)?, caller).await,
            "payment.get" => {
                let params: wire::PaymentGet = read(&params)?;
                Query::Payment(PaymentId::new(params.payment_id.into_string()))
            }
            "order.get" => {
                let params: wire::OrderGet = read(&params)?;
                include_tokens = params.include_tokens;
                Query::Order(OrderId::new(params.order_id.into_string()))
            }
            "order.find" => self.gateway.find(&read(&params)?)?,
            "pickup.quote" => {
                let params: wire::PickupQuote = read(&params)?;
                Query::Quote {
                    order: OrderId::new(params.order_id.into_string()),
                    lines: convert::lines(params.lines)?,
                }
            }
            "nfc.read" => return self.gateway.read_tap(&read(&params)?).await,
            "nfc.abort" => return self.gateway.abort_read(&read(&params)?).await,
            "operation.get" => operation_query(read(&params)?)?,
            "events.subscribe" => return self.subscribe(&read(&params)?).await,
            _ => {
                tracing::error!(method, "is in the table of methods and nowhere else");
                return Err(ApiError::internal());
            }
        };
        let found = self.query(query).await?;
        let language = self.visitor().language;
        Ok(self.gateway.found(found, include_tokens, language))
    }

    /// Sends events from a place on, for as long as the connection lives or until it subscribes anew.
    async fn subscribe(self: &Arc<Self>, params: &wire::Subscribe) -> Result<Value, ApiError> {
        let last = *self.gateway.last_event.borrow();
        let after = params.after.unwrap_or(last);
        if after > last {
            let problem = format!("the last event has seq {last}");
            return Err(ApiError::field("after", &problem));
        }
        let this = Arc::clone(self);
        let sending = tokio::spawn(async move {
            let closed = this.outgoing.clone();
            tokio::select! {
                () = this.send_events(after) => {}
                () = closed.closed() => {}
            }
        });
        let before = self
            .subscription
            .lock()
            .await
            .replace(sending.abort_handle());
        if let Some(before) = before {
            before.abort();
        }
        Ok(form::json(&Subscribed {
            last_seq: last,
            replaying: last.saturating_sub(after),
        }))
    }

    async fn send_events(&self, mut after: u64) {
        const PAGE: u32 = 128;
        let mut news = self.gateway.last_event.clone();
        loop {
            let last = *news.borrow_and_update();
            while after < last {
                let query = Query::Events { after, limit: PAGE };
                let Ok(Found::Events(page)) = self.query(query).await else {
                    return;
                };
                if page.is_empty() {
                    break;
                }
                for (seq, at, event) in page {
                    // Waits for a client that reads slowly: its events stay in the journal.
                    let frame = push::notification(seq, at, &event);
                    if self.outgoing.send(frame).await.is_err() {
                        return;
                    }
                    after = seq;
                }
            }
            if news.changed().await.is_err() {
                return;
            }
        }
    }

    pub(super) async fn query(&self, query: Query) -> Result<Found, ApiError> {
        let (reply, answer) = oneshot::channel();
        self.gateway
            .call(Call::Query { query, reply }, answer)
            .await
    }
}

impl Gateway {
    /// Comes back when the station ends.
    async fn is_closing(&self) {
        // Without a station to tell so, it has ended.
        let _ = self.closing.clone().wait_for(|closing| *closing).await;
    }
}

fn change(method: &str, params: &Value) -> Result<Change, ApiError> {
    if method == "app.revoke" {
        let params: wire::AppRevoke = read(params)?;
        let app = ClientName::new(params.app.into_string());
        return Ok(Change::Revoke { app });
    }
    let params: wire::AppSetRole = read(params)?;
    let app = ClientName::new(params.app.into_string());
    let role = params.role;
    Ok(Change::SetRole { app, role })
}

fn operation_query(params: wire::OperationGet) -> Result<Query, ApiError> {
    match (params.idempotency_key, params.operation_id) {
        (Some(key), None) => Ok(Query::OperationByKey(IdempotencyKey::new(
            key.into_string(),
        ))),
        (None, Some(id)) => Ok(Query::OperationById(OperationId::new(id.into_string()))),
        (Some(_), Some(_)) | (None, None) => {
            let problem = "give either idempotency_key or operation_id";
            Err(ApiError::field("idempotency_key", problem))
        }
    }
}
