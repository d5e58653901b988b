//! A bare till: the station's own protocol session on the same kind of line, and nothing else. It
//! keeps no journal and acknowledges at once. What it takes for a sale is what the simulated
//! terminal, its line and its host take.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use firmware_protocols::link::{Link as _, Output};
use firmware_protocols::time;
use firmware_protocols::vocabulary::terminal::{
    Ending, Report, SyncId, TerminalEvent, TerminalRequest,
};
use firmware_protocols::vocabulary::{Currency, Money};
use firmware_protocols::zvt::{Config, Framing, Session};
use serialport::TTYPort;

use crate::http::AMOUNT;
use crate::line::{self, Turn};
use crate::table::Samples;

pub(crate) struct Till {
    session: Session,
    port: TTYPort,
    epoch: Instant,
    /// Of the transaction that it has seen last.
    sync: Option<SyncId>,
    /// Of the request that runs.
    turns: Vec<Turn>,
}

impl Till {
    /// Connects and waits until the terminal is ready.
    pub(crate) fn connect(pty: &str) -> Self {
        let port = serialport::new(pty, 9600)
            .timeout(Duration::from_secs(10))
            .open_native();
        let mut till = Self {
            session: Session::new(Config::new(Framing::Serial, Currency::NOK)),
            port: port.unwrap(),
            epoch: Instant::now(),
            sync: None,
            turns: Vec::new(),
        };
        till.session.handle_connected(till.now());
        till.run(|event| matches!(event, TerminalEvent::Ready { .. }));
        till
    }

    /// Adds so many sales.
    pub(crate) fn measure(&mut self, count: u32, into: &mut Samples) {
        for _ in 0..count {
            let begun = Instant::now();
            self.sale();
            into.push(begun.elapsed());
        }
    }

    /// How the line was used by the last sale.
    pub(crate) fn turns(&self) -> &[Turn] {
        &self.turns
    }

    fn sale(&mut self) {
        let request = TerminalRequest::Sale {
            amount: Money::new(AMOUNT, Currency::NOK),
            want_token: false,
        };
        self.turns.clear();
        let now = self.now();
        self.session.start(request, self.sync.clone(), now).unwrap();
        let end = self.run(|event| matches!(event, TerminalEvent::Finished(_)));
        let is_approved = matches!(
            end,
            TerminalEvent::Finished(Ending::Completed(Report::Approved(_)))
        );
        assert!(is_approved, "{end:?}");
    }

    /// Does what the session wants, until it says what is waited for and has nothing left to say.
    fn run(&mut self, is_end: impl Fn(&TerminalEvent) -> bool) -> TerminalEvent {
        let mut end = None;
        loop {
            match self.session.poll() {
                Output::Send(bytes) => {
                    line::record(&mut self.turns, true, bytes.len());
                    self.port.write_all(&bytes).unwrap();
                }
                Output::Event(event) => {
                    if let TerminalEvent::Result(transaction) = &event {
                        self.sync.clone_from(&transaction.sync);
                        self.session.acknowledge(self.now());
                    }
                    if is_end(&event) {
                        end = Some(event);
                    }
                }
                Output::Close => panic!("the terminal does not answer"),
                Output::Wait(_) => match end {
                    Some(end) => return end,
                    None => self.read(),
                },
            }
        }
    }

    fn read(&mut self) {
        let mut buffer = [0; 1024];
        let count = self.port.read(&mut buffer).unwrap();
        line::record(&mut self.turns, false, count);
        let now = self.now();
        self.session.handle_input(&buffer[..count], now);
    }

    fn now(&self) -> time::Instant {
        let since = self.epoch.elapsed().as_millis();
        time::Instant(since.try_into().unwrap())
    }
}
