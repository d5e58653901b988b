//! Wireshark's dissector reads what we write, where `tshark` is installed.
//!
//! It knows units over TCP port 20007. What it does not do: undo the doubling on serial lines, check
//! check values, go on behind a bitmap that it does not know.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use firmware_protocols::oracle::rewrite;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::message::*;
use firmware_protocols::zvt::text::Text;

use super::corpus::units;

/// What it is asked to tell of each unit.
const FIELDS: [&str; 11] = [
    "zvt.control_field",
    "zvt.length_field",
    "zvt.result_code",
    "zvt.amount",
    "zvt.trace_number",
    "zvt.time",
    "zvt.terminal_id",
    "zvt.cc",
    "zvt.card_name",
    "zvt.tlv.text_lines.line",
    "_ws.malformed",
];

#[test]
fn it_reads_every_unit_that_we_write() {
    let units: Vec<Vec<u8>> = units().iter().map(|unit| rewrite(unit).unwrap()).collect();
    let Some(rows) = dissect(&units) else {
        return;
    };
    let mut known = BTreeSet::new();
    for (unit, row) in units.iter().zip(&rows) {
        let apdu = Apdu::parse(unit).unwrap();
        assert_eq!(row[10], "", "malformed: {unit:02X?}");
        // Nothing is shown of a number that it does not know; of an answer its two bytes apart.
        if row[0].is_empty() {
            continue;
        }
        known.insert(apdu.control);
        assert_eq!(row[0], format!("0x{:04x}", apdu.control), "{unit:02X?}");
        assert_eq!(row[1], apdu.data.len().to_string(), "{unit:02X?}");
    }
    let at_least = [
        0x040F, 0x04FF, 0x0600, 0x0601, 0x060F, 0x061E, 0x0630, 0x0631, 0x0650, 0x0670, 0x0693,
        0x06D1, 0x06D3,
    ];
    for control in at_least {
        assert!(
            known.contains(&control),
            "{control:04X} is not among {known:04X?}"
        );
    }
}

#[test]
fn it_finds_in_a_result_what_we_put_there() {
    let result = StatusInformation {
        result_code: Some(0),
        amount: Bcd::from_number(123_456),
        trace: Bcd::from_digits("000975"),
        time: Bcd::from_digits("225558"),
        terminal_id: Bcd::from_digits("68001234"),
        currency: Bcd::from_number(978),
        card_name: Some(Text(b"MasterCard")),
        ..StatusInformation::default()
    };
    let line = StyledLine {
        attribute: 0,
        text: Text(b"HELLO"),
    };
    let block = PrintTextBlock {
        kind: firmware_protocols::vocabulary::terminal::ReceiptKind::Customer,
        charset: None,
        lines: vec![line],
        is_last: true,
    };
    let Some(rows) = dissect(&[result.encode(), block.encode()]) else {
        return;
    };
    let shown = [
        "0x00",
        "123456",
        "000975",
        "22:55:58",
        "68001234",
        "0x0978",
        "MasterCard",
    ];
    assert_eq!(rows[0][2..9], shown);
    assert_eq!(rows[1][9], "HELLO");
}

/// What it says of each unit; `None` where there is no `tshark`.
fn dissect(units: &[Vec<u8>]) -> Option<Vec<Vec<String>>> {
    if Command::new("tshark").arg("--version").output().is_err() {
        // Past the test runner, which swallows what a good test prints.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED zvt::wireshark: tshark is not installed"
        );
        return None;
    }
    let folder = std::env::temp_dir();
    let file = folder.join(format!("zvt-{}-{}.pcap", std::process::id(), units.len()));
    std::fs::write(&file, capture(units)).unwrap();
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&file).args([
        "-d",
        "tcp.port==20007,zvt",
        "-T",
        "fields",
        "-E",
        "separator=|",
    ]);
    for field in FIELDS {
        tshark.args(["-e", field]);
    }
    let output = tshark.output().unwrap();
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<Vec<String>> = text
        .lines()
        .map(|line| line.split('|').map(str::to_owned).collect())
        .collect();
    assert_eq!(
        rows.len(),
        units.len(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(rows)
}

/// A file of one packet for each unit, each on a connection of its own (PCAP, raw IP).
fn capture(units: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    for number in [0xA1B2_C3D4, 2 << 16 | 4, 0, 0, 0xFFFF, 101_u32] {
        file.extend(number.to_be_bytes());
    }
    for (port, unit) in (30_000_u16..).zip(units) {
        let length = 40 + u16::try_from(unit.len()).unwrap();
        for number in [0, 0, u32::from(length), u32::from(length)] {
            file.extend(number.to_be_bytes());
        }
        file.extend([0x45, 0]);
        file.extend(length.to_be_bytes());
        file.extend([0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2]);
        file.extend(port.to_be_bytes());
        file.extend(20_007_u16.to_be_bytes());
        file.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]);
        file.extend(unit);
    }
    file
}
