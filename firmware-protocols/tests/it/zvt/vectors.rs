//! Vectors from outside, both ways; every prefix of them; every byte of them corrupted.

use firmware_protocols::error::DecodeError;
use firmware_protocols::oracle::{self, rewrite};
use firmware_protocols::time::Instant;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::wire::crc::Kermit;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::bitmap;
use firmware_protocols::zvt::line::{LineEvent, LineOutput, Timers};
use firmware_protocols::zvt::message::*;
use firmware_protocols::zvt::serial::{SerialLine, encode_frame};
use firmware_protocols::zvt::text::Charset;

use super::corpus::{CRC, DOUBLING, captured, hex, units};

#[test]
fn check_values() {
    for line in CRC.lines().filter(|line| !line.starts_with('#')) {
        let (unit, rest) = line.split_once(" = ").unwrap();
        let (crc, _) = rest.split_once(" | ").unwrap();
        let mut bytes = hex(unit);
        bytes.push(0x03);
        assert_eq!(
            Kermit::of(&bytes).value().to_le_bytes().to_vec(),
            hex(crc),
            "{line}"
        );
    }
}

#[test]
fn frames() {
    for line in DOUBLING.lines().filter(|line| !line.starts_with('#')) {
        let (unit, rest) = line.split_once(" = ").unwrap();
        let (frame, _) = rest.split_once(" | ").unwrap();
        assert_eq!(encode_frame(&hex(unit)), hex(frame));
        assert_eq!(received(&hex(frame)), [hex(unit)]);
    }
}

/// What the till sends comes out byte for byte as in the vectors.
#[test]
fn commands_encode_as_they_were_seen() {
    // A till of another make adds objects of its own, and orders its bitmaps otherwise.
    let foreign = [
        captured("reservation"),
        captured("partial_reversal"),
        captured("voiding"),
    ];
    for unit in units() {
        let control = Apdu::parse(&unit).unwrap().control;
        if control >> 8 == 0x04 || foreign.contains(&unit) {
            continue;
        }
        if unit == captured("status_report") || unit == captured("receipt_block") {
            continue;
        }
        assert_eq!(rewrite(&unit), Ok(unit.clone()), "{unit:02X?}");
    }
}

/// Everything decodes, and encoding loses nothing of what was decoded.
#[test]
fn decoding_is_stable() {
    for unit in units() {
        let once = rewrite(&unit).unwrap();
        assert_eq!(rewrite(&once), Ok(once.clone()), "{unit:02X?}");
        assert_eq!(oracle::message(&unit), Ok(()), "{unit:02X?}");
    }
}

#[test]
fn every_prefix_is_incomplete() {
    for unit in units() {
        let frame = encode_frame(&unit);
        for length in 0..frame.len() {
            assert!(received(&frame[..length]).is_empty());
        }
        for length in 0..unit.len() {
            let prefix = &unit[..length];
            assert!(matches!(
                Apdu::split(prefix),
                Err(DecodeError::Truncated { .. })
            ));
            // The same data cut short under a length field that agrees with it.
            let (apdu, _) = Apdu::split(&unit).unwrap();
            let Some(data) = apdu.data.get(..length) else {
                continue;
            };
            let cut = Apdu {
                control: apdu.control,
                data,
            }
            .encode();
            let outcome = rewrite(&cut);
            let allowed = matches!(outcome, Ok(_) | Err(DecodeError::Truncated { .. }));
            assert!(allowed, "{cut:02X?}: {outcome:?}");
        }
    }
}

/// A changed byte may cost the message, it never becomes another one.
#[test]
fn no_corrupted_byte_is_read_as_a_message() {
    for unit in units().into_iter().filter(|unit| unit.len() < 150) {
        let frame = encode_frame(&unit);
        for at in 0..frame.len() {
            for change in 1..=0xFF_u8 {
                let mut corrupted = frame.clone();
                corrupted[at] ^= change;
                let got = received(&corrupted);
                assert!(
                    got.is_empty(),
                    "{at} ^ {change:02X}: {got:02X?} of {unit:02X?}"
                );
            }
        }
    }
}

/// What a line takes out of `bytes`.
fn received(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut line = SerialLine::new(Timers::default());
    line.handle_input(bytes, Instant(0));
    core::iter::from_fn(|| line.poll())
        .filter_map(|output| match output {
            LineOutput::Event(LineEvent::Received(unit)) => Some(unit),
            LineOutput::Event(LineEvent::Delivered { .. } | LineEvent::Failed(_))
            | LineOutput::Send { .. } => None,
        })
        .collect()
}

#[test]
fn a_reservation_as_a_terminal_reports_it() {
    let unit = captured("reservation_result");
    let message = StatusInformation::decode(&unit[3..]).unwrap();
    assert_eq!(message.result_code, Some(0));
    assert_eq!(message.amount.unwrap().number(), Some(2500));
    assert_eq!(message.receipt, Bcd::from_digits("0231"));
    assert_eq!(message.trace, Bcd::from_digits("000975"));
    assert_eq!(message.terminal_id.unwrap().digits(), "52523535");
    assert_eq!(message.pan.unwrap().as_str(), "559883******8074");
    assert_eq!(
        message.authorization_code.unwrap().decode(Charset::Cp437),
        "750071"
    );
    assert_eq!(
        message.card_name.unwrap().decode(Charset::Cp437),
        "MasterCard"
    );
    assert_eq!(message.card_type, Some(6));
}

#[test]
fn totals_of_an_end_of_day() {
    let unit = captured("end_of_day_result");
    let totals = StatusInformation::decode(&unit[3..])
        .unwrap()
        .totals
        .unwrap();
    assert_eq!(totals.first_receipt.digits(), "0233");
    assert_eq!(totals.last_receipt.digits(), "0234");
    let filled: Vec<_> = CARD_GROUPS
        .iter()
        .zip(totals.groups)
        .filter(|(_, it)| it.0 > 0)
        .collect();
    assert_eq!(
        filled,
        [(&"Mastercard", (2, Bcd::from_number(958).unwrap()))]
    );
}

#[test]
fn a_card_number_in_the_clear_is_masked_and_tracks_are_dropped() {
    let unit = captured("unmasked_result");
    let message = StatusInformation::decode(&unit[3..]).unwrap();
    assert_eq!(
        message.pan.as_ref().unwrap().as_str(),
        "670500*********0012"
    );
    assert_eq!(message.terminal_id.unwrap().digits(), "52523535");

    let unit = captured("read_card");
    let message = StatusInformation::decode(&unit[3..]).unwrap();
    assert_eq!(message.token.unwrap().0.len(), 16);
    assert_eq!(message.pan, None);
    assert!(
        !message
            .encode()
            .windows(4)
            .any(|window| window == [0x67, 0x05, 0x00, 0x00])
    );
}

#[test]
fn open_reservations_with_and_without_a_list() {
    for (name, expected) in [("no_open", [].as_slice()), ("one_open", &["0338"])] {
        let unit = captured(name);
        let abort = Abort::decode(&unit[3..]).unwrap();
        let open: Vec<_> = abort
            .open_reservations()
            .map(|receipt| receipt.digits())
            .collect();
        assert_eq!(open, expected, "{name}");
    }
}

#[test]
fn a_status_report_with_and_without_version() {
    let unit = captured("status_report");
    let report = StatusReport::decode(&unit[3..]).unwrap();
    let version = report.software.unwrap().decode(Charset::Cp437);
    assert_eq!(version, "GER-APP-v2.0.9;cS02.01.01-10.10-2-2;CC26");
    assert_eq!(
        (report.status, report.terminal_id),
        (0, Bcd::from_digits("52523535"))
    );
    for (data, status) in [("F0", 0xF0), ("F0 06 00", 0xF0), ("9C", 0x9C), ("", 0)] {
        let bytes = hex(data);
        let report = StatusReport::decode(&bytes).map(|it| (it.status, it.software));
        assert_eq!(report, Ok((status, None)), "{data}");
    }
}

#[test]
fn a_receipt_in_a_block() {
    let unit = captured("receipt_block");
    let (apdu, _) = Apdu::split(&unit).unwrap();
    let block = PrintTextBlock::decode(apdu.data).unwrap();
    assert_eq!(
        block.kind,
        firmware_protocols::vocabulary::terminal::ReceiptKind::Customer
    );
    let texts: Vec<_> = block
        .lines
        .iter()
        .map(|line| line.text.decode(Charset::Cp437))
        .collect();
    assert!(
        texts.iter().any(|line| line.ends_with("xxxxxxxxxxxx8074")),
        "{texts:?}"
    );
    assert!(block.is_last);
}

#[test]
fn an_unknown_bitmap_behind_the_result_does_not_cost_it() {
    let data = hex("27 00 04 00 00 00 00 12 34 DD 01 02");
    let (message, problem) = StatusInformation::decode_lenient(&data);
    assert_eq!(message.amount.unwrap().number(), Some(1234));
    assert_eq!(problem, Some(DecodeError::UnknownField { number: 0xDD }));
    assert_eq!(
        StatusInformation::decode(&data),
        Err(DecodeError::UnknownField { number: 0xDD })
    );
}

#[test]
fn every_bitmap_of_the_table_can_be_skipped() {
    let mut data = Vec::new();
    let mut count = 0;
    for number in 0..=0xFF_u8 {
        let Some(length) = bitmap::length(number) else {
            continue;
        };
        count += 1;
        data.push(number);
        match length {
            bitmap::Length::Fixed(length) => data.resize(data.len() + usize::from(length), 0),
            bitmap::Length::Two => data.extend([0xF0, 0xF1, 0x00]),
            bitmap::Length::Three => data.extend([0xF0, 0xF0, 0xF1, 0x00]),
            bitmap::Length::Tlv => data.extend([0x02, 0x07, 0x00]),
        }
    }
    let reader = firmware_protocols::wire::Reader::new(&data);
    assert_eq!(
        bitmap::Fields::new(reader).filter(Result::is_ok).count(),
        count
    );
    assert_eq!(count, 76);
}

/// Old terminals and one till library leave the high nibble of a length prefix 0.
#[test]
fn length_prefixes_of_any_high_nibble() {
    for prefix in ["00 04", "F0 F4", "30 34"] {
        let data = hex(&format!("8B {prefix} 56 49 53 41 27 00"));
        let message = StatusInformation::decode(&data).unwrap();
        assert_eq!(
            (message.card_name.unwrap().0, message.result_code),
            (&b"VISA"[..], Some(0))
        );
    }
    assert!(StatusInformation::decode(&hex("8B F0 FE 56")).is_err());
}
