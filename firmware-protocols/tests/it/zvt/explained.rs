//! Units for people, and units that may be written down.

use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::explain::{explain, mask, summary};
use firmware_protocols::zvt::message::StatusInformation;

use super::corpus::{captured, hex, units};

fn unit(control: u16, data: &str) -> Vec<u8> {
    let data = &hex(data);
    Apdu { control, data }.encode()
}

#[test]
fn a_result_is_told_field_by_field() {
    let lines = explain(&captured("reservation_result"));
    for expected in [
        "04 0F Status-Information, 90 bytes",
        "  27 result code: 00",
        "  04 amount: 2500",
        "  22 card number: 559883******8074",
        "  87 receipt number: 0231",
        "  3B approval code: \"750071\"",
        "  0E card expiry: (2 bytes)",
        "  29 terminal id: 52523535",
        "  8B card name: \"MasterCard\"",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
    let lines = explain(&captured("read_card"));
    for expected in [
        "  23 track 2: (19 bytes)",
        "  06 TLV container: (108 bytes)",
        "    1F14 card token: (16 bytes)",
        "    1F45 unknown: (12 bytes)",
        "    62 applications on the chip: (33 bytes)",
        "      60 application: (16 bytes)",
        "        43 application id: A0 00 00 03 59 10 10 02 80 01",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected}: {lines:#?}"
        );
    }
    let one = summary(&hex("06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40"));
    assert_eq!(
        one,
        "06 01 Authorization, 12 bytes; 04 amount: 1234; 49 currency: 0978; \
         19 payment type, status or card type: 40"
    );
}

/// What stands before the bitmaps has its name.
#[test]
fn leading_bytes_are_named() {
    for (unit, second) in [
        ("06 00 06 12 34 56 DE 09 78", "  password: (3 bytes)"),
        ("06 95 06 12 34 56 65 43 21", "  password: (3 bytes)"),
        ("04 FF 02 0A 01", "  state: 0A"),
        ("06 1E 01 6C", "  result code: 6C"),
        ("06 D1 06 40 48 45 4C 4C 4F", "  attribute: 40"),
        ("06 C0 01 0A", "  timeout in seconds: 0A"),
        ("80 00 01 0D", "  key: 0D"),
        ("80 00 04 31 32 33 34", "  data: (4 bytes)"),
        ("06 0F 01 9C", "  terminal status: 9C"),
        (
            "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00",
            "  length of the version: F0 F0 F7",
        ),
    ] {
        assert_eq!(explain(&hex(unit))[1], second, "{unit}");
    }
    assert_eq!(explain(&hex("06 01"))[0], "no unit: 2 bytes");
    assert_eq!(explain(&hex("06 01 02 27"))[0], "no unit: 4 bytes");
}

/// No unit is lost by being written down: it is as long, and it says the same but for secrets.
#[test]
fn masked_units_say_the_same() {
    for unit in units() {
        let masked = mask(&unit);
        assert_eq!(masked.len(), unit.len());
        let (before, after) = (Apdu::parse(&unit).unwrap(), Apdu::parse(&masked).unwrap());
        assert_eq!(before.control, after.control);
        if before.control != StatusInformation::CONTROL {
            continue;
        }
        let before = StatusInformation::decode(before.data).unwrap();
        let after = StatusInformation::decode(after.data).unwrap();
        assert_eq!(
            before.token.map(|it| it.0.len()),
            after.token.map(|it| it.0.len())
        );
        let after = StatusInformation {
            token: before.token,
            ..after
        };
        assert_eq!(after, before, "{unit:02X?}");
    }
}

/// However short it is: of what nobody knows only the tag and the length are told and kept.
#[test]
fn the_value_of_an_unknown_object_is_not_shown() {
    let known = unit(0x040F, "27 00 06 05 1F 16 02 12 34");
    assert_eq!(explain(&known)[3], "    1F16 extended error code: 12 34");
    assert_eq!(mask(&known), known);
    let unknown = unit(0x040F, "27 00 06 05 1F 98 02 12 34");
    assert!(explain(&unknown)[3].ends_with("unreadable: (5 bytes)"));
    let unknown = unit(0x040F, "27 00 06 05 1F 78 02 12 34");
    assert_eq!(explain(&unknown)[3], "    1F78 unknown: (2 bytes)");
    assert_eq!(mask(&unknown), unit(0x040F, "27 00 06 05 1F 78 02 00 00"));
}

/// A card number in every place where one can be, in every way of writing it.
#[test]
fn card_numbers_are_blotted_out() {
    let packed = "47 11 12 34 56 78 11 12";
    let ascii = "34 37 31 31 31 32 33 34 35 36 37 38 31 31 31 32";
    let spaced = "34 37 31 31 20 31 32 33 34 20 35 36 37 38 20 31 31 31 32";
    for (control, data) in [
        (0x040F, format!("27 00 22 F0 F8 {packed}")),
        (0x040F, format!("27 00 23 F0 F8 {packed}")),
        (0x040F, format!("27 00 24 F0 F0 F8 {packed}")),
        (0x040F, format!("27 00 2D F1 F6 {ascii}")),
        (0x040F, format!("27 00 2E F0 F1 F6 {ascii}")),
        (0x040F, format!("27 00 3C F0 F1 F6 {ascii}")),
        (0x040F, format!("27 00 3C F0 F1 F9 {spaced}")),
        (0x040F, format!("27 00 8B F1 F6 {ascii}")),
        (0x040F, format!("27 00 06 0B 1F 09 08 {packed}")),
        (0x040F, format!("27 00 06 0B 1F 99 08 {packed}")),
        (0x040F, format!("27 00 06 0D 60 0B 1F 99 08 {packed}")),
        (0x040F, format!("27 00 06 0B 1F 2B 08 {packed}")),
        (0x040F, format!("27 00 06 0B 1F 71 08 {packed}")),
        (0x040F, format!("27 00 06 0A 43 08 {packed}")),
        (0x040F, format!("27 00 06 12 07 10 {ascii}")),
        (0x040F, format!("27 00 DD {packed}")),
        (0x040F, format!("27 00 9A F0 F0 F8 {packed}")),
        (0x06D1, format!("00 {ascii}")),
        (0x06D1, format!("00 {spaced}")),
        (0x06D3, format!("06 14 25 12 07 10 {ascii}")),
        (0x04FF, format!("0A 00 06 14 24 12 07 10 {ascii}")),
        (0x060F, ascii.to_owned()),
        (0x060F, packed.to_owned()),
        (0x061E, format!("6C {packed}")),
        (0x0601, format!("22 F0 F8 {packed}")),
        (0x06E0, format!("F1 F1 F6 {ascii}")),
        (0x8000, ascii.to_owned()),
        (0x8000, packed.to_owned()),
        (0x0814, packed.to_owned()),
    ] {
        let unit = unit(control, &data);
        let secrets = [&hex(packed)[3..6], &hex(ascii)[6..12], &hex(spaced)[7..14]];
        let masked = mask(&unit);
        let shown = explain(&unit).join("\n");
        for secret in secrets {
            assert!(
                !masked.windows(secret.len()).any(|it| it == secret),
                "{data}: {masked:02X?}"
            );
        }
        for secret in ["12345678", "1234 5678", "12 34 56 78"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    // Passwords are none of anybody's business either.
    assert_eq!(mask(&hex("06 50 03 12 34 56")), hex("06 50 03 00 00 00"));
    assert_eq!(mask(&hex("06 01 02")), [0, 0, 0]);
}
