//! A session driven by hand, in virtual time, with everything recorded.

use firmware_protocols::link::{Busy, Link as _, Output};
use firmware_protocols::time::{Duration, Instant};
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::money::Money;
use firmware_protocols::vocabulary::terminal::{Ending, SyncId, TerminalEvent, TerminalRequest};
use firmware_protocols::zvt::line::Framing;
use firmware_protocols::zvt::serial::encode_frame;
use firmware_protocols::zvt::{Config, Session};

use super::corpus::hex;

/// What a session wanted done, apart from waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Send(Vec<u8>),
    Event(TerminalEvent),
    Close,
}

/// What was done to it.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Connected,
    Disconnected,
    Input(Vec<u8>),
    Timeout,
    Start(TerminalRequest, Option<SyncId>),
    Acknowledge,
    Abort,
}

pub(super) struct Till {
    pub(super) session: Session,
    pub(super) framing: Framing,
    pub(super) now: Instant,
    /// When the session wants to be woken.
    pub(super) deadline: Option<Instant>,
    pub(super) seen: Vec<Seen>,
    pub(super) ops: Vec<(Instant, Op)>,
}

impl Till {
    pub(super) fn new(config: Config) -> Self {
        let framing = config.framing;
        let session = Session::new(config);
        let (seen, ops) = (Vec::new(), Vec::new());
        Self {
            session,
            framing,
            now: Instant(1000),
            deadline: None,
            seen,
            ops,
        }
    }

    /// Does one thing and drains.
    pub(super) fn apply(&mut self, op: Op) -> Result<(), Busy> {
        self.ops.push((self.now, op.clone()));
        let mut outcome = Ok(());
        match op {
            Op::Connected => self.session.handle_connected(self.now),
            Op::Disconnected => self.session.handle_disconnected(self.now),
            Op::Input(bytes) => self.session.handle_input(&bytes, self.now),
            Op::Timeout => self.session.handle_timeout(self.now),
            Op::Start(request, sync) => outcome = self.session.start(request, sync, self.now),
            Op::Acknowledge => self.session.acknowledge(self.now),
            Op::Abort => self.session.abort(self.now),
        }
        loop {
            match self.session.poll() {
                Output::Send(bytes) => self.seen.push(Seen::Send(bytes)),
                Output::Event(event) => self.seen.push(Seen::Event(event)),
                Output::Close => self.seen.push(Seen::Close),
                Output::Wait(deadline) => {
                    self.deadline = deadline;
                    return outcome;
                }
            }
        }
    }

    /// Starts a request, which must be possible now.
    pub(super) fn start(&mut self, request: TerminalRequest) {
        self.apply(Op::Start(request, None)).unwrap();
    }

    /// Feeds bytes as they are.
    pub(super) fn feed(&mut self, bytes: &str) {
        self.apply(Op::Input(hex(bytes))).unwrap();
    }

    /// The terminal sends a unit, and hears the ACK on a serial line.
    pub(super) fn unit(&mut self, unit: &str) {
        match self.framing {
            Framing::Tcp => self.feed(unit),
            Framing::Serial => {
                self.apply(Op::Input(encode_frame(&hex(unit)))).unwrap();
                let ack = Seen::Send(vec![0x06]);
                let at = self
                    .seen
                    .iter()
                    .position(|seen| *seen == ack)
                    .expect("an ACK");
                self.seen.remove(at);
            }
        }
    }

    /// The till must have sent this unit, and nothing before it; the terminal acknowledges it.
    pub(super) fn expect_unit(&mut self, unit: &str) {
        let bytes = match self.framing {
            Framing::Tcp => hex(unit),
            Framing::Serial => encode_frame(&hex(unit)),
        };
        let at = self
            .seen
            .iter()
            .position(|seen| matches!(seen, Seen::Send(_)));
        let at = at.unwrap_or_else(|| panic!("nothing sent, wanted {unit}: {:02X?}", self.seen));
        let sent = self.seen.remove(at);
        assert_eq!(sent, Seen::Send(bytes), "wanted {unit}");
        if self.framing == Framing::Serial {
            self.feed("06");
        }
    }

    /// A unit of the terminal that is answered 80 00 00 at once.
    pub(super) fn answered(&mut self, unit: &str) {
        self.unit(unit);
        self.expect_unit("80 00 00");
    }

    /// Lets time pass, waking the session when it wants to be.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(deadline) = self.deadline.filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.apply(Op::Timeout).unwrap();
            assert!(
                self.deadline.is_none_or(|next| next > self.now),
                "a timer that does not go"
            );
        }
        self.now = end;
    }

    /// Events since the last call; nothing may be left to send.
    pub(super) fn events(&mut self) -> Vec<TerminalEvent> {
        core::mem::take(&mut self.seen)
            .into_iter()
            .filter_map(|seen| match seen {
                Seen::Event(event) => Some(event),
                Seen::Send(bytes) => panic!("unexpected {bytes:02X?}"),
                Seen::Close => None,
            })
            .collect()
    }

    /// How the running request ended, which must be all that is left.
    pub(super) fn ending(&mut self) -> Ending {
        let mut endings: Vec<_> = self
            .events()
            .into_iter()
            .filter_map(|event| match event {
                TerminalEvent::Finished(ending) => Some(ending),
                TerminalEvent::Ready { .. }
                | TerminalEvent::Prompt(_)
                | TerminalEvent::Receipt(_)
                | TerminalEvent::Result(_) => None,
            })
            .collect();
        assert_eq!(endings.len(), 1, "{endings:?}");
        endings.remove(0)
    }

    /// Whether the session wants the line closed.
    pub(super) fn closed(&self) -> bool {
        self.seen.contains(&Seen::Close)
    }
}

/// A till that is registered and idle, without TLV.
pub(super) fn ready(framing: Framing) -> Till {
    ready_with(Config {
        tlv: false,
        ..Config::new(framing, Currency::EUR)
    })
}

/// A till that is registered and idle.
pub(super) fn ready_with(config: Config) -> Till {
    let tlv = config.tlv;
    let mut till = Till::new(config);
    till.apply(Op::Connected).unwrap();
    match tlv {
        true => {
            till.expect_unit(
                "06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00",
            );
        }
        false => till.expect_unit("06 00 06 00 00 00 BE 09 78"),
    }
    till.unit("80 00 00");
    till.answered("06 0F 0A 19 00 29 68 00 12 34 49 09 78");
    till.expect_unit("05 01 03 00 00 00");
    till.unit("80 00 00");
    till.answered("06 0F 01 00");
    till.expect_unit("06 20 05 00 00 00 03 03");
    till.unit("80 00 00");
    till.answered("06 1E 01 83");
    assert!(matches!(
        till.events()[..],
        [TerminalEvent::Ready { last: None, .. }]
    ));
    till
}

pub(super) fn eur(minor: u64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(super) fn sale(minor: u64) -> TerminalRequest {
    TerminalRequest::Sale {
        amount: eur(minor),
        want_token: false,
    }
}
