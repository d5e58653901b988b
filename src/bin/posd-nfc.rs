//! `posd-nfc CONNECTION`: reads what is held against a contactless reader, by libnfc, and says it in
//! lines of JSON (`posd::nfc::words`). It ends when its standard input does.
//!
//! It is a process of its own because libnfc ends its process on some answers of a card. Nothing is
//! sent to a card but what `firmware_protocols::nfc::Command` can say.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use firmware_protocols::nfc::{Command, Found, Presence, Reading, Step, Target};
use firmware_protocols::time::Instant;
use nfc1::target_info::TargetInfo;
use nfc1::{BaudRate, Context, Device, Error, Modulation, ModulationType, Property, Timeout};
use posd::clock::Clock;
use posd::nfc::words::{Connection, Medium, Said};

/// Between two looks at the reader.
const PAUSE: Duration = Duration::from_millis(150);

/// A card that takes longer for an answer has gone.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// At least so often something is said.
const ALIVE_EVERY: Duration = Duration::from_secs(1);

/// So many looks in a row that fail mean that the reader is gone; one alone is a bad byte.
const FAILURES_MAX: u32 = 3;

/// Nobody holds more at once.
const AT_ONCE_MAX: usize = 4;

/// The longest answer of a card that a PN53x passes on.
const ANSWER_MAX: usize = 264;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(connection), None) = (arguments.next(), arguments.next()) else {
        return fail("usage: posd-nfc CONNECTION, such as pn532_uart:/dev/ttyUSB0:115200");
    };
    let stop = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&stop);
    std::thread::spawn(move || {
        let mut rest = [0; 64];
        while std::io::stdin()
            .read(&mut rest)
            .is_ok_and(|length| length > 0)
        {}
        ended.store(true, Ordering::Relaxed);
    });
    match run(&connection, &stop) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem),
    }
}

/// Nobody hears it when standard output is gone.
fn fail(problem: &str) -> ExitCode {
    let _ = say(&Said::Failed {
        problem: problem.to_owned(),
    });
    ExitCode::FAILURE
}

fn run(connection: &str, stop: &AtomicBool) -> Result<(), String> {
    let connection = Connection::parse(connection).map_err(|it| format!("the connection {it}"))?;
    let claim = connection.device().map(claim).transpose()?;
    let mut context = Context::new().map_err(|error| error.to_string())?;
    let opened = context.open_with_connstring(connection.as_str());
    let device = opened.map_err(|_| format!("no reader answers at {}", connection.as_str()))?;
    if let Some(port) = &claim
        && let Err(error) = rustix::termios::ioctl_tiocexcl(port)
    {
        // The lock is what keeps programs apart that ask for it.
        let _ = writeln!(std::io::stderr(), "the port is not exclusive: {error}");
    }
    let mut reader = Reader {
        device,
        presence: Presence::default(),
        clock: Clock::start(),
        spoken: Instant::default(),
    };
    reader.prepare().map_err(|error| error.to_string())?;
    let name = reader.device.name().to_owned();
    reader.say(&Said::Ready { name })?;
    let mut failures = 0_u32;
    while !stop.load(Ordering::Relaxed) {
        failures = match reader.look() {
            Ok(()) => 0,
            Err(error) if failures.saturating_add(1) >= FAILURES_MAX => {
                return Err(format!("the reader has stopped answering: {error}"));
            }
            Err(_) => failures.saturating_add(1),
        };
        reader.tell()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "this thread does nothing but look at the reader from time to time"
        )]
        std::thread::sleep(PAUSE);
    }
    // Switches the field off.
    drop(reader);
    Ok(())
}

/// libnfc locks no port: two programs would talk to one reader. Whoever asks for this lock, as we and
/// the drivers of terminals do, is told.
fn claim(device: &std::path::Path) -> Result<File, String> {
    use rustix::fs::{FlockOperation, Mode, OFlags};
    let name = device.display();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let port = rustix::fs::open(device, flags, Mode::empty());
    let port = port.map_err(|error| format!("{name}: {error}"))?;
    rustix::fs::flock(&port, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| format!("{name}: another program uses it"))?;
    Ok(File::from(port))
}

struct Reader {
    device: Device,
    presence: Presence,
    clock: Clock,
    spoken: Instant,
}

impl Reader {
    fn prepare(&mut self) -> Result<(), Error> {
        self.device.initiator_init()?;
        // A look ends whether or not something is there.
        let device = &mut self.device;
        device.set_property_bool(Property::InfiniteSelect, false)
    }

    /// One round over all that lies there.
    fn look(&mut self) -> Result<(), Error> {
        // What was put to rest answers again after the field was off.
        self.device
            .set_property_bool(Property::ActivateField, false)?;
        self.device
            .set_property_bool(Property::ActivateField, true)?;
        for kind in [ModulationType::Iso14443a, ModulationType::Iso14443b] {
            for _ in 0..AT_ONCE_MAX {
                let Some(target) = self.select(kind)? else {
                    break;
                };
                if self.presence.see(&target) {
                    let found = self.read(&target);
                    self.presence.read(&target, found);
                }
                // A target that has gone cannot be put to rest.
                let _ = self.device.initiator_deselect_target();
            }
        }
        Ok(())
    }

    /// What a round has shown.
    fn tell(&mut self) -> Result<(), String> {
        let round = self.presence.end_round();
        if !round.tapped.is_empty() {
            let media = round.tapped.iter();
            let media = media.map(|(target, found)| Medium::of(target, found));
            let media = media.collect();
            self.say(&Said::Tapped { media })?;
        }
        if round.cleared {
            self.say(&Said::Cleared)?;
        }
        self.stay_alive()
    }

    /// The next target of a kind that is not at rest. libnfc tells "none" as one without a name.
    fn select(&mut self, kind: ModulationType) -> Result<Option<Target>, Error> {
        let modulation = Modulation {
            modulation_type: kind,
            baud_rate: BaudRate::Baud106,
        };
        let found = self.device.initiator_select_passive_target(&modulation)?;
        Ok(match found.target_info {
            TargetInfo::Iso14443a(it) if kind == ModulationType::Iso14443a => {
                let uid = it.uid.get(..it.uid_len).unwrap_or_default();
                (!uid.is_empty()).then(|| Target::A {
                    uid: uid.to_vec(),
                    sak: it.sak,
                })
            }
            TargetInfo::Iso14443b(it) => Some(Target::B {
                pupi: it.pupi,
                protocol: it.protocol_info,
            }),
            TargetInfo::Iso14443a(_)
            | TargetInfo::Felica(_)
            | TargetInfo::Iso14443bi(_)
            | TargetInfo::Iso14443b2sr(_)
            | TargetInfo::Iso14443b2ct(_)
            | TargetInfo::Jewel(_)
            | TargetInfo::Dep(_)
            | TargetInfo::Barcode(_)
            | TargetInfo::Iso14443biClass(_) => None,
        })
    }

    fn read(&mut self, target: &Target) -> Found {
        let mut reading = Reading::new(target);
        while let Step::Send(command) = reading.poll() {
            match self.exchange(&command) {
                Ok(answer) => reading.handle_answer(&answer),
                Err(_) => reading.handle_silence(),
            }
        }
        reading.into_found()
    }

    fn exchange(&mut self, command: &Command) -> Result<Vec<u8>, Error> {
        // Whoever reads these lines must not take a slow card for a reader that hangs.
        let _ = self.stay_alive();
        let timeout = Timeout::Duration(ANSWER_TIMEOUT);
        let device = &mut self.device;
        device.initiator_transceive_bytes(&command.encode(), ANSWER_MAX, timeout)
    }

    fn stay_alive(&mut self) -> Result<(), String> {
        if self.clock.monotonic() < self.spoken.after(ALIVE_EVERY) {
            return Ok(());
        }
        self.say(&Said::Alive)
    }

    fn say(&mut self, said: &Said) -> Result<(), String> {
        self.spoken = self.clock.monotonic();
        say(said).map_err(|error| error.to_string())
    }
}

fn say(said: &Said) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, said)?;
    out.write_all(b"\n")?;
    out.flush()
}
