//! What POS apps see: JSON-RPC 2.0 over WebSocket, on loopback or over TLS.
//!
//! A frame is parsed here (`request`), turned into a typed [`call::Call`] (`convert`) and handed
//! to the station; its answer goes back as JSON (`reply`, `error`, `push`). There are no
//! rules about money in this room.

mod attention;
pub mod call;
mod convert;
pub mod door;
mod envelope;
mod error;
pub mod file;
mod form;
mod handshake;
mod http;
mod lease;
mod method;
pub mod metrics;
mod nfc;
mod operation;
mod order;
mod pairing;
mod push;
mod reply;
mod request;
mod result;
pub mod schema;
mod search;
mod session;
mod tender;
mod text;
pub mod tls;
mod unambiguous;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::config::Limits;
use crate::domain::id::{ReaderId, TerminalId};
use crate::outcome::text::Language;
use crate::vault::Vault;
use call::Call;
use door::Door;
use tls::Tls;

/// The way from a connection to the station.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where calls go.
    pub calls: mpsc::Sender<Call>,
    /// Whether the station ends, and connections with it.
    pub closing: watch::Receiver<bool>,
    /// Place of the last durable event.
    pub last_event: watch::Receiver<u64>,
    /// Seals tokens that come in with an order and opens those that go out with one.
    pub vault: Arc<Vault>,
    /// What there is now, also for a connection that came earlier.
    pub equipment: watch::Receiver<Equipment>,
    /// What apps are answered in when they name no language.
    pub language: Language,
    /// Who is let in.
    pub door: Arc<Door>,
    /// What apps may take up.
    pub limits: Limits,
    /// By which names apps address this machine, beside those of loopback.
    pub hosts: Arc<[String]>,
    /// What a monitor is told; nothing beyond this machine.
    pub metrics: Option<Arc<metrics::Metrics>>,
}

/// What requests may be about; where there is one of a kind, they need not name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    /// Terminals.
    pub terminals: Vec<TerminalId>,
    /// Contactless readers.
    pub readers: Vec<ReaderId>,
}

/// Serves apps until the listener fails for good; with a certificate, over TLS only. A connection keeps
/// the gateway that was there when it came.
pub async fn serve(listener: TcpListener, tls: Option<Tls>, gateway: watch::Receiver<Gateway>) {
    loop {
        let accepted = listener.accept().await;
        let (stream, peer) = match accepted.and_then(|(stream, peer)| {
            stream.set_nodelay(true)?;
            Ok((stream, peer))
        }) {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the peer has gone again: others may still come.
                tracing::warn!(%error, "connection not accepted");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        let gateway = gateway.borrow().clone();
        let acceptor = tls.as_ref().map(Tls::acceptor);
        tokio::spawn(async move {
            let ended = match acceptor {
                None => session::run(async { Ok(stream) }, false, gateway).await,
                Some(acceptor) => session::run(acceptor.accept(stream), true, gateway).await,
            };
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "connection ended");
            }
        });
    }
}
