//! Ready-made tags, cards and phones, by name, and the bytes that they hold.

use firmware_protocols::time::Duration;

use super::card::{Card, Kind, Trick, Uid};

/// The payment application of all payment cards here.
pub(super) const APPLICATION: &[u8] = &[0xA0, 0x00, 0x00, 0x00, 0x04, 0x10, 0x10];

pub(super) const NDEF_APPLICATION: &[u8] = &[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];

/// The account reference of all payment cards that tell one, where none is named.
pub const ACCOUNT_REFERENCE: &str = "5001A1B2C3D4E5F6G7H8J9K0L1M2N";

/// The card of this name.
#[must_use]
pub fn card(name: &str) -> Option<Card> {
    let par = || Some(ACCOUNT_REFERENCE.to_owned());
    let tag = |uid: [u8; 7]| Uid::Fixed(uid.to_vec());
    let plastic = |last: u8| Uid::Fixed(vec![0xA1, 0xB2, 0xC3, last]);
    let (uid, kind) = match name {
        "ultralight" => (
            tag([0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x80]),
            Kind::Ultralight(text("SLIP-9")),
        ),
        "blank" => (
            tag([0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x81]),
            Kind::Ultralight(Vec::new()),
        ),
        "classic" => (plastic(0xD0), Kind::Classic),
        "type4" => (
            tag([0x04, 0xA2, 0xB3, 0xC4, 0xD5, 0xE6, 0x82]),
            Kind::Type4(uri("https://shop.example/pickup/O-47")),
        ),
        "payment" | "slow" | "leaves" | "nad" | "empty-ats" => {
            (plastic(0xD1), Kind::Payment(par()))
        }
        "no-par" => (plastic(0xD2), Kind::Payment(None)),
        "payment-b" => (plastic(0xD3), Kind::PaymentB(par())),
        "phone" => (Uid::Random, Kind::Payment(par())),
        "phone-locked" => (Uid::Random, Kind::Locked),
        _ => return None,
    };
    Some(Card {
        name: name.to_owned(),
        uid,
        kind,
        answer_delay: match name {
            "slow" => Duration::from_millis(400),
            _ => Duration::ZERO,
        },
        leaves_after: (name == "leaves").then_some(2),
        trick: match name {
            "nad" => Some(Trick::NadBit),
            "empty-ats" => Some(Trick::EmptyAts),
            _ => None,
        },
    })
}

/// An NDEF message of one text (RTD Text 1.0).
#[must_use]
pub fn text(text: &str) -> Vec<u8> {
    ndef(b'T', b"\x02en", text)
}

/// An NDEF message of one address, with the usual beginning in short (RTD URI 1.0, 3.2.2).
#[must_use]
pub fn uri(uri: &str) -> Vec<u8> {
    match uri.strip_prefix("https://") {
        Some(rest) => ndef(b'U', b"\x04", rest),
        None => ndef(b'U', b"\x00", uri),
    }
}

fn ndef(kind: u8, prefix: &[u8], text: &str) -> Vec<u8> {
    let payload = [prefix, text.as_bytes()].concat();
    let header = match u8::try_from(payload.len()) {
        Ok(length) => vec![0xD1, 0x01, length, kind],
        Err(_) => {
            let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            let [a, b, c, d] = length.to_be_bytes();
            vec![0xC1, 0x01, a, b, c, d, kind]
        }
    };
    [header, payload].concat()
}

/// Memory of an Ultralight: identifier, lock bytes, capability container, message.
pub(super) fn pages(uid: &[u8], message: &[u8]) -> Vec<u8> {
    const DATA_AREA: usize = 496;
    let mut memory: Vec<u8> = uid.iter().copied().chain([0; 12]).take(12).collect();
    memory.extend([0xE1, 0x10, 0x3E, 0x00, 0x03]);
    match u8::try_from(message.len()) {
        Ok(length @ 0..=0xFE) => memory.push(length),
        Ok(_) | Err(_) => {
            let [high, low] = u16::try_from(message.len())
                .unwrap_or(u16::MAX)
                .to_be_bytes();
            memory.extend([0xFF, high, low]);
        }
    }
    memory.extend(message);
    memory.push(0xFE);
    memory.resize(DATA_AREA.saturating_add(16), 0);
    memory
}

/// The capability file of a type 4 tag.
pub(super) fn capabilities() -> Vec<u8> {
    vec![
        0x00, 0x0F, 0x20, 0x00, 0x3B, 0x00, 0x34, 0x04, 0x06, 0xE1, 0x04, 0x04, 0x00, 0x00, 0x00,
    ]
}

/// The NDEF file of a type 4 tag: length, message.
pub(super) fn ndef_file(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), message].concat()
}

/// Answer to SELECT PPSE: one application.
pub(super) fn payment_environment() -> Vec<u8> {
    let entry = [tlv(&[0x4F], APPLICATION), tlv(&[0x87], &[0x01])].concat();
    let offered = tlv(&[0xBF, 0x0C], &tlv(&[0x61], &entry));
    let name = tlv(&[0x84], b"2PAY.SYS.DDF01");
    tlv(&[0x6F], &[name, tlv(&[0xA5], &offered)].concat())
}

/// Answer to SELECT of the application: it wants a terminal's data for GET PROCESSING OPTIONS.
pub(super) fn application() -> Vec<u8> {
    let wanted = tlv(&[0x9F, 0x38], &[0x9F, 0x35, 0x01]);
    let name = tlv(&[0x84], APPLICATION);
    tlv(&[0x6F], &[name, tlv(&[0xA5], &wanted)].concat())
}

/// Answer to GET PROCESSING OPTIONS: one record.
pub(super) fn processing_options() -> Vec<u8> {
    tlv(&[0x80], &[0x19, 0x80, 0x08, 0x01, 0x01, 0x00])
}

/// Answer to READ RECORD: a test card's number and its end of validity.
pub(super) fn record() -> Vec<u8> {
    let number = [0x54, 0x13, 0x33, 0x00, 0x89, 0x60, 0x40, 0x09];
    let fields = [
        tlv(&[0x5A], &number),
        tlv(&[0x5F, 0x24], &[0x30, 0x12, 0x31]),
    ];
    tlv(&[0x70], &fields.concat())
}

/// One BER-TLV object of up to 127 bytes.
pub(super) fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [tag, &[length], value].concat()
}
