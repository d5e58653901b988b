//! A pseudo-terminal that looks like a serial port to a till.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;
use tokio::io::unix::AsyncFd;

/// One end of a pseudo-terminal, and the symbolic link by which tills find the other end. Dropping
/// it hangs up and removes the link.
#[derive(Debug)]
pub struct Pty {
    master: AsyncFd<OwnedFd>,
    /// Kept open so that a till may close and open the port without a hang-up in between.
    slave: OwnedFd,
    link: PathBuf,
    device: PathBuf,
}

impl Pty {
    /// Makes a pseudo-terminal in raw mode and links `link` to it.
    ///
    /// # Errors
    ///
    /// No pseudo-terminal is to be had, or `link` is something else than a symbolic link.
    pub fn open(link: &Path) -> io::Result<Self> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = rustix::pty::openpt(flags)?;
        rustix::pty::grantpt(&master)?;
        rustix::pty::unlockpt(&master)?;
        let name = rustix::pty::ptsname(&master, Vec::new())?;
        let device = PathBuf::from(name.to_string_lossy().into_owned());
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(&device, flags, Mode::empty())?;
        let mut raw = rustix::termios::tcgetattr(&slave)?;
        raw.make_raw();
        rustix::termios::tcsetattr(&slave, OptionalActions::Now, &raw)?;
        rustix::io::ioctl_fionbio(&master, true)?;
        remove_link(link)?;
        std::os::unix::fs::symlink(&device, link)?;
        Ok(Self {
            master: watched(master)?,
            slave,
            link: link.to_owned(),
            device,
        })
    }

    /// Waits for bytes from the till.
    ///
    /// # Errors
    ///
    /// The pseudo-terminal is gone.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.let_tills_in();
            let waiting = tokio::time::timeout(LET_IN_EVERY, self.master.readable());
            let Ok(ready) = waiting.await else {
                continue;
            };
            let mut ready = ready?;
            let read = |master: &AsyncFd<OwnedFd>| Ok(rustix::io::read(master, &mut *buffer)?);
            if let Ok(result) = ready.try_io(read) {
                return result;
            }
        }
    }

    /// A till that was killed leaves its claim to the port behind. A real port forgets it when
    /// nobody has it open any more; here the kept end would hold it, and only root could open.
    fn let_tills_in(&self) {
        if let Err(error) = rustix::termios::ioctl_tiocnxcl(&self.slave) {
            tracing::debug!(%error, "cannot take a claim from the port");
        }
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// The pseudo-terminal is gone.
    pub async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        write_all(&self.master, bytes).await
    }
}

/// A serial port with a real terminal behind it.
#[derive(Debug)]
pub(super) struct Port(AsyncFd<OwnedFd>);

impl Port {
    /// Opens a serial port in raw mode.
    pub(super) fn open(device: &Path, baud: u32) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let port = rustix::fs::open(device, flags, Mode::empty())?;
        let mut raw = rustix::termios::tcgetattr(&port)?;
        raw.make_raw();
        raw.set_speed(baud)?;
        rustix::termios::tcsetattr(&port, OptionalActions::Now, &raw)?;
        watched(port).map(Self)
    }

    /// Waits for bytes from the terminal; none is a hang-up.
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let mut ready = self.0.readable().await?;
            let read = |port: &AsyncFd<OwnedFd>| Ok(rustix::io::read(port, &mut *buffer)?);
            if let Ok(result) = ready.try_io(read) {
                return result;
            }
        }
    }

    pub(super) async fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        write_all(&self.0, bytes).await
    }
}

fn watched(file: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for the sake of types that lie about their descriptor; \
                  OwnedFd does not"
    )]
    AsyncFd::new(file)
}

async fn write_all(file: &AsyncFd<OwnedFd>, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let mut ready = file.writable().await?;
        let write = |file: &AsyncFd<OwnedFd>| Ok(rustix::io::write(file, bytes)?);
        if let Ok(result) = ready.try_io(write) {
            bytes = bytes.get(result?..).unwrap_or_default();
        }
    }
    Ok(())
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Another simulator may have taken the name over.
        let is_ours = fs::read_link(&self.link).is_ok_and(|device| device == self.device);
        if is_ours && let Err(error) = fs::remove_file(&self.link) {
            tracing::warn!(%error, link = %self.link.display(), "cannot remove the link");
        }
    }
}

const LET_IN_EVERY: Duration = Duration::from_millis(500);

/// Makes room for a link where an earlier run has left one.
fn remove_link(link: &Path) -> io::Result<()> {
    match fs::symlink_metadata(link) {
        Ok(found) if found.is_symlink() => fs::remove_file(link),
        Ok(_) => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "there is something else than a symbolic link; choose another path",
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
