//! The line to the till: a pseudo-terminal or a TCP port, which can be pulled and comes back.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::pty::{Port, Pty};

/// Where the till finds the terminal.
#[derive(Clone, Debug)]
pub enum Place {
    /// A link to a pseudo-terminal.
    Pty(PathBuf),
    /// A serial port with a cable to the till, and its speed.
    Device(PathBuf, u32),
    /// A port.
    Tcp(SocketAddr),
}

impl Place {
    /// A terminal on a serial line does not notice that a till comes or goes.
    pub(super) const fn is_serial(&self) -> bool {
        match self {
            Self::Pty(_) | Self::Device(..) => true,
            Self::Tcp(_) => false,
        }
    }
}

/// What happens on a line.
#[derive(Debug)]
pub(super) enum Happening {
    /// The port is there again, and nobody is connected yet.
    Listening,
    Connected,
    Bytes(Vec<u8>),
    Disconnected,
}

/// The line.
#[derive(Debug)]
pub(super) struct Wire {
    place: Place,
    state: State,
}

#[derive(Debug)]
enum State {
    Pty(Pty),
    Device(Port),
    Listening(TcpListener),
    Connected(TcpListener, TcpStream),
    Unplugged(Instant),
}

impl Wire {
    pub(super) async fn open(place: Place) -> io::Result<Self> {
        let state = State::open(&place).await?;
        let place = match (&state, place) {
            // A port that comes back must be the same one.
            (State::Listening(listener), Place::Tcp(_)) => Place::Tcp(listener.local_addr()?),
            (_, place) => place,
        };
        Ok(Self { place, state })
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Waits until something happens. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Happening {
        loop {
            let mut buffer = [0; 4096];
            match &mut self.state {
                State::Unplugged(until) => {
                    tokio::time::sleep_until(*until).await;
                    match State::open(&self.place).await {
                        Ok(state @ (State::Pty(_) | State::Device(_))) => {
                            self.state = state;
                            return Happening::Connected;
                        }
                        Ok(state) => {
                            self.state = state;
                            return Happening::Listening;
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the line does not come back yet");
                            self.unplug(RETRY);
                        }
                    }
                }
                State::Pty(pty) => match pty.read(&mut buffer).await {
                    Ok(length) => return bytes(&buffer, length),
                    Err(error) => {
                        tracing::warn!(%error, "pseudo-terminal failed");
                        self.unplug(RETRY);
                        return Happening::Disconnected;
                    }
                },
                State::Device(port) => match port.read(&mut buffer).await {
                    Ok(length) if length > 0 => return bytes(&buffer, length),
                    Ok(_) | Err(_) => {
                        self.unplug(RETRY);
                        return Happening::Disconnected;
                    }
                },
                State::Listening(listener) => match listener.accept().await {
                    Ok((stream, _)) => {
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(%error, "cannot set TCP_NODELAY");
                        }
                        self.connect(stream);
                        return Happening::Connected;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept");
                        tokio::time::sleep(RETRY).await;
                    }
                },
                State::Connected(_, stream) => match stream.read(&mut buffer).await {
                    Ok(length) if length > 0 => return bytes(&buffer, length),
                    Ok(_) | Err(_) => {
                        self.hang_up();
                        return Happening::Disconnected;
                    }
                },
            }
        }
    }

    /// The same until `due`, which is told by `None`. What has come by then is told first: whoever got no
    /// time to read has not been kept waiting.
    pub(super) async fn next_before(&mut self, due: impl Future<Output = ()>) -> Option<Happening> {
        tokio::select! {
            biased;
            happening = self.next() => Some(happening),
            () = due => None,
        }
    }

    /// Writes; what cannot be written is lost, as on a cable.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        let written = async {
            match &mut self.state {
                State::Pty(pty) => pty.write_all(bytes).await,
                State::Device(port) => port.write_all(bytes).await,
                State::Connected(_, stream) => stream.write_all(bytes).await,
                State::Listening(_) | State::Unplugged(_) => Ok(()),
            }
        };
        // Nobody reads any more when this takes longer.
        match tokio::time::timeout(WRITE_TIMEOUT, written).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "lost on the line"),
            Err(_) => tracing::debug!("lost on the line: the till does not read"),
        }
    }

    /// Closes a connection; a serial line has none.
    pub(super) fn hang_up(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Unplugged(Instant::now()));
        self.state = match state {
            State::Connected(listener, _) => State::Listening(listener),
            other @ (State::Pty(_)
            | State::Device(_)
            | State::Listening(_)
            | State::Unplugged(_)) => other,
        };
    }

    /// Whether the cable is in.
    pub(super) const fn is_plugged(&self) -> bool {
        !matches!(self.state, State::Unplugged(_))
    }

    /// Pulls the cable for a while.
    pub(super) fn unplug(&mut self, time: Duration) {
        let now = Instant::now();
        self.state = State::Unplugged(now.checked_add(time).unwrap_or(now));
    }

    fn connect(&mut self, stream: TcpStream) {
        let state = std::mem::replace(&mut self.state, State::Unplugged(Instant::now()));
        self.state = match state {
            State::Listening(listener) | State::Connected(listener, _) => {
                State::Connected(listener, stream)
            }
            other @ (State::Pty(_) | State::Device(_) | State::Unplugged(_)) => other,
        };
    }
}

impl State {
    async fn open(place: &Place) -> io::Result<Self> {
        Ok(match place {
            Place::Pty(link) => Self::Pty(Pty::open(link)?),
            Place::Device(device, baud) => Self::Device(Port::open(device, *baud)?),
            Place::Tcp(addr) => Self::Listening(TcpListener::bind(addr).await?),
        })
    }
}

fn bytes(buffer: &[u8], length: usize) -> Happening {
    Happening::Bytes(buffer.get(..length).unwrap_or_default().to_vec())
}

const RETRY: Duration = Duration::from_millis(100);
const WRITE_TIMEOUT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    /// A simulator that got no time finds both when it wakes: bytes, and that it is too late for them.
    #[tokio::test]
    async fn what_has_come_is_told_before_what_is_due() {
        const PIECES: usize = 8;
        let any = "127.0.0.1:0".parse().unwrap();
        let mut wire = Wire::open(Place::Tcp(any)).await.unwrap();
        let Place::Tcp(addr) = *wire.place() else {
            panic!("no port");
        };
        let mut till = TcpStream::connect(addr).await.unwrap();
        assert!(matches!(wire.next().await, Happening::Connected));
        till.write_all(&[0; 4096 * PIECES]).await.unwrap();
        // The first piece is waited for; the others are there then.
        assert!(matches!(wire.next().await, Happening::Bytes(_)));
        for piece in 1..PIECES {
            let told = wire.next_before(std::future::ready(())).await;
            let is_bytes = matches!(told, Some(Happening::Bytes(_)));
            assert!(is_bytes, "piece {piece}: {told:?}");
        }
        assert!(wire.next_before(std::future::ready(())).await.is_none());
    }
}
