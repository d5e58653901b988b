//! The text form of a recorded conversation, for people and for replay. One line for each unit:
//!
//! ```text
//! # a comment
//! 0.000 > 06 00 06 00 00 00 DE 09 78 | 06 00 Registration, 6 bytes; …
//! 0.012 < 80 00 00 | 80 00 Response, 0 bytes
//! ```
//!
//! Seconds since the start, `>` from the till or `<` from the terminal, bytes, and behind the bar what
//! they say. The time and what is behind the bar may be missing. Nothing is masked here: that is for
//! the protocol, which knows where a card number can be, and has to be done before.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::DecodeError;
use crate::time::{Duration, Instant};

/// Who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The till: `>`.
    Till,
    /// The terminal: `<`.
    Terminal,
}

/// One line.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Since the start of the recording.
    pub at: Instant,
    /// Who sent it.
    pub sender: Sender,
    /// One unit, without what frames it.
    pub unit: Vec<u8>,
    /// What it says.
    pub note: String,
}

/// Bytes need not be masked yet: only their number is printed.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Entry({:?}, {:?}, {} bytes)",
            self.at,
            self.sender,
            self.unit.len()
        )
    }
}

impl Entry {
    /// From a line; `None` where there is nothing in it but a comment.
    pub fn parse(line: &str) -> Result<Option<Self>, DecodeError> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        let (text, note) = line.split_once('|').unwrap_or((line, ""));
        let mark = text.find(['>', '<']).ok_or(invalid("no > and no <"))?;
        let (time, rest) = text.split_at_checked(mark).unwrap_or((text, ""));
        let sender = match rest.starts_with('>') {
            true => Sender::Till,
            false => Sender::Terminal,
        };
        let bytes = rest.trim_start_matches(['>', '<']).split_whitespace();
        let unit: Option<Vec<u8>> = bytes.map(byte).collect();
        Ok(Some(Self {
            at: instant(time.trim()).ok_or(invalid("no time"))?,
            sender,
            unit: unit.ok_or(invalid("no bytes"))?,
            note: String::from(note.trim()),
        }))
    }
}

/// As a line.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Duration::from_millis(self.at.0);
        let mark = match self.sender {
            Sender::Till => '>',
            Sender::Terminal => '<',
        };
        write!(f, "{}.{:03} {mark}", time.as_secs(), time.subsec_millis())?;
        for byte in &self.unit {
            write!(f, " {byte:02X}")?;
        }
        if !self.note.is_empty() {
            write!(f, " | {}", self.note)?;
        }
        Ok(())
    }
}

fn byte(text: &str) -> Option<u8> {
    (text.len() == 2).then(|| u8::from_str_radix(text, 16).ok())?
}

/// `12.345`; nothing at all is the start.
fn instant(text: &str) -> Option<Instant> {
    if text.is_empty() {
        return Some(Instant(0));
    }
    let (seconds, millis) = text.split_once('.')?;
    if millis.len() != 3 {
        return None;
    }
    let seconds: u64 = seconds.parse().ok()?;
    let millis: u64 = millis.parse().ok()?;
    Some(Instant(seconds.checked_mul(1000)?.checked_add(millis)?))
}

const fn invalid(reason: &'static str) -> DecodeError {
    let field = "line of a recording";
    DecodeError::InvalidField { field, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;
    use alloc::format;
    use alloc::string::ToString as _;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let entry = Entry {
            at: Instant(61_007),
            sender: Sender::Terminal,
            unit: [0x80, 0x00, 0x00].to_vec(),
            note: "80 00 Response".to_owned(),
        };
        let line = entry.to_string();
        assert_eq!(line, "61.007 < 80 00 00 | 80 00 Response");
        assert_eq!(Entry::parse(&line), Ok(Some(entry)));
        let bare = Entry::parse("> 06 02 00").unwrap().unwrap();
        assert_eq!((bare.at, bare.sender), (Instant(0), Sender::Till));
        assert_eq!(bare.to_string(), "0.000 > 06 02 00");
        assert!(!format!("{bare:?}").contains("06"));
    }

    #[test]
    fn what_is_no_line_is_named() {
        for text in ["", "   ", "# 06 02 00"] {
            assert_eq!(Entry::parse(text), Ok(None));
        }
        for text in [
            "06 02 00",
            "x > 06",
            "1.5 > 06",
            "1.500 > 6",
            "1.500 > 0602",
            "> zz",
        ] {
            assert!(Entry::parse(text).is_err(), "{text}");
        }
    }
}
