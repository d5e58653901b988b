//! No type prints what it must not.

use firmware_protocols::link::{Link as _, Output};
use firmware_protocols::time::Instant;
use firmware_protocols::vocabulary::terminal::TerminalEvent;
use firmware_protocols::wire::tlv::Objects;
use firmware_protocols::wire::{Reader, Writer};
use firmware_protocols::zvt::apdu::Apdu;
use firmware_protocols::zvt::bitmap::Fields;
use firmware_protocols::zvt::line::{Framing, Line, LineEvent, LineOutput, Timers};
use firmware_protocols::zvt::message::*;
use firmware_protocols::zvt::serial::{SerialLine, encode_frame};
use firmware_protocols::zvt::tcp::TcpLine;
use firmware_protocols::zvt::terminal_side::{self, Event, TerminalSide};
use firmware_protocols::zvt::{Config, Session};

use super::corpus::hex;
use super::till::{Op, ready, sale};

/// A result with a card number in the clear in BMP 22, in both tracks, in a text and in TLV, and
/// with a token.
const LOADED: &str = "27 00 04 00 00 00 00 12 34 22 F0 F8 47 11 11 00 00 00 11 12 \
    23 F1 F4 47 11 11 00 00 00 11 12 D4 91 22 01 00 0F \
    2D F1 F6 34 37 31 31 31 31 30 30 30 30 30 30 31 31 31 32 \
    3C F0 F1 F9 34 37 31 31 20 31 31 30 30 20 30 30 30 30 20 31 31 31 32 \
    06 15 1F 14 04 DE AD BE EF 1F 08 08 47 11 11 00 00 00 11 12 1F 1F 00";

/// Card number and token as text, as hex digits and as lists of bytes in either base, and a
/// password.
fn check(what: &str) {
    let squeezed: String = what
        .to_lowercase()
        .chars()
        .filter(|c| !" ,-".contains(*c))
        .collect();
    let secrets = [
        "4711110000001112",
        "7117170001718",
        "deadbeef",
        "222173190239",
        "123456",
    ];
    for secret in secrets {
        assert!(!squeezed.contains(secret), "{secret} in {what}");
    }
}

fn loaded() -> (Vec<u8>, Vec<u8>) {
    let data = hex(LOADED);
    let unit = Apdu {
        control: StatusInformation::CONTROL,
        data: &data,
    }
    .encode();
    (data, unit)
}

#[test]
fn codec_types() {
    let (data, unit) = loaded();
    let message = StatusInformation::decode(&data).unwrap();
    assert_eq!(message.pan.as_ref().unwrap().as_str(), "471111******1112");
    assert_eq!(message.token.unwrap().0, [0xDE, 0xAD, 0xBE, 0xEF]);
    check(&format!("{message:?}"));
    check(&format!("{:?}", message.token));
    check(&format!("{:?}", message.additional_text));
    check(&format!("{:?}", Apdu::parse(&unit)));
    check(&format!("{:?}", Reader::new(&data)));
    check(&format!("{:?}", Fields::new(Reader::new(&data))));
    for field in Fields::new(Reader::new(&data)) {
        check(&format!("{field:?}"));
        for object in Objects::new(field.unwrap().data) {
            check(&format!("{object:?}"));
        }
    }
    let mut writer = Writer::new();
    writer.put(&data);
    check(&format!("{writer:?}"));
    let text = firmware_protocols::zvt::text::encode("Karte 4711 1100 0000 1112");
    let text = firmware_protocols::zvt::text::Text(&text);
    check(&format!("{:?}", PrintLine { attribute: 0, text }));
    check(&format!(
        "{:?}",
        IntermediateStatus {
            status: 0,
            timeout: None,
            lines: vec![text]
        }
    ));
    let lines = vec![StyledLine { attribute: 0, text }];
    let kind = firmware_protocols::vocabulary::terminal::ReceiptKind::Customer;
    check(&format!(
        "{:?}",
        PrintTextBlock {
            kind,
            charset: None,
            lines,
            is_last: true
        }
    ));
    check(&format!(
        "{:?}",
        StatusReport {
            software: Some(text),
            ..StatusReport::default()
        }
    ));
}

#[test]
fn passwords() {
    let password = Password::from_digits("123456").unwrap();
    let config = Config {
        password,
        ..Config::new(Framing::Tcp, firmware_protocols::vocabulary::Currency::EUR)
    };
    check(&format!("{password:?} {config:?}"));
    let mut session = Session::new(config);
    session.handle_connected(Instant(0));
    check(&format!("{session:?}"));
    let output = session.poll();
    assert!(matches!(output, Output::Send(_)));
    check(&format!("{output:?}"));
    let Output::Send(bytes) = output else { return };
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    terminal.handle_input(&bytes, Instant(0));
    check(&format!("{terminal:?}"));
    let event = terminal.poll();
    assert!(matches!(
        event,
        terminal_side::Output::Event(Event::Command(_))
    ));
    check(&format!("{event:?}"));
}

#[test]
fn lines() {
    let (_, unit) = loaded();
    let frame = encode_frame(&unit);
    let mut serial = SerialLine::new(Timers::default());
    serial.handle_input(&frame[..frame.len() - 2], Instant(0));
    assert!(serial.poll().is_none());
    check(&format!("{serial:?}"));
    serial.handle_input(&frame[frame.len() - 2..], Instant(0));
    let mut tcp = TcpLine::new(Timers::default());
    tcp.handle_input(&unit, Instant(0));
    check(&format!(
        "{tcp:?} {:?}",
        Line::new(Framing::Serial, Timers::default())
    ));
    let outputs: Vec<_> = [serial.poll(), serial.poll(), tcp.poll()]
        .into_iter()
        .flatten()
        .collect();
    assert!(
        outputs
            .iter()
            .any(|it| matches!(it, LineOutput::Event(LineEvent::Received(_))))
    );
    check(&format!("{outputs:?}"));
    let sent = LineOutput::Send {
        bytes: unit.clone(),
        control: Some(0x040F),
    };
    check(&format!("{sent:?} {:?}", terminal_side::Output::Send(unit)));
}

#[test]
fn what_leaves_the_session() {
    let (_, unit) = loaded();
    for framing in [Framing::Serial, Framing::Tcp] {
        let mut till = ready(framing);
        till.start(sale(1234));
        till.expect_unit("06 01 0C 04 00 00 00 00 12 34 49 09 78 19 40");
        till.unit("80 00 00");
        let line = "Nr. 4711-1100-0000-1112";
        let hex = |bytes: &[u8]| {
            bytes
                .iter()
                .map(|it| format!("{it:02X} "))
                .collect::<String>()
        };
        let text = hex(line.as_bytes());
        till.answered(&format!("06 D1 18 81 {text}"));
        till.answered(&format!(
            "04 FF 1D 0A 01 06 19 24 17 07 15 {}",
            hex(&line.as_bytes()[2..])
        ));
        till.unit(&hex(&unit));
        check(&format!("{:?}", till.session));
        let events = till.events();
        check(&format!("{events:?}"));
        let Some(TerminalEvent::Result(result)) = events.last() else {
            panic!("{events:?}")
        };
        assert_eq!(result.token.as_ref().unwrap().expose(), "deadbeef");
        till.apply(Op::Acknowledge).unwrap();
        check(&format!("{:?} {:02X?}", till.session, till.seen));
    }
}
