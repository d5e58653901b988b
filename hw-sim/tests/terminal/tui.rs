//! The terminal window: the real program on a real pseudo-terminal, and a real till that is paid.

use std::io::Write as _;
use std::process::{Child, Command};

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use super::*;

const WIDTH: usize = 80;
const HEIGHT: usize = 24;

/// A window with the program in it.
struct Window {
    program: Child,
    master: OwnedFd,
    slave: OwnedFd,
    before: Termios,
    /// All that was written to it.
    written: Vec<u8>,
}

impl Window {
    fn open(control: SocketAddr) -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master = rustix::pty::openpt(flags).unwrap();
        rustix::pty::grantpt(&master).unwrap();
        rustix::pty::unlockpt(&master).unwrap();
        let name = rustix::pty::ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(name, flags, Mode::empty()).unwrap();
        let size = Winsize {
            ws_row: u16::try_from(HEIGHT).unwrap(),
            ws_col: u16::try_from(WIDTH).unwrap(),
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).unwrap();
        let before = tcgetattr(&slave).unwrap();
        // The window is its own, not that of whoever runs the tests.
        let program = Command::new("setsid")
            .arg("--ctty")
            .arg(env!("CARGO_BIN_EXE_hw-sim"))
            .args(["tui", "--control", &control.to_string()])
            .stdin(slave.try_clone().unwrap())
            .stdout(slave.try_clone().unwrap())
            .stderr(slave.try_clone().unwrap())
            .spawn()
            .unwrap();
        Self {
            program,
            master,
            slave,
            before,
            written: Vec::new(),
        }
    }

    /// Waits until this is on the screen.
    fn until(&mut self, part: &str) {
        while !screen(&self.written).contains(part) {
            assert!(self.read(), "{part}: {}", screen(&self.written));
        }
    }

    /// Takes what was written; false when nothing comes.
    fn read(&mut self) -> bool {
        let wait = Timespec::try_from(Duration::from_secs(30)).unwrap();
        let mut ready = [PollFd::new(&self.master, PollFlags::IN)];
        if poll(&mut ready, Some(&wait)).unwrap() == 0 {
            return false;
        }
        let mut buffer = [0; 4096];
        let count = rustix::io::read(&self.master, &mut buffer).unwrap();
        self.written.extend_from_slice(&buffer[..count]);
        count > 0
    }

    fn press(&self, keys: &[u8]) {
        assert_eq!(rustix::io::write(&self.master, keys), Ok(keys.len()));
    }

    /// Waits for the end, after which the window is as it was.
    fn assert_restored(mut self) {
        let left = b"\x1b[?1049l";
        while !self.written.windows(left.len()).any(|it| it == left) {
            assert!(self.read(), "the other screen was never left");
        }
        let status = self.program.wait().unwrap();
        assert!(status.success(), "{status}");
        let after = tcgetattr(&self.slave).unwrap();
        assert_eq!(after.local_modes, self.before.local_modes);
        assert_eq!(after.input_modes, self.before.input_modes);
        assert_eq!(after.output_modes, self.before.output_modes);
        assert_eq!(after.control_modes, self.before.control_modes);
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // It has ended, but for where the test has failed.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What stands on the screen after all this: letters and movements of the cursor; colours are passed over.
fn screen(written: &[u8]) -> String {
    let mut cells = vec![vec![' '; WIDTH]; HEIGHT];
    let (mut row, mut column) = (0, 0);
    let text = String::from_utf8_lossy(written);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' if letters.next() == Some('[') => {
                let mut numbers = String::new();
                let end = letters.by_ref().find(|it| {
                    numbers.push(*it);
                    it.is_ascii_alphabetic()
                });
                numbers.pop();
                let mut numbers = numbers.split(';').map(|it| it.parse().unwrap_or(1));
                match end {
                    Some('H') => {
                        row = numbers.next().unwrap_or(1_usize).saturating_sub(1);
                        column = numbers.next().unwrap_or(1).saturating_sub(1);
                    }
                    Some('J') => cells = vec![vec![' '; WIDTH]; HEIGHT],
                    _ => {}
                }
            }
            '\r' => column = 0,
            '\n' => row = row.saturating_add(1),
            letter if row < HEIGHT && column < WIDTH => {
                cells[row][column] = letter;
                column = column.saturating_add(1);
            }
            _ => {}
        }
    }
    let lines = cells.into_iter().map(String::from_iter);
    lines.collect::<Vec<_>>().join("\n")
}

/// Gives a window of its own to a program; part of util-linux.
fn has_setsid(test: &str) -> bool {
    let found = Command::new("setsid").arg("--version").output().is_ok();
    if !found {
        let mut out = std::io::stderr();
        let _ = writeln!(out, "SKIPPED hw-sim tui::{test}: setsid is not installed");
    }
    found
}

#[tokio::test]
async fn a_payment_is_taken_by_keys_and_the_window_is_given_back() {
    if !has_setsid("a_payment_is_taken_by_keys_and_the_window_is_given_back") {
        return;
    }
    let mut setup = setup(port());
    setup.terminal.hold = true;
    let running = serve::terminal::start(setup).await.unwrap();
    let (addr, control) = (running.tcp.unwrap(), running.control.unwrap());
    let till = tokio::task::spawn_blocking(move || Till::tcp(addr).sale(1_234));
    let window = at_till(move || {
        let mut window = Window::open(control);
        window.until("Present a card: t, i or s.");
        window.until("12.34 NOK");
        window.press(b"t");
        window.until("sale 12.34 NOK: approved");
        window
    });
    let window = window.await;
    let ending = till.await.unwrap();
    assert!(is_approved(&ending), "{ending:?}");
    at_till(move || {
        window.press(b"q");
        window.assert_restored();
    })
    .await;
}

#[tokio::test]
async fn an_interruption_gives_the_window_back() {
    if !has_setsid("an_interruption_gives_the_window_back") {
        return;
    }
    let running = serve::terminal::start(setup(port())).await.unwrap();
    let control = running.control.unwrap();
    at_till(move || {
        let mut by_key = Window::open(control);
        by_key.until("ready");
        by_key.press(b"\x03");
        by_key.assert_restored();
        let mut by_signal = Window::open(control);
        by_signal.until("ready");
        let program = rustix::process::Pid::from_child(&by_signal.program);
        rustix::process::kill_process(program, rustix::process::Signal::TERM).unwrap();
        by_signal.assert_restored();
    })
    .await;
}

#[test]
fn without_a_window_there_is_no_terminal_to_stand_at() {
    let refused = Command::new(env!("CARGO_BIN_EXE_hw-sim"))
        .arg("tui")
        .output();
    let refused = refused.unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("terminal window"),
        "{said}"
    );
}
