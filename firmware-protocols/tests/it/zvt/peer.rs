//! Crate `zvt`, which has no line in common with us, on the same bytes: it reads ours, we read its.
//! (It as a till against the simulated terminal: `hw-sim/tests/peer.rs`.)
//!
//! What it gets wrong is written down, so that nobody takes it for the measure of that: a masked
//! digit (E) counts as 14 in a sum, LLVAR prefixes have 0 for their high nibble, and it stops at the
//! first bitmap that it does not know.

use firmware_protocols::oracle::rewrite;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::message::*;
use firmware_protocols::zvt::text::{Charset, Text};
use zvt::ZvtSerializer;
use zvt::packets as theirs;

use super::corpus::{captured, hex, units};

fn number<const N: usize>(digits: Option<Bcd<N>>) -> Option<usize> {
    let number = digits?.number().unwrap();
    Some(usize::try_from(number).unwrap())
}

/// Reads with the other crate, which must take all of it.
fn read<T: ZvtSerializer>(unit: &[u8]) -> T
where
    zvt::encoding::Default: zvt::encoding::Encoding<T>,
{
    match T::zvt_deserialize(unit) {
        Ok((message, [])) => message,
        Ok((_, rest)) => panic!("{} bytes of {unit:02X?} are left", rest.len()),
        Err(error) => panic!("{error}: {unit:02X?}"),
    }
}

#[test]
fn results_say_the_same_to_both() {
    let mut compared = 0;
    for unit in units() {
        let apdu = firmware_protocols::zvt::apdu::Apdu::parse(&unit).unwrap();
        if apdu.control != StatusInformation::CONTROL {
            continue;
        }
        let ours = StatusInformation::decode(apdu.data).unwrap();
        let it: theirs::StatusInformation = match theirs::StatusInformation::zvt_deserialize(&unit)
        {
            Ok((it, [])) => it,
            // A bitmap (37) or an object that it does not know.
            Ok(_) | Err(_) => continue,
        };
        compared += 1;
        assert_eq!(ours.result_code, it.result_code);
        assert_eq!(number(ours.amount), it.amount);
        assert_eq!(number(ours.trace), it.trace_number);
        assert_eq!(number(ours.time), it.time);
        assert_eq!(number(ours.date), it.date);
        assert_eq!(number(ours.receipt), it.receipt_no);
        assert_eq!(number(ours.currency), it.currency);
        assert_eq!(number(ours.terminal_id), it.terminal_id);
        assert_eq!(ours.payment_type, it.card_type);
        assert_eq!(ours.card_type, it.zvt_card_type);
        let text = |text: Option<Text<'_>>| text.map(|it| it.decode(Charset::Cp437));
        assert_eq!(text(ours.card_name), it.card_name);
        assert_eq!(
            text(ours.authorization_code),
            it.aid_authorization_attribute
        );
        assert_eq!(
            text(ours.contract),
            it.vu_number.map(|number| number.trim_end().to_owned())
        );
        let totals = ours
            .totals
            .map(|it| it.groups.map(|(count, sum)| (count, number(Some(sum)))));
        let theirs = it.single_amounts.map(|it| {
            [
                it.girocard,
                it.jcb,
                it.eurocard,
                it.amex,
                it.visa,
                it.diners,
                it.others,
            ]
            .map(|group| (group.num, Some(group.total)))
        });
        assert_eq!(totals, theirs);
    }
    assert!(compared >= 6, "{compared}");
}

#[test]
fn a_masked_card_number_stays_masked() {
    let unit = captured("reservation_result");
    let packed = hex("55 98 83 EE EE EE 80 74");
    assert!(unit.windows(8).any(|window| window == packed));
    let ours = StatusInformation::decode(&unit[3..]).unwrap();
    assert_eq!(ours.pan.as_ref().unwrap().as_str(), "559883******8074");
    // And goes back on the wire as it came.
    let again = ours.encode();
    assert!(again.windows(8).any(|window| window == packed));
    // The other crate makes a card number of it that nobody has.
    let it: theirs::StatusInformation = read(&unit);
    assert_eq!(it.card_number, Some(5_598_845_555_548_074));
}

#[test]
fn reading_a_result_allocates_nothing() {
    for name in [
        "reservation_result",
        "voided",
        "end_of_day_result",
        "unmasked_result",
        "card_read",
    ] {
        let unit = captured(name);
        let counted = allocation_counter::measure(|| {
            let message = StatusInformation::decode(std::hint::black_box(&unit[3..]));
            assert!(message.is_ok());
        });
        assert_eq!(counted.count_total, 0, "{name}");
    }
}

#[test]
fn it_reads_what_we_write() {
    let password = Password::from_digits("123456").unwrap();
    let it: theirs::Registration = read(
        &Registration {
            password,
            config: ConfigByte(0xDE),
            currency: Bcd::from_number(978),
            service: None,
            tlv: Some(RegistrationTlv {
                numbers: None,
                permitted: Vec::new(),
                longest: Some(0x1234),
            }),
        }
        .encode(),
    );
    assert_eq!(
        (it.password, it.config_byte, it.currency),
        (123_456, 0xDE, Some(978))
    );
    assert_eq!(it.tlv.unwrap().max_len_adpu, Some(0x1234));
    let it: theirs::Reservation = read(
        &Reservation {
            amount: Bcd::from_number(5000),
            currency: Bcd::from_number(978),
            payment_type: Some(0x40),
            max_status: None,
            options: CommandOptions::default(),
        }
        .encode(),
    );
    assert_eq!(
        (it.amount, it.currency, it.payment_type),
        (Some(5000), Some(978), Some(0x40))
    );
    let key = ReservationKey {
        receipt: Bcd::from_number(12),
        ..ReservationKey::default()
    };
    let it: theirs::PartialReversal = read(
        &PartialReversal {
            key,
            amount: Bcd::from_number(1600),
            currency: Bcd::from_number(978),
            options: CommandOptions::default(),
        }
        .encode(),
    );
    assert_eq!((it.receipt_no, it.amount), (Some(12), Some(1600)));
    let it: theirs::PartialReversal = read(&OpenReservations.encode());
    assert_eq!(it.receipt_no, Some(0xFFFF));
    let it: theirs::PreAuthReversal = read(
        &ReservationReversal {
            receipt: Bcd::from_number(12),
            amount: None,
            currency: Bcd::from_number(978),
            options: CommandOptions::default(),
        }
        .encode(),
    );
    assert_eq!((it.receipt_no, it.currency), (Some(12), Some(978)));
}

#[test]
fn it_reads_our_administration() {
    let password = Password::from_digits("123456").unwrap();
    let options = CommandOptions::default();
    let it: theirs::EndOfDay = read(&EndOfDay { password, options }.encode());
    assert_eq!(it.password, 123_456);
    let it: theirs::Initialization = read(&Initialisation { password }.encode());
    assert_eq!(it.password, 123_456);
    let it: theirs::Diagnosis = read(&Diagnosis { kind: Some(2) }.encode());
    assert_eq!(it.tlv.unwrap().diagnosis_type, Some(2));
    let terminal_id = Bcd::from_number(68_001_234);
    let it: theirs::SetTerminalId = read(
        &SetTerminalId {
            password,
            terminal_id,
        }
        .encode(),
    );
    assert_eq!((it.password, it.terminal_id), (123_456, Some(68_001_234)));
    let _: theirs::ResetTerminal = read(&ResetTerminal.encode());
    let _: theirs::PrintSystemConfiguration = read(&PrintSystemConfiguration.encode());
    let _: theirs::Ack = read(&Response::Positive.encode());
}

#[test]
fn it_reads_what_our_terminal_writes() {
    let clock = SetDateTime {
        date: Bcd::from_digits("261122"),
        time: Bcd::from_digits("163000"),
    };
    let it: theirs::SetTimeAndDate = read(&clock.encode());
    assert_eq!((it.date, it.time), (261_122, 163_000));
    let completion = Completion {
        numbers: None,
        result_code: None,
        status: Some(0x10),
        terminal_id: Bcd::from_number(68_001_234),
        currency: Bcd::from_number(978),
    };
    let it: theirs::CompletionData = read(&completion.encode());
    assert_eq!(
        (it.status_byte, it.terminal_id),
        (Some(0x10), Some(68_001_234))
    );
    let abort = Abort {
        code: 0xB8,
        currency: None,
        receipt: Some(OpenReservations::RECEIPT),
        open: Vec::new(),
    };
    let it: theirs::PartialReversalAbort = read(&abort.encode());
    assert_eq!((it.error, it.receipt_no), (0xB8, Some(0xFFFF)));
    let line = PrintLine {
        attribute: 0x40,
        text: Text(b"HELLO"),
    };
    let it: theirs::PrintLine = read(&line.encode());
    assert_eq!((it.attribute, it.text.as_str()), (0x40, "HELLO"));
    let text = |text| StyledLine {
        attribute: 0,
        text: Text(text),
    };
    let block = PrintTextBlock {
        kind: firmware_protocols::vocabulary::terminal::ReceiptKind::Customer,
        charset: None,
        lines: vec![text(b"ONE"), text(b"TWO")],
        is_last: true,
    };
    let it: theirs::PrintTextBlock = read(&block.encode());
    let it = it.tlv.unwrap();
    assert_eq!(it.receipt_type, Some(2));
    let lines = it.lines.unwrap();
    assert_eq!(
        (lines.lines, lines.eol),
        (vec!["ONE".to_owned(), "TWO".to_owned()], Some(0x81))
    );
    let report = StatusReport {
        software: Some(Text(b"1.0")),
        status: 0x9C,
        terminal_id: Bcd::from_number(68_001_234),
    };
    let it: theirs::ReceiptPrintoutCompletion = read(&report.encode());
    assert_eq!(
        (it.sw_version.as_str(), it.terminal_status_code),
        ("1.0", 0x9C)
    );
    assert_eq!(it.tlv.unwrap().terminal_id, Some(68_001_234));
}

#[test]
fn we_read_what_it_writes() {
    for unit in [
        theirs::Registration {
            password: 123_456,
            config_byte: 0xDE,
            currency: Some(978),
            tlv: None,
        }
        .zvt_serialize(),
        theirs::Reservation {
            amount: Some(2500),
            currency: Some(978),
            payment_type: Some(0x40),
            ..theirs::Reservation::default()
        }
        .zvt_serialize(),
        theirs::PartialReversal {
            receipt_no: Some(12),
            amount: Some(1600),
            ..theirs::PartialReversal::default()
        }
        .zvt_serialize(),
        theirs::EndOfDay { password: 123_456 }.zvt_serialize(),
        theirs::Initialization { password: 123_456 }.zvt_serialize(),
        theirs::ReadCard {
            timeout_sec: 15,
            card_type: Some(16),
            dialog_control: Some(2),
            tlv: Some(theirs::tlv::ReadCard {
                card_reading_control: Some(0xD0),
                card_type: Some(0x07),
            }),
        }
        .zvt_serialize(),
        theirs::SetTimeAndDate {
            date: 261_122,
            time: 163_000,
        }
        .zvt_serialize(),
        theirs::PrintLine {
            attribute: 0,
            text: "HELLO".to_owned(),
        }
        .zvt_serialize(),
    ] {
        // The order of its bitmaps is ours, too.
        assert_eq!(rewrite(&unit), Ok(unit.clone()));
    }
    // Without the high nibble of its length (03 where F0 F3 is meant).
    let unit = theirs::StatusInformation {
        result_code: Some(0),
        amount: Some(1234),
        card_name: Some("VISA".to_owned()),
        ..theirs::StatusInformation::default()
    }
    .zvt_serialize();
    assert!(unit.windows(3).any(|window| window == [0x8B, 0x00, 0x04]));
    let ours = StatusInformation::decode(&unit[3..]).unwrap();
    assert_eq!(ours.amount, Bcd::from_number(1234));
    assert_eq!(ours.card_name.unwrap().decode(Charset::Cp437), "VISA");
}
