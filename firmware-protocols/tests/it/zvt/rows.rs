//! Every row of the command table: a vector from outside, and a conversation with our own side.
//! (The terminal's side of each command is in `hw-sim`, in a table of the same shape.)

use std::collections::BTreeSet;
use std::path::Path;

use firmware_protocols::oracle::rewrite;
use firmware_protocols::vocabulary::terminal::TerminalEvent;
use firmware_protocols::zvt::Framing;
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::message::{self, COMMANDS, REPORTS, StatusInformation};
use firmware_protocols::zvt::terminal_side::{Command, Event, Output, TerminalSide};

use super::corpus::{hex, units};
use super::till::{Seen, ready, sale};
use firmware_protocols::time::Instant;
use firmware_protocols::zvt::line::Timers;
use firmware_protocols::zvt::message::Response;

/// The table names every message that has a file.
#[test]
fn no_message_is_missing_from_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/zvt/message");
    let listed: BTreeSet<u16> = COMMANDS.iter().chain(&REPORTS).map(|row| row.0).collect();
    assert_eq!(listed.len(), COMMANDS.len() + REPORTS.len(), "a row twice");
    let mut found = BTreeSet::new();
    for file in folder.read_dir().unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let numbers = text.split("pub const CONTROL: u16 = 0x").skip(1);
        found.extend(numbers.map(|rest| u16::from_str_radix(&rest[..4], 16).unwrap()));
    }
    assert_eq!(found, listed);
    assert_eq!(message::name(0x0601), Some("Authorization"));
    assert_eq!(message::name(0x849C), Some("Response"));
    assert_eq!(message::name(0x1234), None);
}

/// At least one vector each, which reads as that message and as no other.
#[test]
fn every_row_has_a_vector() {
    let units = units();
    for (control, name) in COMMANDS.iter().chain(&REPORTS) {
        let of_row = |unit: &&Vec<u8>| Apdu::parse(unit).unwrap().control == *control;
        let mut vectors = units.iter().filter(of_row).peekable();
        assert!(
            vectors.peek().is_some(),
            "no vector for {control:04X} {name}"
        );
        for unit in vectors {
            let again = rewrite(unit).unwrap();
            assert_eq!(Apdu::parse(&again).unwrap().control, *control);
        }
    }
}

/// Every command reaches a simulator as what it is; accepting it hands over as it says.
#[test]
fn the_terminal_side_hears_every_command() {
    for unit in units() {
        let apdu = Apdu::parse(&unit).unwrap();
        if !COMMANDS.iter().any(|(control, _)| *control == apdu.control) {
            continue;
        }
        let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
        let now = Instant(0);
        terminal.handle_connected(now);
        terminal.handle_input(&unit, now);
        let Output::Event(Event::Command(command)) = terminal.poll() else {
            panic!("{unit:02X?} is no command");
        };
        assert!(!matches!(command, Command::Other(_)), "{unit:02X?}");
        assert_eq!(Command::decode(apdu), Ok(command.clone()));
        terminal.accept(now).unwrap();
        assert_eq!(terminal.poll(), Output::Send(hex("80 00 00")));
        assert_eq!(terminal.may_send(), command.hands_over(), "{command:?}");
    }
}

/// Every report of a terminal gets its answer from the till, while a payment runs.
#[test]
fn the_till_answers_every_report() {
    let mut seen = BTreeSet::new();
    for unit in units() {
        let apdu = Apdu::parse(&unit).unwrap();
        if !REPORTS.iter().any(|(control, _)| *control == apdu.control) {
            continue;
        }
        seen.insert(apdu.control);
        let mut till = ready(Framing::Tcp);
        till.start(sale(1));
        till.expect_unit("06 01 0C 04 00 00 00 00 00 01 49 09 78 19 40");
        till.unit("80 00 00");
        let text: Vec<_> = unit.iter().map(|byte| format!("{byte:02X}")).collect();
        till.unit(&text.join(" "));
        let is_result = |seen: &Seen| matches!(seen, Seen::Event(TerminalEvent::Result(_)));
        if apdu.control == StatusInformation::CONTROL && till.seen.iter().any(is_result) {
            // Not before it is durable.
            assert!(!till.seen.iter().any(|it| matches!(it, Seen::Send(_))));
            continue;
        }
        till.expect_unit("80 00 00");
    }
    assert_eq!(seen.len(), REPORTS.len());
}

/// 80 00 with data answers an input.
#[test]
fn inputs_are_answered_once() {
    let now = Instant(0);
    for (command, input, answer) in [
        (
            "06 E1 00",
            message::Input::Key(message::Key::Ok),
            "80 00 01 0D",
        ),
        (
            "06 E2 00",
            message::Input::Digits(b"1234".to_vec()),
            "80 00 04 31 32 33 34",
        ),
    ] {
        let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
        terminal.handle_input(&hex(command), now);
        assert!(matches!(terminal.poll(), Output::Event(Event::Command(_))));
        // The till may stop it; nothing else is heard meanwhile.
        terminal.handle_input(&hex("06 B0 00"), now);
        assert_eq!(terminal.poll(), Output::Event(Event::AbortRequested));
        terminal.handle_input(&hex("05 01 00"), now);
        assert_eq!(
            terminal.poll(),
            Output::Send(Response::Negative { code: 0x9C }.encode())
        );
        terminal.answer_input(&input, now).unwrap();
        assert_eq!(terminal.poll(), Output::Send(hex(answer)));
        terminal.accept_abort(now).unwrap();
        assert_eq!(terminal.poll(), Output::Send(hex("80 00 00")));
        assert!(terminal.answer_input(&input, now).is_err());
        let data = &hex(answer)[3..];
        assert_eq!(message::Input::decode(data, true), Some(input));
    }
    assert_eq!(message::Input::decode(&[], true), None);
    let as_key = message::Input::decode(b"1", false);
    assert_eq!(as_key, Some(message::Input::Key(message::Key::Numbered(1))));
    for code in 0..=0xFF_u8 {
        assert_eq!(message::Key::from_code(code).code(), code);
    }
}
