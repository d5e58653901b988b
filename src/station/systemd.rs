//! What systemd is told of the station, and the socket that it may hand over. Where there is no systemd,
//! nothing happens. A notification that cannot be sent is no reason to stop taking payments.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::time::{Interval, MissedTickBehavior};

/// The listener for apps on this machine: the one that systemd has opened (`posd.socket`), else one
/// at `address`.
pub(super) async fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let Some(handed_over) = ListenFd::from_env().take_tcp_listener(0)? else {
        return TcpListener::bind(address).await;
    };
    let address = handed_over.local_addr()?;
    // The way in without TLS is for this machine alone, whoever has opened it.
    if !address.ip().is_loopback() {
        let problem = format!("systemd has handed {address} over, which is not on loopback");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    handed_over.set_nonblocking(true)?;
    TcpListener::from_std(handed_over)
}

/// Apps are served, and what was open at the last stop is being found out.
pub(super) fn ready(status: &str) {
    notify(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Another configuration is in use. It was taken over between two turns of the loop, so that both ends
/// are told at once.
pub(super) fn reloaded(status: &str) {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "systemd was not told"),
    }
    ready(status);
}

/// What the station is doing, for `systemctl status`.
pub(super) fn status(status: &str) {
    notify(&[NotifyState::Status(status)]);
}

/// The station ends as soon as it may.
pub(super) fn stopping(status: &str) {
    notify(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd was not told");
    }
}

/// The watchdog of systemd. It is fed by the station's loop itself, so that it bites when the loop
/// hangs, whatever else still runs.
#[derive(Debug)]
pub(super) struct Watchdog(Option<Interval>);

impl Watchdog {
    /// The one that systemd keeps for this process, if it does.
    pub(super) fn of_this_process() -> Self {
        // Twice in the time that it is patient for.
        let period = sd_notify::watchdog_enabled().and_then(|patience| patience.checked_div(2));
        let period = period.filter(|period| *period > Duration::ZERO);
        Self(period.map(|period| {
            let mut interval = tokio::time::interval(period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// Comes back when it is hungry; never, when there is none.
    pub(super) async fn is_hungry(&mut self) {
        match &mut self.0 {
            Some(interval) => {
                interval.tick().await;
            }
            None => std::future::pending().await,
        }
    }

    /// Keeps it quiet for one more period.
    pub(super) fn feed() {
        notify(&[NotifyState::Watchdog]);
    }
}
