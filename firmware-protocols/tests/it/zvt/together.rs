//! Till and terminal together: each request from start to end.

use firmware_protocols::vocabulary::Currency;
use firmware_protocols::vocabulary::card::{EntryMode, MaskedPan};
use firmware_protocols::vocabulary::terminal::{
    DeclineReason, Ending, PromptKind, ReceiptKind, Report, Reservation, SyncId, TerminalEvent,
    TerminalRequest, Totals, Transaction,
};
use firmware_protocols::wire::bcd::Bcd;
use firmware_protocols::zvt::Config;
use firmware_protocols::zvt::line::Framing;
use firmware_protocols::zvt::message::{
    CardToken, CardTotals, IntermediateStatus, PrintLine, PrintTextBlock, StatusInformation,
    StyledLine,
};
use firmware_protocols::zvt::terminal_side::{Answer, Command, Event};
use firmware_protocols::zvt::text::{self, Text};

use super::pair::{Pair, Say, done, stop};
use super::till::{eur, sale};

/// Runs `test` over both transports, with the two registered.
fn over_both(test: impl Fn(&mut Pair)) {
    for framing in [Framing::Serial, Framing::Tcp] {
        let mut pair = Pair::new(Config::new(framing, Currency::EUR));
        pair.connect();
        assert!(
            matches!(pair.events[..], [TerminalEvent::Ready { .. }]),
            "{:?}",
            pair.events
        );
        pair.events.clear();
        pair.heard.clear();
        test(&mut pair);
    }
}

fn approved<'a>(amount: u64, receipt: &str) -> StatusInformation<'a> {
    StatusInformation {
        result_code: Some(0),
        amount: Bcd::from_number(amount),
        currency: Bcd::from_number(978),
        receipt: Bcd::from_digits(receipt),
        trace: Bcd::from_digits("000123"),
        terminal_id: Bcd::from_digits("68001234"),
        ..StatusInformation::default()
    }
}

fn ending(pair: &Pair) -> &Ending {
    let mut endings = pair.events.iter().filter_map(|event| match event {
        TerminalEvent::Finished(ending) => Some(ending),
        TerminalEvent::Ready { .. }
        | TerminalEvent::Prompt(_)
        | TerminalEvent::Receipt(_)
        | TerminalEvent::Result(_) => None,
    });
    let ending = endings
        .next()
        .unwrap_or_else(|| panic!("{:?}", pair.events));
    assert_eq!(endings.next(), None);
    ending
}

fn taken(pair: &Pair) -> &Transaction {
    match ending(pair) {
        Ending::Completed(Report::Approved(transaction)) => transaction,
        other => panic!("{other:?}"),
    }
}

fn command(pair: &Pair) -> &Command {
    match &pair.heard[0] {
        Event::Command(command) => command,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sale_with_prompts_and_receipts() {
    over_both(|pair| {
        let customer = text::encode("** Händlerbeleg **");
        let number = text::encode("Karte 4711 1100 0000 1112");
        let blocks = |kind| PrintTextBlock {
            kind,
            charset: None,
            lines: vec![
                StyledLine {
                    attribute: 0x40,
                    text: Text(&customer),
                },
                StyledLine {
                    attribute: 0x00,
                    text: Text(&number),
                },
            ],
            is_last: true,
        };
        let mut result = approved(1234, "0007");
        result.pan = Some(MaskedPan::of("4711110000001112"));
        result.card_name = Some(Text(b"VISA"));
        result.authorization_code = Some(Text(b"A1B2C3"));
        result.entry_mode = Some(EntryMode::Contactless);
        let prompt = IntermediateStatus {
            status: 0x0A,
            ..IntermediateStatus::default()
        };
        let script = vec![
            Say::Accept,
            Say::Unit(prompt.encode()),
            Say::Unit(result.encode()),
            Say::Unit(blocks(ReceiptKind::Merchant).encode()),
            Say::Unit(blocks(ReceiptKind::Customer).encode()),
            done(),
        ];
        pair.start(sale(1234), None, script);
        assert!(matches!(pair.events.last(), Some(TerminalEvent::Result(_))));
        assert!(
            !pair
                .heard
                .iter()
                .any(|it| matches!(it, Event::Answered(Answer::None)))
        );
        pair.acknowledge();

        let card = taken(pair).card.clone().unwrap();
        assert_eq!(card.masked_pan.unwrap().as_str(), "471111******1112");
        assert_eq!(card.brand.as_deref(), Some("VISA"));
        assert_eq!(card.entry_mode, Some(EntryMode::Contactless));
        assert_eq!(taken(pair).authorization_code.as_deref(), Some("A1B2C3"));
        assert!(matches!(&pair.events[0], TerminalEvent::Prompt(prompt)
            if prompt.kind == PromptKind::PresentCard));
        let receipts: Vec<_> = pair
            .events
            .iter()
            .filter_map(|event| match event {
                TerminalEvent::Receipt(receipt) => Some(receipt),
                TerminalEvent::Ready { .. }
                | TerminalEvent::Prompt(_)
                | TerminalEvent::Result(_)
                | TerminalEvent::Finished(_) => None,
            })
            .collect();
        assert_eq!(receipts.len(), 2);
        assert_eq!(receipts[0].kind, ReceiptKind::Merchant);
        assert_eq!(
            receipts[0].lines,
            ["** Händlerbeleg **", "Karte **** **** **** 1112"]
        );
        assert_eq!(receipts[1].kind, ReceiptKind::Customer);
    });
}

#[test]
fn a_reservation_with_token() {
    over_both(|pair| {
        let mut result = approved(5000, "0031");
        result.token = Some(CardToken(&[0xDE, 0xAD]));
        let hold = TerminalRequest::Authorize {
            amount: eur(5000),
            want_token: true,
        };
        let script = vec![Say::Accept, Say::Unit(result.encode()), done()];
        pair.start(hold, None, script);
        pair.acknowledge();
        let Command::Reservation(asked) = command(pair) else {
            panic!("{:?}", pair.heard)
        };
        assert_eq!(asked.options.card_reading, Some(0x80));
        assert_eq!(asked.options.sync, None);
        let held = taken(pair);
        assert_eq!(held.token.as_ref().unwrap().expose(), "dead");
        assert_eq!(held.receipt_number.as_deref(), Some("0031"));
    });
}

fn reservation() -> Reservation {
    Reservation {
        receipt_number: "0031".to_owned(),
        trace_number: Some("000123".to_owned()),
        authorization_code: None,
        amount: eur(5000),
    }
}

#[test]
fn the_ends_of_a_reservation() {
    over_both(|pair| {
        let capture = |amount| TerminalRequest::CaptureReservation {
            reservation: reservation(),
            amount: eur(amount),
        };
        let booked = approved(3400, "0032").encode();
        let script = vec![Say::Accept, Say::Unit(booked), done()];
        pair.start(capture(3400), None, script);
        pair.acknowledge();
        let Command::BookTotal(booked) = command(pair) else {
            panic!("{:?}", pair.heard)
        };
        assert_eq!(booked.key.receipt.unwrap().digits(), "0031");
        assert_eq!(booked.amount.unwrap().number(), Some(3400));
        assert_eq!(taken(pair).receipt_number.as_deref(), Some("0032"));

        pair.events.clear();
        pair.heard.clear();
        let void = TerminalRequest::VoidReservation {
            reservation: reservation(),
        };
        let voided = approved(0, "0031").encode();
        let script = vec![Say::Accept, Say::Unit(voided), done()];
        pair.start(void, None, script);
        pair.acknowledge();
        assert!(matches!(command(pair), Command::ReservationReversal(_)));
        assert_eq!(taken(pair).amount_minor, Some(0));

        pair.events.clear();
        pair.start(capture(9999), None, vec![Say::Accept, stop(0xB7)]);
        let reason = DeclineReason::AmountNotAllowed;
        assert_eq!(*ending(pair), Ending::Declined { reason, code: 0xB7 });
    });
}

/// The sync value is echoed when the station has one; a terminal that has never shown one is not
/// asked, one that has hears "none known".
#[test]
fn the_sync_value_is_echoed() {
    over_both(|pair| {
        let mut result = approved(1, "0031");
        result.sync = Some(&[0x00, 0x31]);
        let told = SyncId(vec![0x00, 0x32]);
        let cases = [
            (None, None),
            (None, Some(SyncId(vec![]))),
            (Some(told.clone()), Some(told)),
        ];
        for (known, expected) in cases {
            pair.events.clear();
            pair.heard.clear();
            let script = vec![Say::Accept, Say::Unit(result.encode()), done()];
            pair.start(sale(1), known, script);
            pair.acknowledge();
            let Command::Authorization(asked) = command(pair) else {
                panic!("{:?}", pair.heard)
            };
            assert_eq!(asked.options.sync, expected);
            assert_eq!(taken(pair).sync, Some(SyncId(vec![0x00, 0x31])));
        }
    });
}

#[test]
fn reversal_and_refund() {
    over_both(|pair| {
        let reverse = TerminalRequest::Reverse {
            receipt_number: "0007".to_owned(),
            amount: eur(1234),
        };
        let result = approved(1234, "0008").encode();
        pair.start(
            reverse.clone(),
            None,
            vec![Say::Accept, Say::Unit(result), done()],
        );
        pair.acknowledge();
        let Command::Reversal(reversal) = command(pair) else {
            panic!("{:?}", pair.heard)
        };
        assert_eq!(reversal.receipt.unwrap().digits(), "0007");
        assert_eq!(taken(pair).receipt_number.as_deref(), Some("0008"));

        pair.events.clear();
        pair.start(reverse, None, vec![Say::Accept, stop(0xB4)]);
        let reason = DeclineReason::AlreadyReversed;
        assert_eq!(*ending(pair), Ending::Declined { reason, code: 0xB4 });

        pair.events.clear();
        pair.heard.clear();
        let refund = TerminalRequest::Refund { amount: eur(500) };
        let result = approved(500, "0009").encode();
        pair.start(refund, None, vec![Say::Accept, Say::Unit(result), done()]);
        pair.acknowledge();
        assert!(matches!(command(pair), Command::Refund(_)));
        assert_eq!(taken(pair).amount_minor, Some(500));
    });
}

#[test]
fn end_of_day() {
    over_both(|pair| {
        let mut groups = [(0, Bcd::from_number(0).unwrap()); 7];
        groups[2] = (2, Bcd::from_number(958).unwrap());
        let totals = CardTotals {
            first_receipt: Bcd::from_digits("0233").unwrap(),
            last_receipt: Bcd::from_digits("0234").unwrap(),
            groups,
        };
        let result = StatusInformation {
            result_code: Some(0),
            amount: Bcd::from_number(958),
            totals: Some(totals),
            ..StatusInformation::default()
        };
        let line = PrintLine {
            attribute: PrintLine::LAST,
            text: Text(b"KASSENSCHNITT"),
        };
        // Receipts may come before the result.
        let script = vec![
            Say::Accept,
            Say::Unit(line.encode()),
            Say::Unit(result.encode()),
            done(),
        ];
        pair.start(TerminalRequest::Reconcile, None, script);
        pair.acknowledge();
        let Ending::Completed(Report::Reconciled(Totals {
            total_minor,
            groups,
            ..
        })) = ending(pair)
        else {
            panic!("{:?}", pair.events)
        };
        assert_eq!(*total_minor, Some(958));
        assert_eq!(groups[2], ("Mastercard".to_owned(), 2, 958));
        assert!(matches!(&pair.events[0], TerminalEvent::Receipt(_)));
    });
}

#[test]
fn inquiry_and_status() {
    over_both(|pair| {
        pair.start(TerminalRequest::Inquire, None, vec![]);
        let reason = DeclineReason::NotSupported;
        assert_eq!(*ending(pair), Ending::Declined { reason, code: 0x83 });

        pair.events.clear();
        pair.last = Some(approved(1234, "0007").encode());
        pair.start(TerminalRequest::Inquire, None, vec![]);
        let Ending::Completed(Report::LastTransaction(Some(last))) = ending(pair) else {
            panic!("{:?}", pair.events)
        };
        assert_eq!(last.receipt_number.as_deref(), Some("0007"));

        pair.events.clear();
        pair.start(TerminalRequest::Status, None, vec![]);
        assert!(matches!(ending(pair), Ending::Completed(Report::Status(it)) if it.status == 0));

        pair.events.clear();
        pair.connect();
        let [
            TerminalEvent::Ready {
                last: Some(last), ..
            },
        ] = &pair.events[..]
        else {
            panic!("{:?}", pair.events)
        };
        assert_eq!(last.receipt_number.as_deref(), Some("0007"));
    });
}

fn waits_for_a_card() -> Vec<Say> {
    let prompt = IntermediateStatus {
        status: 0x0A,
        ..IntermediateStatus::default()
    };
    vec![Say::Accept, Say::Unit(prompt.encode())]
}

#[test]
fn an_abort_that_is_taken() {
    over_both(|pair| {
        let declined = StatusInformation {
            result_code: Some(0x6C),
            ..StatusInformation::default()
        };
        pair.on_abort = Some(vec![Say::Unit(declined.encode()), stop(0x6C)]);
        pair.start(sale(1234), None, waits_for_a_card());
        pair.abort();
        assert!(pair.heard.contains(&Event::AbortRequested));
        pair.acknowledge();
        assert_eq!(*ending(pair), Ending::Aborted);
    });
}

#[test]
fn an_abort_that_is_refused() {
    over_both(|pair| {
        pair.start(sale(1234), None, waits_for_a_card());
        pair.abort();
        assert!(pair.heard.contains(&Event::AbortRequested));
        assert!(
            !pair
                .events
                .iter()
                .any(|it| matches!(it, TerminalEvent::Finished(_)))
        );
        // The customer was faster.
        pair.say(vec![Say::Unit(approved(1234, "0001").encode()), done()]);
        pair.acknowledge();
        assert_eq!(taken(pair).amount_minor, Some(1234));
    });
}

#[test]
fn a_refused_command_moves_nothing() {
    over_both(|pair| {
        pair.start(sale(1234), None, vec![Say::Refuse(0x9C)]);
        let reason = DeclineReason::TerminalBusy;
        assert_eq!(*ending(pair), Ending::Refused { reason, code: 0x9C });
    });
}

#[test]
fn the_till_refuses_nothing_that_a_terminal_prints() {
    over_both(|pair| {
        let feeds = PrintLine {
            attribute: 0xFF,
            text: Text(&[3]),
        };
        let script = vec![
            Say::Accept,
            Say::Unit(feeds.encode()),
            Say::Unit(vec![0x06, 0xD1, 0x00]),
            Say::Unit(vec![0x06, 0xD3, 0x02, 0x06, 0x00]),
            Say::Unit(vec![0x06, 0xD3, 0x02, 0x06, 0x05]),
            Say::Unit(approved(1, "0001").encode()),
            done(),
        ];
        pair.start(sale(1), None, script);
        pair.acknowledge();
        assert_eq!(taken(pair).amount_minor, Some(1));
        let lines = pair.events.iter().find_map(|event| match event {
            TerminalEvent::Receipt(receipt) => Some(receipt.lines.len()),
            TerminalEvent::Ready { .. }
            | TerminalEvent::Prompt(_)
            | TerminalEvent::Result(_)
            | TerminalEvent::Finished(_) => None,
        });
        assert_eq!(lines, Some(4));
    });
}
