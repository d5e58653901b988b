//! The floor of a call to a processor: a bare connection that stays open.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// One connection.
pub(crate) struct Http {
    stream: BufReader<TcpStream>,
    address: String,
}

impl Http {
    pub(crate) async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            address: address.to_owned(),
        }
    }

    /// Does what a call must do that moves money.
    pub(crate) async fn post(&mut self, path: &str, key: &str, body: &Value) -> Value {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let mut length = 0;
        let mut line = String::new();
        let mut head = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["status"], "approved", "{path}: {head}{answer}");
        answer
    }

    /// Holds money, as a web shop would. Answers the reference.
    pub(crate) async fn authorize(&mut self, key: &str) -> String {
        let body = json!({
            "merchant": "M-1", "card_token": "card:visa-approve", "amount_minor": AMOUNT,
            "currency": "NOK", "reference": key,
        });
        let answer = self.post("/v1/authorizations", key, &body).await;
        answer["authorization"].as_str().unwrap().to_owned()
    }

    /// Takes held money.
    pub(crate) async fn capture(&mut self, key: &str, reference: &str) {
        let path = format!("/v1/authorizations/{reference}/captures");
        let body = json!({"merchant": "M-1", "amount_minor": AMOUNT, "currency": "NOK"});
        self.post(&path, key, &body).await;
    }

    /// What a terminal asks its host for a sale.
    pub(crate) async fn host_call(&mut self, number: u32) {
        let body = json!({
            "merchant": "M-1", "terminal_id": "00000009", "trace_number": format!("{number:06}"),
            "kind": "sale", "amount_minor": AMOUNT, "currency": "NOK", "card": "visa-approve",
            "want_token": false,
        });
        let key = format!("host-{number}");
        self.post("/v1/terminal/transactions", &key, &body).await;
    }
}

/// Of every payment here, in minor units: small, as the test card has a limit.
pub(crate) const AMOUNT: u64 = 100;
