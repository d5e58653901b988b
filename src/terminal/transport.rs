//! The line to a terminal: a serial port or a TCP connection, as bytes.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use serialport::TTYPort;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::config::LineConfig;
use crate::devices::Devices;

/// A terminal that takes no bytes for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// A TCP connection that is not up by then is not coming.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A message of a terminal is rarely longer.
const READ_MAX: usize = 1024;

/// The line buffer of a tty that says it is writable has room for so many bytes; more at once could
/// block the thread, as the port is opened without `O_NONBLOCK`.
const SERIAL_CHUNK: usize = 128;

/// An open line.
#[derive(Debug)]
pub(super) enum Transport {
    Serial(AsyncFd<TTYPort>),
    Tcp(TcpStream),
}

impl Transport {
    /// Opens a line. Errors are for a technician: they name the device and what to do.
    pub(super) async fn open(line: &LineConfig, devices: &Devices) -> Result<Self, String> {
        match line {
            LineConfig::Serial { port, baud } => {
                open_serial(&devices.find(port)?, *baud).map(Self::Serial)
            }
            LineConfig::Tcp { address } => {
                let opening = TcpStream::connect(address);
                let stream = tokio::time::timeout(CONNECT_TIMEOUT, opening)
                    .await
                    .map_err(|_| format!("{address}: no answer; is the terminal on?"))?
                    .map_err(|error| format!("{address}: {error}"))?;
                stream
                    .set_nodelay(true)
                    .map_err(|error| format!("{address}: {error}"))?;
                Ok(Self::Tcp(stream))
            }
        }
    }

    /// Reads what is there, at least one byte. An error means that the line is down.
    ///
    /// Each read has memory of its own, because card numbers may be in it: a buffer that lives as long
    /// as the line would keep the last one.
    pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; READ_MAX];
        let count = match self {
            Self::Serial(port) => read_serial(port, &mut bytes).await?,
            Self::Tcp(stream) => stream.read(&mut bytes).await?,
        };
        bytes.truncate(count);
        // An unplugged tty reads 0 bytes at once and for ever, like a closed socket.
        if bytes.is_empty() {
            Err(io::ErrorKind::UnexpectedEof.into())
        } else {
            Ok(bytes)
        }
    }

    /// Writes all bytes. An error means that the line is down.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let writing = async {
            match self {
                Self::Serial(port) => write_serial(port, bytes).await,
                Self::Tcp(stream) => stream.write_all(bytes).await,
            }
        };
        tokio::time::timeout(WRITE_TIMEOUT, writing)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

/// The port is locked for us (`TIOCEXCL` and `flock`): no second program can talk in between.
fn open_serial(device: &Path, baud: u32) -> Result<AsyncFd<TTYPort>, String> {
    let name = device.display();
    let mut port = serialport::new(device.to_string_lossy(), baud)
        .timeout(Duration::ZERO)
        .open_native()
        .map_err(|error| format!("{name}: {error}"))?;
    // ZVT: 8 data bits, no parity, 2 stop bits when sending. A pseudo-terminal has no stop bits.
    let two = serialport::StopBits::Two;
    if let Err(error) = serialport::SerialPort::set_stop_bits(&mut port, two) {
        tracing::debug!(%name, %error, "two stop bits not set");
    }
    // What was meant for an earlier run of ours must not be taken for an answer to this one.
    if let Err(error) = serialport::SerialPort::clear(&port, serialport::ClearBuffer::All) {
        tracing::debug!(%name, %error, "line buffer not cleared");
    }
    #[expect(
        deprecated,
        reason = "the successor is an unsafe fn, because a type could lie about its descriptor; \
                  a TTYPort keeps one descriptor for its life, and this crate forbids unsafe code"
    )]
    AsyncFd::new(port).map_err(|error| format!("{name}: {error}"))
}

async fn read_serial(port: &mut AsyncFd<TTYPort>, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        let mut ready = port.readable_mut().await?;
        let read = ready.try_io(|port| would_block(port.get_mut().read(buffer)));
        if let Ok(result) = read {
            return result;
        }
    }
}

async fn write_serial(port: &mut AsyncFd<TTYPort>, bytes: &[u8]) -> io::Result<()> {
    for chunk in bytes.chunks(SERIAL_CHUNK) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let mut ready = port.writable_mut().await?;
            if let Ok(result) = ready.try_io(|port| would_block(port.get_mut().write(rest))) {
                rest = rest.get(result?..).unwrap_or_default();
            }
        }
    }
    Ok(())
}

/// The port's own timeout is zero: "timed out" means "nothing yet".
fn would_block<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| {
        let nothing_yet = error.kind() == io::ErrorKind::TimedOut;
        if nothing_yet {
            io::ErrorKind::WouldBlock.into()
        } else {
            error
        }
    })
}
