//! A unit field by field, for people, and a unit that may be written down: what could be card data,
//! a secret or a password is neither shown nor kept.
//!
//! Both are one walk over the unit. It is a whitelist: only what the tables know to be harmless is
//! shown; an unknown object is told by its tag and length.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::wire::Reader;
use crate::wire::bcd;
use crate::wire::tlv;
use crate::zvt::apdu::Apdu;
use crate::zvt::bitmap;
use crate::zvt::message::{
    self, Abort, CardTotals, ChangePassword, Completion, IntermediateStatus, PrintLine,
    PrintTurnoverReceipts, ReadCard, Registration, Response, SelectLanguage, StatusEnquiry,
};
use crate::zvt::tag;
use crate::zvt::text::{self, Charset, Text};

/// What may be shown of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Packed digits as they are.
    Digits,
    /// Packed digits as a number.
    Number,
    /// Bytes in hexadecimal, if they are few.
    Code,
    /// Identifier of a card application: five to sixteen bytes that begin with a letter nibble.
    Application,
    /// Text, with what could be card numbers masked.
    Text,
    /// A packed card number: its first six and last four digits.
    Pan,
    /// Nothing but how long it is.
    Hidden,
    /// Totals by card group: their number, and their sum.
    Totals,
    /// More objects.
    Nested,
}

/// The unit, a line for each field.
#[must_use]
pub fn explain(unit: &[u8]) -> Vec<String> {
    let Ok(apdu) = Apdu::parse(unit) else {
        return Vec::from([format!("no unit: {} bytes", unit.len())]);
    };
    let [class, instruction] = apdu.control.to_be_bytes();
    let name = message::name(apdu.control).unwrap_or("unknown message");
    let length = apdu.data.len();
    let mut lines = Vec::from([format!(
        "{class:02X} {instruction:02X} {name}, {length} bytes"
    )]);
    let data_at = unit.len().saturating_sub(length);
    walk(apdu, data_at, &mut |part| lines.push(part.line()));
    lines
}

/// The unit in one line.
#[must_use]
pub fn summary(unit: &[u8]) -> String {
    let lines = explain(unit);
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join("; ")
}

/// The unit as it may be written down: as long as it was, and what must not be kept is blotted out.
/// Card numbers keep their first six and last four digits, texts have card numbers starred, all else
/// that the tables do not know to be harmless is zeros.
#[must_use]
pub fn mask(unit: &[u8]) -> Vec<u8> {
    let Ok(apdu) = Apdu::parse(unit) else {
        return unit.iter().map(|_| 0).collect();
    };
    let data_at = unit.len().saturating_sub(apdu.data.len());
    let mut masked = unit.to_vec();
    walk(apdu, data_at, &mut |part| {
        if let Some(range) = masked.get_mut(part.at..part.at.saturating_add(part.data.len())) {
            part.blot(range);
        }
    });
    masked
}

/// A value, and where it stands in its unit.
struct Part<'a> {
    depth: usize,
    name: String,
    show: Show,
    at: usize,
    data: &'a [u8],
}

impl Part<'_> {
    fn line(&self) -> String {
        let indent = "  ".repeat(self.depth.saturating_add(1));
        format!("{indent}{}: {}", self.name, self.value())
    }

    fn value(&self) -> String {
        let data = self.data;
        match self.show {
            _ if data.is_empty() => "empty".to_owned(),
            Show::Digits if data.len() <= MOST_CODE => bcd::digits(data),
            Show::Number => match small_number(data) {
                Some(number) => number.to_string(),
                None => bytes(data.len()),
            },
            Show::Code if data.len() <= MOST_CODE => hex(data),
            Show::Application if is_application(data) => hex(data),
            Show::Digits | Show::Code | Show::Application | Show::Hidden => bytes(data.len()),
            Show::Text => format!("\"{}\"", Text(data).decode(Charset::Cp437)),
            Show::Pan => message::masked_pan(data).as_str().to_owned(),
            Show::Totals => totals(data).unwrap_or_else(|| bytes(data.len())),
            Show::Nested => bytes(data.len()),
        }
    }

    fn blot(&self, out: &mut [u8]) {
        match self.show {
            Show::Number if small_number(self.data).is_some() => (),
            Show::Digits | Show::Code if self.data.len() <= MOST_CODE => (),
            Show::Application if is_application(self.data) => (),
            Show::Digits | Show::Number | Show::Code | Show::Application | Show::Hidden => {
                out.fill(0);
            }
            Show::Text => star_digits(out),
            Show::Pan => blot_pan(out),
            Show::Totals if totals(self.data).is_some() => (),
            Show::Totals => out.fill(0),
            // Its objects come one by one.
            Show::Nested => (),
        }
    }
}

type See<'s> = dyn FnMut(Part<'_>) + 's;

fn walk(apdu: Apdu<'_>, data_at: usize, see: &mut See<'_>) {
    let mut reader = Reader::new(apdu.data);
    let end = data_at.saturating_add(apdu.data.len());
    for (name, length, show) in leading(apdu) {
        let length = length.min(reader.remaining());
        if length == 0 {
            continue;
        }
        let at = end.saturating_sub(reader.remaining());
        let Ok(data) = reader.take(name, length) else {
            return;
        };
        let name = name.to_owned();
        let depth = 0;
        see(Part {
            depth,
            name,
            show,
            at,
            data,
        });
    }
    while !reader.is_empty() {
        let before = reader;
        if walk_field(&mut reader, end, see).is_none() {
            rest("unreadable", before, 0, end, see);
            return;
        }
    }
}

/// One bitmap; `None` when it cannot be read.
fn walk_field(reader: &mut Reader<'_>, end: usize, see: &mut See<'_>) -> Option<()> {
    let field = bitmap::read(reader).ok()?;
    let after = end.saturating_sub(reader.remaining());
    let at = after.saturating_sub(field.data.len());
    let what = bitmap::name(field.number).unwrap_or("unknown");
    let name = format!("{:02X} {what}", field.number);
    see(Part {
        depth: 0,
        name,
        show: show_of(field.number),
        at,
        data: field.data,
    });
    if field.number == bitmap::TLV {
        walk_objects(field.data, 1, at, see);
    }
    Some(())
}

fn walk_objects(data: &[u8], depth: usize, from: usize, see: &mut See<'_>) {
    let mut reader = Reader::new(data);
    let end = from.saturating_add(data.len());
    while !reader.is_empty() {
        let before = reader;
        let Ok(object) = tlv::read_object(&mut reader) else {
            rest("unreadable", before, depth, end, see);
            return;
        };
        let after = end.saturating_sub(reader.remaining());
        let at = after.saturating_sub(object.value.len());
        let known = tag::describe(object.tag);
        let (what, mut show) = known.unwrap_or(("unknown", Show::Hidden));
        if depth >= DEEPEST && show == Show::Nested {
            show = Show::Hidden;
        }
        see(Part {
            depth,
            name: format!("{:02X} {what}", object.tag.0),
            show,
            at,
            data: object.value,
        });
        if show == Show::Nested {
            walk_objects(object.value, depth.saturating_add(1), at, see);
        }
    }
}

fn rest(name: &str, mut reader: Reader<'_>, depth: usize, end: usize, see: &mut See<'_>) {
    let at = end.saturating_sub(reader.remaining());
    see(Part {
        depth,
        name: name.to_owned(),
        show: Show::Hidden,
        at,
        data: reader.take_rest(),
    });
}

/// How many bytes stand before the bitmaps.
pub(crate) fn leading_length(apdu: Apdu<'_>) -> usize {
    let lengths = leading(apdu).into_iter().map(|(_, length, _)| length);
    lengths.fold(0, usize::saturating_add)
}

/// What stands before the bitmaps, without a number of its own.
fn leading(apdu: Apdu<'_>) -> Vec<(&'static str, usize, Show)> {
    let all = apdu.data.len();
    let all = all.saturating_sub(super::sequence::alone(apdu.data));
    Vec::from(match apdu.control {
        Registration::CONTROL => [
            PASSWORD,
            ("configuration", 1, Show::Code),
            ("currency", 2, Show::Digits),
        ]
        .as_slice(),
        PrintTurnoverReceipts::CONTROL => &[
            PASSWORD,
            ("first receipt number", 2, Show::Digits),
            ("last receipt number", 2, Show::Digits),
        ],
        ChangePassword::CONTROL => &[PASSWORD, ("new password", 3, Show::Hidden)],
        StatusEnquiry::CONTROL => &[PASSWORD],
        message::Tip::CONTROL if matches!(message::Tip::decode(apdu.data), Ok(it) if it.password.is_none()) => {
            &[]
        }
        control if takes_password(control) => &[PASSWORD],
        ReadCard::CONTROL => &[("timeout in seconds", 1, Show::Code)],
        SelectLanguage::CONTROL => &[("language", 1, Show::Code)],
        message::ChangeBaudRate::CONTROL => &[("rate", 1, Show::Code)],
        IntermediateStatus::CONTROL => &[
            ("state", 1, Show::Code),
            ("timeout in minutes", 1, Show::Digits),
        ],
        Abort::CONTROL if Abort::names_currency(apdu.data) => &[
            ("result code", 1, Show::Code),
            ("currency", 2, Show::Digits),
        ],
        Abort::CONTROL => &[("result code", 1, Show::Code)],
        PrintLine::CONTROL => {
            let text = all.saturating_sub(1);
            return Vec::from([("attribute", 1, Show::Code), ("text", text, Show::Text)]);
        }
        Completion::CONTROL => return leading_of_completion(apdu.data),
        // What a cardholder has entered: a key is shown, digits are not.
        0x8000 if all == 1 => &[("key", 1, Show::Code)],
        control if Response::is(control) && control != PARTIAL_ISSUE => {
            return Vec::from([("data", all, Show::Hidden)]);
        }
        _ => &[],
    })
}

/// After a status enquiry it begins with a version, which has no number; or it is a state alone.
fn leading_of_completion(data: &[u8]) -> Vec<(&'static str, usize, Show)> {
    let state = ("terminal status", 1, Show::Code);
    match data {
        [0xF0..=0xF9, 0xF0..=0xF9, 0xF0..=0xF9, ..] => {
            let length = bitmap::read_prefix::<3>(&mut Reader::new(data)).unwrap_or(0);
            Vec::from([
                ("length of the version", 3, Show::Code),
                ("software version", length, Show::Text),
                state,
            ])
        }
        [_] => Vec::from([state]),
        _ => Vec::new(),
    }
}

const fn takes_password(control: u16) -> bool {
    matches!(
        control,
        0x060C
            | 0x0610
            | 0x061B
            | 0x0620
            | 0x0621
            | 0x0630
            | 0x0631
            | 0x0650
            | 0x0651
            | 0x0691
            | 0x0693
    )
}

/// What may be shown of a bitmap.
const fn show_of(number: u8) -> Show {
    match number {
        bitmap::AMOUNT => Show::Number,
        bitmap::PAN => Show::Pan,
        bitmap::TLV => Show::Nested,
        bitmap::TRACE
        | bitmap::TIME
        | bitmap::DATE
        | bitmap::CARD_SEQUENCE
        | bitmap::TERMINAL_ID
        | bitmap::ORIGINAL_TRACE
        | bitmap::CURRENCY
        | bitmap::RECEIPT
        | bitmap::TURNOVER
        | bitmap::LONG_DATE => Show::Digits,
        bitmap::CONTRACT
        | bitmap::AUTHORIZATION_CODE
        | bitmap::ADDITIONAL_TEXT
        | bitmap::CARD_NAME
        | bitmap::FIRST_INPUT_LINE..=bitmap::LAST_INPUT_LINE
        | bitmap::FIRST_LINE..=bitmap::LAST_LINE => Show::Text,
        bitmap::TIMEOUT
        | bitmap::MAX_STATUS
        | bitmap::SERVICE
        | 0x05
        | bitmap::PAYMENT_TYPE
        | bitmap::RESULT_CODE
        | 0x70..=0x75
        | bitmap::CARD_TYPE
        | 0x8C
        | bitmap::HOST_RESULT
        | 0xD2
        | bitmap::FEWEST_DIGITS
        | bitmap::MOST_DIGITS
        | bitmap::ECHO
        | bitmap::DISPLAY_SECONDS
        | bitmap::BEEPS..=bitmap::DISPLAY_DEVICE => Show::Code,
        bitmap::TOTALS => Show::Totals,
        _ => Show::Hidden,
    }
}

/// Application ids begin with A to F where they are registered; none is a card number.
fn is_application(data: &[u8]) -> bool {
    (5..=16).contains(&data.len()) && data.first().is_some_and(|first| *first >= 0xA0)
}

/// A number that is too short for a card number.
fn small_number(data: &[u8]) -> Option<u64> {
    bcd::number(data).filter(|number| *number < 100_000_000_000)
}

fn totals(data: &[u8]) -> Option<String> {
    // What newer revisions append is not known.
    let known = CardTotals::decode(data).ok().filter(|_| data.len() == 53)?;
    let groups = known.groups.iter().zip(message::CARD_GROUPS);
    let groups = groups.filter(|((count, _), _)| *count > 0);
    let mut text = format!("{:?} to {:?}", known.first_receipt, known.last_receipt);
    for ((count, sum), name) in groups {
        text = format!("{text}, {name} {count} x, {}", sum.number()?);
    }
    Some(text)
}

/// Digits in the middle become E, the wire's own sign for a masked one.
fn blot_pan(packed: &mut [u8]) {
    let digits = bcd::nibbles(packed).take_while(|nibble| !matches!(nibble, 0x0D | 0x0F));
    let count = digits.count();
    let head = if count < 13 { 0 } else { 6 };
    let tail_from = count.saturating_sub(4).max(head);
    let masked = |at: usize, nibble: u8| match at {
        _ if at >= count => 0x0F,
        _ if at < head || at >= tail_from => nibble,
        _ => 0x0E,
    };
    for (at, byte) in packed.iter_mut().enumerate() {
        let first = at.saturating_mul(2);
        let high = masked(first, *byte >> 4);
        let low = masked(first.saturating_add(1), *byte & 0x0F);
        *byte = high << 4 | low;
    }
}

/// Stars, byte for byte, where reading the text would show some.
fn star_digits(out: &mut [u8]) {
    let plain: String = out
        .iter()
        .map(|byte| {
            if byte.is_ascii() {
                char::from(*byte)
            } else {
                'x'
            }
        })
        .collect();
    let masked = text::mask_card_numbers(plain);
    for (byte, shown) in out.iter_mut().zip(masked.chars()) {
        if shown == '*' {
            *byte = b'*';
        }
    }
}

fn bytes(count: usize) -> String {
    format!("({count} bytes)")
}

fn hex(data: &[u8]) -> String {
    let bytes: Vec<String> = data.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(" ")
}

const PASSWORD: (&str, usize, Show) = ("password", 3, Show::Hidden);

/// Five bytes are ten digits: no card number is so short.
const MOST_CODE: usize = 5;
/// Objects in objects; what is deeper is hidden.
const DEEPEST: usize = 6;
/// 84 9D.
const PARTIAL_ISSUE: u16 = 0x849D;
