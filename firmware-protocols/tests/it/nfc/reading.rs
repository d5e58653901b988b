//! Readings, answer by answer. The payment card's answers are those that libnfc has passed on from a
//! card that was played to it; the NDEF messages are examples of the NFC Forum's specifications.

use firmware_protocols::nfc::memory::{self, Message};
use firmware_protocols::nfc::{Found, Reading, Record, Step, Target, ndef};

pub(super) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
    pairs
        .map(|pair| u8::from_str_radix(&pair, 16).unwrap())
        .collect()
}

const PPSE: &str = "6f2f840e325041592e5359532e4444463031a51dbf0c1a61184f07a0000000041010\
    500a4d4153544552434152448701019000";
const TWO_APPLICATIONS: &str = "6f3c840e325041592e5359532e4444463031a52abf0c27\
    61124f07a0000000041010500456495341870102\
    61114f07a000000003101050035649538701019000";
const FCI: &str = "6f228407a0000000041010a517500a4d4153544552434152449f38039f35015f2d02656e9000";
const PAR: &str = "9f241d35303031413142324333443445354636473748384a394b304c314d324e9000";
const REFERENCE: &str = "5001A1B2C3D4E5F6G7H8J9K0L1M2N";
const SELECT_PPSE: &str = "00a404000e325041592e5359532e444446303100";
const SELECT_MASTERCARD: &str = "00a4040007a000000004101000";
const SELECT_VISA: &str = "00a4040007a000000003101000";
const GET_PAR: &str = "80ca9f2400";

fn card() -> Target {
    Target::A {
        uid: hex("04a1b2c3"),
        sak: 0x20,
    }
}

fn tag() -> Target {
    Target::A {
        uid: hex("04a1b2c3d4e5f6"),
        sak: 0x00,
    }
}

/// Reads a target that answers so; what it was sent, and what was found. `-` is a silence.
fn read(target: &Target, answers: &[&str]) -> (Vec<String>, Found) {
    let mut reading = Reading::new(target);
    let mut sent = Vec::new();
    let mut answers = answers.iter();
    while let Step::Send(command) = reading.poll() {
        let bytes = command.encode();
        sent.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        match answers.next() {
            Some(&"-") | None => reading.handle_silence(),
            Some(answer) => reading.handle_answer(&hex(answer)),
        }
    }
    assert_eq!(answers.next(), None, "{sent:?}");
    (sent, reading.into_found())
}

fn account(found: &Found) -> Option<&str> {
    found.account.as_ref().map(|account| account.expose())
}

#[test]
fn a_payment_card_is_asked_three_things() {
    let (sent, found) = read(&card(), &[PPSE, FCI, PAR]);
    assert_eq!(sent, [SELECT_PPSE, SELECT_MASTERCARD, GET_PAR]);
    assert!(found.pays && !found.interrupted);
    assert_eq!(account(&found), Some(REFERENCE));
    assert!(!format!("{found:?}").contains("5001"), "{found:?}");
}

#[test]
fn applications_are_asked_in_the_order_of_the_card() {
    let (sent, found) = read(&card(), &[TWO_APPLICATIONS, FCI, "6a88", FCI, PAR]);
    let expected = [
        SELECT_PPSE,
        SELECT_VISA,
        GET_PAR,
        SELECT_MASTERCARD,
        GET_PAR,
    ];
    assert_eq!(sent, expected);
    assert_eq!(account(&found), Some(REFERENCE));

    // One that cannot be selected is not asked.
    let (sent, found) = read(&card(), &[TWO_APPLICATIONS, "6a82", FCI, "6a88"]);
    assert_eq!(sent, [SELECT_PPSE, SELECT_VISA, SELECT_MASTERCARD, GET_PAR]);
    assert!(found.pays && account(&found).is_none() && !found.interrupted);
}

#[test]
fn a_reference_that_is_none_is_not_taken_for_one() {
    for answer in [
        "9f240435303031 9000",
        "9f241d35303031613142324333443445354636473748384a394b304c314d324e9000",
        "9f250435303031 9000",
        "9f24",
        "",
    ] {
        let (_, found) = read(&card(), &[PPSE, FCI, answer]);
        assert!(found.pays && account(&found).is_none(), "{answer}");
    }
}

#[test]
fn a_target_that_goes_away_ends_the_reading() {
    for answers in [&["-"][..], &[PPSE, "-"], &[PPSE, FCI, "-"], &["6a82", "-"]] {
        let (sent, found) = read(&card(), answers);
        assert_eq!(sent.len(), answers.len(), "{sent:?}");
        assert!(found.interrupted && account(&found).is_none());
    }
}

#[test]
fn a_type_4_tag_tells_its_message() {
    let message = "d1010855016e66632e636f6d";
    let answers = [
        "6a82",
        "9000",
        "9000",
        "000f20003b00340406e104003200009000",
        "9000",
        "000c9000",
        &format!("{message}9000"),
    ];
    let (sent, found) = read(&card(), &answers);
    let expected = [
        SELECT_PPSE,
        "00a4040007d276000085010100",
        "00a4000c02e103",
        "00b000000f",
        "00a4000c02e104",
        "00b0000002",
        "00b000020c",
    ];
    assert_eq!(sent, expected);
    assert_eq!(found.records, [Record::Uri("http://www.nfc.com".into())]);
    assert!(!found.pays);
    // A file that may not be read, or that is a reserved one, is not.
    for capabilities in [
        "000f20003b00340406e104003280009000",
        "000f20003b00340406e103003200009000",
        "000f20003b003405060000003200009000",
        "9000",
    ] {
        let (sent, _) = read(&card(), &["6a82", "9000", "9000", capabilities]);
        assert_eq!(sent.len(), 4, "{capabilities}");
    }
}

#[test]
fn a_long_message_comes_in_pieces() {
    let text = "x".repeat(100);
    let payload: Vec<u8> = [b"\x02en", text.as_bytes()].concat();
    let mut message = vec![0xD1, 1, u8::try_from(payload.len()).unwrap(), b'T'];
    message.extend(&payload);
    let said = |bytes: &[u8]| {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{digits}9000")
    };
    let (length, first, second) = (
        said(&[0, u8::try_from(message.len()).unwrap()]),
        said(&message[..0x3B]),
        said(&message[0x3B..]),
    );
    let answers = [
        "6a82",
        "9000",
        "9000",
        "000f20003b00340406e104003200009000",
        "9000",
        &length,
        &first,
        &second,
    ];
    let (sent, found) = read(&card(), &answers);
    assert_eq!(sent[6..], ["00b000023b", "00b0003d30"]);
    assert_eq!(found.records, [Record::Text(text)]);
}

#[test]
fn a_type_2_tag_tells_its_message() {
    // A lock control object in front, as on larger tags.
    let pages = [
        "e1101200 0103a00c 340310d1 010c5402",
        "656e4f72 6465722d 343700fe 00000000",
    ];
    let (sent, found) = read(&tag(), &pages);
    assert_eq!(sent, ["3003", "3007"]);
    assert_eq!(found.records, [Record::Text("Order-47\0".into())]);

    for (pages, read_pages) in [
        // Not made for NDEF; empty; nothing but a terminator.
        (&["00000000 00000000 00000000 00000000"][..], 1),
        (&["e1101200 0300fe00 00000000 00000000"], 1),
        (&["e1101200 fe000000 00000000 00000000"], 1),
        // A message that says that it is longer than the tag.
        (&["e1100200 03fe0000 00000000 00000000"], 1),
        (&["e110"], 1),
    ] {
        let (sent, found) = read(&tag(), pages);
        assert_eq!(sent.len(), read_pages, "{pages:?}");
        assert_eq!(found, Found::default(), "{pages:?}");
    }
    let (sent, found) = read(&tag(), &["e1101200 0110d101 00000000 00000000", "-"]);
    assert_eq!(sent.len(), 2);
    assert!(found.interrupted);
}

#[test]
fn a_target_that_takes_neither_is_only_recognised() {
    let classic = Target::A {
        uid: hex("a1b2c3d4"),
        sak: 0x08,
    };
    let (sent, found) = read(&classic, &[]);
    assert_eq!(sent.len(), 0);
    assert_eq!(found, Found::default());
}

#[test]
fn records_that_are_known_are_read_and_others_passed_over() {
    for (message, expected) in [
        (
            "d1010855016e66632e636f6d",
            vec![Record::Uri("http://www.nfc.com".into())],
        ),
        (
            "d1010a5402656e4f2d3437303131",
            vec![Record::Text("O-47011".into())],
        ),
        // UTF-16 with and without a mark of the byte order.
        ("d1010754826e6fd800ffff", vec![]),
        ("d101075482656e004f0031", vec![Record::Text("O1".into())]),
        (
            "d101095482656efffe4f003100",
            vec![Record::Text("O1".into())],
        ),
        // A record of a media type, then a text with an id and a long length.
        (
            "92010161 78 4901 00000005 01 54 69 02656e4f31",
            vec![Record::Text("O1".into())],
        ),
        ("d1010255ff41", vec![Record::Uri("A".into())]),
        ("d10101540a", vec![]),
        ("d1010054", vec![]),
        ("d101ff5402656e", vec![]),
        ("f1010a5402656e4f2d3437303131", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(ndef::decode(&hex(message)), expected, "{message}");
    }
    let found = ndef::decode(&hex("d1010855016e66632e636f6d"));
    assert!(!format!("{found:?}").contains("nfc"), "{found:?}");
}

#[test]
fn every_prefix_of_a_message_asks_for_more() {
    let area = hex("0103a00c340310d1010c5402656e4f726465722d343700fe");
    for end in 0..23 {
        match memory::find(&area[..end]) {
            Message::Longer(need) => assert!(need > end && need <= area.len(), "{end}: {need}"),
            other => panic!("{end}: {other:?}"),
        }
    }
    assert!(matches!(memory::find(&area), Message::Whole(message) if message.len() == 16));
    assert_eq!(memory::data_area([0xE1, 0x10, 0x12, 0x00]), Some(144));
    assert_eq!(memory::data_area([0xE1, 0x20, 0x12, 0x00]), None);
}
