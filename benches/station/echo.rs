//! The floor of a question over WebSocket: a process that sends back what it gets, with the same
//! library and settings as the station.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::store::Process;

/// Makes this program the echo.
pub(crate) const ARGUMENT: &str = "--echo";

/// The echo as another process.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().unwrap();
        let (process, line) = Process::start(std::process::Command::new(program).arg(ARGUMENT));
        Self {
            process,
            url: format!("ws://{}", line.trim()),
        }
    }
}

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "its starter reads the address")]
pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer(stream));
    }
}

async fn answer(stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let config = WebSocketConfig::default().read_buffer_size(4096);
    let accepted = tokio_tungstenite::accept_async_with_config(stream, Some(config)).await;
    let mut socket = accepted.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if !message.is_text() || socket.send(message).await.is_err() {
            return;
        }
    }
}
