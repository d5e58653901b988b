//! Frames of a PN532 on a serial line (NXP UM0701-02, 6.2.1).
//!
//! `00 00 FF LEN LCS TFI data DCS 00`, with LEN + LCS = 0 and TFI + data + DCS = 0 (mod 256); above
//! 255 bytes `00 00 FF FF FF LENm LENl LCS …`. An ACK is `00 00 FF 00 FF 00`, a NACK `00 00 FF FF 00 00`,
//! a syntax error `00 00 FF 01 FF 7F 81 00`.

use alloc::vec::Vec;

use crate::error::DecodeError;
use crate::wire::{Reader, Writer};

/// Frame identifier of what goes to the chip.
pub const TO_CHIP: u8 = 0xD4;

/// Frame identifier of what comes from it.
pub const FROM_CHIP: u8 = 0xD5;

/// Longest data of a frame, with its identifier (UM0701-02, 6.2.1.2).
const DATA_MAX: usize = 265;

/// "The frame was understood."
pub const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];

/// "Once more, please."
pub const NACK: [u8; 6] = [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00];

/// "The command is not one, or not in order."
pub const SYNTAX_ERROR: [u8; 8] = [0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00];

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// [`ACK`]; to a chip that is at work it means "stop".
    Ack,
    /// [`NACK`].
    Nack,
    /// Identifier and data.
    Data(Vec<u8>),
    /// Something that begins like a frame and is none: a check sum is wrong.
    Broken,
}

/// Writes a frame around `data`, which begins with its identifier. What no frame can hold is cut off.
#[must_use]
pub fn encode(data: &[u8]) -> Vec<u8> {
    let data = data.get(..DATA_MAX).unwrap_or(data);
    let mut writer = Writer::new();
    writer.put(&START);
    match u8::try_from(data.len()) {
        Ok(length) => writer.put(&[length, length.wrapping_neg()]),
        Err(_) => {
            let [high, low] = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
            let check = high.wrapping_add(low).wrapping_neg();
            writer.put(&[0xFF, 0xFF, high, low, check]);
        }
    }
    writer.put(data);
    writer.put(&[sum(data).wrapping_neg(), 0x00]);
    writer.into_bytes()
}

/// Takes frames out of a stream. Whatever stands between them, such as the wake-up preamble, is
/// passed over.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
}

impl Decoder {
    /// Bytes from the line, split anywhere.
    pub fn handle_input(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, if it is whole.
    pub fn poll(&mut self) -> Option<Frame> {
        let start = self
            .bytes
            .windows(START.len())
            .position(|window| window == START);
        let Some(start) = start else {
            // The last bytes may be the beginning of a beginning.
            let keep = self.bytes.len().min(START.len().saturating_sub(1));
            self.bytes.drain(..self.bytes.len().saturating_sub(keep));
            return None;
        };
        self.bytes.drain(..start);
        let mut reader = Reader::new(&self.bytes);
        let frame = match read_frame(&mut reader) {
            Ok(frame) => frame,
            Err(DecodeError::Truncated { .. }) => return None,
            Err(_) => {
                // What follows may be a frame again.
                self.bytes.drain(..START.len());
                return Some(Frame::Broken);
            }
        };
        let used = self.bytes.len().saturating_sub(reader.remaining());
        self.bytes.drain(..used);
        Some(frame)
    }
}

/// Preamble and start code.
const START: [u8; 3] = [0x00, 0x00, 0xFF];

fn read_frame(reader: &mut Reader<'_>) -> Result<Frame, DecodeError> {
    let wrong = |field| DecodeError::InvalidField {
        field,
        reason: "check sum does not fit",
    };
    reader.take("start", START.len())?;
    let length = match reader.array("length")? {
        [0x00, 0xFF] => return Ok(Frame::Ack),
        [0xFF, 0x00] => return Ok(Frame::Nack),
        [0xFF, 0xFF] => {
            let [high, low, check] = reader.array("length")?;
            if sum(&[high, low, check]) != 0 {
                return Err(wrong("length"));
            }
            usize::from(u16::from_be_bytes([high, low]))
        }
        [length, check] if sum(&[length, check]) == 0 => usize::from(length),
        [_, _] => return Err(wrong("length")),
    };
    if length > DATA_MAX {
        return Err(wrong("length"));
    }
    let data = reader.take("data", length)?;
    let check = reader.u8("check")?;
    if sum(data).wrapping_add(check) != 0 {
        return Err(wrong("data"));
    }
    Ok(Frame::Data(data.to_vec()))
}

fn sum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}
