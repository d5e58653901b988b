//! The floor of a line: the same turns of the same lengths over a pseudo-terminal, without a word
//! of protocol.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::thread::JoinHandle;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::OptionalActions;

use crate::table::Samples;

/// What passes in one direction until the other side has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) by_till: bool,
    pub(crate) bytes: usize,
}

/// Adds a piece to a conversation; pieces in one direction make one turn.
pub(crate) fn record(turns: &mut Vec<Turn>, by_till: bool, bytes: usize) {
    match turns.last_mut() {
        Some(last) if last.by_till == by_till => last.bytes += bytes,
        _ => turns.push(Turn { by_till, bytes }),
    }
}

/// A pseudo-terminal with somebody at the other end who takes its turns in such conversations.
pub(crate) struct Line {
    till: Option<File>,
    other: Option<JoinHandle<()>>,
    turns: Vec<Turn>,
}

impl Line {
    pub(crate) fn new(turns: Vec<Turn>) -> Self {
        let (till, terminal) = open();
        let theirs = turns.clone();
        let other =
            std::thread::spawn(move || while converse(&terminal, &theirs, false).is_ok() {});
        Self {
            till: Some(till),
            other: Some(other),
            turns,
        }
    }

    /// Adds so many conversations.
    pub(crate) fn measure(&self, count: u32, into: &mut Samples) {
        for _ in 0..count {
            let begun = Instant::now();
            converse(self.till.as_ref().unwrap(), &self.turns, true).unwrap();
            into.push(begun.elapsed());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // The other end reads an error then.
        self.till = None;
        if let Some(other) = self.other.take() {
            let _ = other.join();
        }
    }
}

fn converse(mut line: &File, turns: &[Turn], is_till: bool) -> std::io::Result<()> {
    for turn in turns {
        let mut bytes = vec![0x55; turn.bytes];
        if turn.by_till == is_till {
            line.write_all(&bytes)?;
        } else {
            line.read_exact(&mut bytes)?;
        }
    }
    Ok(())
}

/// The end of the till, and that of the terminal.
fn open() -> (File, File) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let terminal = rustix::pty::openpt(flags).unwrap();
    rustix::pty::grantpt(&terminal).unwrap();
    rustix::pty::unlockpt(&terminal).unwrap();
    let name = rustix::pty::ptsname(&terminal, Vec::new()).unwrap();
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let till = rustix::fs::open(name, flags, Mode::empty()).unwrap();
    let mut raw = rustix::termios::tcgetattr(&till).unwrap();
    raw.make_raw();
    rustix::termios::tcsetattr(&till, OptionalActions::Now, &raw).unwrap();
    (till.into(), terminal.into())
}
