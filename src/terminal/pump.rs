//! The only place where a driver meets a line.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;

use firmware_protocols::capture::Sender;
use firmware_protocols::time::Instant;

use super::driver::{Driver, Output};
use super::transport::Transport;
use super::{Order, Report};
use crate::clock::Clock;
use crate::config::{LineConfig, TerminalConfig};
use crate::devices::{Devices, Watch};
use crate::domain::id::{EffectId, TerminalId};
use crate::failpoint;
use crate::trail::Pen;

/// Serves a driver until it leaves its terminal, or the station is gone.
pub(super) async fn run(
    config: TerminalConfig,
    devices: Devices,
    clock: Clock,
    mut wire: Wire,
    mut orders: mpsc::UnboundedReceiver<Order>,
    report: impl Fn(Report),
) {
    let line = config.line.clone();
    let mut driver = Driver::new(config);
    let mut transport: Option<Transport> = None;
    let mut watch: Option<Watch> = None;
    loop {
        match driver.poll() {
            Output::Open => {
                // Before it is looked for: what is plugged in while it is looked for is heard of.
                watch = watch.or_else(|| watch_for(&line, &devices));
                match Transport::open(&line, &devices).await {
                    Ok(opened) => {
                        transport = Some(opened);
                        watch = None;
                        driver.handle_opened(clock.monotonic());
                    }
                    Err(cause) => driver.handle_closed(cause, clock.monotonic()),
                }
            }
            Output::Send(bytes) => {
                if let Some(open) = &mut transport {
                    failpoint::hit("terminal.before_send");
                    let written = open.write(&bytes).await;
                    failpoint::hit("terminal.after_send");
                    wire.note(&driver, Sender::Till, bytes);
                    if let Err(error) = written {
                        transport = None;
                        wire.closed();
                        driver.handle_closed(format!("line closed: {error}"), clock.monotonic());
                    }
                }
            }
            Output::Close => {
                transport = None;
                wire.closed();
            }
            Output::Left => {
                // Whoever drives the terminal next finds its line free.
                drop(transport);
                report(Report::Left);
                return;
            }
            Output::Report(what) => report(what),
            Output::Wait(at) => {
                tokio::select! {
                    // What the terminal has said, or that it has closed, is known before anything
                    // new is sent to it.
                    biased;
                    read = read(&mut transport) => match read {
                        Ok(bytes) => {
                            wire.remember(&driver);
                            driver.handle_input(&bytes, clock.monotonic());
                            wire.note(&driver, Sender::Terminal, bytes);
                        }
                        Err(error) => {
                            transport = None;
                            wire.closed();
                            let cause = format!("line closed: {error}");
                            driver.handle_closed(cause, clock.monotonic());
                        }
                    },
                    () = sleep(until(at, clock)), if at.is_some() => {
                        driver.handle_timeout(clock.monotonic());
                    }
                    order = orders.recv() => match order {
                        Some(order) => driver.handle_order(order, clock.monotonic()),
                        None => return,
                    },
                    () = plugged(&mut watch) => driver.handle_plugged(clock.monotonic()),
                }
            }
        }
    }
}

/// Writes down what goes over the line for an effect.
pub(super) struct Wire {
    terminal: TerminalId,
    pen: Pen,
    /// What it was used for when the last bytes came: what ends a request, and the answer to that,
    /// belong to it still.
    last: Option<EffectId>,
}

impl Wire {
    pub(super) const fn new(terminal: TerminalId, pen: Pen) -> Self {
        Self {
            terminal,
            pen,
            last: None,
        }
    }

    fn remember(&mut self, driver: &Driver) {
        self.last = driver.effect().cloned();
    }

    fn note(&self, driver: &Driver, sender: Sender, bytes: Vec<u8>) {
        let of_now = || driver.effect().or(self.last.as_ref());
        let of_then = || self.last.as_ref().or(driver.effect());
        let effect = match sender {
            Sender::Till => of_now(),
            Sender::Terminal => of_then(),
        };
        if let Some(effect) = effect {
            let (with, framing) = (self.terminal.as_str(), driver.framing());
            self.pen.bytes(effect, with, framing, sender, bytes);
        }
    }

    fn closed(&self) {
        self.pen.closed(self.terminal.as_str());
    }
}

/// Reads from the line; a line that is not open has nothing to say.
async fn read(transport: &mut Option<Transport>) -> std::io::Result<Vec<u8>> {
    match transport {
        Some(open) => open.read().await,
        None => std::future::pending().await,
    }
}

/// Tells when a serial port may have come back. Without it the line is tried from time to time.
fn watch_for(line: &LineConfig, devices: &Devices) -> Option<Watch> {
    let LineConfig::Serial { port, .. } = line else {
        return None;
    };
    let watch = devices.watch();
    watch
        .inspect_err(|error| tracing::warn!(%port, %error, "cannot watch for devices"))
        .ok()
}

/// Waits until something is plugged in.
async fn plugged(watch: &mut Option<Watch>) {
    let changed = match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    };
    if let Err(error) = changed {
        tracing::warn!(%error, "not told of devices any more");
        *watch = None;
    }
}

/// How long it is until an instant; nothing when it has come, or when there is none.
fn until(at: Option<Instant>, clock: Clock) -> Duration {
    let at = at.map_or(0, |at| at.0);
    Duration::from_millis(at.saturating_sub(clock.monotonic().0))
}
