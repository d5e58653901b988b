//! Every command of the protocol's table, said to the terminal as a till would.

use std::collections::BTreeSet;

use firmware_protocols::time::Duration;
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::message::{
    COMMANDS, ConfigByte, Input, Key, PrintTextBlock, Registration, RegistrationTlv, SetDateTime,
};
use firmware_protocols::zvt::{Password, apdu::Apdu};

use super::bench::{Bench, number, plain, reserve, sale};
use super::tcp;

/// Command without its length byte, what the terminal sends (without intermediate states and receipts), and how many receipts
/// come out. The terminal has a sale of 7.00 (receipt 1) and a reservation of 20.00 (receipt 2).
const CONVERSATIONS: [(&str, &str, u64); 41] = [
    ("05 01 00 00 00", "8000 060F", 0),
    ("06 00 00 00 00 BE 05 78", "8000 060F", 0),
    ("06 00 00 00 00 BE 09 78", "846F", 0),
    ("06 01 04 00 00 00 00 12 34 49 05 78", "8000 040F 060F", 2),
    ("06 02", "8000", 0),
    // The sale was not to take tips.
    ("06 0C 00 00 00 87 00 01 04 00 00 00 00 01 50", "8483", 0),
    ("06 10 00 00 00", "8000 040F 060F", 1),
    ("06 12 00 00 00 00 01 00 02", "8000 060F", 4),
    ("06 12 00 00 00 00 07", "8000 061E", 0),
    ("06 18", "8000 060F", 0),
    ("06 1A", "8000 060F", 1),
    ("06 1B 00 00 00 29 68 00 99 99", "8000 061E", 0),
    ("06 20 00 00 00 03 03", "8000 040F 060F", 0),
    (
        "06 21 00 00 00 04 00 00 00 00 12 34 3B 41 31 42 32 43 33 00 00",
        "8000 040F 060F",
        2,
    ),
    ("06 22 04 00 00 00 00 50 00 49 05 78", "8000 040F 060F", 0),
    ("06 23 87 00 02 04 00 00 00 00 05 00", "8000 040F 060F", 2),
    ("06 23 87 FF FF", "8000 061E", 0),
    ("06 24 87 00 02 04 00 00 00 00 15 00", "8000 040F 060F", 2),
    ("06 24 87 00 02 04 00 00 00 00 20 01", "8000 061E", 0),
    ("06 25 87 00 02", "8000 040F 060F", 2),
    ("06 25 87 00 07", "8000 061E", 0),
    (
        "06 26 0B 00 00 07 3B 41 00 00 00 00 00 00 00",
        "8000 061E",
        0,
    ),
    ("06 30 00 00 00 87 00 01", "8000 040F 060F", 2),
    ("06 31 00 00 00 04 00 00 00 00 03 00", "8000 040F 060F", 2),
    ("06 50 00 00 00", "8000 040F 060F", 1),
    ("06 51 00 00 00", "8000 060F", 0),
    ("06 70", "8000 0401 060F", 1),
    ("06 79", "8000 060F", 0),
    ("06 91 00 00 00 AA 26 11 22 0C 16 30 00", "8000 060F", 0),
    ("06 91 00 00 00 AA 26 13 22 0C 16 30 00", "8483", 0),
    ("06 93 00 00 00", "8000 060F", 0),
    ("06 95 00 00 00 65 43 21", "8000 060F", 0),
    ("06 B0", "8000", 0),
    ("06 C0 0A", "8000 040F", 0),
    ("06 E0 F1 F0 F5 48 45 4C 4C 4F", "8000", 0),
    ("06 E1", "8000", 0),
    ("06 E2", "8000", 0),
    ("08 01", "8000 060F", 0),
    ("08 30 02", "8000 060F", 0),
    ("08 40 07", "8000", 0),
    ("08 50 00", "8483", 0),
];

fn hex(text: &str) -> Vec<u8> {
    let bytes = text.split_whitespace();
    bytes
        .map(|byte| u8::from_str_radix(byte, 16).expect("hex"))
        .collect()
}

/// Puts the length in.
fn command(text: &str) -> Vec<u8> {
    let bytes = hex(text);
    let (control, data) = bytes.split_first_chunk().expect("a control field");
    Apdu {
        control: u16::from_be_bytes(*control),
        data,
    }
    .encode()
}

fn with_a_sale_and_a_reservation() -> Bench {
    let mut bench = Bench::registered();
    bench.run(sale(700, plain()));
    bench.run(reserve(2_000, plain()));
    bench
}

#[test]
fn every_command_is_carried_out_or_refused_as_it_should_be() {
    let mut spoken = BTreeSet::new();
    for (unit, expected, receipts) in CONVERSATIONS {
        let unit = command(unit);
        spoken.insert(Apdu::parse(&unit).expect("a unit").control);
        let mut bench = with_a_sale_and_a_reservation();
        let before = bench.terminal.face().receipts_printed;
        bench.run(unit.clone());
        assert_eq!(bench.controls(), expected, "{unit:02X?}");
        let printed = bench.terminal.face().receipts_printed - before;
        assert_eq!(printed, receipts, "{unit:02X?}");
        assert!(!bench.terminal.is_busy(), "{unit:02X?}");
        // Whatever it was, the terminal can be talked to.
        bench.run(hex("05 01 00"));
        assert_eq!(bench.controls(), "8000 060F", "after {unit:02X?}");
    }
    for (control, name) in COMMANDS {
        assert!(
            spoken.contains(&control),
            "no conversation for {control:04X} {name}"
        );
    }
}

#[test]
fn a_reservation_is_released_by_trace_number_and_approval_code() {
    let mut bench = with_a_sale_and_a_reservation();
    let record = bench
        .terminal
        .store()
        .last()
        .expect("a reservation")
        .clone();
    let mut unit = hex("06 26 0D 0B");
    unit.extend(
        Bcd::<3>::from_number(u64::from(record.trace))
            .expect("a trace")
            .bytes(),
    );
    unit.push(0x3B);
    let code = record.authorization_code.bytes().chain([0; 8]).take(8);
    unit.extend(code);
    bench.run(unit);
    assert_eq!(bench.controls(), "8000 040F 060F");
    assert_eq!(bench.money(), (700, 0, 0));
}

#[test]
fn totals_close_nothing_and_an_id_waits_for_the_end_of_day() {
    let mut bench = Bench::registered();
    bench.run(sale(700, plain()));
    bench.run(hex("06 10 03 00 00 00"));
    assert_eq!(bench.result().amount, number(700));
    let set_id = hex("06 1B 08 00 00 00 29 68 00 99 99");
    bench.run(set_id.clone());
    assert_eq!(bench.abort_code(), 0xF0);
    bench.run(hex("06 50 03 00 00 00"));
    assert_eq!(bench.result().amount, number(700), "still to be submitted");
    bench.run(set_id);
    assert_eq!(bench.controls(), "8000 060F");
    bench.run(sale(100, plain()));
    assert_eq!(bench.result().terminal_id, Bcd::from_digits("68009999"));
}

#[test]
fn the_clock_is_set_and_told() {
    let mut bench = Bench::registered();
    bench.run(hex("06 91 0B 00 00 00 AA 24 02 29 0C 16 30 00"));
    bench.run(hex("06 70 00"));
    let told = bench
        .heard
        .iter()
        .find(|unit| unit.starts_with(&[4, 1]))
        .expect("a 04 01");
    let told = SetDateTime::decode(&told[3..]).expect("a clock");
    assert_eq!(told.date, Bcd::from_digits("240229"));
    // Three minutes go by while nothing happens.
    assert_eq!(told.time, Bcd::from_digits("163300"));
}

#[test]
fn a_reset_restarts_the_terminal() {
    let mut bench = Bench::registered();
    bench.send(hex("06 18 00"));
    assert_eq!(bench.reboots, 1);
    assert!(bench.terminal.is_busy());
    bench.pass(Duration::from_secs(10));
    bench.run(sale(700, plain()));
    assert_eq!(bench.controls(), "8000 040F 060F");
    assert!(bench.statuses().is_empty(), "the registration is forgotten");
}

#[test]
fn over_tcp_there_is_no_speed() {
    for (unit, answer) in [("08 40 01 07", "847D"), ("08 40 01 00", "847D")] {
        let mut bench = Bench::registered_with(tcp());
        bench.run(hex(unit));
        assert_eq!(bench.controls(), answer);
    }
    let mut bench = Bench::registered();
    bench.run(hex("08 40 01 02"));
    assert_eq!(bench.controls(), "84FD");
}

#[test]
fn a_card_that_was_read_is_used_by_the_payment_that_follows() {
    let read = "06 C0 0A 06 04 1F 15 01 80";
    let pay = "06 01 04 00 00 00 00 12 34 19 42";
    let mut bench = Bench::registered();
    bench.run(command(read));
    assert_eq!(bench.controls(), "8000 040F");
    let result = bench.result();
    assert_eq!(
        result.pan.as_ref().map(|pan| pan.as_str().to_owned()),
        Some("411111******1111".to_owned())
    );
    assert!(result.token.is_some());
    assert_eq!(result.result_code, None);
    bench.run(command(pay));
    assert_eq!(bench.controls(), "8000 040F 060F");
    assert_eq!(bench.terminal.face().presentations, 1);
    assert_eq!(bench.money(), (1_234, 0, 0));
    // Only the command that follows at once.
    bench.run(command(read));
    bench.run(hex("05 01 00"));
    bench.run(command(pay));
    assert_eq!(bench.terminal.face().presentations, 3);
}

#[test]
fn a_card_reading_ends_without_a_card() {
    let mut bench = Bench::registered().card("unreadable");
    bench.run(hex("06 C0 01 0A"));
    assert_eq!(bench.verdict(), (0x64, None));

    let mut bench = Bench::registered();
    bench.terminal.set_hold(true, bench.now);
    bench.send(hex("06 C0 01 0A"));
    assert!(bench.terminal.waits_for_card());
    bench.pass(Duration::from_secs(11));
    assert_eq!(bench.verdict(), (0x6C, None));

    bench.send(hex("06 C0 01 00"));
    bench.pass(Duration::from_secs(3600));
    assert!(bench.terminal.waits_for_card(), "for ever");
    bench.run(hex("06 B0 00"));
    assert_eq!(bench.controls(), "8000 040F");
    assert_eq!(bench.verdict(), (0x6C, None));
}

#[test]
fn keys_and_digits_are_entered() {
    let entered = |bench: &Bench| bench.heard.last().expect("an answer").clone();
    let mut bench = Bench::registered();
    bench.run(hex("06 E1 06 F1 F0 F3 4F 4B 3F"));
    assert_eq!(entered(&bench), hex("80 00 01 0D"));
    for (fewest_and_most, answer) in [
        ("", "80 00 04 31 32 33 34"),
        ("E0 01 E9 02", "80 00 02 31 32"),
        ("E0 06", "80 00 01 1B"),
    ] {
        let data = hex(fewest_and_most);
        let mut unit = vec![0x06, 0xE2, u8::try_from(data.len()).expect("short")];
        unit.extend(data);
        bench.run(unit);
        assert_eq!(entered(&bench), hex(answer), "{fewest_and_most}");
    }
    bench.terminal.set_hold(true, bench.now);
    bench.send(hex("06 E1 02 F0 05"));
    assert!(bench.terminal.waits_for_input());
    bench.pass(Duration::from_secs(6));
    assert_eq!(entered(&bench), hex("80 00 01 6C"), "nobody did anything");
    bench.send(hex("06 E1 02 F0 05"));
    assert!(bench.terminal.enter_input(&Input::Key(Key::Up), bench.now));
    bench.pass(Duration::from_secs(1));
    assert_eq!(entered(&bench), hex("80 00 01 55"));
    assert!(!bench.terminal.enter_input(&Input::Key(Key::Up), bench.now));
    bench.send(hex("06 E2 00"));
    bench.run(hex("06 B0 00"));
    assert_eq!(bench.controls(), "8000 8000");
    assert!(!bench.terminal.is_busy());
}

#[test]
fn long_receipts_come_in_blocks_that_the_till_can_take() {
    let mut whole = Vec::new();
    for longest in [None, Some(60)] {
        let mut bench = Bench::new(super::Config::default());
        let registration = Registration {
            password: Password::ZERO,
            config: ConfigByte::FULL,
            currency: number(578),
            service: None,
            tlv: Some(RegistrationTlv {
                numbers: None,
                permitted: vec![PrintTextBlock::CONTROL],
                longest,
            }),
        };
        bench.run(registration.encode());
        bench.run(sale(700, plain()));
        let units = bench
            .heard
            .iter()
            .filter(|unit| unit.starts_with(&[6, 0xD3]));
        let units: Vec<&Vec<u8>> = units.collect();
        let mut lines = Vec::new();
        let mut ends = 0;
        for unit in &units {
            let block = PrintTextBlock::decode(&unit[3..]).expect("a block");
            ends += u32::from(block.is_last);
            lines.extend(block.lines.iter().map(|line| line.text.0.to_vec()));
            assert!(longest.is_none_or(|longest| unit.len() <= usize::from(longest)));
        }
        assert_eq!(ends, 2, "two receipts");
        match longest {
            None => assert_eq!(units.len(), 2),
            Some(_) => assert!(units.len() > 4),
        }
        whole.push(lines);
        assert_eq!(bench.money(), (700, 0, 0));
    }
    assert_eq!(whole[0], whole[1]);
}

/// A locked terminal begins what it does not carry out, and is unlocked by its remedy.
#[test]
fn a_locked_terminal_takes_no_payment_until_it_is_mended() {
    for (code, status, remedy) in [
        ("51", 1, Some("06 93 03 00 00 00")),
        ("C2", 2, Some("06 70 00")),
        ("F0", 0, Some("06 50 03 00 00 00")),
        ("CC", 0, None),
    ] {
        let mut bench = Bench::registered();
        let text = format!("start lock {code}");
        let scenario = crate::scenario::read(&text).expect("a scenario");
        bench.terminal.play(&scenario, bench.now);
        let byte = u8::from_str_radix(code, 16).expect("a code");
        for refused in ["06 10 03 00 00 00", "06 79 00", "06 20 03 00 00 00"] {
            bench.run(hex(refused));
            assert_eq!(bench.controls(), "8000 061E", "{code} {refused}");
            assert_eq!(bench.abort_code(), byte);
        }
        bench.run(sale(700, plain()));
        assert_eq!(bench.controls(), "8000 061E", "{code}");
        assert_eq!(bench.money(), (0, 0, 0));
        for allowed in ["06 C0 01 0A", "06 B0 00", "06 E0 00", "08 01 00"] {
            bench.run(hex(allowed));
            assert_ne!(bench.controls(), "8000 061E", "{code} {allowed}");
        }
        bench.run(hex("05 01 03 00 00 00"));
        let report = bench.heard.iter().find(|unit| unit.starts_with(&[6, 0x0F]));
        assert_eq!(report.and_then(|unit| unit.last()), Some(&byte));
        bench.run(hex("06 00 06 00 00 00 BE 05 78"));
        let completion = bench.heard.iter().find(|unit| unit.starts_with(&[6, 0x0F]));
        assert_eq!(completion.expect("an end")[3..5], [0x19, status], "{code}");
        if let Some(remedy) = remedy {
            bench.run(hex(remedy));
            bench.run(sale(700, plain()));
            assert_eq!(bench.money().0, 700, "{code}");
        }
    }
}

/// A payment that was to take a tip says so, and takes it from the same card, without it.
#[test]
fn a_tip_is_added_to_a_payment_that_takes_one() {
    for tip in [
        "06 0C 0A 87 00 01 04 00 00 00 00 01 50",
        "06 0C 0A 04 00 00 00 00 01 50 87 00 01",
        "06 0C 0D 00 00 00 87 00 01 04 00 00 00 00 01 50",
    ] {
        let mut bench = Bench::registered();
        let mut tippable = sale(700, plain());
        let at = tippable
            .iter()
            .position(|byte| *byte == 0x19)
            .expect("a payment type");
        tippable[at + 1] |= 0x08;
        bench.run(tippable);
        assert!(bench.result().takes_tip);
        bench.run(hex(tip));
        assert_eq!(bench.controls(), "8000 040F 060F", "{tip}");
        assert_eq!(bench.result().amount, number(150));
        assert_eq!(bench.money(), (850, 0, 0));
        assert_eq!(bench.terminal.face().presentations, 1);
        bench.run(hex("06 0C 0A 87 00 09 04 00 00 00 00 01 50"));
        assert_eq!(bench.controls(), "8483", "no such payment");
        bench.run(hex("06 50 03 00 00 00"));
        bench.run(hex(tip));
        assert_eq!(bench.controls(), "8483", "too late");
    }
}
