//! Message numbers (1F73): offered, taken, carried by everything, and of use.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::terminal::{Ending, Report, TerminalEvent};
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::line::{Framing, Timers};
use firmware_protocols::zvt::message::{Completion, StatusInformation};
use firmware_protocols::zvt::terminal_side::{Answer, Event, Output, TerminalSide};
use firmware_protocols::zvt::{Config, explain};

use super::corpus::hex;
use super::pair::{Pair, Say, done};
use super::till::{Op, Seen, Till, sale};
use firmware_protocols::time::Instant;

const OFFER: &str = "06 00 14 00 00 00 BE 09 78 06 0C 26 04 0A 02 06 D3 1F 73 03 00 00 00";
const TAKEN: &str = "06 0F 12 19 00 29 68 00 12 34 49 09 78 06 06 1F 73 03 00 00 00";
const SALE: &str = "06 01 14 04 00 00 00 00 12 34 49 09 78 19 40 06 06 1F 73 03 00 00 03";
const APPROVED: &str = "04 0F 14 27 00 04 00 00 00 00 12 34 87 00 01 06 06 1F 73 03 00 00 04";

/// A till that has agreed on numbers; 1 and 2 are used.
fn numbered() -> Till {
    let mut till = Till::new(Config::new(Framing::Tcp, Currency::EUR));
    till.apply(Op::Connected).unwrap();
    till.expect_unit(OFFER);
    till.unit("80 00 00");
    till.answered(TAKEN);
    till.expect_unit("05 01 0B 00 00 00 06 06 1F 73 03 00 00 01");
    till.unit("80 00 08 06 06 1F 73 03 00 00 01");
    till.unit("06 0F 09 00 06 06 1F 73 03 00 00 01");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 01");
    till.expect_unit("06 20 0D 00 00 00 03 03 06 06 1F 73 03 00 00 02");
    till.unit("80 00 08 06 06 1F 73 03 00 00 02");
    // This terminal counts its own commands.
    till.unit("06 1E 09 83 06 06 1F 73 03 00 00 02");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 02");
    let ready = [TerminalEvent::Ready {
        identity: firmware_protocols::vocabulary::terminal::Identity {
            terminal_id: Some("68001234".to_owned()),
            ..Default::default()
        },
        last: None,
    }];
    assert_eq!(till.events()[..], ready);
    till
}

#[test]
fn a_payment_with_numbers() {
    let mut till = numbered();
    till.start(sale(1234));
    till.expect_unit(SALE);
    till.unit("80 00 08 06 06 1F 73 03 00 00 03");
    till.unit("04 FF 0A 0A 01 06 06 1F 73 03 00 00 03");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 03");
    till.unit(APPROVED);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 04");
    // The number is no part of the line, and the last line ends the receipt.
    till.unit("06 D1 0B 81 48 49 06 06 1F 73 03 00 00 05");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 05");
    let lines = till.events().iter().find_map(|event| match event {
        TerminalEvent::Receipt(receipt) => Some(receipt.lines.clone()),
        _ => None,
    });
    assert_eq!(lines, Some(vec!["HI".to_owned()]));
    till.unit("06 0F 08 06 06 1F 73 03 00 00 06");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 06");
    let Ending::Completed(Report::Approved(paid)) = till.ending() else {
        panic!("not approved");
    };
    assert_eq!(paid.receipt_number.as_deref(), Some("0001"));
}

/// What numbers are for: an answer that was meant for something else is not taken for this one.
#[test]
fn a_late_answer_is_told_from_the_right_one() {
    let mut till = numbered();
    till.start(sale(1234));
    till.expect_unit(SALE);
    till.unit("84 83 08 06 06 1F 73 03 00 00 02");
    assert!(till.seen.is_empty(), "{:?}", till.seen);
    till.unit("80 00 08 06 06 1F 73 03 00 00 03");
    till.unit("84 9C 08 06 06 1F 73 03 00 00 01");
    till.unit(APPROVED);
    assert!(matches!(
        till.seen[..],
        [Seen::Event(TerminalEvent::Result(_))]
    ));
}

/// A terminal that did not hear an answer says the same once more: it is answered, and done once.
#[test]
fn a_repetition_is_answered_and_not_done_again() {
    let mut till = numbered();
    till.start(sale(1234));
    till.expect_unit(SALE);
    till.unit("80 00 08 06 06 1F 73 03 00 00 03");
    till.unit(APPROVED);
    // Not durable yet: there is nothing to say.
    till.seen.clear();
    till.unit(APPROVED);
    assert!(till.seen.is_empty(), "{:?}", till.seen);
    till.apply(Op::Acknowledge).unwrap();
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 04");
    till.unit(APPROVED);
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 04");
    assert!(till.seen.is_empty(), "{:?}", till.seen);
    for number in ["05", "05", "06"] {
        till.unit(&format!("06 D1 0A 00 48 06 06 1F 73 03 00 00 {number}"));
        till.expect_unit(&format!("80 00 08 06 06 1F 73 03 00 00 {number}"));
    }
    till.unit("06 0F 08 06 06 1F 73 03 00 00 07");
    till.expect_unit("80 00 08 06 06 1F 73 03 00 00 07");
    let lines = till.events().iter().find_map(|event| match event {
        TerminalEvent::Receipt(receipt) => Some(receipt.lines.clone()),
        _ => None,
    });
    assert_eq!(lines, Some(vec!["H".to_owned(), "H".to_owned()]));
}

/// Not echoed, not used; and a new registration begins anew.
#[test]
fn a_terminal_that_does_not_take_them() {
    let mut till = numbered();
    till.apply(Op::Connected).unwrap();
    till.seen.clear();
    till.unit("80 00 00");
    till.answered("06 0F 00");
    till.expect_unit("05 01 03 00 00 00");
}

/// A terminal on its own: what it says, and what it hears.
#[test]
fn the_terminal_numbers_and_tells_late_answers_apart() {
    let now = Instant(0);
    let mut terminal = TerminalSide::new(Framing::Tcp, Timers::default());
    let hear = |terminal: &mut TerminalSide, unit: &str| {
        terminal.handle_input(&hex(unit), now);
        terminal.poll()
    };
    let done = || Completion {
        numbers: Some(Bcd::from_bytes([0; 3])),
        ..Completion::default()
    };
    assert!(matches!(
        hear(&mut terminal, OFFER),
        Output::Event(Event::Command(_))
    ));
    terminal.accept(now).unwrap();
    assert_eq!(terminal.poll(), Output::Send(hex("80 00 00")));
    terminal.send_completion(done(), now).unwrap();
    assert_eq!(
        terminal.poll(),
        Output::Send(hex("06 0F 08 06 06 1F 73 03 00 00 00"))
    );
    assert_eq!(
        hear(&mut terminal, "80 00 00"),
        Output::Event(Event::Answered(Answer::Accepted))
    );

    assert!(matches!(
        hear(&mut terminal, SALE),
        Output::Event(Event::Command(_))
    ));
    terminal.accept(now).unwrap();
    assert_eq!(
        terminal.poll(),
        Output::Send(hex("80 00 08 06 06 1F 73 03 00 00 03"))
    );
    // The same once more: said again, not done again. The same under another number: busy.
    assert_eq!(
        hear(&mut terminal, SALE),
        Output::Send(hex("80 00 08 06 06 1F 73 03 00 00 03"))
    );
    let other = SALE.replace("00 00 03", "00 00 09");
    assert_eq!(
        hear(&mut terminal, &other),
        Output::Send(hex("84 9C 08 06 06 1F 73 03 00 00 09"))
    );
    let result = StatusInformation {
        result_code: Some(0),
        amount: Bcd::from_number(1234),
        receipt: Bcd::from_digits("0001"),
        ..StatusInformation::default()
    };
    terminal.send_status_information(&result, now).unwrap();
    let sent = hex(&APPROVED.replace("00 00 04", "00 00 10"));
    assert_eq!(terminal.poll(), Output::Send(sent));
    hear(&mut terminal, "84 9C 08 06 06 1F 73 03 00 00 09");
    assert!(!terminal.may_send(), "that was for something else");
    hear(&mut terminal, "80 00 08 06 06 1F 73 03 00 00 10");
    assert!(terminal.may_send());
    terminal.forget_registration();
    terminal
        .send_completion(Completion::default(), now)
        .unwrap();
}

/// The two together, over both transports: all that is said after registration has a number.
#[test]
fn nothing_goes_without_a_number() {
    for framing in [Framing::Serial, Framing::Tcp] {
        let mut pair = Pair::new(Config::new(framing, Currency::EUR));
        pair.connect();
        pair.arrives = Box::new(|_, bytes| {
            let has = bytes.windows(3).any(|part| part == [0x1F, 0x73, 0x03]);
            assert!(has || bytes.len() == 1, "{bytes:02X?}");
            true
        });
        let result = StatusInformation {
            result_code: Some(0),
            amount: Bcd::from_number(1234),
            receipt: Bcd::from_digits("0001"),
            ..StatusInformation::default()
        };
        pair.start(
            sale(1234),
            None,
            vec![Say::Accept, Say::Unit(result.encode()), done()],
        );
        pair.acknowledge();
        let ended = pair.events.iter().any(|event| {
            matches!(
                event,
                TerminalEvent::Finished(Ending::Completed(Report::Approved(_)))
            )
        });
        assert!(ended, "{:?}", pair.events);
    }
}

#[test]
fn numbers_are_explained() {
    let lines = explain::explain(&hex("06 D1 0B 81 48 49 06 06 1F 73 03 00 00 05"));
    let expected = [
        "attribute: 81",
        "text: \"HI\"",
        "06 TLV container: (6 bytes)",
        "1F73 message number: 000005",
    ];
    let lines: Vec<&str> = lines.iter().skip(1).map(|line| line.trim()).collect();
    assert_eq!(lines, expected);
    let lines = explain::explain(&hex("80 00 08 06 06 1F 73 03 00 00 05"));
    assert!(
        lines.iter().any(|line| line.contains("000005")),
        "{lines:?}"
    );
}
