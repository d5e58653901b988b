//! A POS app: a WebSocket, and what has come over it.

use std::collections::BTreeMap;
use std::net::TcpStream;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::stream::MaybeTlsStream;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use super::PATIENCE;
use crate::contract::Contract;

/// A POS app.
pub(crate) struct App {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    next_id: u64,
    /// What was asked and is not answered yet.
    asked: BTreeMap<u64, (String, Value)>,
    frames: Vec<Value>,
    /// Events that have come so far.
    pub(crate) events: Vec<Value>,
}

/// A connection that ended under a call.
#[derive(Debug)]
pub(crate) struct Gone;

impl App {
    pub(crate) fn connect(url: &str, key: &str) -> Self {
        Self::try_connect(url, key).unwrap()
    }

    pub(super) fn try_connect(url: &str, key: &str) -> Result<Self, Gone> {
        let mut app = Self::stranger(url)?;
        let hello = app.try_call("session.hello", json!({"key": key}))?;
        hello.unwrap();
        Ok(app)
    }

    /// A connection that has not shown a key.
    pub(crate) fn stranger(url: &str) -> Result<Self, Gone> {
        let (socket, _) = tungstenite::connect(url).map_err(|_| Gone)?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            stream.set_write_timeout(Some(PATIENCE)).unwrap();
            stream.set_nodelay(true).unwrap();
        }
        Ok(Self {
            socket,
            next_id: 1,
            asked: BTreeMap::new(),
            frames: Vec::new(),
            events: Vec::new(),
        })
    }

    /// Calls a method that is expected to give a result.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.try_call(method, params)
            .unwrap()
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Calls a method that is expected to be refused.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> Value {
        match self.try_call(method, params).unwrap() {
            Err(error) => error,
            Ok(result) => panic!("{method} was not refused: {result}"),
        }
    }

    /// Calls a method; the outer error is a connection that ended.
    pub(crate) fn try_call(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Result<Value, Value>, Gone> {
        let id = self.send(method, params)?;
        self.answer(id)
    }

    /// Sends a request and returns its id.
    pub(crate) fn send(&mut self, method: &str, params: Value) -> Result<u64, Gone> {
        let id = self.next_id;
        self.next_id += 1;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.send_text(&request.to_string())?;
        self.asked.insert(id, (method.to_owned(), params));
        Ok(id)
    }

    pub(crate) fn send_text(&mut self, text: &str) -> Result<(), Gone> {
        self.send_frame(Message::text(text))
    }

    pub(crate) fn send_frame(&mut self, frame: Message) -> Result<(), Gone> {
        self.socket.send(frame).map_err(|_| Gone)
    }

    /// Waits for the answer to a request.
    pub(crate) fn answer(&mut self, id: u64) -> Result<Result<Value, Value>, Gone> {
        loop {
            if let Some(at) = self.frames.iter().position(|frame| frame["id"] == id) {
                let mut frame = self.frames.swap_remove(at);
                let asked = self.asked.remove(&id);
                return Ok(match frame.get("error") {
                    Some(error) => Err(error.clone()),
                    None => {
                        let result = frame["result"].take();
                        if let Some((method, params)) = asked {
                            Contract::get().check_result(&method, &params, &result);
                        }
                        Ok(result)
                    }
                });
            }
            self.read()?;
        }
    }

    /// The next frame that answers no request of ours: an error without an id.
    pub(crate) fn unasked(&mut self) -> Value {
        loop {
            if let Some(at) = self.frames.iter().position(|frame| frame["id"].is_null()) {
                return self.frames.swap_remove(at);
            }
            self.read().unwrap();
        }
    }

    /// Waits for an event for which `is_it` holds, among those that have come and those that come.
    pub(crate) fn event(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut seen = 0;
        loop {
            if let Some(event) = self.events.iter().skip(seen).find(|event| is_it(event)) {
                return event.clone();
            }
            seen = self.events.len();
            self.read().unwrap();
        }
    }

    /// Says goodbye; whether the station did so too before the connection ended.
    pub(crate) fn farewell(mut self) -> bool {
        self.socket.close(None).unwrap();
        loop {
            match self.socket.read() {
                Ok(_) => {}
                Err(error) => return matches!(error, tungstenite::Error::ConnectionClosed),
            }
        }
    }

    fn read(&mut self) -> Result<(), Gone> {
        match self.socket.read() {
            Ok(Message::Text(text)) => {
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                if let Some(error) = frame.get("error") {
                    Contract::get().check_error(error);
                }
                if frame["method"] == "event" {
                    Contract::get().check_event(&frame["params"]);
                    self.events.push(frame["params"].take());
                } else {
                    self.frames.push(frame);
                }
                Ok(())
            }
            Ok(Message::Close(_)) | Err(_) => Err(Gone),
            Ok(_) => Ok(()),
        }
    }
}
