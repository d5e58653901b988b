//! Sits between a till and a terminal, lets everything pass, and writes down what does, masked.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use firmware_protocols::capture::Sender;
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::recorder::Recorder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::pty::Port;
use super::terminal::Place;
use super::wire::{Happening, Wire};

/// Where the real terminal is.
#[derive(Clone, Debug)]
pub enum Terminal {
    /// A serial port.
    Port {
        /// Its device.
        device: PathBuf,
        /// Bits per second.
        baud: u32,
    },
    /// A network address.
    Tcp(SocketAddr),
}

/// A recorder that runs until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the till finds the terminal now; tells the port that was chosen for port 0.
    pub place: Place,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts to record into `file`.
///
/// # Errors
///
/// One of the lines cannot be opened, or the till's is of another kind than the terminal's.
pub async fn start(terminal: Terminal, till: Place, file: File) -> io::Result<Running> {
    let (framing, side) = match (&terminal, &till) {
        (Terminal::Port { device, baud }, Place::Pty(_) | Place::Device(..)) => {
            (Framing::Serial, Side::Port(opened(device, *baud)?))
        }
        (Terminal::Tcp(addr), Place::Tcp(_)) => (Framing::Tcp, Side::Tcp(*addr, None)),
        (Terminal::Port { .. }, Place::Tcp(_))
        | (Terminal::Tcp(_), Place::Pty(_) | Place::Device(..)) => {
            let message =
                "a serial line goes with a pseudo-terminal, a network address with another";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    };
    let wire = Wire::open(till).await?;
    let place = wire.place().clone();
    let book = Book {
        recorder: Recorder::new(framing),
        file,
        started: tokio::time::Instant::now(),
    };
    let task = tokio::spawn(async move {
        if let Err(error) = run(side, wire, book).await {
            tracing::error!(%error, "the recording has ended");
        }
    });
    Ok(Running { place, task })
}

fn opened(device: &Path, baud: u32) -> io::Result<Port> {
    let named = |error: io::Error| {
        let said = format!("{}: {error}", device.display());
        io::Error::new(error.kind(), said)
    };
    Port::open(device, baud).map_err(named)
}

/// The way to the terminal.
enum Side {
    Port(Port),
    Tcp(SocketAddr, Option<TcpStream>),
}

impl Side {
    /// The till has connected.
    async fn connect(&mut self) -> io::Result<()> {
        if let Self::Tcp(addr, stream) = self {
            let connected = TcpStream::connect(*addr).await?;
            connected.set_nodelay(true)?;
            *stream = Some(connected);
        }
        Ok(())
    }

    fn hang_up(&mut self) {
        if let Self::Tcp(_, stream) = self {
            *stream = None;
        }
    }

    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Port(port) => port.read(buffer).await,
            Self::Tcp(_, Some(stream)) => stream.read(buffer).await,
            Self::Tcp(_, None) => std::future::pending().await,
        }
    }

    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Port(port) => port.write_all(bytes).await,
            Self::Tcp(_, Some(stream)) => stream.write_all(bytes).await,
            Self::Tcp(_, None) => Ok(()),
        }
    }
}

/// What is written down, and where.
struct Book {
    recorder: Recorder,
    file: File,
    started: tokio::time::Instant,
}

impl Book {
    fn hear(&mut self, sender: Sender, bytes: &[u8]) -> io::Result<()> {
        let since = self.started.elapsed().as_millis();
        let now = Instant(u64::try_from(since).unwrap_or(u64::MAX));
        for line in self.recorder.hear(sender, bytes, now) {
            self.note(&line)?;
        }
        Ok(())
    }

    fn note(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.file, "{line}")
    }
}

async fn run(mut side: Side, mut wire: Wire, mut book: Book) -> io::Result<()> {
    book.note("# > till, < terminal; card numbers are masked, secrets are zeros")?;
    let mut buffer = [0; 4096];
    loop {
        tokio::select! {
            happening = wire.next() => match happening {
                Happening::Connected => {
                    book.recorder.restart();
                    if let Err(error) = side.connect().await {
                        tracing::warn!(%error, "the terminal does not answer");
                        wire.hang_up();
                    }
                }
                Happening::Bytes(bytes) => {
                    side.write_all(&bytes).await?;
                    book.hear(Sender::Till, &bytes)?;
                }
                Happening::Listening => {}
                Happening::Disconnected => side.hang_up(),
            },
            read = side.read(&mut buffer) => {
                let length = read?;
                let bytes = buffer.get(..length).unwrap_or_default();
                wire.write(bytes).await;
                book.hear(Sender::Terminal, bytes)?;
                if length == 0 {
                    match side {
                        Side::Port(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
                        Side::Tcp(..) => {
                            side.hang_up();
                            wire.hang_up();
                        }
                    }
                }
            }
        }
    }
}
