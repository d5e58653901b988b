//! Bitmaps (BMPs): one number byte, then data whose length only the table knows (PA00P015,
//! "Defined Bitmaps").
//!
//! Their order is free. All of them are in the table, because a field without a known length cannot
//! be skipped.

use core::fmt;

use crate::error::DecodeError;
use crate::wire::tlv::{self, Objects};
use crate::wire::{Reader, Writer};

/// Timeout in seconds.
pub const TIMEOUT: u8 = 0x01;
/// Maximum number of status informations.
pub const MAX_STATUS: u8 = 0x02;
/// Service byte.
pub const SERVICE: u8 = 0x03;
/// Amount.
pub const AMOUNT: u8 = 0x04;
/// TLV container.
pub const TLV: u8 = 0x06;
/// Trace number.
pub const TRACE: u8 = 0x0B;
/// Time.
pub const TIME: u8 = 0x0C;
/// Date, month and day.
pub const DATE: u8 = 0x0D;
/// Expiry of the card.
pub const EXPIRY: u8 = 0x0E;
/// Sequence number of the card.
pub const CARD_SEQUENCE: u8 = 0x17;
/// Status byte or payment type.
pub const PAYMENT_TYPE: u8 = 0x19;
/// Card number.
pub const PAN: u8 = 0x22;
/// Result code.
pub const RESULT_CODE: u8 = 0x27;
/// Terminal id.
pub const TERMINAL_ID: u8 = 0x29;
/// Contract number of the merchant.
pub const CONTRACT: u8 = 0x2A;
/// Trace number of the original transaction.
pub const ORIGINAL_TRACE: u8 = 0x37;
/// Authorisation attribute: the approval code.
pub const AUTHORIZATION_CODE: u8 = 0x3B;
/// Additional text.
pub const ADDITIONAL_TEXT: u8 = 0x3C;
/// Currency.
pub const CURRENCY: u8 = 0x49;
/// Totals per card group.
pub const TOTALS: u8 = 0x60;
/// Receipt number.
pub const RECEIPT: u8 = 0x87;
/// Turnover record number.
pub const TURNOVER: u8 = 0x88;
/// Card type.
pub const CARD_TYPE: u8 = 0x8A;
/// Card name.
pub const CARD_NAME: u8 = 0x8B;
/// Result code of the host that is not expressible in BCD.
pub const HOST_RESULT: u8 = 0xA0;
/// Date with year.
pub const LONG_DATE: u8 = 0xAA;
/// Fewest digits of an input.
pub const FEWEST_DIGITS: u8 = 0xE0;
/// First of eight lines shown during an input.
pub const FIRST_INPUT_LINE: u8 = 0xE1;
/// Last of them.
pub const LAST_INPUT_LINE: u8 = 0xE8;
/// Most digits of an input.
pub const MOST_DIGITS: u8 = 0xE9;
/// What is shown of an input.
pub const ECHO: u8 = 0xEA;
/// Proof that a text may ask for digits.
pub const MAC: u8 = 0xEB;
/// How long a text is shown.
pub const DISPLAY_SECONDS: u8 = 0xF0;
/// First of eight lines of a display.
pub const FIRST_LINE: u8 = 0xF1;
/// Last of them.
pub const LAST_LINE: u8 = 0xF8;
/// Number of beeps.
pub const BEEPS: u8 = 0xF9;
/// Dialog control of a card reading.
pub const DIALOG: u8 = 0xFC;
/// Which display.
pub const DISPLAY_DEVICE: u8 = 0xFD;

/// One bitmap with its data, without its length prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its number.
    pub number: u8,
    /// Its data.
    pub data: &'a [u8],
}

impl<'a> Field<'a> {
    /// The data as exactly `N` bytes. The table makes that so for every fixed field.
    pub fn array<const N: usize>(&self) -> Result<[u8; N], DecodeError> {
        Reader::new(self.data).array("bitmap")
    }

    /// The data as the objects of a TLV container.
    #[must_use]
    pub const fn objects(&self) -> Objects<'a> {
        Objects::new(self.data)
    }
}

/// Data may be a card number: only its length is printed.
impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({:02X}, {} bytes)", self.number, self.data.len())
    }
}

/// The bitmaps of a message, in order. Ends after the first error.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    /// The bitmaps that are left in `reader`.
    #[must_use]
    pub const fn new(reader: Reader<'a>) -> Self {
        Self { reader }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let field = read(&mut self.reader);
        if field.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(field)
    }
}

/// How long a bitmap's data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Always this many bytes.
    Fixed(u8),
    /// Two prefix bytes `Fx Fy`: up to 99.
    Two,
    /// Three prefix bytes `Fx Fy Fz`: up to 999.
    Three,
    /// A TLV length.
    Tlv,
}

/// How long the data of this bitmap is. `None`: no such bitmap.
#[must_use]
pub fn length(number: u8) -> Option<Length> {
    *LENGTHS.get(usize::from(number))?
}

/// What a technician calls this bitmap. `None`: no such bitmap.
#[must_use]
pub const fn name(number: u8) -> Option<&'static str> {
    match row(number) {
        Some((_, name)) => Some(name),
        None => None,
    }
}

/// The lengths by number: a look-up costs one load.
#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "made by the compiler, which would refuse an index that is out of bounds"
)]
static LENGTHS: [Option<Length>; 256] = {
    let mut table = [None; 256];
    let mut number = 0_u8;
    loop {
        if let Some((length, _)) = row(number) {
            table[number as usize] = Some(length);
        }
        match number.checked_add(1) {
            Some(next) => number = next,
            None => break table,
        }
    }
};

/// The table: "Defined Bitmaps" whole.
#[rustfmt::skip]
const fn row(number: u8) -> Option<(Length, &'static str)> {
    Some(match number {
        0x01 => (Length::Fixed(1), "timeout"),
        0x02 => (Length::Fixed(1), "maximum number of status informations"),
        0x03 => (Length::Fixed(1), "service byte"),
        0x04 => (Length::Fixed(6), "amount"),
        0x05 => (Length::Fixed(1), "pump number"),
        0x06 => (Length::Tlv, "TLV container"),
        0x0B => (Length::Fixed(3), "trace number"),
        0x0C => (Length::Fixed(3), "time"),
        0x0D => (Length::Fixed(2), "date"),
        0x0E => (Length::Fixed(2), "card expiry"),
        0x17 => (Length::Fixed(2), "card sequence number"),
        0x19 => (Length::Fixed(1), "payment type, status or card type"),
        0x22 => (Length::Two, "card number"),
        0x23 => (Length::Two, "track 2"),
        0x24 => (Length::Three, "track 3"),
        0x27 => (Length::Fixed(1), "result code"),
        0x29 => (Length::Fixed(4), "terminal id"),
        0x2A => (Length::Fixed(15), "contract number"),
        0x2D => (Length::Two, "track 1"),
        0x2E => (Length::Three, "synchronous chip data"),
        0x37 => (Length::Fixed(3), "trace number of the original"),
        0x3A => (Length::Fixed(2), "card verification value"),
        0x3B => (Length::Fixed(8), "approval code"),
        0x3C => (Length::Three, "additional text"),
        0x3D => (Length::Fixed(3), "password"),
        0x49 => (Length::Fixed(2), "currency"),
        0x4C => (Length::Two, "blocked goods groups"),
        0x60 => (Length::Three, "totals by card group"),
        0x70 => (Length::Fixed(4), "image request id"),
        0x71 => (Length::Fixed(4), "image size"),
        0x72 => (Length::Fixed(1), "image type"),
        0x73 => (Length::Fixed(1), "image encoding"),
        0x74 => (Length::Fixed(1), "number of image chunks"),
        0x75 => (Length::Fixed(1), "index of an image chunk"),
        0x87 => (Length::Fixed(2), "receipt number"),
        0x88 => (Length::Fixed(3), "turnover record number"),
        0x8A => (Length::Fixed(1), "card type"),
        0x8B => (Length::Two, "card name"),
        0x8C => (Length::Fixed(1), "card type of the network operator"),
        0x92 => (Length::Three, "offline AID parameter"),
        0x9A => (Length::Three, "GeldKarte record"),
        0xA0 => (Length::Fixed(1), "result code of the host"),
        0xA7 => (Length::Two, "EF_ID"),
        0xAA => (Length::Fixed(3), "date with year"),
        0xAF => (Length::Three, "EF_INFO"),
        0xBA => (Length::Fixed(5), "AID parameter"),
        0xD0 => (Length::Fixed(1), "algorithm key"),
        0xD1 => (Length::Two, "PIN data"),
        0xD2 => (Length::Fixed(1), "direction of card output"),
        0xD3 => (Length::Fixed(1), "DUKPT key"),
        0xE0 => (Length::Fixed(1), "fewest digits"),
        0xE1..=0xE8 => (Length::Two, "line during input"),
        0xE9 => (Length::Fixed(1), "most digits"),
        0xEA => (Length::Fixed(1), "echo"),
        0xEB => (Length::Fixed(8), "MAC over texts"),
        0xF0 => (Length::Fixed(1), "seconds on display"),
        0xF1..=0xF8 => (Length::Two, "line of the display"),
        0xF9 => (Length::Fixed(1), "beeps"),
        0xFA => (Length::Fixed(1), "card reader"),
        0xFB => (Length::Fixed(1), "OK key required"),
        0xFC => (Length::Fixed(1), "dialog control"),
        0xFD => (Length::Fixed(1), "display"),
        _ => return None,
    })
}

/// Reads the `Fx Fy` or `Fx Fy Fz` prefix. Old terminals and one till library write `0x`: any high
/// nibble is taken.
pub fn read_prefix<const N: usize>(reader: &mut Reader<'_>) -> Result<usize, DecodeError> {
    let prefix: [u8; N] = reader.array("LLVAR length")?;
    let mut length = 0_usize;
    for byte in prefix {
        let digit = usize::from(byte & 0x0F);
        if digit > 9 {
            let reason = "not a digit";
            return Err(DecodeError::InvalidField {
                field: "LLVAR length",
                reason,
            });
        }
        length = length.saturating_mul(10).saturating_add(digit);
    }
    Ok(length)
}

/// Writes a bitmap. Data that is longer than its prefix can say is cut; fixed data is written as it
/// is, its type has the right length.
pub fn write(number: u8, data: &[u8], writer: &mut Writer) {
    let (prefix, most) = match length(number) {
        Some(Length::Fixed(_)) | None => (0, data.len()),
        Some(Length::Two) => (2, 99),
        Some(Length::Three) => (3, 999),
        Some(Length::Tlv) => (0, 0xFFFF),
    };
    let data = data.get(..most).unwrap_or(data);
    writer.u8(number);
    if length(number) == Some(Length::Tlv) {
        tlv::write_length(data.len(), writer);
    }
    write_prefix(data.len(), prefix, writer);
    writer.put(data);
}

/// Writes `Fx Fy Fz` and data, without a bitmap number.
pub fn write_prefixed(data: &[u8], writer: &mut Writer) {
    let data = data.get(..999).unwrap_or(data);
    write_prefix(data.len(), 3, writer);
    writer.put(data);
}

/// Writes a bitmap where there is something to write.
pub fn write_some<const N: usize>(number: u8, data: Option<[u8; N]>, writer: &mut Writer) {
    if let Some(data) = data {
        write(number, &data, writer);
    }
}

/// Writes the TLV container with what `fill` writes, if that is anything.
pub fn write_tlv(writer: &mut Writer, fill: impl FnOnce(&mut Writer)) {
    let mut inner = Writer::new();
    fill(&mut inner);
    if !inner.is_empty() {
        write(TLV, inner.as_slice(), writer);
    }
}

fn write_prefix(length: usize, bytes: usize, writer: &mut Writer) {
    let digits = [length / 100, length / 10 % 10, length % 10];
    for digit in digits.iter().skip(3_usize.saturating_sub(bytes)) {
        writer.u8(0xF0 | u8::try_from(*digit).unwrap_or(0));
    }
}

/// Reads one bitmap.
#[inline]
pub(crate) fn read<'a>(reader: &mut Reader<'a>) -> Result<Field<'a>, DecodeError> {
    let number = reader.u8("bitmap number")?;
    // Nearly all are of this kind: one branch that is guessed right.
    let length = match length(number) {
        Some(Length::Fixed(length)) => usize::from(length),
        other => read_length(number, other, reader)?,
    };
    let data = reader.take("bitmap data", length)?;
    Ok(Field { number, data })
}

#[inline(never)]
fn read_length(
    number: u8,
    length: Option<Length>,
    reader: &mut Reader<'_>,
) -> Result<usize, DecodeError> {
    match length {
        Some(Length::Fixed(length)) => Ok(usize::from(length)),
        Some(Length::Two) => read_prefix::<2>(reader),
        Some(Length::Three) => read_prefix::<3>(reader),
        Some(Length::Tlv) => tlv::read_length(reader),
        None => Err(DecodeError::UnknownField { number }),
    }
}
