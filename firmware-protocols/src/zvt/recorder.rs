//! Listens to a line and writes down what passes, as [`crate::capture`] has it: masked before it is text.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::capture::{Entry, Sender};
use crate::time::Instant;
use crate::zvt::Framing;
use crate::zvt::explain;
use crate::zvt::serial::{Heard, Tap};
use crate::zvt::tcp;

/// Listens to both directions of a line and writes down what passes, masked.
#[derive(Debug)]
pub struct Recorder {
    framing: Framing,
    till: Ear,
    terminal: Ear,
}

/// One direction.
#[derive(Debug)]
struct Ear {
    tap: Tap,
    /// Over TCP: what is not a whole unit yet.
    buffer: Vec<u8>,
}

impl Recorder {
    /// A recorder that has heard nothing yet.
    #[must_use]
    pub const fn new(framing: Framing) -> Self {
        Self {
            framing,
            till: Ear::new(),
            terminal: Ear::new(),
        }
    }

    /// Bytes pass. Gives the lines that they complete; what is not a unit becomes a comment.
    pub fn hear(&mut self, sender: Sender, bytes: &[u8], now: Instant) -> Vec<String> {
        let ear = match sender {
            Sender::Till => &mut self.till,
            Sender::Terminal => &mut self.terminal,
        };
        match self.framing {
            Framing::Serial => {
                let heard = bytes.iter().filter_map(|byte| ear.tap.take(*byte));
                heard
                    .filter_map(|heard| heard_line(heard, sender, now))
                    .collect()
            }
            Framing::Tcp => {
                ear.buffer.extend_from_slice(bytes);
                let units = core::iter::from_fn(|| tcp::take_unit(&mut ear.buffer));
                units.map(|unit| line(&unit, sender, now)).collect()
            }
        }
    }

    /// The connection is another one: what was half heard is forgotten.
    pub fn restart(&mut self) {
        *self = Self::new(self.framing);
    }
}

impl Ear {
    const fn new() -> Self {
        Self {
            tap: Tap::new(),
            buffer: Vec::new(),
        }
    }
}

fn heard_line(heard: Heard, sender: Sender, now: Instant) -> Option<String> {
    let who = match sender {
        Sender::Till => "till",
        Sender::Terminal => "terminal",
    };
    match heard {
        Heard::Unit(unit) => Some(line(&unit, sender, now)),
        // Every frame has one: they would be half of the file.
        Heard::Ack => None,
        Heard::Nak => Some(alloc::format!("# the {who} says NAK")),
        Heard::Broken => Some(alloc::format!("# a broken frame of the {who}")),
    }
}

fn line(unit: &[u8], sender: Sender, now: Instant) -> String {
    let unit = explain::mask(unit);
    let note = explain::summary(&unit);
    let entry = Entry {
        at: now,
        sender,
        unit,
        note,
    };
    entry.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zvt::serial;

    #[test]
    fn a_recorder_masks_and_splits() {
        let result = [
            0x04, 0x0F, 0x0D, 0x27, 0x00, 0x22, 0xF0, 0xF8, 0x47, 0x11, 0x12, 0x34, 0x56, 0x78,
            0x11, 0x12,
        ];
        let at = Instant(1_500);
        let expected = "1.500 < 04 0F 0D 27 00 22 F0 F8 47 11 12 EE EE EE 11 12 | \
                        04 0F Status-Information, 13 bytes; 27 result code: 00; \
                        22 card number: 471112******1112";
        let frame = serial::encode_frame(&result);
        for (framing, bytes) in [(Framing::Tcp, result.to_vec()), (Framing::Serial, frame)] {
            let mut recorder = Recorder::new(framing);
            let mut lines = Vec::new();
            for byte in &bytes {
                lines.extend(recorder.hear(Sender::Terminal, &[*byte], at));
            }
            assert_eq!(lines, [expected]);
        }
        let mut recorder = Recorder::new(Framing::Serial);
        let lines = recorder.hear(
            Sender::Till,
            &[0x06, 0x15, 0x10, 0x02, 0x06, 0x10, 0x05],
            at,
        );
        assert_eq!(
            lines,
            ["# the till says NAK", "# a broken frame of the till"]
        );
    }
}
