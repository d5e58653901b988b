//! What must hold at a contactless reader, whatever a target or a line says.

use alloc::vec::Vec;

use super::Broken;
use crate::nfc::pn532::{self, Decoder, Frame};
use crate::nfc::{Command, Reading, Step, Target};

/// No target keeps a reading busy for longer.
const STEPS_MAX: usize = 1100;

/// A target that says anything: the first byte chooses its kind, then each answer comes behind its
/// length; what is missing is a silence. The reading ends, and sends only what it may.
pub fn reading(input: &[u8]) -> Result<(), Broken> {
    let (choice, mut answers) = input.split_first().unwrap_or((&0, &[]));
    let target = match choice & 3 {
        0 => type_a(0x00),
        1 | 2 => type_a(0x20),
        _ => Target::B {
            pupi: [1, 2, 3, 4],
            protocol: [0x00, 0x81, 0xC1],
        },
    };
    let mut reading = Reading::new(&target);
    let mut sent = Vec::new();
    while let Step::Send(command) = reading.poll() {
        sent.push(command);
        if sent.len() > STEPS_MAX {
            return Err(Broken("a reading does not end"));
        }
        let answer = answers
            .split_first()
            .and_then(|(length, rest)| rest.split_at_checked(usize::from(*length)));
        if let Some((answer, rest)) = answer {
            answers = rest;
            reading.handle_answer(answer);
        } else {
            reading.handle_silence();
        }
    }
    if !sent.iter().all(|command| may_be_sent(&command.encode())) {
        return Err(Broken("something else than what may be sent was sent"));
    }
    let found = reading.into_found();
    let asks_for_ndef = |command: &Command| {
        matches!(
            command,
            Command::SelectNdefApplication
                | Command::SelectNdefFile(_)
                | Command::ReadNdefFile { .. }
                | Command::ReadPages { .. }
        )
    };
    match found.pays && sent.iter().any(asks_for_ndef) {
        true => Err(Broken("a payment card was asked for more than its account")),
        false => Ok(()),
    }
}

/// By the bytes alone: the instructions that read a number from a card, 80 A8 and 00 B2, are none of
/// these.
fn may_be_sent(bytes: &[u8]) -> bool {
    match bytes {
        [0x00, 0xA4, 0x04, 0x00, ..]
        | [0x00, 0xA4, 0x00, 0x0C, 0x02, _, _]
        | [0x00, 0xB0, _, _, _]
        | [0x80, 0xCA, 0x9F, 0x24, 0x00]
        | [0x30, _] => true,
        [..] => false,
    }
}

fn type_a(sak: u8) -> Target {
    Target::A {
        uid: [4, 1, 2, 3, 4, 5, 6].to_vec(),
        sak,
    }
}

/// Bytes on the line of a PN532: the first one says how they are cut, which changes nothing. What was
/// read, written and read again is the same.
pub fn frames(input: &[u8]) -> Result<(), Broken> {
    let Some((piece, bytes)) = input.split_first() else {
        return Ok(());
    };
    let whole = read(core::iter::once(bytes));
    if whole != read(bytes.chunks(usize::from(*piece).max(1))) {
        return Err(Broken("cut otherwise, the frames are others"));
    }
    for frame in whole {
        if let Frame::Data(data) = &frame {
            let wire = pn532::encode(data);
            // No data at all reads as an acknowledgement: nobody sends that.
            if !data.is_empty() && read(core::iter::once(&*wire)) != [frame] {
                return Err(Broken("a frame that was written reads otherwise"));
            }
        }
    }
    Ok(())
}

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.handle_input(piece);
        while let Some(frame) = decoder.poll() {
            frames.push(frame);
        }
    }
    frames
}
