//! `hw-sim tui`: the face of a simulated terminal in a terminal window, over its control port.
//!
//! What is shown is what the simulator says, and each key is one request that `curl` could make as
//! well: `model` is what was told and what a key asks for, `view` draws it, `wire` asks.

mod model;
#[cfg(test)]
mod tests;
mod view;
mod wire;

use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};
use tokio::sync::mpsc;

use super::Failure;
use model::Model;

#[derive(Debug, clap::Args)]
pub(super) struct TuiArguments {
    /// The control port of the terminal, as `hw-sim terminal --control` or `hw-sim store` says it.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8481")]
    control: SocketAddr,
}

impl TuiArguments {
    /// Shows the terminal until somebody quits; the window is then as it was before.
    pub(super) async fn run(self) -> Result<(), Failure> {
        if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
            return Err("this needs a terminal window; the same is a page in a browser".into());
        }
        let mut told = wire::start(self.control)?;
        let mut screen = Screen::open()?;
        let mut events = events();
        let mut model = Model::new(self.control.to_string());
        while !model.is_over {
            screen.0.draw(|frame| view::draw(&model, frame))?;
            tokio::select! {
                event = events.recv() => match event.ok_or("the keyboard is gone")?? {
                    Event::Key(key) => {
                        if let Some(order) = model.press(key) {
                            told.order(order);
                        }
                    }
                    // Another size, for one: drawn anew.
                    Event::FocusGained
                    | Event::FocusLost
                    | Event::Mouse(_)
                    | Event::Paste(_)
                    | Event::Resize(..) => {}
                },
                news = told.next() => model.hear(news.ok_or("nobody asks the simulator any more")?),
            }
        }
        Ok(())
    }
}

/// The window while it is ours. Dropping it puts back what was there; a panic does so before it is told.
struct Screen(DefaultTerminal);

impl Screen {
    fn open() -> io::Result<Self> {
        ratatui::try_init()
            .map(Self)
            .inspect_err(|_| ratatui::restore())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// What happens at the keyboard and to the window.
fn events() -> mpsc::UnboundedReceiver<io::Result<Event>> {
    let (tell, events) = mpsc::unbounded_channel();
    // Reading blocks, so it has a thread of its own, which ends with the program.
    std::thread::spawn(move || {
        loop {
            let event = event::read();
            let is_last = event.is_err();
            if tell.send(event).is_err() || is_last {
                return;
            }
        }
    });
    events
}
