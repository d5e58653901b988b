//! A POS app.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// One connection.
pub(crate) struct App {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl App {
    pub(crate) async fn connect(url: &str) -> Self {
        let disable_nagle = true;
        let connecting = tokio_tungstenite::connect_async_with_config(url, None, disable_nagle);
        let (socket, _) = connecting.await.unwrap();
        Self { socket }
    }

    /// Calls a method that must give a result.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let mut answer: Value =
            serde_json::from_str(&self.echo(&request(method, &params)).await).unwrap();
        let result = answer["result"].take();
        assert!(!result.is_null(), "{method} {params}: {answer}");
        result
    }

    /// Sends a text and waits for the next one.
    pub(crate) async fn echo(&mut self, text: &str) -> String {
        self.send(text).await;
        self.receive().await
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next text that comes.
    pub(crate) async fn receive(&mut self) -> String {
        loop {
            if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                return text.as_str().to_owned();
            }
        }
    }
}

/// The frame of a request.
pub(crate) fn request(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}
