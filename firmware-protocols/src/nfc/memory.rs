//! Where tags of type 2 and type 4 keep their NDEF message.

use super::command::FileId;
use crate::error::DecodeError;
use crate::wire::Reader;

/// First byte of the capability container of a type 2 tag (Type 2 Tag 1.1, 6.1).
const TYPE_2_MAGIC: u8 = 0xE1;

/// So many bytes of a tag are read at most: a pickup slip holds a line, not a book.
pub const MESSAGE_MAX: usize = 1024;

/// What the first pages of a type 2 tag say of where its message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// All of it is here.
    Whole(&'a [u8]),
    /// It ends behind what was read; so many bytes from the data area's beginning are needed.
    Longer(usize),
    /// There is none.
    None,
}

/// Length of the data area of a type 2 tag, by its capability container (page 3); `None` when the tag
/// is not one for NDEF.
#[must_use]
pub fn data_area(container: [u8; 4]) -> Option<usize> {
    let [magic, version, size, _] = container;
    let is_version_1 = version >> 4 == 1;
    (magic == TYPE_2_MAGIC && is_version_1).then(|| usize::from(size).saturating_mul(8))
}

/// Looks for the message in the data area, or in as much of it as was read (Type 2 Tag 1.1, 2.3).
#[must_use]
pub fn find(area: &[u8]) -> Message<'_> {
    const NULL: u8 = 0x00;
    const NDEF: u8 = 0x03;
    const TERMINATOR: u8 = 0xFE;
    let mut reader = Reader::new(area);
    let needs = |more: usize, reader: &Reader<'_>| {
        let read = area.len().saturating_sub(reader.remaining());
        Message::Longer(read.saturating_add(more))
    };
    loop {
        match reader.u8("tag") {
            Ok(NULL) => {}
            Ok(TERMINATOR) => return Message::None,
            Err(_) => return needs(1, &reader),
            Ok(tag) => {
                let Ok(length) = read_length(&mut reader) else {
                    // A length takes three bytes at most.
                    return needs(3, &reader);
                };
                match reader.take("value", length) {
                    Ok(message) if tag == NDEF => return Message::Whole(message),
                    Ok(_) => {}
                    Err(_) => return needs(length, &reader),
                }
            }
        }
    }
}

fn read_length(reader: &mut Reader<'_>) -> Result<usize, DecodeError> {
    let start = *reader;
    let length = match reader.u8("length") {
        Ok(0xFF) => reader
            .array("length")
            .map(|long| usize::from(u16::from_be_bytes(long))),
        short => short.map(usize::from),
    };
    if length.is_err() {
        *reader = start;
    }
    length
}

/// What the capability file of a type 4 tag says (Type 4 Tag 2.0, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// So many bytes may be asked for at once.
    pub read_max: u8,
    /// The file that holds the message.
    pub file: FileId,
}

impl Capabilities {
    /// Length of what is read of the file.
    pub const LENGTH: u8 = 15;

    /// Reads the file.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let invalid = |field, reason| DecodeError::InvalidField { field, reason };
        let mut reader = Reader::new(bytes);
        reader.take("CCLEN and mapping version", 3)?;
        let read_max = u16::from_be_bytes(reader.array("MLe")?);
        reader.take("MLc", 2)?;
        if reader.array("NDEF file control")? != [0x04, 0x06] {
            return Err(invalid("NDEF file control", "is not there"));
        }
        let file = FileId::new(u16::from_be_bytes(reader.array("NDEF file")?));
        reader.take("size", 2)?;
        if reader.u8("read access")? != 0 {
            return Err(invalid("read access", "is not granted"));
        }
        Ok(Self {
            // Longer answers need frames that not every reader has.
            read_max: u8::try_from(read_max).unwrap_or(u8::MAX).clamp(1, 0xF0),
            file: file.ok_or_else(|| invalid("NDEF file", "is a reserved number"))?,
        })
    }
}
