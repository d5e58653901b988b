//! Message numbers, tag 1F73 (PA00P015, "Registration" and "MsgSeqId").
//!
//! A till that offers them at registration sends 1F73 = 000000. A terminal that knows them says the
//! same, and from the next command on every message carries a number in its TLV container, answers
//! too: a command the next one, an answer that of its command, a repetition the one it had. So an
//! answer that comes too late cannot be taken for that to a newer command.
//!
//! # Assumptions
//!
//! - Both sides count on from the highest number that either has used: their commands alternate.
//!   Whoever counts each side for itself is understood all the same, because nobody here insists on
//!   the number of a command.
//! - What carries no number is heard as if there were none: rather a message too many than a payment
//!   without its end.

use alloc::vec::Vec;

use crate::wire::bcd::Bcd;
use crate::wire::tlv::{self, Tag};
use crate::wire::{Reader, Writer};
use crate::zvt::apdu::Apdu;
use crate::zvt::{bitmap, explain};

/// The object.
pub(crate) const TAG: Tag = Tag(0x1F73);

/// What is offered and taken.
pub(crate) const OFFER: Bcd<3> = Bcd::from_bytes([0; 3]);

/// A number in a message.
pub(crate) type Number = Bcd<3>;

/// One side's view of the numbers of a conversation.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// The highest one that either side has used; `None` while none are agreed on.
    last: Option<u64>,
}

impl Numbers {
    /// None are agreed on.
    pub(crate) const fn none() -> Self {
        Self { last: None }
    }

    /// Both sides number what they say from the next command on.
    pub(crate) const fn agree(&mut self) {
        self.last = Some(0);
    }

    /// Nobody numbers any more.
    pub(crate) const fn forget(&mut self) {
        self.last = None;
    }

    /// A command with the next number, and that number.
    pub(crate) fn command(&mut self, unit: Vec<u8>) -> (Vec<u8>, Option<Number>) {
        let Some(last) = &mut self.last else {
            return (unit, None);
        };
        *last = if *last >= HIGHEST {
            1
        } else {
            last.saturating_add(1)
        };
        let number = Bcd::from_number(*last);
        (self.answer(unit, number), number)
    }

    /// An answer to the command of that number.
    pub(crate) fn answer(&self, unit: Vec<u8>, to: Option<Number>) -> Vec<u8> {
        match (self.last, to) {
            (Some(_), Some(number)) => with(&unit, number),
            (None, _) | (_, None) => unit,
        }
    }

    /// What was said without its number, and that number.
    pub(crate) fn hear(&mut self, unit: Vec<u8>) -> (Vec<u8>, Option<Number>) {
        let Some(last) = &mut self.last else {
            return (unit, None);
        };
        let found = number_in(&unit);
        if let Some(number) = found.and_then(|number| number.number()) {
            *last = number.max(*last % HIGHEST);
        }
        (without(unit), found)
    }
}

/// The unit with a number: in its container, or in one of its own behind everything else.
fn with(unit: &[u8], number: Number) -> Vec<u8> {
    let Ok(apdu) = Apdu::parse(unit) else {
        return unit.to_vec();
    };
    let mut object = Writer::new();
    tlv::write_object(TAG, number.bytes(), &mut object);
    let mut data = Writer::new();
    match container(apdu) {
        Some(found) => {
            let mut objects = found.objects.to_vec();
            objects.extend_from_slice(object.as_slice());
            data.put(found.before);
            bitmap::write(bitmap::TLV, &objects, &mut data);
            data.put(found.behind);
        }
        None => {
            data.put(apdu.data);
            bitmap::write(bitmap::TLV, object.as_slice(), &mut data);
        }
    }
    Apdu {
        control: apdu.control,
        data: data.as_slice(),
    }
    .encode()
}

fn number_in(unit: &[u8]) -> Option<Number> {
    let apdu = Apdu::parse(unit).ok()?;
    let last = apdu.data.last_chunk::<6>();
    if let Some([0x1F, 0x73, 0x03, number @ ..]) = last {
        return Some(Bcd::from_bytes(*number));
    }
    let objects = tlv::Objects::new(container(apdu)?.objects);
    Reader::new(objects.find(TAG)?)
        .array("message number")
        .ok()
        .map(Bcd::from_bytes)
}

/// A number in a container of its own would look like text in messages that have no bitmaps.
/// Everywhere else it is an object that nobody minds.
fn without(unit: Vec<u8>) -> Vec<u8> {
    let Ok(apdu) = Apdu::parse(&unit) else {
        return unit;
    };
    match alone(apdu.data) {
        0 => unit,
        length => {
            let rest = apdu.data.len().saturating_sub(length);
            Apdu {
                control: apdu.control,
                data: apdu.data.get(..rest).unwrap_or_default(),
            }
            .encode()
        }
    }
}

/// How many bytes at the end are a container with nothing but a number.
pub(crate) const fn alone(data: &[u8]) -> usize {
    match data {
        [.., bitmap::TLV, 0x06, 0x1F, 0x73, 0x03, _, _, _] => 8,
        _ => 0,
    }
}

/// A unit's container, and what stands around it.
struct Container<'a> {
    before: &'a [u8],
    objects: &'a [u8],
    behind: &'a [u8],
}

fn container(apdu: Apdu<'_>) -> Option<Container<'_>> {
    let mut reader = Reader::new(apdu.data);
    let leading = explain::leading_length(apdu).min(reader.remaining());
    reader.take("leading", leading).ok()?;
    loop {
        let start = apdu.data.len().saturating_sub(reader.remaining());
        let field = bitmap::read(&mut reader).ok()?;
        if field.number == bitmap::TLV {
            return Some(Container {
                before: apdu.data.get(..start)?,
                objects: field.data,
                behind: reader.take_rest(),
            });
        }
    }
}

const HIGHEST: u64 = 999_999;

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let bytes = text.split_whitespace();
        bytes
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect()
    }

    /// A unit, and the same with number 42.
    const NUMBERED: [(&str, &str); 10] = [
        ("80 00 00", "80 00 08 06 06 1F 73 03 00 00 42"),
        ("84 83 00", "84 83 08 06 06 1F 73 03 00 00 42"),
        ("80 00 01 0D", "80 00 09 0D 06 06 1F 73 03 00 00 42"),
        (
            "06 01 07 04 00 00 00 00 12 34",
            "06 01 0F 04 00 00 00 00 12 34 06 06 1F 73 03 00 00 42",
        ),
        (
            "06 01 0D 04 00 00 00 00 12 34 06 04 1F 15 01 80",
            "06 01 13 04 00 00 00 00 12 34 06 0A 1F 15 01 80 1F 73 03 00 00 42",
        ),
        (
            "05 01 03 12 34 56",
            "05 01 0B 12 34 56 06 06 1F 73 03 00 00 42",
        ),
        ("04 FF 02 06 06", "04 FF 0A 06 06 06 06 1F 73 03 00 00 42"),
        (
            "04 FF 08 0A 00 06 04 24 02 07 00",
            "04 FF 0E 0A 00 06 0A 24 02 07 00 1F 73 03 00 00 42",
        ),
        (
            "06 D1 03 00 06 02",
            "06 D1 0B 00 06 02 06 06 1F 73 03 00 00 42",
        ),
        ("06 1E 01 6C", "06 1E 09 6C 06 06 1F 73 03 00 00 42"),
    ];

    #[test]
    fn every_kind_of_message_takes_a_number() {
        for (plain, numbered) in NUMBERED {
            let mut numbers = Numbers::none();
            let number = Bcd::from_number(42);
            assert_eq!(numbers.answer(hex(plain), number), hex(plain), "not agreed");
            numbers.agree();
            assert_eq!(numbers.answer(hex(plain), number), hex(numbered), "{plain}");
            let (rest, heard) = numbers.hear(hex(numbered));
            assert_eq!(heard, number, "{plain}");
            let is_alone = alone(&hex(numbered)) > 0;
            assert_eq!(rest, hex(if is_alone { plain } else { numbered }));
            assert_eq!(numbers.command(hex("06 02 00")).1, Bcd::from_number(43));
        }
    }

    #[test]
    fn numbers_go_round() {
        let mut numbers = Numbers::none();
        numbers.agree();
        let next = |numbers: &mut Numbers| numbers.command(hex("06 B0 00")).1.unwrap().number();
        assert_eq!(next(&mut numbers), Some(1));
        numbers.hear(hex("06 0F 08 06 06 1F 73 03 99 99 98"));
        assert_eq!(next(&mut numbers), Some(999_999));
        assert_eq!(next(&mut numbers), Some(1));
        numbers.forget();
        assert_eq!(numbers.command(hex("06 B0 00")), (hex("06 B0 00"), None));
        // One that stands before other objects, of a maker who sorts them.
        numbers.agree();
        let (_, heard) = numbers.hear(hex("04 0F 0D 27 00 06 09 1F 73 03 00 01 00 1F 11 00"));
        assert_eq!(heard, Bcd::from_number(100));
    }
}
