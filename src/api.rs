//! What POS apps see: JSON-RPC 2.0 over WebSocket on loopback.
//!
//! A frame is parsed here (`request`), turned into a typed [`call::Call`] (`convert`) and handed
//! to the station; its answer goes back as JSON (`reply`, `error`, `push`). There are no
//! rules about money in this room.

mod attention;
pub mod call;
mod convert;
pub mod door;
mod error;
pub mod file;
mod handshake;
mod lease;
mod method;
mod nfc;
mod order;
mod pairing;
mod push;
mod reply;
mod request;
mod search;
mod session;
mod tender;
mod text;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::config::Limits;
use crate::domain::id::{ReaderId, TerminalId};
use crate::outcome::text::Language;
use crate::vault::Vault;
use call::Call;
use door::Door;

/// The way from a connection to the station.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Where calls go.
    pub calls: mpsc::Sender<Call>,
    /// Place of the last durable event.
    pub last_event: watch::Receiver<u64>,
    /// Seals tokens that come in with an order and opens those that go out with one.
    pub vault: Arc<Vault>,
    /// Configured terminals; when there is one, requests need not name it.
    pub terminals: Arc<[TerminalId]>,
    /// Configured contactless readers.
    pub readers: Arc<[ReaderId]>,
    /// What apps are answered in when they name no language.
    pub language: Language,
    /// Who is let in.
    pub door: Arc<Door>,
    /// What apps may take up.
    pub limits: Limits,
}

/// Serves apps until the listener fails for good.
pub async fn serve(listener: TcpListener, gateway: Gateway) {
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, or the peer has gone again: others may still come.
                tracing::warn!(%error, "connection not accepted");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        let gateway = gateway.clone();
        tokio::spawn(async move {
            if let Err(error) = session::run(stream, gateway).await {
                tracing::debug!(%peer, %error, "connection ended");
            }
        });
    }
}
