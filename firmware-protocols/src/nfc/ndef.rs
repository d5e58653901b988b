//! NFC Data Exchange Format: records of text and addresses. Other records are passed over.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::wire::Reader;

/// One record that means something to us. It may name a person, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Record {
    /// Text (RTD Text 1.0).
    Text(String),
    /// An address (RTD URI 1.0), whole.
    Uri(String),
}

impl Record {
    /// What it says.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Uri(text) => text,
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Uri(uri) => write!(f, "Uri({} bytes)", uri.len()),
        }
    }
}

const MESSAGE_END: u8 = 0x40;
const CHUNK: u8 = 0x20;
const SHORT: u8 = 0x10;
const HAS_ID: u8 = 0x08;
const FORMAT: u8 = 0x07;
const WELL_KNOWN: u8 = 0x01;

/// Reads a message. What comes before a broken record is kept.
#[must_use]
pub fn decode(message: &[u8]) -> Vec<Record> {
    let mut reader = Reader::new(message);
    let mut records = Vec::new();
    while !reader.is_empty() {
        let Ok((is_last, record)) = read_record(&mut reader) else {
            break;
        };
        records.extend(record);
        if is_last {
            break;
        }
    }
    records
}

fn read_record(reader: &mut Reader<'_>) -> Result<(bool, Option<Record>), DecodeError> {
    let header = reader.u8("NDEF header")?;
    let kind_length = usize::from(reader.u8("NDEF type length")?);
    let payload_length = if header & SHORT != 0 {
        usize::from(reader.u8("NDEF payload length")?)
    } else {
        let length = u32::from_be_bytes(reader.array("NDEF payload length")?);
        usize::try_from(length).unwrap_or(usize::MAX)
    };
    let id_length = if header & HAS_ID != 0 {
        usize::from(reader.u8("NDEF id length")?)
    } else {
        0
    };
    let kind = reader.take("NDEF type", kind_length)?;
    reader.take("NDEF id", id_length)?;
    let payload = reader.take("NDEF payload", payload_length)?;
    let is_ours = header & FORMAT == WELL_KNOWN && header & CHUNK == 0;
    let record = match kind {
        b"T" if is_ours => text(payload),
        b"U" if is_ours => uri(payload),
        _ => None,
    };
    Ok((header & MESSAGE_END != 0, record))
}

/// Status byte: bit 8 says UTF-16, the low six bits give the length of the language (RTD Text, 3.2.1).
fn text(payload: &[u8]) -> Option<Record> {
    let (status, rest) = payload.split_first()?;
    let (_, text) = rest.split_at_checked(usize::from(status & 0x3F))?;
    let text = if status & 0x80 == 0 {
        String::from_utf8(text.to_vec()).ok()?
    } else {
        let (units, []) = text.as_chunks::<2>() else {
            return None;
        };
        // A mark of the byte order may stand in front; without one it is big-endian.
        match units.split_first() {
            Some(([0xFF, 0xFE], units)) => utf16(units, u16::from_le_bytes)?,
            Some(([0xFE, 0xFF], units)) => utf16(units, u16::from_be_bytes)?,
            Some(_) | None => utf16(units, u16::from_be_bytes)?,
        }
    };
    Some(Record::Text(text))
}

fn utf16(units: &[[u8; 2]], read: fn([u8; 2]) -> u16) -> Option<String> {
    let units: Vec<u16> = units.iter().map(|unit| read(*unit)).collect();
    String::from_utf16(&units).ok()
}

/// The first byte stands for how the address begins (RTD URI, 3.2.2).
fn uri(payload: &[u8]) -> Option<Record> {
    let (code, rest) = payload.split_first()?;
    let prefix = PREFIXES
        .get(usize::from(*code))
        .copied()
        .unwrap_or_default();
    let mut uri = String::from(prefix);
    uri.push_str(core::str::from_utf8(rest).ok()?);
    Some(Record::Uri(uri))
}

const PREFIXES: [&str; 36] = [
    "",
    "http://www.",
    "https://www.",
    "http://",
    "https://",
    "tel:",
    "mailto:",
    "ftp://anonymous:anonymous@",
    "ftp://ftp.",
    "ftps://",
    "sftp://",
    "smb://",
    "nfs://",
    "ftp://",
    "dav://",
    "news:",
    "telnet://",
    "imap:",
    "rtsp://",
    "urn:",
    "pop:",
    "sip:",
    "sips:",
    "tftp:",
    "btspp://",
    "btl2cap://",
    "btgoep://",
    "tcpobex://",
    "irdaobex://",
    "file://",
    "urn:epc:id:",
    "urn:epc:tag:",
    "urn:epc:pat:",
    "urn:epc:raw:",
    "urn:epc:",
    "urn:nfc:",
];
