//! A recording on a line, as a terminal.

use std::io;
use std::time::Duration;

use firmware_protocols::capture::Entry;
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::{Framing, Timers};

use super::terminal::Place;
use super::wire::{Happening, Wire};
use crate::terminal::Output;
use crate::terminal::replay::Player;

/// A terminal that plays a recording until this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where tills find it; tells the port that was chosen for port 0.
    pub place: Place,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts to play.
///
/// # Errors
///
/// The line cannot be opened.
pub async fn start(place: Place, script: Vec<Entry>) -> io::Result<Running> {
    let framing = match place {
        Place::Pty(_) | Place::Device(..) => Framing::Serial,
        Place::Tcp(_) => Framing::Tcp,
    };
    let wire = Wire::open(place).await?;
    let place = wire.place().clone();
    let player = Player::new(framing, Timers::default(), script);
    let task = tokio::spawn(run(player, wire));
    Ok(Running { place, task })
}

async fn run(mut player: Player, mut wire: Wire) {
    let started = tokio::time::Instant::now();
    let now = || Instant(u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    if wire.place().is_serial() {
        player.handle_connected(now());
    }
    let mut was_over = false;
    loop {
        let deadline = loop {
            match player.poll() {
                Output::Send(bytes) => wire.write(&bytes).await,
                Output::Wait(deadline) => break deadline,
                Output::Host(_) | Output::Close | Output::Reboot(_) | Output::Unplug(_) => {}
            }
        };
        for difference in player.take_differences() {
            tracing::warn!("the till said {difference}");
        }
        if player.is_over() && !was_over {
            was_over = true;
            tracing::info!("the recording is over");
        }
        let wake = deadline.map(|Instant(at)| started.checked_add(Duration::from_millis(at)));
        let sleep = async {
            match wake.flatten() {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        match wire.next_before(sleep).await {
            Some(Happening::Connected) => player.handle_connected(now()),
            Some(Happening::Bytes(bytes)) => player.handle_input(&bytes, now()),
            Some(Happening::Listening | Happening::Disconnected) => {}
            None => player.handle_timeout(now()),
        }
    }
}
