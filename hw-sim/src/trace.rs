//! Conversations as text: what was on a line, masked before it is written, and explained.

use std::fmt::Write as _;

use firmware_protocols::capture::{Entry, Sender};
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::explain;
use firmware_protocols::zvt::serial::{Heard, Tap};

/// Why a text cannot be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReadable(String);

impl std::fmt::Display for NotReadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotReadable {}

/// The units of a recording.
///
/// # Errors
///
/// [`NotReadable`] names the first line that is none.
pub fn read(text: &str) -> Result<Vec<Entry>, NotReadable> {
    let mut entries = Vec::new();
    for (at, line) in (1_usize..).zip(text.lines()) {
        match Entry::parse(line) {
            Ok(entry) => entries.extend(entry),
            Err(error) => return Err(NotReadable(format!("line {at}: {error}"))),
        }
    }
    Ok(entries)
}

/// Explains a recording, or bytes in hexadecimal: units one after the other, or frames of a serial
/// line.
///
/// # Errors
///
/// It is neither.
pub fn decode(text: &str) -> Result<String, NotReadable> {
    let mut out = String::new();
    if let Some(bytes) = hex(text) {
        for unit in units(&bytes)? {
            write_unit(&unit, &mut out);
        }
        return Ok(out);
    }
    for entry in read(text)? {
        let mark = match entry.sender {
            Sender::Till => "till",
            Sender::Terminal => "terminal",
        };
        let seconds = entry.at.0.checked_div(1000).unwrap_or(0);
        let millis = entry.at.0.checked_rem(1000).unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{seconds}.{millis:03} {mark}");
        write_unit(&entry.unit, &mut out);
    }
    Ok(out)
}

fn write_unit(unit: &[u8], out: &mut String) {
    for line in explain::explain(unit) {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {line}");
    }
}

/// Pairs of digits, with or without blanks between them; `None` for anything else.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|it| !it.is_ascii_whitespace())
        .collect();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    let bytes = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    bytes.collect()
}

fn units(bytes: &[u8]) -> Result<Vec<Vec<u8>>, NotReadable> {
    if bytes.starts_with(&FRAME) {
        let mut tap = Tap::new();
        let heard = bytes.iter().filter_map(|byte| tap.take(*byte));
        let mut units = Vec::new();
        for heard in heard {
            match heard {
                Heard::Unit(unit) => units.push(unit),
                Heard::Ack | Heard::Nak => {}
                Heard::Broken => return Err(NotReadable("a frame is broken".to_owned())),
            }
        }
        return match units.is_empty() {
            true => Err(NotReadable("a frame has no end".to_owned())),
            false => Ok(units),
        };
    }
    let mut units = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (_, behind) = Apdu::split(rest).map_err(|error| NotReadable(error.to_string()))?;
        let used = rest.len().saturating_sub(behind.len());
        units.push(rest.get(..used).unwrap_or_default().to_vec());
        rest = behind;
    }
    Ok(units)
}

const FRAME: [u8; 2] = [0x10, 0x02];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_frames_and_recordings_are_explained() {
        let unit = "06 01 07 04 00 00 00 00 10 10";
        let frame = "10 02 06 01 07 04 00 00 00 00 10 10 10 10 10 03 F3 04 06";
        let expected = "  06 01 Authorization, 7 bytes\n    04 amount: 1010\n";
        assert_eq!(decode(unit).as_deref(), Ok(expected));
        assert_eq!(decode(&unit.replace(' ', "")).as_deref(), Ok(expected));
        assert_eq!(decode(frame).as_deref(), Ok(expected));
        let recorded = format!("# a recording\n1.250 > {unit} | whatever\n");
        assert_eq!(decode(&recorded), Ok(format!("1.250 till\n{expected}")));
        let two = decode("80 00 00 06 0F 00").unwrap();
        assert_eq!(two.lines().count(), 2);
        for text in [
            "06 01 07 04",
            "10 02 06 01",
            "10 02 06 02 00 10 03 00 00",
            "hello",
            "",
        ] {
            let decoded = decode(text);
            assert!(decoded.is_err() || text.is_empty(), "{text}: {decoded:?}");
        }
    }
}
