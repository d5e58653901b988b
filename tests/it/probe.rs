//! `posd terminal probe`: what it finds, and what it says when it finds nothing. Every peer is real: a
//! pseudo-terminal or a socket with somebody behind it who behaves as the case says.

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use firmware_protocols::time::Instant;
use firmware_protocols::zvt::message::Completion;
use firmware_protocols::zvt::terminal_side::{Event, Output};
use firmware_protocols::zvt::{Framing, TerminalSide, Timers};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;

use crate::store::{Line, Simulator};

/// What it prints on both streams, and whether it succeeds.
fn probe(place: &str) -> (String, bool) {
    run(Command::new(env!("CARGO_BIN_EXE_posd")), place)
}

fn run(mut posd: Command, place: &str) -> (String, bool) {
    let output = posd.args(["terminal", "probe", place]).output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    (out + &err, output.status.success())
}

/// A line with somebody at its other end.
struct Port {
    master: OwnedFd,
    slave: OwnedFd,
    device: PathBuf,
}

impl Port {
    fn open() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = rustix::pty::openpt(flags).unwrap();
        rustix::pty::grantpt(&master).unwrap();
        rustix::pty::unlockpt(&master).unwrap();
        let name = rustix::pty::ptsname(&master, Vec::new()).unwrap();
        let device = PathBuf::from(name.to_str().unwrap());
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(&device, flags, Mode::empty()).unwrap();
        let mut raw = rustix::termios::tcgetattr(&slave).unwrap();
        raw.make_raw();
        rustix::termios::tcsetattr(&slave, OptionalActions::Now, &raw).unwrap();
        Self {
            master,
            slave,
            device,
        }
    }

    fn path(&self) -> &str {
        self.device.to_str().unwrap()
    }

    fn speed(&self) -> u32 {
        rustix::termios::tcgetattr(&self.slave)
            .unwrap()
            .output_speed()
    }

    /// Answers whatever comes, until the test is over.
    fn answer(self, mut answer: impl FnMut(&Self, &[u8]) -> Vec<u8> + Send + 'static) {
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(count @ 1..) = rustix::io::read(&self.master, &mut buffer) {
                let bytes = answer(&self, &buffer[..count]);
                let _ = rustix::io::write(&self.master, &bytes);
            }
        });
    }
}

/// A terminal that ends every command with 06 0F.
struct Willing(TerminalSide);

impl Willing {
    fn hear(&mut self, bytes: &[u8]) -> Vec<u8> {
        let now = Instant(0);
        self.0.handle_input(bytes, now);
        let mut sent = Vec::new();
        loop {
            match self.0.poll() {
                Output::Send(bytes) => sent.extend(bytes),
                Output::Event(Event::Command(_)) => {
                    self.0.accept(now).unwrap();
                    self.0.send_completion(Completion::default(), now).unwrap();
                }
                Output::Event(_) | Output::Close => {}
                Output::Wait(_) => return sent,
            }
        }
    }
}

#[test]
fn a_terminal_says_what_it_is_and_no_money_moves() {
    for line in [Line::Serial, Line::Tcp] {
        let directory = tempfile::tempdir().unwrap();
        let processor = Simulator::processor();
        let terminal = Simulator::terminal(line, directory.path(), &processor, &[]);
        let (told, is_good) = probe(&terminal.place());
        assert!(is_good, "{told}");
        for part in [
            "a ZVT terminal",
            "68001234",
            "00 ready",
            "TLV objects   yes",
            "\"hw-sim\"",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(told.contains("9600 baud"), line == Line::Serial, "{told}");
        let state = terminal.get("/state");
        assert_eq!(state["presentations"], 0);
        assert_eq!(state["transactions"].as_array().unwrap().len(), 0);
        // One that needs something says what.
        let post = serde_json::json!({"text": "start lock 51"});
        terminal.post("/scenario", post);
        let (told, _) = probe(&terminal.place());
        assert!(told.contains("51 needs initialisation"), "{told}");
    }
}

#[test]
fn the_wrong_speed_is_told_with_the_right_one() {
    let port = Port::open();
    let place = port.path().to_owned();
    let mut terminal = Willing(TerminalSide::new(Framing::Serial, Timers::default()));
    port.answer(move |port, bytes| match port.speed() {
        57_600 => terminal.hear(bytes),
        // What a frame looks like at another speed.
        _ => vec![0xF8, 0x00, 0xE0, 0x1C],
    });
    let (told, is_good) = probe(&place);
    assert!(!is_good, "{told}");
    assert!(told.contains("a ZVT terminal"), "{told}");
    assert!(told.contains("set to 57600 baud, not to 9600"), "{told}");
    assert!(told.contains("`baud = 57600`"), "{told}");
}

#[test]
fn what_does_not_answer_is_told_from_what_is_no_terminal() {
    let silent = Port::open();
    let modem = Port::open();
    let modem_place = modem.path().to_owned();
    modem.answer(|_, _| b"\r\nERROR\r\n".to_vec());
    std::thread::scope(|scope| {
        let modem = scope.spawn(|| probe(&modem_place));
        let (told, is_good) = probe(silent.path());
        assert!(
            !is_good && told.contains("no answer; is the terminal on"),
            "{told}"
        );
        let (told, is_good) = modem.join().unwrap();
        assert!(!is_good && told.contains("not a ZVT terminal"), "{told}");
    });
}

#[test]
fn on_the_network_each_trouble_has_its_sentence() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        // A web server, one that hangs up, and one that says nothing until it is left.
        let (mut web, _) = listener.accept().unwrap();
        let _ = web.read(&mut [0; 100]);
        web.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let rest = web.read(&mut [0; 100]);
        drop(rest);
        drop(listener.accept().unwrap());
        let (mut silent, _) = listener.accept().unwrap();
        while silent.read(&mut [0; 100]).is_ok_and(|count| count > 0) {}
    });
    for expected in [
        "not a ZVT terminal",
        "it hangs up",
        "no answer; is the terminal on",
    ] {
        let (told, is_good) = probe(&place);
        assert!(!is_good && told.contains(expected), "{expected}: {told}");
        assert!(told.contains(&place), "{told}");
    }
    server.join().unwrap();
    let (told, is_good) = probe(&place);
    assert!(!is_good && told.contains("nothing listens there"), "{told}");
}

#[test]
fn a_port_in_use_is_told_with_who_uses_it() {
    let port = Port::open();
    let held = serialport::new(port.path(), 9600).open_native().unwrap();
    let (told, is_good) = probe(port.path());
    drop(held);
    assert!(!is_good && told.contains("it is in use by"), "{told}");
    let us = format!("(process {})", std::process::id());
    assert!(told.contains(&us), "{told}");
}

/// The superuser may open everything: then somebody else asks.
#[test]
fn without_permission_it_says_what_to_do() {
    let port = Port::open();
    std::fs::set_permissions(&port.device, Permissions::from_mode(0o000)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    let program = directory.path().join("posd");
    std::fs::copy(env!("CARGO_BIN_EXE_posd"), &program).unwrap();
    let (told, is_good) = run(as_nobody(&program), port.path());
    assert!(!is_good && told.contains("no permission"), "{told}");
    assert!(told.contains("mode 0000: let udev give it"), "{told}");
    // dialout, on Debian.
    let given = std::os::unix::fs::chown(&port.device, None, Some(20));
    if given.is_ok() {
        std::fs::set_permissions(&port.device, Permissions::from_mode(0o660)).unwrap();
        let (told, _) = run(as_nobody(&program), port.path());
        assert!(told.contains("usermod -aG"), "{told}");
    }
}

fn as_nobody(program: &Path) -> Command {
    let mut command = Command::new(program);
    if rustix::process::geteuid().is_root() {
        command.uid(65_534).gid(65_534);
    }
    command
}

#[test]
fn what_is_no_port_is_named() {
    let (told, _) = probe("/nowhere/ttyUSB7");
    assert!(
        told.contains("/nowhere/ttyUSB7: there is no such device"),
        "{told}"
    );
    let (told, _) = probe("/etc/hostname");
    assert!(
        told.contains("/etc/hostname: that is no serial port"),
        "{told}"
    );
}

/// A password of the terminal's own is in a file, which not everybody may read.
#[test]
fn a_terminals_own_password_is_no_argument() {
    let directory = tempfile::tempdir().unwrap();
    let processor = Simulator::processor();
    let terminal = Simulator::terminal(Line::Serial, directory.path(), &processor, &[]);
    let line = terminal.line();
    let place = line.split('"').nth(1).unwrap();
    let file = directory.path().join("password");
    let with = |option: &str, value: &str| {
        let mut posd = Command::new(env!("CARGO_BIN_EXE_posd"));
        posd.args(["terminal", "probe", place, option, value]);
        let output = posd.output().unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
        (out + &err, output.status.success())
    };
    let (told, done) = with("--password", "482913");
    assert!(
        !done && told.contains("name that by --password-file"),
        "{told}"
    );
    std::fs::write(&file, "482913\n").unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let (told, done) = with("--password-file", file.to_str().unwrap());
    assert!(!done && told.contains("everybody can read it"), "{told}");
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let (told, done) = with("--password-file", file.to_str().unwrap());
    assert!(done, "{told}");
}
