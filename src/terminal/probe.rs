//! Finds out what is at the other end of a line, without moving money: registers, asks for the state,
//! and lets the terminal speak for itself. What stands in the way is named so that somebody can act.

mod obstacle;

use std::fmt;
use std::time::Duration;

use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::Currency;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::line::{Line, LineEvent, LineFailure, LineOutput};
use firmware_protocols::zvt::message::{
    Abort, Completion, ConfigByte, PrintTextBlock, Registration, RegistrationTlv, Response,
    StatusEnquiry, StatusInformation, StatusReport,
};
use firmware_protocols::zvt::result_code;
use firmware_protocols::zvt::{Framing, Password, Timers};
use tokio::time::timeout;

use super::transport::Transport;
use crate::clock::Clock;
use crate::config::{LineConfig, PortName};
use crate::devices::Devices;

/// Speeds that terminals are set to, the usual one first.
const SPEEDS: [u32; 4] = [9_600, 115_200, 57_600, 19_200];

/// A terminal that answers at all answers quickly; there are four speeds to try.
const TIMERS: Timers = Timers {
    t1: Duration::from_millis(200),
    t2: Duration::from_millis(700),
    t3: Duration::from_secs(2),
    t4: Duration::from_secs(20),
};

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// At which speed it answers, on a serial line.
    pub baud: Option<u32>,
    /// Whether it takes TLV objects.
    pub tlv: bool,
    /// Terminal id.
    pub terminal_id: Option<String>,
    /// Its state, see [`result_code::terminal_status`].
    pub status: u8,
    /// The ends of the registration and of the status enquiry, as they came.
    pub said: Vec<Vec<u8>>,
}

/// Why there is nothing to tell. Says what to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The line cannot be opened, and why.
    Line(String),
    /// Not a byte came.
    Silent,
    /// Something came, but no message.
    Garbage,
    /// The other side has hung up.
    Closed,
    /// It refuses to register, with this code.
    Refused(u8),
    /// It tells the outcome of a payment that somebody else has started.
    Paying,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(why) => f.write_str(why),
            Self::Silent => f.write_str(
                "no answer; is the terminal on, is this its cable or address, and is its ECR \
                 interface switched on and set to ZVT?",
            ),
            Self::Garbage => f.write_str(
                "something answers, but it is not a ZVT terminal (or it is set to a speed, parity \
                 or protocol that nobody uses)",
            ),
            Self::Closed => f.write_str(
                "it hangs up; most likely another till is connected to it, or it only talks to \
                 addresses that were entered at the terminal",
            ),
            Self::Refused(code) => {
                let hint = match *code {
                    WRONG_CURRENCY => "it takes another currency (--currency)",
                    result_code::BUSY => "it is busy; try again",
                    _ => "is the password right (--password, --password-file)?",
                };
                write!(f, "the terminal refuses with {code:02X}; {hint}")
            }
            Self::Paying => f.write_str(
                "the terminal is telling somebody the outcome of a payment; it was left alone, \
                 try again when the payment is over",
            ),
        }
    }
}

/// Asks whatever is there.
///
/// # Errors
///
/// [`Trouble`], for a technician.
pub async fn probe(
    line: &LineConfig,
    devices: &Devices,
    password: Password,
    currency: Currency,
    clock: Clock,
) -> Result<Found, Trouble> {
    let LineConfig::Serial { port, baud } = line else {
        return ask(line, devices, password, currency, clock).await;
    };
    let device = devices.find(port).map_err(Trouble::Line)?;
    let mut worst = Trouble::Silent;
    let others = SPEEDS.into_iter().filter(|other| other != baud);
    for speed in std::iter::once(*baud).chain(others) {
        let line = LineConfig::Serial {
            port: PortName::Path(device.clone()),
            baud: speed,
        };
        match ask(&line, devices, password, currency, clock).await {
            Ok(found) => {
                let baud = Some(speed);
                return Ok(Found { baud, ..found });
            }
            Err(Trouble::Silent) => {}
            Err(Trouble::Garbage) => worst = Trouble::Garbage,
            Err(other) => return Err(other),
        }
    }
    Err(worst)
}

async fn ask(
    line: &LineConfig,
    devices: &Devices,
    password: Password,
    currency: Currency,
    clock: Clock,
) -> Result<Found, Trouble> {
    let transport = Transport::open(line, devices).await;
    let explain = |error: String| Trouble::Line(obstacle::explain(line, devices, &error));
    let transport = transport.map_err(explain)?;
    let framing = match line {
        LineConfig::Serial { .. } => Framing::Serial,
        LineConfig::Tcp { .. } => Framing::Tcp,
    };
    let mut talk = Talk {
        line: Line::new(framing, TIMERS),
        transport,
        clock,
        has_heard: false,
    };
    let (tlv, registered) = match talk.command(registration(password, currency, true)).await {
        Ok(end) => (true, end),
        Err(Trouble::Refused(result_code::NOT_POSSIBLE)) => {
            let plain = registration(password, currency, false);
            (false, talk.command(plain).await?)
        }
        Err(trouble) => return Err(trouble),
    };
    let enquiry = StatusEnquiry {
        password: Some(password),
        service: tlv.then_some(MORE_STATUS),
    };
    let told = talk.command(enquiry.encode()).await?;
    let (completion, _) = Completion::decode_lenient(data(&registered));
    let report = StatusReport::decode(data(&told)).unwrap_or_default();
    let terminal_id = report.terminal_id.or(completion.terminal_id);
    Ok(Found {
        baud: None,
        tlv,
        terminal_id: terminal_id.map(|id| id.digits()),
        status: report.status,
        said: vec![registered, told],
    })
}

fn registration(password: Password, currency: Currency, tlv: bool) -> Vec<u8> {
    Registration {
        password,
        // As the station itself registers: what a probe leaves behind is what it expects.
        config: ConfigByte::FULL,
        currency: Bcd::from_number(u64::from(currency.numeric())),
        service: None,
        tlv: tlv.then(|| RegistrationTlv {
            permitted: vec![PrintTextBlock::CONTROL],
            ..RegistrationTlv::default()
        }),
    }
    .encode()
}

fn data(unit: &[u8]) -> &[u8] {
    Apdu::parse(unit).map_or(&[], |apdu| apdu.data)
}

/// A conversation, one command at a time.
struct Talk {
    line: Line,
    transport: Transport,
    clock: Clock,
    has_heard: bool,
}

impl Talk {
    /// Sends a command and waits for its end.
    async fn command(&mut self, unit: Vec<u8>) -> Result<Vec<u8>, Trouble> {
        let mut deadline = self.clock.monotonic().after(TIMERS.t3.saturating_mul(3));
        self.line.send(unit, self.clock.monotonic());
        loop {
            let unit = self.next_unit(deadline).await?;
            let Ok(apdu) = Apdu::parse(&unit) else {
                return Err(Trouble::Garbage);
            };
            match Response::decode(apdu) {
                Ok(Response::Positive | Response::PartialIssue { .. }) => {
                    deadline = self.clock.monotonic().after(TIMERS.t4);
                    continue;
                }
                Ok(Response::Negative { code }) => return Err(Trouble::Refused(code)),
                Err(_) => {}
            }
            if apdu.control == StatusInformation::CONTROL {
                let (told, _) = StatusInformation::decode_lenient(apdu.data);
                // An acknowledgement would make it final, and nobody here has written it down.
                if told.result_code.is_some() && told.amount.is_some() {
                    return Err(Trouble::Paying);
                }
            }
            let now = self.clock.monotonic();
            self.line.send(Response::Positive.encode(), now);
            match apdu.control {
                Completion::CONTROL => {
                    self.flush().await?;
                    return Ok(unit);
                }
                Abort::CONTROL => {
                    self.flush().await?;
                    let (abort, _) = Abort::decode_lenient(apdu.data);
                    return Err(Trouble::Refused(abort.code));
                }
                _ => {}
            }
        }
    }

    async fn next_unit(&mut self, deadline: Instant) -> Result<Vec<u8>, Trouble> {
        loop {
            if let Some(event) = self.flush().await? {
                match event {
                    LineEvent::Received(unit) => return Ok(unit),
                    LineEvent::Delivered { .. } => continue,
                    LineEvent::Failed(LineFailure::Rejected | LineFailure::Stalled) => {
                        return Err(Trouble::Garbage);
                    }
                    LineEvent::Failed(LineFailure::Silent) => return Err(self.nothing()),
                }
            }
            let next = self.line.deadline().map_or(deadline, |at| at.min(deadline));
            let now = self.clock.monotonic();
            if deadline <= now {
                return Err(self.nothing());
            }
            let wait = Duration::from_millis(next.0.saturating_sub(now.0));
            match timeout(wait, self.transport.read()).await {
                Ok(Ok(bytes)) => {
                    self.has_heard = true;
                    self.line.handle_input(&bytes, self.clock.monotonic());
                }
                Ok(Err(_)) => return Err(Trouble::Closed),
                Err(_) => self.line.handle_timeout(self.clock.monotonic()),
            }
        }
    }

    /// Writes what there is to write; gives the first thing that has happened.
    async fn flush(&mut self) -> Result<Option<LineEvent>, Trouble> {
        while let Some(output) = self.line.poll() {
            match output {
                LineOutput::Send { bytes, .. } => {
                    let written = self.transport.write(&bytes).await;
                    written.map_err(|_| Trouble::Closed)?;
                }
                LineOutput::Event(event) => return Ok(Some(event)),
            }
        }
        Ok(None)
    }

    const fn nothing(&self) -> Trouble {
        match self.has_heard {
            true => Trouble::Garbage,
            false => Trouble::Silent,
        }
    }
}

const WRONG_CURRENCY: u8 = 0x6F;
/// Service byte: more in TLV, and the software version.
const MORE_STATUS: u8 = 0x04;
